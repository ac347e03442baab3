/**
 * Two leaks inside pipes of each network, one opened and closed mid-run, one growing: each follows its law, the closed one is
 * shut, and at every moment what the sources give is what consumers and leaks take.
 */
import { basename } from 'node:path';
import { LINK_TYPE, leakCoefficient, openEpanet } from '../../models/physics/epanet/index.ts';
import { NotComparable, readNetwork } from './networkFiles.ts';
import { judge, skipped, type ValidationRow } from './table.ts';

const HOLE_m2 = 5e-5;
const LONGEST_s = 86400;

export async function validateLeaks(name: string, path: string): Promise<ValidationRow[]> {
  const label = `${name}: leaks opened, grown, closed`;
  const text = readNetwork(path);
  const file = basename(path);
  const plain = await openEpanet(text, { file });
  if (!plain.ok) throw new NotComparable(plain.problems.map((p) => `${p.file}:${p.line}: ${p.found}`).join('; '));
  const { model } = plain.value;
  const duration_s = Math.min(LONGEST_s, model.duration_s);
  const pipes = model.linkIds.filter((_, l) => model.linkKind[l] === LINK_TYPE.pipe);
  plain.value.close();
  if (duration_s < 6 * model.step_s) return [skipped(label, 'all', `a run of ${model.duration_s} s has too few steps`)];
  const opened = await openEpanet(text, {
    file,
    duration_s,
    lenient: true,
    leaks: [
      { id: 'leak-A', pipe: pipes[Math.floor(pipes.length / 3)], fraction: 0.3 },
      { id: 'leak-B', pipe: pipes[Math.floor((2 * pipes.length) / 3)], fraction: 0.6 },
    ],
  });
  if (!opened.ok) throw new NotComparable(opened.problems.map((p) => `${p.path}: ${p.found}`).join('; '));
  const network = opened.value;
  const { state } = network;
  const c = leakCoefficient(0.6, HOLE_m2);
  let law = 0;
  let after = 0;
  let balance = 0;
  let supply = 0;
  let volume = 0;
  let step_s = 0;
  do {
    const at = state.clock[1] / duration_s;
    state.leakCoefficient[0] = at >= 0.25 && at < 0.5 ? c : 0;
    state.leakCoefficient[1] = 2 * c * Math.max(0, Math.min(1, 2 * (at - 1 / 3)));
    network.solve();
    let sum = 0;
    for (let i = 0; i < 2; i++) {
      const node = network.model.leakNode[i];
      const pressure = state.nodeHead_m[node] - network.model.nodeElevation_m[node];
      const q = state.leakCoefficient[i] * Math.sqrt(Math.max(0, pressure));
      law = Math.max(law, Math.abs(state.leakFlow_m3_s[i] - q) / c);
      sum -= state.leakFlow_m3_s[i];
    }
    if (at >= 0.5)
      after = Math.max(after, state.leakFlow_m3_s[0], state.nodeEmitterFlow_m3_s[network.model.leakNode[0]]);
    for (const q of state.sourceFlow_m3_s) {
      sum += q;
      supply = Math.max(supply, Math.abs(q));
    }
    for (const q of state.nodeDemand_m3_s) sum -= q;
    balance = Math.max(balance, Math.abs(sum));
    step_s = network.advance();
    volume += step_s * state.leakFlow_m3_s[1];
  } while (step_s > 0);
  network.close();
  return [
    judge(
      label,
      'leak less c √p',
      law,
      1e-5,
      'm^0.5',
      `in flow per coefficient; ${volume.toFixed(1)} m³ lost at the growing one`,
    ),
    judge(label, 'flow after closing', after, 0, 'm³/s'),
    judge(label, 'sources less consumers and leaks', balance / supply, 1e-5, 'of supply', 'at Accuracy 1e-5'),
  ];
}

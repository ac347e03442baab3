/**
 * Our own Newton solver (the start of every transient) against the EPANET engine at time 0, on the same file: two programs,
 * two readers of the format. What is left between them is EPANET's rounded constants (GPM, Hazen–Williams) and the way that
 * friction of Darcy–Weisbach pipes is computed.
 */
import { basename } from 'node:path';
import { openEpanet } from '../../models/physics/epanet/index.ts';
import {
  compileNetwork,
  createState,
  inpToNetworkSpec,
  NODE,
  readInp,
  solveSteady,
} from '../../models/physics/index.ts';
import { NotComparable, readNetwork } from './networkFiles.ts';
import { judge, type ValidationRow } from './table.ts';

const HEAD_TARGET_m = 1e-2;
/** Of the network's largest flow. */
const FLOW_TARGET = 1e-3;

/** Rows for one network file. */
export async function validateNewton(name: string, path: string): Promise<ValidationRow[]> {
  return compareNewton(`${name}: our Newton against EPANET`, readNetwork(path), basename(path));
}

export async function compareNewton(name: string, text: string, file: string): Promise<ValidationRow[]> {
  const inp = readInp(text, file);
  if (!inp.ok) throw new NotComparable(`${file}:${inp.problems[0].line}: found ${inp.problems[0].found}`);
  const compiled = compileNetwork(inpToNetworkSpec(inp.value, { waveSpeed_m_s: 1000 }), { timeStep_s: 0.01 });
  if (!compiled.ok) throw new NotComparable(compiled.problems.join('; '));
  const model = compiled.value;
  const state = createState(model);
  const report = solveSteady(model, state);
  const opened = await openEpanet(text, { file, lenient: true });
  if (!opened.ok) throw new NotComparable(opened.problems.map((p) => `${p.file}:${p.line}: ${p.found}`).join('; '));
  const engine = opened.value;
  if (engine.model.pressureDriven) throw new NotComparable('our Newton solver has no pressure-driven demands');
  engine.solve();
  let head = 0;
  let headAt = '';
  let heads = 0;
  engine.model.nodeIds.forEach((id, n) => {
    const ours = model.nodeIndex.get(id);
    if (ours === undefined || model.nodeKind[ours] !== NODE.junction) return;
    const difference = Math.abs(state.nodeHead_m[ours] - engine.state.nodeHead_m[n]);
    heads++;
    if (difference > head) [head, headAt] = [difference, id];
  });
  let flow = 0;
  let flowAt = '';
  let top = 0;
  engine.model.linkIds.forEach((id, l) => {
    const pipe = model.pipeIndex.get(id);
    const link = model.linkIndex.get(id);
    if (pipe === undefined && link === undefined) return;
    const ours = pipe !== undefined ? state.sectionFlow_m3_s[model.sectionStart[pipe]] : state.linkFlow_m3_s[link!];
    top = Math.max(top, Math.abs(engine.state.linkFlow_m3_s[l]));
    const difference = Math.abs(ours - engine.state.linkFlow_m3_s[l]);
    if (difference > flow) [flow, flowAt] = [difference, id];
  });
  engine.close();
  const note = `${report.iterations} iterations${report.converged ? '' : ', NOT converged'}`;
  return [
    judge(name, 'head at time 0, worst', head, HEAD_TARGET_m, 'm', `node ${headAt} of ${heads}; ${note}`),
    judge(name, 'flow at time 0, worst', top > 0 ? flow / top : flow, FLOW_TARGET, 'of max', `link ${flowAt}; ${note}`),
  ];
}

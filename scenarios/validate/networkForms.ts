/**
 * Water networks whose answer is a formula, for when no reference folder is at hand. The files are in CFS, so that no unit of
 * EPANET's is rounded on the way.
 *
 *   pipe and leak   H0 − z = r q^1.852 + (q/c)²,   r = 4.727 C^−1.852 d^−4.871 L   (ft, cfs)
 *   tank and leak   √h(t) = √h0 − c t/(2 A)        Torricelli; EPANET's explicit step errs by O(Δt), so that two steps and
 *                                                  their extrapolation 2 h(Δt/2) − h(Δt) are held against it
 *   PRV             pressure behind it is its setting
 * Sources: EPANET 2.2 User Manual (2020), table 3.1 (Hazen–Williams, ft and cfs); Torricelli.
 */
import { type EpanetNetwork, leakCoefficient, openEpanet } from '../../models/physics/epanet/index.ts';
import { compareNewton } from './networkNewton.ts';
import { judge, type ValidationRow } from './table.ts';

const FOOT_m = 0.3048;
const CFS_m3_s = FOOT_m ** 3;

const head = (time = 'Duration 0') => `[OPTIONS]\n Units CFS\n Headloss H-W\n[TIMES]\n ${time}\n`;
const LINE = `${head('Duration 4:00')}[JUNCTIONS]\n A 10 0\n[RESERVOIRS]\n R 100\n[PIPES]\n P R A 1000 6 100 0 Open\n[END]\n`;
const LOOP = `${head()}[JUNCTIONS]
 A 10 0.5
 B 12 0.4
 C 8 0.3
 D 5 0.6
[RESERVOIRS]
 R 150
[PIPES]
 P0 R A 1000 12 110 2
 P1 A B 800 8 100 0
 P2 A C 900 8 100 0
 P3 B D 850 6 90 1
 P4 C D 700 6 90 0 CV
[VALVES]
 V C B 6 PRV 20 0
[END]
`;

/** All closed-form cases. */
export async function validateNetworkForms(): Promise<ValidationRow[]> {
  return [
    ...(await lineWithLeak('leak at the end of a pipe', 1)),
    ...(await lineWithLeak('leak at 0.3 of a pipe', 0.3)),
    ...(await tankWithLeak()),
    ...(await pressureValve()),
    ...(await compareNewton('loop with PRV and check valve: our Newton against EPANET', LOOP, 'loop.inp')),
  ];
}

async function open(text: string, options: Parameters<typeof openEpanet>[1]): Promise<EpanetNetwork> {
  const opened = await openEpanet(text, options);
  if (!opened.ok) throw new Error(opened.problems.map((p) => `${p.path}: ${p.found}`).join('; '));
  return opened.value;
}

/** A reservoir, a pipe of 1000 ft and 6 in, a hole of 20 mm opened after an hour, doubled after two and shut after three. */
async function lineWithLeak(name: string, fraction: number): Promise<ValidationRow[]> {
  const site = fraction === 1 ? { id: 'hole', node: 'A' } : { id: 'hole', pipe: 'P', fraction };
  const network = await open(LINE, { leaks: [site], step_s: 3600 });
  const c = leakCoefficient(0.6, (Math.PI / 4) * 0.02 ** 2);
  const z = fraction * 10 + (1 - fraction) * 10; // the reservoir has no elevation of its own: the end's counts
  let worst = 0;
  let after = 0;
  do {
    const hour = network.state.clock[1] / 3600;
    const coefficient = hour === 1 ? c : hour === 2 ? 2 * c : 0;
    network.state.leakCoefficient[0] = coefficient;
    network.solve();
    const q = network.state.leakFlow_m3_s[0];
    const theory = leakThroughPipe(100 - z, 1000 * fraction, coefficient);
    if (coefficient > 0) worst = Math.max(worst, Math.abs(q / theory - 1));
    else if (hour > 2) after = Math.max(after, Math.abs(q), Math.abs(network.state.linkFlow_m3_s[0]));
  } while (network.advance() > 0);
  network.close();
  return [
    judge(name, 'leak against closed form', worst, 1e-6, 'of flow', 'open, then grown, at Accuracy 1e-5'),
    judge(name, 'flow after closing, leak and pipe', after, 1e-7, 'm³/s', 'the pipe at rest, within the accuracy'),
  ];
}

/** Root of `rise_ft` = r q^1.852 + (q/c)² in m³/s, by bisection. */
function leakThroughPipe(rise_ft: number, length_ft: number, coefficient: number): number {
  if (coefficient === 0) return 0;
  const c = coefficient / CFS_m3_s / Math.sqrt(1 / FOOT_m); // cfs at 1 ft
  const r = 4.727 * 100 ** -1.852 * 0.5 ** -4.871 * length_ft;
  let [low, high] = [0, 100];
  for (let i = 0; i < 200; i++) {
    const q = (low + high) / 2;
    if (r * q ** 1.852 + (q / c) ** 2 < rise_ft) low = q;
    else high = q;
  }
  return low * CFS_m3_s;
}

/** A tank of 10 ft diameter that stands 20 ft full empties for an hour through a hole of 20 mm. */
async function tankWithLeak(): Promise<ValidationRow[]> {
  const text = `${head('Duration 1:00')}[JUNCTIONS]\n A 0 0\n[TANKS]\n T 0 20 0 30 10 0\n[PIPES]\n P T A 1 48 150\n[END]\n`;
  const c = leakCoefficient(0.6, (Math.PI / 4) * 0.02 ** 2);
  const levelAfter = async (step_s: number): Promise<number> => {
    const network = await open(text, { leaks: [{ id: 'hole', node: 'A' }], step_s });
    network.state.leakCoefficient[0] = c;
    do network.solve();
    while (network.advance() > 0);
    network.close();
    return network.state.tankLevel_m[0];
  };
  const [coarse, fine] = [await levelAfter(60), await levelAfter(30)];
  const area_m2 = (Math.PI / 4) * (10 * FOOT_m) ** 2;
  const theory = (Math.sqrt(20 * FOOT_m) - (c * 3600) / (2 * area_m2)) ** 2;
  const order = (coarse - theory) / (fine - theory);
  return [
    judge(
      'tank empties through a leak',
      'level after 1 h, extrapolated',
      2 * fine - coarse - theory,
      1e-5,
      'm',
      `theory ${theory.toFixed(6)} m`,
    ),
    judge(
      'tank empties through a leak',
      'error at 60 s against 30 s, less 2',
      order - 2,
      0.05,
      '',
      'first order, as an explicit step is',
    ),
  ];
}

async function pressureValve(): Promise<ValidationRow[]> {
  const text = `${head()}[JUNCTIONS]\n A 10 0\n B 10 0.5\n[RESERVOIRS]\n R 150\n[PIPES]\n P R A 100 12 100\n[VALVES]\n V A B 8 PRV 25 0\n[END]\n`;
  const network = await open(text, {});
  const at = (id: string) => network.model.nodeIndex.get(id) ?? 0;
  const pressure = () => network.state.nodeHead_m[at('B')] - network.model.nodeElevation_m[at('B')];
  network.solve();
  const first = pressure() - (25 / 0.4333) * FOOT_m;
  network.setLinkSetting(network.model.linkIndex.get('V') ?? 0, 20);
  network.solve();
  const second = pressure() - 20;
  network.close();
  return [
    judge(
      'PRV',
      'pressure behind it less its setting',
      Math.max(Math.abs(first), Math.abs(second)),
      1e-8,
      'm',
      '25 psi of the file, then 20 m set',
    ),
  ];
}

/**
 * What a gas line costs: simulated seconds per wall second of an 80 km line on several grids, cell updates per second on one
 * core, and whether a cell costs more in a large network than in a small one. Ratios come from one run.
 * `npx tsx bench/gas.ts [--json]`
 */
import {
  type Compressibility,
  compileGasNetwork,
  createGasState,
  type GasModel,
  type GasNetworkSpec,
  type GasPipeSpec,
  type GasState,
  solveGasSteady,
  stepGas,
} from '../models/physics/gas/index.ts';
import { printReport, type Report, type Row } from './report.ts';

const FRICTION = { kind: 'roughness', roughness_m: 2e-5 } as const;

/** 80 km of 0.6 m with a compressor, a block valve and a leak. */
function line(compressibility: Compressibility, heat: 'isothermal' | 'ground' = 'isothermal'): GasNetworkSpec {
  const pipe = (id: string, from: string, to: string): GasPipeSpec => ({
    id,
    from,
    to,
    length_m: 40e3,
    diameter_m: 0.6,
    friction: FRICTION,
  });
  return {
    gas: { compressibility },
    heat,
    nodes: [
      { id: 'S', kind: 'pressure', pressure_Pa: 5e6 },
      { id: 'A', kind: 'junction' },
      { id: 'B', kind: 'junction', elevation_m: 80 },
      { id: 'C', kind: 'junction', elevation_m: 80 },
      { id: 'D', kind: 'junction', withdrawal_kg_s: 60 },
    ],
    pipes: [pipe('1', 'A', 'B'), pipe('2', 'C', 'D')],
    links: [
      { id: 'K', kind: 'compressor', from: 'S', to: 'A', mode: 'ratio', setting: 1.3 },
      { id: 'V', kind: 'valve', from: 'B', to: 'C', diameter_m: 0.6 },
    ],
    leaks: [{ id: 'hole', pipe: '1', at: 0.4, area_m2: 5e-5 }],
  };
}

/** A grid of n × n junctions, 2 n (n − 1) pipes of about 20 cells, every junction with a small customer. */
function mesh(n: number): GasNetworkSpec {
  const nodes: GasNetworkSpec['nodes'][number][] = [{ id: 'S', kind: 'pressure', pressure_Pa: 5e6 }];
  const pipes: GasPipeSpec[] = [];
  const pipe = (from: string, to: string) =>
    pipes.push({ id: `${from}-${to}`, from, to, length_m: 10e3, diameter_m: 0.5, friction: FRICTION });
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      nodes.push({ id: `${i},${j}`, kind: 'junction', withdrawal_kg_s: 60 / (n * n) });
      if (i > 0) pipe(`${i - 1},${j}`, `${i},${j}`);
      if (j > 0) pipe(`${i},${j - 1}`, `${i},${j}`);
    }
  pipe('S', '0,0');
  return { nodes, pipes };
}

function atRest(spec: GasNetworkSpec, timeStep_s: number, cellLength_m: number): { model: GasModel; state: GasState } {
  const compiled = compileGasNetwork(spec, { timeStep_s, cellLength_m });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const state = createGasState(compiled.value);
  const report = solveGasSteady(compiled.value, state);
  if (!report.converged) throw new Error(report.sentence);
  return { model: compiled.value, state };
}

/** Wall seconds of one step: the best of several rounds of about a tenth of a second, in motion. */
function stepTime({ model, state }: { model: GasModel; state: GasState }): number {
  state.withdrawal_kg_s[model.nNode - 1] *= 1.2;
  const calls = Math.max(5, Math.round(3e6 / (model.nCell * model.substeps)));
  for (let i = 0; i < calls; i++) stepGas(model, state);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) stepGas(model, state);
    best = Math.min(best, (performance.now() - start) / 1000 / calls);
  }
  return best;
}

export function benchGas(): Report {
  const rows: Row[] = [];
  for (const cell of [1000, 500, 250, 125]) {
    const m = atRest(line('papay'), 1, cell);
    const seconds = stepTime(m);
    const name = `80 km line, ${m.model.nCell} cells, ${m.model.substeps} × ${m.model.innerStep_s.toFixed(3)} s`;
    rows.push({ name, value: m.model.timeStep_s / seconds, unit: 'simulated s per s' });
    rows.push({
      name: '  its cells',
      value: (m.model.nCell * m.model.substeps) / seconds / 1e6,
      unit: 'M cell updates/s',
    });
  }
  const base = stepTime(atRest(line('ideal'), 1, 500));
  for (const [what, spec] of [
    ['Papay', line('papay')],
    ['CNGA', line('cnga')],
    ['Dranchuk–Abou-Kassem', line('dranchuk-abou-kassem')],
    ['Papay with heat', line('papay', 'ground')],
  ] as const) {
    const seconds = stepTime(atRest(spec, 1, 500));
    rows.push({
      name: `step, ${what}`,
      value: seconds * 1e6,
      unit: 'µs',
      ratio: seconds / base,
      against: 'the same step with Z = 1',
    });
  }
  let small = 0;
  for (const n of [3, 10, 23]) {
    const m = atRest(mesh(n), 1, 500);
    const cost = stepTime(m) / (m.model.nCell * m.model.substeps);
    if (small === 0) small = cost;
    const name = `network of ${m.model.nPipe} pipes, ${m.model.nCell} cells`;
    rows.push({
      name,
      value: cost * 1e9,
      unit: 'ns per cell',
      ratio: cost / small,
      against: 'per cell of the smallest network',
    });
  }
  return { bench: 'gas', rows };
}

printReport(benchGas());

/**
 * What a step of the characteristics costs: cell updates per second on one core against a plain C loop with the same
 * arithmetic (an unrolled JS loop where there is no compiler), the whole step of the 50 km line, and what each option of friction,
 * cavities and surge protection adds. All ratios come from one run. `npx tsx bench/moc.ts [--json]`
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sweepPipes } from '../models/physics/characteristics.ts';
import {
  type CompileOptions,
  compileNetwork,
  createState,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  type NodeSpec,
  type PipeSpec,
  type PumpSpec,
  type SurgeSpec,
  solveSteady,
  stepCharacteristics,
} from '../models/physics/index.ts';
import { printReport, type Report, type Row } from './report.ts';

/** The 50 km line: two stations of two pumps, a leak, ID 0.489 m. */
function line(friction: PipeSpec['friction']): NetworkSpec {
  const pipe = (id: string, from: string, to: string, length_m: number): PipeSpec => ({
    id,
    from,
    to,
    length_m,
    diameter_m: 0.489,
    waveSpeed_m_s: 1100,
    friction,
  });
  const pump = (id: string, from: string, to: string): PumpSpec => ({
    id,
    kind: 'pump',
    from,
    to,
    curve: { kind: 'coefficients', A: 150, B: 1100, C: 2 },
  });
  return {
    fluid: { density_kg_m3: 860, kinematicViscosity_m2_s: 1e-5 },
    nodes: [
      { id: 'SUPPLY', kind: 'reservoir', head_m: 60 },
      { id: 'D1', kind: 'junction', elevation_m: 50 },
      { id: 'L', kind: 'junction', elevation_m: 65 },
      { id: 'S2', kind: 'junction', elevation_m: 80 },
      { id: 'D2', kind: 'junction', elevation_m: 80 },
      { id: 'T', kind: 'tank', elevation_m: 40, area_m2: 500, level_m: 8, maxLevel_m: 15 },
    ],
    pipes: [pipe('p1', 'D1', 'L', 9250), pipe('p2', 'L', 'S2', 15750), pipe('p3', 'D2', 'T', 25000)],
    links: [pump('A', 'SUPPLY', 'D1'), pump('B', 'SUPPLY', 'D1'), pump('C', 'S2', 'D2'), pump('D', 'S2', 'D2')],
    orifices: [{ id: 'leak', node: 'L', dischargeCoefficient: 0.6, area_m2: 5e-5 }],
  };
}

/** A grid of 20 × 20 junctions, 760 pipes of about 50 reaches: a district on a fine grid. */
function grid(): NetworkSpec {
  const n = 20;
  const name = (i: number, j: number) => `${i},${j}`;
  const nodes: NetworkSpec['nodes'][number][] = [{ id: 'R', kind: 'reservoir', head_m: 60 }];
  const pipes: PipeSpec[] = [];
  const pipe = (from: string, to: string, length_m: number) =>
    pipes.push({
      id: `${from}-${to}`,
      from,
      to,
      length_m,
      diameter_m: 0.2,
      waveSpeed_m_s: 1000,
      friction: { kind: 'roughness', roughness_m: 1e-4 },
    });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      nodes.push({ id: name(i, j), kind: 'junction', elevation_m: i, demand: { kind: 'constant', flow_m3_s: 1e-4 } });
      if (i > 0) pipe(name(i - 1, j), name(i, j), 500);
      if (j > 0) pipe(name(i, j - 1), name(i, j), 520);
    }
  }
  pipe('R', name(0, 0), 510);
  return { nodes, pipes };
}

function atRest(
  spec: NetworkSpec,
  timeStep_s: number,
  friction: 'fixed' | 'per-pipe' | 'per-cell',
  refresh = 20,
  options: Partial<CompileOptions> = {},
) {
  const compiled = compileNetwork(spec, { timeStep_s, friction, frictionRefreshSteps: refresh, ...options });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const state = createState(compiled.value);
  solveSteady(compiled.value, state);
  return { model: compiled.value, state };
}

/** Seconds per call: the best of several rounds, since other work shares the machine. */
function time(run: () => void, calls: number): number {
  for (let i = 0; i < calls / 4; i++) run();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) run();
    best = Math.min(best, (performance.now() - start) / 1000 / calls);
  }
  return best;
}

/** Cell updates per second of the C loop, the best of several runs; undefined where there is no compiler. */
function cLoop(pipes: number, reaches: number, steps: number): number | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'moc-'));
  try {
    const program = join(dir, 'moc');
    execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'c', 'moc.c'), '-lm'], { stdio: 'ignore' });
    let best = 0;
    for (let round = 0; round < 5; round++)
      best = Math.max(
        best,
        Number.parseFloat(execFileSync(program, [pipes, reaches, steps].map(String), { encoding: 'utf8' })),
      );
    return best;
  } catch {
    return undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The same arithmetic as two loops over two arrays, unrolled by two: the yardstick where there is no compiler. */
function unrolledLoop(cells: number): number {
  const H = new Float64Array(cells + 2).fill(300);
  const Q = new Float64Array(cells + 2).fill(0.29);
  const plus = new Float64Array(cells + 2);
  const minus = new Float64Array(cells + 2);
  const [B, R, y] = [596, 4.3, 0.5 / 596];
  return (
    cells /
    time(() => {
      for (let i = 0; i < cells + 2; i++) {
        const u = Q[i] * (B - R * Math.abs(Q[i]));
        plus[i] = H[i] + u;
        minus[i] = H[i] - u;
      }
      for (let i = 1; i < cells; i += 2) {
        H[i] = 0.5 * (plus[i - 1] + minus[i + 1]);
        Q[i] = y * (plus[i - 1] - minus[i + 1]);
        H[i + 1] = 0.5 * (plus[i] + minus[i + 2]);
        Q[i + 1] = y * (plus[i] - minus[i + 2]);
      }
    }, 20_000)
  );
}

const innerCells = (model: NetworkModel) => model.nSection - 2 * model.nPipe;
const sweepRate = (m: { model: NetworkModel; state: NetworkState }, calls: number) =>
  innerCells(m.model) / time(() => sweepPipes(m.model, m.state), calls);

export function benchMoc(): Report {
  const rows: Row[] = [];
  const smooth = { kind: 'roughness', roughness_m: 5e-5 } as const;
  const fixed = atRest(line(smooth), 0.05, 'fixed');
  const cells = innerCells(fixed.model);
  const c = cLoop(1, cells + 1, 100_000);
  const yardstick = c ?? unrolledLoop(cells);
  const against = c === undefined ? 'unrolled JS loop' : 'C loop, cc -O2';
  const rate = (name: string, value: number, other: number, what: string) =>
    rows.push({ name, value: value / 1e6, unit: 'M cell updates/s', ratio: value / other, against: what });
  rate(against, yardstick, yardstick, 'itself');
  rate(`inner sections, 50 km line (${cells} cells)`, sweepRate(fixed, 20_000), yardstick, against);
  const big = atRest(grid(), 0.01, 'fixed');
  const bigCells = innerCells(big.model);
  const cBig = cLoop(big.model.nPipe, Math.round(bigCells / big.model.nPipe) + 1, 2_000);
  rate(
    `inner sections, grid (${bigCells} cells, ${big.model.nPipe} pipes)`,
    sweepRate(big, 400),
    cBig ?? yardstick,
    cBig === undefined ? against : 'C loop, same pipes',
  );

  const stepTime = (m: { model: NetworkModel; state: NetworkState }, calls: number) =>
    time(() => stepCharacteristics(m.model, m.state), calls);
  const base = stepTime(fixed, 20_000);
  const whole = (name: string, seconds: number) =>
    rows.push({
      name,
      value: seconds * 1e6,
      unit: 'µs/step',
      ratio: seconds / base,
      against: 'whole step, fixed friction',
    });
  whole('whole step, fixed friction, 2 stations, tank, leak', base);
  whole('  of which inner sections', cells / sweepRate(fixed, 20_000));
  whole('friction per pipe, refreshed every 20 steps', stepTime(atRest(line(smooth), 0.05, 'per-pipe'), 20_000));
  whole('friction per pipe, every step', stepTime(atRest(line(smooth), 0.05, 'per-pipe', 1), 20_000));
  whole('friction per cell (Swamee–Jain), every 20 steps', stepTime(unsteady(smooth, 20), 4_000));
  whole('friction per cell (Swamee–Jain), every step', stepTime(unsteady(smooth, 1), 2_000));
  whole(
    'friction per cell (Haaland form), every step',
    stepTime(unsteady({ kind: 'haaland', roughnessTerm: 5e-5 }, 1), 2_000),
  );
  const cavities = { cavitation: 'gas-cavity' } as const;
  const unsteadyFriction = { unsteadyFriction: 'brunone-vitkovsky' } as const;
  const option = (name: string, spec: NetworkSpec, options: Partial<CompileOptions>) =>
    whole(name, stepTime(inMotion(spec, options), 4_000));
  option('gas cavities, fixed friction', low(smooth), cavities);
  option('unsteady friction', low(smooth), unsteadyFriction);
  option('gas cavities and unsteady friction', low(smooth), { ...cavities, ...unsteadyFriction });
  option('air vessel, surge tank, relief and air valve', { ...low(smooth), surge: DEVICES }, {});
  whole('whole step of the grid, friction per pipe every 20 steps', stepTime(atRest(grid(), 0.01, 'per-pipe'), 400));
  return { bench: 'moc', rows };
}

/** The line with its second station low enough not to boil at rest. */
function low(friction: PipeSpec['friction']): NetworkSpec {
  const spec = line(friction);
  const lowered = (n: NodeSpec) => (n.kind === 'junction' && /^[SD]2$/.test(n.id) ? { ...n, elevation_m: 30 } : n);
  return { ...spec, nodes: spec.nodes.map(lowered) };
}

const DEVICES: SurgeSpec[] = [
  { id: 'AV', kind: 'air-vessel', node: 'D1', volume_m3: 30, gasVolume_m3: 10 },
  { id: 'ST', kind: 'surge-tank', node: 'S2', area_m2: 4 },
  { id: 'RV', kind: 'relief-valve', node: 'D2', setPressureHead_m: 400, area_m2: 1e-3 },
  { id: 'XA', kind: 'air-valve', node: 'L', inflowDiameter_m: 0.05 },
];

/** Fixed friction with an option, after a change of speed. */
function inMotion(spec: NetworkSpec, options: Partial<CompileOptions>) {
  const m = atRest(spec, 0.05, 'fixed', 20, options);
  m.state.pumpSpeedSet[0] = 0.9;
  for (let i = 0; i < 500; i++) stepCharacteristics(m.model, m.state);
  return m;
}

/** Per-cell friction in motion, so that no two cells share a flow and every factor is really computed. */
function unsteady(friction: PipeSpec['friction'], refresh: number) {
  const m = atRest(line(friction), 0.05, 'per-cell', refresh);
  m.state.orificeArea_m2[0] = 1e-3;
  m.state.pumpSpeedSet[0] = 0.9;
  for (let i = 0; i < 500; i++) stepCharacteristics(m.model, m.state);
  return m;
}

printReport(benchMoc());

/**
 * Whether the cost of a cell grows with the network: Tnet1 (9 pipes) against a generated town of 1,000 pipes in the transient
 * solver, whole step (equipment, sweep, nodes, clusters, ends, ledger), once with the same mean number of reaches per pipe and
 * once at one time step for both. And the sweep alone. Each figure is the median of paired rounds, which alternate between the two.
 * The working set is told, because a network that no longer fits a cache costs more for that reason alone; one that is small in
 * reaches per pipe costs more per cell for its ends and nodes. `npx tsx bench/moc-size.ts [--json]`
 * Tnet1 comes from the reference data (LEAKTWIN_REFERENCE or ../shared/reference).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sweepPipes } from '../models/physics/characteristics.ts';
import {
  compileNetwork,
  createState,
  inpToNetworkSpec,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  readInp,
  solveSteady,
  stepCharacteristics,
} from '../models/physics/index.ts';
import { printReport, type Report, type Row } from './report.ts';
import { town } from './town.ts';

interface Running {
  readonly model: NetworkModel;
  readonly state: NetworkState;
  /** Reaches, each a cell that one update moves. */
  readonly cells: number;
}

const ROUNDS = 31;
/** Cell updates that one side does in a round. */
const UPDATES = 4e6;

function start(spec: NetworkSpec, timeStep_s: number): Running {
  const compiled = compileNetwork(spec, { timeStep_s });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const model = compiled.value;
  const state = createState(model);
  const steady = solveSteady(model, state);
  if (!steady.converged) throw new Error(`no steady state after ${steady.iterations} iterations`);
  // In motion, so that no branch is spared.
  state.demandMultiplier.fill(1.05);
  return { model, state, cells: model.pipeReaches.reduce((a, b) => a + b, 0) };
}

const reachesPerPipe = (r: Running) => r.cells / r.model.nPipe;

/** The time step at which a network has this many reaches per pipe, found by bisection. */
function atReaches(spec: NetworkSpec, target: number): Running {
  let [low, high] = [1e-4, 1];
  for (let i = 0; i < 40; i++) {
    const middle = Math.sqrt(low * high);
    const mean =
      spec.pipes.reduce((n, p) => n + Math.max(1, Math.round(p.length_m / (p.waveSpeed_m_s * middle))), 0) /
      spec.pipes.length;
    if (mean > target) low = middle;
    else high = middle;
  }
  return start(spec, high);
}

type Work = (model: NetworkModel, state: NetworkState) => void;

function nanosecondsPerCell(r: Running, work: Work): number {
  const steps = Math.ceil(UPDATES / r.cells);
  const begin = performance.now();
  for (let i = 0; i < steps; i++) work(r.model, r.state);
  return ((performance.now() - begin) * 1e6) / (steps * r.cells);
}

const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1]!;

function paired(small: Running, large: Running, work: Work): { small: number; large: number; ratio: number } {
  const a: number[] = [];
  const b: number[] = [];
  const ratio: number[] = [];
  for (let round = -3; round < ROUNDS; round++) {
    const first = nanosecondsPerCell(small, work);
    const second = nanosecondsPerCell(large, work);
    if (round < 0) continue;
    a.push(first);
    b.push(second);
    ratio.push(second / first);
  }
  return { small: median(a), large: median(b), ratio: median(ratio) };
}

export function benchSize(tnet1: NetworkSpec): Report {
  const rows: Row[] = [];
  const large = town();
  const compare = (what: string, small: Running, big: Running) => {
    const name = (which: string, r: Running) =>
      `${which}, ${r.model.nPipe} pipes × ${reachesPerPipe(r).toFixed(1)} reaches, ${(r.state.buffer.byteLength / 1024).toFixed(0)} kB`;
    for (const [part, work] of [
      ['whole step', stepCharacteristics],
      ['sweep alone', sweepPipes],
    ] as const) {
      const cost = paired(small, big, work);
      rows.push(
        { name: `${what}, ${part}: ${name('Tnet1', small)}`, value: cost.small, unit: 'ns per cell update' },
        {
          name: `${what}, ${part}: ${name('town', big)}`,
          value: cost.large,
          unit: 'ns per cell update',
          ratio: cost.ratio,
          against: 'Tnet1',
        },
      );
    }
  };
  for (const reaches of [20, 80]) {
    compare(`${reaches} reaches per pipe`, atReaches(tnet1, reaches), atReaches(large, reaches));
  }
  compare('10 ms', start(tnet1, 0.01), start(large, 0.01));
  return { bench: 'moc-size', rows };
}

const file = join(
  process.env.LEAKTWIN_REFERENCE ?? resolve(import.meta.dirname, '../../shared/reference'),
  'hydraulics/networks/Tnet1.inp',
);
if (!existsSync(file))
  printReport({ bench: 'moc-size', rows: [], skipped: `the reference data are not at hand: ${file}` });
else {
  const read = readInp(readFileSync(file, 'utf8'), 'Tnet1.inp');
  if (!read.ok) throw new Error(read.problems[0]!.found);
  printReport(benchSize(inpToNetworkSpec(read.value, { waveSpeed_m_s: 1200 })));
}

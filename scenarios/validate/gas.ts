/**
 * Gas lines against published cases and closed forms: every GasTranSim folder (snapshots, where there are any; end state of a
 * single pipe; mass balance; a start that stands still), every `.net` network, and the worked release examples nearby. What
 * cannot be rebuilt is skipped with a sentence, never a crash.
 */
import { basename } from 'node:path';
import {
  type GasModel,
  type GasState,
  gasBalanceError_kg,
  gasInventory_kg,
  stepGas,
} from '../../models/physics/gas/index.ts';
import { validateGasClosedForms } from './gasClosedForms.ts';
import {
  type Course,
  caseFolders,
  type GasCase,
  gasFolder,
  netFiles,
  parameterFiles,
  readGasCase,
  readNet,
  type Snapshot,
  snapshotsOf,
  valueAt,
  workedExamples,
} from './gasFolder.ts';
import { validateReleases } from './gasReleases.ts';
import { beginGasRun, flowBetweenFaces, type GasRun, pressureAt, runUntil } from './gasRun.ts';
import { judge, skipped, type Validation, type ValidationRow } from './table.ts';

const SNAPSHOT_TARGET = 1; // %
const REFINEMENT_TARGET = 0.1; // %
const END_TARGET = 1e-6;
const BALANCE_TARGET = 1e-9;
const STILL_TARGET = 1e-8;
const DAY_s = 86400;
const OWN_GRID_TARGET = 1e-4; // %
const MOST_GRIDS = 6;
/** Cell updates that one grid may cost. */
const MOST_UPDATES = 2e8;
/** Longest cell of the first grid, as a share of the shortest pipe and in metres. */
const FIRST_CELL_m = 500;

/** Validates gas lines; one row per case and metric. `dataDir`: the gas folder, its parent or the reference's root. */
export function validateGas(dataDir?: string): Validation {
  const cases = validateGasClosedForms();
  if (dataDir === undefined) return { cases };
  const folder = gasFolder(dataDir);
  if (folder === undefined) cases.push(skipped('gas cases', 'all', `no case was found in ${basename(dataDir)}`));
  for (const path of folder === undefined ? [] : caseFolders(folder)) {
    const [first, ...variants] = parameterFiles(path);
    guarded(cases, basename(path), () => validateCase(path, first ?? 'params.json'));
    for (const file of variants)
      if (/cnga/.test(file)) guarded(cases, `${basename(path)}, CNGA`, () => endStateOnly(path, file));
  }
  for (const path of folder === undefined ? [] : netFiles(folder))
    guarded(cases, basename(path), () => validateNet(path));
  const examples = workedExamples(dataDir);
  if (examples === undefined) cases.push(skipped('worked examples', 'all', 'no examples.json was found nearby'));
  else guarded(cases, 'worked examples', () => validateReleases(examples));
  return { cases };
}

function guarded(rows: ValidationRow[], name: string, validate: () => ValidationRow[]): void {
  try {
    rows.push(...validate());
  } catch (error) {
    rows.push(skipped(name, 'all', `the case could not be rebuilt: ${error instanceof Error ? error.message : error}`));
  }
}

function validateCase(path: string, parameters: string): ValidationRow[] {
  const snapshots = snapshotsOf(path);
  // GasTranSim's cases are made with Z = 1 (their temperatures are chosen for its wave speed), but those named CNGA.
  const files = readGasCase(path, parameters, 'ideal');
  const rows: ValidationRow[] = [];
  const grid = (k: number) => ({
    cellLength_m: Math.min(FIRST_CELL_m, Math.min(...files.spec.pipes.map((p) => p.length_m)) / 10) / 2 ** k,
    timeStep_s: Math.min(files.timeStep_s, 2) / 2 ** k,
  });
  let run = beginGasRun(files, grid(0));
  rows.push(standsStill(files.name, run));
  if (snapshots) {
    const compared = compareSnapshots(files, snapshots, grid);
    rows.push(...compared.rows);
    run = compared.run;
  } else {
    run = beginGasRun(files, grid(0));
    runUntil(files, run, files.finalTime_s);
  }
  rows.push(balanceRow(files.name, run.model, run.state, run.time_s));
  if (isSinglePipe(files)) rows.push(endState(files, run));
  return rows;
}

/** Ten minutes with the boundaries of the start must move nothing. */
function standsStill(name: string, run: GasRun): ValidationRow {
  const metric = 'steady start: pressure change in 10 min';
  if (!run.start.startsWith('steady')) return skipped(name, metric, `initial state ${run.start}`);
  const drift = stillness(run.model, run.state, 600);
  return judge(name, metric, drift, STILL_TARGET, 'of the pressure', `initial state ${run.start}`);
}

function stillness(model: GasModel, state: GasState, seconds: number): number {
  const before = state.pointPressure_Pa.slice();
  for (let i = 0; i * model.timeStep_s < seconds; i++) stepGas(model, state);
  let drift = 0;
  for (let n = 0; n < model.nPoint; n++) drift = Math.max(drift, Math.abs(state.pointPressure_Pa[n] / before[n] - 1));
  return drift;
}

function compareSnapshots(
  files: GasCase,
  snapshots: readonly Snapshot[],
  grid: (k: number) => { cellLength_m: number; timeStep_s: number },
): { rows: ValidationRow[]; run: GasRun } {
  const kinks = jumps(files);
  const times = [...new Set(snapshots.map((s) => s.time_s))].sort((a, b) => a - b);
  const atKink = (t: number) => kinks.some((k) => Math.abs(t - k) <= files.timeStep_s);
  const regular = (t: number) => !atKink(t);
  const ours: Float64Array[] = [];
  const refined: Difference[] = [];
  let run = beginGasRun(files, grid(0));
  for (let k = 0; k < MOST_GRIDS; k++) {
    const next = beginGasRun(files, grid(k));
    const updates = (next.model.nCell * times[times.length - 1]) / next.model.innerStep_s;
    if (k > 1 && updates > MOST_UPDATES) break;
    run = next;
    const at = new Float64Array(snapshots.length);
    for (const t of times) {
      runUntil(files, run, t);
      snapshots.forEach((s, i) => {
        if (s.time_s === t) at[i] = pressureAt(run.model, run.state, s.pipe, s.x_m);
      });
    }
    ours.push(at);
    if (k > 0) refined.push(difference(snapshots, at, (i) => ours[k - 1][i], regular));
    if (k > 1 && refined[k - 1].value <= REFINEMENT_TARGET) break;
  }
  const finest = ours[ours.length - 1];
  const toReference = difference(snapshots, finest, (i) => snapshots[i].pressure_Pa, regular);
  const last = refined[refined.length - 1];
  const cells = run.model.nCell;
  const rows = [
    judge(
      files.name,
      `pressure in ${times.filter(regular).length} snapshots`,
      toReference.value,
      SNAPSHOT_TARGET,
      '%',
      `worst: ${toReference.at}; ${cells} cells, ${run.model.innerStep_s.toPrecision(3)} s; initial state ${run.start}`,
    ),
    judge(
      files.name,
      'refinement: two finest grids',
      last.value,
      REFINEMENT_TARGET,
      '%',
      `successive grids differ by ${refined.map((r) => `${r.value.toPrecision(2)} %`).join(', ')}; worst: ${last.at}`,
    ),
  ];
  rows.push(...sameGrid(files, snapshots, times));
  for (const t of times.filter(atKink)) {
    const off = difference(
      snapshots,
      finest,
      (i) => snapshots[i].pressure_Pa,
      (x) => x === t,
    );
    const why = 'a withdrawal jumps here and the reference carries half a cell of phantom pipe at the outlet';
    rows.push(skipped(files.name, `snapshot at ${t} s`, `${why}; measured ${off.value.toPrecision(3)} %`));
  }
  return { rows, run };
}

interface Difference {
  readonly value: number; // %
  readonly at: string;
}

/** Largest difference of the series `a` from `b` in percent, over the snapshots at the times wanted. */
function difference(
  snapshots: readonly Snapshot[],
  a: Float64Array,
  b: (i: number) => number,
  wanted: (time_s: number) => boolean,
): Difference {
  let worst = { value: 0, at: '' };
  snapshots.forEach((s, i) => {
    if (!wanted(s.time_s)) return;
    const value = Math.abs(a[i] / b(i) - 1) * 100;
    if (!(value <= worst.value)) worst = { value, at: `pipe ${s.pipe}, ${s.x_m} m, ${s.time_s} s` };
  });
  return worst;
}

/**
 * The reference's own grid, phantom included: cells of at least c Δt/C, and half a cell more at every node with a withdrawal;
 * its flows are those half a step later. Where that was its grid, its digits come back, which proves what the difference to
 * the converged solution is; where not, this says nothing and is skipped.
 */
function sameGrid(files: GasCase, snapshots: readonly Snapshot[], times: readonly number[]): ValidationRow[] {
  const metric = "on the reference's grid, with its phantom half cell";
  if (!isSinglePipe(files)) return [];
  const pipe = files.spec.pipes[0];
  const probe = beginGasRun(files, { cellLength_m: pipe.length_m, timeStep_s: files.timeStep_s });
  const cells = Math.floor((pipe.length_m * files.courant) / (probe.model.waveSpeed_m_s * files.timeStep_s));
  if (cells < 1) return [];
  const volume_m3 = (0.5 * (Math.PI / 4) * pipe.diameter_m ** 2 * pipe.length_m) / cells;
  const nodes = files.spec.nodes.map((n) => (n.kind === 'junction' ? { ...n, volume_m3 } : n));
  const twin: GasCase = { ...files, spec: { ...files.spec, nodes, pipes: [{ ...pipe, cells }] } };
  const run = beginGasRun(twin, { cellLength_m: pipe.length_m / cells, timeStep_s: files.timeStep_s, courant: 0.999 });
  const peak = Math.max(...snapshots.map((s) => Math.abs(s.flow_kg_s)).filter(Number.isFinite), 1e-9);
  let pressure = 0;
  let flow = 0;
  for (const t of times) {
    const now = snapshots.filter((s) => s.time_s === t);
    runUntil(twin, run, t);
    for (const s of now)
      pressure = Math.max(
        pressure,
        Math.abs(pressureAt(run.model, run.state, s.pipe, s.x_m) / s.pressure_Pa - 1) * 100,
      );
    runUntil(twin, run, t + files.timeStep_s);
    for (const s of now) {
      const off = Math.abs(flowBetweenFaces(run.model, run.state, s.pipe, s.flowX_m) - s.flow_kg_s);
      if (off > flow * peak) flow = off / peak;
    }
  }
  if (!(pressure <= OWN_GRID_TARGET))
    return [skipped(files.name, metric, `its grid is not known: differs by ${pressure.toPrecision(3)} %`)];
  const note = `${cells} cells, all ${times.length} snapshots: the half cell is all that parts it from the converged solution`;
  return [
    judge(files.name, `pressure ${metric}`, pressure, OWN_GRID_TARGET, '%', note),
    judge(
      files.name,
      `flow ${metric}`,
      100 * flow,
      OWN_GRID_TARGET,
      '% of peak',
      'between the first and the last face',
    ),
  ];
}

/** Times at which a withdrawal has just jumped: within two time steps, by a hundredth of its range. */
function jumps(files: GasCase): number[] {
  return [...files.withdrawals.values()].flatMap(({ time_s: t, value }) => {
    const range = Math.max(...value) - Math.min(...value);
    return t.filter(
      (x, i) => i > 0 && x - t[i - 1] <= 2 * files.timeStep_s && Math.abs(value[i] - value[i - 1]) > 0.01 * range,
    );
  });
}

function balanceRow(name: string, model: GasModel, state: GasState, seconds: number): ValidationRow {
  const pack = gasInventory_kg(model, state);
  const perDay = (Math.abs(gasBalanceError_kg(model, state)) / pack) * Math.max(1, DAY_s / seconds);
  const flagged = [...state.flags].some((f) => f > 0);
  const note = `${pack.toFixed(0)} kg after ${seconds} s${flagged ? `; guards raised: ${[...state.flags].join(', ')}` : ''}`;
  const row = judge(name, 'mass balance', perDay, BALANCE_TARGET, 'of line pack per day', note);
  return state.flags[3] > 0 || state.flags[4] > 0 ? { ...row, status: 'fail' } : row;
}

function isSinglePipe(files: GasCase): boolean {
  const [a, b] = files.spec.nodes;
  const kinds = [a?.kind, b?.kind].sort().join();
  return files.spec.pipes.length === 1 && (files.spec.links ?? []).length === 0 && kinds === 'junction,pressure';
}

/** With its last boundaries held until nothing moves, the outlet must stand at the closed form. */
function endState(files: GasCase, run: GasRun): ValidationRow {
  const end = Math.max(run.time_s, files.finalTime_s);
  const hold = (courses: ReadonlyMap<string, Course>) =>
    new Map([...courses].map(([id, c]) => [id, { time_s: [0], value: [valueAt(c, end)] }]));
  const still: GasCase = { ...files, withdrawals: hold(files.withdrawals), pressures: hold(files.pressures) };
  runUntil(files, run, end);
  const [inlet, outlet] = files.spec.nodes[0].kind === 'pressure' ? files.spec.nodes : [...files.spec.nodes].reverse();
  const n = run.model.nodeIndex.get(outlet.id) as number;
  const p = run.state.pointPressure_Pa;
  for (let hour = 0; hour < 48; hour++) {
    const before = p[n];
    runUntil(still, run, run.time_s + 600);
    if (Math.abs(p[n] / before - 1) < 1e-10) break;
  }
  const p1 = valueAt(files.pressures.get(inlet.id) as Course, end);
  const flow = valueAt(files.withdrawals.get(outlet.id) ?? { time_s: [0], value: [0] }, end);
  const theory = steadyOutlet_Pa(files, p1, flow);
  const note = `${p[n].toFixed(2)} Pa, closed form ${theory.toFixed(2)} Pa`;
  return judge(files.name, 'end state against the closed form', p[n] / theory - 1, END_TARGET, 'relative', note);
}

/** λ L a² φ²/D = p1² − p2² (Z = 1), or b1 (p1² − p2²) + ⅔ b2 (p1³ − p2³) with CNGA's 1/Z = b1 + b2 p; by bisection. */
function steadyOutlet_Pa(files: GasCase, p1: number, flow: number): number {
  const { spec } = files;
  const [pipe] = spec.pipes;
  const G = spec.gas?.specificGravity ?? 0.6;
  const T = spec.temperature_K ?? 288.706;
  const k = ((spec.gas?.gasConstant_J_kmolK ?? 8314) * T) / (28.96 * G);
  const factor = pipe.friction.kind === 'darcy' ? pipe.friction.factor : Number.NaN;
  const area = (Math.PI / 4) * pipe.diameter_m ** 2;
  const loss = (factor * pipe.length_m * k * (flow / area) ** 2) / pipe.diameter_m;
  if (spec.gas?.compressibility === 'ideal') return Math.sqrt(p1 * p1 - Math.sign(flow) * loss);
  const b2 = (344400 * 10 ** (1.785 * G)) / (6894.757293168 * (1.8 * T) ** 3.825);
  const b1 = 1 + b2 * 101350;
  let [low, high] = [0, 2 * p1];
  for (let i = 0; i < 200; i++) {
    const p = (low + high) / 2;
    const drop = b1 * (p1 * p1 - p * p) + (2 / 3) * b2 * (p1 ** 3 - p ** 3);
    if (drop > Math.sign(flow) * loss) low = p;
    else high = p;
  }
  return (low + high) / 2;
}

function endStateOnly(path: string, parameters: string): ValidationRow[] {
  const files = { ...readGasCase(path, parameters, 'cnga'), name: `${basename(path)}, CNGA` };
  if (!isSinglePipe(files)) return [];
  const run = beginGasRun(files, { cellLength_m: files.spec.pipes[0].length_m / 40, timeStep_s: files.timeStep_s });
  runUntil(files, run, files.finalTime_s);
  return [balanceRow(files.name, run.model, run.state, run.time_s), endState(files, run)];
}

function validateNet(path: string): ValidationRow[] {
  const name = basename(path);
  const { spec, values } = readNet(path);
  const none = new Map<string, never>();
  const files: GasCase = {
    name,
    spec,
    timeStep_s: 2,
    finalTime_s: 3600,
    courant: 0.9,
    withdrawals: none,
    pressures: none,
    settings: none,
    initialPressures: none,
    initialFlows: none,
  };
  const run = beginGasRun(files, { cellLength_m: 2000, timeStep_s: files.timeStep_s });
  const drift = stillness(run.model, run.state, 600);
  // An upset, so that the balance has something to close: the first demand doubles.
  const demand = run.state.withdrawal_kg_s.findIndex((w) => w > 0);
  if (demand >= 0) run.state.withdrawal_kg_s[demand] *= 2;
  for (let i = 0; i < files.finalTime_s / files.timeStep_s; i++) stepGas(run.model, run.state);
  return [
    judge(
      name,
      'steady start: pressure change in 10 min',
      drift,
      STILL_TARGET,
      'of the pressure',
      `${run.model.nPipe} pipes; ${values}`,
    ),
    balanceRow(name, run.model, run.state, files.finalTime_s + 600),
  ];
}

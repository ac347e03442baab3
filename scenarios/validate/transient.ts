/**
 * Transients against published cases: every case of a folder in TSNet's exported form (see the reference README), or closed
 * forms where no folder is given. All series of a case are compared; the error is the root mean square difference relative to
 * the case's largest surge of that quantity. A case that cannot be rebuilt is skipped with a sentence, never a crash.
 */
import { joukowsky_m } from '../../models/physics/index.ts';
import { type CaseFiles, caseFolders, caseNames, numbers, readCase } from './caseFiles.ts';
import { validateCavity } from './cavity.ts';
import { validateClosedForms } from './closedForms.ts';
import { validateHeat } from './heat.ts';
import { NotComparable, type Rebuilt, rebuild } from './rebuild.ts';
import { judge, skipped, type Validation, type ValidationRow } from './table.ts';

export { formatValidation, type Validation, type ValidationRow } from './table.ts';

/** RMS error allowed, in percent of the largest surge. */
const RMS_TARGET = 0.5;
/** Error allowed for the surge of a frictionless closure, in percent of theory. */
const SURGE_TARGET = 0.01;

/** Validates our characteristics; one row per case and metric. */
export function validateTransient(dataDir?: string): Validation {
  if (dataDir === undefined) return { cases: [...validateClosedForms(), ...validateHeat(), ...validateCavity()] };
  const cases: ValidationRow[] = [];
  const found = caseFolders(dataDir).flatMap((folder) => caseNames(folder).map((name) => ({ folder, name })));
  for (const { folder, name } of found) {
    try {
      cases.push(...validateCase(readCase(folder, name)));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      cases.push(skipped(name, 'all', error instanceof NotComparable ? why : `the case could not be read: ${why}`));
    }
  }
  return { cases };
}

interface Series {
  readonly column: string;
  readonly group: string;
  readonly reference: Float64Array;
  squares: number;
}

function validateCase(files: CaseFiles): ValidationRow[] {
  const network = rebuild(files);
  const time = numbers(files.series, 'time_s') ?? new Float64Array();
  const series: Series[] = [];
  const missing: string[] = [];
  for (const column of files.series.columns) {
    if (column === 'time_s') continue;
    const group = column.startsWith('head_') ? 'head' : /_(m3s|mps)$/.test(column) ? 'flow' : '';
    if (group === '' || network.value(column) === undefined) missing.push(column);
    else series.push({ column, group, reference: numbers(files.series, column) as Float64Array, squares: 0 });
  }
  const top = { ours: Number.NEGATIVE_INFINITY, node: closingNode(network) };
  let step = 0;
  let rowsCompared = 0;
  let drained: string | undefined;
  for (let row = 0; row < time.length && drained === undefined; row++) {
    const target = Math.round(time[row] / network.model.timeStep_s);
    while (step < target && drained === undefined) {
      step++;
      network.take(step);
      drained = network.drained();
      if (top.node >= 0) top.ours = Math.max(top.ours, network.state.nodeHead_m[top.node]);
    }
    if (drained !== undefined) break;
    rowsCompared++;
    for (const s of series) {
      const d = (network.value(s.column) as number) - s.reference[row];
      s.squares += d * d;
    }
  }
  const cut =
    drained === undefined
      ? ''
      : `; compared until ${time[rowsCompared - 1]} s, when node ${drained} falls below its elevation and TSNet's quadratic has no valid root`;
  const rows = [
    ...compare(files.name, 'head', 'head RMS (worst node)', series, rowsCompared, cut),
    ...compare(files.name, 'flow', 'flow RMS (worst series)', series, rowsCompared, cut),
    ...surge(files, top),
  ];
  if (missing.length > 0) rows.push(skipped(files.name, 'other columns', `no counterpart here: ${missing.join(', ')}`));
  return rows;
}

function compare(
  name: string,
  group: string,
  metric: string,
  all: readonly Series[],
  rows: number,
  cut: string,
): ValidationRow[] {
  const series = all.filter((s) => s.group === group);
  if (series.length === 0) return [];
  let surge = 0;
  for (const s of series)
    for (const x of s.reference.subarray(0, rows)) surge = Math.max(surge, Math.abs(x - s.reference[0]));
  const worst = series.reduce((a, b) => (b.squares > a.squares || Number.isNaN(b.squares) ? b : a));
  if (!(surge > 0)) return [skipped(name, metric, `nothing moves in the reference${cut}`)];
  const rms = Math.sqrt(worst.squares / rows);
  const unit = group === 'head' ? 'm' : 'm³/s';
  const note = `${worst.column}: ${rms.toExponential(2)} ${unit} of ${surge.toPrecision(4)} ${unit}; ${series.length} series${cut}`;
  return [judge(name, metric, (100 * rms) / surge, RMS_TARGET, '% of surge', note)];
}

/** The node whose outflow a valve prescribes, −1 if there is none. */
function closingNode(network: Rebuilt): number {
  network.schedule(0);
  return network.state.boundaryFlow_m3_s.findIndex((q) => q !== 0);
}

/** Joukowsky or Michaud for frictionless single lines that a valve shuts linearly. */
function surge(files: CaseFiles, top: { ours: number; node: number }): ValidationRow[] {
  const f = numbers(files.pipes, 'darcy_f');
  const V = numbers(files.pipes, 'V0_mps');
  const L = numbers(files.pipes, 'length_m');
  const a = numbers(files.pipes, 'wavespeed_adj_mps');
  const H0 = numbers(files.nodes, 'H0_m');
  const key = [...files.parameters.keys()].find((k) => /valve.*rule/i.test(k));
  const rule = key === undefined ? undefined : files.parameters.get(key);
  const frictionless = f?.every((x) => x === 0) && files.parameters.get('friction') === 'steady';
  if (!frictionless || !V || !L || !a || !H0 || !Array.isArray(rule) || top.node < 0) return [];
  const [tc, , se, m] = rule as number[];
  const uniform = V.every((v) => Math.abs(v / V[0] - 1) < 1e-5) && a.every((x) => x === a[0]);
  if (!uniform || se !== 0 || m !== 1) return [];
  const length = L.reduce((sum, x) => sum + x, 0);
  const rise = joukowsky_m(a[0], V[V.length - 1], 9.8) * (tc === 0 ? 1 : Math.min(1, (2 * length) / a[0] / tc));
  const actual = top.ours - Math.max(...H0);
  const law = tc === 0 || (2 * length) / a[0] >= tc ? 'Joukowsky' : 'Michaud';
  return [
    judge(
      files.name,
      'surge maximum',
      (actual / rise - 1) * 100,
      SURGE_TARGET,
      '%',
      `${actual.toFixed(5)} m, ${law} ${rise.toFixed(5)} m`,
    ),
  ];
}

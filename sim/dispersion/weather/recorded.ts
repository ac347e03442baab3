/**
 * Weather as a mast wrote it down: CSV with a header that names quantity and unit ("wind (m/s)", "direction [deg]"). Rows
 * in any order; straight lines between neighbours, directions by the vector, nothing further than `GAP_S` from a value.
 * Gaps and what is no number are marked (NaN) and counted, never guessed over.
 */
import { type Problem, ProblemError } from '../../../models/contract/index.ts';
import { fromUnit, nearest, UNITS } from '../../../models/kernel/index.ts';
// Not through the door: behind it stands a database, which a plant does not need.
import { takeRows } from '../../../models/recording/csvRows.ts';
import { compileTimeFormat, type TimeReader } from '../../../models/recording/csvTime.ts';

/** Rows of `Recorded.value`. */
export const RECORDED = { wind: 0, from: 1, temperature: 2, humidity: 3, pressure: 4, sun: 5, cloud: 6 } as const;
export type RecordedQuantity = keyof typeof RECORDED;

/** Straight lines over more than this are no weather [s]. */
export const GAP_S = 3600;

export interface Recorded {
  /** Rising, from the first row on [s] (rows). */
  readonly time_s: Float64Array;
  /** SI, NaN where missing; one array for each of RECORDED, absent where no column is of it. */
  readonly value: readonly (Float64Array | undefined)[];
  readonly report: RecordedReport;
}

export interface RecordedReport {
  readonly rows: number;
  /** Cells that are empty or say so. */
  readonly missing: number;
  /** Cells with something else that is no number, the first few with their places. */
  readonly mistakes: number;
  readonly problems: readonly Problem[];
  /** Steps between rows of more than three times the usual one. */
  readonly gaps: number;
  /** Rows whose time could not be read, or stood there already. */
  readonly dropped: number;
}

const NAMES: Readonly<Record<RecordedQuantity, RegExp>> = {
  wind: /^(wind|wind[ _-]?speed|speed|ws)$/i,
  from: /^(from|direction|wind[ _-]?(direction|dir|from)|dir|wd)$/i,
  temperature: /^(temperature|air[ _-]?temperature|temp|t[ _-]?air)$/i,
  humidity: /^(humidity|relative[ _-]?humidity|rh)$/i,
  pressure: /^(pressure|air[ _-]?pressure|p)$/i,
  sun: /^(sun|solar|radiation|global[ _-]?radiation|solar[ _-]?radiation)$/i,
  cloud: /^(clouds?|cloud[ _-]?cover)$/i,
};
const DIMENSION: Readonly<Record<RecordedQuantity, readonly string[]>> = {
  wind: ['speed'],
  from: ['angle'],
  temperature: ['temperature'],
  humidity: ['fraction', 'humidity'],
  pressure: ['pressure'],
  sun: ['W/m2'],
  cloud: ['fraction'],
};
const MISSING = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '-', '#n/a', '-999', '-9999']);
const PROBLEMS_KEPT = 20;
const readDate = compileTimeFormat('iso') as TimeReader;
const TIME = /^(time|t|timestamp|date|date[ _-]?time)$/i;
const HEADER = /^\s*(.*?)\s*(?:[([]\s*([^)\]]*?)\s*[)\]])?\s*$/;

/** Reads the text of a file; throws a ProblemError where it is no weather at all. */
export function readRecorded(file: string, text: string): Recorded {
  const fail = (line: number, column: number, found: string, expected: string, hint?: string): never => {
    throw new ProblemError([{ file, line, column, path: '', found, expected, ...(hint ? { hint } : {}) }]);
  };
  const whole = text.replace(/^\uFEFF/, '');
  const delimiter = [';', '\t', ','].find((d) => whole.split(/[\r\n]/, 1)[0]!.includes(d)) ?? ',';
  const lines = takeRows(file, whole, delimiter, 1, true).rows.filter((r) => !r.fields[0]!.startsWith('#'));
  if (lines.length === 0) fail(1, 1, 'an empty file', 'a header and rows of weather');
  const headLine = lines[0]!.line;
  const header = lines[0]!.fields.map((f) => f.trim());
  let timeColumn = -1;
  let timeFactor_s = 1;
  const columns: { at: number; row: number; unit: string }[] = [];
  let offset = 1;
  header.forEach((cell, at) => {
    const [, name = '', unit = ''] = HEADER.exec(cell) ?? [];
    const column = offset;
    offset += cell.length + 1;
    if (TIME.test(name)) {
      timeColumn = at;
      if (unit !== '' && unit !== 'UTC') {
        if (UNITS[unit]?.dimension !== 'time')
          fail(headLine, column, `time in "${unit}"`, 'a unit of time', 's, min, h');
        timeFactor_s = UNITS[unit]!.factor;
      }
      return;
    }
    const quantity = (Object.keys(NAMES) as RecordedQuantity[]).find((q) => NAMES[q].test(name));
    if (quantity === undefined) return;
    const wanted = DIMENSION[quantity];
    const of = unit === 'W/m2' || unit === 'W/m^2' || unit === 'W/m²' ? 'W/m2' : (UNITS[unit]?.dimension ?? '');
    if (!wanted.includes(of)) {
      const near = nearest(unit, Object.keys(UNITS));
      const hint = unit === '' ? `write "${name} (…)"` : near && near !== unit ? `did you mean "${near}"?` : undefined;
      fail(
        headLine,
        column,
        unit === '' ? `${name} without a unit` : `${name} in "${unit}"`,
        `a unit of ${wanted[0]}`,
        hint,
      );
    }
    columns.push({ at, row: RECORDED[quantity], unit: of === 'W/m2' ? '' : unit });
  });
  if (timeColumn < 0) fail(headLine, 1, `columns ${header.join(', ')}`, 'one called time');
  if (columns.length === 0)
    fail(headLine, 1, `columns ${header.join(', ')}`, 'weather', `known: ${Object.keys(NAMES).join(', ')}`);

  const rows: { time_s: number; value: Float64Array }[] = [];
  const problems: Problem[] = [];
  let missing = 0;
  let mistakes = 0;
  let dropped = 0;
  for (const { line, fields } of lines.slice(1)) {
    const row = fields.map((f) => f.trim());
    const time_s = timeOf(row[timeColumn] ?? '', timeFactor_s);
    if (Number.isNaN(time_s)) {
      dropped += 1;
      keep(problems, file, line, `the time "${row[timeColumn] ?? ''}"`, 'a number, or a date such as 2024-05-01T12:00');
      continue;
    }
    const value = new Float64Array(7).fill(Number.NaN);
    for (const { at, row: r, unit } of columns) {
      const cell = row[at] ?? '';
      const number = cell === '' ? Number.NaN : Number(cell);
      if (MISSING.has(cell.toLowerCase())) missing += 1;
      else if (!Number.isFinite(number)) {
        mistakes += 1;
        keep(problems, file, line, `"${cell}" under ${header[at]}`, 'a number');
      } else value[r] = unit === '' ? number : fromUnit(number, unit);
    }
    rows.push({ time_s, value });
  }
  rows.sort((a, b) => a.time_s - b.time_s);
  const kept = rows.filter((r, i) => i === 0 || r.time_s > rows[i - 1]!.time_s);
  dropped += rows.length - kept.length;
  if (kept.length === 0) fail(headLine, 1, 'no row that can be read', 'rows under the header');
  const start_s = kept[0]!.time_s;
  const steps = kept.slice(1).map((r, i) => r.time_s - kept[i]!.time_s);
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  return {
    time_s: Float64Array.from(kept, (r) => r.time_s - start_s),
    value: Object.values(RECORDED).map((r) =>
      columns.some((c) => c.row === r) ? Float64Array.from(kept, (k) => k.value[r]!) : undefined,
    ),
    report: {
      rows: kept.length,
      missing,
      mistakes,
      problems,
      gaps: steps.filter((s) => s > 3 * usual).length,
      dropped,
    },
  };
}

/** The value of a quantity at an instant [SI], NaN where there is none within an hour on both sides. */
export function recordedAt({ time_s, value }: Recorded, row: number, at_s: number): number {
  const column = value[row];
  if (!column) return Number.NaN;
  let low = 0;
  let high = time_s.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time_s[middle]! <= at_s) low = middle + 1;
    else high = middle;
  }
  let before = low - 1;
  while (before >= 0 && Number.isNaN(column[before]!)) before -= 1;
  let after = low;
  while (after < column.length && Number.isNaN(column[after]!)) after += 1;
  if (before < 0) return Number.NaN;
  const a = column[before]!;
  if (time_s[before] === at_s) return a;
  if (after >= column.length) return at_s - time_s[before]! <= GAP_S ? a : Number.NaN;
  const span_s = time_s[after]! - time_s[before]!;
  if (span_s > GAP_S) return Number.NaN;
  const share = (at_s - time_s[before]!) / span_s;
  const b = column[after]!;
  if (row !== RECORDED.from) return a + (b - a) * share;
  const east = Math.sin(a) * (1 - share) + Math.sin(b) * share;
  const north = Math.cos(a) * (1 - share) + Math.cos(b) * share;
  return Math.atan2(east, north);
}

function keep(problems: Problem[], file: string, line: number, found: string, expected: string): void {
  if (problems.length < PROBLEMS_KEPT) problems.push({ file, line, column: 1, path: '', found, expected });
}

function timeOf(text: string, factor_s: number): number {
  if (text === '') return Number.NaN;
  const number = Number(text);
  return Number.isNaN(number) ? readDate(text) / 1e6 : number * factor_s;
}

/**
 * A foreign CSV as rows in time order: columns found, times read, cells turned into numbers. What is wrong with the file as
 * a whole is thrown when it is opened; what is wrong with single rows is gathered in the report while they stream by.
 *
 * Order: rows are sorted within a window of 16; a row that comes later than that is dropped and counted. Time 0 is the
 * first row in that order. A cell that is empty or says NaN, NA, null or - is missing; anything else that is no number is
 * missing and a problem.
 */

import { basename, extname } from 'node:path';
import {
  createLayout,
  type FrameLayout,
  type LayoutSpec,
  type Problem,
  ProblemError,
  plainProblem,
  type Tag,
} from '../contract/index.ts';
import { nearest } from '../kernel/index.ts';
import { CSV_MAPPING_SCHEMA, type CsvMapping, type CsvMappingSpec } from './csvMapping.ts';
import { type CsvRow, csvRows, fieldColumn, headOf, shownPath, takeRows } from './csvRows.ts';
import { compileTimeFormat, sniffTimeFormat, type TimeReader } from './csvTime.ts';

export interface CsvReport {
  readonly file: string;
  /** Rows that had a readable time. */
  rows: number;
  /** Mistakes in rows, all of them; `problems` holds the first 20. */
  mistakes: number;
  readonly problems: Problem[];
  /** Rows that came too late to be put in order. */
  late: number;
  /** Time of the first row as the file gives it [µs], since 1970 where it is a date. */
  startUs: number | null;
}

export interface TimedRow {
  /** Since the first row [µs]. */
  readonly timeUs: number;
  /** (tags), NaN where missing. */
  readonly value: Float64Array;
  /** (labels), NaN where missing. */
  readonly label: Float64Array;
}

export interface TimedRows {
  readonly mapping: CsvMappingSpec;
  /** The file's name without its ending. */
  readonly name: string;
  readonly layout: FrameLayout;
  readonly report: CsvReport;
  /** Rows in time order, in batches; throws a ProblemError where the file breaks off or holds no readable row. */
  rows(): AsyncGenerator<readonly TimedRow[], void, undefined>;
}

const WINDOW = 16;
const PROBLEMS_KEPT = 20;
/** First rows, from which what a mapping leaves out is read off. */
const SAMPLE_ROWS = 1000;
const MISSING = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '-', '#n/a']);
const LABEL = /^(anomaly|anomalies|change_?point|label|labels|class|target|attack|leak|leakage|is_?leak|fault|truth)$/i;
const TIME_NAME = /^(time|t|timestamp|date|date_?time|seconds?|zeit|time_s|time_ms|time_us)$/i;

/** Opens a CSV with a mapping, or without one: then every numeric column becomes a tag of no unit, and columns that look like labels are kept out of the frames. */
export async function openCsv(path: string, mapping?: CsvMapping): Promise<TimedRows> {
  const file = shownPath(path);
  const head = await headOf(path);
  const delimiter = mapping?.value.delimiter ?? sniffDelimiter(head.text);
  const sample = takeRows(file, head.text, delimiter, 1, head.whole).rows.slice(0, SAMPLE_ROWS + 1);
  const decimal = mapping?.value.decimal ?? sniffDecimal(sample, delimiter);
  const hasHeader = headerOf(file, sample, mapping, decimal);
  const names = hasHeader ? sample[0]!.fields.map((f) => f.trim()) : sample[0]!.fields.map((_, i) => String(i + 1));
  const body = hasHeader ? sample.slice(1) : sample;
  if (body.length === 0)
    throw new ProblemError([plainProblem(file, '', 'a header and no row', 'at least one row of data')]);
  const spec = mapping?.value ?? guessMapping(file, names, body, decimal);

  const problems: Problem[] = [];
  const find = (wanted: string, at: readonly PropertyKey[]): number => {
    const exact = names.indexOf(wanted.trim());
    const index = exact >= 0 ? exact : names.findIndex((n) => n.toLowerCase() === wanted.trim().toLowerCase());
    if (index < 0) {
      const near = nearest(wanted, names);
      const found = `the column "${wanted}", which ${file} lacks`;
      const hint = near ? `did you mean "${near}"?` : undefined;
      problems.push(
        mapping
          ? mapping.problemAt(at, found, `one of ${names.map((n) => `"${n}"`).join(', ')}`, hint)
          : plainProblem(file, '', found, 'a column of the file', hint),
      );
    }
    return index;
  };
  const timeAt = find(spec.time.column, ['time', 'column']);
  const valueAt = spec.columns.map((c, i) => find(c.column, ['columns', i, 'column']));
  // A recording without labels (normal operation) is as good as one whose labels are all off.
  const labelAt = spec.labels.map((l) => names.findIndex((n) => n.toLowerCase() === l.column.trim().toLowerCase()));
  if (problems.length > 0) throw new ProblemError(problems);

  const readTime = timeReader(file, spec, body, timeAt, decimal, mapping);
  const number = cellReader(decimal);
  const times = body.map((r) => readTime(r.fields[timeAt] ?? '')).filter((t) => !Number.isNaN(t));
  const scanUs = spec.scan ?? sniffScan(file, times, mapping);
  const name = basename(path, extname(path));
  const layout = createLayout(
    layoutOf(spec, scanUs, (i) => body.map((r) => number(r.fields[valueAt[i]!] ?? '') ?? Number.NaN)),
  );
  const report: CsvReport = { file, rows: 0, mistakes: 0, problems: [], late: 0, startUs: null };

  const complain = (row: CsvRow, field: number, found: string, expected: string, hint?: string) => {
    report.mistakes += 1;
    if (report.problems.length >= PROBLEMS_KEPT) return;
    report.problems.push({
      file,
      line: row.line,
      column: fieldColumn(row, field),
      path: names[field] ?? '',
      found,
      expected,
      ...(hint ? { hint } : {}),
    });
  };
  const cell = (row: CsvRow, field: number): number => {
    const text = row.fields[field];
    if (text === undefined) return Number.NaN;
    const v = number(text);
    if (v !== undefined) return v;
    const comma = decimal === '.' && /^\s*[+-]?\d+,\d+\s*$/.test(text);
    complain(
      row,
      field,
      show(text),
      'a number, or nothing where it is missing',
      comma ? 'write `decimal: ","` in the mapping' : undefined,
    );
    return Number.NaN;
  };
  const readRow = (row: CsvRow): (TimedRow & { timeUs: number }) | undefined => {
    const timeUs = readTime(row.fields[timeAt] ?? '');
    if (!Number.isSafeInteger(timeUs)) {
      complain(row, timeAt, show(row.fields[timeAt] ?? ''), `a time as ${spec.time.format ?? 'in the first rows'}`);
      return undefined;
    }
    const surplus = row.fields.findIndex((f, i) => i >= names.length && f.trim() !== '');
    if (surplus >= 0) {
      complain(
        row,
        surplus,
        `${row.fields.length} fields`,
        `${names.length}, as in the first row`,
        'quote a field that has the delimiter in it',
      );
      return undefined;
    }
    if (row.fields.length < names.length)
      complain(row, row.fields.length - 1, `${row.fields.length} fields`, `${names.length}, as in the first row`);
    return {
      timeUs,
      value: Float64Array.from(valueAt, (i) => cell(row, i)),
      label: Float64Array.from(labelAt, (i) => (i < 0 ? Number.NaN : cell(row, i))),
    };
  };

  return {
    mapping: spec,
    name,
    layout,
    report,
    async *rows() {
      const order: (TimedRow & { timeUs: number })[] = [];
      let skip = hasHeader;
      let lastUs = Number.NEGATIVE_INFINITY;
      let out: TimedRow[] = [];
      const release = () => {
        const row = order.shift()!;
        report.startUs ??= row.timeUs;
        lastUs = row.timeUs;
        out.push({ ...row, timeUs: row.timeUs - report.startUs });
      };
      for await (const batch of csvRows(path, delimiter)) {
        for (const raw of batch) {
          if (skip) {
            skip = false;
            continue;
          }
          const row = readRow(raw);
          if (!row) continue;
          report.rows += 1;
          if (row.timeUs < lastUs) {
            report.late += 1;
            continue;
          }
          let at = order.length;
          while (at > 0 && order[at - 1]!.timeUs > row.timeUs) at -= 1;
          order.splice(at, 0, row);
          if (order.length > WINDOW) release();
        }
        if (out.length > 0) {
          yield out;
          out = [];
        }
      }
      while (order.length > 0) release();
      if (out.length > 0) yield out;
      if (report.rows === 0) {
        throw new ProblemError(
          report.problems.length > 0 ? report.problems : [plainProblem(file, '', 'no row', 'at least one row of data')],
        );
      }
    },
  };
}

/** Reads a whole file and tells what is wrong with its rows; throws what `openCsv` would throw. */
export async function checkCsv(path: string, mapping?: CsvMapping): Promise<CsvReport> {
  const table = await openCsv(path, mapping);
  for await (const _ of table.rows()) {
    // The report fills while rows pass.
  }
  return table.report;
}

/** A cell as a problem shows it, on one line. */
function show(cell: string): string {
  const text = cell.replace(/[\r\n]+/g, ' ');
  return text.trim() === '' ? 'nothing' : `"${text.length > 40 ? `${text.slice(0, 37)}...` : text}"`;
}

/** NaN for a missing cell, undefined for one that is no number. */
function cellReader(decimal: '.' | ','): (text: string) => number | undefined {
  return (text) => {
    const v = Number(decimal === ',' ? text.replace(',', '.') : text);
    // Number() is lenient: '' and ' ' are 0 to it, and 0x1F a number.
    if (Number.isFinite(v) && /\d/.test(text) && !/[xXbBoO]/.test(text)) return v;
    return MISSING.has(text.trim().toLowerCase()) ? Number.NaN : undefined;
  };
}

function sniffDelimiter(text: string): string {
  const lines = text
    .split(/\r\n|\n|\r/)
    .filter((l) => l.trim() !== '')
    .slice(0, 20);
  let best = ',';
  let most = 1;
  for (const candidate of [';', '\t', ',', '|']) {
    const counts = lines.map((l) => l.replace(/"[^"]*"/g, '').split(candidate).length);
    const alike = counts.filter((n) => n === counts[0]).length >= 0.8 * counts.length;
    if (alike && counts[0]! > most) {
      most = counts[0]!;
      best = candidate;
    }
  }
  return best;
}

function sniffDecimal(rows: readonly CsvRow[], delimiter: string): '.' | ',' {
  if (delimiter === ',' && !rows.some((r) => r.columns)) return '.';
  const cells = rows.slice(1, 200).flatMap((r) => r.fields);
  const point = cells.some((c) => /^\s*[+-]?\d*\.\d+([eE][+-]?\d+)?\s*$/.test(c));
  return !point && cells.some((c) => /^\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*$/.test(c)) ? ',' : '.';
}

function headerOf(file: string, rows: readonly CsvRow[], mapping: CsvMapping | undefined, decimal: '.' | ','): boolean {
  const first = rows[0];
  if (!first) throw new ProblemError([plainProblem(file, '', 'no row', 'a header and rows')]);
  if (mapping && !mapping.value.header) return false;
  const number = cellReader(decimal);
  const data = first.fields.every((f) => number(f) !== undefined || sniffTimeFormat([f]) !== undefined);
  if (!data) return true;
  if (!mapping) return false;
  throw new ProblemError([
    {
      file,
      line: first.line,
      column: 1,
      path: '',
      found: `no header: the first row is ${show(first.fields.join(' '))}`,
      expected: 'the names of the columns',
      hint: 'write `header: false` in the mapping and name the columns by number, from "1"',
    },
  ]);
}

function timeReader(
  file: string,
  spec: CsvMappingSpec,
  body: readonly CsvRow[],
  at: number,
  decimal: '.' | ',',
  mapping: CsvMapping | undefined,
): TimeReader {
  const texts = body.slice(0, 50).map((r) => r.fields[at] ?? '');
  const number = cellReader(decimal);
  // Single bad rows must not spoil the guess, so the format of most rows counts.
  const format =
    spec.time.format ??
    sniffTimeFormat(texts) ??
    texts.map((t) => sniffTimeFormat([t])).find((f) => f !== undefined) ??
    (texts.some((t) => Number.isFinite(number(t) ?? Number.NaN)) ? 'seconds' : undefined);
  const reader = format === undefined ? 'a time' : compileTimeFormat(format, decimal);
  if (typeof reader !== 'string') return reader;
  const found = `the column "${spec.time.column}" with ${show(texts[0] ?? '')} in ${file}`;
  const expected = 'times such as 2024-05-01 12:00:00, or seconds';
  const hint = 'write the format in the mapping, such as `format: "DD.MM.YYYY hh:mm:ss"`';
  throw new ProblemError([
    mapping
      ? mapping.problemAt(['time', 'column'], found, expected, hint)
      : plainProblem(file, '', found, expected, hint),
  ]);
}

/** The commonest step between the first rows. */
function sniffScan(file: string, times: readonly number[], mapping: CsvMapping | undefined): number {
  const steps = times
    .slice(1)
    .map((t, i) => t - times[i]!)
    .filter((d) => d > 0)
    .sort((a, b) => a - b);
  const median = steps[steps.length >> 1];
  if (median !== undefined) return median;
  const found = `no two rows of ${file} with different times among the first`;
  const expected = 'rows in time, to tell how often the instruments were read';
  const hint = 'write `scan: 1 s` in a mapping';
  throw new ProblemError([
    mapping ? mapping.problemAt(['time'], found, expected, hint) : plainProblem(file, '', found, expected, hint),
  ]);
}

function layoutOf(spec: CsvMappingSpec, scanUs: number, sampleOf: (column: number) => number[]): LayoutSpec {
  const stations = [...new Set(spec.columns.map((c) => c.station ?? 'CSV'))];
  const tags: Tag[] = spec.columns.map((c, i) => {
    const known = c.range && c.noise !== undefined ? [] : sampleOf(i).filter((v) => !Number.isNaN(v));
    return {
      id: c.tag ?? c.column.trim(),
      station: c.station ?? 'CSV',
      quantity: c.quantity,
      unit: c.unit,
      range: c.range ?? rangeOf(known),
      width: 1,
      periodUs: scanUs,
      noise: c.noise ?? noiseOf(known),
      accuracy: c.accuracy,
      element: c.element ?? '',
      ...(c.position === undefined ? {} : { position_m: c.position }),
    };
  });
  return {
    plant: spec.mapping,
    scanUs,
    stations: stations.map((id, i) => ({ id, unitId: Math.min(255, i + 1), clockAccuracy_s: 0 })),
    tags,
  };
}

/** What the first rows span, widened by as much on either side; a guess, for scaling only. */
function rangeOf(sample: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of sample) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (!(low <= high)) return [0, 1];
  const span = high - low || Math.max(1, Math.abs(high));
  return [low - span, high + span];
}

/**
 * Standard deviation of a sample, from the steps between neighbours without the largest twentieth of them: slow changes and
 * spikes do not count, and a quantised signal that mostly stands still keeps its noise.
 */
function noiseOf(sample: readonly number[]): number {
  const squares = sample.slice(1).map((v, i) => (v - sample[i]!) ** 2);
  squares.sort((a, b) => a - b);
  const mean = (n: number) => squares.slice(0, n).reduce((sum, d) => sum + d, 0) / Math.max(1, n);
  // Cutting the normal distribution at 1.96 σ leaves 0.7588 of its variance; a difference of two samples has twice that of one.
  return Math.sqrt(mean(Math.floor(0.95 * squares.length)) / 0.7588 / 2) || Math.sqrt(mean(squares.length) / 2);
}

function guessMapping(
  file: string,
  names: readonly string[],
  body: readonly CsvRow[],
  decimal: '.' | ',',
): CsvMappingSpec {
  const number = cellReader(decimal);
  const texts = (i: number) => body.map((r) => r.fields[i] ?? '');
  const numeric = names.map((_, i) => {
    const some = texts(i).filter((t) => !MISSING.has(t.trim().toLowerCase()));
    return some.length > 0 && some.filter((t) => number(t) !== undefined).length >= 0.9 * some.length;
  });
  const dated = names.findIndex((_, i) => !numeric[i] && sniffTimeFormat(texts(i).slice(0, 20)) !== undefined);
  const named = names.findIndex((n, i) => numeric[i] && TIME_NAME.test(n));
  const rising = names.findIndex((_, i) => {
    const v = texts(i).map((t) => number(t) ?? Number.NaN);
    return numeric[i] && v.length > 2 && v.every((x, k) => k === 0 || x > v[k - 1]!);
  });
  const time = [dated, named, rising].find((i) => i >= 0);
  if (time === undefined) {
    throw new ProblemError([
      plainProblem(
        file,
        '',
        `no column of times among ${names
          .slice(0, 8)
          .map((n) => `"${n}"`)
          .join(', ')}`,
        'one column of dates or rising seconds',
        'name it in a mapping',
      ),
    ]);
  }
  const format =
    time === dated
      ? undefined
      : /_ms$/i.test(names[time]!)
        ? 'milliseconds'
        : /_us$/i.test(names[time]!)
          ? 'microseconds'
          : 'seconds';
  const columns = names.flatMap((n, i) => {
    const twin = names.findIndex((m) => m.toLowerCase() === n.toLowerCase()) < i;
    return numeric[i] && i !== time && !LABEL.test(n) && !twin && n !== '' ? [{ column: n }] : [];
  });
  if (columns.length === 0)
    throw new ProblemError([
      plainProblem(file, '', 'no numeric column', 'at least one column of numbers beside the time'),
    ]);
  return CSV_MAPPING_SCHEMA.parse({
    mapping: basename(file, extname(file)),
    time: { column: names[time]!, ...(format ? { format } : {}) },
    columns,
  });
}

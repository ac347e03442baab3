/**
 * The run-file format. A run is a folder:
 *
 *   manifest.json   what this run is; `complete` turns true when the writer closes it
 *   layout.json     the frame layout, as it crosses a wire
 *   as-built.json   what a detector may know of the plant (where the plant has any)
 *   frames.parquet  a row per frame: seq, time_us, a clock per station, a column per tag (FLOAT, or a list of `width`
 *                   FLOATs, oldest sample first), a quality byte per tag (`q:PT-101`)
 *   alarms.parquet  a row per alarm event, its fields and the event itself as canonical JSON
 *   truth.parquet   the same for truth events
 *
 * While a run is being written, rows stand in parts (`frames-0000.parquet`, …), each whole or absent, because a part gets
 * its name only when it has been written. Closing merges them. So a killed writer leaves parts, and a reader takes
 * `frames.parquet` where it exists and the parts otherwise.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FrameLayout, type Problem, ProblemError, plainProblem } from '../contract/index.ts';

export const FORMAT = 'leaktwin-run';
export const FORMAT_VERSION = 1;

export const RECORDING_FILES = {
  manifest: 'manifest.json',
  layout: 'layout.json',
  asBuilt: 'as-built.json',
  frames: 'frames.parquet',
  alarms: 'alarms.parquet',
  truth: 'truth.parquet',
} as const;

export const TABLES = ['frames', 'alarms', 'truth'] as const;
export type Table = (typeof TABLES)[number];

export interface RunManifest {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly layoutDigest: string;
  /** False while the run is being written, and for ever where the writer was killed. */
  readonly complete: boolean;
  readonly frames: number;
  readonly alarms: number;
  readonly truth: number;
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  /** What the results are bit-identical on. */
  readonly machine: { readonly node: string; readonly v8: string; readonly arch: string };
  /** Whatever the runner adds: run id, scenario, seed, status, digests. */
  readonly [key: string]: unknown;
}

/**
 * Options of every Parquet file that holds values. No dictionaries: DuckDB's take -0 for 0 and every NaN for one NaN, and
 * a recording has to give back the bits that it was given.
 */
export const PARQUET =
  'FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 0, ROW_GROUP_SIZE 16384';

/** Name and SQL type of each column of the frames table, in order; names are unique whatever their case, as SQL wants. */
export function frameColumns(layout: FrameLayout): { name: string; type: string }[] {
  const used = new Set<string>();
  const unique = (wanted: string) => {
    let name = wanted;
    for (let n = 2; used.has(name.toLowerCase()); n += 1) name = `${wanted}#${n}`;
    used.add(name.toLowerCase());
    return name;
  };
  return [
    { name: unique('seq'), type: 'UINTEGER' },
    { name: unique('time_us'), type: 'BIGINT' },
    ...layout.stations.map((s) => ({ name: unique(`clock_us:${s.id}`), type: 'BIGINT' })),
    ...layout.tags.map((t) => ({ name: unique(t.id), type: t.width === 1 ? 'FLOAT' : `FLOAT[${t.width}]` })),
    ...layout.tags.map((t) => ({ name: unique(`q:${t.id}`), type: 'UTINYINT' })),
  ];
}

export interface EventColumn {
  readonly name: string;
  readonly type: 'VARCHAR' | 'BIGINT' | 'INTEGER' | 'DOUBLE';
  /** Path into the event. */
  readonly path: readonly string[];
}

const column = (type: EventColumn['type'], name: string, ...path: string[]): EventColumn => ({
  name,
  type,
  path: path.length > 0 ? path : [name],
});

/** Columns that people query; the event itself stands beside them as JSON, so that nothing depends on this list. */
export const EVENT_COLUMNS: Readonly<Record<'alarms' | 'truth', readonly EventColumn[]>> = {
  alarms: [
    column('BIGINT', 'time_us', 'timeUs'),
    column('VARCHAR', 'alarm'),
    column('BIGINT', 'frame_seq', 'frameSeq'),
    column('VARCHAR', 'from'),
    column('VARCHAR', 'to'),
    column('INTEGER', 'priority'),
    column('DOUBLE', 'score'),
    column('DOUBLE', 'position_m', 'where', 'position_m'),
    column('DOUBLE', 'position_sigma_m', 'where', 'sigma_m'),
    column('VARCHAR', 'source', 'where', 'source'),
    column('DOUBLE', 'massRate_kg_s', 'rate', 'massRate_kg_s'),
    column('DOUBLE', 'massRate_sigma_kg_s', 'rate', 'sigma_kg_s'),
    column('BIGINT', 'onset_us', 'onsetUs'),
    column('VARCHAR', 'by'),
    column('VARCHAR', 'because'),
  ],
  truth: [
    column('BIGINT', 'time_us', 'timeUs'),
    column('VARCHAR', 'kind'),
    column('VARCHAR', 'ref'),
    column('VARCHAR', 'unit'),
    column('DOUBLE', 'position_m'),
    column('DOUBLE', 'area_m2'),
    column('DOUBLE', 'growth_s'),
    column('DOUBLE', 'massRate_kg_s'),
    column('DOUBLE', 'volume_m3'),
    column('VARCHAR', 'what'),
    column('VARCHAR', 'target'),
    column('VARCHAR', 'form'),
  ],
};

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function partName(table: Table, index: number): string {
  return `${table}-${String(index).padStart(4, '0')}.parquet`;
}

/** The files that hold a table's rows, in order: the merged one, or the parts of a run that was never closed. */
export function tableFiles(folder: string, table: Table): string[] {
  const names = readdirSync(folder);
  const whole = `${table}.parquet`;
  if (names.includes(whole)) return [join(folder, whole)];
  const part = new RegExp(`^${table}-(\\d{4,})\\.parquet$`);
  return names
    .flatMap((name) => {
      const index = part.exec(name)?.[1];
      return index === undefined ? [] : [{ name, index: Number(index) }];
    })
    .sort((a, b) => a.index - b.index)
    .map((p) => join(folder, p.name));
}

/** `read_parquet(['…', '…'])` */
export function parquetOf(files: readonly string[]): string {
  return `read_parquet([${files.map((f) => quoteText(globLiteral(f))).join(', ')}])`;
}

/** DuckDB reads `*`, `?` and `[` in a path as a pattern; a folder may well have one in its name. */
function globLiteral(path: string): string {
  return path.replace(/[*?[]/g, (c) => `[${c}]`);
}

/** What went wrong with a file or folder, as a sentence that tells the reader what to do. */
export function storageProblem(file: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const message = (error as Error).message ?? String(error);
  const problem = (found: string, expected: string, hint?: string): Problem =>
    plainProblem(file, '', found, expected, hint);
  if (/ENOSPC|no space left/i.test(message)) {
    return new ProblemError([
      problem('a full disk', 'room for the recording', 'free some space or choose another folder with --out'),
    ]);
  }
  if (/EACCES|EPERM|EROFS|permission denied|read-only file system/i.test(message)) {
    return new ProblemError([
      problem('no permission to write here', 'a folder that can be written', 'choose another folder with --out'),
    ]);
  }
  if (/ENOTDIR|EEXIST|not a directory/i.test(message)) {
    return new ProblemError([
      problem('a file where a folder is needed', 'a folder for the recording', 'choose another folder with --out'),
    ]);
  }
  return new ProblemError([problem(message.split('\n')[0]!, 'a folder that can be written')]);
}

/**
 * What a history holds: its runs, its Parquet parts and how far the log has been folded into them, in one file that is
 * replaced whole. A part counts only when the catalogue names it, and the number of the last folded batch changes with the
 * same replacement: so every batch lies in the parts exactly once, whenever the process is killed.
 *
 *   catalogue.json   this
 *   layouts/<digest>.json
 *   log/             the write-ahead log (log.ts)
 *   frames/run=<run>/date=<day>/<batches>.parquet       wide, as in a recording
 *   rollups/<level>/run=…/date=…/….parquet              a row per tag and span of time (rollup.ts)
 *   events/run=…/date=…/….parquet                       alarms, actions, notices, gaps
 *   truth/…                                             the same for truth, in a folder that only its owner may enter
 *
 * Days are those of UTC, of the run's epoch plus plant time.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createLayout, type FrameLayout, layoutSchema, layoutSpec, unwrap } from '../../models/contract/index.ts';
import { readDocument } from '../../models/document/index.ts';
import { syncFolder } from './log.ts';

export const HISTORY_FORMAT = 'leaktwin-history';
const VERSION = 1;
export const CATALOGUE = 'catalogue.json';

export const LEVELS = ['1s', '1min', '1h'] as const;
export type Level = (typeof LEVELS)[number];
export const LEVEL_US: Readonly<Record<Level, number>> = { '1s': 1e6, '1min': 60e6, '1h': 3600e6 };
export const DAY_US = 86_400e6;

const runSchema = z.strictObject({
  stream: z.int(),
  /** Unique in this history; the run's own id, with a number behind it where that came before. */
  run: z.string(),
  runId: z.string(),
  plant: z.string(),
  layout: z.string(),
  /** UTC of plant time 0 [µs since 1970]. */
  epochUs: z.int(),
  /** Whatever the runner knows: scenario, recipe, seed. */
  manifest: z.record(z.string(), z.unknown()),
  frames: z.int(),
  firstUs: z.int().nullable(),
  lastUs: z.int().nullable(),
  lastSeq: z.int().nullable(),
  /** What was known at the end; null while it goes on, and for ever where the process was killed. */
  ended: z.record(z.string(), z.unknown()).nullable(),
});
export type HistoryRun = z.infer<typeof runSchema>;

const partSchema = z.strictObject({
  table: z.enum(['frames', 'events', 'truth', ...LEVELS]),
  stream: z.int(),
  /** YYYY-MM-DD */
  date: z.string(),
  /** Below the history's folder. */
  path: z.string(),
  rows: z.int(),
  bytes: z.int(),
  /** Of its rows, UTC [µs]. */
  fromUs: z.int(),
  toUs: z.int(),
  firstBatch: z.int(),
  lastBatch: z.int(),
});
export type Part = z.infer<typeof partSchema>;
export type HistoryTable = Part['table'];

const lossSchema = z.strictObject({
  /** `torn`: never acknowledged; `damaged`: the disk changed it; `gap`: the queue was full. */
  kind: z.enum(['torn', 'damaged', 'gap']),
  because: z.string(),
});
export type Loss = z.infer<typeof lossSchema>;

const catalogueSchema = z.strictObject({
  format: z.literal(HISTORY_FORMAT),
  version: z.literal(VERSION),
  generation: z.int(),
  foldedBatch: z.int(),
  runs: z.array(runSchema),
  parts: z.array(partSchema),
  /** Files that no part names any more; deleted after the next replacement, so that a reader may finish with them. */
  retired: z.array(z.string()),
  losses: z.array(lossSchema),
  /** Raw frames before this instant were given up by retention. */
  keptFromUs: z.record(z.string(), z.int()),
});
export type Catalogue = z.infer<typeof catalogueSchema>;

export function emptyCatalogue(): Catalogue {
  return {
    format: HISTORY_FORMAT,
    version: VERSION,
    generation: 0,
    foldedBatch: 0,
    runs: [],
    parts: [],
    retired: [],
    losses: [],
    keptFromUs: {},
  };
}

export function isHistory(folder: string): boolean {
  return existsSync(join(folder, CATALOGUE));
}

/** Throws a ProblemError where the file is damaged. */
export function readCatalogue(folder: string): Catalogue {
  const file = join(folder, CATALOGUE);
  return unwrap(readDocument(file, readFileSync(file, 'utf8'), catalogueSchema)).value;
}

export function writeCatalogue(folder: string, catalogue: Catalogue): void {
  writeDurably(folder, CATALOGUE, `${JSON.stringify(catalogue)}\n`);
}

export function writeLayout(folder: string, layout: FrameLayout): void {
  const layouts = join(folder, 'layouts');
  const name = `${layout.digest}.json`;
  if (existsSync(join(layouts, name))) return;
  mkdirSync(layouts, { recursive: true });
  writeDurably(layouts, name, `${JSON.stringify(layoutSpec(layout), null, 2)}\n`);
}

export function readLayout(folder: string, digest: string): FrameLayout {
  const file = join(folder, 'layouts', `${digest}.json`);
  return createLayout(unwrap(readDocument(file, readFileSync(file, 'utf8'), layoutSchema)).value);
}

/** Whole or not at all, and there to stay once this returns. */
function writeDurably(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  writeFileSync(`${path}.part`, text);
  syncFile(`${path}.part`);
  renameSync(`${path}.part`, path);
  syncFolder(folder);
}

export function syncFile(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** YYYY-MM-DD of an instant [µs since 1970], by the calendar. */
export function dayOf(us: number): string {
  // Days to civil date: H. Hinnant, chrono-compatible low-level date algorithms, 2013.
  const z = Math.floor(us / DAY_US) + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** 2026-01-05T22:00:00.5Z of an instant [µs since 1970]. */
export function isoTime(us: number): string {
  const within = ((us % DAY_US) + DAY_US) % DAY_US;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const micros = String(within % 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const fraction = micros === '' ? '' : `.${micros}`;
  return `${dayOf(us)}T${two(within / 3600e6)}:${two((within / 60e6) % 60)}:${two((within / 1e6) % 60)}${fraction}Z`;
}

/**
 * Reads a run folder (format.ts), closed or left behind by a killed writer, as a stream: a month of frames passes through
 * a few thousand rows of memory, and every bit comes out as it went in.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBListVector } from '@duckdb/node-api';
import { z } from 'zod';
import {
  type AlarmEvent,
  type AsBuilt,
  alarmEventSchema,
  asBuiltSchema,
  createFrame,
  createLayout,
  type Frame,
  type FrameLayout,
  layoutSchema,
  ProblemError,
  plainProblem,
  type TruthEvent,
  truthEventSchema,
  unwrap,
} from '../contract/index.ts';
import { readDocument, readTextFile } from '../document/index.ts';
import { connect } from './database.ts';
import {
  FORMAT,
  FORMAT_VERSION,
  frameColumns,
  parquetOf,
  quoteName,
  RECORDING_FILES,
  type RunManifest,
  type Table,
  tableFiles,
} from './format.ts';
import { listBytes, vectorBytes } from './vectors.ts';

export interface Recording {
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly layout: FrameLayout;
  readonly asBuilt?: AsBuilt;
  /** All frames in recorded order, or those of a range. One Frame is used again and again: copy what has to outlive a turn. */
  frames(range?: FrameRange): AsyncGenerator<Frame, void, undefined>;
  alarms(): AsyncGenerator<AlarmEvent, void, undefined>;
  truth(): AsyncGenerator<TruthEvent, void, undefined>;
}

/** Frames by their seq: from `first`, at most `count`. */
export interface FrameRange {
  readonly first: number;
  readonly count: number;
}

const manifestSchema = z.looseObject({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  layoutDigest: z.string(),
  complete: z.boolean(),
  frames: z.int(),
  alarms: z.int(),
  truth: z.int(),
  firstUs: z.int().nullable(),
  lastUs: z.int().nullable(),
  machine: z.object({ node: z.string(), v8: z.string(), arch: z.string() }),
});

/** Opens a recording; throws a ProblemError that says which file is missing or damaged. */
export async function openRun(folder: string): Promise<Recording> {
  if (!existsSync(join(folder, RECORDING_FILES.manifest))) {
    throw new ProblemError([
      plainProblem(
        folder,
        '',
        existsSync(folder) ? `no ${RECORDING_FILES.manifest}` : 'no such folder',
        'the folder of a recorded run',
        'runs stand in runs/<suite>/<runId> unless --out said otherwise',
      ),
    ]);
  }
  const manifest = readJson(folder, RECORDING_FILES.manifest, manifestSchema) as RunManifest;
  const layout = createLayout(readJson(folder, RECORDING_FILES.layout, layoutSchema));
  if (layout.digest !== manifest.layoutDigest) {
    throw new ProblemError([
      plainProblem(
        join(folder, RECORDING_FILES.layout),
        '',
        `a layout with digest ${layout.digest.slice(0, 12)}…`,
        `the layout that was recorded, ${manifest.layoutDigest.slice(0, 12)}…`,
        'the file was changed, or was made by another version of the protocol',
      ),
    ]);
  }
  const asBuilt = existsSync(join(folder, RECORDING_FILES.asBuilt))
    ? readJson(folder, RECORDING_FILES.asBuilt, asBuiltSchema)
    : undefined;
  return {
    folder,
    manifest,
    layout,
    ...(asBuilt ? { asBuilt } : {}),
    frames: (range) => readFrames(folder, layout, range),
    alarms: () => readEvents(folder, 'alarms', alarmEventSchema),
    truth: () => readEvents(folder, 'truth', truthEventSchema),
  };
}

function readJson<S extends z.ZodType>(folder: string, name: string, schema: S): z.output<S> {
  const { file, text } = unwrap(readTextFile(join(folder, name)));
  return unwrap(readDocument(file, text, schema)).value;
}

async function* readFrames(
  folder: string,
  layout: FrameLayout,
  range: FrameRange | undefined,
): AsyncGenerator<Frame, void, undefined> {
  const columns = frameColumns(layout).map((c) => quoteName(c.name));
  const frame = createFrame(layout);
  const where =
    range && `${columns[0]} BETWEEN ${Math.trunc(range.first)} AND ${Math.trunc(range.first + range.count - 1)}`;
  for await (const chunk of chunks(folder, 'frames', columns.join(', '), where))
    yield* framesOfChunk(chunk, layout, frame);
}

/**
 * The frames in a chunk of rows whose columns are those of `frameColumns(layout)`, each in turn in the frame handed in, bit
 * for bit.
 */
export function* framesOfChunk(
  chunk: DuckDBDataChunk,
  layout: FrameLayout,
  frame: Frame,
): Generator<Frame, void, undefined> {
  const value = new Uint32Array(frame.value.buffer);
  const clocks = layout.stations.length;
  const tags = layout.tags.length;
  const rows = chunk.rowCount;
  const seq = wordsOf(vectorBytes(chunk.getColumnVector(0)));
  const clock = Array.from({ length: 1 + clocks }, (_, i) => wordsOf(vectorBytes(chunk.getColumnVector(1 + i))));
  const source: Uint32Array[] = [];
  const lists: (DuckDBListVector | undefined)[] = [];
  for (const [t, tag] of layout.tags.entries()) {
    const vector = chunk.getColumnVector(2 + clocks + t);
    const list = tag.width === 1 ? undefined : (vector as DuckDBListVector);
    lists.push(list);
    source.push(wordsOf(list ? listBytes(list) : vectorBytes(vector)));
  }
  const quality = layout.tags.map((_, t) => vectorBytes(chunk.getColumnVector(2 + clocks + tags + t)));
  for (let row = 0; row < rows; row += 1) {
    frame.seq = seq[row]!;
    frame.timeUs = getInt64(clock[0]!, row);
    for (let i = 0; i < clocks; i += 1) frame.stationTimeUs[i] = getInt64(clock[1 + i]!, row);
    for (let t = 0; t < tags; t += 1) {
      const to = layout.column[t]!;
      const words = source[t]!;
      const list = lists[t];
      if (list === undefined) value[to] = words[row]!;
      else {
        const from = list.getEntryOffset(row);
        const width = layout.tags[t]!.width;
        for (let k = 0; k < width; k += 1) value[to + k] = words[from + k]!;
      }
      frame.quality[t] = quality[t]![row]!;
    }
    yield frame;
  }
}

async function* readEvents<S extends z.ZodType>(
  folder: string,
  table: 'alarms' | 'truth',
  schema: S,
): AsyncGenerator<z.output<S>, void, undefined> {
  for await (const chunk of chunks(folder, table, 'event')) {
    for (const text of chunk.getColumnValues(0)) yield schema.parse(JSON.parse(text as string));
  }
}

async function* chunks(
  folder: string,
  table: Table,
  columns: string,
  where?: string,
): AsyncGenerator<DuckDBDataChunk, void, undefined> {
  const files = tableFiles(folder, table);
  if (files.length === 0) return;
  let connection: DuckDBConnection | undefined;
  try {
    connection = await connect();
    const result = await connection.stream(
      `SELECT ${columns} FROM ${parquetOf(files)}${where === undefined ? '' : ` WHERE ${where}`}`,
    );
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk;
    }
  } catch (error) {
    throw new ProblemError([
      plainProblem(
        join(folder, RECORDING_FILES[table]),
        '',
        (error as Error).message.split('\n')[0]!,
        'a recording that is whole',
      ),
    ]);
  } finally {
    connection?.closeSync();
  }
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}

function getInt64(words: Uint32Array, row: number): number {
  return (words[2 * row + 1]! | 0) * 4294967296 + words[2 * row]!;
}

/**
 * Folding: whole batches of the log become Parquet parts, by run and day, with their roll-ups. The parts count from the
 * moment that the catalogue names them, together with the number of the last batch folded; until then they are files
 * that nobody knows, and a crash makes the same fold happen again from the log.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { createLayout, type Frame, type FrameLayout, type LayoutSpec } from '../../models/contract/index.ts';
import { canonicalJson } from '../../models/kernel/index.ts';
import { BLOCK_ROWS, Block, type BlockShape, blockShape } from '../../models/recording/index.ts';
import {
  type Catalogue,
  DAY_US,
  dayOf,
  type HistoryRun,
  type HistoryTable,
  LEVELS,
  type Part,
  readLayout,
  syncFile,
  writeLayout,
} from './catalogue.ts';
import { FrameDecoder, int64At, Kind, kindOf, lengthOf, readText } from './item.ts';
import { type Batch, syncFolder } from './log.ts';
import { Rollup } from './rollup.ts';
import { type EventRow, writeEvents, writeFrames, writeRollup } from './tables.ts';

/** What a begin item says. */
export interface RunBegin {
  readonly run: string;
  readonly runId: string;
  readonly epochUs: number;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly layout: LayoutSpec;
}

/** What an event item says; `event` has at least a `timeUs`. */
export interface StoredEvent {
  readonly kind: string;
  readonly event: Readonly<Record<string, unknown>>;
}

interface Stream {
  readonly entry: HistoryRun;
  readonly layout: FrameLayout;
  readonly decoder: FrameDecoder;
  readonly shape: BlockShape;
}

/** Frames of one run and day on their way into a part. */
interface Day {
  readonly stream: Stream;
  readonly date: string;
  readonly blocks: Block[];
  readonly rollup: Rollup;
  rows: number;
  fromUs: number;
  toUs: number;
}

/** Ordinals of events: so many items fit between two batch numbers. */
const ITEMS_PER_BATCH = 2 ** 21;

export class Fold {
  private readonly folder: string;
  private readonly connection: DuckDBConnection;
  /** A draft: the caller makes it the catalogue. */
  readonly catalogue: Catalogue;
  private readonly streams = new Map<number, Stream>();
  private readonly days = new Map<string, Day>();
  private readonly events = new Map<string, EventRow[]>();
  private readonly firstBatch: number;

  constructor(folder: string, connection: DuckDBConnection, catalogue: Catalogue) {
    this.folder = folder;
    this.connection = connection;
    this.firstBatch = catalogue.foldedBatch + 1;
    // Runs are changed while folding; parts are only added.
    this.catalogue = { ...catalogue, runs: catalogue.runs.map((r) => ({ ...r })), parts: [...catalogue.parts] };
  }

  add(batch: Batch): void {
    const { words, bytes } = batch;
    let index = 0;
    for (let at = 0; at < words.length; at += lengthOf(words[at]!), index += 1) {
      const kind = kindOf(words[at]!);
      const number = words[at + 1]!;
      if (kind === Kind.begin) this.begin(number, readText(words, bytes, at) as RunBegin);
      else if (kind === Kind.frame) {
        const stream = this.stream(number);
        this.frame(stream, stream.decoder.read(words, bytes, at));
      } else {
        const plantUs = int64At(words, at + 3);
        const ordinal = batch.number * ITEMS_PER_BATCH + index;
        this.text(kind, this.stream(number), plantUs, ordinal, readText(words, bytes, at));
      }
    }
    this.catalogue.foldedBatch = batch.number;
  }

  /** Writes all parts and makes them durable. */
  async finish(): Promise<void> {
    for (const day of this.days.values()) {
      day.rollup.close();
      const { entry } = day.stream;
      const part = this.part('frames', entry, day.date, day.rows, day.fromUs, day.toUs);
      await this.write(part, (path) => writeFrames(this.connection, path, day.stream.layout, day.blocks));
      for (const level of LEVELS) {
        const rows = day.rollup.rows[level];
        if (rows.rows === 0) continue;
        let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        for (let i = 0; i < rows.rows; i += 1) {
          from = Math.min(from, rows.t0[i]!);
          to = Math.max(to, rows.t0[i]!);
        }
        const rolled = this.part(level, entry, day.date, rows.rows, from, to);
        await this.write(rolled, (path) => writeRollup(this.connection, path, rows));
      }
    }
    for (const [key, rows] of this.events) {
      const [table, stream, date] = key.split('/') as ['events' | 'truth', string, string];
      const times = rows.map((r) => r.timeUs);
      const { entry } = this.stream(Number(stream));
      const part = this.part(table, entry, date, rows.length, least(times), -least(times.map((t) => -t)));
      await this.write(part, (path) => writeEvents(this.connection, path, rows));
    }
  }

  private begin(number: number, said: RunBegin): void {
    const layout = createLayout(said.layout);
    writeLayout(this.folder, layout);
    this.catalogue.runs.push({
      stream: number,
      run: said.run,
      runId: said.runId,
      plant: layout.plant,
      layout: layout.digest,
      epochUs: said.epochUs,
      manifest: said.manifest,
      frames: 0,
      firstUs: null,
      lastUs: null,
      lastSeq: null,
      ended: null,
    });
  }

  private stream(number: number): Stream {
    let stream = this.streams.get(number);
    if (!stream) {
      const entry = this.catalogue.runs.find((r) => r.stream === number);
      if (!entry) throw new Error(`the log holds items of run ${number}, which never began`);
      const layout = readLayout(this.folder, entry.layout);
      stream = { entry, layout, decoder: new FrameDecoder(layout), shape: blockShape(layout) };
      this.streams.set(number, stream);
    }
    return stream;
  }

  private frame(stream: Stream, frame: Frame): void {
    const { entry } = stream;
    const us = entry.epochUs + frame.timeUs;
    const key = `${entry.stream}/${Math.floor(us / DAY_US)}`;
    let day = this.days.get(key);
    if (!day) {
      const rollup = new Rollup(stream.layout, entry.epochUs);
      day = { stream, date: dayOf(us), blocks: [], rollup, rows: 0, fromUs: us, toUs: us };
      this.days.set(key, day);
    }
    let block = day.blocks.at(-1);
    if (!block || block.rows === BLOCK_ROWS) {
      block = new Block(stream.shape);
      day.blocks.push(block);
    }
    block.add(frame);
    day.rollup.add(frame);
    day.rows += 1;
    if (us < day.fromUs) day.fromUs = us;
    if (us > day.toUs) day.toUs = us;
    entry.frames += 1;
    entry.lastSeq = frame.seq;
    if (entry.firstUs === null || frame.timeUs < entry.firstUs) entry.firstUs = frame.timeUs;
    if (entry.lastUs === null || frame.timeUs > entry.lastUs) entry.lastUs = frame.timeUs;
  }

  private text(kind: number, stream: Stream, plantUs: number, ordinal: number, said: unknown): void {
    const { entry } = stream;
    if (kind === Kind.end) {
      entry.ended = said as Record<string, unknown>;
      return;
    }
    const truth = kind === Kind.truth;
    const { kind: name, event } = truth
      ? { kind: String((said as { kind: unknown }).kind), event: said as StoredEvent['event'] }
      : (said as StoredEvent);
    const timeUs = entry.epochUs + plantUs;
    const key = `${truth ? 'truth' : 'events'}/${entry.stream}/${dayOf(timeUs)}`;
    let rows = this.events.get(key);
    if (!rows) {
      rows = [];
      this.events.set(key, rows);
    }
    rows.push({ ordinal, timeUs, plantUs, kind: name, event, json: canonicalJson(event) });
    if (name === 'gap')
      this.catalogue.losses = [...this.catalogue.losses, { kind: 'gap', because: String(event['because']) }];
  }

  private part(table: HistoryTable, entry: HistoryRun, date: string, rows: number, fromUs: number, toUs: number): Part {
    const [firstBatch, lastBatch] = [this.firstBatch, this.catalogue.foldedBatch];
    const path = partPath(table, entry.run, date, `${firstBatch}-${lastBatch}`);
    return { table, stream: entry.stream, date, path, rows, bytes: 0, fromUs, toUs, firstBatch, lastBatch };
  }

  private async write(part: Part, make: (path: string) => Promise<void>): Promise<void> {
    this.catalogue.parts.push(await writePart(this.folder, part, make));
  }
}

export function partPath(table: HistoryTable, run: string, date: string, name: string): string {
  const folder = table === 'frames' || table === 'events' || table === 'truth' ? table : `rollups/${table}`;
  return `${folder}/run=${encodeURIComponent(run)}/date=${date}/${name}.parquet`;
}

/** Makes the part's file, durable under its name; returns the part with its size. */
export async function writePart(folder: string, part: Part, make: (path: string) => Promise<void>): Promise<Part> {
  const path = join(folder, part.path);
  mkdirSync(dirname(path), { recursive: true });
  await make(path);
  syncFile(path);
  syncFolder(dirname(path));
  syncFolder(dirname(dirname(path)));
  return { ...part, bytes: statSync(path).size };
}

function least(numbers: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (const n of numbers) if (n < best) best = n;
  return best;
}

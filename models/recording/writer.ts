/**
 * Writes a run to a folder (format.ts) while it runs. `frame` only copies numbers into a block of memory; blocks are handed
 * to DuckDB whole, and Parquet is encoded on DuckDB's own thread. Nothing here waits for a disk unless the caller asks:
 * `pressure()` says when it should.
 *
 * A part of 16384 frames (or what `flush` found) is written at a time, so a killed process loses at most what came after
 * the last part; a live run calls `flush` now and then.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import {
  type AlarmEvent,
  type AsBuilt,
  type Frame,
  type FrameLayout,
  layoutSpec,
  type TruthEvent,
} from '../contract/index.ts';
import { canonicalJson } from '../kernel/index.ts';
import { BLOCK_ROWS, Block, type BlockShape, blockShape } from './block.ts';
import { connect, duckDb } from './database.ts';
import {
  EVENT_COLUMNS,
  type EventColumn,
  FORMAT,
  FORMAT_VERSION,
  frameColumns,
  PARQUET,
  parquetOf,
  partName,
  quoteText,
  RECORDING_FILES,
  type RunManifest,
  storageProblem,
  TABLES,
  type Table,
  tableFiles,
} from './format.ts';
import { writeParquet } from './parquetFile.ts';

export interface RunWriterOptions {
  readonly layout: FrameLayout;
  readonly asBuilt?: AsBuilt;
  /** Run id, scenario, seed and the like; the writer's own keys win over equal ones. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** Blocks of a part. */
const PART_BLOCKS = 8;
/** Sealed blocks that may wait before `pressure` asks the caller to wait. */
const PATIENCE_BLOCKS = 3 * PART_BLOCKS;
/** Events that may wait before a part is written for their sake. */
const PART_EVENTS = 65_536;

interface Recorded {
  readonly json: string;
  readonly event: Readonly<Record<string, unknown>>;
}

export class RunWriter {
  private readonly folder: string;
  private readonly layout: FrameLayout;
  private readonly connection: DuckDBConnection;
  private readonly given: Readonly<Record<string, unknown>>;
  private readonly shape: BlockShape;
  private readonly columns: readonly { name: string; type: string }[];
  private block: Block;
  /** Full blocks in order, not yet in a part. */
  private sealed: Block[] = [];
  private readonly spare: Block[] = [];
  private events: Record<'alarms' | 'truth', Recorded[]> = { alarms: [], truth: [] };
  private readonly counts: Record<Table, number> = { frames: 0, alarms: 0, truth: 0 };
  private parts = 0;
  /** Sealed blocks that the queued work has not yet taken into a part. */
  private waiting = 0;
  private firstUs: number | null = null;
  private lastUs: number | null = null;
  private work: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private closed = false;

  /**
   * Begins a recording in `folder`, which is made where it is absent; an older recording in it is replaced.
   * Throws a ProblemError where the folder cannot be written.
   */
  static async create(folder: string, options: RunWriterOptions): Promise<RunWriter> {
    try {
      await mkdir(folder, { recursive: true });
      const ours = new RegExp(`^(${TABLES.join('|')})(-\\d{4,})?\\.parquet(\\.part)?$`);
      const old = (await readdir(folder)).filter((n) => ours.test(n) || n === RECORDING_FILES.asBuilt);
      await Promise.all(old.map((n) => rm(join(folder, n))));
      const writer = new RunWriter(folder, options, await connect());
      await writer.writeManifest({}, false);
      await writeJson(join(folder, RECORDING_FILES.layout), layoutSpec(options.layout));
      if (options.asBuilt) await writeJson(join(folder, RECORDING_FILES.asBuilt), options.asBuilt);
      return writer;
    } catch (error) {
      throw storageProblem(folder, error);
    }
  }

  private constructor(folder: string, options: RunWriterOptions, connection: DuckDBConnection) {
    this.folder = folder;
    this.layout = options.layout;
    this.given = options.manifest ?? {};
    this.connection = connection;
    this.columns = frameColumns(options.layout);
    this.shape = blockShape(options.layout);
    this.block = new Block(this.shape);
  }

  /** Records a copy of the frame. Throws what went wrong with the disk meanwhile, so that no run goes on unrecorded. */
  frame(frame: Frame): void {
    if (this.failure) throw this.failure;
    if (this.closed) throw new Error('a frame came after the recording was closed');
    this.firstUs ??= frame.timeUs;
    this.lastUs = frame.timeUs;
    this.counts.frames += 1;
    this.block.add(frame);
    if (this.block.rows === BLOCK_ROWS) {
      this.seal();
      if (this.sealed.length % PART_BLOCKS === 0) this.queuePart();
    }
  }

  alarm(event: AlarmEvent): void {
    this.record('alarms', event);
  }

  truth(event: TruthEvent): void {
    this.record('truth', event);
  }

  /** A promise to await before the next frame where more is buffered than should be; undefined where all is well. */
  pressure(): Promise<void> | undefined {
    if (this.failure) return Promise.reject(this.failure);
    return this.waiting >= PATIENCE_BLOCKS ? this.settled() : undefined;
  }

  /** Resolves when everything recorded so far stands in files; rejects with a ProblemError where it cannot. */
  flush(): Promise<void> {
    if (this.block.rows > 0) this.seal();
    this.queuePart();
    return this.settled();
  }

  /**
   * Writes what is left, merges the parts and completes the manifest. What was recorded stays, whatever status the
   * additions give to the run.
   */
  async close(additions: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (this.closed) return;
    const flushed = this.flush();
    this.closed = true;
    try {
      await flushed;
      for (const table of TABLES) await this.merge(table);
      await this.writeManifest(additions, true);
    } catch (error) {
      throw storageProblem(this.folder, error);
    } finally {
      this.connection.closeSync();
    }
  }

  private record(table: 'alarms' | 'truth', event: AlarmEvent | TruthEvent): void {
    if (this.failure) throw this.failure;
    if (this.closed) throw new Error('an event came after the recording was closed');
    const list = this.events[table];
    // The text is made now, because the caller may change or re-use the event.
    const json = canonicalJson(event);
    list.push({ json, event: JSON.parse(json) as Record<string, unknown> });
    this.counts[table] += 1;
    if (list.length === PART_EVENTS) this.queuePart();
  }

  private seal(): void {
    this.sealed.push(this.block);
    this.waiting += 1;
    this.block = this.spare.pop() ?? new Block(this.shape);
  }

  private async settled(): Promise<void> {
    await this.work;
    if (this.failure) throw this.failure;
  }

  private queuePart(): void {
    const blocks = this.sealed;
    const events = this.events;
    if (blocks.length + events.alarms.length + events.truth.length === 0) return;
    this.sealed = [];
    this.events = { alarms: [], truth: [] };
    const index = this.parts;
    this.parts += 1;
    this.work = this.work.then(async () => {
      // After a failure nothing more is written: later parts behind a missing one would read as a gap in the run.
      if (this.failure) return;
      try {
        if (blocks.length > 0) await this.writeFrames(index, blocks);
        if (events.alarms.length > 0) await this.writeEvents('alarms', index, events.alarms);
        if (events.truth.length > 0) await this.writeEvents('truth', index, events.truth);
      } catch (error) {
        this.failure = storageProblem(this.folder, error);
      }
    });
  }

  private async writeFrames(index: number, blocks: readonly Block[]): Promise<void> {
    const { DuckDBDataChunk } = await duckDb();
    await this.writeTable('frames', index, this.columns, (appender) => {
      const types = this.columns.map((_, i) => appender.columnType(i));
      for (const block of blocks) {
        const chunk = DuckDBDataChunk.create(types, block.rows);
        block.fill(chunk);
        appender.appendDataChunk(chunk);
        block.rows = 0;
        this.waiting -= 1;
        if (this.spare.length < PATIENCE_BLOCKS) this.spare.push(block);
      }
    });
  }

  private writeEvents(table: 'alarms' | 'truth', index: number | undefined, rows: readonly Recorded[]): Promise<void> {
    const columns = EVENT_COLUMNS[table];
    return this.writeTable(table, index, [...columns, { name: 'event', type: 'VARCHAR' }], (appender) => {
      for (const { json, event } of rows) {
        for (const c of columns) appendCell(appender, c, event);
        appender.appendVarchar(json);
        appender.endRow();
      }
    });
  }

  private writeTable(
    table: Table,
    index: number | undefined,
    columns: readonly { name: string; type: string }[],
    fill: (appender: DuckDBAppender) => void,
  ): Promise<void> {
    const path = join(this.folder, index === undefined ? RECORDING_FILES[table] : partName(table, index));
    return writeParquet(this.connection, path, columns, fill);
  }

  private async merge(table: Table): Promise<void> {
    const path = join(this.folder, RECORDING_FILES[table]);
    const parts = tableFiles(this.folder, table);
    if (parts.length === 0) {
      if (table === 'frames') await this.writeTable(table, undefined, this.columns, () => {});
      else await this.writeEvents(table, undefined, []);
    } else if (parts.length === 1) {
      await rename(parts[0]!, path);
    } else {
      await this.connection.run(
        `COPY (SELECT * FROM ${parquetOf(parts)}) TO ${quoteText(`${path}.part`)} (${PARQUET})`,
      );
      await rename(`${path}.part`, path);
      await Promise.all(parts.map((p) => rm(p)));
    }
  }

  private writeManifest(additions: Readonly<Record<string, unknown>>, complete: boolean): Promise<void> {
    const manifest: RunManifest = {
      ...this.given,
      ...additions,
      format: FORMAT,
      version: FORMAT_VERSION,
      layoutDigest: this.layout.digest,
      complete,
      ...this.counts,
      firstUs: this.firstUs,
      lastUs: this.lastUs,
      machine: { node: process.versions.node, v8: process.versions.v8, arch: process.arch },
    };
    return writeJson(join(this.folder, RECORDING_FILES.manifest), manifest);
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

function appendCell(
  appender: DuckDBAppender,
  { type, path }: EventColumn,
  event: Readonly<Record<string, unknown>>,
): void {
  let value: unknown = event;
  for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
  if (value === undefined || value === null) appender.appendNull();
  else if (type === 'VARCHAR') appender.appendVarchar(String(value));
  else if (type === 'BIGINT') appender.appendBigInt(BigInt(value as number));
  else if (type === 'INTEGER') appender.appendInteger(value as number);
  else appender.appendDouble(value as number);
}

/**
 * A history opened for writing: its log, its catalogue and the work between them. It belongs to one thread of the process
 * that holds the lock. Opening repairs what a crash left behind: it cuts off the torn tail of the log and says what that
 * was, deletes files that no catalogue names, and folds what was acknowledged.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { connect, PARQUET, parquetOf, quoteText, storageProblem } from '../../models/recording/index.ts';
import {
  CATALOGUE,
  type Catalogue,
  DAY_US,
  emptyCatalogue,
  isHistory,
  LEVELS,
  type Loss,
  type Part,
  readCatalogue,
  writeCatalogue,
} from './catalogue.ts';
import { Fold, partPath, writePart } from './fold.ts';
import { Log, readBatches } from './log.ts';
import { MERGED_ROLLUP } from './rollup.ts';

export interface StoreOptions {
  /** The log is folded where it has grown by so many bytes. */
  readonly foldBytes?: number;
  /** Small parts of one run and day that may lie beside each other before they are merged. */
  readonly smallParts?: number;
}

const SMALL_bytes = 16 * 2 ** 20;
const FILES = ['frames', 'rollups', 'events', 'truth'];
const OURS = new Set([...FILES, CATALOGUE, `${CATALOGUE}.part`, 'layouts', 'log', 'lock.duckdb', 'lock.duckdb.wal']);

/** Days that each table is kept, counted back from the newest frame; absent: for ever. */
export type Retention = Readonly<Partial<Record<Part['table'], number>>>;

export interface Retired {
  readonly table: Part['table'];
  readonly parts: number;
  readonly rows: number;
  readonly bytes: number;
}

export class Store {
  readonly folder: string;
  /** What opening found lost, as sentences. */
  readonly losses: readonly Loss[];
  private state: Catalogue;
  private readonly log: Log;
  private readonly connection: DuckDBConnection;
  private readonly foldBytes: number;
  private readonly smallParts: number;
  private work: Promise<void> = Promise.resolve();

  /** The caller holds the lock. Throws a ProblemError where the folder cannot be used. */
  static async open(folder: string, options: StoreOptions = {}): Promise<Store> {
    try {
      const strangers = existsSync(folder) && !isHistory(folder) ? readdirSync(folder).filter((n) => !OURS.has(n)) : [];
      if (strangers.length > 0) {
        const found = `a folder that holds ${strangers.slice(0, 3).join(', ')}`;
        throw new ProblemError([plainProblem(folder, '', found, 'a history, or an empty or new folder')]);
      }
      mkdirSync(folder, { recursive: true });
      for (const name of FILES)
        mkdirSync(join(folder, name), { recursive: true, mode: name === 'truth' ? 0o700 : 0o777 });
      if (!isHistory(folder)) writeCatalogue(folder, emptyCatalogue());
      const store = new Store(folder, await connect(), options);
      await store.fold();
      return store;
    } catch (error) {
      throw storageProblem(folder, error);
    }
  }

  private constructor(folder: string, connection: DuckDBConnection, options: StoreOptions) {
    this.folder = folder;
    this.connection = connection;
    this.foldBytes = options.foldBytes ?? 32 * 2 ** 20;
    this.smallParts = options.smallParts ?? 8;
    this.state = readCatalogue(folder);
    this.sweep();
    this.log = new Log(join(folder, 'log'), this.state.foldedBatch);
    const { torn, damage } = this.log.recovery;
    const losses: Loss[] = damage.map((d) => ({
      kind: 'damaged',
      because: `${relative(folder, d.file)}: batches ${d.firstBatch} to ${d.lastBatch} were changed on the disk from byte ${d.offset} on`,
    }));
    if (torn) {
      const frames = torn.frames
        ? `${torn.frames.count} frames, seq ${torn.frames.firstSeq} to ${torn.frames.lastSeq}`
        : 'of which not even the head was written';
      losses.push({
        kind: 'torn',
        because: `${relative(folder, torn.file)}: batch ${torn.batch} (${frames}) was being written when the process ended; it had not been acknowledged`,
      });
    }
    this.losses = losses;
    if (losses.length > 0) this.commit({ ...this.state, losses: [...this.state.losses, ...losses] }, []);
  }

  get catalogue(): Catalogue {
    return this.state;
  }

  /** The log has grown enough for a fold to be worth it. */
  get due(): boolean {
    return this.log.currentBytes >= this.foldBytes;
  }

  get lastBatch(): number {
    return this.log.next - 1;
  }

  /** One durable batch. Throws what the disk says; nothing has changed then. */
  append(payload: Uint32Array): number {
    return this.log.append(payload);
  }

  /** Folds all that the log holds. Appending may go on meanwhile. One fold at a time. */
  fold(): Promise<void> {
    return this.next(async () => {
      this.log.seal();
      for (const { path, last } of this.log.sealed()) {
        if (last <= this.state.foldedBatch) continue;
        const fold = new Fold(this.folder, this.connection, this.state);
        for (const batch of readBatches(path, this.state.foldedBatch)) fold.add(batch);
        await fold.finish();
        // Batches that the disk has damaged are past; they stand among the losses.
        fold.catalogue.foldedBatch = Math.max(fold.catalogue.foldedBatch, last);
        this.commit(fold.catalogue, []);
      }
      this.log.drop(this.state.foldedBatch);
      await this.compact();
    });
  }

  /** Gives up what is older than the policy allows. What was given up is told, and nothing else goes. */
  retain(policy: Retention): Promise<Retired[]> {
    return this.next(async () => {
      const newest = this.state.parts.reduce((t, p) => (p.table === 'frames' ? Math.max(t, p.toUs) : t), -Infinity);
      const gone = (p: Part) => {
        const days = policy[p.table];
        return days !== undefined && p.toUs < newest - days * DAY_US;
      };
      const parts = this.state.parts.filter(gone);
      if (parts.length === 0) return [];
      const keptFromUs = { ...this.state.keptFromUs };
      for (const p of parts) keptFromUs[p.table] = Math.max(keptFromUs[p.table] ?? -Infinity, p.toUs + 1);
      this.commit({ ...this.state, keptFromUs, parts: this.state.parts.filter((p) => !gone(p)) }, parts);
      return [...new Set(parts.map((p) => p.table))].map((table) => {
        const of = parts.filter((p) => p.table === table);
        const sum = (key: 'rows' | 'bytes') => of.reduce((n, p) => n + p[key], 0);
        return { table, parts: of.length, rows: sum('rows'), bytes: sum('bytes') };
      });
    });
  }

  async close(): Promise<void> {
    await this.work;
    this.log.seal();
    this.connection.closeSync();
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(work);
    this.work = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  private commit(next: Catalogue, dropped: readonly Part[]): void {
    const old = this.state.retired;
    const state = { ...next, generation: this.state.generation + 1, retired: dropped.map((p) => p.path) };
    writeCatalogue(this.folder, state);
    this.state = state;
    for (const path of old) rmSync(join(this.folder, path), { force: true });
  }

  private async compact(): Promise<void> {
    const groups = new Map<string, Part[]>();
    for (const part of this.state.parts) {
      if (part.bytes >= SMALL_bytes) continue;
      const key = `${part.table}/${part.stream}/${part.date}`;
      const group = groups.get(key);
      if (group) group.push(part);
      else groups.set(key, [part]);
    }
    for (const parts of groups.values()) {
      if (parts.length < this.smallParts) continue;
      const merged = await this.merge(parts);
      const rest = this.state.parts.filter((p) => !parts.includes(p));
      this.commit({ ...this.state, parts: [...rest, merged] }, parts);
    }
  }

  private merge(parts: readonly Part[]): Promise<Part> {
    const [first, last] = [parts[0]!, parts.at(-1)!];
    const run = this.state.runs.find((r) => r.stream === first.stream)!;
    const { table, stream, date } = first;
    const files = parquetOf(parts.map((p) => join(this.folder, p.path)));
    const rolled = (LEVELS as readonly string[]).includes(table);
    const select = rolled ? MERGED_ROLLUP.replace('$rows', files) : `SELECT * FROM ${files}`;
    const range = `${Math.min(...parts.map((p) => p.firstBatch))}-${last.lastBatch}`;
    const path = partPath(table, run.run, date, `${range}m`);
    let rows = parts.reduce((n, p) => n + p.rows, 0);
    const part: Part = {
      table,
      stream,
      date,
      path: existsSync(join(this.folder, path))
        ? path.replace(/m\.parquet$/, `m${this.state.generation}.parquet`)
        : path,
      rows,
      bytes: 0,
      fromUs: Math.min(...parts.map((p) => p.fromUs)),
      toUs: Math.max(...parts.map((p) => p.toUs)),
      firstBatch: Math.min(...parts.map((p) => p.firstBatch)),
      lastBatch: last.lastBatch,
    };
    return writePart(this.folder, part, async (to) => {
      const result = await this.connection.run(`COPY (${select}) TO ${quoteText(to)} (${PARQUET})`);
      rows = Number(result.rowsChanged);
    }).then((written) => ({ ...written, rows }));
  }

  /** Deletes files that no catalogue names: what a fold had made when the process ended. */
  private sweep(): void {
    const known = new Set(this.state.parts.map((p) => p.path));
    for (const top of FILES) {
      for (const entry of readdirSync(join(this.folder, top), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        if (!known.has(relative(this.folder, path))) rmSync(path);
      }
    }
  }
}

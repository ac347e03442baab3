/**
 * A history opened for reading. It needs no lock: parts never change, and a catalogue is replaced whole, so a reader sees
 * the state of one moment while another process goes on writing. What lies in the log is seen once it has been folded.
 *
 * Truth is not reached from here unless the archive was opened with `truth: true`.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFrame,
  type Frame,
  type FrameLayout,
  ProblemError,
  plainProblem,
  type Tag,
} from '../../models/contract/index.ts';
import { nearest } from '../../models/kernel/index.ts';
import { connect, frameColumns, framesOfChunk, parquetOf, quoteName } from '../../models/recording/index.ts';
import {
  CATALOGUE,
  type Catalogue,
  type HistoryRun,
  type HistoryTable,
  isHistory,
  type Loss,
  type Part,
  readCatalogue,
  readLayout,
} from './catalogue.ts';

export interface Span {
  /** UTC [µs since 1970], both ends included. */
  readonly fromUs?: number;
  readonly toUs?: number;
}

export interface Choice extends Span {
  /** Name or pattern with * and ?; absent: all. */
  readonly run?: string;
}

/** A tag of one run. */
export interface TagOfRun {
  readonly run: HistoryRun;
  readonly layout: FrameLayout;
  readonly index: number;
  readonly tag: Tag;
}

export interface RunSummary {
  readonly run: string;
  readonly runId: string;
  readonly plant: string;
  readonly epochUs: number;
  readonly fromUs: number | null;
  readonly toUs: number | null;
  readonly frames: number;
  readonly tags: number;
  readonly ended: Readonly<Record<string, unknown>> | null;
  readonly manifest: Readonly<Record<string, unknown>>;
}

export interface CheckReport {
  readonly runs: number;
  readonly parts: number;
  readonly frames: number;
  readonly bytes: number;
  /** Bytes in the log: acknowledged, and seen by queries once they have been folded. */
  readonly logBytes: number;
  readonly losses: readonly Loss[];
  /** Parts that are missing, unreadable or not of their size. */
  readonly faults: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

export class Archive {
  readonly folder: string;
  private readonly mayTruth: boolean;
  private readonly layouts = new Map<string, FrameLayout>();

  /** Throws a ProblemError where the folder holds no history. */
  constructor(folder: string, options: { readonly truth?: boolean } = {}) {
    if (!isHistory(folder))
      throw new ProblemError([
        plainProblem(
          folder,
          '',
          `no ${CATALOGUE}`,
          'the folder of a history',
          'run, serve and detect make one with --historian DIR',
        ),
      ]);
    this.folder = folder;
    this.mayTruth = options.truth ?? false;
  }

  /** The state of this moment. */
  catalogue(): Catalogue {
    return readCatalogue(this.folder);
  }

  layout(digest: string): FrameLayout {
    let layout = this.layouts.get(digest);
    if (!layout) {
      layout = readLayout(this.folder, digest);
      this.layouts.set(digest, layout);
    }
    return layout;
  }

  runs(): RunSummary[] {
    return this.catalogue().runs.map((r) => ({
      run: r.run,
      runId: r.runId,
      plant: r.plant,
      epochUs: r.epochUs,
      fromUs: r.firstUs === null ? null : r.epochUs + r.firstUs,
      toUs: r.lastUs === null ? null : r.epochUs + r.lastUs,
      frames: r.frames,
      tags: this.layout(r.layout).tags.length,
      ended: r.ended,
      manifest: r.manifest,
    }));
  }

  /** Runs that a pattern names. Throws a ProblemError with a near name where there is none. */
  chooseRuns(catalogue: Catalogue, pattern: string | undefined): HistoryRun[] {
    if (pattern === undefined) return [...catalogue.runs];
    const matches = glob(pattern);
    const found = catalogue.runs.filter((r) => matches(r.run));
    if (found.length > 0) return found;
    throw noMatch(
      'run',
      pattern,
      catalogue.runs.map((r) => r.run),
      'leaktwin history runs lists them',
    );
  }

  /** Tags that patterns name, by run. Throws a ProblemError with near names for every pattern that names none. */
  chooseTags(runs: readonly HistoryRun[], patterns: readonly string[]): TagOfRun[] {
    const all = runs.flatMap((run) => {
      const layout = this.layout(run.layout);
      return layout.tags.map((tag, index) => ({ run, layout, index, tag }));
    });
    const chosen = new Set<TagOfRun>();
    const problems = patterns.flatMap((pattern) => {
      const matches = glob(pattern);
      const found = all.filter((t) => matches(t.tag.id));
      for (const t of found) chosen.add(t);
      if (found.length > 0) return [];
      return noMatch('tag', pattern, [...new Set(all.map((t) => t.tag.id))], 'leaktwin history tags lists them')
        .problems;
    });
    if (problems.length > 0) throw new ProblemError(problems);
    return all.filter((t) => chosen.has(t));
  }

  /** Parts of a run that may hold something of the span. */
  parts(
    catalogue: Catalogue,
    table: HistoryTable,
    stream: number | undefined,
    { fromUs, toUs }: Span,
    marginUs = 0,
  ): Part[] {
    if (table === 'truth' && !this.mayTruth)
      throw new ProblemError([
        plainProblem('truth', '', 'a query for truth', 'an archive that was opened with leave to read it'),
      ]);
    return catalogue.parts.filter(
      (p) =>
        p.table === table &&
        (stream === undefined || p.stream === stream) &&
        p.toUs + marginUs >= (fromUs ?? -Infinity) &&
        p.fromUs - marginUs <= (toUs ?? Infinity),
    );
  }

  /** `read_parquet([…])` of parts. */
  from(parts: readonly Part[]): string {
    return parquetOf(parts.map((p) => join(this.folder, p.path)));
  }

  /**
   * Rows of a query that is composed from a catalogue. Where a part has gone meanwhile, because a writer merged it, the
   * query is composed once more from the newest catalogue.
   */
  async rows<R extends Row>(compose: (catalogue: Catalogue) => string | undefined): Promise<R[]> {
    const connection = await connect();
    try {
      for (let tries = 1; ; tries += 1) {
        const sql = compose(this.catalogue());
        if (sql === undefined) return [];
        try {
          return (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as R[];
        } catch (error) {
          if (tries >= 3 || !/No files found|No such file|Cannot open file/i.test((error as Error).message))
            throw error;
        }
      }
    } finally {
      connection.closeSync();
    }
  }

  /** Does something with DuckDB over this archive's parts: COPY, for one. */
  async execute(compose: (catalogue: Catalogue) => string): Promise<number> {
    const connection = await connect();
    try {
      return Number((await connection.run(compose(this.catalogue()))).rowsChanged);
    } finally {
      connection.closeSync();
    }
  }

  /** Frames of a run in the order in which they came, bit for bit; one Frame is used again and again. */
  async *frames(run: string): AsyncGenerator<Frame, void, undefined> {
    const catalogue = this.catalogue();
    const entry = this.chooseRuns(catalogue, run)[0]!;
    const parts = this.parts(catalogue, 'frames', entry.stream, {}).sort((a, b) => a.firstBatch - b.firstBatch);
    yield* this.framesOf(entry, parts);
  }

  /** Frames of parts of a run, in the order of the parts. */
  async *framesOf(run: HistoryRun, parts: readonly Part[]): AsyncGenerator<Frame, void, undefined> {
    const layout = this.layout(run.layout);
    const frame = createFrame(layout);
    const columns = frameColumns(layout).map((c) => quoteName(c.name));
    const connection = await connect();
    try {
      for (const part of parts) {
        const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${this.from([part])}`);
        for (;;) {
          const chunk = await result.fetchChunk();
          if (!chunk || chunk.rowCount === 0) break;
          yield* framesOfChunk(chunk, layout, frame);
        }
      }
    } finally {
      connection.closeSync();
    }
  }

  /** Whether all that the catalogue names is there and whole, and what is known to be lost. */
  async check(): Promise<CheckReport> {
    const catalogue = this.catalogue();
    const faults: string[] = [];
    const connection = await connect();
    try {
      for (const part of catalogue.parts) {
        if (part.table === 'truth' && !this.mayTruth) continue;
        try {
          const { size } = statSync(join(this.folder, part.path));
          if (size !== part.bytes) faults.push(`${part.path} has ${size} bytes instead of ${part.bytes}`);
          const result = await connection.runAndReadAll(`SELECT count(*) FROM ${this.from([part])}`);
          const rows = Number(result.getRowsJS()[0]![0]);
          if (rows !== part.rows) faults.push(`${part.path} has ${rows} rows instead of ${part.rows}`);
        } catch (error) {
          faults.push(`${part.path}: ${(error as Error).message.split('\n')[0]}`);
        }
      }
    } finally {
      connection.closeSync();
    }
    const log = join(this.folder, 'log');
    const sum = (numbers: readonly number[]) => numbers.reduce((n, x) => n + x, 0);
    return {
      runs: catalogue.runs.length,
      parts: catalogue.parts.length,
      frames: sum(catalogue.parts.filter((p) => p.table === 'frames').map((p) => p.rows)),
      bytes: sum(catalogue.parts.map((p) => p.bytes)),
      logBytes: sum(readdirSync(log).map((n) => statSync(join(log, n)).size)),
      losses: catalogue.losses,
      faults,
    };
  }
}

/** A pattern with * (any text) and ? (one character) as a predicate; case counts. */
export function glob(pattern: string): (name: string) => boolean {
  const body = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${body}$`, 's');
  return (name) => expression.test(name);
}

function noMatch(what: string, pattern: string, known: readonly string[], list: string): ProblemError {
  // The stars say nothing about what was misspelt.
  const near = nearest(pattern, known) ?? nearest(pattern.replace(/[*?]/g, ''), known);
  const begin = pattern
    .replace(/[*?].*$/, '')
    .slice(0, 2)
    .toLowerCase();
  const alike = near ? [near] : known.filter((k) => begin !== '' && k.toLowerCase().startsWith(begin)).slice(0, 4);
  const hint = alike.length > 0 ? `did you mean ${alike.map((k) => `"${k}"`).join(', ')}?` : list;
  const expected = known.length === 0 ? `a history that has a ${what}` : `a ${what} of this history, * and ? allowed`;
  return new ProblemError([plainProblem(`${what}s`, '', `"${pattern}", which no ${what} matches`, expected, hint)]);
}

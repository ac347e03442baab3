/**
 * `leaktwin history <action> <folder>`: what a history holds, out of it and into it.
 */
import { type Command, Option } from 'commander';
import {
  Archive,
  asOf,
  events,
  exportHistory,
  Historian,
  importSamples,
  isoTime,
  lockHistory,
  type Retention,
  recordFrames,
  rollup,
  Store,
  series,
} from '../../../detector/historian/index.ts';
import { withoutSecrets } from '../../../models/bus/index.ts';
import { type Problem, ProblemError, plainProblem } from '../../../models/contract/index.ts';
import { nearest, parseQuantity, secondsToUs } from '../../../models/kernel/index.ts';
import { compileTimeFormat } from '../../../models/recording/index.ts';
import { utcNowUs } from '../../run/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { addNatsOptions } from '../natsOptions.ts';
import { type Cell, textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';
import { openSource, type SourceOptions } from './detect.ts';

interface Options extends CommonOptions, Partial<SourceOptions> {
  readonly tag: readonly string[];
  readonly run?: string;
  readonly from?: string;
  readonly to?: string;
  readonly points: number;
  readonly every: string;
  readonly samples: boolean;
  readonly atMost?: string;
  readonly kind?: readonly string[];
  readonly key?: string;
  readonly limit: number;
  readonly truth: boolean;
  readonly format: 'parquet' | 'csv';
  readonly keep?: readonly string[];
  readonly name: string;
  readonly toServer?: string;
  readonly schema: string;
}

interface Question {
  readonly archive: Archive;
  readonly folder: string;
  readonly choice: { run?: string; fromUs?: number; toUs?: number };
  readonly options: Options;
  readonly io: Io;
}

/** What an action does; returns the exit code. Those that only read get an archive. */
const READERS: Readonly<Record<string, (q: Question) => Promise<number> | number>> = {
  runs({ archive, io }) {
    const runs = archive.runs();
    io.json({ runs });
    const rows = runs.map((r): Cell[] => [
      r.run,
      r.plant,
      iso(r.fromUs),
      iso(r.toUs),
      r.frames,
      r.tags,
      String(r.ended?.['status'] ?? 'open'),
    ]);
    io.out(textTable(['run', 'plant', 'from', 'to', 'frames', 'tags', 'status'], rows));
    return 0;
  },
  tags({ archive, choice, options, io }) {
    const tags = archive
      .chooseTags(archive.chooseRuns(archive.catalogue(), choice.run), options.tag)
      .map(({ run, tag }) => ({
        run: run.run,
        tag: tag.id,
        quantity: tag.quantity,
        unit: tag.unit,
        period_s: tag.periodUs / 1e6,
      }));
    io.json({ tags });
    io.out(
      textTable(
        ['run', 'tag', 'quantity', 'unit', 'period_s'],
        tags.map((t) => Object.values(t)),
      ),
    );
    return 0;
  },
  async query({ archive, choice, options, io }) {
    const found = await series(archive, { ...choice, tags: options.tag, points: options.points });
    io.json({ series: found });
    const rows = found.flatMap((s) =>
      s.points.map(([us, value, q]): Cell[] => [s.run, s.tag, iso(us), value ?? '', q]),
    );
    io.out(textTable(['run', 'tag', 'time', 'value', 'quality'], rows));
    return 0;
  },
  async rollup({ archive, choice, options, io }) {
    const everyUs = spanUs('--every', options.every);
    const rollups = await rollup(archive, { ...choice, tags: options.tag, everyUs, fromSamples: options.samples });
    io.json({ rollups });
    const rows = rollups.flatMap((r) =>
      r.rows.map((x): Cell[] => [
        r.run,
        r.tag,
        iso(x.fromUs),
        x.min ?? '',
        x.max ?? '',
        x.mean ?? '',
        x.count,
        x.worst,
      ]),
    );
    io.out(textTable(['run', 'tag', 'from', 'min', 'max', 'mean', 'count', 'worst'], rows));
    return 0;
  },
  async 'as-of'({ archive, choice, options, io }) {
    const old = options.atMost === undefined ? {} : { atMostUs: spanUs('--at-most', options.atMost) };
    const rows = await asOf(archive, { ...choice, tags: options.tag, limit: options.limit, ...old });
    io.json({ tags: options.tag, rows });
    io.out(
      textTable(
        ['time', ...options.tag],
        rows.map((r): Cell[] => [iso(r.us), ...r.values.map((v) => v ?? '')]),
      ),
    );
    return 0;
  },
  async events({ archive, choice, options, io }) {
    const found = await events(archive, {
      ...choice,
      limit: options.limit,
      truth: options.truth,
      ...(options.kind ? { kinds: options.kind } : {}),
      ...(options.key === undefined ? {} : { key: options.key }),
    });
    io.json({ events: found });
    io.out(
      textTable(
        ['run', 'time', 'kind', 'event'],
        found.map((e): Cell[] => [e.run, iso(e.timeUs), e.kind, JSON.stringify(e.event)]),
      ),
    );
    return 0;
  },
  async export({ archive, choice, options, io }) {
    const to = needed('--out', options.out, 'a new folder');
    const exported = await exportHistory(archive, { ...choice, tags: options.tag, format: options.format, to });
    io.json({ ...exported, to });
    io.out(`${exported.samples} samples and ${exported.events} events in ${to}`);
    return 0;
  },
  async postgres({ archive, choice, options, io }) {
    const { copyToPostgres } = await import('../../../detector/historian/sinks/index.ts');
    const url = needed('--to-server', options.toServer, 'postgresql://user@host:port/database');
    const sunk = await copyToPostgres(archive, { url, schema: options.schema, ...choice });
    io.json(sunk);
    io.out(
      `${sunk.samples} samples and ${sunk.events} events of ${sunk.parts} parts; ${sunk.kept} parts were there already`,
    );
    return 0;
  },
  async check({ archive, io }) {
    const report = await archive.check();
    io.json(report);
    io.out(
      `${report.runs} runs, ${report.frames} frames, ${report.parts} parts, ${(report.bytes / 1e6).toFixed(1)} MB, ${report.logBytes} bytes in the log`,
    );
    for (const loss of report.losses) io.out(`${loss.kind}: ${loss.because}`);
    for (const fault of report.faults) io.out(`fault: ${fault}`);
    return report.faults.length > 0 ? 1 : 0;
  },
};

/** Those that write open the history themselves. */
const WRITERS: Readonly<Record<string, (folder: string, options: Options, io: Io) => Promise<number>>> = {
  async import(folder, options, io) {
    const source = needed('--source', options.source, 'a CSV or Parquet file, or a folder of them');
    return withHistorian(folder, io, async (historian) => {
      const imported = await importSamples(historian, source, options.name);
      io.json(imported);
      io.out(
        textTable(
          ['run', 'tags', 'frames'],
          imported.runs.map((r) => Object.values(r)),
        ),
      );
      return 0;
    });
  },
  async record(folder, options, io) {
    const named = needed('--source', options.source, 'what leaktwin detect takes');
    const { source } = await openSource({ via: 'gateway', ack: false, ...options, source: named });
    return withHistorian(folder, io, async (historian) => {
      const bar = io.progress(`${withoutSecrets(named)} into ${folder}`);
      const info = { runId: options.name, epochUs: utcNowUs(), manifest: { source: withoutSecrets(named) } };
      const recorded = await recordFrames(source, historian, info, {
        signal: io.signal,
        onFrames: (n) => bar.update(n, 'frames'),
      }).finally(() => bar.end());
      io.json(recorded);
      io.out(`${recorded.frames} frames into run ${recorded.run}, ${recorded.repeated} were there already`);
      if (recorded.fault !== undefined) io.err(recorded.fault);
      if (io.signal.aborted) return 130;
      return recorded.fault === undefined ? 0 : 4;
    });
  },
  async retention(folder, options, io) {
    const policy = readPolicy(options.keep ?? []);
    return withStore(folder, async (store) => {
      const retired = await store.retain(policy);
      io.json({ retired });
      io.out(
        retired.length === 0
          ? 'nothing is that old'
          : textTable(
              ['table', 'parts', 'rows', 'bytes'],
              retired.map((r) => Object.values(r)),
            ),
      );
      return 0;
    });
  },
  async fold(folder, _options, io) {
    return withStore(folder, async (store) => {
      const { runs, parts } = store.catalogue;
      io.json({ runs: runs.length, parts: parts.length, losses: store.losses });
      for (const loss of store.losses) io.out(`${loss.kind}: ${loss.because}`);
      io.out(`all that was acknowledged stands in ${parts.length} parts`);
      return 0;
    });
  },
};

const ACTIONS = [...Object.keys(READERS), ...Object.keys(WRITERS)];
const TABLES = ['frames', '1s', '1min', '1h', 'events', 'truth'];

export function configure(command: Command): void {
  const many = (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value];
  const tags = (value: string, previous: readonly string[]) =>
    previous.length === 1 && previous[0] === '*' ? [value] : [...previous, value];
  addNatsOptions(command)
    .addHelpText(
      'before',
      'Actions: runs, tags, query, rollup, as-of, events, export, postgres, check; import, record, retention, fold.\n',
    )
    .option('--tag <pattern>', 'tag id, with * and ?; may be repeated', tags, ['*'])
    .option('--run <pattern>', 'run, with * and ? (default: all)')
    .option('--from <time>', 'ISO date and time, UTC unless it says otherwise')
    .option('--to <time>', 'the same, included')
    .addOption(new Option('--points <number>', 'query: at most so many a tag').argParser(wholeNumber).default(1000))
    .option('--every <span>', 'rollup: length of a span', '1 min')
    .option('--samples', 'rollup: from the samples, even where roll-ups are stored', false)
    .option('--at-most <span>', 'as-of: values older than this count as none')
    .option('--kind <kind>', 'events: alarm, action, notice, gap; may be repeated', many)
    .option('--key <pattern>', 'events: alarm id or the like, with * and ?')
    .addOption(
      new Option('--limit <number>', 'as-of, events: at most so many rows').argParser(wholeNumber).default(10_000),
    )
    .option('--truth', 'events: what really happened, from its protected table', false)
    .addOption(new Option('--format <format>', 'export').choices(['parquet', 'csv']).default('parquet'))
    .option('--keep <table=span>', `retention: ${TABLES.join(', ')}, such as frames="30 d"; may be repeated`, many)
    .option('--source <url>', 'import: file or folder; record: what leaktwin detect takes')
    .option('--durable <name>', 'record from a bus: the server keeps the place under this name')
    .option('--name <run>', 'import, record: name of the run', 'imported')
    .option('--to-server <url>', 'postgres: postgresql://user@host:port/database')
    .option('--schema <name>', 'postgres: schema of its tables', 'leaktwin')
    .option('--plant <name>', 'record over Modbus: the plant')
    .option('--layout <file>', 'record over Modbus: the frame layout as JSON')
    .option('--mapping <name>', 'record of a CSV: what its columns are');
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const [action, folder] = [args[0]!, args[1]!];
  const write = WRITERS[action];
  if (write) return write(folder, options, io);
  const read = READERS[action];
  if (!read) {
    const near = nearest(action, ACTIONS);
    throw new ProblemError([
      plainProblem(
        'history',
        '',
        `the action "${action}"`,
        `one of ${ACTIONS.join(', ')}`,
        near && `did you mean "${near}"?`,
      ),
    ]);
  }
  const problems: Problem[] = [];
  const fromUs = instant('--from', options.from, problems);
  const toUs = instant('--to', options.to, problems);
  if (fromUs !== undefined && toUs !== undefined && toUs < fromUs)
    problems.push(plainProblem('--to', '', `${options.to}, which is before --from`, 'an instant after it'));
  if (problems.length > 0) throw new ProblemError(problems);
  const choice = {
    ...(options.run === undefined ? {} : { run: options.run }),
    ...(fromUs === undefined ? {} : { fromUs }),
    ...(toUs === undefined ? {} : { toUs }),
  };
  const archive = new Archive(folder, { truth: options.truth });
  return read({ archive, folder, choice, options, io });
}

async function withHistorian(folder: string, io: Io, work: (historian: Historian) => Promise<number>): Promise<number> {
  const historian = await Historian.open(folder, { onNotice: io.err });
  let lost: string | undefined;
  const code = await work(historian).finally(async () => {
    lost = await historian.close();
  });
  return lost === undefined && historian.lostFrames === 0 ? code : Math.max(code, 4);
}

async function withStore(folder: string, work: (store: Store) => Promise<number>): Promise<number> {
  // A folder without a history must not become one by asking.
  new Archive(folder).catalogue();
  const unlock = await lockHistory(folder);
  try {
    const store = await Store.open(folder);
    return await work(store).finally(() => store.close());
  } finally {
    unlock();
  }
}

const readIso = compileTimeFormat('iso') as (text: string) => number;

function instant(flag: string, text: string | undefined, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined;
  const us = readIso(text);
  if (!Number.isNaN(us)) return us;
  problems.push(plainProblem(flag, '', `"${text}"`, 'a date and time such as 2026-01-05T22:00:00Z'));
  return undefined;
}

function spanUs(flag: string, text: string): number {
  const read = parseQuantity(text, 'time');
  if (read.ok && read.value > 0) return secondsToUs(read.value);
  throw new ProblemError([plainProblem(flag, '', `"${text}"`, read.ok ? 'a span above zero' : read.expected)]);
}

function readPolicy(keep: readonly string[]): Retention {
  const problems: Problem[] = [];
  const policy: Record<string, number> = {};
  for (const text of keep) {
    const [table, span] = text.split('=');
    const read = parseQuantity(span, 'time');
    const near = nearest(table!, TABLES);
    if (!TABLES.includes(table!))
      problems.push(
        plainProblem(
          '--keep',
          '',
          `the table "${table}"`,
          `one of ${TABLES.join(', ')}`,
          near && `did you mean "${near}"?`,
        ),
      );
    else if (!read.ok) problems.push(plainProblem('--keep', table!, read.found, read.expected));
    else policy[table!] = read.value / 86_400;
  }
  if (keep.length === 0)
    problems.push(plainProblem('--keep', '', 'nothing', 'a table and how long it is kept, such as frames="30 d"'));
  if (problems.length > 0) throw new ProblemError(problems);
  return policy;
}

function needed(flag: string, value: string | undefined, expected: string): string {
  if (value !== undefined) return value;
  throw new ProblemError([plainProblem(flag, '', 'nothing', expected)]);
}

/** 2026-01-05T22:00:00.5Z; empty where there is none. */
function iso(us: number | null): string {
  if (us === null) return '';
  return isoTime(us);
}

/**
 * A history out into a folder that others read as it is, and in again. The folder is Hive-partitioned:
 *
 *   samples/date=YYYY-MM-DD/….parquet   run, plant, tag, unit, time (UTC timestamp), time_us, seq, value, quality
 *   events/date=YYYY-MM-DD/….parquet    run, plant, time, time_us, kind, key, who, event (JSON)
 *
 * or the same as CSV. A row is a sample: a tag of 20 Hz has twenty rows a second.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createFrame, createLayout, ProblemError, plainProblem, Quality } from '../../models/contract/index.ts';
import { connect, PARQUET, quoteText, storageProblem } from '../../models/recording/index.ts';
import type { Archive, Choice } from './archive.ts';
import type { Historian } from './historian.ts';
import { samplesOf } from './query.ts';

export interface ExportChoice extends Choice {
  readonly tags: readonly string[];
  readonly format: 'parquet' | 'csv';
  readonly to: string;
}

export interface Exported {
  readonly samples: number;
  readonly events: number;
}

const TIME = (us: string) =>
  `make_timestamp(${us}) AS "time", ${us} AS time_us, strftime(make_timestamp(${us}), '%Y-%m-%d') AS date`;

/** Writes the folder; it must not have samples or events yet, so that nobody's rows are mixed. */
export async function exportHistory(archive: Archive, choice: ExportChoice): Promise<Exported> {
  const runs = archive.chooseRuns(archive.catalogue(), choice.run);
  const tags = archive.chooseTags(runs, choice.tags);
  for (const name of ['samples', 'events'])
    if (existsSync(join(choice.to, name)))
      throw new ProblemError([plainProblem(choice.to, '', `a folder that has ${name} already`, 'a new folder')]);
  // No dictionaries, as in all our files: they would take every NaN for one.
  const options = `${choice.format === 'csv' ? 'FORMAT csv, HEADER true' : PARQUET}, PARTITION_BY (date)`;
  const copy = (name: string, select: string) => `COPY (${select}) TO ${quoteText(join(choice.to, name))} (${options})`;
  try {
    mkdirSync(choice.to, { recursive: true });
    const samples = await archive.execute((catalogue) => {
      const selects = tags.flatMap((t) => {
        const from = samplesOf(archive, catalogue, t, choice);
        const names = `${quoteText(t.run.run)} AS run, ${quoteText(t.run.plant)} AS plant, ${quoteText(t.tag.id)} AS tag, ${quoteText(t.tag.unit)} AS unit`;
        return from === undefined ? [] : [`SELECT ${names}, ${TIME('us')}, seq, value, q AS quality FROM (${from})`];
      });
      return selects.length > 0 ? copy('samples', selects.join(' UNION ALL ')) : 'SELECT 0 WHERE false';
    });
    const events = await archive.execute((catalogue) => {
      const selects = runs.flatMap((run) => {
        const parts = archive.parts(catalogue, 'events', run.stream, choice);
        if (parts.length === 0) return [];
        const names = `${quoteText(run.run)} AS run, ${quoteText(run.plant)} AS plant`;
        return [`SELECT ${names}, ${TIME('time_us')}, kind, key, who, event FROM ${archive.from(parts)}`];
      });
      return selects.length > 0 ? copy('events', selects.join(' UNION ALL ')) : 'SELECT 0 WHERE false';
    });
    return { samples, events };
  } catch (error) {
    throw storageProblem(choice.to, error);
  }
}

export interface Imported {
  readonly runs: readonly { readonly run: string; readonly tags: number; readonly frames: number }[];
}

/**
 * Takes in samples in rows (a Parquet or CSV file, or a folder of them): `tag`, `value`, and `time` or `time_us`; `run`,
 * `plant`, `unit` and `quality` where they are there. Instants become frames; a tag without a sample at one is marked as
 * missing there. Every run in the file becomes a run of the history.
 */
export async function importSamples(historian: Historian, from: string, runId: string): Promise<Imported> {
  const source = sourceOf(from);
  const connection = await connect();
  try {
    const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRowsJS();
    const has = new Set(described.map((r) => String(r[0])));
    const problems = ['tag', 'value'].filter((c) => !has.has(c)).map((c) => missing(from, `"${c}"`, has));
    if (!has.has('time') && !has.has('time_us')) problems.push(missing(from, '"time" or "time_us"', has));
    if (problems.length > 0) throw new ProblemError(problems);
    const us = has.has('time_us') ? 'time_us::BIGINT' : 'epoch_us("time"::TIMESTAMP)';
    const or = (column: string, otherwise: string) =>
      has.has(column) ? `coalesce(${column}, ${otherwise})` : otherwise;
    await connection.run(
      `CREATE TEMP TABLE taken AS SELECT tag::VARCHAR AS tag, value::FLOAT AS value, ${us} AS us, ${or('run', quoteText(runId))}::VARCHAR AS run, ` +
        `${or('plant', quoteText('imported'))}::VARCHAR AS plant, ${or('unit', "''")}::VARCHAR AS unit, ` +
        `${or('quality', '0')}::UTINYINT AS q FROM ${source}`,
    );
    const runs: { run: string; tags: number; frames: number }[] = [];
    const names = (await connection.runAndReadAll('SELECT DISTINCT run FROM taken ORDER BY 1')).getRowsJS();
    for (const [name] of names) runs.push(await importRun(connection, historian, String(name)));
    await connection.run('DROP TABLE taken');
    return { runs };
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError([plainProblem(from, '', (error as Error).message.split('\n')[0]!, 'samples in rows')]);
  } finally {
    connection.closeSync();
  }
}

async function importRun(connection: Awaited<ReturnType<typeof connect>>, historian: Historian, run: string) {
  const where = `FROM taken WHERE run = ${quoteText(run)}`;
  const rows = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRowsJS() as (string | number | bigint | null)[][];
  const tags = await rows(
    `SELECT tag, any_value(unit), coalesce(min(value) FILTER (NOT isnan(value)), 0)::DOUBLE, coalesce(max(value) FILTER (NOT isnan(value)), 0)::DOUBLE, any_value(plant) ${where} GROUP BY tag ORDER BY min(rowid)`,
  );
  const [[first, step]] = (await rows(
    `SELECT min(us), coalesce(median(d), 1000000)::BIGINT FROM (SELECT us, nullif(us - lag(us) OVER (ORDER BY us), 0) AS d FROM (SELECT DISTINCT us ${where}))`,
  )) as [[bigint, bigint]];
  const epochUs = Number(first);
  const scanUs = Math.max(1, Number(step));
  const layout = createLayout({
    plant: String(tags[0]![4]),
    scanUs,
    stations: [{ id: 'imported', unitId: 1, clockAccuracy_s: 0 }],
    tags: tags.map(([id, unit, low, high]) => ({
      id: String(id),
      station: 'imported',
      quantity: 'other',
      unit: String(unit),
      range: [Number(low), Number(high)],
      width: 1,
      periodUs: scanUs,
      noise: 0,
      accuracy: 0,
      element: '',
    })),
  });
  const index = new Map(layout.tags.map((t, i) => [t.id, i]));
  const feed = historian.begin({ runId: run, layout, epochUs, manifest: { imported: true } });
  const frame = createFrame(layout);
  let frames = 0;
  let open: number | undefined;
  const put = async () => {
    frames += 1;
    frame.seq = frames;
    frame.timeUs = open! - epochUs;
    frame.stationTimeUs[0] = frame.timeUs;
    feed.frame(frame);
    const wait = historian.pressure();
    if (wait) await wait;
  };
  const begin = (us: number) => {
    open = us;
    frame.value.fill(0);
    frame.quality.fill(Quality.missing);
  };
  const result = await connection.stream(`SELECT us, tag, value, q ${where} ORDER BY us, rowid`);
  for await (const some of result.yieldRowsJs()) {
    for (const [us, tag, value, q] of some) {
      if (Number(us) !== open) {
        if (open !== undefined) await put();
        begin(Number(us));
      }
      const t = index.get(String(tag))!;
      frame.value[t] = value === null ? Number.NaN : Number(value);
      frame.quality[t] = value === null ? Quality.missing : Number(q);
    }
  }
  if (open !== undefined) await put();
  feed.end({ status: 'imported' });
  return { run: feed.run, tags: layout.tags.length, frames };
}

function sourceOf(from: string): string {
  if (!existsSync(from)) throw new ProblemError([plainProblem(from, '', 'no such file or folder', 'Parquet or CSV')]);
  const folder = statSync(from).isDirectory();
  const inner = folder && existsSync(join(from, 'samples')) ? join(from, 'samples') : from;
  const names = folder ? readdirSync(inner, { recursive: true }).map(String) : [from];
  const of = (ending: string) => names.some((n) => n.endsWith(ending));
  const glob = (ending: string) => quoteText(folder ? `${inner}/**/*${ending}` : from);
  if (of('.parquet')) return `read_parquet(${glob('.parquet')}, hive_partitioning = ${folder})`;
  if (of('.csv')) return `read_csv(${glob('.csv')}, header = true, hive_partitioning = ${folder})`;
  throw new ProblemError([
    plainProblem(from, '', folder ? 'no .parquet and no .csv' : 'another ending', '.parquet or .csv'),
  ]);
}

function missing(from: string, what: string, has: ReadonlySet<string>) {
  return plainProblem(from, '', `the columns ${[...has].join(', ')}`, `a column ${what}`);
}

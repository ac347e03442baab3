/**
 * A run as CSV, for people with a spreadsheet. DuckDB writes it straight from the Parquet files, so a float appears with
 * the fewest digits that give its bits back.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type FrameLayout, UNUSABLE } from '../contract/index.ts';
import { connect } from './database.ts';
import { EVENT_COLUMNS, frameColumns, parquetOf, quoteName, quoteText, storageProblem, tableFiles } from './format.ts';
import { openRun } from './reader.ts';

/**
 * Writes `frames.csv` (time_s and a column per tag), `alarms.csv` and `truth.csv` into the run's folder or `to`; returns
 * their paths. A tag with several samples per scan shows its last one; with `wide`, `frames-wide.csv` (tag, time_s, value)
 * holds them all, tag by tag. A cell is empty where its quality says that the value must not be used.
 */
export async function exportCsv(folder: string, options: { to?: string; wide?: boolean } = {}): Promise<string[]> {
  const { layout } = await openRun(folder);
  const to = options.to ?? folder;
  const connection = await connect();
  try {
    const written: string[] = [];
    const write = async (name: string, select: string) => {
      const path = join(to, name);
      await connection.run(`COPY (${select}) TO ${quoteText(`${path}.part`)} (FORMAT csv, HEADER true)`);
      await rename(`${path}.part`, path);
      written.push(path);
    };
    const frames = tableFiles(folder, 'frames');
    await write('frames.csv', framesSelect(layout, frames));
    if (options.wide) await write('frames-wide.csv', wideSelect(layout, frames));
    for (const table of ['alarms', 'truth'] as const)
      await write(`${table}.csv`, eventsSelect(table, tableFiles(folder, table)));
    return written;
  } catch (error) {
    throw storageProblem(to, error);
  } finally {
    connection.closeSync();
  }
}

function framesSelect(layout: FrameLayout, files: readonly string[]): string {
  const names = frameColumns(layout).map((c) => c.name);
  const first = 2 + layout.stations.length;
  const cells = layout.tags.map((tag, t) => {
    const column = quoteName(names[first + t]!);
    const quality = quoteName(names[first + layout.tags.length + t]!);
    const last = tag.width === 1 ? column : `${column}[${tag.width}]`;
    return `CASE WHEN ${quality} & ${UNUSABLE} = 0 THEN ${last} END AS ${column}`;
  });
  const select = ['time_us / 1e6 AS time_s', ...cells].join(', ');
  return files.length > 0
    ? `SELECT ${select} FROM ${parquetOf(files)}`
    : nothing(['time_s', ...layout.tags.map((t) => t.id)]);
}

function wideSelect(layout: FrameLayout, files: readonly string[]): string {
  const names = frameColumns(layout).map((c) => c.name);
  const first = 2 + layout.stations.length;
  const selects = layout.tags.flatMap((tag, t) => {
    if (tag.width === 1 || files.length === 0) return [];
    const column = quoteName(names[first + t]!);
    const quality = quoteName(names[first + layout.tags.length + t]!);
    const value = `CASE WHEN ${quality} & ${UNUSABLE} = 0 THEN unnest(${column}) END`;
    return [
      `SELECT ${quoteText(tag.id)} AS tag, (time_us - (${tag.width} - sample) * ${tag.periodUs}) / 1e6 AS time_s, value FROM ` +
        `(SELECT time_us, unnest(range(1, ${tag.width + 1})) AS sample, ${value} AS value FROM ${parquetOf(files)})`,
    ];
  });
  return selects.length > 0 ? selects.join(' UNION ALL ') : nothing(['tag', 'time_s', 'value']);
}

function eventsSelect(table: 'alarms' | 'truth', files: readonly string[]): string {
  const columns = EVENT_COLUMNS[table];
  if (files.length === 0) return nothing(['time_s', ...columns.slice(1).map((c) => c.name)]);
  const rest = columns.slice(1).map((c) => quoteName(c.name));
  return `SELECT ${['time_us / 1e6 AS time_s', ...rest].join(', ')} FROM ${parquetOf(files)}`;
}

function nothing(names: readonly string[]): string {
  return `SELECT ${names.map((n) => `NULL AS ${quoteName(n)}`).join(', ')} WHERE false`;
}

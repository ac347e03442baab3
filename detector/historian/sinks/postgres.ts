/**
 * A history into PostgreSQL by COPY, for those who have one. Tables are made where they are absent, in the schema named:
 *
 *   runs (run, plant, epoch, manifest) · samples (run, tag, time, seq, value, quality) · events (run, time, kind, key, who, event)
 *   copied (run, table_name, path): the parts that stand there already
 *
 * A part goes over in one transaction together with its row in `copied`: whoever stops it and begins again has every row
 * once.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type Frame, ProblemError, plainProblem } from '../../../models/contract/index.ts';
import { connect } from '../../../models/recording/index.ts';
import type { Archive } from '../archive.ts';
import { type HistoryRun, isoTime, type Part } from '../catalogue.ts';

export interface PostgresChoice {
  /** postgresql://user@host:port/database */
  readonly url: string;
  readonly schema: string;
  readonly run?: string;
}

export interface Sunk {
  readonly parts: number;
  readonly samples: number;
  readonly events: number;
  /** Parts that stood there already. */
  readonly kept: number;
}

const CONNECT_ms = 10_000;
/** Text of so many samples goes out at a time. */
const CHUNK_chars = 256 * 1024;

/** Throws a ProblemError where the server cannot be reached or refuses. */
export async function copyToPostgres(archive: Archive, choice: PostgresChoice): Promise<Sunk> {
  const client = new pg.Client({ connectionString: choice.url, connectionTimeoutMillis: CONNECT_ms });
  // A connection that breaks while idle is an event; the next query says so too.
  client.on('error', () => {});
  const schema = pg.escapeIdentifier(choice.schema);
  try {
    await client.connect();
    await client.query(tables(schema));
    const catalogue = archive.catalogue();
    const sunk = { parts: 0, samples: 0, events: 0, kept: 0 };
    for (const run of archive.chooseRuns(catalogue, choice.run)) {
      await client.query(
        `INSERT INTO ${schema}.runs VALUES ($1, $2, to_timestamp($3::double precision / 1e6), $4) ON CONFLICT DO NOTHING`,
        [run.run, run.plant, run.epochUs, JSON.stringify(run.manifest)],
      );
      for (const part of catalogue.parts) {
        if (part.stream !== run.stream || (part.table !== 'frames' && part.table !== 'events')) continue;
        // By batches, not by name: a part that was merged from copied ones holds nothing new.
        const table = part.table;
        const covered = await client.query(
          `SELECT coalesce(sum(rows), 0)::float8 AS rows FROM ${schema}.copied WHERE run = $1 AND table_name = $2 AND date = $3 AND first_batch >= $4 AND last_batch <= $5`,
          [run.run, table, part.date, part.firstBatch, part.lastBatch],
        );
        const already = Number(covered.rows[0].rows);
        if (already === part.rows) {
          sunk.kept += 1;
          continue;
        }
        await client.query('BEGIN');
        try {
          // Some of what was merged into this part may be there, some not: it goes over as a whole.
          if (already > 0) await withdraw(client, schema, run, part);
          sunk[table === 'frames' ? 'samples' : 'events'] += await copyPart(archive, client, schema, run, part);
          await client.query(`INSERT INTO ${schema}.copied VALUES ($1, $2, $3, $4, $5, $6)`, [
            run.run,
            table,
            part.date,
            part.firstBatch,
            part.lastBatch,
            part.rows,
          ]);
          await client.query('COMMIT');
        } catch (error) {
          await client.query('ROLLBACK');
          throw error;
        }
        sunk.parts += 1;
      }
    }
    return sunk;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const message = (error as Error).message || ((error as NodeJS.ErrnoException).code ?? 'no answer');
    const server = choice.url.replace(/\/\/[^@/]*@/, '//');
    throw new ProblemError([
      plainProblem(server, '', message.split('\n')[0]!, 'a PostgreSQL server that takes rows from this user'),
    ]);
  } finally {
    await client.end().catch(() => {});
  }
}

async function withdraw(client: pg.Client, schema: string, run: HistoryRun, part: Part): Promise<void> {
  const at = [run.run, part.firstBatch, part.lastBatch];
  const rows = part.table === 'frames' ? 'samples' : 'events';
  await client.query(`DELETE FROM ${schema}.${rows} WHERE run = $1 AND first_batch BETWEEN $2 AND $3`, at);
  await client.query(
    `DELETE FROM ${schema}.copied WHERE run = $1 AND table_name = $4 AND first_batch >= $2 AND last_batch <= $3`,
    [...at, part.table],
  );
}

async function copyPart(
  archive: Archive,
  client: pg.Client,
  schema: string,
  run: HistoryRun,
  part: Part,
): Promise<number> {
  const into = part.table === 'frames' ? 'samples' : 'events';
  let rows = 0;
  async function* text(): AsyncGenerator<string> {
    let chunk = '';
    const lines = part.table === 'frames' ? sampleLines(archive, run, part) : eventLines(archive, run, part);
    for await (const line of lines) {
      chunk += line;
      rows += 1;
      if (chunk.length < CHUNK_chars) continue;
      yield chunk;
      chunk = '';
    }
    yield chunk;
  }
  await pipeline(Readable.from(text()), client.query(copyFrom(`COPY ${schema}.${into} FROM STDIN`)));
  return rows;
}

/** Rows in COPY's text format; a sample's float is written with the fewest digits that give its bits back. */
async function* sampleLines(archive: Archive, run: HistoryRun, part: Part): AsyncGenerator<string> {
  const layout = archive.layout(run.layout);
  const name = escaped(run.run);
  for await (const frame of archive.framesOf(run, [part])) {
    for (const [t, tag] of layout.tags.entries()) {
      for (let k = 0; k < tag.width; k += 1) {
        const us = run.epochUs + frame.timeUs - (tag.width - 1 - k) * tag.periodUs;
        yield `${name}\t${escaped(tag.id)}\t${isoTime(us)}\t${frame.seq}\t${shown(frame, layout.column[t]! + k)}\t${frame.quality[t]}\t${part.firstBatch}\n`;
      }
    }
  }
}

async function* eventLines(archive: Archive, run: HistoryRun, part: Part): AsyncGenerator<string> {
  const connection = await connect();
  try {
    const result = await connection.stream(`SELECT time_us, kind, key, who, event FROM ${archive.from([part])}`);
    for await (const some of result.yieldRowsJs())
      for (const [us, ...rest] of some) {
        const cells = rest.map((c) => (c === null ? '\\N' : escaped(String(c))));
        yield `${escaped(run.run)}\t${isoTime(Number(us))}\t${cells.join('\t')}\t${part.firstBatch}\n`;
      }
  } finally {
    connection.closeSync();
  }
}

function shown(frame: Frame, column: number): string {
  const value = frame.value[column]!;
  return Object.is(value, -0) ? '-0' : String(value);
}

function escaped(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[c] ?? '\\r');
}

function tables(schema: string): string {
  return `
CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE IF NOT EXISTS ${schema}.runs (run text PRIMARY KEY, plant text, epoch timestamptz, manifest jsonb);
CREATE TABLE IF NOT EXISTS ${schema}.samples (run text, tag text, "time" timestamptz, seq bigint, value real, quality smallint, first_batch bigint);
CREATE INDEX IF NOT EXISTS samples_by_tag ON ${schema}.samples (tag, "time");
CREATE TABLE IF NOT EXISTS ${schema}.events (run text, "time" timestamptz, kind text, key text, who text, event jsonb, first_batch bigint);
CREATE TABLE IF NOT EXISTS ${schema}.copied (run text, table_name text, date text, first_batch bigint, last_batch bigint, rows bigint);`;
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Archive, Historian } from '../../../detector/historian/index.ts';
import { copyToPostgres } from '../../../detector/historian/sinks/index.ts';
import { EPOCH_US, madeAlarm, madeLayout, makeFrame } from './made.ts';

const VERSIONS = '/usr/lib/postgresql';
const newest = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0] : undefined;
const bin = newest === undefined ? undefined : join(VERSIONS, newest, 'bin');
const layout = madeLayout();
let base: string;
let server: ChildProcess | undefined;
let url: string;

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres']).stdout.toString());
  return { uid: id('-u'), gid: id('-g') };
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'leaktwin-postgres-'));
  if (bin === undefined) return;
  const user = ordinaryUser();
  const data = join(base, 'cluster');
  mkdirSync(data, { mode: 0o700 });
  if (user.uid !== undefined) for (const f of [base, data]) chownSync(f, user.uid, user.gid!);
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'leaktwin', '--no-sync'], {
    ...user,
    cwd: base,
  });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
  const settings = ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`];
  server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
    ...user,
    cwd: base,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  url = `postgresql://leaktwin@127.0.0.1:${port}/postgres`;
  for await (const line of createInterface({ input: server.stderr! }))
    if (line.includes('ready to accept connections')) break;
});
afterAll(async () => {
  if (server) {
    const gone = new Promise((resolve) => server!.once('exit', resolve));
    server.kill('SIGINT');
    await gone;
  }
  rmSync(base, { recursive: true, force: true });
});

it('a history goes into PostgreSQL by COPY, every row once, however often it is asked for and whatever was merged', async (context) => {
  if (bin === undefined) return context.skip('PostgreSQL is not installed');
  const folder = join(base, 'history');
  const store = async (from: number, to: number) => {
    const historian = await Historian.open(folder, { smallParts: 3 });
    const feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US, resume: true });
    for (let seq = from; seq <= to; seq += 1) feed.frame(makeFrame(layout, seq));
    feed.alarm({ ...madeAlarm(makeFrame(layout, to)), because: 'a\ttab, a\nline, a back\\slash' });
    await historian.close();
  };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const one = async (sql: string) => Object.values((await client.query(sql)).rows[0] as object);
  await store(1, 300);
  const choice = { url, schema: 'plant "1"' };
  expect(await copyToPostgres(new Archive(folder), choice)).toEqual({ parts: 2, samples: 300 * 9, events: 1, kept: 0 });
  expect(await copyToPostgres(new Archive(folder), choice)).toEqual({ parts: 0, samples: 0, events: 0, kept: 2 });
  await store(301, 400);
  await store(401, 500);
  const sunk = await copyToPostgres(new Archive(folder), choice);
  console.log(`after a merge: ${JSON.stringify(sunk)}`);
  const schema = '"plant ""1"""';
  expect(
    await one(`SELECT count(*)::int AS n, count(DISTINCT (tag, "time"))::int AS d FROM ${schema}.samples`),
  ).toEqual([4500, 4500]);
  expect(await one(`SELECT count(*)::int, max(event->>'because') FROM ${schema}.events`)).toEqual([
    3,
    'a\ttab, a\nline, a back\\slash',
  ]);
  const { rows } = await client.query(
    `SELECT seq::int, value, quality, (extract(epoch FROM "time") * 1000000)::text AS us FROM ${schema}.samples WHERE tag = 'PT-101' ORDER BY 1`,
  );
  for (const row of rows as { seq: number; value: number; quality: number; us: string }[]) {
    const frame = makeFrame(layout, row.seq);
    expect([Math.fround(row.value), row.quality, Number(row.us)]).toEqual([
      frame.value[0],
      frame.quality[0],
      EPOCH_US + frame.timeUs,
    ]);
  }
  await client.end();
});

it('a server that is not there is told', async () => {
  const folder = join(base, 'empty');
  await (await Historian.open(folder)).close();
  const choice = { url: 'postgresql://me:secret@127.0.0.1:1/x', schema: 's' };
  await expect(copyToPostgres(new Archive(folder), choice)).rejects.toThrow(
    /postgresql:\/\/127\.0\.0\.1:1\/x: found .*ECONNREFUSED/,
  );
});

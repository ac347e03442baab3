/** A suite on many machines ends with the same bits as on one, whatever dies on the way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { libraryNames, packageRoot } from '../../../models/document/index.ts';
import { keepResult, openQueue } from '../../../scenarios/run/cluster/queue.ts';
import { otherCode, packSuite, unpackSuite } from '../../../scenarios/run/cluster/travel.ts';
import { readSuite } from '../../../scenarios/run/index.ts';
import { runIdsOf } from '../../../scenarios/run/job.ts';
import { NATS_SERVER, NatsCluster } from './natsCluster.ts';
import { Folder, leaktwin, SHORT_LEAK, SHORT_QUIET } from './short.ts';

const program = join(packageRoot, 'dist/leaktwin.js');
const folder = new Folder();
folder.write('short-leak.yaml', SHORT_LEAK);
folder.write('short-quiet.yaml', SHORT_QUIET);
const suite = folder.write(
  'both.yaml',
  'suite: both\nabout: Leaks and quiet minutes.\nscenarios: [short-leak, short-quiet]\nrecipes: [balance+wave]\nseeds: { from: 5, count: 4 }\n',
);
const processes: ChildProcess[] = [];
afterAll(() => {
  for (const p of processes) p.kill('SIGKILL');
  folder.remove();
});

interface Started {
  readonly process: ChildProcess;
  said(): string;
  /** Resolves when a line that it says matches. */
  saying(what: RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
}

function start(args: readonly string[], cwd = folder.path): Started {
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  processes.push(child);
  let text = '';
  let heard = () => {};
  const take = (s: string) => {
    text += s;
    heard();
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  return {
    process: child,
    said: () => text,
    saying: (what) =>
      new Promise((resolve, reject) => {
        heard = () => what.test(text) && resolve();
        child.once('exit', () => reject(new Error(`ended without ${what}:\n${text}`)));
        heard();
      }),
    ended: once(child, 'exit').then(([code]) => code as number | null),
  };
}

const digestIn = (out: string) => JSON.parse(readFileSync(join(out, 'suite.json'), 'utf8')).digest as string;

describe('a suite on its way', () => {
  it('of any scenario in the library arrives as what was sent, to the run id', () => {
    for (const name of libraryNames('scenario')) {
      const read = readSuite(name, { count: 1, recipes: ['null'] });
      if (!read.ok) throw new Error(name);
      const { text, digest } = packSuite(read.value);
      const arrived = unpackSuite(text, digest);
      expect(runIdsOf(arrived, arrived.jobs[0]!), name).toEqual(runIdsOf(read.value, read.value.jobs[0]!));
    }
  });

  it('that was changed on the way, or sent by other code, is refused with a sentence', () => {
    const read = readSuite(suite);
    if (!read.ok) throw new Error('the suite is broken');
    const { text, digest } = packSuite(read.value);
    expect(() => unpackSuite(text.replace('"seed":5', '"seed":50'), digest)).toThrow('not the one that was sent');
    expect(otherCode('0123456789abcdef')).toMatch(/sent by code 0123456789ab, this worker runs code [0-9a-f]{12}/);
  });
});

describe('without a server', () => {
  it('suite and worker say so, and say how to start one', async () => {
    for (const verb of [['suite', suite], ['worker']]) {
      const said = await leaktwin([...verb, '--engine', 'nats://127.0.0.1:1', '--out', join(folder.path, 'none')]);
      expect(said.code).toBe(2);
      expect(said.stderr).toContain('no server answers');
      expect(said.stderr).toContain('nats-server -js');
    }
    const odd = await leaktwin(['worker', '--engine', 'http://here']);
    expect(odd.code).toBe(2);
    expect(odd.stderr).toContain('nats://host:port');
  });
});

if (!NATS_SERVER) process.stderr.write('no nats-server here: suites on many machines are not tested\n');
describe.skipIf(!NATS_SERVER)('a suite on a cluster of three', () => {
  let cluster: NatsCluster;
  const local = join(folder.path, 'local');
  beforeAll(async () => {
    cluster = await NatsCluster.start(3);
    const one = start(['suite', suite, '--workers', '1', '--out', local]);
    expect(await one.ended).toBe(0);
  });
  afterAll(() => cluster?.stop());

  const worker = (engine: string) => start(['worker', '--engine', engine, '--workers', '1', '--redelivery', '4']);

  it('that is stopped leaves nothing in the queue', async () => {
    const out = join(folder.path, 'stopped');
    const sender = start(['suite', suite, '--engine', cluster.engine, '--out', out]);
    await sender.saying(/8 jobs in the queue .* kept on 3 nodes/);
    sender.process.kill('SIGINT');
    expect(await sender.ended).toBe(130);
    const connection = await connect({ servers: [...cluster.urls] });
    const { state } = await (await jetstreamManager(connection)).streams.info('LEAKTWIN_JOBS');
    await connection.close();
    expect(state.messages).toBe(0);
  });

  it('says after a while that no worker is there', async () => {
    const said = await leaktwin([
      'suite',
      suite,
      '--engine',
      cluster.engine,
      '--patience',
      '2',
      '--out',
      join(folder.path, 'alone'),
    ]);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('no worker has answered for 2 s');
    expect(said.stderr).toContain('leaktwin worker --engine');
  });

  it('keeps a result once: a second one must be the same to the bit', async () => {
    const queue = await openQueue(cluster.engine);
    try {
      expect(await keepResult(queue, 'k1', 'this')).toBe(await keepResult(queue, 'k1', 'this'));
      await expect(keepResult(queue, 'k1', 'that')).rejects.toThrow('the same job gave two results');
    } finally {
      await queue.close();
    }
  });

  it('survives the death of its leading node and of a worker, to the same digest and the same files', async () => {
    const out = join(folder.path, 'cluster');
    const first = worker(cluster.engine);
    const second = worker([...cluster.urls].reverse().join(','));
    await Promise.all([first.saying(/waits for jobs/), second.saying(/waits for jobs/)]);
    const leader = await cluster.leaderOf('LEAKTWIN_JOBS');
    // Connected to the very node that will die.
    const engine = [cluster.urls[leader]!, ...cluster.urls.filter((_, i) => i !== leader)].join(',');
    const sender = start(['suite', suite, '--engine', engine, '--out', out]);
    await first.saying(/short-leak, seed \d+[\s\S]*short-leak, seed/);
    cluster.kill(leader);
    first.process.kill('SIGKILL');
    expect(await sender.ended, sender.said()).toBe(0);
    expect(digestIn(out)).toBe(digestIn(local));
    const files = (root: string) => (readdirSync(root, { recursive: true }) as string[]).sort();
    expect(files(out)).toEqual(files(local));
    for (const f of files(out).filter((f) => f.endsWith('l') || f.endsWith('card.json')))
      expect(readFileSync(join(out, f), 'utf8') === readFileSync(join(local, f), 'utf8'), f).toBe(true);
    // A job that the dead worker had begun was begun once more; a leader that is new does not always know that it is the second time.
    const begun = `${first.said()}\n${second.said()}`.match(/short-(leak|quiet), seed \d+/g)!;
    expect(begun.length).toBeGreaterThan(8);
    expect(existsSync(join(out, 'suite.json'))).toBe(true);
    second.process.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });
});

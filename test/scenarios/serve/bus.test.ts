/** Many detectors watch one plant over a bus: the same frames, the same journal, nothing missed by who dies and comes again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPipeline, type Recipe, readRecipe } from '../../../detector/index.ts';
import { natsSource } from '../../../detector/ingest/bus/index.ts';
import { readNatsAddress, withoutSecrets } from '../../../models/bus/index.ts';
import {
  type AlarmEvent,
  createFrame,
  createLayout,
  decodeFrame,
  FrameDigest,
  journalDigest,
  type LayoutSpec,
  unwrap,
} from '../../../models/contract/index.ts';
import { packageRoot } from '../../../models/document/index.ts';
import { readInputs, runScenario } from '../../../scenarios/run/index.ts';
import { openBus } from '../../../scenarios/serve/bus/index.ts';
import { NATS_SERVER, NatsCluster } from '../run/natsCluster.ts';
import { Folder, leaktwin, SHORT_LEAK } from '../run/short.ts';

const program = join(packageRoot, 'dist/leaktwin.js');
const folder = new Folder();
const scenario = folder.write('short-leak.yaml', SHORT_LEAK);
const processes: ChildProcess[] = [];
afterAll(() => {
  for (const p of processes) p.kill('SIGKILL');
  folder.remove();
});
const recipe = unwrap(readRecipe('balance+wave'));

describe('an address of NATS', () => {
  const read = (text: string) => readNatsAddress('--bus', text, 'channel');

  it('holds servers, who we are, channel and session', () => {
    expect(read('nats://a,nats://b:5000/crude/s1')).toMatchObject({
      servers: ['a:4222', 'b:5000'],
      tls: false,
      channel: 'crude',
      session: 's1',
    });
    expect(read('tls://me:p%40ss@host:1')).toMatchObject({
      servers: ['host:1'],
      tls: true,
      user: 'me',
      password: 'p@ss',
    });
    expect(read('nats://secret@[::1]:1')).toMatchObject({ servers: ['[::1]:1'], token: 'secret' });
  });

  it('that is wrong is told without its secrets', () => {
    for (const bad of [
      'http://me:hush@h',
      'nats://me:hush@h:99999',
      'nats://me:hush@h/a b',
      'nats://me:hush@h/a/b/c',
    ]) {
      expect(() => read(bad)).toThrow();
      try {
        read(bad);
      } catch (error) {
        expect(JSON.stringify(error) + String(error)).not.toContain('hush');
      }
    }
    expect(() => readNatsAddress('--engine', 'nats://h/path')).toThrow();
    expect(withoutSecrets('nats://me:hush@a:1,tok@b')).toBe('nats://***@a:1,***@b');
  });
});

describe('detect on a bus', () => {
  it('without a server, or with a name where it has no meaning, says so', async () => {
    const nobody = await leaktwin(['detect', '--source', 'nats://me:hush@127.0.0.1:1/crude']);
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain('no server answers');
    expect(nobody.stderr).not.toContain('hush');
    const other = await leaktwin(['detect', '--source', 'ws://127.0.0.1:1/ws', '--durable', 'd']);
    expect(other.stderr).toContain('only with --source nats://');
  });
});

if (!NATS_SERVER) process.stderr.write('no nats-server here: a plant on a bus is not tested\n');
describe.skipIf(!NATS_SERVER)('a plant on a bus', () => {
  let cluster: NatsCluster;
  let journal: string;
  let frames: string;
  let url: string;
  beforeAll(async () => {
    cluster = await NatsCluster.start(1);
    url = `${cluster.engine}/crude`;
  });
  afterAll(() => cluster?.stop());

  /** All that a detector on the bus hears and says. */
  async function watch(on: Recipe, hello_ms?: number) {
    const source = natsSource({
      address: readNatsAddress('--source', url, 'channel'),
      ...(hello_ms ? { hello_ms } : {}),
    });
    const { layout, asBuilt } = await source.open();
    const pipeline = createPipeline(on, layout, asBuilt);
    const digest = new FrameDigest(layout);
    const alarms: AlarmEvent[] = [];
    for (let frame = await source.next(); frame; frame = await source.next()) {
      digest.add(frame);
      const events = pipeline.step(frame);
      alarms.push(...events);
      await source.ack(frame.seq, events);
    }
    await source.close();
    return { journal: journalDigest(alarms), frames: digest.hex(), alarms };
  }

  it('gives two detectors on it the frames and the journal that it has in process', async () => {
    const inputs = unwrap(readInputs(scenario));
    const inproc = await runScenario({
      inputs,
      recipe,
      transport: 'inproc',
      pace: { kind: 'lockstep' },
      out: join(folder.path, 'a'),
    });
    ({ journalDigest: journal, framesDigest: frames } = inproc.card);
    // One is there before the plant is.
    const early = watch(recipe);
    const bus = await openBus({
      address: readNatsAddress('--bus', url, 'channel'),
      channel: 'unused',
      log: (l) => expect(l).toBe(''),
    });
    const run = await runScenario({
      inputs,
      recipe,
      transport: 'modbus',
      pace: { kind: 'lockstep' },
      out: join(folder.path, 'b'),
      listener: bus,
    });
    await run.server?.close();
    await bus.close();
    const late = await watch(recipe);
    for (const heard of [await early, late]) {
      expect(heard.frames).toBe(frames);
      expect(heard.journal).toBe(journal);
    }
    expect(run.card.journalDigest).toBe(journal);
    console.log(`parity on the bus over ${late.alarms.length} alarm events and 1140 frames`);
    expect(late.alarms.length).toBeGreaterThan(0);
  });

  it('says frames, alarms, hello and end there, and nothing of the truth', async () => {
    const connection = await connect({ servers: [...cluster.urls] });
    const jsm = await jetstreamManager(connection);
    const { state } = await jsm.streams.info('LEAKTWIN_BUS_crude', { subjects_filter: '>' });
    const kinds = Object.entries(state.subjects!).map(([s, n]) => [s.split('.')[4], n]);
    expect(Object.fromEntries(kinds)).toMatchObject({ hello: 1, frame: 1140, end: 1 });
    expect(kinds.map(([k]) => k).sort()).toEqual(['alarm', 'end', 'frame', 'hello']);
    const messages = await (await jetstream(connection).consumers.get('LEAKTWIN_BUS_crude')).consume();
    const texts: string[] = [];
    let layout = createLayout({ plant: '', scanUs: 1, stations: [], tags: [] });
    let last = 0;
    for await (const m of messages) {
      if (m.subject.endsWith('.frame')) {
        const frame = createFrame(layout);
        decodeFrame(new DataView(m.data.buffer, m.data.byteOffset, m.data.length), frame);
        expect(frame.seq).toBe(last + 1);
        last = frame.seq;
      } else texts.push(m.string());
      if (m.subject.endsWith('.hello')) layout = createLayout((m.json() as { layout: LayoutSpec }).layout);
      if (m.subject.endsWith('.end')) break;
    }
    await connection.close();
    expect(texts.join('\n')).not.toMatch(/leak-1|short-leak|leak\.open|massRate_kg_s":0\.0|truth/);
  });

  it('is watched through the death of the detector: started again it ends with the same journal', async () => {
    let args: string[] = [];
    let kept = { seq: 0, over: true };
    // The last frames are read in a blink: one that was over before it died has shown nothing, and another is tried.
    for (let tries = 1; kept.over && tries <= 10; tries += 1) {
      const out = join(folder.path, `watcher-${tries}`);
      args = ['detect', '--source', url, '--durable', `d${tries}`, '--out', out, '--json'];
      const first = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
      processes.push(first);
      const gone = once(first, 'exit');
      await expect.poll(() => existsSync(join(out, 'checkpoint.json')), { timeout: 20_000, interval: 2 }).toBe(true);
      first.kill('SIGKILL');
      await gone;
      kept = JSON.parse(readFileSync(join(out, 'checkpoint.json'), 'utf8'));
    }
    expect(kept.over).toBe(false);
    expect(kept.seq).toBeGreaterThan(0);
    const again = await leaktwin(args);
    expect(again.code, again.stderr).toBe(0);
    const said = JSON.parse(again.stdout);
    expect(said.journalDigest).toBe(journal);
    console.log(`killed at or after frame ${kept.seq} of 1140, over: ${kept.over}`);
  });

  it('keeps the place of a detector without a state: no frame twice, none missed', async () => {
    const address = readNatsAddress('--source', url, 'channel');
    const seen: number[] = [];
    for (const upTo of [400, 401, 10_000]) {
      const source = natsSource({ address, durable: 'd2' });
      await source.open();
      for (let frame = await source.next(); frame; frame = await source.next()) {
        seen.push(frame.seq);
        await source.ack(frame.seq, []);
        if (frame.seq >= upTo) break;
      }
      await source.close();
    }
    expect(seen).toEqual(Array.from({ length: 1140 }, (_, i) => i + 1));
  });

  it('that dies without a word is not waited for without end', async () => {
    const address = readNatsAddress('--bus', `${cluster.engine}/dead`, 'channel');
    const bus = await openBus({ address, channel: 'x', log: () => {} });
    const inputs = unwrap(readInputs(scenario));
    bus.begin({ layout: inputs.plant.layout, asBuilt: inputs.plant.asBuilt, runId: 'r', pace: 'free' });
    const frame = createFrame(inputs.plant.layout);
    frame.seq = 1;
    bus.frame(frame);
    const source = natsSource({ address, silence_ms: 300 });
    await source.open();
    expect((await source.next())?.seq).toBe(1);
    await bus.close();
    await expect(source.next()).rejects.toThrow('silent for 0.3 s and has not said that it is over; frames up to 1');
    await source.close();
  });

  it('of which two claim one channel: the first is told, and its run goes on', async () => {
    const address = readNatsAddress('--bus', `${cluster.engine}/one`, 'channel');
    const inputs = unwrap(readInputs(scenario));
    const start = { layout: inputs.plant.layout, asBuilt: inputs.plant.asBuilt, runId: 'r', pace: 'free' };
    const said: string[] = [];
    const first = await openBus({ address, channel: 'x', log: (l) => said.push(l) });
    first.begin(start);
    const frame = createFrame(inputs.plant.layout);
    frame.seq = 1;
    first.frame(frame);
    const second = await openBus({ address, channel: 'x', log: (l) => said.push(l) });
    await expect
      .poll(async () => {
        // The first has been heard before the second begins.
        const connection = await connect({ servers: [...cluster.urls] });
        const { state } = await (await jetstreamManager(connection)).streams.info('LEAKTWIN_BUS_one');
        await connection.close();
        return state.messages;
      })
      .toBe(2);
    second.begin(start);
    await second.end('over');
    frame.seq = 2;
    first.frame(frame);
    await first.end('over');
    expect(first.failed).toBe('another twin took the channel "one" of the bus');
    expect(second.failed).toBeUndefined();
    expect(said).toEqual([`${first.failed}: what follows is not on it; the run goes on`]);
    await first.close();
    await second.close();
  });

  it('that dies is given up after a while, with a sentence', async () => {
    const own = await NatsCluster.start(1);
    const said: string[] = [];
    const address = readNatsAddress('--bus', own.engine, 'channel');
    const bus = await openBus({ address, channel: 'short', patience_s: 0.2, log: (l) => said.push(l) });
    const inputs = unwrap(readInputs(scenario));
    bus.begin({ layout: inputs.plant.layout, asBuilt: inputs.plant.asBuilt, runId: 'r', pace: 'free' });
    await own.stop();
    bus.frame(createFrame(inputs.plant.layout));
    await bus.end('over');
    await bus.close();
    expect(said.join()).toContain('the bus has not answered for 0.2 s');
  });
});

describe.skipIf(!NATS_SERVER)('a bus that wants to know who we are', () => {
  it('takes user and password from the address, and tells who it does not know without the secret', async () => {
    const cluster = await NatsCluster.start(1, ['--user', 'plant', '--pass', 'p@ss'], { user: 'plant', pass: 'p@ss' });
    const host = cluster.engine.replace('nats://', '');
    try {
      const address = readNatsAddress('--bus', `nats://plant:p%40ss@${host}`, 'channel');
      const bus = await openBus({ address, channel: 'crude-line', log: () => {} });
      expect(bus.place).toBe(`nats://***@${host}/crude-line`);
      await bus.close();
      const said = await leaktwin(['detect', '--source', `nats://plant:hush@${host}`]);
      expect(said.code).toBe(2);
      expect(said.stderr).toContain('the server lets us not in');
      expect(said.stderr).not.toContain('hush');
    } finally {
      await cluster.stop();
    }
  });

  const openssl = spawnSync('openssl', ['version']).status === 0;
  it.skipIf(!openssl)('speaks tls:// with a certificate authority of ours, and not to a stranger', async () => {
    const at = (name: string) => join(folder.path, name);
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
      ...['-keyout', at('key.pem'), '-out', at('cert.pem')],
    ]);
    expect(made.status, String(made.stderr)).toBe(0);
    const ca = readFileSync(at('cert.pem'), 'utf8');
    const cluster = await NatsCluster.start(1, ['--tls', '--tlscert', at('cert.pem'), '--tlskey', at('key.pem')], {
      tls: { ca },
    });
    try {
      const address = readNatsAddress('--bus', cluster.engine.replace('nats://', 'tls://'), 'channel');
      const bus = await openBus({ address, identity: { ca: at('cert.pem') }, channel: 'c', log: () => {} });
      await bus.close();
      await expect(openBus({ address, channel: 'c', log: () => {} })).rejects.toThrow();
    } finally {
      await cluster.stop();
    }
  });
});

/** REST, its OpenAPI document, the WebSocket's manners, and the wall between the plant and its truth. */
import { afterEach, describe, expect, it } from 'vitest';
import { type AlarmEvent, asBuiltSchema, createFrame, createLayout } from '../../../models/contract/index.ts';
import { type PlantServer, type PlantServerOptions, startPlantServer } from '../../../sim/io/index.ts';
import { viewer } from './clients.ts';
import { plantDrive } from './plant.ts';

let server: PlantServer;
afterEach(() => server?.close());

async function start(options: Partial<PlantServerOptions> = {}, scans = 400) {
  const drive = plantDrive({ scans });
  const taken: AlarmEvent[] = [];
  server = await startPlantServer(drive, {
    pace: { kind: 'lockstep' },
    truthPort: 0,
    onAlarm: (event) => taken.push(event),
    ...options,
  });
  return { drive, taken };
}

const api = (path: string) => `${server.http!.url}${path}`;
const socketUrl = () => `${server.http!.url.replace('http', 'ws')}/ws`;
async function get(path: string) {
  const answer = await fetch(api(path));
  return { status: answer.status, body: await answer.json() };
}
async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('REST', () => {
  it('shows layout, as-built data, the newest scan and the status', async () => {
    const { drive } = await start();
    const { body: layout } = await get('/api/layout');
    expect(createLayout(layout.layout).digest).toBe(drive.layout.digest);
    expect(layout.layoutDigest).toBe(drive.layout.digest);
    expect(asBuiltSchema.parse((await get('/api/as-built')).body)).toEqual(drive.asBuilt);
    expect((await get('/api/frame')).body.seq).toBe(0);
    server.begin();
    const { body: frame } = await get('/api/frame');
    expect(frame).toMatchObject({ seq: 1, timeUs: drive.layout.scanUs });
    expect(frame.tags.map((t: { id: string }) => t.id)).toEqual(drive.layout.tags.map((t) => t.id));
    expect(frame.tags[0].values).toHaveLength(drive.layout.tags[0]!.width);
    expect((await get('/api/status')).body).toMatchObject({
      phase: 'running',
      seq: 1,
      detector: null,
      pace: 'lockstep',
    });
  });

  it('takes alarms and shows them, and says all that is wrong with others', async () => {
    const { drive, taken } = await start();
    server.begin();
    const event: AlarmEvent = {
      alarm: 'LD-REST',
      timeUs: drive.layout.scanUs,
      frameSeq: 1,
      from: 'normal',
      to: 'unacknowledged',
      priority: 1,
      score: 2,
      by: 'rest',
      because: 'ein Grund — 漏れ',
    };
    expect(await post(api('/api/alarms'), { events: [event] })).toEqual({ status: 200, body: { taken: 1 } });
    expect(taken).toEqual([event]);
    expect((await get('/api/alarms')).body).toEqual({ events: [event] });
    const bad = await post(api('/api/alarms'), { events: [{ ...event, priority: 7, because: 1 }] });
    expect(bad.status).toBe(400);
    expect(bad.body.problems.map((p: { path: string }) => p.path).sort()).toEqual([
      'events.0.because',
      'events.0.priority',
    ]);
    const late = await post(api('/api/alarms'), { events: [{ ...event, frameSeq: 9 }] });
    expect(late).toMatchObject({ status: 409, body: { problems: [{ found: 'scan 9 has not been published' }] } });
    expect((await post(api('/api/alarms'), '{nonsense')).status).toBe(400);
    expect((await post(api('/api/alarms'), `{"events":["${'x'.repeat(2e6)}"]}`)).status).toBe(413);
    expect(await get('/api/nothing')).toMatchObject({ status: 404, body: { problems: [{ found: 'nothing here' }] } });
  });

  it('an operator’s command moves the physics; leaks and faults are refused without naming a place', async () => {
    const { drive } = await start({ pace: { kind: 'free' }, onFrame: () => undefined }, 120);
    const tripped = await post(api('/api/commands'), {
      commands: [{ kind: 'pump', element: 'PU-101', action: 'trip' }],
    });
    expect(tripped).toEqual({ status: 200, body: { taken: 1 } });
    const refused = await post(api('/api/commands'), {
      commands: [{ kind: 'leak.open', leak: 'guess', area_m2: 1e-4, growth_s: 0 }],
    });
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.body)).not.toContain('leak-1');
    expect(
      (await post(api('/api/commands'), { commands: [{ kind: 'pump', element: 'PU-9', action: 'trip' }] })).body,
    ).toMatchObject({
      problems: [{ path: 'commands.0', found: 'there is no pump "PU-9"' }],
    });
    server.begin();
    await server.finished;
    const { body: frame } = await get('/api/frame');
    const flow = frame.tags.find((t: { id: string }) => t.id === 'FT-101').values[0];
    const untouched = plantDrive({ scans: 120 });
    const last = createFrame(untouched.layout);
    while (untouched.advance(last));
    const usual = last.value[untouched.layout.column[untouched.layout.tags.findIndex((t) => t.id === 'FT-101')]!]!;
    console.log(`FT-101 with the pump tripped ${flow.toFixed(0)} m3/h, else ${usual.toFixed(0)} m3/h`);
    expect(flow).toBeLessThan(0.6 * usual);
    expect(
      (await post(api('/api/commands'), { commands: [{ kind: 'pump', element: 'PU-101', action: 'start' }] })).status,
    ).toBe(409);
    expect(drive.layout.tags.length).toBe(untouched.layout.tags.length);
  });

  it('describes itself in OpenAPI 3.1, every path with its answers, every reference resolved', async () => {
    await start();
    const { body: document } = await get('/api/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/alarms',
      '/api/as-built',
      '/api/camera/{file}',
      '/api/cameras',
      '/api/commands',
      '/api/frame',
      '/api/layout',
      '/api/next',
      '/api/scene',
      '/api/status',
    ]);
    for (const path of Object.values<Record<string, { responses: Record<string, { description: string }> }>>(
      document.paths,
    )) {
      for (const operation of Object.values(path)) {
        expect(Object.keys(operation.responses)).toContain('200');
        for (const answer of Object.values(operation.responses)) expect(answer.description).toBeTruthy();
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((m) => m[1]!);
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const found = reference.split('/').reduce((at: unknown, key) => (at as Record<string, unknown>)?.[key], document);
      expect(found, reference).toBeDefined();
    }
  });

  it('has room for more routes on the same port', async () => {
    await start({ routes: (app) => app.get('/api/extra', (c) => c.json({ extra: true })) });
    expect((await get('/api/extra')).body).toEqual({ extra: true });
  });
});

describe('truth', () => {
  it('is not on the main port, and asks every visitor of its own for the token', async () => {
    await start();
    for (const path of ['/truth', '/truth/events', '/api/truth']) expect((await get(path)).status).toBe(404);
    await expect(viewer(`${server.http!.url.replace('http', 'ws')}/truth`)).rejects.toThrow('404');
    const { url, token } = server.truth!;
    for (const bad of ['', '?token=', '?token=wrong', `?token=${token.slice(1)}`])
      expect((await fetch(`${url}/truth/events${bad}`)).status).toBe(401);
    expect((await post(`${url}/truth/commands`, { commands: [] })).status).toBe(401);
    await expect(viewer(`${url.replace('http', 'ws')}/truth`)).rejects.toThrow('401');
    await expect(viewer(`${url.replace('http', 'ws')}/truth?token=no`)).rejects.toThrow('401');
    expect((await fetch(`${url}/truth/events?token=${token}`)).status).toBe(200);
    const bearer = await fetch(`${url}/truth/events`, { headers: { authorization: `Bearer ${token}` } });
    expect(await bearer.json()).toEqual({ first: 0, events: [], over: false });
  });

  it('tells what happened, by list and as it happens; an instructor may open a leak there', async () => {
    const { drive } = await start({ pace: { kind: 'free' } }, 30);
    const { url, token } = server.truth!;
    const leak = { kind: 'leak.open', leak: 'leak-1', area_m2: 1e-4, growth_s: 0 };
    const authorization = { authorization: `Bearer ${token}` };
    expect(await post(`${url}/truth/commands`, { commands: [leak] }, authorization)).toMatchObject({ status: 200 });
    expect(await post(`${url}/truth/commands`, { commands: [{ kind: 'x' }] }, authorization)).toMatchObject({
      status: 400,
    });
    const socket = await viewer(`${url.replace('http', 'ws')}/truth?token=${token}`);
    const first = new Promise<string>((resolve) => socket.socket.once('message', (data) => resolve(String(data))));
    server.begin();
    expect(JSON.parse(await first)).toMatchObject({ kind: 'leak.opened', ref: 'leak-1' });
    await server.finished;
    const { events, over } = await (await fetch(`${url}/truth/events?token=${token}`)).json();
    expect(over).toBe(true);
    expect(events.filter((e: { kind: string }) => e.kind === 'leak.rate')).toHaveLength(30);
    const { events: rest } = await (await fetch(`${url}/truth/events?token=${token}&from=${events.length - 1}`)).json();
    expect(rest).toEqual(events.slice(-1));
    expect(events.at(-1).massRate_kg_s).toBeGreaterThan(0);
    expect(drive.drainTruth()).toEqual([]);
  });
});

describe('WebSocket', () => {
  it('says hello with the layout, and answers nonsense with a sentence', async () => {
    const { drive } = await start();
    const client = await viewer(socketUrl());
    const hello = await client.text('hello');
    expect(hello).toMatchObject({ protocol: 1, layoutDigest: drive.layout.digest });
    client.socket.send('nonsense');
    expect(await client.text('error')).toMatchObject({ because: 'a message is not JSON' });
    client.send({ type: 'ack' });
    expect(await client.text('error')).toMatchObject({ because: expect.stringContaining('seq') });
    client.send({ type: 'ack', seq: 5 });
    expect(await client.text('error')).toMatchObject({ because: 'scan 5 does not wait for an ack; scan 0 does' });
    client.socket.send('x'.repeat(100_000));
    expect((await client.closed).code).toBe(1009);
  });

  it('lets no page of another host in', async () => {
    await start();
    await expect(viewer(socketUrl(), { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403');
    const own = await viewer(socketUrl(), { headers: { origin: 'http://localhost:5173' } });
    expect(await own.text('hello')).toBeDefined();
  });

  it('drops a client that does not read, with a sentence, and the others go on', async () => {
    // A plant that costs nothing: enough scans to fill all that the kernel and the server hold for a client.
    const { drive } = await start({ pace: { kind: 'free' } }, 30_000);
    drive.advance = stillPlant(30_000, drive.layout.scanUs);
    const slow = await viewer(socketUrl());
    await slow.text('hello');
    slow.socket.pause();
    const good = await viewer(socketUrl());
    let heard = 0;
    good.socket.on('message', (_data, binary) => {
      if (binary) heard += 1;
    });
    server.begin();
    await server.finished;
    await good.text('end');
    expect(heard).toBe(30_000);
    expect((await get('/api/status')).body.notices.join(' ')).toContain('was dropped: it left');
    slow.socket.resume();
    expect(await slow.closed).toEqual({ code: 1008, reason: 'dropped: you read slower than the plant publishes' });
  });
});

function stillPlant(scans: number, scanUs: number) {
  let seq = 0;
  return (frame: { seq: number; timeUs: number }) => {
    if (seq === scans) return false;
    seq += 1;
    frame.seq = seq;
    frame.timeUs = seq * scanUs;
    return true;
  };
}

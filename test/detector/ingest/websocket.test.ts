/** The WebSocket source against plants that are absent, strange, taken or gone. */
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { websocketSource } from '../../../detector/ingest/index.ts';
import { layoutSpec } from '../../../models/contract/index.ts';
import { startPlantServer } from '../../../sim/io/index.ts';
import { plantDrive } from '../../sim/io/plant.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function plant(scans: number) {
  const drive = plantDrive({ scans });
  const server = await startPlantServer(drive, { pace: { kind: 'lockstep' }, modbusPort: false });
  open.push(server);
  return { server, drive, url: `${server.http!.url.replace('http', 'ws')}/ws` };
}

function source(options: Parameters<typeof websocketSource>[0]) {
  const made = websocketSource(options);
  open.push(made);
  return made;
}

/** A plant that says what the test says. */
async function strange(hello: unknown): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => socket.send(typeof hello === 'string' ? hello : JSON.stringify(hello)));
  open.push({
    close: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
}

describe('the WebSocket source', () => {
  it('takes layout and as-built data from the plant, and owns the ack from the start', async () => {
    const { server, drive, url } = await plant(2);
    const one = source({ url, name: 'first' });
    const { layout, asBuilt } = await one.open();
    expect(layout).toEqual(drive.layout);
    expect(asBuilt).toEqual(drive.asBuilt);
    server.begin();
    const frame = (await one.next())!;
    expect(frame.seq).toBe(1);
    const two = source({ url, name: 'second' });
    await two.open();
    // The newest scan comes before the refusal, so it may be delivered first.
    await expect(two.next().then(() => two.next())).rejects.toThrow('"first" (WebSocket) owns the acknowledge already');
    await one.ack(1, []);
    expect((await one.next())!.seq).toBe(2);
    await one.ack(2, []);
    expect(await one.next()).toBeUndefined();
    expect(await server.finished).toMatchObject({ reason: 'complete', frames: 2 });
  });

  it('says that nothing listens, that there is no plant at this path, or that the plant left', async () => {
    const { server, url } = await plant(9);
    await expect(source({ url: url.replace('/ws', '/other') }).open()).rejects.toThrow('404');
    const one = source({ url });
    await one.open();
    server.begin();
    await one.next();
    await one.ack(1, []);
    const left = (async () => {
      while (await one.next());
    })();
    await server.close();
    // A plant that is closed ends the run for its clients; it does not leave them guessing.
    await left;
    await expect(source({ url }).open()).rejects.toThrow('nothing listens there; is the plant running?');
  });

  it('says what is strange about a plant', async () => {
    const { layout } = plantDrive({ scans: 1 });
    const hello = { type: 'hello', protocol: 1, pace: 'free', layout: layoutSpec(layout), layoutDigest: layout.digest };
    for (const [said, sentence] of [
      ['nonsense', 'sent text that is not JSON'],
      [{ type: 'other' }, 'sent a message that this detector does not know'],
      [{ ...hello, protocol: 2 }, 'speaks protocol version 2; this detector speaks 1'],
      [{ ...hello, layoutDigest: 'f'.repeat(64) }, 'does not have the digest it names'],
    ] as const) {
      await expect(source({ url: await strange(said) }).open()).rejects.toThrow(sentence);
    }
    const url = await strange({ ...hello });
    await expect(source({ url, reply_ms: 300 }).open()).rejects.toThrow('the as-built data at');
  });

  it('says that a plant does not say hello', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    open.push({
      close: () => {
        for (const client of server.clients) client.terminate();
        server.close();
      },
    });
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
    await expect(source({ url, reply_ms: 100 }).open()).rejects.toThrow('did not say hello within 100 ms');
  });
});

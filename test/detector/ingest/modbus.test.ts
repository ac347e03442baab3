/** The Modbus source against plants that move while they are read, lie, fall silent, die and come back. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { modbusSource } from '../../../detector/ingest/index.ts';
import {
  type AlarmEvent,
  allImages,
  createFrame,
  type Frame,
  type FrameLayout,
  PROTOCOL_VERSION,
  putFrame,
  Quality,
} from '../../../models/contract/index.ts';
import { type PlantServer, startPlantServer } from '../../../sim/io/index.ts';
import { arrayBank, DONE, ModbusServer, type RegisterBank } from '../../../sim/io/modbus/index.ts';
import { plantDrive } from '../../sim/io/plant.ts';

const { layout } = plantDrive({ scans: 1 });
const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A plant of register images alone, which moves when the test says so, between any two requests. */
function puppet(onRead: (unit: number, address: number, publish: (seq: number) => void) => void) {
  const frame = createFrame(layout);
  const images = allImages(layout, []).map((unit) => ({ unit, words: new Uint16Array(unit.registers) }));
  const publish = (seq: number) => {
    frame.seq = seq;
    frame.timeUs = seq * layout.scanUs;
    frame.stationTimeUs.fill(seq * layout.scanUs + 7);
    frame.value.fill(seq);
    for (const { unit, words } of images) putFrame(words, unit, layout, frame, 'ABCD');
  };
  publish(1);
  const banks = new Map<number, RegisterBank>(
    images.map(({ unit, words }) => [
      unit.unitId,
      {
        input: {
          size: words.length,
          read(address, quantity, out) {
            onRead(unit.unitId, address, publish);
            out.set(words.subarray(address, address + quantity));
            return DONE;
          },
        },
        holding: { size: 160, words: new Uint16Array(160), write: () => DONE },
        discrete: { size: 2, bits: new Uint8Array([0, 0]) },
      },
    ]),
  );
  return banks;
}

async function listen(banks: ReadonlyMap<number, RegisterBank>, port = 0) {
  const server = new ModbusServer(banks);
  const place = await server.listen('127.0.0.1', port);
  open.push(server);
  return { server, ...place };
}

function expectWhole(frame: Frame | undefined, seq: number): void {
  expect(frame!.seq).toBe(seq);
  expect(frame!.timeUs).toBe(seq * layout.scanUs);
  expect([...new Set(frame!.value)]).toEqual([seq]);
  expect([...new Set(frame!.stationTimeUs)]).toEqual([seq * layout.scanUs + 7]);
}

describe('a scan read while the plant moves', () => {
  it.each([
    ['gateway', 255, 250],
    ['stations', 3, 0],
  ] as const)('is read again until it is whole (%s)', async (via, unit, address) => {
    let armed = false;
    let moves = 0;
    const place = await listen(
      puppet((u, a, publish) => {
        // The plant publishes in the middle of three rounds in a row.
        if (!armed || u !== unit || a !== address || moves === 3) return;
        moves += 1;
        publish(1 + moves);
      }),
    );
    const source = modbusSource({ ...place, layout, ack: true, via });
    open.push(source);
    await source.open();
    armed = true;
    expectWhole(await source.next(), 4);
    expect(moves).toBe(3);
  });

  it('a polling master marks the scans that it was too slow to see', async () => {
    let polls = 0;
    const place = await listen(
      puppet((_unit, address, publish) => {
        if (address === 0 && ++polls > 2) publish(1 + 4 * (polls - 2));
      }),
    );
    const source = modbusSource({ ...place, layout, ack: false, poll_ms: 1 });
    open.push(source);
    await source.open();
    const seen: [number, boolean][] = [];
    for (let i = 0; i < 9; i += 1) {
      const frame = (await source.next())!;
      expect(frame.timeUs).toBe(frame.seq * layout.scanUs);
      seen.push([frame.seq, frame.quality.every((q) => q === Quality.missing)]);
      await source.ack(frame.seq, []);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((seq) => [seq, seq % 4 !== 1]));
  });
});

describe('a plant that is not the one expected', () => {
  const words = (version: number, digest: string) => {
    const registers = new Uint16Array(1000);
    registers[0] = version;
    for (let i = 0; i < 4; i += 1) registers[1 + i] = Number.parseInt(digest.slice(4 * i, 4 * i + 4), 16);
    return registers;
  };
  it.each([
    [
      'another layout',
      new Map([[255, arrayBank({ input: words(PROTOCOL_VERSION, 'f'.repeat(16)) })]]),
      'publishes layout ffffffffffffffff',
    ],
    [
      'another register map',
      new Map([[255, arrayBank({ input: words(9, layout.digest) })]]),
      'speaks register map version 9',
    ],
    [
      'no gateway',
      new Map([[1, arrayBank({ input: words(1, layout.digest) })]]),
      'has no Modbus unit 255 (the gateway)',
    ],
  ])('%s is said at open', async (_name, banks, sentence) => {
    const place = await listen(banks);
    const source = modbusSource({ ...place, layout, ack: true });
    open.push(source);
    await expect(source.open()).rejects.toThrow(sentence);
  });

  it('nothing that listens, and nothing that answers, are said at open', async () => {
    const place = await listen(new Map());
    await place.server.close();
    await expect(modbusSource({ ...place, layout, ack: true }).open()).rejects.toThrow(
      `the plant at 127.0.0.1:${place.port} cannot be reached: nothing listens there; is the plant running?`,
    );
    const mute = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', () => resolve()));
    const { port } = mute.address() as { port: number };
    const source = modbusSource({ host: '127.0.0.1', port, layout, ack: true, reply_ms: 100 });
    await expect(source.open()).rejects.toThrow(`the plant at 127.0.0.1:${port} did not answer within 100 ms`);
    await source.close();
    await new Promise((resolve) => mute.close(resolve));
  });
});

async function plant(scans: number, port = 0): Promise<PlantServer & { layout: FrameLayout; taken: AlarmEvent[] }> {
  const drive = plantDrive({ scans });
  const taken: AlarmEvent[] = [];
  const server = await startPlantServer(drive, {
    pace: { kind: 'lockstep' },
    modbusPort: port,
    httpPort: false,
    onAlarm: (event) => taken.push(event),
  });
  open.push(server);
  return { ...server, layout: drive.layout, taken };
}

function event(frame: Frame, more: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    alarm: 'LD-X',
    timeUs: frame.timeUs,
    frameSeq: frame.seq,
    from: 'normal',
    to: 'unacknowledged',
    priority: 2,
    score: 1.25,
    by: 'test',
    because: 'x'.repeat(400),
    ...more,
  };
}

describe('a connection', () => {
  it('that a detector in lockstep loses is an error that names the scan', async () => {
    const server = await plant(50);
    const source = modbusSource({ ...server.modbus!, layout: server.layout, ack: true });
    open.push(source);
    await source.open();
    server.begin();
    for (let seq = 1; seq <= 3; seq += 1) await source.ack((await source.next())!.seq, []);
    await source.next();
    await server.close();
    await expect(source.ack(4, []).then(() => source.next())).rejects.toThrow(
      /closed the connection after scan 4|is closed/,
    );
  });

  it('that a polling master loses is made again when the plant comes back; events are posted again', async () => {
    const first = await listen(puppet(() => {}));
    const source = modbusSource({ ...first, layout, ack: false, poll_ms: 1 });
    open.push(source);
    await source.open();
    const frame = (await source.next())!;
    await first.server.close();
    let posted = 0;
    const banks = puppet((_unit, _address, publish) => publish(2));
    banks.set(255, {
      ...banks.get(255)!,
      holding: {
        size: 160,
        words: new Uint16Array(160),
        write() {
          posted += 1;
          return DONE;
        },
      },
    });
    const acked = source.ack(frame.seq, [event(frame)]);
    await listen(banks, first.port);
    await acked;
    expect(posted).toBeGreaterThan(0);
    expect((await source.next())!.seq).toBe(2);
  });

  it('that does not come back is given up in a bounded time', async () => {
    const first = await listen(puppet(() => {}));
    const source = modbusSource({ ...first, layout, ack: false, poll_ms: 1, giveUp_ms: 150 });
    open.push(source);
    await source.open();
    await source.next();
    await first.server.close();
    await expect(source.next()).rejects.toThrow('and did not come back within 150 ms');
  });
});

describe('events', () => {
  it('more than a window of requests at once arrive in order', async () => {
    const server = await plant(3);
    const source = modbusSource({ ...server.modbus!, layout: server.layout, ack: true });
    open.push(source);
    await source.open();
    server.begin();
    const frame = (await source.next())!;
    const many = Array.from({ length: 100 }, (_, i) => event(frame, { alarm: `LD-${i}` }));
    await source.ack(frame.seq, many);
    expect(server.taken).toEqual(many);
    expect((await source.next())!.seq).toBe(2);
  });

  it('that the plant refuses are an error, not a silence', async () => {
    const server = await plant(3);
    const source = modbusSource({ ...server.modbus!, layout: server.layout, ack: true });
    open.push(source);
    await source.open();
    server.begin();
    const frame = (await source.next())!;
    await expect(source.ack(frame.seq, [event(frame, { frameSeq: 17 })])).rejects.toThrow(
      'refused an alarm event: exception 3',
    );
  });

  it('a second detector is told that the plant has one', async () => {
    const server = await plant(9);
    const [one, two] = [1, 2].map(() => modbusSource({ ...server.modbus!, layout: server.layout, ack: true }));
    open.push(one!, two!);
    await one!.open();
    await two!.open();
    server.begin();
    await one!.next();
    await two!.next();
    await one!.ack(1, []);
    await expect(two!.ack(1, [])).rejects.toThrow('has a detector already: another client owns the acknowledge');
  });
});

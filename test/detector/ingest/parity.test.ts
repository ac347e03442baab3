/** One plant, four roads: in process, Modbus through the gateway, Modbus through the stations, WebSocket. */
import { afterEach, describe, expect, it } from 'vitest';
import { inprocSource, modbusSource, websocketSource } from '../../../detector/ingest/index.ts';
import {
  type AlarmEvent,
  type Frame,
  FrameDigest,
  type FrameSource,
  JournalDigest,
  type WordOrder,
} from '../../../models/contract/index.ts';
import { canonicalJson } from '../../../models/kernel/index.ts';
import { type PlantServer, startPlantServer } from '../../../sim/io/index.ts';
import { LEAK_AND_SPEED, plantDrive } from '../../sim/io/plant.ts';

/** A stand-in for a pipeline: now and then an event, with every optional member, all sizes of text, and unicode. */
function eventsOf(frame: Frame): AlarmEvent[] {
  if (frame.seq % 4 !== 0) return [];
  const event: AlarmEvent = {
    alarm: 'LD-TEST',
    timeUs: frame.timeUs,
    frameSeq: frame.seq,
    from: frame.seq % 8 === 0 ? 'unacknowledged' : 'normal',
    to: frame.seq % 8 === 0 ? 'returned' : 'unacknowledged',
    priority: 1,
    score: frame.value[0]! / 3,
    by: 'test',
    because: `Druck fällt um 0,1 bar — 漏れ 🛢️ ${'x'.repeat((frame.seq * 37) % 300)}`,
  };
  if (frame.seq % 8 === 4) {
    event.where = { position_m: Math.fround(frame.value[1]!) * 1000.1, sigma_m: 1 / 3 };
    event.rate = { massRate_kg_s: 2.5e-7, sigma_kg_s: 0 };
    event.onsetUs = frame.timeUs - 1_234_567;
  }
  return frame.seq % 12 === 0 ? [event, { ...event, alarm: 'LD-OTHER' }] : [event];
}

interface Outcome {
  readonly frames: string;
  readonly scans: number;
  readonly journal: string;
  readonly sent: string[];
}

async function drain(source: FrameSource): Promise<Outcome> {
  const { layout, asBuilt } = await source.open();
  expect(asBuilt).toBeDefined();
  const frames = new FrameDigest(layout);
  const journal = new JournalDigest();
  const sent: string[] = [];
  let scans = 0;
  for (let frame = await source.next(); frame; frame = await source.next()) {
    frames.add(frame);
    scans += 1;
    const events = eventsOf(frame);
    for (const event of events) {
      journal.add(event);
      sent.push(canonicalJson(event));
    }
    await source.ack(frame.seq, events);
  }
  await source.close();
  return { frames: frames.hex(), scans, journal: journal.hex(), sent };
}

let server: PlantServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function overWire(
  make: (server: PlantServer, drive: ReturnType<typeof plantDrive>) => FrameSource,
  options: { wordOrder?: WordOrder; slowRecorder?: boolean } = {},
) {
  const drive = plantDrive(LEAK_AND_SPEED);
  const taken: AlarmEvent[] = [];
  const recorded = new FrameDigest(drive.layout);
  server = await startPlantServer(drive, {
    pace: { kind: 'lockstep' },
    ...(options.wordOrder ? { wordOrder: options.wordOrder } : {}),
    onAlarm: (event) => taken.push(event),
    onFrame(frame) {
      recorded.add(frame);
      return options.slowRecorder ? new Promise((resolve) => setImmediate(resolve)) : undefined;
    },
  });
  const source = make(server, drive);
  const outcome = drain(source);
  server.begin();
  const result = await outcome;
  const end = await server.finished;
  return { ...result, taken: taken.map((e) => canonicalJson(e)), recorded: recorded.hex(), end };
}

const gateway = (s: PlantServer, d: ReturnType<typeof plantDrive>) =>
  modbusSource({ ...s.modbus!, layout: d.layout, asBuilt: d.asBuilt, ack: true });
const stations = (s: PlantServer, d: ReturnType<typeof plantDrive>) =>
  modbusSource({ ...s.modbus!, layout: d.layout, asBuilt: d.asBuilt, ack: true, via: 'stations' });
const websocket = (s: PlantServer) => websocketSource({ url: `${s.http!.url.replace('http', 'ws')}/ws` });

describe('one plant by four roads', () => {
  it('frames and journal are the same in process, over Modbus (gateway, stations) and over WebSocket', async () => {
    const drive = plantDrive(LEAK_AND_SPEED);
    const handed: AlarmEvent[] = [];
    const inproc = await drain(inprocSource(drive, (events) => handed.push(...events)));
    expect(inproc.scans).toBe(LEAK_AND_SPEED.scans);
    expect(handed.map((e) => canonicalJson(e))).toEqual(inproc.sent);
    console.log(`frames ${inproc.frames.slice(0, 16)}, journal ${inproc.journal.slice(0, 16)}, ${inproc.scans} scans`);
    for (const road of [gateway, stations, websocket]) {
      const wire = await overWire(road);
      expect(wire.frames).toBe(inproc.frames);
      expect(wire.recorded).toBe(inproc.frames);
      expect(wire.journal).toBe(inproc.journal);
      // Byte for byte, as the plant took them in.
      expect(wire.taken).toEqual(inproc.sent);
      expect(wire.end).toEqual({ reason: 'complete', because: 'the scenario ran to its end', frames: inproc.scans });
      await server!.close();
    }
  });

  it('a recorder that takes its time holds the ack and changes nothing', async () => {
    const plain = await overWire(gateway);
    await server!.close();
    for (const road of [gateway, stations, websocket]) {
      const held = await overWire(road, { slowRecorder: true });
      expect(held.frames).toBe(plain.frames);
      expect(held.taken).toEqual(plain.taken);
      expect(held.end.reason).toBe('complete');
      await server!.close();
    }
  });

  it('a plant that is closed as soon as its run is finished still lets its detector end in peace', async () => {
    for (const road of [gateway, stations, websocket]) {
      const drive = plantDrive({ scans: 5 });
      const plant = await startPlantServer(drive, { pace: { kind: 'lockstep' } });
      const closed = plant.finished.then(() => plant.close());
      const outcome = drain(road(plant, drive));
      plant.begin();
      expect((await outcome).scans).toBe(5);
      await closed;
    }
  });

  it('every word order carries the same bits', async () => {
    const plain = await overWire(gateway);
    await server!.close();
    for (const wordOrder of ['CDAB', 'BADC', 'DCBA'] as const) {
      const other = await overWire(
        (s, d) => modbusSource({ ...s.modbus!, layout: d.layout, asBuilt: d.asBuilt, ack: true, wordOrder }),
        { wordOrder },
      );
      expect(other.frames).toBe(plain.frames);
      await server!.close();
    }
  });
});

describe('a plant that waits for nobody', () => {
  it.each([
    ['gateway', gateway],
    ['WebSocket', websocket],
  ] as const)('is followed to its last scan, and alarms of the last scans still count (%s)', async (_name, road) => {
    const drive = plantDrive(LEAK_AND_SPEED);
    const taken: AlarmEvent[] = [];
    server = await startPlantServer(drive, {
      pace: { kind: 'realtime', factor: 500 },
      onAlarm: (event) => taken.push(event),
    });
    const source = road(server, drive);
    await source.open();
    server.begin();
    let last = 0;
    for (let frame = await source.next(); frame; frame = await source.next()) {
      // The scan at which it comes in may be any; from there on none is left out.
      if (last > 0) expect(frame.seq).toBe(last + 1);
      last = frame.seq;
      await source.ack(frame.seq, eventsOf(frame));
    }
    expect(last).toBe(LEAK_AND_SPEED.scans);
    expect(await server.finished).toMatchObject({ reason: 'complete', frames: 40 });
    expect(taken.at(-1)!.frameSeq).toBe(40);
    await source.close();
  });
});

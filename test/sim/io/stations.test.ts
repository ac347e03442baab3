/** What a Modbus master may write to a plant, and what the plant makes of it. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  type AlarmEvent,
  allImages,
  type Control,
  createFrame,
  MAILBOX_ADDRESS,
  SETPOINT_ADDRESS,
  TEXT_ADDRESS,
  TEXT_BYTES,
  textPieces,
  writeMailbox,
} from '../../../models/contract/index.ts';
import { type PlantServer, type PlantServerOptions, startPlantServer } from '../../../sim/io/index.ts';
import { ackOf, exceptionOf, floatWords, type Master, master, seqOf, viewer } from './clients.ts';
import { type PlantDrive, plantDrive } from './plant.ts';

const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
let server: PlantServer;
let bus: Master;
afterEach(async () => {
  bus?.close(() => {});
  await server?.close();
});

async function start(options: Partial<PlantServerOptions> = {}): Promise<{ drive: PlantDrive; taken: AlarmEvent[] }> {
  const drive = plantDrive({ scans: 400 });
  const taken: AlarmEvent[] = [];
  server = await startPlantServer(drive, {
    pace: { kind: 'lockstep' },
    onAlarm: (event) => taken.push(event),
    ...options,
  });
  bus = await master(server);
  server.begin();
  return { drive, taken };
}

async function notices(): Promise<string[]> {
  return (await (await fetch(`${server.http!.url}/api/status`)).json()).notices;
}

/** Where a control stands on the gateway: its address among set points or coils. */
function addressOf(drive: PlantDrive, element: string, property: Control['property']): number {
  const { controls } = allImages(drive.layout, drive.controls).at(-1)!;
  const coil = (c: Control) => c.property === 'run' || c.property === 'trip';
  const same = controls.filter((c) => coil(c) === (property === 'run' || property === 'trip'));
  const at = same.findIndex((c) => c.element === element && c.property === property);
  expect(at).toBeGreaterThanOrEqual(0);
  return coil(same[at]!) ? at : SETPOINT_ADDRESS + 2 * at;
}

async function flowAfter(drive: PlantDrive, scans: number, tag = 'FT-101'): Promise<number> {
  let seq = await seqOf(bus);
  for (let i = 0; i < scans; i += 1, seq += 1) await bus.writeRegisters(0, ackOf(seq));
  const frame = createFrame(drive.layout);
  const one = await viewer(`${server.http!.url.replace('http', 'ws')}/ws`);
  await one.scan(frame);
  one.socket.close();
  return frame.value[drive.layout.column[drive.layout.tags.findIndex((t) => t.id === tag)]!]!;
}

function event(seq: number, timeUs: number, more: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    alarm: 'LD-X',
    timeUs,
    frameSeq: seq,
    from: 'normal',
    to: 'unacknowledged',
    priority: 2,
    score: 1.25,
    by: 'test',
    because: 'wegen Ärger 漏れ',
    ...more,
  };
}

async function post(e: AlarmEvent): Promise<number> {
  let code = 0;
  for (const piece of textPieces(JSON.stringify(e))) {
    code = await exceptionOf(bus.writeRegisters(TEXT_ADDRESS, [...piece]));
    if (code !== 0) break;
  }
  return code;
}

describe('controls over Modbus', () => {
  it('a pump trip by coil lowers the flow, and the coils read back', async () => {
    const { drive } = await start();
    const before = await flowAfter(drive, 2);
    const trip = addressOf(drive, 'PU-101', 'trip');
    const run = addressOf(drive, 'PU-101', 'run');
    expect((await bus.readCoils(run, 1)).data[0]).toBe(true);
    await bus.writeCoil(trip, false);
    expect((await bus.readCoils(trip, 1)).data[0]).toBe(false);
    await bus.writeCoil(trip, true);
    expect((await bus.readCoils(trip, 1)).data[0]).toBe(true);
    expect((await bus.readCoils(run, 1)).data[0]).toBe(false);
    const after = await flowAfter(drive, 60);
    console.log(`FT-101 ${before.toFixed(0)} m3/h, a minute after the trip ${after.toFixed(0)} m3/h`);
    expect(after).toBeLessThan(0.7 * before);
  });

  it('a set point written as float32 moves the pump and reads back, at the gateway and at its station', async () => {
    const { drive } = await start();
    const before = await flowAfter(drive, 2);
    const address = addressOf(drive, 'PU-101', 'speed');
    expect((await bus.readHoldingRegisters(address, 2)).data).toEqual(
      floatWords(drive.controlValue(drive.controls[0]!)),
    );
    await bus.writeRegisters(address, floatWords(90));
    const words = (await bus.readHoldingRegisters(address, 2)).data;
    expect(
      Math.abs(Buffer.from([words[0]! >> 8, words[0]! & 255, words[1]! >> 8, words[1]! & 255]).readFloatBE() - 90),
    ).toBeLessThan(1e-4);
    expect(await flowAfter(drive, 60)).toBeLessThan(0.97 * before);
    const station = await master(server, 1);
    expect((await station.readHoldingRegisters(SETPOINT_ADDRESS, 2)).data).toEqual(words);
    station.close(() => {});
  });

  it('half a set point is exception 2, a value that the plant refuses is exception 3, and nothing is half done', async () => {
    const { drive } = await start();
    const address = addressOf(drive, 'PU-101', 'speed');
    const before = (await bus.readHoldingRegisters(address, 2)).data;
    expect(await exceptionOf(bus.writeRegister(address, 1))).toBe(ILLEGAL_ADDRESS);
    expect(await exceptionOf(bus.writeRegister(address + 1, 1))).toBe(ILLEGAL_ADDRESS);
    expect(await exceptionOf(bus.writeRegisters(address, [1, 2, 3]))).toBe(ILLEGAL_ADDRESS);
    expect(await exceptionOf(bus.writeRegisters(address + 1, [1, 2]))).toBe(ILLEGAL_ADDRESS);
    for (const bad of [-5, 500, Number.NaN, Number.POSITIVE_INFINITY])
      expect(await exceptionOf(bus.writeRegisters(address, floatWords(bad)))).toBe(ILLEGAL_VALUE);
    expect((await bus.readHoldingRegisters(address, 2)).data).toEqual(before);
    expect((await notices()).join(' ')).toContain('speed of PU-101: 5 is not between 0 and 1.3');
    expect(await exceptionOf(bus.writeRegisters(2000, floatWords(1)))).toBe(ILLEGAL_ADDRESS);
  });

  it('names itself by device identification', async () => {
    const { drive } = await start();
    const found = await new Promise<{ data: Record<number, string> }>((resolve, reject) =>
      bus.readDeviceIdentification(2, 0).then(resolve as never, reject),
    );
    expect(found.data[0]).toBe('LeakTwin');
    expect(found.data[1]).toBe(drive.layout.plant);
  });
});

describe('alarms over Modbus', () => {
  it('the fixed form gives an event with its place, rate and onset', async () => {
    const { drive, taken } = await start();
    const time = drive.layout.scanUs;
    const sent = event(1, time, {
      alarm: 'EXT-12',
      where: { position_m: 29_625, sigma_m: 40 },
      rate: { massRate_kg_s: 2.5, sigma_kg_s: 0.25 },
      onsetUs: time - 250_000,
    });
    await bus.writeRegisters(MAILBOX_ADDRESS, [...writeMailbox(sent, 12)]);
    expect(taken).toEqual([{ ...sent, by: 'modbus-mailbox', because: 'posted by an external detector' }]);
    // The state before is the plant's own knowledge: the form has no room for it.
    await bus.writeRegisters(0, ackOf(1));
    await bus.writeRegisters(MAILBOX_ADDRESS, [...writeMailbox({ ...sent, frameSeq: 2, to: 'normal' }, 12)]);
    expect(taken[1]).toMatchObject({ from: 'unacknowledged', to: 'normal', timeUs: 2 * time });
    for (const [at, bad] of [
      [0, 0],
      [1, 10],
      [2, 0],
      [5, 77],
    ] as const) {
      const words = [...writeMailbox({ ...sent, frameSeq: 2 }, 12)];
      words[at] = bad;
      expect(await exceptionOf(bus.writeRegisters(MAILBOX_ADDRESS, words))).toBe(ILLEGAL_VALUE);
    }
    expect(await exceptionOf(bus.writeRegisters(MAILBOX_ADDRESS, [1, 2, 3]))).toBe(ILLEGAL_ADDRESS);
    expect(taken).toHaveLength(2);
  });

  it('a text of many pieces arrives whole, and twice the same is taken once', async () => {
    const { drive, taken } = await start();
    const sent = event(1, drive.layout.scanUs, { because: '漏'.repeat(400) });
    expect(JSON.stringify(sent).length * 2).toBeGreaterThan(TEXT_BYTES);
    expect(await post(sent)).toBe(0);
    expect(await post(sent)).toBe(0);
    expect(taken).toEqual([sent]);
  });

  it('refuses what is out of order, not JSON, not an event, of no scan, of another time, or of the past', async () => {
    const { drive, taken } = await start();
    const us = drive.layout.scanUs;
    const pieces = textPieces(JSON.stringify(event(1, us, { because: 'x'.repeat(400) })));
    expect(await exceptionOf(bus.writeRegisters(TEXT_ADDRESS, [...pieces[1]!]))).toBe(ILLEGAL_VALUE);
    expect(await exceptionOf(bus.writeRegisters(TEXT_ADDRESS, [...textPieces('{nonsense')[0]!]))).toBe(ILLEGAL_VALUE);
    expect(await exceptionOf(bus.writeRegisters(TEXT_ADDRESS, [0x8000, 200, 1]))).toBe(ILLEGAL_VALUE);
    expect(await post({ ...event(1, us), priority: 9 })).toBe(ILLEGAL_VALUE);
    expect(await post(event(2, 2 * us))).toBe(ILLEGAL_VALUE);
    expect(await post(event(1, us - 1))).toBe(ILLEGAL_VALUE);
    await bus.writeRegisters(0, ackOf(1));
    expect(await post(event(1, us))).toBe(ILLEGAL_VALUE);
    expect(taken).toEqual([]);
    const said = (await notices()).join('\n');
    for (const why of [
      'out of order',
      'not JSON',
      'shorter than',
      'priority',
      'has not been published',
      'not the plant time',
      'done with',
    ])
      expect(said).toContain(why);
  });

  it('pieces of two connections do not mix', async () => {
    const { drive, taken } = await start();
    const other = await master(server);
    const sent = [1, 2].map((n) => event(1, drive.layout.scanUs, { alarm: `LD-${n}`, because: `${n}`.repeat(400) }));
    const [a, b] = sent.map((e) => textPieces(JSON.stringify(e)));
    for (let i = 0; i < a!.length; i += 1) {
      await bus.writeRegisters(TEXT_ADDRESS, [...a![i]!]);
      await other.writeRegisters(TEXT_ADDRESS, [...b![i]!]);
    }
    expect(taken).toEqual(sent);
    other.close(() => {});
  });
});

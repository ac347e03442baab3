/** Who owns the ack, and how a run ends when nobody answers: always bounded, always with a sentence. */
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createFrame, FrameDigest, ProblemError } from '../../../models/contract/index.ts';
import { type PlantServer, type PlantServerOptions, startPlantServer } from '../../../sim/io/index.ts';
import { ackOf, exceptionOf, master, seqOf, viewer } from './clients.ts';
import { plantDrive } from './plant.ts';

const BUSY = 6;
const ILLEGAL_VALUE = 3;
let server: PlantServer;
afterEach(() => server?.close());

async function start(options: Partial<PlantServerOptions> = {}, scans = 20) {
  const drive = plantDrive({ scans });
  const recorded = new FrameDigest(drive.layout);
  const seen: number[] = [];
  server = await startPlantServer(drive, {
    pace: { kind: 'lockstep' },
    ackTimeout_s: 0.3,
    peerTimeout_s: 0.3,
    onFrame(frame) {
      recorded.add(frame);
      seen.push(frame.seq);
    },
    ...options,
  });
  return { drive, recorded, seen };
}

const socketUrl = () => `${server.http!.url.replace('http', 'ws')}/ws`;

describe('lockstep', () => {
  it('shows seq 0 before the start, and the next scan to a read behind the ack', async () => {
    await start({ ackTimeout_s: 30, peerTimeout_s: 30 }, 3);
    const bus = await master(server);
    expect(await seqOf(bus)).toBe(0);
    server.begin();
    expect(await seqOf(bus)).toBe(1);
    for (const seq of [1, 2]) {
      await bus.writeRegisters(0, ackOf(seq));
      expect(await seqOf(bus)).toBe(seq + 1);
      expect((await bus.readHoldingRegisters(0, 2)).data).toEqual(ackOf(seq));
    }
    expect((await bus.readDiscreteInputs(0, 2)).data.slice(0, 2)).toEqual([false, true]);
    await bus.writeRegisters(0, ackOf(3));
    expect(await seqOf(bus)).toBe(3);
    expect((await bus.readDiscreteInputs(0, 2)).data.slice(0, 2)).toEqual([true, true]);
    expect(await server.finished).toEqual({ reason: 'complete', because: 'the scenario ran to its end', frames: 3 });
    bus.close(() => {});
  });

  it('refuses an ack of another scan, half an ack, and the ack of a second client', async () => {
    await start({ ackTimeout_s: 30, peerTimeout_s: 30 });
    server.begin();
    const bus = await master(server);
    for (const wrong of [0, 2, 0xffff_ffff])
      expect(await exceptionOf(bus.writeRegisters(0, ackOf(wrong)))).toBe(ILLEGAL_VALUE);
    expect(await exceptionOf(bus.writeRegister(1, 1))).toBe(2);
    expect(await exceptionOf(bus.writeRegisters(0, ackOf(1)))).toBe(0);
    expect(await exceptionOf(bus.writeRegisters(0, ackOf(1)))).toBe(ILLEGAL_VALUE);
    const second = await master(server, 1);
    expect(await exceptionOf(second.writeRegisters(0, ackOf(2)))).toBe(BUSY);
    const third = await viewer(socketUrl());
    third.send({ type: 'detector', name: 'third' });
    expect(await third.text('error')).toMatchObject({ because: expect.stringContaining('owns the acknowledge') });
    // The owner goes on, and when it leaves another may take over.
    await bus.writeRegisters(0, ackOf(2));
    await new Promise((resolve) => bus.close(resolve));
    while ((await exceptionOf(second.writeRegisters(0, ackOf(3)))) === BUSY);
    expect(await seqOf(second)).toBe(4);
    second.close(() => {});
  });

  it('a detector that never comes ends the run as not comparable', async () => {
    const { seen } = await start();
    server.begin();
    expect(await server.finished).toEqual({
      reason: 'not-comparable',
      because: 'no detector came within 0.3 s of scan 1',
      frames: 1,
    });
    expect(seen).toEqual([1]);
  });

  it('a detector that stops acking ends the run, and what was recorded stays', async () => {
    const { seen } = await start();
    server.begin();
    const bus = await master(server);
    for (let seq = 1; seq <= 5; seq += 1) await bus.writeRegisters(0, ackOf(seq));
    const end = await server.finished;
    expect(end).toMatchObject({ reason: 'not-comparable', frames: 6 });
    expect(end.because).toMatch(/the Modbus client at 127\.0\.0\.1:\d+ did not acknowledge scan 6 within 0\.3 s/);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    bus.close(() => {});
  });

  it('a detector that dies over WebSocket ends the run, named', async () => {
    const { drive, seen } = await start();
    const detector = await viewer(socketUrl());
    detector.send({ type: 'detector', name: 'mine' });
    server.begin();
    const frame = createFrame(drive.layout);
    for (let seq = 1; seq <= 3; seq += 1) {
      expect((await detector.scan(frame)).seq).toBe(seq);
      detector.send({ type: 'ack', seq });
    }
    await detector.scan(frame);
    detector.socket.terminate();
    const end = await server.finished;
    expect(end.reason).toBe('not-comparable');
    expect(end.because).toBe('"mine" (WebSocket) left, and nobody acknowledged scan 4 within 0.3 s');
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('a half-open client, and one that sends half an ack, hold nothing up beyond the limit', async () => {
    await start();
    const { host, port } = server.modbus!;
    const silent = connect({ host, port });
    const half = connect({ host, port });
    await new Promise<void>((resolve) => half.once('connect', () => resolve()));
    half.write(Buffer.from([0, 1, 0, 0, 0, 11, 255, 16, 0, 0, 0, 2, 4, 0]));
    server.begin();
    expect(await server.finished).toMatchObject({ reason: 'not-comparable', frames: 1 });
    silent.destroy();
    half.destroy();
  });

  it('waits for a recorder that takes its time, and loses nothing of a run that is stopped meanwhile', async () => {
    let release = () => {};
    const seen: number[] = [];
    await start({
      onFrame: (frame) =>
        new Promise<void>((resolve) => {
          release = () => {
            seen.push(frame.seq);
            resolve();
          };
        }),
    });
    server.begin();
    const bus = await master(server);
    const ack = bus.writeRegisters(0, ackOf(1));
    const other = await master(server, 2);
    expect(await seqOf(other)).toBe(1);
    release();
    await ack;
    expect(await seqOf(other)).toBe(2);
    server.stop();
    const finished = server.finished.then((end) => end.reason);
    release();
    expect(await finished).toBe('stopped');
    expect(seen).toEqual([1, 2]);
    bus.close(() => {});
    other.close(() => {});
  });

  it('a recorder that fails fails the run', async () => {
    await start({ onFrame: () => Promise.reject(new Error('the disk is full')) });
    server.begin();
    await expect(server.finished).rejects.toThrow('the disk is full');
  });
});

describe('other paces', () => {
  it('free runs to its end by itself, and a late viewer hears the last scan and the end', async () => {
    const { drive, seen } = await start({ pace: { kind: 'free' } }, 50);
    server.begin();
    expect(await server.finished).toMatchObject({ reason: 'complete', frames: 50 });
    expect(seen).toHaveLength(50);
    const late = await viewer(socketUrl());
    expect(await late.text('hello')).toMatchObject({ pace: 'free', protocol: 1 });
    expect((await late.scan(createFrame(drive.layout))).seq).toBe(50);
    expect(await late.text('end')).toMatchObject({ because: 'the scenario ran to its end' });
    const goodbye = late.closed;
    await server.close();
    expect(await goodbye).toMatchObject({ code: 1001 });
  });

  it('realtime × k publishes every scan without waiting for anybody', async () => {
    const { seen } = await start({ pace: { kind: 'realtime', factor: 2000 } }, 30);
    server.begin();
    expect(await server.finished).toMatchObject({ reason: 'complete', frames: 30 });
    expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
});

describe('ports', () => {
  it.each([
    ['modbusPort', '--modbus-port'],
    ['httpPort', '--http-port'],
    ['truthPort', '--truth-port'],
  ] as const)(
    'a %s in use is a sentence that names the port and the flag, and leaves nothing open',
    async (key, flag) => {
      const squatter = createServer();
      await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', () => resolve()));
      const { port } = squatter.address() as { port: number };
      const drive = plantDrive({ scans: 1 });
      const refused = startPlantServer(drive, { pace: { kind: 'free' }, truthPort: 0, [key]: port });
      await expect(refused).rejects.toThrow(ProblemError);
      await expect(refused).rejects.toThrow(`${flag}: found port ${port} on 127.0.0.1 in use by another program`);
      await new Promise((resolve) => squatter.close(resolve));
      // The same port is free now, so the failed start kept nothing.
      server = await startPlantServer(drive, { pace: { kind: 'free' }, truthPort: 0, [key]: port });
    },
  );

  it('close may be called twice, and before begin', async () => {
    await start();
    await server.close();
    await server.close();
    expect(await server.finished).toMatchObject({ reason: 'stopped', because: 'the plant was closed' });
  });
});

/**
 * The server among hostile peers, on real sockets: fuzzed frames answered to the letter of a second reading of the
 * specification, garbage, and connections that never say anything. What must hold: no crash, no growth, and a working
 * master is served all the while. Every draw comes from a printed seed.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrayBank, deviceIdentification } from '../../../../sim/io/modbus/bank.ts';
import { ModbusServer } from '../../../../sim/io/modbus/server.ts';
import { nearlyLegal } from './requests.ts';
import { type Memory, specified } from './specification.ts';
import { frame, until, Wire } from './wire.ts';

const SEED = 20_240_817;

function device(): { memory: Memory; bank: ReturnType<typeof arrayBank> } {
  const memory: Memory = {
    input: Array.from({ length: 90 }, (_, i) => i * 701),
    holding: Array.from({ length: 80 }, (_, i) => (i * 977) & 0xffff),
    coils: Array.from({ length: 70 }, (_, i) => (i % 3 ? 0 : 1)),
    discrete: Array.from({ length: 60 }, (_, i) => (i % 5 ? 1 : 0)),
    identification: ['LeakTwin', 'LT', '1.0'],
  };
  const bank = arrayBank({
    input: Uint16Array.from(memory.input),
    holding: Uint16Array.from(memory.holding),
    coils: Uint8Array.from(memory.coils),
    discrete: Uint8Array.from(memory.discrete),
    identification: deviceIdentification({ vendorName: 'LeakTwin', productCode: 'LT', revision: '1.0' }),
  });
  return { memory, bank };
}

/** Numbers from a seed: 32 bits of a xorshift. */
function numbers(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

// Growth means nothing before a collection, and the test runner does not expose one.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Heap and buffers in use after a collection. */
function held_bytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
const sockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;

test('30 000 fuzzed frames, cut at random and pipelined, are each answered to the letter', async () => {
  const { memory, bank } = device();
  const server = new ModbusServer(new Map([[1, bank]]));
  const { port } = await server.listen('127.0.0.1', 0);
  const wire = await Wire.open(port);
  const random = numbers(SEED);
  const frames = 30_000;
  const pdus = fc.sample(nearlyLegal, { numRuns: frames, seed: SEED });
  let exceptions = 0;
  let sent = 0;
  let early_bytes = 0;
  while (sent < frames) {
    const batch = pdus.slice(sent, sent + 1 + (random() % 200));
    const first = sent;
    sent += batch.length;
    const stream = Buffer.concat(batch.map((pdu, i) => frame((first + i) & 0xffff, random() % 8 ? 1 : 2, pdu)));
    for (let at = 0; at < stream.length; ) {
      const to = Math.min(stream.length, at + 1 + (random() % 4000));
      wire.send(stream.subarray(at, to));
      at = to;
    }
    const replies = await wire.take(batch.length);
    // The unit of each request is read back from the stream that was sent.
    let at = 0;
    batch.forEach((pdu, i) => {
      const unit = stream[at + 6];
      at += 7 + pdu.length;
      const answer = unit === 1 ? specified(memory, pdu) : [pdu[0] | 0x80, 0x0b];
      const { transaction, protocol, length, unit: from, pdu: got } = replies[i];
      const ok =
        transaction === ((first + i) & 0xffff) &&
        protocol === 0 &&
        length === 1 + answer.length &&
        from === unit &&
        Buffer.from(got).equals(Buffer.from(answer));
      if (!ok)
        expect({ request: pdu, reply: replies[i] }).toEqual({ request: pdu, transaction: first + i, unit, answer });
      if (got[0] & 0x80) exceptions += 1;
    });
    if (sent > frames / 3 && early_bytes === 0) early_bytes = held_bytes();
  }
  expect(server.stats).toMatchObject({ requests: frames, exceptions, malformed: 0, connections: 1 });
  wire.close();
  await server.close();
  const growth_bytes = held_bytes() - early_bytes;
  expect(growth_bytes).toBeLessThan(4 * 1024 * 1024);
  console.log(
    `seed ${SEED}: ${frames} frames, ${exceptions} exceptions, all to the letter; heap after the last two thirds ${(growth_bytes / 1024).toFixed(0)} KiB`,
  );
});

test('200 connections of garbage and 500 that stay half-open leave no trace, and a working master never notices', async () => {
  const { memory, bank } = device();
  let sweep = () => {};
  const before = sockets();
  let early_bytes = 0;
  const server = new ModbusServer(new Map([[1, bank]]), {
    every(_, run) {
      sweep = run;
      return () => {};
    },
  });
  const { port } = await server.listen('127.0.0.1', 0);
  const master = await Wire.open(port);
  const read = [4, 0, 0, 0, 90];
  const works = async () => expect(await master.ask(1, read)).toEqual(specified(memory, read));
  await works();

  const random = numbers(SEED);
  let ended = 0;
  for (let i = 0; i < 200; i++) {
    const wire = await Wire.open(port);
    const garbage = Buffer.from(Array.from({ length: 1 + (random() % 3000) }, () => random() & 255));
    // A third begins like Modbus, so that the garbage is met at every depth.
    if (i % 3 === 0) garbage.fill(0, 2, 5);
    const goal = server.stats.received_bytes + garbage.length;
    wire.send(garbage);
    if (i % 2) wire.socket.end();
    await until(() => wire.over || server.stats.received_bytes >= goal);
    if (i % 10 === 0) await works();
    if (i === 50) early_bytes = held_bytes();
    wire.close();
    await wire.closed;
    ended += 1;
  }
  await until(() => server.stats.connections === 1);

  const half = [];
  for (let i = 0; i < 500; i++) {
    const wire = await Wire.open(port);
    if (i % 2) wire.send(Buffer.of(0, 1, 0, 0, 0));
    half.push(wire);
    expect(server.stats.connections).toBeLessThanOrEqual(64);
    if (i % 25 === 0) await works();
  }
  await until(() => server.stats.accepted + server.stats.refused === 701);
  await works();
  const most = server.stats.connections;
  expect(most).toBe(64);
  for (let second = 0; second < 60; second++) {
    sweep();
    if (second % 5 === 0) await works();
  }
  await Promise.all(half.map((wire) => wire.closed));
  expect(server.stats.connections).toBe(1);
  expect(server.stats.displaced + server.stats.halfSent + server.stats.idle).toBe(500);
  await works();
  master.close();
  await server.close();
  await until(() => sockets() <= before);
  half.length = 0;
  const growth_bytes = held_bytes() - early_bytes;
  expect(growth_bytes).toBeLessThan(4 * 1024 * 1024);
  const { displaced, halfSent, idle, malformed } = server.stats;
  console.log(
    `${ended} garbage connections (${malformed} malformed), 500 half-open: at most ${most} at once, ${displaced} displaced, ${halfSent} half-sent, ${idle} idle; sockets left ${sockets() - before}, heap ${(growth_bytes / 1024).toFixed(0)} KiB`,
  );
});

/**
 * Frames on a real socket: TCP may cut a stream anywhere, and a master may send many requests before it reads. Each
 * piece is handed over alone, by waiting until the server has received it, so that the cuts are those of the property.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayBank, DONE, type RegisterBank } from '../../../../sim/io/modbus/bank.ts';
import { ModbusServer } from '../../../../sim/io/modbus/server.ts';
import { nearlyLegal } from './requests.ts';
import { type Memory, specified } from './specification.ts';
import { frame, until, Wire } from './wire.ts';

const memory = (): Memory => ({
  input: Array.from({ length: 90 }, (_, i) => i * 701),
  holding: Array.from({ length: 80 }, (_, i) => (i * 977) & 0xffff),
  coils: Array.from({ length: 70 }, (_, i) => (i % 3 ? 0 : 1)),
  discrete: Array.from({ length: 60 }, (_, i) => (i % 5 ? 1 : 0)),
});
const bankOf = (m: Memory): RegisterBank =>
  arrayBank({
    input: Uint16Array.from(m.input),
    holding: Uint16Array.from(m.holding),
    coils: Uint8Array.from(m.coils),
    discrete: Uint8Array.from(m.discrete),
  });

const units = new Map<number, RegisterBank>();
const server = new ModbusServer(units);
let port = 0;
beforeAll(async () => {
  port = (await server.listen('127.0.0.1', 0)).port;
});
afterAll(() => server.close());

async function sendInPieces(wire: Wire, stream: Buffer, cuts: number[]): Promise<void> {
  const at = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...at, stream.length]) {
    if (to === from) continue;
    const goal = server.stats.received_bytes + (to - from);
    wire.send(stream.subarray(from, to));
    await until(() => server.stats.received_bytes >= goal);
    from = to;
  }
}

test('however a pipelined stream is cut, its replies are the same, in order, with the right ids', async () => {
  let pieces = 0;
  let requests = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(0xffff), fc.constantFrom(1, 1, 1, 255, 0), nearlyLegal), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.oneof(fc.array(fc.nat(4000), { maxLength: 20 }), fc.constant('every byte' as const)),
      async (script, cuts) => {
        const model = memory();
        units.set(1, bankOf(model));
        const stream = Buffer.concat(script.map(([id, unit, pdu]) => frame(id, unit, pdu)));
        // Every byte alone is the hardest cut; long streams are cut so at their start only.
        const where = cuts === 'every byte' ? Array.from({ length: Math.min(stream.length, 60) }, (_, i) => i) : cuts;
        pieces += where.length + 1;
        requests += script.length;
        const wire = await Wire.open(port);
        await sendInPieces(wire, stream, where);
        const replies = await wire.take(script.length);
        wire.close();
        const expected = script.map(([transaction, unit, pdu]) => {
          // 255 and 0 have no bank here: the gateway's target failed to respond.
          const answer = unit === 1 ? specified(model, pdu) : [pdu[0] | 0x80, 0x0b];
          return { transaction, protocol: 0, length: 1 + answer.length, unit, pdu: answer };
        });
        expect(replies).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
  console.log(`${requests} requests in ${pieces} pieces`);
});

test('a write that steps the plant is seen by the reads behind it in the same segment: one round trip per scan', async () => {
  const input = new Uint16Array(1000);
  let seq = 0;
  units.set(7, {
    input: { size: 1000, words: input },
    holding: {
      size: 2,
      words: new Uint16Array(2),
      write(_, values) {
        seq = values[0] * 65536 + values[1];
        input.fill(seq & 0xffff);
        return DONE;
      },
    },
  });
  const wire = await Wire.open(port);
  const rounds = 200;
  for (let round = 1; round <= rounds; round++) {
    const reads = [0, 1, 2].map((i) => frame(round * 4 + 1 + i, 7, [4, (i * 125) >> 8, (i * 125) & 255, 0, 125]));
    wire.send(Buffer.concat([frame(round * 4, 7, [16, 0, 0, 0, 2, 4, 0, 0, round >> 8, round & 255]), ...reads]));
    const [ack, ...scans] = await wire.take(4);
    expect(ack.pdu).toEqual([16, 0, 0, 0, 2]);
    for (const scan of scans) {
      expect(scan.pdu.slice(2).every((byte, i) => byte === (i % 2 ? round & 255 : round >> 8))).toBe(true);
    }
  }
  wire.close();
  expect(seq).toBe(rounds);
});

test('a wrong protocol id or an impossible length ends the connection, after the good frames before it are answered', async () => {
  units.set(1, bankOf(memory()));
  const good = frame(5, 1, [4, 0, 0, 0, 1]);
  const wrong: [string, Buffer][] = [
    ['protocol id 1', Buffer.from([0, 1, 0, 1, 0, 6, 1, 4, 0, 0, 0, 1])],
    ['protocol id 0x0100', Buffer.from([0, 1, 1, 0, 0, 6, 1, 4, 0, 0, 0, 1])],
    ['length 0', Buffer.from([0, 1, 0, 0, 0, 0, 1, 4])],
    ['length 1', Buffer.from([0, 1, 0, 0, 0, 1, 1, 4])],
    ['length 255', Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 255]), Buffer.alloc(255)])],
    ['length 65535', Buffer.from([0, 1, 0, 0, 255, 255, 1, 4])],
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\nHost: plant\r\n\r\n')],
  ];
  const before = server.stats.malformed;
  for (const [what, bytes] of wrong) {
    const wire = await Wire.open(port);
    wire.send(Buffer.concat([good, bytes, good]));
    await wire.closed;
    expect(
      wire.received.map((reply) => reply.transaction),
      what,
    ).toEqual([5]);
  }
  expect(server.stats.malformed - before).toBe(wrong.length);
});

test('the longest frame, length 254, is served', async () => {
  units.set(1, arrayBank({ holding: new Uint16Array(200) }));
  const wire = await Wire.open(port);
  // Function 23 with 121 registers is the longest legal request: 252 bytes of PDU. One byte more is exception 3.
  const pdu = [23, 0, 0, 0, 125, 0, 0, 0, 121, 242, ...Array(242).fill(1)];
  expect((await wire.ask(1, pdu)).slice(0, 2)).toEqual([23, 250]);
  expect(await wire.ask(1, [...pdu, 0])).toEqual([0x97, 3]);
  wire.close();
});

test('a master that ends its side right behind its requests still gets all replies, then the end', async () => {
  units.set(1, arrayBank({ input: new Uint16Array(125) }));
  // Few enough for one turn; then so many that the end is seen while replies still wait for the master to read.
  for (const count of [100, 30_000]) {
    const wire = await Wire.open(port);
    const before = server.stats.requests;
    wire.socket.pause();
    wire.socket.end(Buffer.concat(Array.from({ length: count }, (_, i) => frame(i, 1, [4, 0, 0, 0, 125]))));
    await until(() => server.stats.requests - before >= Math.min(count, 10_000));
    wire.socket.resume();
    await wire.closed;
    expect(wire.received.map((reply) => reply.transaction)).toEqual(Array.from({ length: count }, (_, i) => i));
  }
});

/**
 * The server as a host of many masters: limits, held replies, roles, ends. Time limits are driven by calling the sweep,
 * so no test waits for a clock.
 */
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { arrayBank, DONE, Exception, HELD, type RegisterBank } from '../../../../sim/io/modbus/bank.ts';
import type { ModbusServerOptions } from '../../../../sim/io/modbus/options.ts';
import { ModbusServer } from '../../../../sim/io/modbus/server.ts';
import { frame, until, Wire } from './wire.ts';

const open: ModbusServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** A server on a free port whose sweep is called by the test: one call is one second. */
async function start(units: Map<number, RegisterBank>, options: ModbusServerOptions = {}) {
  let sweep = () => {};
  const server = new ModbusServer(units, {
    every(_, run) {
      sweep = run;
      return () => {
        sweep = () => {};
      };
    },
    ...options,
  });
  open.push(server);
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    server,
    port,
    seconds(count: number) {
      for (let i = 0; i < count; i++) sweep();
    },
  };
}
const plain = () => new Map([[1, arrayBank({ input: Uint16Array.of(1, 2, 3), holding: new Uint16Array(300) })]]);
const READ = [4, 0, 0, 0, 1];
const WRITE = [6, 0, 0, 0, 1];

test('an unknown unit is exception 0x0B, or silence where so configured, and silence keeps the order of the rest', async () => {
  const first = await start(plain());
  const wire = await Wire.open(first.port);
  expect(await wire.ask(9, READ)).toEqual([0x84, Exception.gatewayTargetFailed]);
  expect(await wire.ask(255, [16])).toEqual([0x90, Exception.gatewayTargetFailed]);
  wire.close();

  const second = await start(plain(), { unknownUnit: 'silent' });
  const other = await Wire.open(second.port);
  other.send(Buffer.concat([frame(1, 9, READ), frame(2, 1, READ), frame(3, 0, READ), frame(4, 1, READ)]));
  expect((await other.take(2)).map((reply) => reply.transaction)).toEqual([2, 4]);
  expect(second.server.stats.unanswered).toBe(2);
  other.close();
});

test('units 0 and 255 are banks like any other', async () => {
  const { port } = await start(
    new Map([
      [0, arrayBank({ input: Uint16Array.of(100) })],
      [255, arrayBank({ input: Uint16Array.of(355) })],
    ]),
  );
  const wire = await Wire.open(port);
  expect(await wire.ask(0, READ)).toEqual([4, 2, 0, 100]);
  expect(await wire.ask(255, READ)).toEqual([4, 2, 1, 99]);
  wire.close();
});

test('a held reply holds the requests behind it on its own connection, and nobody else', async () => {
  const input = Uint16Array.of(0);
  const held: number[] = [];
  const { server, port } = await start(
    new Map([
      [
        1,
        {
          input: { size: 1, words: input },
          holding: {
            size: 1,
            words: new Uint16Array(1),
            write(_address, _values, _unit, from) {
              held.push(from);
              return HELD;
            },
          },
        } satisfies RegisterBank,
      ],
    ]),
  );
  const detector = await Wire.open(port);
  const viewer = await Wire.open(port);
  detector.send(Buffer.concat([frame(1, 1, READ), frame(2, 1, WRITE), frame(3, 1, READ)]));
  // What came before the hold is not kept back.
  expect((await detector.take(1))[0]).toMatchObject({ transaction: 1, pdu: [4, 2, 0, 0] });
  await until(() => held.length === 1);
  detector.send(frame(4, 1, READ));
  expect(await viewer.ask(1, READ)).toEqual([4, 2, 0, 0]);
  expect(server.stats.held).toBe(1);
  expect(detector.received).toEqual([]);

  input[0] = 77; // the plant steps, in its own time
  expect(server.resume(held[0])).toBe(true);
  expect(server.resume(held[0])).toBe(false);
  const replies = await detector.take(3);
  expect(replies.map((reply) => [reply.transaction, reply.pdu])).toEqual([
    [2, WRITE],
    [3, [4, 2, 0, 77]],
    [4, [4, 2, 0, 77]],
  ]);
  expect(held).toHaveLength(1);
  expect(server.stats.held).toBe(0);

  // The plant may also refuse in the end.
  detector.send(Buffer.concat([frame(5, 1, WRITE), frame(6, 1, READ)]));
  await until(() => server.stats.held === 1);
  server.resume(held[1], Exception.busy);
  expect((await detector.take(2)).map((reply) => reply.pdu)).toEqual([
    [0x86, 6],
    [4, 2, 0, 77],
  ]);
  detector.close();
  viewer.close();
});

test('resume may come from anywhere: inside the same hook, from the hook of another connection, or too late', async () => {
  let mode: 'hold' | 'self' | 'other' | 'needless' = 'hold';
  let waiting = 0;
  let server: ModbusServer | undefined;
  const started = await start(
    new Map([
      [
        1,
        {
          holding: {
            size: 2,
            words: Uint16Array.of(5, 6),
            write(_address, _values, _unit, from) {
              if (mode === 'self') {
                server?.resume(from);
                return HELD;
              }
              if (mode === 'needless') {
                server?.resume(from, Exception.busy);
                return DONE;
              }
              if (mode === 'other') {
                server?.resume(waiting);
                return DONE;
              }
              waiting = from;
              return HELD;
            },
          },
        } satisfies RegisterBank,
      ],
    ]),
  );
  server = started.server;
  const a = await Wire.open(started.port);
  const b = await Wire.open(started.port);
  a.send(Buffer.concat([frame(1, 1, WRITE), frame(2, 1, [3, 0, 0, 0, 2])]));
  await until(() => waiting !== 0);
  mode = 'other';
  b.send(Buffer.concat([frame(8, 1, WRITE), frame(9, 1, [3, 0, 0, 0, 1])]));
  expect((await b.take(2)).map((reply) => reply.pdu)).toEqual([WRITE, [3, 2, 0, 5]]);
  expect((await a.take(2)).map((reply) => reply.pdu)).toEqual([WRITE, [3, 4, 0, 5, 0, 6]]);

  mode = 'self';
  expect(await a.ask(1, WRITE)).toEqual(WRITE);
  expect(server.resume(waiting)).toBe(false);

  // A resume of what was not held is forgotten: the next hold waits for its own.
  mode = 'needless';
  expect(await a.ask(1, WRITE)).toEqual(WRITE);

  mode = 'hold';
  waiting = 0;
  a.send(frame(3, 1, WRITE));
  await until(() => waiting !== 0);
  expect(started.server.stats.held).toBe(1);
  a.close();
  await until(() => started.server.stats.connections === 1);
  expect(server.resume(waiting)).toBe(false);
  expect(server.stats.held).toBe(0);
  b.close();
});

test('a master that leaves while its reply is held is reported at once', async () => {
  const left: number[] = [];
  let from = 0;
  const { port } = await start(
    new Map([
      [
        1,
        {
          holding: {
            size: 1,
            write: (_a, _v, _u, connection) => {
              from = connection;
              return HELD;
            },
          },
        } satisfies RegisterBank,
      ],
    ]),
    { onDisconnect: (connection) => left.push(connection) },
  );
  const wire = await Wire.open(port);
  wire.send(frame(1, 1, WRITE));
  await until(() => from !== 0);
  wire.socket.end();
  await wire.closed;
  expect(left).toEqual([from]);
});

test('roles: only the connection that owns the acknowledge may write it, and the hooks tell who comes and goes', async () => {
  const seen: string[] = [];
  let owner = 0;
  const { port, server } = await start(plain(), {
    writable(connection, unit, table, address, quantity) {
      seen.push(`${connection} unit ${unit} ${table} ${address}+${quantity}`);
      if (owner === 0) owner = connection;
      return connection === owner;
    },
    onConnect: (connection, peer) => seen.push(`${connection} from ${peer.address}`),
    onDisconnect: (connection) => seen.push(`${connection} gone`),
  });
  const first = await Wire.open(port);
  expect(await first.ask(1, WRITE)).toEqual(WRITE);
  const second = await Wire.open(port);
  expect(await second.ask(1, WRITE)).toEqual([0x86, 2]);
  expect(await second.ask(1, READ)).toEqual([4, 2, 0, 1]);
  first.close();
  await until(() => server.stats.connections === 1);
  second.close();
  await until(() => server.stats.connections === 0);
  expect(seen).toEqual([
    '1 from 127.0.0.1',
    '1 unit 1 holding 0+1',
    '2 from 127.0.0.1',
    '2 unit 1 holding 0+1',
    '1 gone',
    '2 gone',
  ]);
});

test('at the connection limit the oldest unused connection gives way; if all are in use the newcomer is closed', async () => {
  const units = plain();
  units.set(2, { holding: { size: 1, write: () => HELD } });
  const { server, port, seconds } = await start(units, { connectionLimit: 4 });
  // Its first request is held, so it has never been answered, and yet it is in use.
  const held = await Wire.open(port);
  held.send(frame(1, 2, WRITE));
  await until(() => server.stats.held === 1);
  const busy = await Wire.open(port);
  await busy.ask(1, READ);
  const mute = await Wire.open(port);
  await until(() => server.stats.connections === 3);
  const also = await Wire.open(port);
  await also.ask(1, READ);
  const fourth = await Wire.open(port);
  await fourth.ask(1, READ);
  await mute.closed; // never asked anything
  expect(server.stats).toMatchObject({ connections: 4, displaced: 1, refused: 0 });

  const fifth = await Wire.open(port);
  await fifth.closed;
  expect(server.stats).toMatchObject({ connections: 4, displaced: 1, refused: 1 });

  seconds(10);
  await busy.ask(1, READ);
  await fourth.ask(1, READ);
  const sixth = await Wire.open(port);
  await sixth.ask(1, READ);
  await also.closed; // silent for ten seconds
  expect(busy.over || fourth.over || held.over).toBe(false);
  expect(server.stats).toMatchObject({ connections: 4, displaced: 2, refused: 1 });
  for (const wire of [held, busy, fourth, sixth]) wire.close();
});

test('silence, half a frame and a master that does not read each end a connection; a held reply does not', async () => {
  const units = plain();
  units.set(2, { holding: { size: 1, write: () => HELD } });
  const { server, port, seconds } = await start(units, { unsentLimit_bytes: 64 * 1024 });
  const silent = await Wire.open(port);
  await silent.ask(1, READ);
  const held = await Wire.open(port);
  held.send(frame(1, 2, WRITE));
  await until(() => server.stats.held === 1);
  seconds(59);
  expect(server.stats.idle).toBe(0);
  seconds(1);
  await silent.closed;
  expect(server.stats).toMatchObject({ idle: 1, connections: 1 });
  seconds(1000);
  expect(held.over).toBe(false);

  // A byte now and then does not help: the time runs from the frame's first byte.
  const half = await Wire.open(port);
  for (let i = 0; i < 5; i++) {
    const before = server.stats.received_bytes;
    half.send(Buffer.of(0));
    await until(() => server.stats.received_bytes > before);
    expect(server.stats.halfSent).toBe(0);
    seconds(1);
  }
  await half.closed;
  expect(server.stats).toMatchObject({ halfSent: 1, connections: 1 });

  // Never reads: we stop answering, stop reading, and in the end close.
  const deaf = await Wire.open(port);
  deaf.socket.pause();
  const flood = Buffer.concat(Array.from({ length: 5000 }, (_, i) => frame(i & 0xffff, 1, [3, 0, 0, 0, 125])));
  let sent = 0;
  let stopped = false;
  while (!stopped) {
    const before = server.stats.requests;
    if (sent < 200) deaf.send(flood);
    sent += 1;
    // Stopped when, over many turns of the loop, not one more request is answered.
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    stopped = server.stats.requests === before && sent > 1;
  }
  const answered = server.stats.requests;
  expect(answered).toBeLessThan(sent * 5000);
  seconds(9);
  expect(server.stats.stalled).toBe(0);
  seconds(1);
  expect(server.stats).toMatchObject({ stalled: 1, connections: 1 });
  console.log(`a master that never reads had ${answered} of ${sent * 5000} requests answered, then was closed`);
  deaf.close();
  held.close();
});

test('a master that floods and reads late gets every reply, and another master gets its turn meanwhile', async () => {
  for (const unsentLimit_bytes of [16 * 1024, 1024 * 1024]) await floods({ unsentLimit_bytes, requestsPerTurn: 64 });
});

async function floods(options: ModbusServerOptions): Promise<void> {
  const { port } = await start(plain(), options);
  const wire = await Wire.open(port);
  const other = await Wire.open(port);
  wire.socket.pause();
  const count = 30_000;
  wire.send(Buffer.concat(Array.from({ length: count }, (_, i) => frame(i, 1, [3, 0, 0, 0, 125]))));
  expect(await other.ask(1, READ)).toEqual([4, 2, 0, 1]);
  wire.socket.resume();
  const replies = await wire.take(count);
  expect(replies.every((reply, i) => reply.transaction === i && reply.pdu.length === 252)).toBe(true);
  expect(replies).toHaveLength(count);
  wire.close();
  other.close();
}

test('a port in use, a foreign host and a second listen are told in a sentence', async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const { port } = squatter.address() as { port: number };
  const server = new ModbusServer(plain());
  await expect(server.listen('127.0.0.1', port)).rejects.toThrow(
    `Modbus port ${port} on 127.0.0.1 is in use by another program: stop it, or choose another port (0 takes any free one).`,
  );
  await expect(server.listen('192.0.2.1', 0)).rejects.toThrow(
    'Modbus host 192.0.2.1 is not an address of this machine',
  );
  await new Promise((resolve) => squatter.close(resolve));
  // A failed listen leaves the server as it was.
  const at = await server.listen('127.0.0.1', port);
  expect(at).toEqual({ host: '127.0.0.1', port });
  await expect(server.listen('127.0.0.1', 0)).rejects.toThrow('listens already');
  await server.close();
});

test('close ends everything, may be called at any time and again, and frees the port', async () => {
  const never = new ModbusServer(plain());
  await never.close();

  const early = new ModbusServer(plain());
  const listening = early.listen('127.0.0.1', 0);
  const refused = expect(listening).rejects.toThrow('closed before it listened');
  await early.close();
  await refused;

  const left: number[] = [];
  const units = plain();
  units.set(2, { holding: { size: 1, write: () => HELD } });
  const { server, port } = await start(units, { onDisconnect: (connection) => left.push(connection) });
  const wires = await Promise.all(Array.from({ length: 5 }, () => Wire.open(port)));
  wires[0].send(frame(1, 2, WRITE));
  wires[1].send(Buffer.of(0, 1, 0));
  await wires[2].ask(1, READ);
  await until(() => server.stats.held === 1 && server.stats.connections === 5);
  await server.close();
  await server.close();
  await Promise.all(wires.map((wire) => wire.closed));
  expect(left.sort()).toEqual([1, 2, 3, 4, 5]);
  expect(server.stats).toMatchObject({ connections: 0, held: 0 });
  await expect(Wire.open(port)).rejects.toThrow('ECONNREFUSED');
  // The same server may open again.
  expect((await server.listen('127.0.0.1', port)).port).toBe(port);
});

test('a hook may drop the connection that it serves, and a hook that throws is answered and reported', async () => {
  const faults: string[] = [];
  let server: ModbusServer | undefined;
  const units = new Map<number, RegisterBank>([
    [
      1,
      {
        holding: {
          size: 2,
          write(address, _values, _unit, from) {
            if (address === 1) throw new Error('no such valve');
            server?.drop(from);
            return DONE;
          },
        },
      },
    ],
  ]);
  const started = await start(units, { onFault: (fault) => faults.push(String(fault)) });
  server = started.server;
  const wire = await Wire.open(started.port);
  expect(await wire.ask(1, [6, 0, 1, 0, 0])).toEqual([0x86, 4]);
  wire.send(Buffer.concat([frame(1, 1, WRITE), frame(2, 1, WRITE)]));
  await wire.closed;
  expect(wire.received).toEqual([]);
  expect(faults).toEqual(['Error: no such valve']);
  expect(server.drop(1)).toBe(false);
});

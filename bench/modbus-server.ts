/**
 * Our Modbus TCP server against modbus-serial's own, and the lockstep round of a detector over Modbus. Each server runs
 * in a process of its own; contenders are measured in turn, several times, and medians are compared, so that both see
 * the same machine. `npx tsx bench/modbus-server.ts [--json]`
 *
 * A lockstep round is one FC16 of the acknowledge (2 registers), which makes the server publish the next scan, with N
 * reads of 125 registers pipelined behind it; the next round begins when all of them are there.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import modbusSerial, { ServerTCP } from 'modbus-serial';
import { DONE, ModbusServer, type RegisterBank } from '../sim/io/modbus/index.ts';
import { printReport, type Row, rounded } from './report.ts';

const UNIT = 255;
const REGISTERS = 1250;
const CONFIGURATION = { read_registers: 100, depth: 32, slice_ms: 300, slices: 5, lockstep_read_registers: 125 };
const { read_registers: READ, depth: DEPTH } = CONFIGURATION;

const ModbusRTU = modbusSerial.default;
type Client = InstanceType<typeof ModbusRTU>;

/** A plant of one array: an acknowledge publishes the next scan, whole, before the next request is answered. */
function plant(): RegisterBank {
  const words = new Uint16Array(REGISTERS);
  return {
    input: { size: REGISTERS, words },
    holding: {
      size: 2,
      words: new Uint16Array(2),
      write(_address, values) {
        words.fill(values[1]);
        return DONE;
      },
    },
  };
}

async function serveOurs(): Promise<{ port: number; close: () => void }> {
  const server = new ModbusServer(new Map([[UNIT, plant()]]));
  const { port } = await server.listen('127.0.0.1', 0);
  return { port, close: () => void server.close() };
}

/** modbus-serial's server takes no port 0, so it is told one that was free a moment ago. */
async function serveTheirs(): Promise<{ port: number; close: () => void }> {
  const { port, close } = await serveOurs();
  close();
  const words = new Array<number>(REGISTERS).fill(7);
  const server = new ServerTCP(
    { getMultipleInputRegisters: (address: number, length: number) => words.slice(address, address + length) },
    { host: '127.0.0.1', port, unitID: UNIT },
  );
  await new Promise<void>((listening) => server.on('initialized', () => listening()));
  return { port, close: () => server.close(() => {}) };
}

function child(which: 'ours' | 'theirs'): Promise<{ port: number; process: ChildProcess }> {
  const process_ = fork(fileURLToPath(import.meta.url), ['--serve', which]);
  return new Promise((resolve, reject) => {
    process_.once('message', (port) => resolve({ port: port as number, process: process_ }));
    process_.once('exit', (code) => reject(new Error(`server process ended with ${code}`)));
  });
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** One contender: does one batch of work, which counts for `per`. */
interface Contender {
  name: string;
  per: number;
  batch(): Promise<void>;
  rates: number[];
}

/** Requests straight onto the socket, `depth` at a time. */
async function raw(name: string, port: number, depth: number): Promise<Contender> {
  const socket = await open(port);
  const one = [0, 1, 0, 0, 0, 6, UNIT, 4, 0, 0, 0, READ];
  const request = Buffer.from(Array.from({ length: depth }, () => one).flat());
  const reply_bytes = depth * (9 + 2 * READ);
  let left = 0;
  let done = () => {};
  socket.on('data', (chunk) => {
    left -= chunk.length;
    if (left === 0) done();
  });
  const batch = () =>
    new Promise<void>((resolve) => {
      done = resolve;
      left = reply_bytes;
      socket.write(request);
    });
  return { name, per: depth, batch, rates: [] };
}

async function client(port: number): Promise<{ bus: Client; socket: Socket }> {
  const socket = await open(port);
  const bus = new ModbusRTU();
  await bus.linkTCP(socket, { port });
  bus.setID(UNIT);
  return { bus, socket };
}

async function byModbusSerial(name: string, port: number, depth: number): Promise<Contender> {
  const { bus } = await client(port);
  const batch = async () => {
    await Promise.all(Array.from({ length: depth }, () => bus.readInputRegisters(0, READ)));
  };
  return { name, per: depth, batch, rates: [] };
}

type Manner = 'promises' | 'callbacks' | 'callbacks, corked';

/** Lockstep rounds with modbus-serial, in one of three manners. */
async function lockstep(name: string, port: number, reads: number, manner: Manner): Promise<Contender> {
  const { bus, socket } = await client(port);
  const block = CONFIGURATION.lockstep_read_registers;
  let seq = 0;
  const ack = Buffer.alloc(4);
  const check = (reply: Buffer) => {
    if (reply.readUInt16BE(2 * block - 2) !== (seq & 0xffff)) throw new Error('a read saw another scan');
  };
  const withPromises = async () => {
    ack.writeUInt32BE(++seq);
    const round: Promise<unknown>[] = [bus.writeRegisters(0, ack)];
    for (let i = 0; i < reads; i++) {
      round.push(bus.readInputRegisters(i * block, block).then((reply) => check(reply.buffer)));
    }
    await Promise.all(round);
  };
  const withCallbacks = () =>
    new Promise<void>((resolve, reject) => {
      let left = reads + 1;
      const settle = (error: unknown) => {
        if (error) reject(error);
        else if (--left === 0) resolve();
      };
      ack.writeUInt32BE(++seq);
      if (manner === 'callbacks, corked') {
        // modbus-serial writes each request in a microtask of its own; all have run when the immediate does.
        socket.cork();
        setImmediate(() => socket.uncork());
      }
      // The types know arrays only; a Buffer is copied in one go.
      bus.writeFC16(UNIT, 0, ack as unknown as number[], settle);
      for (let i = 0; i < reads; i++) {
        bus.writeFC4(UNIT, i * block, block, (error, reply) => {
          if (!error) check(reply.buffer);
          settle(error);
        });
      }
    });
  return { name, per: 1, batch: manner === 'promises' ? withPromises : withCallbacks, rates: [] };
}

/** Runs the contenders in turn, slice after slice; the first slice of each warms up and does not count. */
async function measure(contenders: Contender[]): Promise<void> {
  for (let slice = 0; slice <= CONFIGURATION.slices; slice++) {
    for (const contender of contenders) {
      const begin = performance.now();
      let count = 0;
      let elapsed_ms = 0;
      while (elapsed_ms < CONFIGURATION.slice_ms) {
        await contender.batch();
        count += contender.per;
        elapsed_ms = performance.now() - begin;
      }
      if (slice > 0) contender.rates.push((count / elapsed_ms) * 1000);
    }
  }
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Rows of one group: each rate, and its ratio to the contender named as the measure. */
function rows(contenders: Contender[], unit: string, against: Contender): Row[] {
  return contenders.map((contender) => ({
    name: contender.name,
    value: Math.round(median(contender.rates)),
    unit,
    // Ratios of slices that ran side by side, so that a busy moment of the machine weighs on both.
    ...(contender === against
      ? {}
      : { ratio: rounded(median(contender.rates.map((r, i) => r / against.rates[i]))), against: against.name }),
  }));
}

async function main(): Promise<void> {
  const ours = await child('ours');
  const theirs = await child('theirs');
  const near = await serveOurs();
  const result: Row[] = [];
  try {
    for (const depth of [1, DEPTH]) {
      const group = [
        await raw(`modbus-serial server, raw socket, ${depth} outstanding`, theirs.port, depth),
        await raw(`our server, raw socket, ${depth} outstanding`, ours.port, depth),
        await byModbusSerial(`modbus-serial server, modbus-serial client, ${depth} outstanding`, theirs.port, depth),
        await byModbusSerial(`our server, modbus-serial client, ${depth} outstanding`, ours.port, depth),
      ];
      await measure(group);
      result.push(...rows(group.slice(0, 2), 'requests/s', group[0]));
      result.push(...rows(group.slice(2), 'requests/s', group[2]));
    }
    for (const reads of [3, 10]) {
      const what = `lockstep, 1 ack + ${reads} reads`;
      const group = [
        await lockstep(`${what}, own process, promises`, ours.port, reads, 'promises'),
        await lockstep(`${what}, own process, callbacks`, ours.port, reads, 'callbacks'),
        await lockstep(`${what}, own process, callbacks corked`, ours.port, reads, 'callbacks, corked'),
        await lockstep(`${what}, same process, promises`, near.port, reads, 'promises'),
        await lockstep(`${what}, same process, callbacks corked`, near.port, reads, 'callbacks, corked'),
      ];
      await measure(group);
      result.push(...rows(group, 'rounds/s', group[0]));
    }
  } finally {
    ours.process.removeAllListeners('exit').kill();
    theirs.process.removeAllListeners('exit').kill();
    near.close();
  }
  const configuration = { ...CONFIGURATION, node: process.version, arch: process.arch };
  const digest = createHash('sha256').update(JSON.stringify(configuration)).digest('hex').slice(0, 16);
  printReport({ bench: 'modbus-server', configuration, digest, rows: result });
}

const serve = process.argv.indexOf('--serve');
if (serve >= 0) {
  const { port } = await (process.argv[serve + 1] === 'ours' ? serveOurs() : serveTheirs());
  // The parent may die first; its end of the channel closes then.
  process.on('disconnect', () => process.exit(0));
  process.send?.(port);
} else {
  await main();
  process.exit(0);
}

/**
 * Masters that others wrote, in four languages, against our server: what they write they read back, what the device
 * holds they see, and exceptions reach them as such. Each is skipped, with a sentence, on a machine that does not have it.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import modbusSerial from 'modbus-serial';
import { afterAll, beforeEach, expect, type TestContext, test } from 'vitest';
import { arrayBank, DONE, deviceIdentification, HELD, type RegisterBank } from '../../../../sim/io/modbus/bank.ts';
import { ModbusServer } from '../../../../sim/io/modbus/server.ts';

// A CommonJS package whose types speak of a default export: the class is there, one step further in.
const ModbusRTU = modbusSerial.default;
const run = promisify(execFile);
const here = import.meta.dirname;
const UNIT = 17;

const units = new Map<number, RegisterBank>();
const server = new ModbusServer(units);
const { port } = await server.listen('127.0.0.1', 0);
afterAll(() => server.close());
beforeEach(() => {
  units.set(
    UNIT,
    arrayBank({
      input: Uint16Array.from({ length: 200 }, (_, i) => 3 * i),
      discrete: Uint8Array.from({ length: 200 }, (_, i) => i % 2),
      holding: new Uint16Array(200),
      coils: new Uint8Array(200),
      identification: deviceIdentification({ vendorName: 'LeakTwin', productCode: 'LT', revision: '1.0' }),
    }),
  );
});

/** Skips with a sentence unless this command runs. */
async function needs(context: TestContext, what: string, command: string, ...args: string[]): Promise<void> {
  try {
    await run(command, args);
  } catch (error) {
    const { code } = error as { code?: string | number };
    // Any other failure is that program's way of printing its version.
    if (code === 'ENOENT') {
      console.log(`skipped: ${what} is not on this machine`);
      context.skip(`${what} is not on this machine`);
    }
  }
}

test('mbpoll reads and writes the server', async (context) => {
  await needs(context, 'mbpoll', 'mbpoll', '-V');
  const poll = async (...args: string[]) =>
    (await run('mbpoll', ['-m', 'tcp', '-p', `${port}`, '-a', `${UNIT}`, '-0', '-1', ...args])).stdout;
  const values = (out: string) => [...out.matchAll(/^\[(\d+)\]:\s+(\S+)/gm)].map((m) => [Number(m[1]), Number(m[2])]);
  expect(values(await poll('-t', '3', '-r', '10', '-c', '3', '127.0.0.1'))).toEqual([
    [10, 30],
    [11, 33],
    [12, 36],
  ]);
  expect(values(await poll('-t', '1', '-r', '6', '-c', '4', '127.0.0.1')).map((v) => v[1])).toEqual([0, 1, 0, 1]);
  expect(await poll('-t', '4', '-r', '20', '127.0.0.1', '123', '456')).toContain('Written 2 references');
  expect(values(await poll('-t', '4', '-r', '20', '-c', '2', '127.0.0.1'))).toEqual([
    [20, 123],
    [21, 456],
  ]);
  expect(await poll('-t', '0', '-r', '5', '127.0.0.1', '1')).toContain('Written 1 references');
  expect(values(await poll('-t', '0', '-r', '4', '-c', '3', '127.0.0.1')).map((v) => v[1])).toEqual([0, 1, 0]);
  // The float32 that a station publishes, high word first.
  const float = new DataView(new ArrayBuffer(4));
  float.setFloat32(0, 42.125);
  units.set(UNIT, arrayBank({ input: Uint16Array.of(float.getUint16(0), float.getUint16(2)) }));
  expect(await poll('-t', '3:float', '-B', '-r', '0', '-c', '1', '127.0.0.1')).toMatch(/\[0\]:\s+42\.125/);
});

test('libmodbus reads and writes the server with every function that it knows', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'leaktwin-libmodbus-'));
  try {
    const program = join(folder, 'client');
    try {
      await run('cc', ['-O1', '-Wall', '-o', program, join(here, 'libmodbus-client.c'), '-lmodbus']);
    } catch (error) {
      const said = String((error as { stderr?: string }).stderr ?? error);
      // Only a missing compiler or library is a reason to skip; a program that does not compile is ours.
      if (!/ENOENT|modbus\.h: No such file|cannot find -lmodbus/.test(said)) throw error;
      console.log('skipped: libmodbus or a C compiler is not on this machine');
      context.skip('libmodbus or a C compiler is not on this machine');
    }
    const { stdout } = await run(program, [`${port}`, `${UNIT}`]);
    expect(stdout).toMatch(/^\d+ checks$/m);
    console.log(`libmodbus: ${stdout.trim()}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('pymodbus reads and writes the server, one request at a time and a hundred outstanding', async (context) => {
  // Debian's Python first: its packages are not in the path of another.
  const pythons = ['/usr/bin/python3', 'python3'];
  let python: string | undefined;
  for (const candidate of pythons) {
    python ??= await run(candidate, ['-c', 'import pymodbus.client, pymodbus.mei_message']).then(
      () => candidate,
      () => undefined,
    );
  }
  if (!python) {
    console.log('skipped: Python with pymodbus is not on this machine');
    return context.skip('Python with pymodbus is not on this machine');
  }
  const { stdout } = await run(python, [join(here, 'pymodbus-client.py'), `${port}`, `${UNIT}`]);
  expect(stdout).toMatch(/^\d+ checks$/m);
  console.log(`pymodbus: ${stdout.trim()}`);
});

test('modbus-serial reads and writes the server, with 250 requests outstanding on one connection', async () => {
  const client = new ModbusRTU();
  await client.connectTCP('127.0.0.1', { port });
  client.setID(UNIT);
  client.setTimeout(5000);
  expect((await client.readInputRegisters(4, 3)).data).toEqual([12, 15, 18]);
  expect((await client.readDiscreteInputs(0, 8)).data).toEqual([false, true, false, true, false, true, false, true]);
  await client.writeRegisters(10, [1, 2, 3]);
  await client.writeRegister(11, 9);
  await client.maskWriteRegister(12, 0, 7);
  expect((await client.readHoldingRegisters(10, 3)).data).toEqual([1, 9, 7]);
  await client.writeCoils(3, [true, false, true]);
  await client.writeCoil(4, true);
  expect((await client.readCoils(3, 3)).data.slice(0, 3)).toEqual([true, true, true]);
  expect((await client.readDeviceIdentification(1, 0)).data).toEqual({ 0: 'LeakTwin', 1: 'LT', 2: '1.0' });
  await expect(client.readHoldingRegisters(199, 2)).rejects.toMatchObject({ modbusCode: 2 });
  client.setID(99);
  await expect(client.readHoldingRegisters(0, 1)).rejects.toMatchObject({ modbusCode: 0x0b });
  client.setID(UNIT);
  // Its transaction ids are 8 bits wide, so 255 is the most that it can tell apart.
  const replies = await Promise.all(Array.from({ length: 250 }, (_, i) => client.readInputRegisters(i % 150, 50)));
  replies.forEach(({ data }, i) => {
    expect(data[0]).toBe(3 * (i % 150));
    expect(data).toHaveLength(50);
  });
  await new Promise<void>((closed) => client.close(closed));
});

test('a lockstep round of modbus-serial reads the scan that its own acknowledge made, stepped at once or held', async () => {
  const words = new Uint16Array(1000);
  let steps = 0;
  let hold = false;
  const publish = (seq: number) => {
    steps += 1;
    words.fill(seq & 0xffff);
  };
  units.set(255, {
    input: { size: 1000, words },
    holding: {
      size: 2,
      words: new Uint16Array(2),
      write(_address, values, _unit, from) {
        const seq = values[0] * 65536 + values[1];
        if (!hold) {
          publish(seq);
          return DONE;
        }
        setImmediate(() => {
          publish(seq);
          server.resume(from);
        });
        return HELD;
      },
    },
  });
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await new Promise<void>((connected) => socket.once('connect', connected));
  const client = new ModbusRTU();
  await client.linkTCP(socket, { port });
  const ack = Buffer.alloc(4);
  const round = (seq: number) =>
    new Promise<Buffer[]>((resolve, reject) => {
      const blocks: Buffer[] = new Array(8);
      let left = 9;
      const one = (error: Error | null) => {
        if (error) reject(error);
        else if (--left === 0) resolve(blocks);
      };
      ack.writeUInt32BE(seq);
      client.writeFC16(255, 0, ack as unknown as number[], one);
      for (let block = 0; block < 8; block++) {
        client.writeFC4(255, block * 125, 125, (error, reply) => {
          if (!error) blocks[block] = reply.buffer;
          one(error);
        });
      }
    });
  for (let seq = 1; seq <= 400; seq++) {
    hold = seq > 200;
    for (const block of await round(seq)) {
      expect(block.length).toBe(250);
      expect(block.readUInt16BE(0)).toBe(seq);
      expect(block.readUInt16BE(248)).toBe(seq);
    }
  }
  expect(steps).toBe(400);
  socket.destroy();
});

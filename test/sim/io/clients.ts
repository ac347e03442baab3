/** Small clients for the tests: a Modbus master by modbus-serial, and a WebSocket that remembers what it heard. */
import modbusSerial from 'modbus-serial';
import { WebSocket } from 'ws';
import { decodeFrame, type Frame, type ServerMessage } from '../../../models/contract/index.ts';
import type { PlantServer } from '../../../sim/io/index.ts';

const ModbusRTU = modbusSerial.default;
export type Master = InstanceType<typeof ModbusRTU>;

export async function master(server: PlantServer, unit = 255): Promise<Master> {
  const bus = new ModbusRTU();
  await bus.connectTCP(server.modbus!.host, { port: server.modbus!.port });
  bus.setID(unit);
  return bus;
}

/** Ends with the exception's code, or 0. */
export async function exceptionOf(request: Promise<unknown>): Promise<number> {
  try {
    await request;
    return 0;
  } catch (error) {
    return (error as { modbusCode?: number }).modbusCode ?? -1;
  }
}

export function ackOf(seq: number): number[] {
  return [seq >>> 16, seq & 0xffff];
}

export async function seqOf(bus: Master): Promise<number> {
  const { data } = await bus.readInputRegisters(5, 2);
  return data[0]! * 65536 + data[1]!;
}

export function floatWords(value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return [bytes.readUInt16BE(0), bytes.readUInt16BE(2)];
}

export interface Viewer {
  readonly socket: WebSocket;
  send(message: unknown): void;
  /** The next JSON message of a kind, skipping others. */
  text(type: ServerMessage['type']): Promise<ServerMessage>;
  /** The next binary message, into `frame`. */
  scan(frame: Frame): Promise<Frame>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

export async function viewer(url: string, options: { headers?: Record<string, string> } = {}): Promise<Viewer> {
  const socket = new WebSocket(url, options);
  const texts: ServerMessage[] = [];
  const scans: Buffer[] = [];
  let wake = () => {};
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  socket.on('message', (data: Buffer, binary: boolean) => {
    if (binary) scans.push(data);
    else texts.push(JSON.parse(data.toString()));
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const heard = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  return {
    socket,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    async text(type) {
      for (;;) {
        const at = texts.findIndex((t) => t.type === type);
        if (at >= 0) return texts.splice(at, 1)[0]!;
        await heard();
      }
    },
    async scan(frame) {
      while (scans.length === 0) await heard();
      const bytes = scans.shift()!;
      decodeFrame(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), frame);
      return frame;
    },
  };
}

/**
 * A master's end of a Modbus TCP connection for tests: bytes out as given, frames in by the MBAP length. It forgives
 * nothing and repairs nothing, and waits on what happens, never on a clock.
 */
import { connect, type Socket } from 'node:net';

/** One frame as received. */
export interface Reply {
  transaction: number;
  protocol: number;
  length: number;
  unit: number;
  pdu: number[];
}

/** A request frame: transaction id, protocol 0, the length of unit and PDU, unit, PDU. */
export function frame(transaction: number, unit: number, pdu: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(7 + pdu.length);
  bytes.writeUInt16BE(transaction, 0);
  bytes.writeUInt16BE(1 + pdu.length, 4);
  bytes[6] = unit;
  bytes.set(pdu, 7);
  return bytes;
}

/** Splits a received stream into frames; what is left over is returned too. */
export function frames(stream: Buffer): { replies: Reply[]; rest: Buffer } {
  const replies: Reply[] = [];
  let at = 0;
  while (stream.length - at >= 6 && stream.length - at >= 6 + stream.readUInt16BE(at + 4)) {
    const length = stream.readUInt16BE(at + 4);
    replies.push({
      transaction: stream.readUInt16BE(at),
      protocol: stream.readUInt16BE(at + 2),
      length,
      unit: stream[at + 6],
      pdu: [...stream.subarray(at + 7, at + 6 + length)],
    });
    at += 6 + length;
  }
  return { replies, rest: stream.subarray(at) };
}

export class Wire {
  readonly socket: Socket;
  /** Frames not yet taken. */
  readonly received: Reply[] = [];
  /** Resolves when the connection is over, for whatever reason. */
  readonly closed: Promise<void>;
  over = false;
  #rest: Buffer = Buffer.alloc(0);
  #wake: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const { replies, rest } = frames(Buffer.concat([this.#rest, chunk]));
      this.#rest = rest;
      this.received.push(...replies);
      this.#stir();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.over = true;
        this.#stir();
        resolve();
      });
    });
  }

  static open(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Wire(socket));
      });
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Takes the next `count` frames; fewer if the connection ends first. */
  async take(count: number): Promise<Reply[]> {
    while (this.received.length < count && !this.over) await new Promise<void>((wake) => this.#wake.push(wake));
    return this.received.splice(0, count);
  }

  /** Sends one request and takes its reply's PDU. */
  async ask(unit: number, pdu: ArrayLike<number>): Promise<number[]> {
    this.send(frame(1, unit, pdu));
    return (await this.take(1))[0]?.pdu ?? [];
  }

  close(): void {
    this.socket.destroy();
  }

  #stir(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Waits for something that happens in this process, turn by turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

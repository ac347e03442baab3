/** What tests of notification are made of: a clock in the test's hand, a receiver that can be ill in all ways, alarms. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Socket, type Server as TcpServer } from 'node:net';
import type { Clock } from '../../../detector/notify/index.ts';
import type { AlarmEvent } from '../../../models/contract/index.ts';

/** Time moves only when the test says so. */
export class HandClock implements Clock {
  now = 1_767_600_000_000;
  readonly #timers: { at: number; call: () => void }[] = [];
  #armed: (() => void)[] = [];

  now_ms(): number {
    return this.now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.now + ms, call };
    this.#timers.push(timer);
    this.#timers.sort((a, b) => a.at - b.at);
    for (const tell of this.#armed.splice(0)) tell();
    return () => {
      const i = this.#timers.indexOf(timer);
      if (i >= 0) this.#timers.splice(i, 1);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass, calling what falls due in order. */
  pass(ms: number): void {
    const end = this.now + ms;
    while (this.#timers.length > 0 && this.#timers[0]!.at <= end) {
      const { at, call } = this.#timers.shift()!;
      this.now = Math.max(this.now, at);
      call();
    }
    this.now = end;
  }

  /** Jumps to the next timer. */
  passToNext(): void {
    if (this.#timers.length > 0) this.pass(Math.max(0, this.#timers[0]!.at - this.now));
  }
}

export interface Taken {
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Health = 'well' | '500' | 'nonsense' | 'hang' | 'deaf' | 'dies-after-taking';

/** An HTTP receiver that knows a key again. `refuse` closes its port, which it keeps for later. */
export class Receiver {
  health: Health = 'well';
  readonly taken = new Map<string, Taken>();
  /** How often a key came that was taken already. */
  repeats = 0;
  tries = 0;
  onRequest: ((health: Health) => void) | undefined;
  port = 0;
  #server: Server | undefined;
  #raw: TcpServer | undefined;
  readonly #sockets = new Set<Socket>();

  async open(): Promise<this> {
    this.#server = createServer((request, response) => void this.#hear(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((done) => this.#server!.listen(this.port, '127.0.0.1', done));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async refuse(): Promise<void> {
    const server = this.#server ?? this.#raw;
    this.#server = undefined;
    this.#raw = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((done) => server.close(done));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    request.on('error', () => {});
    for await (const part of request) parts.push(part as Buffer);
    this.tries += 1;
    const key = String(request.headers['idempotency-key']);
    const { health } = this;
    const take = () => {
      if (this.taken.has(key)) this.repeats += 1;
      else this.taken.set(key, { key, headers: request.headers, body: Buffer.concat(parts).toString() });
    };
    if (health === 'well') {
      take();
      response.writeHead(204).end();
    } else if (health === '500') response.writeHead(500).end('<html>no</html>');
    else if (health === 'nonsense') request.socket.end('\u0000\u0001 hello, this is no HTTP\r\n\r\n');
    else if (health === 'dies-after-taking') {
      take();
      request.socket.destroy();
    } else if (health === 'deaf') take();
    this.onRequest?.(health);
  }
}

/** A TCP server that says one thing and hears all. */
export async function rawServer(hear: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcp({ allowHalfOpen: false }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    hear(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const s of sockets) s.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

export function alarm(timeUs: number, more: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    alarm: 'LD-WAVE',
    timeUs,
    frameSeq: Math.max(1, Math.round(timeUs / 1e6)),
    from: 'normal',
    to: 'unacknowledged',
    priority: 1,
    score: 1.5,
    where: { position_m: 23_456, sigma_m: 120 },
    rate: { massRate_kg_s: 4.2, sigma_kg_s: 0.5 },
    by: 'wave',
    because: 'fronts at PT-101 and PT-201 "agree"',
    ...more,
  };
}

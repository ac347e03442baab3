/**
 * The Modbus TCP server: frames in, replies out, and every way in which a peer can misbehave, bounded. It follows
 * MODBUS Messaging on TCP/IP Implementation Guide V1.0b; what a request means is `pdu.ts`, what a unit holds is `bank.ts`.
 *
 * Requests of one connection are answered in their order, synchronously, however they are cut into segments; the replies
 * to one segment leave as one write. So a master that pipelines [acknowledge, read, read, …] gets one round trip per
 * scan, even when the acknowledge steps the plant. A hook that needs time says HELD, and the connection waits for
 * `resume`. One coarse sweep timer serves all time limits: limits are counted in sweeps, requests start no timers, and
 * no clock is read.
 *
 * Access: at the connection limit the oldest unused connection gives way to the newcomer (Implementation Guide, 4.2.2),
 * where unused means nothing held and either no request ever or none for `unusedAfter_ms`. If all are in use the newcomer
 * is closed, so that a flood of connections cannot push out a working master.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type Answer, type ConnectionId, DONE, Exception, HELD, type UnitMap } from './bank.ts';
import type { ModbusServerOptions, ModbusServerStats } from './options.ts';
import { type Exchange, handlePdu, PDU_MAX, putException } from './pdu.ts';

/** Transaction id, protocol id, length; the unit id that follows is counted by the length (Guide, 3.1.3). */
const HEAD = 6;
const FRAME_MAX = HEAD + 1 + PDU_MAX;
/** Replies are gathered here and leave together; small enough to stay in cache. */
const GATHER = 64 * 1024;
/** Received and unanswered bytes (held or blocked) at which we stop reading from a connection. */
const UNHANDLED_LIMIT = 64 * 1024;
const EMPTY = Buffer.alloc(0);

interface Connection {
  readonly id: ConnectionId;
  readonly socket: Socket;
  /** Received, not yet answered. */
  input: Buffer;
  /** The first frame of `input` waits for `resume`. */
  held: boolean;
  /** What `resume` said, until the held frame is answered. */
  answer: Answer | undefined;
  /** The master does not read; we wait for 'drain'. */
  blocked: boolean;
  /** Another turn is already asked for. */
  queued: boolean;
  paused: boolean;
  /** The master has ended its side: answer what is here, then end ours. */
  ended: boolean;
  /** We have ended ours; only the flush is left. */
  closing: boolean;
  gone: boolean;
  spoke: boolean;
  silentSweeps: number;
  halfSentSweeps: number;
  stalledSweeps: number;
}

export class ModbusServer {
  readonly stats: Readonly<ModbusServerStats>;
  readonly #stats: ModbusServerStats;
  readonly #units: UnitMap;
  readonly #options: ModbusServerOptions;
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #gather = Buffer.alloc(GATHER);
  readonly #exchange: Exchange;
  readonly #limit: number;
  readonly #unsentLimit: number;
  readonly #perTurn: number;
  readonly #sweeps: { unused: number; idle: number; halfSent: number; stalled: number };
  #server: Server | undefined;
  #stopSweep: (() => void) | undefined;
  #lastId: ConnectionId = 0;
  /** A connection is being answered. `resume` from inside a hook must wait, because the gather buffer is in use. */
  #answering = false;
  #resumed: Connection[] = [];

  constructor(units: UnitMap, options: ModbusServerOptions = {}) {
    this.#units = units;
    this.#options = options;
    this.#limit = options.connectionLimit ?? 64;
    this.#unsentLimit = options.unsentLimit_bytes ?? 256 * 1024;
    this.#perTurn = options.requestsPerTurn ?? 512;
    const period = options.sweep_ms ?? 1000;
    const sweeps = (limit_ms: number) => (limit_ms === 0 ? Number.POSITIVE_INFINITY : Math.ceil(limit_ms / period));
    this.#sweeps = {
      unused: sweeps(options.unusedAfter_ms ?? 10_000),
      idle: sweeps(options.idle_ms ?? 60_000),
      halfSent: sweeps(options.halfSent_ms ?? 5_000),
      stalled: sweeps(options.stalled_ms ?? 10_000),
    };
    this.#exchange = {
      connection: 0,
      unit: 0,
      request: EMPTY,
      start: 0,
      length: 0,
      reply: this.#gather,
      at: 0,
      writable: options.writable,
      onFault: options.onFault,
    };
    this.#stats = {
      connections: 0,
      held: 0,
      accepted: 0,
      refused: 0,
      displaced: 0,
      requests: 0,
      exceptions: 0,
      unanswered: 0,
      malformed: 0,
      idle: 0,
      halfSent: 0,
      stalled: 0,
      received_bytes: 0,
      sent_bytes: 0,
    };
    this.stats = this.#stats;
  }

  /**
   * Opens the port; 0 takes any free one.
   * @returns where it listens
   * @throws Error with a sentence for the user if the port cannot be had
   */
  listen(host: string, port: number): Promise<{ host: string; port: number }> {
    if (this.#server) return Promise.reject(new Error('this Modbus server listens already'));
    // Half-open is allowed so that a master may end its side right behind its last request and still be answered.
    const server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000, allowHalfOpen: true },
      (socket) => this.#accept(socket),
    );
    this.#server = server;
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => {
        if (this.#server === server) this.#server = undefined;
        reject(new Error(listenSentence(error, host, port), { cause: error }));
      };
      const closedEarly = () => reject(new Error('this Modbus server was closed before it listened'));
      server.once('error', failed);
      server.once('close', closedEarly);
      server.listen({ host, port }, () => {
        server.off('error', failed);
        if (this.#server !== server) {
          // Closed while the host's name was looked up: the port must not stay open.
          server.close();
          return;
        }
        server.off('close', closedEarly);
        // Accepting can fail later, for want of file handles; those who are connected must not pay for it.
        server.on('error', (error) => this.#options.onFault?.(error));
        const every = this.#options.every ?? everyInterval;
        this.#stopSweep = every(this.#options.sweep_ms ?? 1000, () => this.#sweep());
        const address = server.address() as { address: string; port: number };
        resolve({ host: address.address, port: address.port });
      });
    });
  }

  /** Ends every connection at once, held replies included, and frees the port. May be called at any time, and again. */
  close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#stopSweep?.();
    this.#stopSweep = undefined;
    for (const connection of this.#connections.values()) this.#drop(connection);
    return new Promise((resolve) => {
      if (server) server.close(() => resolve());
      else resolve();
    });
  }

  /**
   * Lets a held reply go with its answer, and with it the requests that wait behind it.
   * @returns false if that connection is gone or holds nothing
   */
  resume(connection: ConnectionId, answer: Answer = DONE): boolean {
    const found = this.#connections.get(connection);
    if (!found || found.answer !== undefined) return false;
    if (!found.held) {
      // The hook itself may call resume before it returns HELD; only the connection being answered can be in that state.
      if (!this.#answering || this.#exchange.connection !== connection) return false;
      found.answer = answer;
      return true;
    }
    found.answer = answer;
    this.#answer(found);
    return true;
  }

  /** Closes one connection. @returns false if it is gone already */
  drop(connection: ConnectionId): boolean {
    const found = this.#connections.get(connection);
    if (found) this.#drop(found);
    return found !== undefined;
  }

  #accept(socket: Socket): void {
    // Without a listener an aborted connection would end the process; 'close' follows and does the work.
    socket.on('error', () => {});
    if (!this.#server || (this.#connections.size >= this.#limit && !this.#displace())) {
      this.#stats.refused += 1;
      socket.destroy();
      return;
    }
    this.#lastId += 1;
    const connection: Connection = {
      id: this.#lastId,
      socket,
      input: EMPTY,
      held: false,
      answer: undefined,
      blocked: false,
      queued: false,
      paused: false,
      ended: false,
      closing: false,
      gone: false,
      spoke: false,
      silentSweeps: 0,
      halfSentSweeps: 0,
      stalledSweeps: 0,
    };
    this.#connections.set(connection.id, connection);
    this.#stats.accepted += 1;
    this.#stats.connections = this.#connections.size;
    socket.on('data', (chunk: Buffer) => {
      this.#stats.received_bytes += chunk.length;
      if (connection.closing) return;
      connection.input = connection.input.length === 0 ? chunk : Buffer.concat([connection.input, chunk]);
      this.#answer(connection);
    });
    socket.on('drain', () => {
      connection.blocked = false;
      connection.stalledSweeps = 0;
      this.#answer(connection);
    });
    socket.on('end', () => {
      connection.ended = true;
      // A master that leaves while it owes or awaits an answer is gone: the plant must hear so now, not at the reply.
      if (connection.held) this.#drop(connection);
      else this.#answer(connection);
    });
    socket.on('close', () => this.#drop(connection));
    this.#options.onConnect?.(connection.id, { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 });
  }

  /** Makes room for a newcomer. @returns whether there was an unused connection */
  #displace(): boolean {
    let oldest: Connection | undefined;
    for (const connection of this.#connections.values()) {
      if (connection.held) continue;
      if (!connection.spoke) {
        // In the order of acceptance: the first that never asked anything is the oldest unused.
        oldest = connection;
        break;
      }
      if (connection.silentSweeps < this.#sweeps.unused) continue;
      if (!oldest || connection.silentSweeps > oldest.silentSweeps) oldest = connection;
    }
    if (!oldest) return false;
    this.#stats.displaced += 1;
    this.#drop(oldest);
    return true;
  }

  /** Answers all that can be answered now, in order, then whatever was resumed meanwhile by a hook. */
  #answer(connection: Connection): void {
    if (this.#answering) {
      // Only a hook can bring us here (a socket event never interrupts); its turn comes when this one ends.
      this.#resumed.push(connection);
      return;
    }
    this.#answering = true;
    try {
      this.#answerOne(connection);
      while (this.#resumed.length > 0) this.#answerOne(this.#resumed.shift()!);
    } finally {
      this.#answering = false;
      this.#exchange.connection = 0;
      this.#exchange.request = EMPTY;
    }
  }

  #answerOne(connection: Connection): void {
    if (connection.gone || connection.closing) return;
    if (connection.blocked || (connection.held && connection.answer === undefined)) {
      this.#flow(connection);
      return;
    }
    const input = connection.input;
    const gather = this.#gather;
    const exchange = this.#exchange;
    exchange.connection = connection.id;
    exchange.request = input;
    let at = 0;
    let gathered = 0;
    let answered = 0;
    let malformed = false;

    while (input.length - at >= HEAD) {
      const length = (input[at + 4] << 8) | input[at + 5];
      if (input[at + 2] !== 0 || input[at + 3] !== 0 || length < 2 || length > 1 + PDU_MAX) {
        // Not Modbus, or out of step: nothing after this can be trusted to begin a frame.
        malformed = true;
        break;
      }
      if (input.length - at < HEAD + length) break;
      if (answered === this.#perTurn) {
        this.#queue(connection);
        break;
      }
      if (gathered + FRAME_MAX > GATHER) {
        this.#send(connection, gathered);
        gathered = 0;
        if (connection.blocked) break;
      }
      exchange.unit = input[at + 6];
      exchange.start = at + 7;
      exchange.length = length - 1;
      exchange.at = gathered + 7;
      const bytes = this.#reply(connection);
      if (connection.gone) return;
      if (bytes === HELD) {
        connection.held = true;
        this.#stats.held += 1;
        break;
      }
      if (bytes > 0) {
        gather[gathered] = input[at];
        gather[gathered + 1] = input[at + 1];
        gather[gathered + 2] = 0;
        gather[gathered + 3] = 0;
        gather[gathered + 4] = (bytes + 1) >> 8;
        gather[gathered + 5] = bytes + 1;
        gather[gathered + 6] = exchange.unit;
        if (gather[gathered + 7] & 0x80) this.#stats.exceptions += 1;
        gathered += 7 + bytes;
      } else {
        this.#stats.unanswered += 1;
      }
      answered += 1;
      at += HEAD + length;
    }

    if (answered > 0) {
      this.#stats.requests += answered;
      connection.spoke = true;
      connection.silentSweeps = 0;
      connection.halfSentSweeps = 0;
    }
    if (at === input.length) connection.input = EMPTY;
    // A short rest is copied, so that half a frame does not keep the whole segment alive.
    else if (at > 0)
      connection.input = input.length - at > FRAME_MAX ? input.subarray(at) : Buffer.from(input.subarray(at));
    if (gathered > 0) this.#send(connection, gathered);
    if (malformed) {
      this.#stats.malformed += 1;
      this.#finish(connection);
    } else if (connection.ended && !connection.blocked && !connection.queued) {
      if (connection.held) this.#drop(connection);
      else this.#finish(connection);
    } else {
      this.#flow(connection);
    }
  }

  /** Answers the exchange's request. @returns bytes, 0 for silence, HELD */
  #reply(connection: Connection): number {
    const exchange = this.#exchange;
    const bank = this.#units.get(exchange.unit);
    let answer: Answer | undefined;
    if (connection.held) {
      connection.held = false;
      this.#stats.held -= 1;
      answer = connection.answer;
      connection.answer = undefined;
    }
    if (!bank) {
      return this.#options.unknownUnit === 'silent' ? 0 : putException(exchange, Exception.gatewayTargetFailed);
    }
    const bytes = handlePdu(bank, exchange, answer);
    // The hook may have called resume itself before it returned HELD.
    answer = connection.answer;
    connection.answer = undefined;
    return bytes === HELD && answer !== undefined ? handlePdu(bank, exchange, answer) : bytes;
  }

  #send(connection: Connection, bytes: number): void {
    // The socket may keep what it is given, and the gather buffer is used again at once.
    connection.socket.write(Buffer.from(this.#gather.subarray(0, bytes)));
    this.#stats.sent_bytes += bytes;
    if (connection.socket.writableLength > this.#unsentLimit) connection.blocked = true;
  }

  /** Gives the others a turn before this connection goes on. */
  #queue(connection: Connection): void {
    if (connection.queued) return;
    connection.queued = true;
    setImmediate(() => {
      connection.queued = false;
      this.#answer(connection);
    });
  }

  /** Reads on only while there is room for what is read, so that memory per connection is bounded. */
  #flow(connection: Connection): void {
    const pause = connection.blocked || connection.input.length >= UNHANDLED_LIMIT;
    if (pause === connection.paused) return;
    connection.paused = pause;
    if (pause) connection.socket.pause();
    else connection.socket.resume();
  }

  /** Sends what is left to send, then closes. The sweep ends it if the master does not read. */
  #finish(connection: Connection): void {
    connection.closing = true;
    connection.input = EMPTY;
    connection.socket.destroySoon();
  }

  #drop(connection: Connection): void {
    if (connection.gone) return;
    connection.gone = true;
    if (connection.held) this.#stats.held -= 1;
    connection.input = EMPTY;
    this.#connections.delete(connection.id);
    this.#stats.connections = this.#connections.size;
    connection.socket.destroy();
    this.#options.onDisconnect?.(connection.id);
  }

  #sweep(): void {
    for (const connection of this.#connections.values()) {
      if (connection.blocked || connection.closing) {
        connection.stalledSweeps += 1;
        if (connection.stalledSweeps >= this.#sweeps.stalled) this.#end(connection, 'stalled');
        continue;
      }
      if (connection.held) continue;
      // Counted from the frame's first byte, so that one byte a minute does not keep a connection.
      connection.halfSentSweeps = connection.input.length > 0 ? connection.halfSentSweeps + 1 : 0;
      connection.silentSweeps += 1;
      if (connection.halfSentSweeps >= this.#sweeps.halfSent) this.#end(connection, 'halfSent');
      else if (connection.silentSweeps >= this.#sweeps.idle) this.#end(connection, 'idle');
    }
  }

  #end(connection: Connection, why: 'idle' | 'halfSent' | 'stalled'): void {
    this.#stats[why] += 1;
    this.#drop(connection);
  }
}

function everyInterval(period_ms: number, sweep: () => void): () => void {
  const timer = setInterval(sweep, period_ms);
  // The sweep alone is no reason for the process to live.
  timer.unref();
  return () => clearInterval(timer);
}

function listenSentence(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Modbus port ${port} on ${host} is in use by another program: stop it, or choose another port (0 takes any free one).`;
    case 'EACCES':
      return `Modbus port ${port} on ${host} may not be opened by this user: ports below 1024 need a privilege; choose a higher one.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Modbus host ${host} is not an address of this machine: use 127.0.0.1, 0.0.0.0 or an address of its own.`;
    default:
      return `Modbus port ${port} on ${host} cannot be opened: ${error.message}.`;
  }
}

/**
 * What the owner of a Modbus server may choose, and what the server counts. Limits that protect the plant from its masters
 * have defaults that suit a control room: tens of connections, seconds of patience.
 */
import type { ConnectionId } from './bank.ts';
import type { Writable } from './pdu.ts';

/** What a master hears from a unit id that has no bank: nothing, or exception 0x0B. */
export type UnknownUnit = 'silent' | 'exception';

/** Every field has a default. Times of 0 switch the limit off. */
export interface ModbusServerOptions {
  /** Default 'exception': gateway target device failed to respond. */
  unknownUnit?: UnknownUnit;
  /** Connections at once; default 64. */
  connectionLimit?: number;
  /** Silence after which a connection may give way to a newcomer; default 10 000. */
  unusedAfter_ms?: number;
  /** Silence after which a connection is closed; default 60 000. A connection with a held reply is not silent. */
  idle_ms?: number;
  /** Time for the rest of a frame that has begun; default 5 000. */
  halfSent_ms?: number;
  /** Time in which a master that stopped reading must read again; default 10 000. */
  stalled_ms?: number;
  /** Unsent replies at which we stop answering a master until it reads; default 256 KiB. */
  unsentLimit_bytes?: number;
  /** Requests that one connection may have answered before the others get a turn; default 512. */
  requestsPerTurn?: number;
  /** Resolution of all time limits; default 1000. */
  sweep_ms?: number;
  /** Refuses writes by connection (roles); refused is exception 2. */
  writable?: Writable;
  onConnect?(connection: ConnectionId, peer: { address: string; port: number }): void;
  onDisconnect?(connection: ConnectionId): void;
  /** A hook of a bank threw; the master was told exception 4. */
  onFault?(fault: unknown): void;
  /** Who calls the sweep: tests put their own here, so that no test waits. Returns how to stop it. */
  every?(period_ms: number, sweep: () => void): () => void;
}

/** Counters since construction; `connections` and `held` are of this moment. */
export interface ModbusServerStats {
  connections: number;
  held: number;
  accepted: number;
  /** Closed at the connection limit because all others were in use. */
  refused: number;
  /** Gave way to a newcomer at the connection limit. */
  displaced: number;
  requests: number;
  exceptions: number;
  /** Requests to unknown units that were left without a reply. */
  unanswered: number;
  /** Closed for a wrong protocol id or length. */
  malformed: number;
  /** Closed by a time limit: silent, mid-frame, or not reading. */
  idle: number;
  halfSent: number;
  stalled: number;
  received_bytes: number;
  sent_bytes: number;
}

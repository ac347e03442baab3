/**
 * The write-ahead log: files of checksummed batches, each batch durable (fdatasync) before it is acknowledged. A file is
 * named after its first batch; numbers have no gaps. What has been folded into Parquet is deleted.
 *
 * File: magic, version, byte order mark, 0; then batches, each 16 words of header and the payload (item.ts):
 *   0 magic · 1–2 number · 3 payload words · 4 CRC-32 of the payload · 5 items · 6 frames · 7 stream, 8 seq of the first
 *   frame · 9 stream, 10 seq of the last frame · 11–14 0 · 15 CRC-32 of words 0–14
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { int64At, Kind, kindOf, lengthOf, putInt64 } from './item.ts';

const FILE_MAGIC = 0x4854_4c31;
const BATCH_MAGIC = 0x4254_4c31;
const ORDER_MARK = 0x0102_0304;
const VERSION = 1;
const FILE_WORDS = 4;
const HEADER_WORDS = 16;

export interface Batch {
  readonly number: number;
  readonly words: Uint32Array;
  /** The same memory as `words`. */
  readonly bytes: Uint8Array;
}

/** What a crash left behind its last whole batch: begun and never acknowledged. */
export interface TornTail {
  readonly file: string;
  readonly bytes: number;
  readonly batch: number;
  /** Where the batch's header was whole: what it would have held. */
  readonly frames?: { readonly count: number; readonly firstSeq: number; readonly lastSeq: number };
}

/** Bytes inside the log that no longer are what was acknowledged: the disk changed them. */
export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly firstBatch: number;
  readonly lastBatch: number;
}

export interface LogRecovery {
  readonly torn?: TornTail;
  readonly damage: readonly Damage[];
}

interface Segment {
  readonly path: string;
  readonly first: number;
  /** Last batch; first - 1 where it holds none. */
  last: number;
  bytes: number;
}

export class Log {
  readonly folder: string;
  readonly recovery: LogRecovery;
  next: number;
  private readonly segments: Segment[] = [];
  private fd: number | undefined;
  private readonly header = new Uint32Array(HEADER_WORDS);
  private readonly headerBytes = new Uint8Array(this.header.buffer);

  /** Reads what is there, cuts off a torn tail, and goes on behind it. @param folded the last batch that is safe elsewhere */
  constructor(folder: string, folded: number) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const damage: Damage[] = [];
    let torn: TornTail | undefined;
    let expected = folded + 1;
    const names = readdirSync(folder)
      .filter((n) => /^\d{12}\.log$/.test(n))
      .sort();
    for (const [i, name] of names.entries()) {
      const path = join(folder, name);
      const first = Number(name.slice(0, 12));
      if (first > expected) damage.push({ file: path, offset: 0, firstBatch: expected, lastBatch: first - 1 });
      expected = first;
      let end = 0;
      for (const piece of scan(path)) {
        if (piece.kind === 'batch') {
          if (piece.number > expected)
            damage.push({ file: path, offset: end, firstBatch: expected, lastBatch: piece.number - 1 });
          expected = piece.number + 1;
          end = piece.end;
        } else if (i === names.length - 1) {
          torn = { file: path, bytes: piece.bytes, batch: expected, ...(piece.frames ? { frames: piece.frames } : {}) };
          truncateSync(path, end);
        } else
          damage.push({
            file: path,
            offset: end,
            firstBatch: expected,
            lastBatch: Number(names[i + 1]!.slice(0, 12)) - 1,
          });
      }
      this.segments.push({ path, first, last: expected - 1, bytes: end });
    }
    this.next = Math.max(expected, folded + 1);
    this.recovery = { damage, ...(torn ? { torn } : {}) };
  }

  get currentBytes(): number {
    return this.fd === undefined ? 0 : this.segments.at(-1)!.bytes;
  }

  /** Batches not yet dropped. */
  get pendingBatches(): number {
    return this.segments.reduce((n, s) => n + s.last - s.first + 1, 0);
  }

  /**
   * Writes one batch and makes it durable; returns its number. Throws what the disk says; the file then ends where it
   * ended before, and the same batch may be tried again.
   */
  append(payload: Uint32Array): number {
    const segment = this.open();
    const { header } = this;
    const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
    header.fill(0);
    header[0] = BATCH_MAGIC;
    putInt64(header, 1, this.next);
    header[3] = payload.length;
    header[4] = crc32(bytes);
    for (let at = 0; at < payload.length; at += lengthOf(payload[at]!)) {
      header[5]! += 1;
      if (kindOf(payload[at]!) !== Kind.frame) continue;
      if (header[6] === 0) header.set([payload[at + 1]!, payload[at + 2]!], 7);
      header.set([payload[at + 1]!, payload[at + 2]!], 9);
      header[6]! += 1;
    }
    header[15] = crc32(this.headerBytes.subarray(0, 60));
    const fd = this.fd!;
    try {
      writeAll(fd, this.headerBytes, segment.bytes);
      writeAll(fd, bytes, segment.bytes + this.headerBytes.length);
      fdatasyncSync(fd);
    } catch (error) {
      // Frees what the half of a batch took; where even that fails, the next try writes over it.
      try {
        ftruncateSync(fd, segment.bytes);
      } catch (again) {
        throw new AggregateError([error, again], (error as Error).message);
      }
      throw error;
    }
    segment.bytes += this.headerBytes.length + bytes.length;
    segment.last = this.next;
    this.next += 1;
    return segment.last;
  }

  /** Closes the current file, so that all batches so far lie in files that will not change. */
  seal(): void {
    if (this.fd === undefined) return;
    closeSync(this.fd);
    this.fd = undefined;
  }

  /** Files that will not change any more, oldest first. */
  sealed(): { readonly path: string; readonly last: number }[] {
    return (this.fd === undefined ? this.segments : this.segments.slice(0, -1)).map(({ path, last }) => ({
      path,
      last,
    }));
  }

  /** Deletes files whose batches are all safe elsewhere. */
  drop(upTo: number): void {
    while (this.segments.length > 0 && this.segments[0]!.last <= upTo) {
      if (this.segments.length === 1 && this.fd !== undefined) return;
      unlinkSync(this.segments[0]!.path);
      this.segments.shift();
    }
  }

  private open(): Segment {
    if (this.fd !== undefined) return this.segments.at(-1)!;
    const path = join(this.folder, `${String(this.next).padStart(12, '0')}.log`);
    const last = this.segments.at(-1);
    // A file of that name holds no batch: it was begun and its first batch never came.
    if (last?.path === path) this.segments.pop();
    const fd = openSync(path, 'w', 0o600);
    try {
      const head = new Uint8Array(Uint32Array.of(FILE_MAGIC, VERSION, ORDER_MARK, 0).buffer);
      writeAll(fd, head, 0);
      fsyncSync(fd);
      syncFolder(this.folder);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.fd = fd;
    const segment = { path, first: this.next, last: this.next - 1, bytes: 4 * FILE_WORDS };
    this.segments.push(segment);
    return segment;
  }
}

/** All batches of a file that are whole, from the first after `after` on. */
export function* readBatches(path: string, after: number): Generator<Batch, void, undefined> {
  for (const piece of scan(path)) if (piece.kind === 'batch' && piece.number > after) yield piece.batch();
}

type Piece =
  | { readonly kind: 'batch'; readonly number: number; readonly end: number; batch(): Batch }
  | { readonly kind: 'tail'; readonly bytes: number; readonly frames?: NonNullable<TornTail['frames']> };

/** Walks a file; behind bytes that make no batch it looks for the next one that is whole. */
function* scan(path: string): Generator<Piece, void, undefined> {
  const size = statSync(path).size;
  const fd = openSync(path, 'r');
  try {
    const head = new Uint32Array(FILE_WORDS);
    if (size < 4 * FILE_WORDS || !readAll(fd, new Uint8Array(head.buffer), 0)) {
      if (size > 0) yield { kind: 'tail', bytes: size };
      return;
    }
    if (head[0] !== FILE_MAGIC || head[1] !== VERSION || head[2] !== ORDER_MARK)
      throw new Error(`${path} is no log that this version and machine can read`);
    const header = new Uint32Array(HEADER_WORDS);
    const headerBytes = new Uint8Array(header.buffer);
    let at = 4 * FILE_WORDS;
    let bad: number | undefined;
    let frames: TornTail['frames'];
    while (at < size) {
      const whole =
        readAll(fd, headerBytes, at) && header[0] === BATCH_MAGIC && header[15] === crc32(headerBytes.subarray(0, 60));
      if (whole) {
        const words = new Uint32Array(header[3]!);
        const bytes = new Uint8Array(words.buffer);
        const end = at + headerBytes.length + bytes.length;
        if (readAll(fd, bytes, at + headerBytes.length) && crc32(bytes) === header[4]) {
          bad = undefined;
          const number = int64At(header, 1);
          yield { kind: 'batch', number, end, batch: () => ({ number, words, bytes }) };
          at = end;
          continue;
        }
        frames ??= { count: header[6]!, firstSeq: header[8]!, lastSeq: header[10]! };
      }
      bad ??= at;
      at = nextMagic(fd, at + 4, size);
    }
    if (bad !== undefined) yield { kind: 'tail', bytes: size - bad, ...(frames && frames.count > 0 ? { frames } : {}) };
  } finally {
    closeSync(fd);
  }
}

/** Offset of the next word that may begin a batch, or `size`. */
function nextMagic(fd: number, from: number, size: number): number {
  const window = new Uint32Array(65_536);
  const bytes = new Uint8Array(window.buffer);
  for (let at = from; at < size; at += bytes.length) {
    const n = readSync(fd, bytes, 0, bytes.length, at) >> 2;
    for (let i = 0; i < n; i += 1) if (window[i] === BATCH_MAGIC) return at + 4 * i;
  }
  return size;
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

function readAll(fd: number, bytes: Uint8Array, position: number): boolean {
  for (let done = 0; done < bytes.length; ) {
    const n = readSync(fd, bytes, done, bytes.length - done, position + done);
    if (n === 0) return false;
    done += n;
  }
  return true;
}

/** Makes names in a folder durable. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

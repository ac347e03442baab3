/**
 * Frames by column in DuckDB's own memory order, so that handing a block over is one copy per column. Shared by all who
 * write frames to Parquet: the recorder of a run and the historian.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Frame, FrameLayout } from '../contract/index.ts';
import { arrayBytes, vectorBytes } from './vectors.ts';

/** Rows of a block: the size of a DuckDB vector. */
export const BLOCK_ROWS = 2048;

/** Where each column of the frames table stands in a block's buffer. */
export interface BlockShape {
  readonly layout: FrameLayout;
  /** Byte offset of each SQL column (2 + stations + 2 · tags). */
  readonly offset: readonly number[];
  /** Bytes of a row of each SQL column. */
  readonly rowBytes: readonly number[];
  readonly bytes: number;
}

export function blockShape(layout: FrameLayout): BlockShape {
  const rowBytes = [
    4,
    8,
    ...layout.stations.map(() => 8),
    ...layout.tags.map((t) => 4 * t.width),
    ...layout.tags.map(() => 1),
  ];
  const offset: number[] = [];
  let bytes = 0;
  for (const b of rowBytes) {
    offset.push(bytes);
    bytes += b * BLOCK_ROWS;
  }
  return { layout, offset, rowBytes, bytes };
}

/** Frames by column, in DuckDB's own byte order and shape, so that handing over is one copy per column. */
export class Block {
  rows = 0;
  private readonly shape: BlockShape;
  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private readonly clocks: number;
  private readonly qualityAt: number;
  private readonly tags: number;
  /** First word of each tag's column (tags), and its width (tags). */
  private readonly tagAt: Int32Array;
  private readonly width: Int32Array;
  private source: Float32Array | undefined;
  private sourceWords: Uint32Array = new Uint32Array(0);

  constructor(shape: BlockShape) {
    const { layout, offset, bytes } = shape;
    this.shape = shape;
    const buffer = new ArrayBuffer(bytes);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer, 0, bytes >> 2);
    this.clocks = layout.stations.length;
    this.tags = layout.tags.length;
    this.tagAt = Int32Array.from(layout.tags, (_, i) => offset[2 + this.clocks + i]! >> 2);
    this.width = Int32Array.from(layout.tags, (t) => t.width);
    this.qualityAt = offset[2 + this.clocks + this.tags] ?? bytes;
  }

  add(frame: Frame): void {
    const { words, tagAt, width, tags, clocks } = this;
    const row = this.rows;
    // Floats are moved as words: a float that passes through a number may lose the bits of a NaN.
    if (this.source !== frame.value) {
      this.source = frame.value;
      this.sourceWords = new Uint32Array(frame.value.buffer, frame.value.byteOffset, frame.value.length);
    }
    const value = this.sourceWords;
    words[row] = frame.seq;
    let at = BLOCK_ROWS + 2 * row;
    setInt64(words, at, frame.timeUs);
    for (let i = 0; i < clocks; i += 1) {
      at += 2 * BLOCK_ROWS;
      setInt64(words, at, frame.stationTimeUs[i]!);
    }
    let from = 0;
    for (let t = 0; t < tags; t += 1) {
      const n = width[t]!;
      const to = tagAt[t]! + row * n;
      for (let k = 0; k < n; k += 1) words[to + k] = value[from + k]!;
      from += n;
    }
    const { bytes, qualityAt } = this;
    const quality = frame.quality;
    for (let t = 0; t < tags; t += 1) bytes[qualityAt + t * BLOCK_ROWS + row] = quality[t]!;
    this.rows = row + 1;
  }

  /** Hands all rows to a chunk of as many. */
  fill(chunk: DuckDBDataChunk): void {
    const { offset, rowBytes } = this.shape;
    for (let c = 0; c < chunk.columnCount; c += 1) {
      const vector = chunk.getColumnVector(c);
      const tag = c - 2 - this.clocks;
      const wide = tag >= 0 && tag < this.tags && this.width[tag]! > 1;
      const memory = wide ? arrayBytes(vector) : vectorBytes(vector);
      memory.set(this.bytes.subarray(offset[c]!, offset[c]! + rowBytes[c]! * this.rows));
      vector.flush();
    }
  }
}

/** Writes an integer below 2^53 as a little-endian int64 without making a bigint. */
export function setInt64(words: Uint32Array, at: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  words[at] = value - high * 4294967296;
  words[at + 1] = high;
}

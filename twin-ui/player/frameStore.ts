/**
 * The scans that a window holds: per tag the last, least and greatest sample of each scan and its quality, in chunks that
 * may arrive in any order. Live plants and recordings fill the same store, so that no panel can tell them apart.
 */
import {
  createFrame,
  decodeFrame,
  type Frame,
  type FrameLayout,
  frameByteLength,
  UNUSABLE,
} from '../../models/contract/index.ts';

const CHUNK = 1024;
/** Beyond it, chunks far from the shown time go. */
const KEPT_bytes = 160 * 1024 * 1024;

interface Chunk {
  readonly timeUs: Float64Array; // (CHUNK), 0 where no scan has come
  readonly last: Float32Array; // (CHUNK × tags)
  readonly least: Float32Array;
  readonly most: Float32Array;
  readonly quality: Uint8Array;
  filled: number;
}

/** What one tag did in a span, reduced to one point per bucket; spikes survive because both ends are kept. */
export interface Series {
  readonly timeUs: number[];
  readonly least: (number | null)[];
  readonly most: (number | null)[];
  readonly last: (number | null)[];
  /** All flags of the bucket. */
  readonly quality: number[];
}

export class FrameStore {
  readonly layout: FrameLayout;
  /** Of the newest scan that has come; 0: none. */
  newestSeq = 0;
  /** Rises with every change. */
  version = 0;
  readonly #chunks = new Map<number, Chunk>();
  readonly #tags: number;
  readonly #wide: boolean;
  readonly #most: number;
  readonly #scratch: Frame;

  constructor(layout: FrameLayout) {
    this.layout = layout;
    this.#tags = layout.tags.length;
    this.#wide = layout.tags.some((t) => t.width > 1);
    const bytes = CHUNK * (8 + this.#tags * (this.#wide ? 13 : 5));
    this.#most = Math.max(8, Math.floor(KEPT_bytes / bytes));
    this.#scratch = createFrame(layout);
  }

  /** Seq of the scan at a time: scans are equally spaced. */
  seqAt(timeUs: number): number {
    return Math.max(1, Math.round(timeUs / this.layout.scanUs));
  }

  timeOf(seq: number): number {
    return seq * this.layout.scanUs;
  }

  has(seq: number): boolean {
    const chunk = this.#chunks.get(Math.floor(seq / CHUNK));
    return chunk !== undefined && chunk.timeUs[seq % CHUNK]! > 0;
  }

  /** The first scan from `seq` up to `end` that has not come; end + 1 where all have. */
  firstGap(seq: number, end: number): number {
    let s = seq;
    while (s <= end && this.has(s)) s += 1;
    return s;
  }

  put(frame: Frame, keepNearSeq = frame.seq): void {
    const { layout } = this;
    const key = Math.floor(frame.seq / CHUNK);
    let chunk = this.#chunks.get(key);
    if (!chunk) {
      const n = CHUNK * this.#tags;
      const last = new Float32Array(n);
      chunk = {
        timeUs: new Float64Array(CHUNK),
        last,
        least: this.#wide ? new Float32Array(n) : last,
        most: this.#wide ? new Float32Array(n) : last,
        quality: new Uint8Array(n),
        filled: 0,
      };
      this.#chunks.set(key, chunk);
      this.#forget(Math.floor(keepNearSeq / CHUNK));
    }
    const row = frame.seq % CHUNK;
    if (chunk.timeUs[row] === 0) chunk.filled += 1;
    chunk.timeUs[row] = frame.timeUs;
    for (let t = 0; t < this.#tags; t += 1) {
      const at = row * this.#tags + t;
      const from = layout.column[t]!;
      const width = layout.tags[t]!.width;
      let least = frame.value[from]!;
      let most = least;
      for (let k = 1; k < width; k += 1) {
        const v = frame.value[from + k]!;
        if (v < least) least = v;
        if (v > most) most = v;
      }
      chunk.last[at] = frame.value[from + width - 1]!;
      if (this.#wide) {
        chunk.least[at] = least;
        chunk.most[at] = most;
      }
      chunk.quality[at] = frame.quality[t]!;
    }
    if (frame.seq > this.newestSeq) this.newestSeq = frame.seq;
    this.version += 1;
  }

  /** Scans one after the other, as REST sends them. @returns how many, and the seq of the first; 0: none */
  putBytes(bytes: ArrayBuffer, keepNearSeq?: number): { readonly first: number; readonly count: number } {
    const view = new DataView(bytes);
    const size = frameByteLength(this.layout);
    let n = 0;
    let first = 0;
    for (let at = 0; at + size <= bytes.byteLength; at += size, n += 1) {
      decodeFrame(view, this.#scratch, at);
      if (n === 0) first = this.#scratch.seq;
      this.put(this.#scratch, keepNearSeq ?? this.#scratch.seq);
    }
    return { first, count: n };
  }

  /** Last sample of a tag in a scan; NaN where it has not come. */
  value(tag: number, seq: number): number {
    const chunk = this.#chunks.get(Math.floor(seq / CHUNK));
    if (!chunk || chunk.timeUs[seq % CHUNK] === 0) return Number.NaN;
    return chunk.last[(seq % CHUNK) * this.#tags + tag]!;
  }

  /** Flags of a tag in a scan; undefined where it has not come. */
  quality(tag: number, seq: number): number | undefined {
    const chunk = this.#chunks.get(Math.floor(seq / CHUNK));
    if (!chunk || chunk.timeUs[seq % CHUNK] === 0) return undefined;
    return chunk.quality[(seq % CHUNK) * this.#tags + tag]!;
  }

  /** The value where it may be used, else NaN. */
  usable(tag: number, seq: number): number {
    const quality = this.quality(tag, seq);
    return quality === undefined || (quality & UNUSABLE) !== 0 ? Number.NaN : this.value(tag, seq);
  }

  /** @param buckets points at most */
  series(tag: number, fromUs: number, toUs: number, buckets: number): Series {
    const { scanUs } = this.layout;
    const first = Math.max(1, Math.ceil(fromUs / scanUs));
    const end = Math.min(Math.floor(toUs / scanUs), this.newestSeq);
    const every = Math.max(1, Math.ceil((end - first + 1) / buckets));
    const out: Series = { timeUs: [], least: [], most: [], last: [], quality: [] };
    // Buckets stand at fixed scans, so that a chart that moves on does not flicker.
    for (let from = first - (first % every); from <= end; from += every) {
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      let last: number | null = null;
      let flags = 0;
      let known = false;
      for (let seq = Math.max(from, first); seq < from + every && seq <= end; seq += 1) {
        const chunk = this.#chunks.get(Math.floor(seq / CHUNK));
        if (!chunk || chunk.timeUs[seq % CHUNK] === 0) continue;
        const at = (seq % CHUNK) * this.#tags + tag;
        const quality = chunk.quality[at]!;
        known = true;
        flags |= quality;
        if ((quality & UNUSABLE) !== 0) continue;
        if (chunk.least[at]! < least) least = chunk.least[at]!;
        if (chunk.most[at]! > most) most = chunk.most[at]!;
        last = chunk.last[at]!;
      }
      if (!known) continue;
      out.timeUs.push(Math.min(from + every - 1, end) * scanUs);
      out.least.push(last === null ? null : least);
      out.most.push(last === null ? null : most);
      out.last.push(last);
      out.quality.push(flags);
    }
    return out;
  }

  #forget(near: number): void {
    while (this.#chunks.size > this.#most) {
      let far = -1;
      let distance = -1;
      for (const key of this.#chunks.keys()) {
        const d = Math.abs(key - near);
        if (d > distance) {
          distance = d;
          far = key;
        }
      }
      this.#chunks.delete(far);
    }
  }
}

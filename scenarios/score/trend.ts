/**
 * Trends of a whole run in bounded memory: each tag keeps at most N buckets of minimum and maximum, so no spike is ever
 * lost, and neighbours merge when the room is full. Feeding a frame allocates nothing.
 */
import { type Frame, type FrameLayout, Quality, UNUSABLE } from '../../models/contract/index.ts';

export interface Trend {
  readonly tag: string;
  readonly unit: string;
  /** Start of each bucket [µs], rising; a stretch without frames has no bucket. */
  readonly timeUs: Float64Array;
  /** Least and greatest usable sample; NaN where the bucket has none. */
  readonly min: Float32Array;
  readonly max: Float32Array;
  /** Quality flags that were seen in the bucket, `held` left out; 0 is good throughout. */
  readonly bad: Uint8Array;
}

/** Flags worth showing: unusable, and clipped at an end of the range. Held is how a quiet instrument reports. */
const SHOWN = UNUSABLE | Quality.clipped;

export class TrendBuilder {
  private readonly layout: FrameLayout;
  private readonly tags: readonly number[];
  private readonly capacity: number;
  /** Shared by all tags: start of each bucket [µs] (capacity). */
  private readonly start: Float64Array;
  // (tags, capacity)
  private readonly min: Float32Array;
  private readonly max: Float32Array;
  private readonly bad: Uint8Array;
  private used = 0;
  private originUs = 0;
  private widthUs: number;

  /** `tags`: the ids to keep (all of them unless given; ids that the layout lacks throw). */
  constructor(layout: FrameLayout, tags?: readonly string[], capacity = 8192) {
    if (!Number.isInteger(capacity) || capacity < 2)
      throw new RangeError(`a trend needs at least 2 buckets, got ${capacity}`);
    this.layout = layout;
    this.capacity = capacity;
    this.tags = (tags ?? layout.tags.map((t) => t.id)).map((id) => {
      const i = layout.tags.findIndex((t) => t.id === id);
      if (i < 0) throw new RangeError(`the layout has no tag ${id}`);
      return i;
    });
    this.start = new Float64Array(capacity);
    this.min = new Float32Array(capacity * this.tags.length).fill(Number.NaN);
    this.max = new Float32Array(capacity * this.tags.length).fill(Number.NaN);
    this.bad = new Uint8Array(capacity * this.tags.length);
    this.widthUs = layout.scanUs;
  }

  /** Frames come in order of time; the frame may be reused afterwards. */
  add(frame: Frame): void {
    // A frame holds the samples of the scan that ends at its time.
    if (this.used === 0) this.originUs = frame.timeUs - this.layout.scanUs;
    let start = this.bucketOf(frame.timeUs - 1);
    if (this.used === 0 || start > this.start[this.used - 1]!) {
      while (this.used === this.capacity) this.merge();
      start = this.bucketOf(frame.timeUs - 1);
      if (this.used === 0 || start > this.start[this.used - 1]!) {
        this.start[this.used] = start;
        this.used += 1;
      }
    }
    const bucket = this.used - 1;
    for (let k = 0; k < this.tags.length; k += 1) {
      const tag = this.tags[k]!;
      const at = k * this.capacity + bucket;
      const quality = frame.quality[tag]!;
      this.bad[at]! |= quality & SHOWN;
      if ((quality & UNUSABLE) !== 0) continue;
      const first = this.layout.column[tag]!;
      const end = first + this.layout.tags[tag]!.width;
      for (let c = first; c < end; c += 1) this.take(at, frame.value[c]!);
    }
  }

  trends(): Trend[] {
    const timeUs = this.start.slice(0, this.used);
    return this.tags.map((tag, k) => {
      const from = k * this.capacity;
      const to = from + this.used;
      const { id, unit } = this.layout.tags[tag]!;
      return {
        tag: id,
        unit,
        timeUs,
        min: this.min.slice(from, to),
        max: this.max.slice(from, to),
        bad: this.bad.slice(from, to),
      };
    });
  }

  private bucketOf(timeUs: number): number {
    return this.originUs + Math.floor((timeUs - this.originUs) / this.widthUs) * this.widthUs;
  }

  private take(at: number, value: number): void {
    if (Number.isNaN(value)) return;
    // An empty bucket holds NaN, which compares false: the negations let its first sample in.
    if (!(this.min[at]! <= value)) this.min[at] = value;
    if (!(this.max[at]! >= value)) this.max[at] = value;
  }

  /** Doubles the buckets' width; those that now share a start become one. Sparse ones may need more than one round. */
  private merge(): void {
    this.widthUs *= 2;
    let to = -1;
    for (let from = 0; from < this.used; from += 1) {
      const start = this.bucketOf(this.start[from]!);
      const joins = to >= 0 && this.start[to] === start;
      if (!joins) to += 1;
      this.start[to] = start;
      for (let row = 0; row < this.min.length; row += this.capacity) {
        const a = row + to;
        const b = row + from;
        if (a === b) continue;
        if (joins) {
          this.take(a, this.min[b]!);
          this.take(a, this.max[b]!);
          this.bad[a]! |= this.bad[b]!;
        } else {
          this.min[a] = this.min[b]!;
          this.max[a] = this.max[b]!;
          this.bad[a] = this.bad[b]!;
        }
        this.min[b] = Number.NaN;
        this.max[b] = Number.NaN;
        this.bad[b] = 0;
      }
    }
    this.used = to + 1;
  }
}

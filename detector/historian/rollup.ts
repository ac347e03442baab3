/**
 * Roll-ups while frames are folded: per tag and span (1 s for tags sampled faster than that, 1 min, 1 h) the least and the
 * greatest usable value, their sum and count, and how many samples had which quality. Rows add up: late data give another
 * row for the same span, and whoever reads merges rows by min, max and sum. A span is closed where a sample of another
 * one comes; a closed second goes into its minute, a closed minute into its hour.
 */
import { type Frame, type FrameLayout, Quality, UNUSABLE } from '../../models/contract/index.ts';
import { LEVEL_US, LEVELS, type Level } from './catalogue.ts';

/** Columns of a roll-up row, in order. `min` and `max` of no usable sample are +∞ and −∞, which merge like any other. */
export const ROLLUP_COLUMNS = [
  { name: 'tag', type: 'UINTEGER' },
  { name: 't0_us', type: 'BIGINT' },
  { name: 'n', type: 'UINTEGER' },
  { name: 'min', type: 'FLOAT' },
  { name: 'max', type: 'FLOAT' },
  { name: 'sum', type: 'DOUBLE' },
  { name: 'held', type: 'UINTEGER' },
  { name: 'clipped', type: 'UINTEGER' },
  { name: 'failed', type: 'UINTEGER' },
  { name: 'lost', type: 'UINTEGER' },
  { name: 'missing', type: 'UINTEGER' },
] as const;
const COUNTS = [Quality.held, Quality.clipped, Quality.failed, Quality.lost, Quality.missing];

/** Rows of one level as columns, growing. */
export class RollupRows {
  rows = 0;
  tag = new Uint32Array(256);
  t0 = new Float64Array(256);
  n = new Uint32Array(256);
  min = new Float32Array(256);
  max = new Float32Array(256);
  sum = new Float64Array(256);
  /** (rows, 5) */
  counts = new Uint32Array(5 * 256);

  add(tag: number, t0: number, from: Spans): void {
    const i = this.rows;
    if (i === this.tag.length) this.grow();
    this.tag[i] = tag;
    this.t0[i] = t0;
    this.n[i] = from.n[tag]!;
    this.min[i] = from.min[tag]!;
    this.max[i] = from.max[tag]!;
    this.sum[i] = from.sum[tag]!;
    for (let q = 0; q < 5; q += 1) this.counts[5 * i + q] = from.counts[5 * tag + q]!;
    this.rows += 1;
  }

  private grow(): void {
    const longer = <T extends Uint32Array | Float32Array | Float64Array>(old: T, length: number): T => {
      const next = new (old.constructor as new (n: number) => T)(length);
      next.set(old);
      return next;
    };
    const length = 2 * this.tag.length;
    this.tag = longer(this.tag, length);
    this.t0 = longer(this.t0, length);
    this.n = longer(this.n, length);
    this.min = longer(this.min, length);
    this.max = longer(this.max, length);
    this.sum = longer(this.sum, length);
    this.counts = longer(this.counts, 5 * length);
  }
}

/** The open span of every tag at one level. */
class Spans {
  readonly us: number;
  readonly t0: Float64Array; // start of the open span [µs]; NaN where none is open (tags)
  readonly n: Uint32Array; // usable samples (tags)
  readonly min: Float64Array; // (tags)
  readonly max: Float64Array; // (tags)
  readonly sum: Float64Array; // (tags)
  readonly counts: Uint32Array; // samples of each quality (tags, 5)

  constructor(us: number, tags: number) {
    this.us = us;
    this.t0 = new Float64Array(tags).fill(Number.NaN);
    this.n = new Uint32Array(tags);
    this.min = new Float64Array(tags);
    this.max = new Float64Array(tags);
    this.sum = new Float64Array(tags);
    this.counts = new Uint32Array(5 * tags);
  }

  open(tag: number, t0: number): void {
    this.t0[tag] = t0;
    this.n[tag] = 0;
    this.min[tag] = Number.POSITIVE_INFINITY;
    this.max[tag] = Number.NEGATIVE_INFINITY;
    this.sum[tag] = 0;
    this.counts.fill(0, 5 * tag, 5 * tag + 5);
  }

  merge(tag: number, from: Spans): void {
    this.n[tag]! += from.n[tag]!;
    if (from.min[tag]! < this.min[tag]!) this.min[tag] = from.min[tag]!;
    if (from.max[tag]! > this.max[tag]!) this.max[tag] = from.max[tag]!;
    this.sum[tag]! += from.sum[tag]!;
    for (let q = 5 * tag; q < 5 * tag + 5; q += 1) this.counts[q]! += from.counts[q]!;
  }
}

export class Rollup {
  readonly rows: Readonly<Record<Level, RollupRows>> = {
    '1s': new RollupRows(),
    '1min': new RollupRows(),
    '1h': new RollupRows(),
  };
  private readonly layout: FrameLayout;
  private readonly epochUs: number;
  private readonly levels: readonly Spans[];
  /** The level that a tag's samples enter at (tags). */
  private readonly entry: Uint8Array;

  constructor(layout: FrameLayout, epochUs: number) {
    this.layout = layout;
    this.epochUs = epochUs;
    this.levels = LEVELS.map((l) => new Spans(LEVEL_US[l], layout.tags.length));
    this.entry = Uint8Array.from(layout.tags, (t) => (t.periodUs < LEVEL_US['1s'] ? 0 : 1));
  }

  add(frame: Frame): void {
    const { tags, column } = this.layout;
    const time = this.epochUs + frame.timeUs;
    for (let t = 0; t < tags.length; t += 1) {
      const { width, periodUs } = tags[t]!;
      const spans = this.levels[this.entry[t]!]!;
      const quality = frame.quality[t]!;
      const from = column[t]!;
      for (let k = 0; k < width; k += 1) {
        const at = time - (width - 1 - k) * periodUs;
        const t0 = spans.t0[t]!;
        if (!(at >= t0 && at < t0 + spans.us)) this.turn(this.entry[t]!, t, at);
        const value = frame.value[from + k]!;
        if (quality !== 0) {
          for (let q = 0; q < 5; q += 1) if ((quality & COUNTS[q]!) !== 0) spans.counts[5 * t + q]! += 1;
          if ((quality & UNUSABLE) !== 0) continue;
        }
        // What is not a number has no mean, whatever its quality says.
        if (Number.isNaN(value)) {
          if (quality < Quality.failed) spans.counts[5 * t + 4]! += 1;
          continue;
        }
        spans.n[t]! += 1;
        if (value < spans.min[t]!) spans.min[t] = value;
        if (value > spans.max[t]!) spans.max[t] = value;
        spans.sum[t]! += value;
      }
    }
  }

  /** Closes all spans; what comes after opens new ones. */
  close(): void {
    for (let level = 0; level < this.levels.length; level += 1)
      for (let t = 0; t < this.layout.tags.length; t += 1) this.shut(level, t);
  }

  private turn(level: number, tag: number, at: number): void {
    this.shut(level, tag);
    const spans = this.levels[level]!;
    spans.open(tag, Math.floor(at / spans.us) * spans.us);
  }

  private shut(level: number, tag: number): void {
    const spans = this.levels[level]!;
    const t0 = spans.t0[tag]!;
    if (Number.isNaN(t0)) return;
    this.rows[LEVELS[level]!].add(tag, t0, spans);
    const above = this.levels[level + 1];
    if (above) {
      const open = above.t0[tag]!;
      if (!(t0 >= open && t0 < open + above.us)) this.turn(level + 1, tag, t0);
      above.merge(tag, spans);
    }
    spans.t0[tag] = Number.NaN;
  }
}

/** Rows of the same tag and span as one; `$rows` stands for where they come from. */
export const MERGED_ROLLUP =
  'SELECT tag, t0_us, sum(n)::UINTEGER AS n, min("min") AS "min", max("max") AS "max", sum("sum")::DOUBLE AS "sum", ' +
  ['held', 'clipped', 'failed', 'lost', 'missing'].map((q) => `sum(${q})::UINTEGER AS ${q}`).join(', ') +
  ' FROM $rows GROUP BY tag, t0_us ORDER BY tag, t0_us';

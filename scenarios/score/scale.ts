/**
 * Axes of the report's pictures: ticks at round values and round times, a range that one rogue value cannot flatten, and
 * the thinning of trends to what a screen can show without losing a spike.
 */
import { UNUSABLE } from '../../models/contract/index.ts';
import type { Trend } from './trend.ts';

/** Round values inside [low, high], about `wanted` of them. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? 10 * power;
  const list: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1)
    list.push(Number((i * step).toPrecision(12)));
  return list;
}

const STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** Round times inside a span [µs], at most `most`, with the labels that they need. */
export function timeTicks(
  fromUs: number,
  toUs: number,
  most: number,
): { readonly timeUs: number; readonly label: string }[] {
  const span_s = (toUs - fromUs) / 1e6;
  let step_s = STEPS_S.find((s) => span_s / s <= most);
  for (let days = 2; step_s === undefined; days *= 2) if (span_s / (days * 86_400) <= most) step_s = days * 86_400;
  const step = Math.round(step_s * 1e6);
  const list: { timeUs: number; label: string }[] = [];
  for (let t = Math.ceil(fromUs / step) * step; t <= toUs; t += step)
    list.push({ timeUs: t, label: timeLabel(t, step_s) });
  return list;
}

function timeLabel(us: number, step_s: number): string {
  const s = Math.abs(us) / 1e6;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const days = Math.floor(s / 86_400);
  if (step_s >= 86_400) return `day ${days}`;
  const clock = `${two((s / 3600) % 24)}:${two((s / 60) % 60)}`;
  const seconds = step_s >= 60 ? '' : step_s >= 1 ? `:${two(s % 60)}` : `:${two(s % 60)}.${Math.round((s * 10) % 10)}`;
  return `${us < 0 ? '−' : ''}${days > 0 ? `${days}d ` : ''}${clock}${seconds}`;
}

/** One drawn point: all samples between two instants. */
export interface Point {
  readonly fromUs: number;
  toUs: number;
  /** NaN where no value was usable. */
  min: number;
  max: number;
  bad: number;
}

/** The trend between two instants in at most `columns` points; least and greatest values survive. */
export function thin(trend: Trend, fromUs: number, toUs: number, columns: number): Point[] {
  const width = bucketWidth(trend);
  const inside: number[] = [];
  for (let i = 0; i < trend.timeUs.length; i += 1) {
    const t = trend.timeUs[i]!;
    if (t + width > fromUs && t < toUs) inside.push(i);
  }
  const points: Point[] = [];
  const column = (toUs - fromUs) / columns;
  let lastColumn = -1;
  for (const i of inside) {
    const t = trend.timeUs[i]!;
    const index = inside.length <= columns ? points.length : Math.floor((t - fromUs) / column);
    const last = points.at(-1);
    if (last && index === lastColumn) {
      last.toUs = t + width;
      last.min = least(last.min, trend.min[i]!);
      last.max = -least(-last.max, -trend.max[i]!);
      last.bad |= trend.bad[i]!;
    } else {
      points.push({ fromUs: t, toUs: t + width, min: trend.min[i]!, max: trend.max[i]!, bad: trend.bad[i]! });
      lastColumn = index;
    }
  }
  return points;
}

function least(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.min(a, b);
}

/** Buckets are equally wide; the smallest step between starts is their width. */
export function bucketWidth(trend: Trend): number {
  let width = Number.POSITIVE_INFINITY;
  for (let i = 1; i < trend.timeUs.length; i += 1) width = Math.min(width, trend.timeUs[i]! - trend.timeUs[i - 1]!);
  return Number.isFinite(width) ? width : 1e6;
}

export function isUnusable(bad: number): boolean {
  return (bad & UNUSABLE) !== 0;
}

export interface Range {
  readonly low: number;
  readonly high: number;
  /** True where some value lies outside and is drawn as a mark at the edge. */
  readonly clipped: boolean;
}

/**
 * The range to draw. It is the whole range, unless a few values lie so far out that everything else would be a flat line:
 * then it is three times the range of the middle 99 %, and what lies outside is marked at the edge with its value.
 */
export function valueRange(points: readonly Point[]): Range {
  const values = points.flatMap((p) => (Number.isNaN(p.min) ? [] : [p.min, p.max])).sort((a, b) => a - b);
  if (values.length === 0) return { low: 0, high: 1, clipped: false };
  const low = values[0]!;
  const high = values.at(-1)!;
  const q1 = values[Math.floor(0.005 * (values.length - 1))]!;
  const q9 = values[Math.ceil(0.995 * (values.length - 1))]!;
  if (q9 > q1 && high - low > 12 * (q9 - q1)) {
    const spread = q9 - q1;
    return { low: Math.max(low, q1 - spread), high: Math.min(high, q9 + spread), clipped: true };
  }
  // A constant signal gets a range of its own, so that it is a line in the middle and not an axis.
  const pad = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.05 || 1;
  return { low: low - pad, high: high + pad, clipped: false };
}

/**
 * The bootstrap: what a figure would have been on other draws of the same runs. Deterministic, because chance is a function.
 *
 *   percentile   quantiles of the figure over B resamples                       Efron, Ann. Stat. 7 (1979) 1
 *   studentised  mean − s/√n · t*_{1−α/2} … mean − s/√n · t*_{α/2}, t* = (mean* − mean)/(s* /√n)     Hall, Ann. Stat. 16 (1988) 927
 *
 * The studentised one is second-order exact for means: at twenty pairs the percentile one already calls equal detectors
 * different in 7 % of comparisons.
 */
import type { Stream } from '../chance.ts';
import type { Interval } from '../interval.ts';
import { quantileOf } from './sample.ts';

/** Indices of one resample of n, with replacement, into `out`. */
export function resample(stream: Stream, draw: number, n: number, out: Int32Array): Int32Array {
  for (let i = 0; i < n; i += 1) out[i] = Math.floor(stream.uniform(draw * n + i) * n);
  return out;
}

/** Percentile interval of any figure of n items; draws for which the figure is not a number are left out. */
export function bootstrapPercentile(
  n: number,
  figure: (indices: Int32Array) => number,
  stream: Stream,
  options: { readonly draws?: number; readonly level?: number } = {},
): Interval {
  const { draws = 2000, level = 0.95 } = options;
  const indices = new Int32Array(n);
  const found: number[] = [];
  for (let d = 0; d < draws; d += 1) {
    const value = figure(resample(stream, d, n, indices));
    if (!Number.isNaN(value)) found.push(value);
  }
  found.sort((a, b) => a - b);
  return { low: quantileOf(found, (1 - level) / 2), high: quantileOf(found, (1 + level) / 2), level };
}

/** Studentised bootstrap interval of a mean; p is the two-sided level at which 0 leaves it. */
export function bootstrapMean(
  values: readonly number[],
  stream: Stream,
  options: { readonly draws?: number; readonly level?: number } = {},
): { readonly mean: number; readonly interval: Interval; readonly p: number } {
  const { draws = 2000, level = 0.95 } = options;
  const n = values.length;
  if (n < 2) throw new RangeError('a mean of fewer than two values has no interval');
  let sum = 0;
  for (const v of values) sum += v;
  const mean = sum / n;
  let squares = 0;
  for (const v of values) squares += (v - mean) ** 2;
  const error = Math.sqrt(squares / (n - 1) / n);
  if (error === 0) return { mean, interval: { low: mean, high: mean, level }, p: mean === 0 ? 1 : 0 };
  const indices = new Int32Array(n);
  const ratios: number[] = [];
  for (let d = 0; d < draws; d += 1) {
    resample(stream, d, n, indices);
    let s = 0;
    for (let i = 0; i < n; i += 1) s += values[indices[i]!]!;
    const m = s / n;
    let q = 0;
    for (let i = 0; i < n; i += 1) q += (values[indices[i]!]! - m) ** 2;
    const e = Math.sqrt(q / (n - 1) / n);
    if (e > 0) ratios.push((m - mean) / e);
  }
  ratios.sort((a, b) => a - b);
  const low = mean - error * quantileOf(ratios, (1 + level) / 2);
  const high = mean - error * quantileOf(ratios, (1 - level) / 2);
  // 0 lies at the limit whose tail holds the ratios beyond mean/error.
  const t = mean / error;
  const above = ratios.filter((r) => r >= t).length;
  const below = ratios.filter((r) => r <= t).length;
  const p = Math.min(1, (2 * (Math.min(above, below) + 1)) / (ratios.length + 1));
  return { mean, interval: { low, high, level }, p };
}

/**
 * Medians and quantiles of samples in which some values are only known to be too large: a leak that was never found is
 * later than every leak that was. Limits are order statistics, exact for any continuous distribution (David and Nagaraja,
 * Order Statistics, 3rd ed., section 7.1), so no shape is assumed.
 */
import { betaI } from '../../models/kernel/index.ts';

/** P(X <= k) for X binomial (n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : betaI(n - k, k + 1, 1 - p);
}

/** 1-based ranks whose order statistics enclose the p-quantile with at least `level`; 0 or n + 1 where n is too small. */
export function quantileRanks(n: number, p: number, level = 0.95): { readonly low: number; readonly high: number } {
  const tail = (1 - level) / 2;
  let low = 0;
  while (low < n && binomialCdf(low, n, p) <= tail) low += 1;
  let high = n + 1;
  while (high > 1 && 1 - binomialCdf(high - 2, n, p) <= tail) high -= 1;
  return { low, high };
}

/**
 * The p-quantile of finite `values` and `censored` more that lie beyond them all; Infinity where it falls among those.
 * Between two ranks it is their mean (p = 1/2) or linear (Hyndman and Fan's type 7).
 */
export function censoredQuantile(values: readonly number[], censored: number, p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length + censored;
  if (n === 0) return Number.NaN;
  const at = (n - 1) * p;
  const low = Math.floor(at);
  const share = at - low;
  const a = sorted[low] ?? Number.POSITIVE_INFINITY;
  if (share === 0) return a;
  const b = sorted[low + 1] ?? Number.POSITIVE_INFINITY;
  return b === Number.POSITIVE_INFINITY ? b : a + share * (b - a);
}

/** Distribution-free limits of the p-quantile: -Infinity and Infinity where the sample cannot give one. */
export function quantileLimits(
  values: readonly number[],
  censored: number,
  p: number,
  level = 0.95,
): { readonly low: number; readonly high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const ranks = quantileRanks(sorted.length + censored, p, level);
  return {
    low: ranks.low === 0 ? Number.NEGATIVE_INFINITY : (sorted[ranks.low - 1] ?? Number.POSITIVE_INFINITY),
    high: sorted[ranks.high - 1] ?? Number.POSITIVE_INFINITY,
  };
}

/**
 * The normal distribution and Student's t, where an interval needs a quantile.
 *
 *   Φ(z) = ½ (1 + sign(z) P(½, z²/2))                         by the regularised incomplete gamma function
 *   F_ν(t) = 1 − ½ I_{ν/(ν+t²)}(ν/2, ½) for t ≥ 0             by the regularised incomplete beta function
 *
 * Quantiles by bisection: exact to the last digits, and nobody calls them in a loop that matters.
 * Source: Abramowitz & Stegun (1964), 26.2 and 26.7.
 */
import { betaI, gammaP } from '../interval.ts';

/** P(Z ≤ z). */
export function normalCdf(z: number): number {
  const half = 0.5 * gammaP(0.5, (z * z) / 2);
  return z < 0 ? 0.5 - half : 0.5 + half;
}

/** z with P(Z ≤ z) = p, 0 < p < 1. */
export function normalQuantile(p: number): number {
  return bisect(normalCdf, p, 40);
}

/** P(T ≤ t) of Student's t with `freedom` > 0 degrees. */
export function studentCdf(t: number, freedom: number): number {
  const tail = 0.5 * betaI(freedom / 2, 0.5, freedom / (freedom + t * t));
  return t < 0 ? tail : 1 - tail;
}

/** t with P(T ≤ t) = p, 0 < p < 1. */
export function studentQuantile(p: number, freedom: number): number {
  return bisect((t) => studentCdf(t, freedom), p, 1e6);
}

/** Chi-squared quantile: x with P(X ≤ x) = p for `freedom` degrees. */
export function chiSquaredQuantile(p: number, freedom: number): number {
  let low = 0;
  let high = freedom + 20 * Math.sqrt(freedom) + 50;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i += 1) {
    const mid = (low + high) / 2;
    if (gammaP(freedom / 2, mid / 2) < p) low = mid;
    else high = mid;
  }
  return (low + high) / 2;
}

function bisect(cdf: (x: number) => number, p: number, reach: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1 is needed, got ${p}`);
  let low = -reach;
  let high = reach;
  for (let i = 0; i < 200 && high - low > 1e-14 * Math.max(1, Math.abs(low)); i += 1) {
    const mid = (low + high) / 2;
    if (cdf(mid) < p) low = mid;
    else high = mid;
  }
  return (low + high) / 2;
}

/**
 * Two detectors on the same scenarios and seeds.
 *
 *   found or missed    McNemar's exact test on the pairs that differ: 2 P(X ≤ min(b, c)), X ~ Bin(b + c, ½)     McNemar (1947)
 *   false alarms       n₁ | n₁ + n₂ ~ Bin(·, r T₁/(r T₁ + T₂)): exact interval of the rate ratio r               Przyborowski & Wilenski (1940)
 *   latency            mean of ln(b/a) over pairs that both found, by the studentised bootstrap
 *   seeds needed       n = ((t_{1−α/2} + t_{power}) s_U / effect)², s_U the upper limit of the scatter of the pilot
 *   many scenarios     Holm's step-down correction                                                               Holm (1979)
 */
import { betaI, type Interval, proportionInterval } from '../interval.ts';
import { chiSquaredQuantile, studentQuantile } from './normal.ts';

/** Two-sided exact p of McNemar's test: `onlyA` pairs were found by A alone, `onlyB` by B alone. */
export function mcnemar(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  if (n === 0) return 1;
  const k = Math.min(onlyA, onlyB);
  const tail = k >= n ? 1 : betaI(n - k, k + 1, 0.5);
  return Math.min(1, 2 * tail);
}

/** Rate B over rate A with its exact interval; p of the hypothesis that both are equal. Infinity where A has none. */
export function rateRatio(
  a: { readonly count: number; readonly exposure: number },
  b: { readonly count: number; readonly exposure: number },
  level = 0.95,
): { readonly ratio: number; readonly interval: Interval; readonly p: number } {
  const n = a.count + b.count;
  if (n === 0) return { ratio: Number.NaN, interval: { low: 0, high: Number.POSITIVE_INFINITY, level }, p: 1 };
  const share = proportionInterval(b.count, n, level);
  const scale = a.exposure / b.exposure;
  const ratio = (s: number) => (s >= 1 ? Number.POSITIVE_INFINITY : (s / (1 - s)) * scale);
  const equal = b.exposure / (a.exposure + b.exposure);
  const atMost = b.count >= n ? 1 : betaI(n - b.count, b.count + 1, 1 - equal);
  const atLeast = b.count === 0 ? 1 : betaI(b.count, n - b.count + 1, equal);
  return {
    ratio: ratio(b.count / n),
    interval: { low: ratio(share.low), high: ratio(share.high), level },
    p: Math.min(1, 2 * Math.min(atMost, atLeast)),
  };
}

export interface SeedsAsked {
  /** Standard deviation of the paired differences in the pilot, and the pilot's size (≥ 3). */
  readonly deviation: number;
  readonly pilot: number;
  /** The difference that must not be missed, in the same measure (ln 1.1 for 10 %). */
  readonly effect: number;
  readonly level?: number;
  /** Chance to see it if it is there. */
  readonly power?: number;
  /** How sure that the true scatter is not above what the pilot allows. */
  readonly assurance?: number;
}

/**
 * Pairs with which an effect is called with the demanded power. The pilot's scatter is itself an estimate, so its upper
 * limit stands in: else half of all comparisons would be planned too small (Kieser & Wassmer 1996; Browne 1995).
 */
export function seedsNeeded(asked: SeedsAsked): number {
  const { deviation, pilot, effect, level = 0.95, power = 0.95, assurance = 0.9 } = asked;
  if (pilot < 3) throw new RangeError('a pilot of fewer than three pairs says nothing of the scatter');
  const freedom = pilot - 1;
  const upper = deviation * Math.sqrt(freedom / chiSquaredQuantile(1 - assurance, freedom));
  let n = 3;
  for (let i = 0; i < 50; i += 1) {
    const sum = studentQuantile((1 + level) / 2, n - 1) + studentQuantile(power, n - 1);
    const next = Math.max(3, Math.ceil(((sum * upper) / effect) ** 2));
    if (next === n || (i > 20 && next < n)) break;
    n = next;
  }
  return n;
}

/** Holm-adjusted p-values, in the order given. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  order.forEach((at, rank) => {
    most = Math.max(most, Math.min(1, (ps.length - rank) * ps[at]!));
    adjusted[at] = most;
  });
  return adjusted;
}

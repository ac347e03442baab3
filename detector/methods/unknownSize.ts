/**
 * Statistics for a change of unknown size, one number per sample of unit white noise. Each holds the state of n channels in an arena
 * and returns its statistic over its limit: 1 is an alarm.
 *
 *   GLR            max over k ≤ M of S_k⁺/√k,  S_k the sum of the last k samples         Willsky & Jones 1976; Lai 1995
 *   mixture        Σ w_j R_j,  R_j ← (1 + R_j) e^{δ_j z − δ_j²/2}                        Shiryaev 1963; Roberts 1966; Pollak 1987 for mixtures
 *   SPRT bank      Λ_j ← Λ_j + δ_j z − δ_j²/2, begun anew at the lower limit              Wald 1947; in RP 1130 "statistical analysis"
 *   Page–Hinkley   m ← max(0, m + z − z̄ − k),  z̄ the mean of all that it has seen         Hinkley 1971
 *
 * Limits come from a demanded rate of false alarms by theory (models/kernel/statistics).
 */
import type { Arena } from '../../models/kernel/index.ts';
import { cusumLimit, glrLimit, sprtLimits } from '../../models/kernel/statistics/index.ts';

export interface Statistic {
  /** Limit, for people. */
  readonly limit: number;
  /** Takes a sample of a channel in; returns the statistic over its limit. */
  step(channel: number, z: number): number;
  /** Begins a channel anew, after a gap. */
  restart(channel: number): void;
}

/** Windows of a GLR: all up to this many samples, then each a tenth longer than the last, up to M. */
const DENSE = 20;

export function createGlr(n: number, window: number, arl0: number, arena: Arena): Statistic {
  const length = Math.max(2, Math.round(window));
  const windows: number[] = [];
  for (let k = 1; k <= length; k = k < DENSE ? k + 1 : Math.ceil(k * 1.1)) windows.push(k);
  const limit = glrLimit(arl0, length);
  const root = Float64Array.from(windows, (k) => 1 / (limit * Math.sqrt(k)));
  const ring = arena.f64(n * (length + 1)); // running sums (channels, length + 1)
  const count = arena.f64(n); // samples since the last restart (channels)
  return {
    limit,
    step(c, z) {
      const base = c * (length + 1);
      const seen = count[c]!;
      const sum = (seen === 0 ? 0 : ring[base + (seen % (length + 1))]!) + z;
      if (seen === 0) ring[base] = 0;
      count[c] = seen + 1;
      ring[base + ((seen + 1) % (length + 1))] = sum;
      let best = 0;
      for (let i = 0; i < windows.length; i += 1) {
        const k = windows[i]!;
        if (k > seen + 1) break;
        const x = (sum - ring[base + ((seen + 1 - k) % (length + 1))]!) * root[i]!;
        if (x > best) best = x;
      }
      return best;
    },
    restart(c) {
      count[c] = 0;
    },
  };
}

/** The value stays bounded by this many limits, so that an alarm can return. */
const CEILING = 3;

export function createMixture(n: number, deltas: readonly number[], arl0: number, arena: Arena): Statistic {
  const m = deltas.length;
  const sums = arena.f64(n * m); // ln(1 + R_j), from which the next step starts (channels, sizes)
  const limit = Math.log(arl0);
  // ln R_j of this sample; scratch, never read across calls.
  const logs = new Float64Array(m);
  return {
    limit,
    step(c, z) {
      let top = 0;
      for (let j = 0; j < m; j += 1) {
        const d = deltas[j]!;
        const w = Math.min(CEILING * limit, sums[c * m + j]! + d * z - (d * d) / 2);
        logs[j] = w;
        sums[c * m + j] = w > 30 ? w : Math.log1p(Math.exp(w));
        if (w > top) top = w;
      }
      let sum = 0;
      for (let j = 0; j < m; j += 1) sum += Math.exp(logs[j]! - top);
      return Math.max(0, top + Math.log(sum / m)) / limit;
    },
    restart(c) {
      sums.fill(0, c * m, (c + 1) * m);
    },
  };
}

export function createSprtBank(
  n: number,
  deltas: readonly number[],
  arl0: number,
  miss: number,
  arena: Arena,
): Statistic {
  const m = deltas.length;
  const ratios = arena.f64(n * m); // Λ_j (channels, sizes)
  // The bank's tests share the rate of false alarms.
  const limits = deltas.map((d) => sprtLimits(d, arl0 * m, miss));
  return {
    limit: limits[0]!.upper,
    step(c, z) {
      let best = 0;
      for (let j = 0; j < m; j += 1) {
        const d = deltas[j]!;
        const { upper, lower } = limits[j]!;
        const next = Math.min(CEILING * upper, ratios[c * m + j]! + d * z - (d * d) / 2);
        ratios[c * m + j] = next <= lower ? 0 : next;
        if (next / upper > best) best = next / upper;
      }
      return best;
    },
    restart(c) {
      ratios.fill(0, c * m, (c + 1) * m);
    },
  };
}

export function createPageHinkley(n: number, k: number, arl0: number, arena: Arena): Statistic {
  const limit = Math.max(0.5, cusumLimit(k, arl0));
  const sums = arena.f64(n);
  const means = arena.f64(n); // mean of all samples (channels)
  const count = arena.f64(n);
  return {
    limit,
    step(c, z) {
      count[c] = count[c]! + 1;
      means[c] = means[c]! + (z - means[c]!) / count[c]!;
      sums[c] = Math.min(CEILING * limit, Math.max(0, sums[c]! + z - means[c]! - k));
      return sums[c]! / limit;
    },
    restart(c) {
      sums[c] = 0;
    },
  };
}

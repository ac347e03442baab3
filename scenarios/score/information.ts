/**
 * What the instruments know about a leak: the difference that it makes to every sample, against the noise of the sample.
 *
 *   I_t = ½ δ_tᵀ Σ⁻¹ δ_t      per scan [nats], δ_t the difference of two runs that are alike in all but the leak
 *
 * **Clairvoyant**: the process is known exactly, so Σ is the noise of the instruments alone, and that is diagonal. **Realisable**: the process
 * itself wanders (demand, temperature, line pack), so the residual after the best linear prediction from the past counts:
 *
 *   e_t = y_t − Σ_k A_k y_{t−k},   Σ = cov e,   δ̃_t = δ_t − Σ_k A_k δ_{t−k},   I_t = ½ δ̃_tᵀ Σ⁻¹ δ̃_t
 *
 * A and Σ are learned on leak-free runs of other seeds. Source: Kay, Fundamentals of Statistical Signal Processing II (1998), §4.4 (whitening);
 * Lütkepohl, New Introduction to Multiple Time Series Analysis (2005), ch. 3.
 */
import type { FrameLayout } from '../../models/contract/index.ts';
import { cholesky, solveColumns } from '../../models/kernel/statistics/index.ts';

/** The difference of two runs, scan by scan. */
export interface LeakSignal {
  readonly layout: FrameLayout;
  /** Plant time of each scan [µs] (scans). */
  readonly timeUs: Float64Array;
  /** Value with the leak less value without, in the tags' own units (scans × columns). */
  readonly delta: Float32Array;
}

/** Steps of float32 at the end of a range: what stays of noise where a data sheet names none. */
const FLOAT32 = 2 ** -24;

/** Standard deviation of one sample of each column that no detector can average away within it (columns). */
export function columnNoise(layout: FrameLayout): Float64Array {
  const noise = new Float64Array(layout.columns);
  layout.tags.forEach((tag, i) => {
    const [low, high] = tag.range;
    const least = Math.max(Math.abs(low), Math.abs(high), high - low) * FLOAT32;
    noise.fill(Math.max(tag.noise, least), layout.column[i]!, layout.column[i]! + tag.width);
  });
  return noise;
}

/** Information of each scan with the instruments' noise alone [nats] (scans). */
export function clairvoyantInformation(signal: LeakSignal): Float64Array {
  const { layout, delta, timeUs } = signal;
  const { columns } = layout;
  const weight = columnNoise(layout).map((s) => 0.5 / (s * s));
  return Float64Array.from(timeUs, (_, t) => {
    let sum = 0;
    for (let c = 0; c < columns; c += 1) {
      const d = delta[t * columns + c]!;
      sum += weight[c]! * d * d;
    }
    return sum;
  });
}

/** A linear predictor of the next scan with the covariance of what it misses. */
export interface Whitener {
  readonly layout: FrameLayout;
  /** Scans of the past that it looks at. */
  readonly order: number;
  /** A_k, row by row (order × m × m). */
  readonly weights: Float64Array;
  /** Lower Cholesky factor of Σ (m × m). */
  readonly factor: Float64Array;
  /** Scans that it was learned from. */
  readonly scans: number;
}

/** Scans of the past that a whitener looks at unless told otherwise. */
export const ORDER = 2;

/** Leak-free scans without which a whitener of this layout cannot be learned. */
export function leastScans(layout: FrameLayout, order = ORDER): number {
  return 2 * layout.columns * (order + 1);
}

/**
 * Learns a whitener from leak-free runs, each scans × columns. Ridge regression with a penalty of the size of the
 * instruments' noise; Σ never falls below that noise, which a detector cannot undo either.
 * Throws where the runs are shorter than twice what is to be learned.
 */
export function learnWhitener(layout: FrameLayout, runs: readonly Float32Array[], order = ORDER): Whitener {
  const { columns } = layout;
  const noise = columnNoise(layout);
  const m = columns;
  const p = m * order;
  const scansOf = (run: Float32Array) => run.length / columns;
  const scans = runs.reduce((sum, run) => sum + Math.max(0, scansOf(run) - order), 0);
  if (scans < leastScans(layout, order))
    throw new RangeError(`${leastScans(layout, order)} leak-free scans are needed, there are ${scans}`);
  // Each column in units of its own noise, about the mean of its own run: a set point is no noise.
  const gram = new Float64Array(p * p);
  const cross = new Float64Array(p * m);
  const total = new Float64Array(m * m);
  const row = new Float64Array(p + m);
  for (const run of runs) {
    const n = scansOf(run);
    const mean = new Float64Array(m);
    for (let t = 0; t < n; t += 1) for (let c = 0; c < m; c += 1) mean[c]! += run[t * m + c]! / n;
    for (let t = order; t < n; t += 1) {
      for (let k = 0; k <= order; k += 1) {
        const at = (t - k) * m;
        const to = k === 0 ? p : (k - 1) * m;
        for (let c = 0; c < m; c += 1) row[to + c] = (run[at + c]! - mean[c]!) / noise[c]!;
      }
      for (let i = 0; i < p; i += 1) {
        const x = row[i]!;
        const g = i * p;
        for (let j = 0; j <= i; j += 1) gram[g + j]! += x * row[j]!;
        const w = i * m;
        for (let c = 0; c < m; c += 1) cross[w + c]! += x * row[p + c]!;
      }
      for (let i = 0; i < m; i += 1) for (let j = 0; j <= i; j += 1) total[i * m + j]! += row[p + i]! * row[p + j]!;
    }
  }
  for (let i = 0; i < p; i += 1) gram[i * p + i]! += 1;
  cholesky(gram, p);
  const weights = solveColumns(gram, p, cross, m); // (p × m): weight of past i for column c
  // Σ = (YᵀY − WᵀXᵀY)/n, symmetric up to rounding; the ridge leaves it on the safe side.
  const factor = new Float64Array(m * m);
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let explained = 0;
      for (let q = 0; q < p; q += 1) explained += weights[q * m + i]! * cross[q * m + j]!;
      factor[i * m + j] = (total[i * m + j]! - explained) / scans;
    }
    factor[i * m + i] = Math.max(factor[i * m + i]!, 1);
  }
  cholesky(factor, m);
  return { layout, order, weights, factor, scans };
}

/** Information of each scan after whitening [nats] (scans). */
export function realisableInformation(signal: LeakSignal, whitener: Whitener): Float64Array {
  const { layout, delta, timeUs } = signal;
  const m = layout.columns;
  const { order, weights, factor } = whitener;
  const noise = columnNoise(layout);
  const e = new Float64Array(m);
  return Float64Array.from(timeUs, (_, t) => {
    let any = false;
    for (let c = 0; c < m; c += 1) {
      e[c] = delta[t * m + c]! / noise[c]!;
      any ||= e[c] !== 0;
    }
    for (let k = 1; k <= order && k <= t; k += 1) {
      const at = (t - k) * m;
      for (let q = 0; q < m; q += 1) {
        const x = delta[at + q]! / noise[q]!;
        if (x === 0) continue;
        any = true;
        const w = ((k - 1) * m + q) * m;
        for (let c = 0; c < m; c += 1) e[c]! -= weights[w + c]! * x;
      }
    }
    if (!any) return 0;
    // |L⁻¹ e|²
    let sum = 0;
    for (let i = 0; i < m; i += 1) {
      let v = e[i]!;
      for (let j = 0; j < i; j += 1) v -= factor[i * m + j]! * e[j]!;
      v /= factor[i * m + i]!;
      e[i] = v;
      sum += v * v;
    }
    return 0.5 * sum;
  });
}

/**
 * Looking several times at a growing sample without being wrong more often than once in 1/α.
 *
 *   α*(t) = 2 (2 − 2 Φ(z_{1−α/4} / √t))                   error spent by information share t, both sides; O'Brien & Fleming's shape
 *   P(|Z_i| < c_i for i < k, |Z_k| ≥ c_k) = α*(t_k) − α*(t_{k−1})                                   Lan & DeMets, Biometrika 70 (1983) 659
 *
 * Z_k √t_k is a sum of independent normal increments, so that its density among those that went on is had by one convolution per
 * look (Armitage, McPherson & Rowe, J. R. Stat. Soc. A 132 (1969) 235).
 */
import { normalCdf, normalQuantile } from './normal.ts';

export interface Look {
  /** Share of the planned sample. */
  readonly share: number;
  /** A difference counts where |Z| is at least this. */
  readonly limit: number;
  /** The same as two-sided p of a single test. */
  readonly p: number;
}

/** Half of the grid on which the density of the sum is kept: fine enough for limits to three decimals. */
const HALF = 400;

/**
 * Limits for looks at these shares (rising, the last 1) of the planned sample that together err with probability 1 − level
 * where nothing differs. Two-sided, O'Brien–Fleming spending.
 */
export function looksAt(shares: readonly number[], level = 0.95): Look[] {
  const alpha = 1 - level;
  const spent = (t: number) => 4 - 4 * normalCdf(normalQuantile(1 - alpha / 4) / Math.sqrt(t));
  const looks: Look[] = [];
  // Density of the sum S = Z √t on a grid over [−b, b], b = c √t of the look before: those that went on.
  let grid: { readonly step: number; readonly density: Float64Array } | undefined;
  let before = 0;
  for (const share of shares) {
    if (!(share > before && share <= 1)) throw new RangeError('shares of the sample must rise to 1');
    const increment = spent(share) - (before === 0 ? 0 : spent(before));
    const root = Math.sqrt(share);
    const spread = Math.sqrt(share - before);
    const beyond = (c: number) => {
      if (!grid) return 2 * (1 - normalCdf(c));
      const { step, density } = grid;
      let sum = 0;
      for (let i = 0; i < density.length; i += 1) {
        const s = (i - HALF) * step;
        const weight = i === 0 || i === density.length - 1 ? 0.5 : 1;
        sum += weight * density[i]! * (1 - normalCdf((c * root - s) / spread) + normalCdf((-c * root - s) / spread));
      }
      return sum * step;
    };
    let low = 0;
    let high = 12;
    for (let round = 0; round < 60; round += 1) {
      const middle = (low + high) / 2;
      if (beyond(middle) > increment) low = middle;
      else high = middle;
    }
    // An error too small to be spent in double precision: this look cannot decide anything.
    const limit = high;
    looks.push({ share, limit, p: 2 * (1 - normalCdf(limit)) });
    grid = goneOn(grid, limit * root, spread);
    before = share;
  }
  return looks;
}

function goneOn(
  grid: { readonly step: number; readonly density: Float64Array } | undefined,
  bound: number,
  spread: number,
) {
  // Beyond eight deviations there is nothing to keep.
  const step = Math.min(bound, 8) / HALF;
  const density = new Float64Array(2 * HALF + 1);
  const scale = 1 / (spread * Math.sqrt(2 * Math.PI));
  for (let i = 0; i < density.length; i += 1) {
    const s = (i - HALF) * step;
    if (!grid) {
      density[i] = scale * Math.exp(-0.5 * (s / spread) ** 2);
      continue;
    }
    let sum = 0;
    for (let j = 0; j < grid.density.length; j += 1) {
      const z = (s - (j - HALF) * grid.step) / spread;
      if (Math.abs(z) > 8) continue;
      const weight = j === 0 || j === grid.density.length - 1 ? 0.5 : 1;
      sum += weight * grid.density[j]! * Math.exp(-0.5 * z * z);
    }
    density[i] = sum * scale * grid.step;
  }
  return { step, density };
}

/**
 * The Numenta Anomaly Benchmark's score.
 *
 *   σ(y) = 2/(1 + e^{5y}) − 1;  in a window y runs from −1 at its left edge to 0 at its right, and only the first hit counts: + σ(y)/σ(−1)
 *   after a window: − A_FP |σ(y)| with y the distance behind it in windows, −A_FP where y > 3 or before any window;  missed window: − A_FN
 *   score = 100 (S − S_null)/(S_perfect − S_null)
 *
 * Profiles: standard A_FP 0.11, A_FN 1; reward low false positives A_FP 0.22; reward low false negatives A_FN 2. The first 15 % is
 * probation and counts nothing. A random detector reaches about 11 points: this score flatters, look at the floors beside it.
 * Source: Lavin & Ahmad, ICMLA 2015, and the benchmark's own code (constants).
 */
export const NAB_PROFILES = {
  standard: { falsePositive: 0.11, falseNegative: 1 },
  'low-false-positives': { falsePositive: 0.22, falseNegative: 1 },
  'low-false-negatives': { falsePositive: 0.11, falseNegative: 2 },
} as const;

export type NabProfile = keyof typeof NAB_PROFILES;

export interface NabWindow {
  /** First and last sample, inclusive. */
  readonly first: number;
  readonly last: number;
}

const PROBATION = 0.15;
const LEFT_EDGE = 2 / (1 + Math.exp(-5)) - 1;

/** σ(y), −1 beyond y = 3. */
export function nabSigmoid(y: number): number {
  return y > 3 ? -1 : 2 / (1 + Math.exp(5 * y)) - 1;
}

/** Raw sum of one series of `samples`; alarms and windows as sample indices. */
export function nabRaw(
  samples: number,
  windows: readonly NabWindow[],
  alarms: readonly number[],
  profile: NabProfile = 'standard',
): number {
  const { falsePositive, falseNegative } = NAB_PROFILES[profile];
  const probation = Math.min(Math.floor(PROBATION * samples), 750);
  const sorted = [...windows].sort((a, b) => a.first - b.first);
  const hit = new Set<NabWindow>();
  let sum = 0;
  for (const at of [...alarms].sort((a, b) => a - b)) {
    if (at < probation) continue;
    const inside = sorted.find((w) => w.first <= at && at <= w.last);
    if (inside) {
      if (hit.has(inside)) continue;
      hit.add(inside);
      const width = inside.last - inside.first + 1;
      sum += nabSigmoid(-(inside.last - at + 1) / width) / LEFT_EDGE;
      continue;
    }
    const before = sorted.filter((w) => w.last < at).at(-1);
    if (!before) sum -= falsePositive;
    else {
      const width = before.last - before.first + 1;
      sum += falsePositive * nabSigmoid((at - before.last) / Math.max(1, width - 1));
    }
  }
  return sum - falseNegative * sorted.filter((w) => !hit.has(w)).length;
}

/** Score of many series together, 0 for a detector that never speaks and 100 for the perfect one. */
export function nabScore(
  series: readonly { samples: number; windows: readonly NabWindow[]; alarms: readonly number[] }[],
  profile: NabProfile = 'standard',
): number {
  let raw = 0;
  let windows = 0;
  for (const s of series) {
    raw += nabRaw(s.samples, s.windows, s.alarms, profile);
    windows += s.windows.length;
  }
  const nothing = -NAB_PROFILES[profile].falseNegative * windows;
  return (100 * (raw - nothing)) / (windows - nothing);
}

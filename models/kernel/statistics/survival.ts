/**
 * Detection times as a survival curve: S(t) is the chance that a leak is still not found t after it opened. A run that ended,
 * or a leak that closed, before it was found is censored: it says "longer than", not "never".
 *
 *   S(t) = Π_{t_i ≤ t} (1 − d_i / n_i)                        Kaplan & Meier, J. Am. Stat. Assoc. 53 (1958) 457
 *   var ln(−ln S) = Σ d_i / (n_i (n_i − d_i)) / (ln S)²        Greenwood's sum, limits on the log–log scale (Kalbfleisch & Prentice)
 *   quantile limits: all t at which the limits of S hold 1 − p  Brookmeyer & Crowley, Biometrics 38 (1982) 29
 */
import type { Interval } from '../interval.ts';
import { normalQuantile } from './normal.ts';

export interface Lifetime {
  /** Time to detection, or how long it was watched in vain. Any unit. */
  readonly time: number;
  readonly found: boolean;
}

export interface SurvivalStep {
  readonly time: number;
  /** Share not yet found after this time, with its limits. */
  readonly survival: number;
  readonly low: number;
  readonly high: number;
  /** Watched just before, and found at, this time. */
  readonly atRisk: number;
  readonly found: number;
}

export interface SurvivalCurve {
  readonly n: number;
  readonly found: number;
  readonly level: number;
  readonly steps: readonly SurvivalStep[];
}

/** Kaplan–Meier curve of lifetimes (n); censored ones count as watched up to and including their time. */
export function survivalCurve(lifetimes: readonly Lifetime[], level = 0.95): SurvivalCurve {
  const sorted = [...lifetimes].sort((a, b) => a.time - b.time || Number(b.found) - Number(a.found));
  const z = normalQuantile((1 + level) / 2);
  const steps: SurvivalStep[] = [];
  let atRisk = sorted.length;
  let survival = 1;
  let greenwood = 0;
  for (let i = 0; i < sorted.length; ) {
    const { time } = sorted[i]!;
    let found = 0;
    let gone = 0;
    while (i < sorted.length && sorted[i]!.time === time) {
      if (sorted[i]!.found) found += 1;
      gone += 1;
      i += 1;
    }
    if (found > 0) {
      survival *= 1 - found / atRisk;
      greenwood += found / (atRisk * (atRisk - found));
      steps.push({ time, survival, ...limits(survival, greenwood, z), atRisk, found });
    }
    atRisk -= gone;
  }
  return { n: sorted.length, found: sorted.filter((l) => l.found).length, level, steps };
}

/** At S = 0 the log–log scale has no limits: Greenwood's sum is infinite, and the step before says all that is known. */
function limits(survival: number, greenwood: number, z: number): { low: number; high: number } {
  if (survival <= 0) return { low: 0, high: 1 };
  if (survival >= 1) return { low: 0, high: 1 };
  const theta = (z * Math.sqrt(greenwood)) / Math.log(survival);
  return { low: survival ** Math.exp(-theta), high: survival ** Math.exp(theta) };
}

export interface SurvivalQuantile {
  /** Time by which a share p is found; Infinity where the curve does not fall so far. */
  readonly at: number;
  /** Brookmeyer–Crowley limits; high is Infinity where the data cannot bound it. */
  readonly interval: Interval;
}

/** Time by which the share p (0 < p < 1) of leaks is found: p = 0.5 is the median, 0.9 the P90. */
export function survivalQuantile(curve: SurvivalCurve, p: number): SurvivalQuantile {
  const left = 1 - p;
  const first = (below: (s: SurvivalStep) => boolean) => curve.steps.find(below)?.time ?? Number.POSITIVE_INFINITY;
  // A step to exactly 1 − p is reached there, whatever the last bit says.
  const reached = left + 1e-12;
  return {
    at: first((s) => s.survival <= reached),
    interval: {
      low: first((s) => s.low <= reached),
      high: first((s) => s.survival > 0 && s.high <= reached),
      level: curve.level,
    },
  };
}

/** Mean time watched or found up to `horizon`: the area under the curve (restricted mean). */
export function restrictedMean(curve: SurvivalCurve, horizon: number): number {
  let area = 0;
  let from = 0;
  let survival = 1;
  for (const step of curve.steps) {
    if (step.time >= horizon) break;
    area += survival * (step.time - from);
    from = step.time;
    survival = step.survival;
  }
  return area + survival * (horizon - from);
}

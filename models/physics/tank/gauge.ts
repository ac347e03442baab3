/**
 * Automatic tank gauging: what a gauge shows of a tank, its volume at 15 °C, and the leak test by standing still.
 *
 *   shown = resolution · round(true/resolution)
 *   V15 = V_table(level) · CTSh · CTL(T)                     T: mean of the sensors under the surface
 *   V15(t) ≈ a − R t by least squares;  s² = Σ e²/(N − 2);  se(R) = s/√(Σ (t − t̄)²)
 *   leak declared when R > threshold;  with errors N(0, σ): Pfa = Q(threshold/σ), Pd = Q((threshold − R)/σ)
 *   40 CFR 280.43(d): 0.2 gal/h with Pd ≥ 95 %, Pfa ≤ 5 %: threshold R/2, so σ ≤ R/(2 · 1.6449) = 0.061 gal/h
 *
 * R leak rate, positive out. White level noise gives se(R) = σ_V √(12/N)/T (N samples over T), so hours count more than
 * samples; drift of what the sensors do not see of the temperature does not average within a test: it sets the floor.
 * Source: 40 CFR 280.43(d); EPA/530/UST-90/006 (1990), Standard Test Procedures: Automatic Tank Gauging Systems.
 */
import { volumeCorrection } from './expansion.ts';
import type { TankFarmModel } from './model.ts';
import { strappedVolume_m3, tankShellFactor } from './state.ts';

/** US gallons per hour in m³/s. */
export const GALLON_PER_HOUR_M3_S = 3.785411784e-3 / 3600;
/** The rate that a monthly test must find: 0.2 gal/h [m³/s]. */
export const REGULATED_LEAK_M3_S = 0.2 * GALLON_PER_HOUR_M3_S;
/** 95 % quantile of the normal distribution. */
const Z95 = 1.6448536269514722;

/** Rounds to a gauge's resolution; 0 shows all digits. */
export function quantised(value: number, resolution: number): number {
  return resolution > 0 ? resolution * Math.round(value / resolution) : value;
}

/**
 * Mean of the temperature sensors under the surface [K]; the lowest alone when none is. `sensors_K` and `heights_m` have the
 * same length, from the bottom up.
 */
export function submergedMean_K(sensors_K: ArrayLike<number>, heights_m: ArrayLike<number>, level_m: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < heights_m.length; i++) {
    if (heights_m[i] >= level_m) continue;
    sum += sensors_K[i];
    count++;
  }
  return count === 0 ? sensors_K[0] : sum / count;
}

/** Volume at 15 °C [m³] that a gauge computes from a level and a temperature of the product. */
export function gaugedVolume15_m3(model: TankFarmModel, tank: number, level_m: number, temperature_K: number): number {
  const s = model.tankSubstance[tank];
  return (
    strappedVolume_m3(model, tank, level_m) *
    tankShellFactor(model, tank, temperature_K) *
    volumeCorrection(model.substanceExpansion[s], model.substanceAlpha_per_K[s], temperature_K)
  );
}

export interface LeakTest {
  /** Rate of loss, positive when volume falls [m³/s]. */
  readonly rate_m3_s: number;
  /** Standard error of the rate from the scatter about the line [m³/s]; not what drifts within the test. */
  readonly standardError_m3_s: number;
  /** Residual scatter [m³]. */
  readonly scatter_m3: number;
  readonly samples: number;
}

/**
 * Static leak test: the line through compensated volumes over time. Needs at least 3 samples at different times.
 * @param time_s times (N)  @param volume_m3 volumes at reference temperature (N)
 */
export function staticLeakTest(time_s: ArrayLike<number>, volume_m3: ArrayLike<number>): LeakTest {
  const n = time_s.length;
  if (n < 3 || volume_m3.length !== n)
    throw new RangeError(`a static leak test needs at least 3 pairs, got ${n} times and ${volume_m3.length} volumes`);
  let tMean = 0;
  let vMean = 0;
  for (let i = 0; i < n; i++) {
    tMean += time_s[i] / n;
    vMean += (volume_m3[i] - volume_m3[0]) / n;
  }
  let tt = 0;
  let tv = 0;
  for (let i = 0; i < n; i++) {
    const t = time_s[i] - tMean;
    tt += t * t;
    tv += t * (volume_m3[i] - volume_m3[0] - vMean);
  }
  const slope = tv / tt;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const e = volume_m3[i] - volume_m3[0] - vMean - slope * (time_s[i] - tMean);
    squares += e * e;
  }
  const scatter = Math.sqrt(squares / (n - 2));
  return { rate_m3_s: -slope, standardError_m3_s: scatter / Math.sqrt(tt), scatter_m3: scatter, samples: n };
}

/** Largest σ of a test's rate that finds `rate_m3_s` with Pd 95 % at Pfa 5 % [m³/s]. */
export function allowedSigma_m3_s(rate_m3_s: number): number {
  return rate_m3_s / (2 * Z95);
}

/** Smallest rate found with Pd 95 % at Pfa 5 % by a test whose rate has this σ [m³/s]. */
export function detectableLeak_m3_s(sigma_m3_s: number): number {
  return 2 * Z95 * sigma_m3_s;
}

/** Threshold that gives Pfa 5 % for a σ [m³/s]. */
export function leakThreshold_m3_s(sigma_m3_s: number): number {
  return Z95 * sigma_m3_s;
}

/**
 * Pressure-wave fronts in the fast blocks of one pressure tag, by a matched filter for a step:
 *
 *   d(n) = mean(x[n−m+1 … n]) − mean(x[n−2m+1 … n−m]),   σ_d = σ_x √(2/m) in white noise
 *
 * A step passes through d as a triangle whose apex lies m samples behind it; its height is the step. A hole that opens in
 * seconds makes a trapezoid of the same area, m·ΔP. The time of a front is the centroid of the upper half, less m − 1/2
 * samples, by the station's own clock. A slope that lasts is no front: it marks the tag as disturbed for its duration.
 */
import type { Frame, FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import type { Cleaner } from '../preprocess/index.ts';

export interface FrontSettings {
  readonly window_s: number;
  readonly sigma: number;
  /** Longest rise that still counts as a front. */
  readonly slowest_s: number;
  readonly warmUp_s: number;
}

/** Fronts remembered per tag; a line in quiet operation has none. */
export const FRONTS_KEPT = 16;

export interface Fronts {
  /** Layout indices of the tags that are watched (channels). */
  readonly tags: readonly number[];
  /** Fronts found so far (channels); the newest stands at (found − 1) mod FRONTS_KEPT. */
  readonly found: Float64Array;
  /** Station time of each front [µs] (channels, FRONTS_KEPT). */
  readonly timeUs: Float64Array;
  /** Height with its sign [Pa] (channels, FRONTS_KEPT). */
  readonly step_Pa: Float64Array;
  /** How long the front took beyond a step [s], Infinity for a ramp that is none (channels, FRONTS_KEPT). */
  readonly rise_s: Float64Array;
  /** Height in standard deviations of d (channels, FRONTS_KEPT). */
  readonly significance: Float64Array;
  /** Station time at which d last left the noise and has not come back [µs], NaN in quiet (channels). */
  readonly sinceUs: Float64Array;
  /** Greatest |d| of the excursion under way [Pa] (channels). */
  readonly peak_Pa: Float64Array;
  /** Standard deviation of d [Pa], learned (channels). */
  readonly sigma_Pa: Float64Array;
  reset(): void;
  step(frame: Frame, clean: Cleaner): void;
}

export function createFronts(
  layout: FrameLayout,
  tags: readonly number[],
  settings: FrontSettings,
  arena: Arena,
): Fronts {
  const n = tags.length;
  const period_s = tags.map((t) => layout.tags[t]!.periodUs * 1e-6);
  const half = period_s.map((p) => Math.max(2, Math.round(settings.window_s / p)));
  const largest = Math.max(4, ...half);
  const slowest = period_s.map((p) => Math.round(settings.slowest_s / p)); // (channels)
  const length = 6 * largest + Math.max(...slowest, 0); // samples kept per channel
  const warmUpScans = Math.max(30, Math.round(settings.warmUp_s / (layout.scanUs * 1e-6)));

  const found = arena.f64(n);
  const timeUs = arena.f64(n * FRONTS_KEPT);
  const step_Pa = arena.f64(n * FRONTS_KEPT);
  const rise_s = arena.f64(n * FRONTS_KEPT);
  const significance = arena.f64(n * FRONTS_KEPT);
  const sinceUs = arena.f64(n);
  const peak_Pa = arena.f64(n);
  const sigma_Pa = arena.f64(n);
  const ring = arena.f64(n * length); // samples [Pa] (channels, length)
  const count = arena.f64(n); // samples since the last gap (channels)
  const scatter = arena.f64(n); // Σ d² (channels)
  const learned = arena.f64(n); // values in it (channels)
  const scans = arena.f64(n); // scans seen (channels)
  const trace = arena.f64(n * length); // d of the excursion under way, ring by sample (channels, length)
  const started = arena.f64(n); // sample at which the excursion began (channels)
  const peakAt = arena.f64(n); // sample of the peak (channels)

  /** Ends the excursion at sample `end`; a front if it was short enough, else only a disturbance that has passed. */
  function finish(c: number, end: number, endUs: number): void {
    const m = half[c]!;
    const from = started[c]!;
    const apex = peakAt[c]!;
    const base = c * length;
    const peak = trace[base + (apex % length)]!;
    const floor = Math.abs(peak) / 2;
    const sign = Math.sign(peak);
    let first = apex;
    while (first > from && sign * trace[base + ((first - 1) % length)]! > floor) first -= 1;
    let last = apex;
    while (last < end && sign * trace[base + ((last + 1) % length)]! > floor) last += 1;
    const width = last - first + 1;
    let weight = 0;
    let moment = 0;
    for (let i = first; i <= last; i += 1) {
      const excess = sign * trace[base + (i % length)]! - floor;
      weight += excess;
      moment += excess * (i - end);
    }
    sinceUs[c] = Number.NaN;
    const slow = Math.max(0, width - m);
    // A lone bad sample has no apex. What takes longer than the slowest front is a ramp that somebody drives: no front, but
    // kept, because what comes next may be its continuation.
    if (weight <= 0 || width < m / 3) return;
    const driven = slow > slowest[c]!;
    const slot = c * FRONTS_KEPT + (found[c]! % FRONTS_KEPT);
    const apexUs = endUs + (moment / weight) * period_s[c]! * 1e6;
    timeUs[slot] = Math.round(apexUs - (m - 0.5) * period_s[c]! * 1e6);
    // A triangle or a trapezoid alike: its area is height times width at half height, and the step is area over m.
    step_Pa[slot] = slow > 0.2 * m ? (peak * width) / m : peak;
    rise_s[slot] = driven ? Number.POSITIVE_INFINITY : slow * period_s[c]!;
    significance[slot] = Math.abs(peak) / sigma_Pa[c]!;
    found[c] = found[c]! + 1;
  }

  return {
    tags,
    found,
    timeUs,
    step_Pa,
    rise_s,
    significance,
    sinceUs,
    peak_Pa,
    sigma_Pa,
    reset() {
      sinceUs.fill(Number.NaN);
    },
    step(frame, clean) {
      for (let c = 0; c < n; c += 1) {
        const t = tags[c]!;
        if (clean.fresh[t] !== 1) {
          count[c] = 0;
          sinceUs[c] = Number.NaN;
          continue;
        }
        const tag = layout.tags[t]!;
        const m = half[c]!;
        const base = c * length;
        const first = layout.column[t]!;
        const scale = clean.scale[t]!;
        const stationUs = frame.stationTimeUs[layout.stationOf[t]!]!;
        const noise_Pa = tag.noise * scale;
        const learning = scans[c]! < warmUpScans;
        scans[c] = scans[c]! + 1;
        let newer = 0;
        let older = 0;
        let filled = count[c]!;
        // Sums are made anew for every block, so that no rounding gathers over days.
        if (filled >= 2 * m) {
          for (let k = 1; k <= m; k += 1) newer += ring[base + ((filled - k) % length)]!;
          for (let k = m + 1; k <= 2 * m; k += 1) older += ring[base + ((filled - k) % length)]!;
        }
        for (let k = 0; k < tag.width; k += 1) {
          const x = frame.value[first + k]! * scale;
          // A lone sample far from both neighbours is a spike, not a wave.
          if (filled >= 2) {
            const a = ring[base + ((filled - 2) % length)]!;
            const at = base + ((filled - 1) % length);
            const b = ring[at]!;
            if (
              Math.abs(b - a) > 10 * noise_Pa &&
              Math.abs(b - x) > 10 * noise_Pa &&
              Math.sign(b - a) === Math.sign(b - x)
            ) {
              ring[at] = a;
              newer += a - b;
            }
          }
          ring[base + (filled % length)] = x;
          filled += 1;
          if (filled < 2 * m) continue;
          if (filled === 2 * m) {
            newer = 0;
            older = 0;
            for (let j = 1; j <= m; j += 1) newer += ring[base + ((filled - j) % length)]!;
            for (let j = m + 1; j <= 2 * m; j += 1) older += ring[base + ((filled - j) % length)]!;
          } else {
            const leaving = ring[base + ((filled - 1 - m) % length)]!;
            newer += x - leaving;
            older += leaving - ring[base + ((filled - 1 - 2 * m) % length)]!;
          }
          const d = (newer - older) / m;
          const sample = filled - 1;
          trace[base + (sample % length)] = d;
          if (learning) {
            scatter[c] = scatter[c]! + d * d;
            learned[c] = learned[c]! + 1;
            continue;
          }
          const size = Math.abs(d);
          const limit = settings.sigma * sigma_Pa[c]!;
          const sampleUs = stationUs - (tag.width - 1 - k) * tag.periodUs;
          if (Number.isNaN(sinceUs[c]!)) {
            if (size <= limit / 2) continue;
            sinceUs[c] = sampleUs;
            started[c] = sample;
            peakAt[c] = sample;
            peak_Pa[c] = size;
          } else if (size > peak_Pa[c]!) {
            peak_Pa[c] = size;
            peakAt[c] = sample;
          } else if (size < Math.max(limit / 2, peak_Pa[c]! / 2)) {
            if (peak_Pa[c]! >= limit) finish(c, sample, sampleUs);
            else sinceUs[c] = Number.NaN;
          }
        }
        count[c] = filled;
        if (learning && scans[c]! >= warmUpScans) {
          const white = noise_Pa * Math.sqrt(2 / m);
          sigma_Pa[c] = Math.max(white, Math.sqrt(scatter[c]! / Math.max(1, learned[c]!)));
        }
      }
    },
  };
}

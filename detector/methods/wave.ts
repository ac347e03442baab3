/**
 * The negative pressure wave of an abrupt leak, seen on both sides of a span of plain pipe.
 *
 *   arrival     t_up − t0 = x/(c − v),  t_down − t0 = (L − x)/(c + v)
 *   place       x = [(t_up − t_down) + L/(c + v)] / [1/(c − v) + 1/(c + v)]
 *   height      ΔP(x) = ΔP0 e^(−αx), α = f v/(2 D c);  at the leak ΔP0 = ρ c (Q/A)/2
 *   uncertainty σ_x² = (c/2)²(2σ_t² + 2σ_clock²) + (|Δt|/2)² σ_c²
 *
 * A front that comes from beyond a station reaches the two ends of a span the whole travel time apart; only fronts
 * nearer together than that began inside. And the first fronts of a leak are the first anywhere: after an operation at a
 * station, echoes wander through the line and the method stays silent until it has been quiet.
 */
import type { Frame, Score } from '../../models/contract/index.ts';
import { FRONTS_KEPT, type Span } from '../features/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';

/** Fronts smaller than this share of a pair are not what the pair could be an echo of. */
const ECHO_SHARE = 0.35;
/** Places of waves that are remembered while the alarm stands. */
const PLACES = 16;
/** Two places differ where they are farther apart than so many of their standard deviations. */
const APART = 3;
/** A pair whose heights, brought back to the leak, differ by more than this factor is no pair. */
const HEIGHT_RATIO = 3.5;

export function createWave(spec: MethodOf<'wave'>, context: Context): Running {
  const fronts = context.fronts(spec.window, spec.sigma, spec.slowest);
  const line = context.line!;
  const operations = context.operations();
  const channelOf = new Map(fronts.tags.map((t, i) => [t, i]));
  const flowTags = context.layout.tags.map((_, i) => i).filter((i) => context.layout.tags[i]!.quantity === 'flow');
  const spans = line.spans.map((s) => ({ span: s, up: channelOf.get(s.up), down: channelOf.get(s.down) }));
  const used = context.arena.f64(fronts.tags.length); // fronts of each channel that have been looked at (channels)
  const heldUs = context.arena.f64(1); // until when the condition stands
  const heldScore = context.arena.f64(1);
  const places = context.arena.f64(PLACES * 2); // position and sigma of waves since the alarm stands [m] (places, 2)
  const placed = context.arena.f64(1); // places ever remembered since then
  const quietUs = spec.quiet * 1e6;
  const waveUncertainty = context.asBuilt?.uncertainty.waveSpeed ?? 0;

  /** Velocity in a span by the nearest usable flow meter, else none [m/s]. */
  function velocity(s: Span): number {
    let best = -1;
    let distance = Number.POSITIVE_INFINITY;
    for (const t of flowTags) {
      const away = Math.abs((context.layout.tags[t]!.position_m ?? 0) - s.start_m);
      if (context.clean.usable[t] === 1 && away < distance) {
        best = t;
        distance = away;
      }
    }
    return best < 0 ? 0 : context.clean.value[best]! / s.area_m2;
  }

  /** Highest |d| of a front [Pa]; for a slow one that is less than its step. */
  const peakOf = (channel: number, at: number) => fronts.significance[at]! * fronts.sigma_Pa[channel]!;

  /** Was anything as high seen anywhere in the quiet time before `firstUs`? */
  function disturbedBefore(firstUs: number, peak_Pa: number): boolean {
    for (let c = 0; c < fronts.tags.length; c += 1) {
      const since = fronts.sinceUs[c]!;
      if (since < firstUs - 1e6 && fronts.peak_Pa[c]! > ECHO_SHARE * peak_Pa) return true;
      const newest = fronts.found[c]!;
      for (let k = Math.max(0, newest - FRONTS_KEPT); k < newest; k += 1) {
        const at = c * FRONTS_KEPT + (k % FRONTS_KEPT);
        const t = fronts.timeUs[at]!;
        if (t < firstUs - 100_000 && t > firstUs - quietUs && peakOf(c, at) > ECHO_SHARE * peak_Pa) return true;
      }
    }
    return false;
  }

  function tryPair(index: number, upAt: number, downAt: number, frame: Frame, score: Score): void {
    const { span } = spans[index]!;
    const stepUp = fronts.step_Pa[upAt]!;
    const stepDown = fronts.step_Pa[downAt]!;
    if (stepUp >= 0 || stepDown >= 0) return;
    const c = span.waveSpeed_m_s;
    const v = velocity(span);
    const difference_s = (fronts.timeUs[upAt]! - fronts.timeUs[downAt]!) * 1e-6;
    if (Math.abs(difference_s) > span.travel_s) return;
    const x = (difference_s + span.length_m / (c + v)) / (1 / (c - v) + 1 / (c + v));
    // A slow front is timed less well, so more of the span near its stations cannot be told from beyond them; and the hole
    // that makes it opens once: both stations see the same rise.
    if (fronts.rise_s[upAt] === Number.POSITIVE_INFINITY || fronts.rise_s[downAt] === Number.POSITIVE_INFINITY) return;
    const rise_s = Math.max(fronts.rise_s[upAt]!, fronts.rise_s[downAt]!);
    if (rise_s - Math.min(fronts.rise_s[upAt]!, fronts.rise_s[downAt]!) > 0.5 + 0.4 * rise_s) return;
    const margin_m = (spec.margin + 0.15 * rise_s) * c;
    if (x < margin_m || span.length_m - x < margin_m) return;
    const firstUs = Math.min(fronts.timeUs[upAt]!, fronts.timeUs[downAt]!);
    const peak_Pa = Math.min(peakOf(spans[index]!.up!, upAt), peakOf(spans[index]!.down!, downAt));
    // A set point moved at a station sends ramps whose timing no matched filter for a step can be trusted with.
    if (frame.timeUs - operations.lastUs[0]! < quietUs) return;
    if (disturbedBefore(firstUs, peak_Pa)) return;
    const alpha = (span.friction * Math.abs(v)) / (2 * span.diameter_m * c);
    const fromUp = -stepUp * Math.exp(alpha * x);
    const fromDown = -stepDown * Math.exp(alpha * (span.length_m - x));
    if (Math.max(fromUp, fromDown) > HEIGHT_RATIO * Math.min(fromUp, fromDown)) return;
    const significance = Math.min(fronts.significance[upAt]!, fronts.significance[downAt]!);
    const value = significance / spec.sigma;
    if (value < 1 || value <= score.value) return;

    // A pump or a valve behind a station reflects; where plain pipe goes on the height is the wave's own.
    const height_Pa = span.upInLine === span.downInLine ? (fromUp + fromDown) / 2 : span.upInLine ? fromUp : fromDown;
    const flow_m3_s = (2 * height_Pa * span.area_m2) / (line.density_kg_m3 * c);
    const period_s = context.layout.tags[span.up]!.periodUs * 1e-6;
    const sigmaTime_s = Math.hypot(period_s / Math.sqrt(12), (period_s * 4) / significance, 0.05 * rise_s);
    const clock_s = Math.hypot(clockOf(span.up), clockOf(span.down));
    const sigma_m = Math.hypot(
      (c / 2) * Math.SQRT2 * sigmaTime_s,
      (c / 2) * clock_s,
      (Math.abs(difference_s) / 2) * waveUncertainty * c,
    );
    score.value = value;
    score.where = { position_m: span.start_m + x, sigma_m };
    const relative = Math.hypot(1 / significance, 2 * waveUncertainty, 0.05, rise_s > 1 ? 0.25 : 0);
    score.rate = {
      massRate_kg_s: flow_m3_s * line.density_kg_m3,
      sigma_kg_s: relative * flow_m3_s * line.density_kg_m3,
    };
    score.onsetUs = Math.round(fronts.timeUs[upAt]! - (x / (c - v)) * 1e6);
    const upTag = context.layout.tags[span.up]!.id;
    const downTag = context.layout.tags[span.down]!.id;
    score.because =
      `falling fronts of ${(-stepUp / 1000).toFixed(2)} kPa at ${upTag} and ${(-stepDown / 1000).toFixed(2)} kPa at ${downTag}, ` +
      `${Math.abs(difference_s).toFixed(2)} s apart of ${span.travel_s.toFixed(2)} s travel, ${significance.toFixed(1)} sigma`;
  }

  /** Remembers a wave's place; true where the alarm stands already and for none that was nearer than their intervals. */
  function isElsewhere(timeUs: number, where: NonNullable<Score['where']>): boolean {
    if (timeUs >= heldUs[0]! + spec['off-delay'] * 1e6) placed[0] = 0;
    const known = Math.min(placed[0]!, PLACES);
    let elsewhere = known > 0;
    for (let k = 0; k < known; k += 1) {
      const away = Math.abs(where.position_m! - places[2 * k]!);
      if (away <= APART * Math.hypot(where.sigma_m, places[2 * k + 1]!)) elsewhere = false;
    }
    const at = placed[0]! % PLACES;
    places[2 * at] = where.position_m!;
    places[2 * at + 1] = where.sigma_m;
    placed[0] = placed[0]! + 1;
    return elsewhere;
  }

  function clockOf(tag: number): number {
    return context.layout.stations[context.layout.stationOf[tag]!]!.clockAccuracy_s;
  }

  /** Share of the spans of which both ends are heard; none while an operation still echoes through the line. */
  function able(frame: Frame): number {
    if (frame.timeUs - operations.lastUs[0]! < quietUs) return 0;
    let heard = 0;
    let all = 0;
    for (let i = 0; i < spans.length; i += 1) {
      const { span, up, down } = spans[i]!;
      if (up === undefined || down === undefined) continue;
      all += 1;
      if (context.clean.usable[span.up] === 1 && context.clean.usable[span.down] === 1) heard += 1;
    }
    return all === 0 ? 0 : heard / all;
  }

  return {
    reset() {
      heldUs[0] = Number.NEGATIVE_INFINITY;
    },
    step(frame, score) {
      for (let i = 0; i < spans.length; i += 1) {
        const { up, down } = spans[i]!;
        if (up === undefined || down === undefined) continue;
        for (let a = oldest(up); a < fronts.found[up]!; a += 1) {
          for (let b = oldest(down); b < fronts.found[down]!; b += 1) {
            // Only pairs with something new in them: the others have been judged.
            if (a < used[up]! && b < used[down]!) continue;
            tryPair(i, up * FRONTS_KEPT + (a % FRONTS_KEPT), down * FRONTS_KEPT + (b % FRONTS_KEPT), frame, score);
          }
        }
      }
      used.set(fronts.found);
      if (spec['re-arm'] && score.value >= 1 && score.where) score.further = isElsewhere(frame.timeUs, score.where);
      if (score.value >= 1) {
        heldUs[0] = frame.timeUs + spec.hold * 1e6;
        heldScore[0] = score.value;
      }
      score.able = able(frame);
      if (score.value < 1 && frame.timeUs < heldUs[0]!) score.value = heldScore[0]!;
    },
  };

  function oldest(channel: number): number {
    return Math.max(0, fronts.found[channel]! - FRONTS_KEPT);
  }
}

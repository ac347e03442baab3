/**
 * Real-time transient model of the line as an observer: every span of plain pipe between two pressure tags runs through the method of
 * characteristics with the measured heads imposed at both of its ends, and says what must flow there.
 *
 *   inside   C+ and C− of models/physics/characteristics.ts, on a grid of this observer's own (a reach per grid step of the span)
 *   ends     Q_start = (H_up − C−)/B,   Q_end = (C+ − H_down)/B,   B = a/(g A)
 *   loss     R |Q| Q per reach with R = λ h_d/(n Q_d²) (|Q|/Q_d)^(e−2);  λ is what the as-built loss is off by, learned from the meters
 *
 * A wave that comes in at one end is expected at the other end a travel time later, so pumps and valves beyond the span explain
 * themselves. A leak inside is what the model cannot explain: at each end it wants 2 ΔH/B = q e^(−αx) more than flows, from the wave's arrival
 * on, and in the long run q (1 − x/L) and q x/L. The model knows no heat, no unsteady friction and no profile of wave speed.
 *
 * Samples of the stations lie on a common time axis by the stations' own clocks. One or two samples far from their neighbours are spikes and are bridged.
 * Source: Wylie & Streeter, Fluid Transients in Systems (1993), §3-2; API RP 1130 (RTTM); Liou & Tian (1995), J. Pressure Vessel Technol.
 */
import type { Frame, FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import { sweepReaches } from '../../models/physics/index.ts';
import type { Cleaner } from '../preprocess/index.ts';
import type { Line } from './line.ts';

export interface ObserverSettings {
  /** Step of the model's own grid. */
  readonly grid_s: number;
  readonly warmUp_s: number;
}

/** Grid steps that are remembered. */
export const OBSERVED = 1024;

export interface Observer {
  readonly line: Line;
  readonly gridUs: number;
  /** Index on the time axis (time/gridUs) of the newest flows of all spans; −1 before any (1). */
  readonly newest: Float64Array;
  /** Modelled flow at each end of a span [m³/s], ring by index modulo OBSERVED (spans, OBSERVED). */
  readonly startFlow_m3_s: Float64Array;
  readonly endFlow_m3_s: Float64Array;
  /** Index since which a span has run without a break, Infinity while it does not run (spans). */
  readonly since: Float64Array;
  /** What the model says a span takes up over what it gives away, mean of this scan [m³/s] (spans). */
  readonly packRate_m3_s: Float64Array;
  /** Plant time of the last sample that was bridged as a spike [µs] (channels: two per span, upstream first). */
  readonly spikedUs: Float64Array;
  /** Learned correction λ of the loss (spans). */
  readonly lossFactor: Float64Array;
  reset(): void;
  step(frame: Frame, clean: Cleaner): void;
}

/** Samples kept per channel. */
const KEPT = 256;
/** A sample farther from the last than so many standard deviations of its noise waits for two more that agree. */
const FAR = 10;
const PENDING = 2;
/** So many equal samples of a noisy tag may be the first of a stuck one: they wait for one that differs. */
const EQUAL = 4;
/** The loss is learned over this time, from flows and heads smoothed over the other. */
const LEARN_S = 3600;
const SMOOTH_S = 60;
/** Share of the design flow by which a steady line's flow may differ from its mean of the last minute. */
const STEADY = 0.01;

export function createObserver(layout: FrameLayout, line: Line, settings: ObserverSettings, arena: Arena): Observer {
  const { spans } = line;
  const n = spans.length;
  const scan_s = layout.scanUs * 1e-6;
  const gridUs = Math.round(settings.grid_s * 1e6);
  const reaches = spans.map((s) => Math.max(4, Math.round(s.travel_s / settings.grid_s)));
  const stepUs = spans.map((s, k) => (s.travel_s / reaches[k]!) * 1e6);
  const impedance = spans.map((s) => s.waveSpeed_m_s / (line.gravity_m_s2 * s.area_m2));
  const offset = [0];
  for (const r of reaches) offset.push(offset.at(-1)! + r + 1);
  const sections = offset.at(-1)!;
  const channels = spans.flatMap((s) => [s.up, s.down]);
  const elevation_m = spans.flatMap((s) => [s.upElevation_m, s.downElevation_m]);
  const perPascal = 1 / (line.density_kg_m3 * line.gravity_m_s2);
  const meterOf = spans.map((_, k) => {
    const section = line.sections.find((s) => s.spans.includes(k));
    return section ? [section.inFlow, section.outFlow] : undefined;
  });
  const warmUpScans = Math.max(30, Math.round(settings.warmUp_s / scan_s));
  const smooth = 1 - Math.exp(-scan_s / SMOOTH_S);

  const newest = arena.f64(1);
  const startFlow_m3_s = arena.f64(n * OBSERVED);
  const endFlow_m3_s = arena.f64(n * OBSERVED);
  const since = arena.f64(n);
  const spikedUs = arena.f64(2 * n);
  const lossFactor = arena.f64(n);
  const packRate_m3_s = arena.f64(n);
  const head_m = arena.f64(2 * n * KEPT); // accepted samples (channels, KEPT)
  const kept = arena.f64(2 * n); // accepted samples since the last gap (channels)
  const lastUs = arena.f64(2 * n); // station time of the newest accepted sample (channels)
  const waiting = arena.f64(2 * n * PENDING); // samples not believed yet (channels, PENDING)
  const waits = arena.f64(2 * n); // how many (channels)
  const same = arena.f64(2 * n); // accepted samples in a row that are equal (channels)
  const alike = arena.f64(2 * n); // equal samples that wait (channels)
  const H = arena.f64(sections); // head [m] (sections of all spans)
  const Q = arena.f64(sections); // flow [m³/s] (sections of all spans)
  const arriving = arena.f64(2 * n); // characteristics that arrive at the ends [m] (spans, 2)
  const modelUs = arena.f64(n); // time that the model has reached; NaN while it does not run (spans)
  const emitted = arena.f64(n); // newest index of flows (spans)
  const smoothLoss_m = arena.f64(n);
  const smoothFlow_m3_s = arena.f64(n);
  const learned = arena.f64(n); // scans that the loss was learned from (spans)

  /** Takes a block of samples in; false where the tag has nothing new. */
  function take(c: number, frame: Frame, clean: Cleaner): boolean {
    const t = channels[c]!;
    const tag = layout.tags[t]!;
    if (clean.fresh[t] !== 1) {
      kept[c] = 0;
      waits[c] = 0;
      alike[c] = 0;
      return false;
    }
    const first = layout.column[t]!;
    const toHead = clean.scale[t]! * perPascal;
    const far_m = FAR * tag.noise * toHead + 1e-6;
    const base = c * KEPT;
    const endUs = frame.stationTimeUs[layout.stationOf[t]!]!;
    for (let k = 0; k < tag.width; k += 1) {
      const x = frame.value[first + k]! * toHead + (clean.offset[t]! * perPascal + elevation_m[c]!);
      let count = kept[c]!;
      const last = count > 0 ? head_m[base + ((count - 1) % KEPT)]! : x;
      same[c] = x === last ? same[c]! + 1 : 0;
      if (tag.noise > 0 && same[c]! >= EQUAL && waits[c] === 0) {
        alike[c] = alike[c]! + 1;
        continue;
      }
      if (alike[c]! > 0) {
        for (let p = 0; p < alike[c]!; p += 1) head_m[base + ((count + p) % KEPT)] = last;
        count += alike[c]!;
        alike[c] = 0;
      }
      const held = waits[c]!;
      if (Math.abs(x - last) <= far_m) {
        for (let p = 0; p < held; p += 1) head_m[base + ((count + p) % KEPT)] = last;
        if (held > 0) spikedUs[c] = endUs;
      } else if (held < PENDING) {
        waiting[c * PENDING + held] = x;
        waits[c] = held + 1;
        kept[c] = count;
        continue;
      } else {
        for (let p = 0; p < held; p += 1) head_m[base + ((count + p) % KEPT)] = waiting[c * PENDING + p]!;
      }
      head_m[base + ((count + held) % KEPT)] = x;
      kept[c] = count + held + 1;
      waits[c] = 0;
    }
    lastUs[c] = endUs - (waits[c]! + alike[c]!) * tag.periodUs;
    return true;
  }

  /** Head of a channel at a time [m], between its samples. */
  function headAt(c: number, timeUs: number): number {
    const count = kept[c]!;
    const back = (lastUs[c]! - timeUs) / layout.tags[channels[c]!]!.periodUs;
    const at = Math.max(0, Math.min(count - 1, count - 1 - back));
    const low = Math.floor(at);
    const a = head_m[c * KEPT + (low % KEPT)]!;
    if (low >= count - 1) return a;
    return a + (at - low) * (head_m[c * KEPT + ((low + 1) % KEPT)]! - a);
  }

  /** Mean of a channel's samples since the last gap, a scan's at most [m]. */
  function meanHead(c: number): number {
    const count = Math.min(kept[c]!, layout.tags[channels[c]!]!.width);
    let sum = 0;
    for (let k = 1; k <= count; k += 1) sum += head_m[c * KEPT + ((kept[c]! - k) % KEPT)]!;
    return sum / count;
  }

  /** Loss per reach and (m³/s)² at a flow [s²/m⁵]. */
  function resistance(k: number, flow: number): number {
    const s = spans[k]!;
    const q = Math.max(0.02, Math.abs(flow) / line.designFlow_m3_s);
    return ((lossFactor[k]! * s.designLoss_m) / (reaches[k]! * line.designFlow_m3_s ** 2)) * q ** (s.exponent - 2);
  }

  /** The span as if it had stood still with these heads for long. */
  function settle(k: number, timeUs: number): void {
    const s = spans[k]!;
    const up = meanHead(2 * k);
    const down = meanHead(2 * k + 1);
    const size = (Math.abs(up - down) / (lossFactor[k]! * s.designLoss_m)) ** (1 / s.exponent) * line.designFlow_m3_s;
    const flow = up < down ? -size : size;
    for (let i = 0; i <= reaches[k]!; i += 1) {
      H[offset[k]! + i] = up + ((down - up) * i) / reaches[k]!;
      Q[offset[k]! + i] = flow;
    }
    modelUs[k] = timeUs;
    emitted[k] = Math.floor(timeUs / gridUs);
    since[k] = emitted[k]! + 1;
  }

  function advance(k: number, untilUs: number): void {
    const first = offset[k]!;
    const last = first + reaches[k]!;
    const B = impedance[k]!;
    const R = resistance(k, Q[first + (reaches[k]! >> 1)]!);
    const dt = stepUs[k]!;
    let t = modelUs[k]!;
    let g = emitted[k]!;
    let packed_m3 = 0;
    let steps = 0;
    while (t + dt <= untilUs) {
      const startBefore = Q[first]!;
      const endBefore = Q[last]!;
      sweepReaches(H, Q, first, last, B, 0.5 / B, R, arriving, k);
      t += dt;
      const up = headAt(2 * k, t);
      const down = headAt(2 * k + 1, t);
      H[first] = up;
      Q[first] = (up - arriving[2 * k]!) / B;
      H[last] = down;
      Q[last] = (arriving[2 * k + 1]! - down) / B;
      packed_m3 += Q[first]! - Q[last]!;
      steps += 1;
      while ((g + 1) * gridUs <= t) {
        g += 1;
        const share = 1 - (t - g * gridUs) / dt;
        startFlow_m3_s[k * OBSERVED + (g % OBSERVED)] = startBefore + share * (Q[first]! - startBefore);
        endFlow_m3_s[k * OBSERVED + (g % OBSERVED)] = endBefore + share * (Q[last]! - endBefore);
      }
    }
    modelUs[k] = t;
    emitted[k] = g;
    if (steps > 0) packRate_m3_s[k] = packed_m3 / steps;
  }

  /** λ from what the meters of the section say, in the warm-up and then slowly. A leak moves it by little: half its share of the flow at most, in hours. */
  function learnLoss(k: number, clean: Cleaner): void {
    const meters = meterOf[k];
    if (!meters || clean.usable[meters[0]!] !== 1 || clean.usable[meters[1]!] !== 1) return;
    const s = spans[k]!;
    const loss = headAt(2 * k, lastUs[2 * k]!) - headAt(2 * k + 1, lastUs[2 * k + 1]!);
    const flow = 0.5 * (clean.value[meters[0]!]! + clean.value[meters[1]!]!);
    const count = learned[k]! + 1;
    const weight = Math.max(smooth, 1 / count);
    smoothLoss_m[k] = smoothLoss_m[k]! + weight * (loss - smoothLoss_m[k]!);
    smoothFlow_m3_s[k] = smoothFlow_m3_s[k]! + weight * (flow - smoothFlow_m3_s[k]!);
    learned[k] = count;
    // While the line swings, loss and flow are not each other's.
    if (Math.abs(flow - smoothFlow_m3_s[k]!) > STEADY * line.designFlow_m3_s) return;
    // Where hardly anything flows the loss is elevations' and zeros' and tells nothing.
    if (smoothFlow_m3_s[k]! < 0.3 * line.designFlow_m3_s || smoothLoss_m[k]! <= 0) return;
    const now = smoothLoss_m[k]! / (s.designLoss_m * (smoothFlow_m3_s[k]! / line.designFlow_m3_s) ** s.exponent);
    const pace = Math.max(scan_s / LEARN_S, count < warmUpScans ? 1 / Math.max(1, count) : 0);
    lossFactor[k] = Math.min(2, Math.max(0.5, lossFactor[k]! + pace * (now - lossFactor[k]!)));
  }

  return {
    line,
    gridUs,
    newest,
    startFlow_m3_s,
    endFlow_m3_s,
    since,
    packRate_m3_s,
    spikedUs,
    lossFactor,
    reset() {
      newest.fill(-1);
      lossFactor.fill(1);
      modelUs.fill(Number.NaN);
      since.fill(Number.POSITIVE_INFINITY);
      spikedUs.fill(Number.NEGATIVE_INFINITY);
    },
    step(frame, clean) {
      let known = Number.POSITIVE_INFINITY;
      for (let k = 0; k < n; k += 1) {
        const up = take(2 * k, frame, clean);
        const down = take(2 * k + 1, frame, clean);
        if (!up || !down) {
          modelUs[k] = Number.NaN;
          since[k] = Number.POSITIVE_INFINITY;
          continue;
        }
        const untilUs = Math.min(lastUs[2 * k]!, lastUs[2 * k + 1]!);
        // A station whose clock was set, or that was away for longer than its samples are kept, begins anew.
        if (Number.isNaN(modelUs[k]!) || untilUs - modelUs[k]! > KEPT * 0.5 * layout.tags[channels[2 * k]!]!.periodUs)
          settle(k, untilUs);
        else advance(k, untilUs);
        learnLoss(k, clean);
        known = Math.min(known, emitted[k]!);
      }
      if (Number.isFinite(known)) newest[0] = Math.max(newest[0]!, known);
    },
  };
}

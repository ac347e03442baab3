/**
 * What must flow through each station of a line by what stands on its two sides, and how far the two have lately parted.
 *
 *   r = Q_up − Q_down,  Q from the transient model of the span on that side (`observer.ts`), or from the meter where no span is
 *   d_w = mean of r over the last w − mean of r over the minute before,   w from 0.3 s to 30 s
 *
 * No pump, valve or wave from beyond parts the two sides of a station. A leak does, by q e^(−αx) when its wave arrives. A pressure that fails does so too;
 * where two pressures or a meter stand at a station, `partUp` and `partDown` tell what each side has moved by, and a leak moves both.
 *
 * A transmitter that jumps by itself sends a wave through the model that comes out at the next station as if it were a leak's: `phantom`.
 *
 * σ of each d is learned in the warm-up. What the model errs by while flows move is in proportion to how far they have moved lately: `activity`.
 */
import type { Frame, FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import type { Cleaner } from '../preprocess/index.ts';
import { OBSERVED, type Observer } from './observer.ts';

/** Windows w in steps of the observer's grid. */
export const WINDOWS = [3, 10, 20, 50, 100, 300] as const;
/** Steps over which the mean before is taken, and those that the model is given after a break before they count. */
const BEFORE = 600;
const SETTLE = 600;
/** A meter lags by about this, and so must what it is held against. */
const METER_LAG_S = 0.5;
/** Flows have moved by what they changed over the one time; that is forgotten over the other. */
const MOVED_SCANS = 30;
const FORGET_S = 300;
/** A d of one second so many standard deviations from zero is something; it is no leak's where it is negative or one side's alone. */
const SEEN = 6;
const ONE_SIDED = 0.12;
const MOVING_SHARE = 0.06;
const PHANTOM_FORGET_S = 120;
const PHANTOM_WINDOW = WINDOWS.indexOf(10);

/** A station of the line: a place where the model knows the flow on one side at least, and something else knows it on the other. */
export interface FlowStation {
  readonly position_m: number;
  /** Span that ends here, −1 where a meter tells what comes. */
  readonly upSpan: number;
  /** Span that starts here, −1 where a meter tells what goes. */
  readonly downSpan: number;
  /** Meter in the place of the missing span, −1 where both sides are modelled. */
  readonly meter: number;
  /** Pressure tags whose spans meet here. */
  readonly pressures: readonly number[];
}

export interface StationFlows {
  readonly stations: readonly FlowStation[];
  /** d_w [m³/s] (stations, WINDOWS). */
  readonly parted_m3_s: Float64Array;
  /** Standard deviation of d_w, learned (stations, WINDOWS). */
  readonly sigma_m3_s: Float64Array;
  /** By how much Q_up rose and Q_down fell over the window [m³/s] (stations, WINDOWS); d_w is their sum. */
  readonly partUp_m3_s: Float64Array;
  readonly partDown_m3_s: Float64Array;
  /** Recent peak of how far flows have moved, here and at the other ends of the spans that meet here [m³/s] (stations). */
  readonly activity_m3_s: Float64Array;
  /** What a transmitter that jumps may make of d: recent peak of a d that is no leak's, here or at those ends [m³/s] (stations). */
  readonly phantom_m3_s: Float64Array;
  /** 1: learned, and the model has settled (stations). */
  readonly ready: Uint8Array;
  step(frame: Frame, clean: Cleaner): void;
}

const N = WINDOWS.length;

export function createStationFlows(
  layout: FrameLayout,
  observer: Observer,
  warmUp_s: number,
  arena: Arena,
): StationFlows {
  const { line, gridUs } = observer;
  const stations = flowStations(layout, observer);
  const n = stations.length;
  const scan_s = layout.scanUs * 1e-6;
  const settle_s = (WINDOWS[N - 1]! + BEFORE + SETTLE) * gridUs * 1e-6;
  const learnScans = Math.max(60, Math.round((warmUp_s - settle_s) / scan_s));
  const lag = 1 - Math.exp((-gridUs * 1e-6) / METER_LAG_S);
  const forgetPhantom = 1 - Math.exp(-scan_s / PHANTOM_FORGET_S);
  const forget = 1 - Math.exp(-scan_s / FORGET_S);
  // A plant without noise has no scatter to divide by.
  const least_m3_s = 1e-7 * line.designFlow_m3_s;

  const parted_m3_s = arena.f64(n * N);
  const sigma_m3_s = arena.f64(n * N);
  const partUp_m3_s = arena.f64(n * N);
  const partDown_m3_s = arena.f64(n * N);
  const activity_m3_s = arena.f64(n);
  const phantom_m3_s = arena.f64(n);
  const ownMove = arena.f64(n); // how far flows here have moved lately [m³/s] (stations)
  const ownPhantom = arena.f64(n); // the same of d that is no leak's (stations)
  const ready = arena.u8(n);
  const sumUp = arena.f64(n * OBSERVED); // running sum of Q_up less the design flow (stations, OBSERVED)
  const sumDown = arena.f64(n * OBSERVED); // the same of Q_down
  const steps = arena.f64(n); // steps in the sums since the last break (stations)
  const upTo = arena.f64(n); // newest index in them (stations)
  const lagged = arena.f64(n); // modelled flow as the meter would show it [m³/s] (stations)
  const scatter = arena.f64(n * N); // Σ d² (stations, WINDOWS)
  const learned = arena.f64(n); // scans in it (stations)
  const past = arena.f64(2 * n * MOVED_SCANS); // flows of both sides, scan by scan (stations, 2, MOVED_SCANS)
  const scans = arena.f64(n); // scans since the last break (stations)

  function flow(values: Float64Array, span: number, g: number): number {
    return values[span * OBSERVED + (g % OBSERVED)]!;
  }

  /** Adds the steps of this scan; false where a side does not know its flow. */
  function gather(i: number, frame: Frame, clean: Cleaner): boolean {
    const { upSpan, downSpan, meter } = stations[i]!;
    const g = observer.newest[0]!;
    const since = Math.max(upSpan < 0 ? 0 : observer.since[upSpan]!, downSpan < 0 ? 0 : observer.since[downSpan]!);
    if (since > g || (meter >= 0 && clean.usable[meter] !== 1)) return false;
    let from = upTo[i]! + 1;
    if (steps[i] === 0 || from < since || from <= g - OBSERVED) {
      steps[i] = 0;
      from = Math.max(since, g - 9);
      if (meter >= 0)
        lagged[i] =
          upSpan < 0 ? flow(observer.startFlow_m3_s, downSpan, from) : flow(observer.endFlow_m3_s, upSpan, from);
    }
    const design = line.designFlow_m3_s;
    const base = i * OBSERVED;
    // The sample itself: a filter that holds what jumps would make a leak of every pump that trips.
    const metered = meter >= 0 ? frame.value[layout.column[meter]!]! * clean.scale[meter]! + clean.offset[meter]! : 0;
    for (let k = from; k <= g; k += 1) {
      let up = upSpan < 0 ? metered : flow(observer.endFlow_m3_s, upSpan, k);
      let down = downSpan < 0 ? metered : flow(observer.startFlow_m3_s, downSpan, k);
      if (meter >= 0) {
        lagged[i] = lagged[i]! + lag * ((upSpan < 0 ? down : up) - lagged[i]!);
        if (upSpan < 0) down = lagged[i]!;
        else up = lagged[i]!;
      }
      const before = steps[i] === 0 ? base : base + ((k - 1) % OBSERVED);
      const at = base + (k % OBSERVED);
      sumUp[at] = (steps[i] === 0 ? 0 : sumUp[before]!) + up - design;
      sumDown[at] = (steps[i] === 0 ? 0 : sumDown[before]!) + down - design;
      steps[i] = steps[i]! + 1;
    }
    upTo[i] = g;
    return true;
  }

  /** Mean of the steps (g − last − count, g − last]. */
  function mean(sums: Float64Array, i: number, last: number, count: number): number {
    const base = i * OBSERVED;
    const end = upTo[i]! - last;
    return (sums[base + (end % OBSERVED)]! - sums[base + ((end - count) % OBSERVED)]!) / count;
  }

  function move(i: number): void {
    const seen = scans[i]!;
    const up = mean(sumUp, i, 0, 10);
    const down = mean(sumDown, i, 0, 10);
    const at = 2 * i * MOVED_SCANS + (seen % MOVED_SCANS);
    const moved = seen < MOVED_SCANS ? 0 : Math.max(Math.abs(up - past[at]!), Math.abs(down - past[at + MOVED_SCANS]!));
    past[at] = up;
    past[at + MOVED_SCANS] = down;
    scans[i] = seen + 1;
    ownMove[i] = Math.max(moved, ownMove[i]! * (1 - forget));
  }

  /** A transmitter that jumps sends a wave into the model that is none. */
  function remember(i: number): void {
    const at = i * N + PHANTOM_WINDOW;
    const d = parted_m3_s[at]!;
    const two = stations[i]!.meter >= 0 || stations[i]!.pressures.length > 1;
    const oneSided = two && Math.min(partUp_m3_s[at]!, partDown_m3_s[at]!) < ONE_SIDED * d;
    // What flows that move let the model err by is no jump of a transmitter.
    const explained = SEEN * sigma_m3_s[at]! + MOVING_SHARE * activity_m3_s[i]!;
    const seen = Math.abs(d) > explained && (d < 0 || oneSided) ? Math.abs(d) : 0;
    ownPhantom[i] = Math.max(seen, ownPhantom[i]! * (1 - forgetPhantom));
  }

  const neighbours = stations.map((a, i) =>
    stations.flatMap((b, k) =>
      k === i || (a.upSpan >= 0 && a.upSpan === b.downSpan) || (a.downSpan >= 0 && a.downSpan === b.upSpan) ? [k] : [],
    ),
  );

  return {
    stations,
    parted_m3_s,
    sigma_m3_s,
    partUp_m3_s,
    partDown_m3_s,
    activity_m3_s,
    phantom_m3_s,
    ready,
    step(frame, clean) {
      for (let i = 0; i < n; i += 1) {
        ready[i] = 0;
        if (!gather(i, frame, clean)) {
          steps[i] = 0;
          scans[i] = 0;
          continue;
        }
        if (steps[i]! <= 10) continue;
        move(i);
        const settled = steps[i]! > WINDOWS[N - 1]! + BEFORE + SETTLE;
        const learning = settled && learned[i]! < learnScans;
        for (let w = 0; w < N; w += 1) {
          const at = i * N + w;
          const count = WINDOWS[w]!;
          if (steps[i]! <= count + BEFORE + SETTLE) {
            parted_m3_s[at] = 0;
            continue;
          }
          const rose = mean(sumUp, i, 0, count) - mean(sumUp, i, count, BEFORE);
          const fell = mean(sumDown, i, count, BEFORE) - mean(sumDown, i, 0, count);
          partUp_m3_s[at] = rose;
          partDown_m3_s[at] = fell;
          parted_m3_s[at] = rose + fell;
          if (learning) scatter[at] = scatter[at]! + (rose + fell) ** 2;
        }
        if (learning) {
          learned[i] = learned[i]! + 1;
          if (learned[i]! < learnScans) continue;
          for (let w = 0; w < N; w += 1)
            sigma_m3_s[i * N + w] = Math.max(least_m3_s, Math.sqrt(scatter[i * N + w]! / learnScans));
        }
        ready[i] = settled && learned[i]! >= learnScans ? 1 : 0;
        if (ready[i] === 1) remember(i);
      }
      for (let i = 0; i < n; i += 1) {
        let activity = 0;
        let phantom = 0;
        const near = neighbours[i]!;
        for (let k = 0; k < near.length; k += 1) {
          activity = Math.max(activity, ownMove[near[k]!]!);
          phantom = Math.max(phantom, ownPhantom[near[k]!]!);
        }
        activity_m3_s[i] = activity;
        phantom_m3_s[i] = phantom;
      }
    },
  };
}

/** Every place where spans meet or end, upstream first; an end without a meter tells nothing. */
function flowStations(layout: FrameLayout, { line }: Observer): FlowStation[] {
  const near = (a: number, b: number) => Math.abs(a - b) <= 1;
  const meters = layout.tags.flatMap((t, i) =>
    t.quantity === 'flow' && t.position_m !== undefined ? [{ tag: i, position_m: t.position_m }] : [],
  );
  const places: number[] = [];
  for (const s of line.spans)
    for (const p of [s.start_m, s.start_m + s.length_m]) if (!places.some((q) => near(p, q))) places.push(p);
  places.sort((a, b) => a - b);
  return places.flatMap((position_m) => {
    const upSpan = line.spans.findIndex((s) => near(s.start_m + s.length_m, position_m));
    const downSpan = line.spans.findIndex((s) => near(s.start_m, position_m));
    const both = upSpan >= 0 && downSpan >= 0;
    const meter = both ? -1 : (meters.find((m) => near(m.position_m, position_m))?.tag ?? -1);
    if (!both && meter < 0) return [];
    const pressures = [
      ...new Set([
        ...(upSpan < 0 ? [] : [line.spans[upSpan]!.down]),
        ...(downSpan < 0 ? [] : [line.spans[downSpan]!.up]),
      ]),
    ];
    return [{ position_m, upSpan, downSpan, meter, pressures }];
  });
}

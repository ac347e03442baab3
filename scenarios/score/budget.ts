/**
 * The latency budget: where every second between the opening of a leak and its alarm went, so that an engineer sees which one
 * is worth buying back. In microseconds, and the parts sum to the latency to the last of them.
 *
 *   travel       until the leak is at the instrument that shows it first: distance / wave speed along a line, elsewhere until
 *                its noise-free signal is SHOWS of the noise of one sample, less the lag
 *   lag          of that instrument: its time constant, or less where the signal shows sooner
 *   reporting    until the frame that brings the sample: sampling, polling, deadband of report by exception, scan
 *   noise        until the optimum that knows the process exactly has gathered enough (clairvoyant stationary bound)
 *   line-pack    until the optimum that must tell it from the process's own wander has (realisable stationary bound)
 *   window       that the features of the method need behind an event before they speak
 *   alarm-delay  for which the condition must last
 *   algorithm    the rest
 *
 * A bound is a mean and a run may be luckier, so each part takes what it needs or what is left: the alarm delay first, because it
 * is certainly spent, then the others in their order.
 */
import type { BoundFigure, LatencyBudget, LeakBound, SignalFloor } from '../../models/contract/index.ts';
import { columnNoise, type LeakSignal } from './information.ts';
import type { Match } from './matching.ts';

/** Share of the noise of one sample from which on a signal shows. */
export const SHOWS = 0.1;

/** What a detector's own settings cost at least, by alarm. */
export interface DeclaredDelay {
  readonly alarm: string;
  readonly windowUs: number;
  readonly alarmDelayUs: number;
}

/** What the judge knows of an instrument beyond the layout. */
export interface InstrumentTiming {
  readonly lagUs: number;
  /** Between a sample and the earliest frame that may hold it. */
  readonly latencyUs: number;
  /** Of report by exception, in the tag's own unit. */
  readonly deadband?: number;
  readonly silenceUs?: number;
  /** From the leak by the speed of its wave; absent where that is not known. */
  readonly travelUs?: number;
}

/** The instrument that shows a leak first, and why not sooner; `timing` by tag. Undefined where none does. */
export function signalFloor(
  signal: LeakSignal,
  openedUs: number,
  timing: readonly InstrumentTiming[],
): SignalFloor | undefined {
  const { layout, delta, timeUs } = signal;
  const noise = columnNoise(layout);
  let best: (SignalFloor & { readonly sumUs: number }) | undefined;
  layout.tags.forEach((tag, i) => {
    const own = timing[i]!;
    const first = layout.column[i]!;
    const value = (t: number, k: number) => Math.abs(delta[t * layout.columns + first + k]!);
    const sampleUs = (t: number, k: number) => timeUs[t]! - own.latencyUs - (tag.width - 1 - k) * tag.periodUs;
    let shownUs: number | undefined;
    for (let t = 0; t < timeUs.length && shownUs === undefined; t += 1)
      for (let k = 0; k < tag.width && shownUs === undefined; k += 1)
        if (value(t, k) >= SHOWS * noise[first + k]!) shownUs = Math.max(0, Math.round(sampleUs(t, k) - openedUs));
    if (shownUs === undefined) return;
    const { travelUs: byWave } = own;
    const lagUs = Math.round(Math.min(own.lagUs, byWave === undefined ? shownUs : Math.max(0, shownUs - byWave)));
    const travelUs = Math.round(byWave === undefined ? shownUs - lagUs : Math.min(byWave, shownUs));
    // Where the wave is there and the leak still grows, waiting for more of it is not the instrument's doing.
    const thereUs = openedUs + travelUs + lagUs;
    const frame = timeUs.findIndex((us, t) => {
      if (us - own.latencyUs < thereUs) return false;
      if (own.deadband === undefined || us - thereUs >= (own.silenceUs ?? Number.POSITIVE_INFINITY)) return true;
      return value(t, tag.width - 1) >= own.deadband;
    });
    if (frame < 0) return;
    const sumUs = timeUs[frame]! - openedUs;
    if (best && (best.sumUs < sumUs || (best.sumUs === sumUs && best.travelUs <= travelUs))) return;
    best = { tag: tag.id, travelUs, lagUs, reportingUs: sumUs - travelUs - lagUs, sumUs };
  });
  if (!best) return undefined;
  const { sumUs: _, ...floor } = best;
  return floor;
}

/** Budgets of the leaks that were found and of which the bound is known; of a leak that opened twice, of the first opening. */
export function latencyBudgets(
  matches: readonly Match[],
  bounds: readonly LeakBound[],
  delays: readonly DeclaredDelay[],
): LatencyBudget[] {
  return bounds.flatMap((bound) => {
    const match = matches
      .filter((m) => m.leak.ref === bound.of)
      .sort((a, b) => a.leak.openedUs - b.leak.openedUs)
      .at(0);
    return match && bound.floor ? [budgetOf(match, bound, bound.floor, delays)] : [];
  });
}

function budgetOf(
  { latencyUs, alarm }: Match,
  bound: LeakBound,
  floor: SignalFloor,
  delays: readonly DeclaredDelay[],
): LatencyBudget {
  const declared = delays.find((d) => d.alarm === alarm.alarm);
  let left = latencyUs;
  const take = (us: number) => {
    const taken = Math.min(left, Math.max(0, Math.round(us)));
    left -= taken;
    return taken;
  };
  const alarmDelay = take(declared?.alarmDelayUs ?? 0);
  const travel = take(floor.travelUs);
  const lag = take(floor.lagUs);
  const reporting = take(floor.reportingUs);
  const floorsUs = floor.travelUs + floor.lagUs + floor.reportingUs;
  const noiseUs = Math.max(floorsUs, boundUs(bound.clairvoyant));
  const noise = take(noiseUs - floorsUs);
  const linePack = take(bound.realisable ? boundUs(bound.realisable) - noiseUs : 0);
  const window = take(declared?.windowUs ?? 0);
  return {
    of: bound.of,
    alarm: alarm.alarm,
    tag: floor.tag,
    latencyUs,
    partsUs: {
      travel,
      lag,
      reporting,
      noise,
      'line-pack': linePack,
      window,
      algorithm: left,
      'alarm-delay': alarmDelay,
    },
  };
}

/** Beyond the run where not even the optimum finds the leak within it: then all that is left is masked. */
function boundUs({ stationary_s }: BoundFigure): number {
  return stationary_s === null ? Number.MAX_SAFE_INTEGER : stationary_s * 1e6;
}

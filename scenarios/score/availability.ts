/**
 * For which share of the time the detector could do its work: every method able to raise an alarm on all that it watches. A
 * detector that is silent while it is inhibited has no false alarms then, and finds nothing either: no rate of false alarms is whole without this.
 */
import type { Availability, Verdict } from '../../models/contract/index.ts';
import { formatSpan, US_PER_S } from '../../models/kernel/index.ts';
import { count, number } from './text.ts';

const BASE = { criterion: 'availability', of: '', status: 'not-applicable', target: null, unit: '%' } as const;

/** Undefined: the detector does not say. */
export function availabilityVerdict(availability: Availability | undefined): Verdict {
  if (!availability)
    return { ...BASE, actual: null, because: 'The detector does not say when it could not have raised an alarm.' };
  const { frames, frameUs, whole, inhibited } = availability;
  if (frames === 0) return { ...BASE, actual: null, because: 'The run ended within the warm-up.' };
  const degraded = frames - whole - inhibited;
  const span = (n: number) => formatSpan(n * frameUs);
  const lost = [
    ...(inhibited > 0 ? [`inhibited for ${span(inhibited)}`] : []),
    ...(degraded > 0 ? [`degraded for ${span(degraded)}, a method or a part of its instruments left out`] : []),
  ];
  const because =
    lost.length === 0
      ? `Able to raise an alarm on all that it watches in all ${span(frames)} after the warm-up.`
      : `Of ${span(frames)} after the warm-up it was ${lost.join(', and ')}.`;
  return { ...BASE, actual: (100 * whole) / frames, exposure_s: (frames * frameUs) / US_PER_S, because };
}

/** Over many runs: weighted by the time that each was watched. */
export function poolAvailability(verdicts: readonly Verdict[]) {
  const said = verdicts.filter((v) => v.actual !== null && (v.exposure_s ?? 0) > 0);
  const watched_s = said.reduce((s, v) => s + v.exposure_s!, 0);
  const least = Math.min(...said.map((v) => v.actual!));
  const runs = said.length;
  const base = { status: BASE.status, target: null, unit: BASE.unit, runs };
  if (runs === 0) return { ...base, actual: null, because: verdicts[0]!.because };
  return {
    ...base,
    actual: said.reduce((s, v) => s + v.actual! * v.exposure_s!, 0) / watched_s,
    because: `Share of ${number(watched_s / 3600)} h of ${count(runs, 'run', 'runs')} in which every method could have raised an alarm on all that it watches; least of a run ${number(least)} %.`,
  };
}

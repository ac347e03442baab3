/**
 * The one matching rule: which alarm found which leak, which alarm was false, and for how long the detector could have
 * cried wolf. Every figure of the judge stands on this function; the rule in words is docs/matching.md.
 *
 * In the order of the journal, each raised alarm is exactly one of:
 * - match: it found the earliest leak that is open on its unit (closing + grace included) and not yet found; where several are
 *   open, one that lies within the place that it claims before others, and none where it claims only one that was found;
 * - repeat: no leak is left to be found, but one that was found is still open (+ grace); it counts nothing;
 * - false: anything else, and every alarm that the no-leak twin raises too, whatever was open.
 */
import { type AlarmEvent, isRaised, type TruthEvent } from '../../models/contract/index.ts';
import { placeClaim } from './claims.ts';
import { type Leak, leaksOf } from './leak.ts';

/** How long after its closing a leak may still be found: line pack recovers and statistics lag. */
export const DEFAULT_GRACE_US = 600_000_000;
/** How near in time the twin must raise the same alarm id. A scan of a fast plant: a leak may shift a confounder's alarm. */
export const DEFAULT_TWIN_TOLERANCE_US = 1_000_000;

export interface MatchingInputs {
  readonly truth: readonly TruthEvent[];
  /** The journal: raised alarms are picked out of it. */
  readonly alarms: readonly AlarmEvent[];
  /** The simulated span of the run; it starts at 0 unless said otherwise. */
  readonly startUs?: number;
  readonly endUs: number;
  readonly graceUs?: number;
  /** Declared warm-up (probation): from the start for this long, nothing enters the false-alarm rate. */
  readonly warmUpUs?: number;
  /** The journal of the run with the same seed and no leak. */
  readonly twinAlarms?: readonly AlarmEvent[];
  readonly twinToleranceUs?: number;
  /** The unit that an alarm speaks of; undefined (the default) is any unit. */
  readonly unitOf?: (alarm: AlarmEvent) => string | undefined;
}

export interface Match {
  readonly leak: Leak;
  readonly alarm: AlarmEvent;
  /** From the leak's opening to the alarm [µs]. */
  readonly latencyUs: number;
}

export interface Repeat {
  readonly leak: Leak;
  readonly alarm: AlarmEvent;
}

export interface FalseAlarm {
  readonly alarm: AlarmEvent;
  /** `twin`: the run without the leak raises it as well. */
  readonly reason: 'no-leak-open' | 'twin';
  /** True where it was raised in the exposure; only these enter the false-alarm rate. */
  readonly exposed: boolean;
}

export interface Matching {
  readonly leaks: readonly Leak[];
  readonly matches: readonly Match[];
  readonly missed: readonly Leak[];
  readonly repeats: readonly Repeat[];
  readonly falseAlarms: readonly FalseAlarm[];
  /** Leak-free time: the span outside every [opening, closing + grace] and outside the warm-up [µs]. */
  readonly exposureUs: number;
  readonly graceUs: number;
}

export function matchAlarms(inputs: MatchingInputs): Matching {
  const { startUs = 0, endUs, graceUs = DEFAULT_GRACE_US, warmUpUs = 0 } = inputs;
  if (endUs < startUs) throw new RangeError(`a run cannot end (${endUs}) before it starts (${startUs})`);
  const leaks = leaksOf(inputs.truth, endUs);
  const raised = inputs.alarms.filter(isRaised);
  // Stable, so events of one instant keep the order in which the detector wrote them.
  raised.sort((a, b) => a.timeUs - b.timeUs);
  const inTwin = twinTest(inputs.twinAlarms ?? [], inputs.twinToleranceUs ?? DEFAULT_TWIN_TOLERANCE_US);
  const closed = closedTime(leaks, startUs, endUs, graceUs, warmUpUs);

  const found = new Set<Leak>();
  const matches: Match[] = [];
  const repeats: Repeat[] = [];
  const falseAlarms: FalseAlarm[] = [];
  for (const alarm of raised) {
    const exposed = isExposed(alarm.timeUs, closed, startUs, endUs);
    if (inTwin(alarm)) {
      falseAlarms.push({ alarm, reason: 'twin', exposed });
      continue;
    }
    const unit = inputs.unitOf?.(alarm);
    const open = leaks.filter(
      (l) =>
        l.openedUs <= alarm.timeUs && alarm.timeUs <= l.closedUs + graceUs && (unit === undefined || unit === l.unit),
    );
    const fresh = meant(alarm, open, found);
    if (fresh) {
      found.add(fresh);
      matches.push({ leak: fresh, alarm, latencyUs: alarm.timeUs - fresh.openedUs });
    } else if (open.length > 0) repeats.push({ leak: open.find((l) => isNear(alarm, l)) ?? open[0]!, alarm });
    else falseAlarms.push({ alarm, reason: 'no-leak-open', exposed });
  }
  const exposureUs = endUs - startUs - closed.reduce((sum, [from, to]) => sum + (to - from), 0);
  return { leaks, matches, missed: leaks.filter((l) => !found.has(l)), repeats, falseAlarms, exposureUs, graceUs };
}

/**
 * The leak not yet found that an alarm may have found: the earliest, unless the alarm's own place speaks against it. An alarm that
 * points at a leak that was found, and at none of the others, is about that one again: else the echo of a first leak would find the second.
 */
function meant(alarm: AlarmEvent, open: readonly Leak[], found: ReadonlySet<Leak>): Leak | undefined {
  const fresh = open.filter((l) => !found.has(l));
  if (open.length < 2 || fresh.length === 0) return fresh[0];
  const near = fresh.find((l) => isNear(alarm, l));
  if (near) return near;
  return open.some((l) => isNear(alarm, l)) ? undefined : fresh[0];
}

/** Is the leak within the 95 % that the alarm claims? */
function isNear(alarm: AlarmEvent, leak: Leak): boolean {
  return alarm.where !== undefined && placeClaim(alarm.where, leak)?.covered === true;
}

type Stretch = readonly [from: number, to: number];

/** Stretches of the span that are not exposure, disjoint and in order. */
function closedTime(leaks: readonly Leak[], startUs: number, endUs: number, graceUs: number, warmUpUs: number) {
  const stretches: Stretch[] = leaks.map((l) => [l.openedUs, l.closedUs + graceUs]);
  if (warmUpUs > 0) stretches.push([startUs, startUs + warmUpUs]);
  stretches.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [a, b] of stretches) {
    const from = Math.max(startUs, a);
    const to = Math.min(endUs, b);
    if (to < from) continue;
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

function isExposed(timeUs: number, closed: readonly Stretch[], startUs: number, endUs: number): boolean {
  return timeUs >= startUs && timeUs <= endUs && !closed.some(([from, to]) => from <= timeUs && timeUs <= to);
}

function twinTest(twinAlarms: readonly AlarmEvent[], toleranceUs: number): (alarm: AlarmEvent) => boolean {
  const times = new Map<string, number[]>();
  for (const a of twinAlarms) {
    if (!isRaised(a)) continue;
    const list = times.get(a.alarm);
    if (list) list.push(a.timeUs);
    else times.set(a.alarm, [a.timeUs]);
  }
  return (alarm) => times.get(alarm.alarm)?.some((t) => Math.abs(t - alarm.timeUs) <= toleranceUs) ?? false;
}

/**
 * The figures by which continuous gas monitors are compared on a site with metered releases and nobody told when and where:
 *
 *   detection fraction       TP/(TP + FN)     releases found, of all
 *   false-positive fraction  FP/(TP + FP)     detections that no release explains, of all detections
 *   localisation precision   TP_level/TP      found at the right equipment group or unit, of what was found
 *   localisation accuracy    TP_level/(TP + FP)   the same, of all detections reported
 *   quantification error     mean of (q̂ − q)/q over the TP that give a rate
 *
 * A detection is a match of the one matching rule or a false alarm; repeats are updates of the same report. Group: what the surest
 * alarm names. Unit: the one whose nearest point is nearest to its place, where the recording tells the places of units.
 * Source: METEC, Test Protocol for Continuous Emission Monitoring (ADED, 2022); Bell et al., Environ. Sci. Technol. 57 (2023) 5794. There a
 * detection's own report says the unit; here its place does.
 */
import type { AlarmEvent, TruthEvent, Verdict } from '../../models/contract/index.ts';
import { proportionInterval } from '../../models/kernel/index.ts';
import { airRateAt, type Leak, lossCurve, massRateAt } from './leak.ts';
import type { Match, Matching } from './matching.ts';
import { censoredQuantile } from './quantile.ts';
import { count, number } from './text.ts';

/** A point of a unit of equipment; a unit may have many. */
export interface UnitPoint {
  readonly unit: string;
  /** East, north and up from the site's origin. */
  readonly place_m: readonly [number, number, number];
}

const SHARES = [
  'detection-fraction',
  'false-positives',
  'group-precision',
  'group-accuracy',
  'unit-precision',
  'unit-accuracy',
] as const;
const QUANTIFICATION = 'quantification-error';
/** Who is within this factor has the size of it. */
const FACTOR = 3;

type ShareName = (typeof SHARES)[number];

/** Whether a criterion is one of these, which pool by their counts. */
export function isSingleBlind(criterion: string): boolean {
  return criterion === QUANTIFICATION || SHARES.some((s) => s === criterion);
}

/** None where the run has no release into the air (a leak with a place on the site and no hole in the plant). */
export function singleBlindVerdicts(
  truth: readonly TruthEvent[],
  matching: Matching,
  units: readonly UnitPoint[] = [],
): Verdict[] {
  const released = new Set(
    truth.flatMap((e) => (e.kind === 'leak.opened' && e.area_m2 === 0 && e.place_m ? [e.ref] : [])),
  );
  const releases = matching.leaks.filter((l) => released.has(l.ref));
  if (releases.length === 0) return [];
  const matches = matching.matches.filter((m) => released.has(m.leak.ref));
  const found = matches.length;
  const reported = found + matching.falseAlarms.length;
  const verdicts = [
    share('detection-fraction', found, releases.length, 'releases found'),
    share('false-positives', reported - found, reported, 'detections that no release explains'),
  ];
  const level = (name: 'group' | 'unit', right: (m: Match) => boolean) => {
    const k = matches.filter(right).length;
    verdicts.push(share(`${name}-precision`, k, found, `releases found were put on the right ${name}`));
    verdicts.push(share(`${name}-accuracy`, k, reported, `detections were on the right ${name}`));
  };
  if (releases.some((l) => l.source !== undefined))
    level('group', (m) => m.leak.source !== undefined && surest(m, matching, 'source')?.source === m.leak.source);
  if (units.length > 0 && releases.some((l) => units.some((u) => u.unit === l.unit)))
    level('unit', (m) => {
      const at = surest(m, matching, 'place_m')?.place_m;
      return at !== undefined && nearestUnit(units, at) === m.leak.unit;
    });
  verdicts.push(quantification(matches.flatMap((m) => rateError(truth, m, matching) ?? [])));
  return verdicts;
}

function share(criterion: ShareName, k: number, n: number, what: string): Verdict {
  const base = { criterion, of: '', status: 'not-applicable', target: null, unit: 'probability' } as const;
  if (n === 0) return { ...base, actual: null, count: 0, among: 0, because: `None of 0 ${what}.` };
  return {
    ...base,
    actual: k / n,
    interval: proportionInterval(k, n),
    count: k,
    among: n,
    because: `${k} of ${n} ${what}; limits by Clopper–Pearson.`,
  };
}

function quantification(errors: readonly number[]): Verdict {
  const base = { criterion: QUANTIFICATION, of: '', status: 'not-applicable', target: null, unit: '%' } as const;
  const n = errors.length;
  if (n === 0) return { ...base, actual: null, count: 0, because: 'No release that was found came with a rate.' };
  const within = errors.filter((e) => 1 + e <= FACTOR && 1 + e >= 1 / FACTOR).length;
  const percent = (v: number) => `${v >= 0 ? '+' : '−'}${number(100 * Math.abs(v))} %`;
  return {
    ...base,
    actual: (100 * errors.reduce((s, v) => s + v, 0)) / n,
    count: n,
    because: `Mean of the relative error of ${count(n, 'rate', 'rates')}: median ${percent(censoredQuantile(errors, 0, 0.5))}, from ${percent(Math.min(...errors))} to ${percent(Math.max(...errors))}; ${within} of ${n} within a factor of ${FACTOR}.`,
  };
}

/** Over many runs: shares by their counts, the mean error by the number of rates. */
export function poolSingleBlind(verdicts: readonly Verdict[]) {
  const { criterion } = verdicts[0]!;
  const runs = verdicts.length;
  const k = verdicts.reduce((s, v) => s + (v.count ?? 0), 0);
  if (criterion === QUANTIFICATION) {
    const sum = verdicts.reduce((s, v) => s + (v.actual ?? 0) * (v.count ?? 0), 0);
    return {
      status: 'not-applicable' as const,
      actual: k === 0 ? null : sum / k,
      target: null,
      unit: '%',
      runs,
      because: `Mean of the relative error of ${count(k, 'rate', 'rates')} in ${count(runs, 'run', 'runs')}.`,
    };
  }
  const n = verdicts.reduce((s, v) => s + (v.among ?? 0), 0);
  const pooled = share(criterion as ShareName, k, n, `in ${count(runs, 'run', 'runs')}`);
  const { status, actual, target, interval, unit, because } = pooled;
  return { status, actual, target, ...(interval ? { interval } : {}), unit, runs, because };
}

type Where = NonNullable<AlarmEvent['where']>;

/** Of the alarms about a release that say it, the surest; the first where none is surer. */
function surest(match: Match, matching: Matching, says: 'source' | 'place_m'): Where | undefined {
  let best: Where | undefined;
  for (const { where } of about(match, matching)) {
    if (where?.[says] === undefined) continue;
    if (!best || (where.probability ?? 0) > (best.probability ?? 0)) best = where;
  }
  return best;
}

function about(match: Match, { repeats }: Matching): AlarmEvent[] {
  return [match.alarm, ...repeats.filter((r) => r.leak === match.leak).map((r) => r.alarm)];
}

function nearestUnit(units: readonly UnitPoint[], [x, y]: readonly [number, number, number]): string {
  let best = units[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const u of units) {
    const d = Math.hypot(u.place_m[0] - x, u.place_m[1] - y);
    if (d < least) [best, least] = [u, d];
  }
  return best.unit;
}

/** Of the first alarm about a release that gives a rate, against what it gave to the air at that instant. */
function rateError(truth: readonly TruthEvent[], match: Match, matching: Matching): number[] | undefined {
  const alarm = about(match, matching).find((a) => a.rate !== undefined);
  const true_kg_s = alarm && rateAt(truth, match.leak, alarm.timeUs);
  return alarm && true_kg_s ? [alarm.rate!.massRate_kg_s / true_kg_s - 1] : undefined;
}

function rateAt(truth: readonly TruthEvent[], leak: Leak, timeUs: number): number | undefined {
  const curve = lossCurve(truth, leak);
  return airRateAt(truth, leak, timeUs)?.massRate_kg_s ?? (curve && massRateAt(curve, timeUs));
}

/**
 * Criteria: one question each, answered by a verdict with its number, its limits and one plain sentence. They look at a
 * matching and at the truth; nothing here knows how a run was made.
 */
import type { AlarmEvent, TruthEvent, Verdict, VerdictStatus } from '../../models/contract/index.ts';
import { formatSpan, formatTime, poissonInterval, US_PER_S } from '../../models/kernel/index.ts';
import { placeClaim, rateClaim } from './claims.ts';
import type { CriterionKind, Expectation } from './expectation.ts';
import { airRateAt, type Leak, lossCurve, massRateAt, volumeAt } from './leak.ts';
import { type Match, type Matching, type MatchingInputs, matchAlarms } from './matching.ts';
import { placeError, rateText } from './place.ts';
import { countSegments, type Segment, segmentClause } from './segments.ts';
import { count, number } from './text.ts';

const DAY_S = 86_400;
const DAY_US = DAY_S * US_PER_S;

/** A verdict about a count over a time; pooling many runs needs both, not their quotient. */
export interface RateVerdict extends Verdict {
  readonly count: number;
  readonly exposure_s: number;
}

export interface Limits {
  readonly target: number | null;
  readonly acceptable?: number;
}

export interface JudgeOptions {
  /** Stretches of the line, for false alarms by segment. */
  readonly segments?: readonly Segment[];
}

interface Evidence {
  readonly segments: readonly Segment[];
  readonly truth: readonly TruthEvent[];
  readonly matching: Matching;
}

/**
 * All verdicts of one journal: first those that the scenario expects, in its order, then latency of every leak and the
 * false-alarm rate where nobody asked: a latency without a false-alarm rate is half a result.
 */
export function judge(
  expectations: readonly Expectation[],
  inputs: MatchingInputs,
  { segments = [] }: JudgeOptions = {},
): { verdicts: Verdict[]; matching: Matching } {
  const matching = matchAlarms(inputs);
  const evidence = { truth: inputs.truth, matching, segments };
  const verdicts = expectations.map((e) => judgeOne(e, evidence));
  const asked = (criterion: CriterionKind, of: string) =>
    verdicts.some((v) => v.criterion === criterion && v.of === of);
  const saysPlace = inputs.alarms.some((a) => a.where?.place_m);
  for (const ref of new Set(matching.leaks.map((l) => l.ref))) {
    if (!asked('latency', ref)) verdicts.push(latency(ref, { target: null }, evidence));
    // On a site where a leak is and how much it is are half of what its detection is worth.
    if (!saysPlace || !matching.leaks.some((l) => l.ref === ref && l.place_m)) continue;
    if (!asked('location', ref)) verdicts.push(location(ref, { target: null }, evidence));
    if (!asked('named', ref) && matching.leaks.some((l) => l.ref === ref && l.source !== undefined))
      verdicts.push(named(ref, null, evidence));
    if (!asked('rate', ref)) verdicts.push(rate(ref, { target: null }, evidence));
  }
  if (!asked('false-alarms', '')) verdicts.push(falseAlarms({ target: null }, evidence));
  return { verdicts, matching };
}

function judgeOne(e: Expectation, evidence: Evidence): Verdict {
  switch (e.criterion) {
    case 'latency':
      return latency(e.of, limits(e.withinUs, e.acceptableUs, 1 / US_PER_S), evidence);
    case 'detected':
      return detected(e.of, evidence);
    case 'false-alarms':
      return falseAlarms(limits(e.atMost_1_s, e.acceptable_1_s, DAY_S), evidence);
    case 'location':
      return location(e.of, limits(e.within_m, e.acceptable_m, 1), evidence);
    case 'named':
      return named(e.of, 1, evidence);
    case 'rate':
      return rate(e.of, limits(e.within, e.acceptable, 100), evidence);
    case 'volume-lost':
      return volumeLost(e.of, limits(e.within_m3, e.acceptable_m3, 1), evidence);
  }
}

/** Rounded to 12 digits: 1 per day must not come back as 0.9999999999999999 of what the user wrote. */
function limits(target: number, acceptable: number | undefined, factor: number): Limits {
  const scale = (v: number) => Number((v * factor).toPrecision(12));
  return { target: scale(target), ...(acceptable === undefined ? {} : { acceptable: scale(acceptable) }) };
}

/** Pass up to the target, acceptable up to the wider limit, else fail; not-applicable where no target was set. */
export function statusOf(actual: number | null, { target, acceptable }: Limits): VerdictStatus {
  if (target === null) return 'not-applicable';
  if (actual === null) return 'fail';
  if (actual <= target) return 'pass';
  return acceptable !== undefined && actual <= acceptable ? 'acceptable' : 'fail';
}

function verdict(
  criterion: CriterionKind,
  of: string,
  unit: string,
  actual: number | null,
  lim: Limits,
  because: string,
): Verdict {
  const { target, acceptable } = lim;
  const sentence = target === null ? `${because} No target was set.` : because;
  return {
    criterion,
    of,
    status: statusOf(actual, lim),
    actual,
    target,
    ...(acceptable === undefined ? {} : { acceptable }),
    unit,
    because: sentence,
  };
}

/** A leak that never opened cannot be found or missed. */
function unopened(criterion: CriterionKind, of: string, unit: string, lim: Limits): Verdict {
  return {
    ...verdict(criterion, of, unit, null, lim, ''),
    status: 'not-applicable',
    because: `${of} never opened in this run.`,
  };
}

/** The first opening of that name: a leak that opens again is another leak, and expectations speak of the first. */
function firstLeak(of: string, { matching }: Evidence): { leak: Leak | undefined; match: Match | undefined } {
  const leak = matching.leaks.find((l) => l.ref === of);
  return { leak, match: matching.matches.find((m) => m.leak === leak) };
}

function missed(leak: Leak, { matching }: Evidence): string {
  const until = leak.closed ? `its closing and ${formatSpan(matching.graceUs)} of grace` : 'the end of the run';
  const span = formatSpan(leak.closedUs - leak.openedUs);
  return `${leak.ref} was not found: no alarm from its opening at ${formatTime(leak.openedUs)} to ${until} (open for ${span}).`;
}

/** The reason in full stands at latency; the other criteria need not say it again. */
function notFound(leak: Leak, what: string): string {
  return `${leak.ref} was not found, so ${what}.`;
}

function latency(of: string, lim: Limits, evidence: Evidence): Verdict {
  const { leak, match } = firstLeak(of, evidence);
  if (!leak) return unopened('latency', of, 's', lim);
  if (!match) return verdict('latency', of, 's', null, lim, missed(leak, evidence));
  const opened = formatTime(leak.openedUs);
  const late = leak.closed && match.alarm.timeUs > leak.closedUs ? ', after the leak had closed' : '';
  return verdict(
    'latency',
    of,
    's',
    match.latencyUs / US_PER_S,
    lim,
    `${match.alarm.alarm} was raised ${formatSpan(match.latencyUs)} after ${of} opened at ${opened}${late}. Latency counts from the opening.`,
  );
}

function detected(of: string, evidence: Evidence): Verdict {
  const { leak, match } = firstLeak(of, evidence);
  const lim = { target: 1 };
  if (!leak) return unopened('detected', of, '', lim);
  const because = match
    ? `${of} was found by ${match.alarm.alarm} at ${formatTime(match.alarm.timeUs)}.`
    : missed(leak, evidence);
  return { ...verdict('detected', of, '', match ? 1 : 0, lim, because), status: match ? 'pass' : 'fail' };
}

function falseAlarms(lim: Limits, { matching, segments: stretches }: Evidence): RateVerdict {
  const exposed = matching.falseAlarms.filter((f) => f.exposed);
  const n = exposed.length;
  const segments = countSegments(exposed, stretches);
  const rest = matching.falseAlarms.length - n;
  const exposure_s = matching.exposureUs / US_PER_S;
  const exposure_d = matching.exposureUs / DAY_US;
  const aside =
    rest === 0
      ? ''
      : ` ${count(rest, 'more', 'more')} in warm-up or leak time ${rest === 1 ? 'is' : 'are'} listed but not in this rate.`;
  if (exposure_s === 0) {
    return {
      ...verdict('false-alarms', '', 'per day', null, lim, `The run had no leak-free time to judge by.${aside}`),
      status: 'not-applicable',
      count: n,
      exposure_s,
    };
  }
  const interval = poissonInterval(n, exposure_d);
  const shows = n === 0 ? `; that shows only a rate below ${number(interval.high)} per day (95 %)` : '';
  const because = `${count(n, 'false alarm', 'false alarms')} in ${formatSpan(matching.exposureUs)} of leak-free time${shows}.${segmentClause(segments)}${aside}`;
  return {
    ...verdict('false-alarms', '', 'per day', n / exposure_d, lim, because),
    interval,
    count: n,
    exposure_s,
    ...(segments.length > 0 ? { segments } : {}),
  };
}

/** The first alarm about this leak that says what is asked for: the match, else its repeats in order. */
function firstThatSays(match: Match, { matching }: Evidence, says: (a: AlarmEvent) => boolean): AlarmEvent | undefined {
  if (says(match.alarm)) return match.alarm;
  return matching.repeats.find((r) => r.leak === match.leak && says(r.alarm))?.alarm;
}

/** Of the alarms about this leak that give a place the surest; the first of them where none says how sure it is. */
function surestPlace(match: Match, { matching }: Evidence, says: (a: AlarmEvent) => boolean): AlarmEvent | undefined {
  const about = [match.alarm, ...matching.repeats.filter((r) => r.leak === match.leak).map((r) => r.alarm)].filter(
    says,
  );
  let best = about[0];
  for (const a of about) if ((a.where?.probability ?? 0) > (best?.where?.probability ?? 0)) best = a;
  return best;
}

function location(of: string, lim: Limits, evidence: Evidence): Verdict {
  const { leak, match } = firstLeak(of, evidence);
  if (!leak) return unopened('location', of, 'm', lim);
  if (!match) return verdict('location', of, 'm', null, lim, notFound(leak, 'there is no place to judge'));
  const alarm = surestPlace(match, evidence, (a) => a.where !== undefined);
  const error = alarm?.where && placeError(alarm.where, leak);
  if (!alarm || !error) return verdict('location', of, 'm', null, lim, `${of} was found, but no place was given.`);
  const claim = placeClaim(alarm.where!, leak);
  return {
    ...verdict('location', of, 'm', error.error_m, lim, `${alarm.alarm} said ${error.because}`),
    ...(claim ? { claim } : {}),
  };
}

/** Whether the surest alarm that names a group of equipment names the right one. */
function named(of: string, target: 1 | null, evidence: Evidence): Verdict {
  const { leak, match } = firstLeak(of, evidence);
  const lim = { target };
  if (!leak) return unopened('named', of, '', lim);
  if (leak.source === undefined) {
    return {
      ...verdict('named', of, '', null, lim, ''),
      status: 'not-applicable',
      because: `The truth log does not tell what ${of} is on.`,
    };
  }
  if (!match) return nameVerdict(of, lim, 0, notFound(leak, 'nothing was named'));
  const alarm = surestPlace(match, evidence, (a) => a.where?.source !== undefined);
  if (!alarm) return nameVerdict(of, lim, 0, `${of} was found, but no equipment was named.`);
  const said = alarm.where!.source!;
  const sure = alarm.where!.probability === undefined ? '' : ` (${Math.round(100 * alarm.where!.probability)} %)`;
  const right = said === leak.source;
  const outcome = right ? 'and it is' : `but it is ${leak.source}`;
  return nameVerdict(of, lim, right ? 1 : 0, `${alarm.alarm} named ${said}${sure}, ${outcome}.`);
}

function nameVerdict(of: string, lim: Limits, actual: 0 | 1, because: string): Verdict {
  const status = lim.target === null ? 'not-applicable' : actual === 1 ? 'pass' : 'fail';
  return { ...verdict('named', of, '', actual, lim, because), status };
}

function rate(of: string, lim: Limits, evidence: Evidence): Verdict {
  const { leak, match } = firstLeak(of, evidence);
  if (!leak) return unopened('rate', of, '%', lim);
  if (!match) return verdict('rate', of, '%', null, lim, notFound(leak, 'there is no rate to judge'));
  const alarm = firstThatSays(match, evidence, (a) => a.rate !== undefined);
  const estimate = alarm?.rate;
  if (!alarm || !estimate) return verdict('rate', of, '%', null, lim, `${of} was found, but no rate was given.`);
  // An alarm that gives a place on the site speaks of gas in its air, which is not what leaves the hole where that is a liquid.
  const air = alarm.where?.place_m && airRateAt(evidence.truth, leak, alarm.timeUs);
  const curve = lossCurve(evidence.truth, leak);
  const true_kg_s = air ? air.massRate_kg_s : curve && massRateAt(curve, alarm.timeUs);
  if (air && !true_kg_s) {
    return {
      ...verdict('rate', of, '%', null, lim, ''),
      status: 'not-applicable',
      because: `${alarm.alarm} said ${rateText(estimate)}, but ${of} gave nothing to the air at that instant.`,
    };
  }
  if (!true_kg_s) {
    return {
      ...verdict('rate', of, '%', null, lim, ''),
      status: 'not-applicable',
      because: `The truth log tells no rate of ${of}.`,
    };
  }
  const error = (100 * (estimate.massRate_kg_s - true_kg_s)) / true_kg_s;
  const sign = error >= 0 ? '+' : '−';
  const ran = air
    ? `${number(true_kg_s)} kg/s of ${air.species.join(' and ')} went into the air then`
    : `the leak ran at ${number(true_kg_s)} kg/s then`;
  const because = `${alarm.alarm} said ${rateText(estimate)}, ${ran}: ${sign}${number(Math.abs(error))} %.`;
  return { ...verdict('rate', of, '%', Math.abs(error), lim, because), claim: rateClaim(estimate, true_kg_s) };
}

function volumeLost(of: string, lim: Limits, evidence: Evidence): Verdict {
  const { leak, match } = firstLeak(of, evidence);
  if (!leak) return unopened('volume-lost', of, 'm3', lim);
  const curve = lossCurve(evidence.truth, leak);
  if (!curve) {
    return {
      ...verdict('volume-lost', of, 'm3', null, lim, ''),
      status: 'not-applicable',
      because: `The truth log tells no volume of ${of}.`,
    };
  }
  const total = curve.volume_m3.at(-1)!;
  if (!match) {
    return verdict(
      'volume-lost',
      of,
      'm3',
      null,
      lim,
      notFound(leak, `all it lost, ${number(total)} m³, ran out unnoticed`),
    );
  }
  const lost = volumeAt(curve, match.alarm.timeUs);
  return verdict(
    'volume-lost',
    of,
    'm3',
    lost,
    lim,
    `${number(lost)} m³ had run out when ${match.alarm.alarm} was raised, of ${number(total)} m³ in all.`,
  );
}

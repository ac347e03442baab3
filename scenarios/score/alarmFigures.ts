/**
 * How well an alarm system serves the person in front of it: the performance figures of ISA-18.2-2016 (clause 16, table 6),
 * IEC 62682 and EEMUA 191 for one operator, from a journal alone.
 *
 * What counts is an annunciation: an alarm that comes, comes out from where it was hidden, or is told again. What was hidden is counted
 * apart. A short run shows little, so rates have exact intervals, and shares say nothing of a handful of alarms.
 */
import {
  type AlarmEvent,
  type AlarmFigure,
  type AlarmFigures,
  coreState,
  incidentsOf,
  isActive,
  isAnnunciated,
  type VerdictStatus,
} from '../../models/contract/index.ts';
import { formatSpan, type Interval, poissonInterval, proportionInterval } from '../../models/kernel/index.ts';
import { quantileOf } from '../../models/kernel/statistics/index.ts';

const TEN_MIN_US = 600e6;
const HOUR_US = 3600e6;
const STALE_US = 24 * HOUR_US;
const FLOOD_BEGINS_ABOVE = 10;
const FLOOD_ENDS_BELOW = 5;
/** An alarm that comes so often within a minute chatters. */
const CHATTER = 3;
const CHATTER_US = 60e6;
/** Below so many annunciations a share is an anecdote. */
const LEAST_FOR_SHARES = 20;
const TOP = 10;

/** Figures of a journal over a span. Events outside the span only tell what stood at its beginning. */
export function alarmFigures(journal: readonly AlarmEvent[], span: { fromUs: number; toUs: number }): AlarmFigures {
  const { fromUs, toUs } = span;
  const spanUs = Math.max(0, toUs - fromUs);
  const within = journal.filter((e) => e.timeUs >= fromUs && e.timeUs <= toUs);
  const told = within.filter(isAnnunciated).sort((a, b) => a.timeUs - b.timeUs);
  const times = told.map((e) => e.timeUs);
  const n = told.length;
  const slots = spanUs / TEN_MIN_US;
  const rows: AlarmFigure[] = [];
  const add = (
    figure: string,
    unit: string,
    actual: number | null,
    limits: { target: number | null; acceptable?: number },
    because: string,
    interval?: Interval,
  ) => {
    rows.push({
      figure,
      actual,
      unit,
      ...limits,
      status: statusOf(actual, limits.target, limits.acceptable),
      because,
      ...(interval ? { interval } : {}),
    });
  };

  const rateOf = (per: number) => (slots > 0 ? poissonInterval(n, spanUs / per) : undefined);
  const counted = `${n} annunciated in ${formatSpan(spanUs)}`;
  add('alarms per 10 min', '', slots > 0 ? n / slots : null, { target: 1, acceptable: 2 }, counted, rateOf(TEN_MIN_US));
  add(
    'alarms per hour',
    '',
    slots > 0 ? (n * HOUR_US) / spanUs : null,
    { target: 6, acceptable: 12 },
    counted,
    rateOf(HOUR_US),
  );
  const peak = peakWithin(times, TEN_MIN_US);
  add('peak in 10 min', '', peak, { target: 10 }, 'the most in any ten minutes, wherever they begin');
  const floods = floodsOf(times, toUs);
  const floodUs = floods.reduce((sum, [a, b]) => sum + (b - a), 0);
  add(
    'time in flood',
    '%',
    spanUs > 0 ? (100 * floodUs) / spanUs : null,
    { target: 1 },
    `${floods.length} floods; one begins above ${FLOOD_BEGINS_ABOVE} in 10 min and ends below ${FLOOD_ENDS_BELOW}`,
  );

  const byAlarm = new Map<string, number[]>();
  for (const e of told) byAlarm.set(e.alarm, [...(byAlarm.get(e.alarm) ?? []), e.timeUs]);
  const counts = [...byAlarm].map(([alarm, list]) => ({ alarm, count: list.length }));
  counts.sort((a, b) => b.count - a.count || (a.alarm < b.alarm ? -1 : 1));
  const known = new Set(journal.map((e) => e.alarm)).size;
  const top = counts.slice(0, TOP).reduce((sum, c) => sum + c.count, 0);
  // Of ten alarms or fewer, the ten most frequent are always all.
  const share = n >= LEAST_FOR_SHARES && known > TOP;
  add(
    'share of the top 10',
    '%',
    share ? (100 * top) / n : null,
    { target: 5 },
    share
      ? `${top} of ${n}`
      : `${known} alarms and ${n} annunciations: more than ${TOP} alarms and ${LEAST_FOR_SHARES} annunciations are needed to speak of a share`,
  );
  const chattering = [...byAlarm].filter(([, list]) => peakWithin(list, CHATTER_US) >= CHATTER).map(([alarm]) => alarm);
  add(
    'chattering',
    'alarms',
    chattering.length,
    { target: 0 },
    chattering.length > 0 ? chattering.join(', ') : `none came ${CHATTER} times within a minute`,
  );
  const stale = staleOf(journal, toUs).filter((s) => s.toUs >= fromUs);
  add(
    'stale',
    'alarms',
    new Set(stale.map((s) => s.alarm)).size,
    { target: 4 },
    stale.length > 0
      ? `stood for over 24 h: ${[...new Set(stale.map((s) => s.alarm))].join(', ')}`
      : 'none stood for over 24 h',
  );
  const of = (priorities: readonly number[]) => told.filter((e) => priorities.includes(e.priority)).length;
  for (const [name, priorities, target] of [
    ['priority 1', [1], 5],
    ['priority 2', [2], 15],
  ] as const) {
    const k = of(priorities);
    const enough = n >= LEAST_FOR_SHARES;
    const i = n > 0 ? proportionInterval(k, n) : undefined;
    add(
      name,
      '%',
      enough ? (100 * k) / n : null,
      { target, acceptable: 2 * target },
      enough ? `${k} of ${n}; 80/15/5 is the usual split` : `${k} of ${n}; too few to speak of a split of 80/15/5`,
      i && { ...i, low: 100 * i.low, high: 100 * i.high },
    );
  }
  return {
    span_s: spanUs * 1e-6,
    annunciated: n,
    recorded: within.length,
    hidden: within.filter((e) => e.under !== undefined && isActive(coreState(e)) && e.from !== e.to).length,
    incidents: incidentsOf(within).length,
    split: [1, 2, 3, 4].map((p) => of([p])),
    top: counts.slice(0, TOP),
    answered: answersOf(within),
    rows,
  };
}

function statusOf(actual: number | null, target: number | null, acceptable: number | undefined): VerdictStatus {
  if (actual === null || target === null) return 'not-applicable';
  if (actual <= target) return 'pass';
  return acceptable !== undefined && actual <= acceptable ? 'acceptable' : 'fail';
}

/** The most of sorted times in any half-open window. */
function peakWithin(times: readonly number[], windowUs: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to += 1) {
    while (times[to]! - times[from]! >= windowUs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** Stretches of flood: the count in the last ten minutes changes only where an alarm enters or leaves it. */
function floodsOf(times: readonly number[], endUs: number): [number, number][] {
  const changes = [...times.map((t) => ({ t, step: 1 })), ...times.map((t) => ({ t: t + TEN_MIN_US, step: -1 }))].sort(
    (a, b) => a.t - b.t || a.step - b.step,
  );
  const floods: [number, number][] = [];
  let count = 0;
  let since: number | undefined;
  for (const { t, step } of changes) {
    if (t > endUs) break;
    count += step;
    if (since === undefined && count > FLOOD_BEGINS_ABOVE) since = t;
    else if (since !== undefined && count < FLOOD_ENDS_BELOW) {
      floods.push([since, t]);
      since = undefined;
    }
  }
  if (since !== undefined) floods.push([since, endUs]);
  return floods;
}

/** Alarms whose condition stood for more than a day on end, and until when. */
function staleOf(journal: readonly AlarmEvent[], endUs: number): { alarm: string; toUs: number }[] {
  const since = new Map<string, number>();
  const stale: { alarm: string; toUs: number }[] = [];
  const close = (alarm: string, toUs: number) => {
    if (toUs - since.get(alarm)! > STALE_US) stale.push({ alarm, toUs });
    since.delete(alarm);
  };
  for (const e of journal) {
    if (e.timeUs > endUs) continue;
    if (isActive(coreState(e))) {
      if (!since.has(e.alarm)) since.set(e.alarm, e.timeUs);
    } else if (since.has(e.alarm)) close(e.alarm, e.timeUs);
  }
  for (const alarm of [...since.keys()]) close(alarm, endUs);
  return stale;
}

/** From the annunciation to its acknowledge: how many, and the median [s]; null where nobody acknowledged. */
function answersOf(journal: readonly AlarmEvent[]): AlarmFigures['answered'] {
  const heard = new Map<string, number>();
  const waits: number[] = [];
  for (const e of journal) {
    if (isAnnunciated(e) && !heard.has(e.alarm)) heard.set(e.alarm, e.timeUs);
    if (e.action !== 'acknowledge' || !heard.has(e.alarm)) continue;
    waits.push((e.timeUs - heard.get(e.alarm)!) * 1e-6);
    heard.delete(e.alarm);
  }
  waits.sort((a, b) => a - b);
  return { count: waits.length, median_s: waits.length > 0 ? quantileOf(waits, 0.5) : null };
}

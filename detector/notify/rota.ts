/**
 * Who is on duty: shifts by day and time of the wall clock where the people are, people taking turns, and those away. Pure on
 * an instant, so that a plan can be proved to have no hole before anybody relies on it.
 */

/** A moment on the wall clock of a time zone. */
export interface LocalTime {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Minutes since midnight, whole. */
  readonly minute: number;
  /** `2026-01-05 22:00:00`. */
  readonly text: string;
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];
export const MINUTES_PER_DAY = 1440;

/** A span of the day; past midnight where `to` is not after `from`. */
export interface Hours {
  /** On which days it begins; absent: every day. */
  readonly days?: readonly Day[];
  /** Minutes since midnight. */
  readonly from: number;
  readonly to: number;
}

export interface Shift extends Hours {
  /** All of them together. */
  readonly who?: readonly string[];
  /** One after another, for `each` days from `since` on. */
  readonly turns?: readonly string[];
  readonly each: number;
  /** Days since 1970-01-01. */
  readonly since: number;
  /** First and last day on which it begins; absent: no limit. */
  readonly firstDay?: number;
  readonly lastDay?: number;
}

export interface Roster {
  readonly shifts: readonly Shift[];
  readonly away: readonly { readonly who: string; readonly from: number; readonly to: number }[];
  /** Where the shifts leave nobody. */
  readonly otherwise: readonly string[];
}

/** Reads instants as wall-clock time of an IANA zone. Throws a RangeError where there is no such zone. */
export function localClock(timeZone: string): (utc_us: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (utc_us) => {
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(Math.floor(utc_us / 1000))) part[type] = value;
    const { year, month, day, hour, minute, second } = part;
    return {
      day: Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000,
      minute: 60 * Number(hour) + Number(minute),
      text: `${year}-${month}-${day} ${hour}:${minute}:${second}`,
    };
  };
}

/** 1970-01-01 was a Thursday. */
export function weekday(day: number): Day {
  return DAYS[(((day + 3) % 7) + 7) % 7]!;
}

/** Days since 1970-01-01 of a day that began the span which holds this moment; undefined where none does. */
export function beganOn(hours: Hours, { day, minute }: Pick<LocalTime, 'day' | 'minute'>): number | undefined {
  const begins = (d: number) => hours.days === undefined || hours.days.includes(weekday(d));
  const overnight = hours.to <= hours.from;
  if (minute >= hours.from && (overnight || minute < hours.to) && begins(day)) return day;
  if (overnight && minute < hours.to && begins(day - 1)) return day - 1;
  return undefined;
}

/** Minutes until the span that holds this moment ends. */
export function minutesLeft(hours: Hours, at: Pick<LocalTime, 'day' | 'minute'>): number {
  const began = beganOn(hours, at);
  if (began === undefined) return 0;
  const length = (hours.to - hours.from + MINUTES_PER_DAY) % MINUTES_PER_DAY || MINUTES_PER_DAY;
  return (began - at.day) * MINUTES_PER_DAY + hours.from + length - at.minute;
}

/** Those on duty, each once, in the order of the shifts; empty where nobody is. */
export function onDuty(roster: Roster, at: Pick<LocalTime, 'day' | 'minute'>): string[] {
  const found = new Set<string>();
  for (const shift of roster.shifts) {
    const began = beganOn(shift, at);
    if (began === undefined || began < (shift.firstDay ?? -Infinity) || began > (shift.lastDay ?? Infinity)) continue;
    for (const who of shift.who ?? []) if (!isAway(roster, who, at.day)) found.add(who);
    if (shift.turns) {
      const turn = Math.floor((began - shift.since) / shift.each);
      const n = shift.turns.length;
      // Who is away is stood in for by the next.
      for (let i = 0; i < n; i += 1) {
        const who = shift.turns[(((turn + i) % n) + n) % n]!;
        if (isAway(roster, who, at.day)) continue;
        found.add(who);
        break;
      }
    }
  }
  return found.size > 0 ? [...found] : [...roster.otherwise];
}

/** First span in which nobody is on duty; undefined where somebody always is. Ends at the next moment when somebody is. */
export function firstGap(roster: Roster): { readonly from: string; readonly to: string | undefined } | undefined {
  const dates = [
    ...roster.shifts.flatMap((s) => [s.firstDay, s.lastDay]),
    ...roster.away.flatMap((a) => [a.from, a.to]),
  ].filter((d) => d !== undefined);
  // A week from any Monday on says all where no date is named; else the weeks around all that are.
  const first = dates.length > 0 ? Math.min(...dates) - 8 : 4;
  const last = dates.length > 0 ? Math.min(Math.max(...dates) + 8, first + MOST_DAYS) : 18;
  const minutes = [...new Set([0, ...roster.shifts.flatMap((s) => [s.from, s.to % MINUTES_PER_DAY])])];
  minutes.sort((a, b) => a - b);
  const say = (day: number, minute: number) =>
    `${weekday(day)}${dates.length > 0 ? ` ${dateText(day)}` : ''} ${timeText(minute)}`;
  let from: string | undefined;
  for (let day = first; day <= last; day += 1) {
    for (const minute of minutes) {
      const somebody = onDuty(roster, { day, minute }).length > 0;
      if (!somebody) from ??= say(day, minute);
      else if (from !== undefined) return { from, to: say(day, minute) };
    }
  }
  return from === undefined ? undefined : { from, to: undefined };
}
const MOST_DAYS = 4000;

function isAway(roster: Roster, who: string, day: number): boolean {
  return roster.away.some((a) => a.who === who && day >= a.from && day <= a.to);
}

/** `22:00` as minutes since midnight, `24:00` included; undefined where it is no time of day. */
export function readTimeOfDay(text: string): number | undefined {
  const found = /^(\d{1,2}):([0-5]\d)$/.exec(text);
  const minute = found ? 60 * Number(found[1]) + Number(found[2]) : Number.NaN;
  return minute <= MINUTES_PER_DAY ? minute : undefined;
}

/** `2026-01-05` as days since 1970-01-01; undefined where the calendar has no such day. */
export function readDate(text: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return undefined;
  const day = Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) / 86_400_000;
  return dateText(day) === text ? day : undefined;
}

const utcClock = localClock('UTC');

function dateText(day: number): string {
  return utcClock(day * 86_400e6).text.slice(0, 10);
}

function timeText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** `2026-01-05T22:00:00.250Z`. */
export function utcText(utc_us: number): string {
  const ms = String(Math.floor(utc_us / 1000) % 1000).padStart(3, '0');
  return `${utcClock(utc_us).text.replace(' ', 'T')}.${ms}Z`;
}

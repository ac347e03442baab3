/**
 * Times in CSV files, as integer microseconds: since 1970 where they are dates, as they stand where they are numbers. Dates
 * are counted by the calendar, not by the machine's clock or zone: a time without a zone is taken as UTC, and a time
 * that summer time shows twice is out of order (csvTable.ts says what becomes of it).
 */

/** Microseconds, or NaN where the text is no such time. */
export type TimeReader = (text: string) => number;

const NUMERIC: Readonly<Record<string, number>> = { minutes: 60e6, seconds: 1e6, milliseconds: 1e3, microseconds: 1 };
const TOKEN = /YYYY|MM|DD|hh|mm|ss/g;
const DIGITS: Readonly<Record<string, string>> = {
  YYYY: '(\\d{4})',
  MM: '(\\d{1,2})',
  DD: '(\\d{1,2})',
  hh: '(\\d{1,2})',
  mm: '(\\d{1,2})',
  ss: '(\\d{1,2})',
};
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|z|[+-]\d\d:?\d\d)?$/;

/** A reader, or a sentence that says what a format may be. A decimal comma matters to numeric times only. */
export function compileTimeFormat(format: string, decimal: '.' | ',' = '.'): TimeReader | string {
  if (format === 'iso') return readIso;
  const scale = NUMERIC[format];
  if (scale !== undefined) {
    return (text) => {
      const number = decimal === ',' ? text.replace(',', '.') : text;
      return /^\s*[+-]?[\d.]/.test(number) ? Math.round(Number(number) * scale) : Number.NaN;
    };
  }
  const order: readonly string[] = format.match(TOKEN) ?? [];
  if (
    !order.includes('YYYY') ||
    !order.includes('MM') ||
    !order.includes('DD') ||
    new Set(order).size !== order.length
  ) {
    return 'iso, minutes, seconds, milliseconds, microseconds, or a pattern that has YYYY, MM and DD once, such as "DD.MM.YYYY hh:mm:ss"';
  }
  const parts = format.split(TOKEN);
  const escaped = parts.map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const body = escaped
    .map((p, i) => p + (order[i] ? DIGITS[order[i]] + (order[i] === 'ss' ? '(?:[.,](\\d{1,9}))?' : '') : ''))
    .join('');
  const pattern = new RegExp(`^${body}$`);
  // A fraction of seconds is a group of its own behind the seconds.
  const at: Record<string, number> = {};
  let group = 1;
  for (const token of order) {
    at[token] = group;
    group += token === 'ss' ? 2 : 1;
  }
  return (text) => {
    const m = pattern.exec(text.trim());
    if (!m) return Number.NaN;
    const part = (token: string) => (at[token] === undefined ? 0 : Number(m[at[token]]));
    return instant(
      part('YYYY'),
      part('MM'),
      part('DD'),
      part('hh'),
      part('mm'),
      part('ss'),
      at['ss'] === undefined ? undefined : m[at['ss'] + 1],
    );
  };
}

/** The format of the texts of a column, or undefined where they are no times. */
export function sniffTimeFormat(texts: readonly string[]): string | undefined {
  const some = texts.filter((t) => t.trim() !== '');
  if (some.length === 0) return undefined;
  if (some.every((t) => !Number.isNaN(readIso(t)))) return 'iso';
  for (const format of ['YYYY/MM/DD hh:mm:ss', 'YYYY/MM/DD hh:mm', 'DD.MM.YYYY hh:mm:ss', 'DD.MM.YYYY hh:mm']) {
    const read = compileTimeFormat(format) as TimeReader;
    if (some.every((t) => !Number.isNaN(read(t)))) return format;
  }
  return undefined;
}

function readIso(text: string): number {
  const m = ISO.exec(text.trim());
  if (!m) return Number.NaN;
  const at = instant(
    Number(m[1]),
    Number(m[2]),
    Number(m[3]),
    Number(m[4] ?? 0),
    Number(m[5] ?? 0),
    Number(m[6] ?? 0),
    m[7],
  );
  const zone = m[8];
  if (zone === undefined || zone === 'Z' || zone === 'z') return at;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return at - (zone.startsWith('-') ? -1 : 1) * minutes * 60e6;
}

function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
): number {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 24 || minute > 59 || second > 60)
    return Number.NaN;
  const us = fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * 1e6);
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60e6 + second * 1e6 + us;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days of the proleptic Gregorian calendar; years are counted from March so that the leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

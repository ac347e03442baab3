/** Quantities as a tag counts them: limits and differences in its own unit, shares of its span. */
import { parseQuantity, toUnit, UNITS } from '../../models/kernel/index.ts';
import { type Read, readDifference } from './draw.ts';

const PER_TIME = /^(.*\S)\s+per\s+(h|hour|day)$/;

/** A difference in a tag's own unit: "0.2 bar", "2 % of span", and for a drift "0.1 bar per h". */
export function readSize(
  text: string | number,
  unit: string,
  range: readonly [number, number],
  perHour: boolean,
): ReturnType<Read> {
  const example = `${unit === '' ? '1' : `0.5 ${unit}`}${perHour ? ' per h' : ''}`;
  const expected = `a difference of the tag, such as "${example}" or "2 % of span${perHour ? ' per h' : ''}"`;
  const per = typeof text === 'string' ? PER_TIME.exec(text.trim()) : undefined;
  if (perHour !== (per !== null && per !== undefined))
    return {
      ok: false,
      found: `"${text}"`,
      expected,
      ...(perHour ? { hint: 'a drift is a difference per h or per day' } : {}),
    };
  const amount = per ? per[1]! : text;
  const divisor = per?.[2] === 'day' ? 24 : 1;
  const share = typeof amount === 'string' ? /^(.*)\bof span$/.exec(amount)?.[1] : undefined;
  if (share !== undefined) {
    const read = parseQuantity(share.trim(), 'fraction');
    return read.ok ? { ok: true, value: (read.value * (range[1] - range[0])) / divisor } : { ...read, expected };
  }
  const def = UNITS[unit];
  if (!def) {
    const plain = Number(amount);
    return Number.isFinite(plain) && String(amount).trim() !== ''
      ? { ok: true, value: plain / divisor }
      : { ok: false, found: `"${text}"`, expected };
  }
  const read = readDifference(def.dimension)(amount);
  return read.ok ? { ok: true, value: read.value / def.factor / divisor } : { ...read, expected };
}

/** A limit in a tag's own unit, as a control room would say it. */
export function readPublished(unit: string): Read {
  const def = UNITS[unit];
  return (text) => {
    if (!def) {
      const plain = Number(text);
      return Number.isFinite(plain)
        ? { ok: true, value: plain }
        : { ok: false, found: `"${text}"`, expected: 'a number' };
    }
    const read = parseQuantity(text, def.dimension);
    return read.ok ? { ok: true, value: toUnit(read.value, unit) } : read;
  };
}

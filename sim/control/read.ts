/** Values of control as people write them, in the unit of a tag or of what is moved. */

import { fromUnit, parseQuantity, type QuantityResult, toUnit, UNITS } from '../../models/kernel/index.ts';
import type { PhysicsCommand } from '../plant/index.ts';

/** Reports a mistake at a place in the file. */
export type Say = (path: PropertyKey[], found: string, expected: string, hint?: string) => void;

export type PhysicsProperty = Extract<PhysicsCommand, { kind: 'set' }>['property'];

/** SI of a value in a unit that may be none. */
export const si = (value: number, unit: string): number => (unit === '' ? value : fromUnit(value, unit));
export const inUnit = (value: number, unit: string): number => (unit === '' ? value : toUnit(value, unit));

const WORDS: Readonly<Record<string, number>> = {
  open: 1,
  closed: 0,
  on: 1,
  off: 0,
  start: 1,
  stop: 0,
  trip: 1,
  manual: 0,
  auto: 1,
  cascade: 2,
};
/** The words that each property knows; the others are quantities. */
const WORDS_OF: Readonly<Record<string, readonly string[]>> = {
  opening: ['open', 'closed'],
  run: ['start', 'stop', 'on', 'off'],
  trip: ['trip', 'on'],
  mode: ['manual', 'auto', 'cascade'],
  bypass: ['on', 'off'],
  push: ['on', 'off'],
  reset: ['on'],
};

/** A value in SI: a word of the property, or a quantity of the unit's dimension. */
export function readValue(text: string | number, unit: string, property = ''): QuantityResult {
  const words = WORDS_OF[property] ?? [];
  if (typeof text === 'string' && words.includes(text)) return { ok: true, value: WORDS[text]! };
  if (unit !== '') return parseQuantity(text, UNITS[unit]!.dimension);
  const plain = typeof text === 'string' && text.trim() === '' ? Number.NaN : Number(text);
  const known = words.map((w) => WORDS[w]!);
  if (Number.isFinite(plain) && (words.length === 0 || known.includes(plain))) return { ok: true, value: plain };
  return { ok: false, found: `"${text}"`, expected: words.length > 0 ? `one of ${words.join(', ')}` : 'a number' };
}

/** A difference in SI: 2 degC are 2 K of it. */
export function readDifference(text: string | number, unit: string): QuantityResult {
  const read = readValue(text, unit);
  if (!read.ok || unit === '' || UNITS[unit]!.dimension !== 'temperature' || typeof text !== 'string') return read;
  const written = UNITS[/[A-Za-z]+\s*$/.exec(text)?.[0].trim() ?? 'K'];
  return { ok: true, value: read.value - (written?.offset ?? 0) };
}

/** A value for people, in its unit. */
export function shown(value: number, unit: string): string {
  return `${Number(value.toPrecision(6))}${unit === '' ? '' : ` ${unit}`}`;
}

/** `PU-101.speed` in two: names may hold dots, properties do not. */
export function splitTarget(text: string): { readonly element: string; readonly property: string } {
  const dot = text.lastIndexOf('.');
  return dot < 0 ? { element: text, property: '' } : { element: text.slice(0, dot), property: text.slice(dot + 1) };
}

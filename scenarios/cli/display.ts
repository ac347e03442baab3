/**
 * SI shown in the units of a trade: bar, m3/h and km, or psi, bbl/h and miles.
 */
import { type Dimension, SI_UNIT, toUnit, UNITS } from '../../models/kernel/index.ts';

export type Trade = 'si' | 'us';
/** Lengths are read on different scales: along the line, up the hill, through the wall. */
type Shown = Dimension | 'distance' | 'small-length';

const UNIT_OF: Readonly<Record<Trade, Partial<Record<Shown, string>>>> = {
  si: {
    distance: 'km',
    'small-length': 'mm',
    pressure: 'bar',
    flow: 'm3/h',
    temperature: 'degC',
    'kinematic-viscosity': 'cSt',
    fraction: '%',
  },
  us: {
    distance: 'mi',
    length: 'ft',
    'small-length': 'in',
    pressure: 'psi',
    flow: 'bbl/h',
    temperature: 'degF',
    density: 'lb/ft3',
    'kinematic-viscosity': 'cSt',
    speed: 'ft/s',
    fraction: '%',
  },
};

export function unitOf(shown: Shown, trade: Trade): string {
  const dimension = shown === 'distance' || shown === 'small-length' ? 'length' : shown;
  return UNIT_OF[trade][shown] ?? SI_UNIT[dimension];
}

/** A number in the trade's unit, to five digits. */
export function inUnit(si: number, shown: Shown, trade: Trade): number {
  return tidy(toUnit(si, unitOf(shown, trade)));
}

/** A value with its unit: `42.3 bar`. */
export function show(si: number, shown: Shown, trade: Trade): string {
  return `${inUnit(si, shown, trade)} ${unitOf(shown, trade)}`;
}

/** The unit in which a trade shows a value that somebody wrote in `unit`. */
export function tradeUnit(unit: string, trade: Trade | undefined): string {
  const dimension = UNITS[unit]?.dimension;
  if (trade === undefined || dimension === undefined) return unit;
  return UNIT_OF[trade][dimension] ?? unit;
}

export function tidy(x: number): number {
  return Number(x.toPrecision(5));
}

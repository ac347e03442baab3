/** Units: every dimension read and written, and what is refused, with the sentence that says why. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Dimension,
  fromUnit,
  nearest,
  parseQuantity,
  SI_UNIT,
  toUnit,
  UNITS,
  unitsOf,
} from '../../../models/kernel/index.ts';

const DIMENSIONS = Object.keys(SI_UNIT) as Dimension[];

function si(raw: unknown, dimension: Dimension): number {
  const read = parseQuantity(raw, dimension);
  if (!read.ok) throw new Error(`${String(raw)}: found ${read.found}, expected ${read.expected}`);
  return read.value;
}

function refused(raw: unknown, dimension: Dimension) {
  const read = parseQuantity(raw, dimension);
  if (read.ok) throw new Error(`${String(raw)} was read as ${read.value}`);
  return read;
}

describe('quantities', () => {
  // NIST SP 811 (2008), appendix B, to the digits that it prints.
  it.each<[string, Dimension, number, number]>([
    ['8 mm', 'length', 0.008, 15],
    ['20 in', 'length', 0.508, 15],
    ['3 mi', 'length', 4828.032, 12],
    ['1 ft', 'length', 0.3048, 15],
    ['2 in2', 'area', 0.00129032, 15],
    ['1 bbl', 'volume', 0.1589873, 7],
    ['1 gal', 'volume', 0.003785412, 9],
    ['1 h 30 min', 'time', 5400, 12],
    ['2 d 1 h 0.5 s', 'time', 176_400.5, 9],
    ['60 mph', 'speed', 26.8224, 12],
    ['1 kn', 'speed', 0.5144444, 7],
    ['580 psi', 'pressure', 580 * 6894.757, 0],
    ['1 kgf/cm2', 'pressure', 98_066.5, 9],
    ['1 atm', 'pressure', 101_325, 9],
    ['6661 bbl/h', 'flow', 0.29417067, 6],
    ['1060 m3/h', 'flow', 0.294444444, 9],
    ['1000 gpm', 'flow', 0.0630902, 8],
    ['1 t/h', 'mass-flow', 0.277777778, 9],
    ['32 degF', 'temperature', 273.15, 10],
    ['212 F', 'temperature', 373.15, 10],
    ['-40 degF', 'temperature', 233.15, 10],
    ['-40 degC', 'temperature', 233.15, 10],
    ['53.69 lb/ft3', 'density', 860.03, 1],
    ['10 cSt', 'kinematic-viscosity', 1e-5, 15],
    ['1480 rpm', 'rotation', 154.98524, 5],
    ['3 %', 'fraction', 0.03, 15],
    ['0.01 ppm', 'fraction', 1e-8, 20],
    ['1 lb*ft2', 'inertia', 0.04214011, 8],
    ['1 per day', 'frequency', 1.1574074e-5, 12],
    ['1 hp', 'power', 745.69987, 5],
    ['180 deg', 'angle', Math.PI, 14],
  ])('%s is the published SI value', (text, dimension, value, digits) => {
    expect(si(text, dimension)).toBeCloseTo(value, digits);
  });

  it('every dimension has its SI unit with factor 1, an example that it reads, and a unit in the table', () => {
    for (const dimension of DIMENSIONS) {
      const example = /such as "(.*)"/.exec(refused(null, dimension).expected)?.[1];
      expect(Number.isFinite(si(example, dimension)), dimension).toBe(true);
      expect(fromUnit(1, SI_UNIT[dimension]), dimension).toBe(1);
      expect(unitsOf(dimension), dimension).toContain(SI_UNIT[dimension]);
    }
    expect(new Set(Object.values(UNITS).map((u) => u.dimension))).toEqual(new Set(DIMENSIONS));
  });

  it('what is written in any unit is read back as it was, for every unit there is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(UNITS)),
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.constantFrom('', ' ', '  '),
        (unit, value, space) => {
          // A space belongs between a number and a unit that begins with one.
          const text = `${value}${unit.startsWith('1') ? ' ' : space}${unit}`;
          const read = si(text, UNITS[unit]!.dimension);
          expect(read).toBeCloseTo(fromUnit(value, unit), 300);
          const scale = Math.abs(value) + Math.abs((UNITS[unit]!.offset ?? 0) / UNITS[unit]!.factor);
          expect(Math.abs(toUnit(read, unit) - value)).toBeLessThanOrEqual(1e-14 * scale + 1e-300);
        },
      ),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('spans of time add up whatever their parts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1000), fc.constantFrom('s', 'min', 'h', 'd', 'ms')), { minLength: 1, maxLength: 5 }),
        (parts) => {
          const sum = parts.reduce((s, [n, u]) => s + fromUnit(n, u), 0);
          expect(si(parts.map(([n, u]) => `${n} ${u}`).join(' '), 'time')).toBeCloseTo(sum, 6);
        },
      ),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe('what is refused', () => {
  it('a bare number of every dimension but fraction, with the words to write instead', () => {
    for (const dimension of DIMENSIONS) {
      if (dimension === 'fraction') expect(si(0.3, dimension)).toBe(0.3);
      else {
        const { found, hint } = refused(8, dimension);
        expect(found).toBe('8 without a unit');
        expect(si(/"(.*)"/.exec(hint!)![1], dimension)).toBeDefined();
        expect(refused('8', dimension).found).toBe('"8", which has no unit');
      }
    }
  });

  it.each<[unknown, Dimension, string, string | undefined]>([
    ['8 mmm', 'length', '"8 mmm", whose unit "mmm" is unknown', 'did you mean "mm"?'],
    ['8 MM', 'length', '"8 MM", whose unit "MM" is unknown', 'did you mean "mm"?'],
    ['2 barr', 'pressure', '"2 barr", whose unit "barr" is unknown', 'did you mean "bar"?'],
    ['2 kpa', 'pressure', '"2 kpa", whose unit "kpa" is unknown', 'did you mean "kPa"?'],
    ['5 bbl/hr', 'flow', '"5 bbl/hr", whose unit "bbl/hr" is unknown', 'did you mean "bbl/h"?'],
    ['5 quux', 'flow', '"5 quux", whose unit "quux" is unknown', undefined],
    ['2 bar', 'length', '"2 bar", which is a pressure', undefined],
    ['1 m 20 cm', 'length', '"1 m 20 cm", which is several quantities', undefined],
    ['about 3 m', 'length', '"about 3 m"', undefined],
    ['', 'length', 'nothing', undefined],
    ['   ', 'time', 'nothing', undefined],
    [null, 'length', 'nothing', undefined],
    [[1], 'length', 'a list', undefined],
    [{ a: 1 }, 'length', 'a map', undefined],
    [true, 'length', 'boolean true', undefined],
    ['1e999 m', 'length', '"1e999 m", which is beyond all numbers', undefined],
    ['3 constructor', 'length', '"3 constructor", whose unit "constructor" is unknown', undefined],
    [Number.NaN, 'fraction', 'NaN without a unit', undefined],
  ])('%j as a %s', (raw, dimension, found, hint) => {
    const problem = refused(raw, dimension);
    expect(problem.found).toBe(found);
    if (hint !== undefined || typeof raw === 'string') expect(problem.hint).toBe(hint);
  });

  it('no text makes it throw, and what it accepts is a number', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.constantFrom(...DIMENSIONS), (text, dimension) => {
        const read = parseQuantity(text, dimension);
        if (read.ok) expect(Number.isFinite(read.value)).toBe(true);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('names that every object inherits are no units', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'valueOf']) {
      expect(name in UNITS, name).toBe(false);
      expect(() => toUnit(1, name)).toThrow(`unknown unit "${name}"`);
    }
  });
});

describe('nearest', () => {
  it('prefers another case to another letter, and says nothing where nothing is near', () => {
    expect(nearest('pt-101', ['PT-102', 'PT-101', 'FT-101'])).toBe('PT-101');
    expect(nearest('PU-10', ['PU-101', 'XV-101'])).toBe('PU-101');
    expect(nearest('elephant', ['PU-101', 'XV-101'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});

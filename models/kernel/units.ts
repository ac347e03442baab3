/**
 * Units of people at the edge, SI inside. One table says what every unit symbol is worth; everything that a user writes
 * with a dimension ("8 mm", "2 bar", "1 h 30 min", "580 psi") is read here, and everything shown is written here.
 * Factors: exact by definition (inch 25.4 mm, pound-force 4.4482216152605 N, petroleum barrel 42 US gal = 0.158987294928 m3).
 */
export type Dimension =
  | 'length'
  | 'area'
  | 'volume'
  | 'time'
  | 'speed'
  | 'pressure'
  | 'flow'
  | 'mass-flow'
  | 'temperature'
  | 'density'
  | 'kinematic-viscosity'
  | 'rotation'
  | 'fraction'
  | 'inertia'
  | 'frequency'
  | 'power'
  | 'angle'
  | 'explosive-share'
  | 'explosive-column'
  | 'gas-column'
  | 'sound-level'
  | 'humidity';

interface UnitDef {
  readonly dimension: Dimension;
  /** SI value of one unit. */
  readonly factor: number;
  /** SI value at zero of the unit; only temperatures have one. */
  readonly offset?: number;
}

const INCH = 0.0254;
const FOOT = 0.3048;
const MILE = 1609.344;
const GALLON_US = 231 * INCH ** 3;
const BARREL = 42 * GALLON_US;
const PSI = 4.4482216152605 / INCH ** 2;
const POUND = 0.45359237;

/** SI unit of each dimension, as it is written in names and files. */
export const SI_UNIT: Readonly<Record<Dimension, string>> = {
  length: 'm',
  area: 'm2',
  volume: 'm3',
  time: 's',
  speed: 'm/s',
  pressure: 'Pa',
  flow: 'm3/s',
  'mass-flow': 'kg/s',
  temperature: 'K',
  density: 'kg/m3',
  'kinematic-viscosity': 'm2/s',
  rotation: 'rad/s',
  fraction: '1',
  inertia: 'kg*m2',
  frequency: '1/s',
  power: 'W',
  angle: 'rad',
  'explosive-share': 'LEL',
  'explosive-column': 'LEL*m',
  'gas-column': 'part*m',
  'sound-level': 'dB',
  humidity: 'RH',
};

export const UNITS: Readonly<Record<string, UnitDef>> = (() => {
  // No prototype: "constructor" is no unit.
  const table: Record<string, UnitDef> = Object.create(null);
  const add = (dimension: Dimension, entries: Record<string, number | [number, number]>) => {
    for (const [symbol, f] of Object.entries(entries)) {
      table[symbol] = Array.isArray(f) ? { dimension, factor: f[0], offset: f[1] } : { dimension, factor: f };
    }
  };
  add('length', { m: 1, km: 1000, cm: 0.01, mm: 1e-3, um: 1e-6, in: INCH, ft: FOOT, mi: MILE, mile: MILE, yd: 0.9144 });
  add('area', { m2: 1, cm2: 1e-4, mm2: 1e-6, in2: INCH ** 2, ft2: FOOT ** 2, ha: 1e4 });
  add('volume', { m3: 1, L: 1e-3, l: 1e-3, gal: GALLON_US, bbl: BARREL, ft3: FOOT ** 3 });
  add('time', { s: 1, ms: 1e-3, us: 1e-6, min: 60, h: 3600, d: 86_400, day: 86_400, days: 86_400, year: 31_557_600 });
  add('speed', { 'm/s': 1, 'km/h': 1 / 3.6, 'ft/s': FOOT, mph: MILE / 3600, kn: 1852 / 3600 });
  add('pressure', {
    Pa: 1,
    hPa: 100,
    kPa: 1e3,
    MPa: 1e6,
    GPa: 1e9,
    bar: 1e5,
    mbar: 100,
    psi: PSI,
    psig: PSI,
    ksi: 1000 * PSI,
    atm: 101_325,
    'kgf/cm2': 98_066.5,
  });
  add('flow', {
    'm3/s': 1,
    'm3/h': 1 / 3600,
    'm3/d': 1 / 86_400,
    'L/s': 1e-3,
    'l/s': 1e-3,
    'L/min': 1e-3 / 60,
    'bbl/h': BARREL / 3600,
    'bbl/d': BARREL / 86_400,
    gpm: GALLON_US / 60,
    'ft3/s': FOOT ** 3,
  });
  add('mass-flow', { 'kg/s': 1, 'g/s': 1e-3, 'kg/h': 1 / 3600, 't/h': 1000 / 3600, 'lb/h': POUND / 3600 });
  add('temperature', {
    K: 1,
    degC: [1, 273.15],
    C: [1, 273.15],
    degF: [5 / 9, 459.67 * (5 / 9)],
    F: [5 / 9, 459.67 * (5 / 9)],
  });
  add('density', { 'kg/m3': 1, 'g/cm3': 1000, 'lb/ft3': POUND / FOOT ** 3 });
  add('kinematic-viscosity', { 'm2/s': 1, cSt: 1e-6, 'mm2/s': 1e-6, St: 1e-4 });
  add('rotation', { 'rad/s': 1, rpm: (2 * Math.PI) / 60 });
  add('fraction', { '%': 0.01, '1': 1, ppm: 1e-6, ppb: 1e-9 });
  add('inertia', { 'kg*m2': 1, 'kg m2': 1, 'lb*ft2': POUND * FOOT ** 2 });
  add('frequency', {
    Hz: 1,
    '1/s': 1,
    'per s': 1,
    'per min': 1 / 60,
    'per h': 1 / 3600,
    'per day': 1 / 86_400,
    'per year': 1 / 31_557_600,
  });
  add('power', { W: 1, kW: 1e3, MW: 1e6, hp: 745.6998715822702 });
  add('angle', { rad: 1, deg: Math.PI / 180 });
  // Shares of the lower explosive limit, and what a beam adds up: by volume, or in limits, times metres.
  add('explosive-share', { '%LEL': 0.01, LEL: 1 });
  add('explosive-column', { 'LEL*m': 1 });
  add('gas-column', { 'ppm*m': 1e-6, '%*m': 0.01, 'part*m': 1 });
  add('sound-level', { dB: 1 });
  add('humidity', { '%RH': 0.01, RH: 1 });
  return table;
})();

export interface QuantityError {
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}
export type QuantityResult = { readonly ok: true; readonly value: number } | ({ readonly ok: false } & QuantityError);

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/;

/** The units of a dimension, most usual first. */
export function unitsOf(dimension: Dimension): string[] {
  return Object.keys(UNITS).filter((u) => UNITS[u]?.dimension === dimension);
}

/**
 * Reads a quantity of one dimension into SI. Sums are allowed for spans ("1 h 30 min"); zero and plain fractions need no
 * unit only where the dimension is `fraction`. A bare number of any other dimension is an error, by design.
 */
export function parseQuantity(raw: unknown, dimension: Dimension): QuantityResult {
  const expected = `a ${dimension} with its unit, such as "${EXAMPLES[dimension]}"`;
  if (typeof raw === 'number') {
    if (dimension === 'fraction' && Number.isFinite(raw)) return { ok: true, value: raw };
    const unit = unitsOf(dimension)[0];
    return {
      ok: false,
      found: `${raw} without a unit`,
      expected,
      hint: `write "${raw} ${unit}" if that is what you mean`,
    };
  }
  if (typeof raw !== 'string') return { ok: false, found: describe(raw), expected };
  let rest = raw.trim();
  if (rest === '') return { ok: false, found: 'nothing', expected };
  let total = 0;
  let parts = 0;
  while (rest !== '') {
    const number = NUMBER.exec(rest)?.[0];
    if (number === undefined) return { ok: false, found: `"${raw}"`, expected };
    rest = rest.slice(number.length).trimStart();
    // A unit runs up to the next number that begins a new part ("1 h 30 min"), or to the end.
    const unit = (/^(.*?)(?=\s+[+-]?\.?\d|$)/.exec(rest)?.[1] ?? '').trim();
    const def = UNITS[unit] ?? (dimension === 'fraction' && unit === '' ? UNITS['1'] : undefined);
    if (!def) {
      if (unit === '') return { ok: false, found: `"${raw}", which has no unit`, expected };
      const near = nearest(unit, unitsOf(dimension));
      return {
        ok: false,
        found: `"${raw}", whose unit "${unit}" is unknown`,
        expected,
        hint: near ? `did you mean "${near}"?` : undefined,
      };
    }
    if (def.dimension !== dimension) {
      return { ok: false, found: `"${raw}", which is a ${def.dimension}`, expected };
    }
    total += Number(number) * def.factor + (def.offset ?? 0);
    if (!Number.isFinite(total)) return { ok: false, found: `"${raw}", which is beyond all numbers`, expected };
    parts += 1;
    rest = rest.slice(unit.length).trimStart();
    if (parts > 1 && dimension !== 'time')
      return { ok: false, found: `"${raw}", which is several quantities`, expected };
  }
  return { ok: true, value: total };
}

const EXAMPLES: Readonly<Record<Dimension, string>> = {
  length: '8 mm',
  area: '50 mm2',
  volume: '12 m3',
  time: '15 min',
  speed: '1.5 m/s',
  pressure: '2 bar',
  flow: '1060 m3/h',
  'mass-flow': '3 kg/s',
  temperature: '15 degC',
  density: '860 kg/m3',
  'kinematic-viscosity': '10 cSt',
  rotation: '1480 rpm',
  fraction: '3 %',
  inertia: '40 kg*m2',
  frequency: '1 per day',
  power: '500 kW',
  angle: '240 deg',
  'explosive-share': '20 %LEL',
  'explosive-column': '1 LEL*m',
  'gas-column': '500 ppm*m',
  'sound-level': '84 dB',
  humidity: '60 %RH',
};

/** SI to a unit of people. Throws on an unknown unit: units in layouts were checked when they were read. */
export function toUnit(si: number, unit: string): number {
  const def = UNITS[unit];
  if (!def) throw new RangeError(`unknown unit "${unit}"`);
  return (si - (def.offset ?? 0)) / def.factor;
}

/** A unit of people to SI. Throws on an unknown unit. */
export function fromUnit(value: number, unit: string): number {
  const def = UNITS[unit];
  if (!def) throw new RangeError(`unknown unit "${unit}"`);
  return value * def.factor + (def.offset ?? 0);
}

/** The candidate within two edits (or a case apart) of what was written, for "did you mean". */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.min(3, Math.floor(word.length / 2))) + 0.5;
  for (const c of candidates) {
    const d = c.toLowerCase() === word.toLowerCase() ? 0.25 : editDistance(word, c);
    if (d < bestDistance) {
      best = c;
      bestDistance = d;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      row[j] = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

function describe(raw: unknown): string {
  if (raw === null || raw === undefined) return 'nothing';
  if (Array.isArray(raw)) return 'a list';
  return typeof raw === 'object' ? 'a map' : `${typeof raw} ${String(raw)}`;
}

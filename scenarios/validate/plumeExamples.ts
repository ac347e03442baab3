/**
 * Worked examples of plumes, puffs, short releases and spread tables: JSON in the form of the reference folder, recognised by
 * fields, not by names. A table's name says its set ("isc3_rural", "ccps_urban", "tno", "turner", "puff"); a plume's set is
 * the first that its `sigma` text mentions, Seinfeld's where it mentions none; puffs are Slade's. An answer is a number or
 * arithmetic over the example's own fields.
 */
import { readFileSync } from 'node:fs';
import {
  integratedPuffConcentration_kg_m3,
  PASQUILL_CLASSES,
  type PasquillClass,
  PLUME_SIGMAS,
  type PlumeSigmaSet,
  type PlumeSigmas,
  PUFF_SIGMAS,
  type PuffSigmas,
  plumeConcentration_kg_m3,
  puffConcentration_kg_m3,
} from '../../models/physics/air/index.ts';
import { arithmetic } from './expression.ts';
import { judge, skipped, type ValidationRow } from './table.ts';

/** Nine digits: the answers are printed with more. */
const TARGET = 1e-9;
type Example = Readonly<Record<string, unknown>>;

const SETS: readonly (readonly [mention: RegExp, set: PlumeSigmaSet])[] = [
  [/isc3[_ -]*urban|(ccps|briggs)[_ -]*urban/i, 'briggs-urban'],
  [/isc3/i, 'isc3-rural'],
  [/ccps|briggs/i, 'briggs-rural'],
  [/tno|yellow/i, 'tno'],
  [/turner/i, 'turner'],
  [/seinfeld|degadis|default/i, 'seinfeld'],
];

/** The set that a text mentions first. */
function setOf(text: string): PlumeSigmaSet | undefined {
  return SETS.map(([mention, set]) => ({ at: text.search(mention), set }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0]?.set;
}

/** Rows of every plume, puff and table example of a file. */
export function validatePlumeExamples(path: string): ValidationRow[] {
  const examples = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  return Object.entries(examples).flatMap(([name, example]) => {
    if (typeof example !== 'object' || example === null) return [];
    try {
      return /sigma/.test(name) ? tableRows(name, example as Example) : concentrationRows(name, example as Example);
    } catch (error) {
      return [skipped(name, 'concentration', error instanceof Error ? error.message : String(error))];
    }
  });
}

function compare(name: string, metric: string, ours: number, published: number): ValidationRow {
  const note = `${ours.toPrecision(12)}, published ${published.toPrecision(12)}`;
  return judge(name, metric, published === 0 ? ours : ours / published - 1, TARGET, 'relative', note);
}

function isClass(x: unknown): x is PasquillClass {
  return PASQUILL_CLASSES.includes(x as PasquillClass);
}

function tableRows(name: string, example: Example): ValidationRow[] {
  const puff = /puff/i.test(name);
  const plume: PlumeSigmas = PLUME_SIGMAS[setOf(name) ?? 'seinfeld'];
  const cloud: PuffSigmas = PUFF_SIGMAS[/tno/i.test(name) ? 'tno' : 'slade'];
  const y = (c: PasquillClass, x: number) => (puff ? cloud.y(c, x) : plume.y(c, x));
  const z = (c: PasquillClass, x: number) => (puff ? cloud.z(c, x) : plume.z(c, x));
  const x = (c: PasquillClass, at: number) => (puff ? cloud.x(c, at) : Number.NaN);
  const distance = (text: string) => {
    const found = /(\d+)(?:p(\d+))?m?$/.exec(text);
    return found ? Number(`${found[1]}.${found[2] ?? 0}`) : Number.NaN;
  };
  const rows: ValidationRow[] = [];
  const add = (c: PasquillClass, of: 'x' | 'y' | 'z', at: number, value: unknown) => {
    if (typeof value !== 'number') return;
    const ours = { x, y, z }[of](c, at);
    const metric = `sigma_${of} ${c} ${at} m`;
    rows.push(Number.isFinite(ours) ? compare(name, metric, ours, value) : skipped(name, metric, 'no such table here'));
  };
  for (const [key, value] of Object.entries(example)) {
    if (typeof value !== 'object' || value === null) continue;
    if (isClass(key)) {
      // σy, σz and for puffs σx, at the distance in the table's name.
      const list = value as readonly unknown[];
      (['y', 'z', 'x'] as const).forEach((of, i) => {
        add(key, of, distance(name), list[i]);
      });
      continue;
    }
    const of = /sigma_([xyz])/.exec(key)?.[1] as 'x' | 'y' | 'z' | undefined;
    if (of === undefined) continue;
    for (const [c, entry] of Object.entries(value)) {
      if (!isClass(c)) continue;
      if (typeof entry === 'number') add(c, of, distance(key), entry);
      else if (entry !== null && typeof entry === 'object')
        for (const [at, sigma] of Object.entries(entry)) add(c, of, Number(at), sigma);
    }
  }
  return rows.length > 0 ? rows : [skipped(name, 'sigma', 'no class with numbers')];
}

function concentrationRows(name: string, example: Example): ValidationRow[] {
  const expected = example.expect as Readonly<Record<string, unknown>> | undefined;
  if (expected?.c_kg_m3 === undefined) return [];
  const read = (key: string): number => {
    const value = example[key];
    if (typeof value === 'number') return value;
    throw new Error(`it has no ${key}`);
  };
  const or = (key: string, other: number) => (typeof example[key] === 'number' ? (example[key] as number) : other);
  const c = example.stability;
  if (!isClass(c)) throw new Error('it has no stability A to F');
  const puff: PuffSigmas = PUFF_SIGMAS[/tno/i.test(String(example.sigma ?? '')) ? 'tno' : 'slade'];
  const [px = Number.NaN, py = 0, pz = or('h_m', 0)] = (example.receptor ?? example.point ?? [example.x_m]) as number[];
  const rows: ValidationRow[] = [];
  let ours: number;
  let sigmas = { x: puff.x(c, px), y: puff.y(c, px), z: puff.z(c, px) };
  if (typeof example.m_kg === 'number') {
    const travel = read('u_m_s') * read('t_s');
    sigmas = { x: puff.x(c, travel), y: puff.y(c, travel), z: puff.z(c, travel) };
    const spreads = { sigmaX_m: sigmas.x, sigmaY_m: sigmas.y, sigmaZ_m: sigmas.z };
    ours = puffConcentration_kg_m3({ mass_kg: example.m_kg, height_m: or('h_m', 0), ...spreads }, px - travel, py, pz);
    for (const of of ['x', 'y', 'z'] as const) {
      const given = example[`sigma_${of}_m`];
      if (typeof given === 'number') rows.push(compare(name, `sigma_${of}`, sigmas[of], given));
    }
  } else if (typeof example.duration_s === 'number') {
    ours = integratedPuffConcentration_kg_m3(
      {
        rate_kg_s: read('Q_kg_s'),
        duration_s: example.duration_s,
        speed_m_s: read('u_m_s'),
        height_m: or('h_m', 0),
        sigmaX_m: (x) => puff.x(c, x),
        sigmaY_m: (x) => puff.y(c, x),
        sigmaZ_m: (x) => puff.z(c, x),
      },
      px,
      py,
      pz,
      read('t_s'),
    );
  } else {
    const set = PLUME_SIGMAS[setOf(String(example.sigma ?? '')) ?? 'seinfeld'];
    const averaging_s = or('averaging_s', 600);
    sigmas = { x: Number.NaN, y: set.y(c, px, averaging_s), z: set.z(c, px) };
    ours = plumeConcentration_kg_m3(
      {
        rate_kg_s: read('Q_kg_s'),
        speed_m_s: read('u_m_s'),
        height_m: or('h_m', 0),
        sigmaY_m: sigmas.y,
        sigmaZ_m: sigmas.z,
      },
      py,
      pz,
    );
  }
  const fields = Object.fromEntries(Object.entries(example).filter(([, v]) => typeof v === 'number')) as Record<
    string,
    number
  >;
  const names = {
    ...fields,
    sx: or('sigma_x_m', sigmas.x),
    sy: or('sigma_y_m', sigmas.y),
    sz: or('sigma_z_m', sigmas.z),
  };
  const answer = expected.c_kg_m3;
  const published = typeof answer === 'number' ? answer : arithmetic(String(answer), names);
  return [...rows, compare(name, 'c', ours, published)];
}

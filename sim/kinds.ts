/**
 * The kinds of plants, and the reading of a plant file by its kind. A file that names none is of liquid lines.
 */
import { z } from 'zod';
import type { Result } from '../models/contract/index.ts';
import { type Located, readDocument, readTextFile } from '../models/document/index.ts';
import { checkControl } from './control/index.ts';
import { airTags, type InAir, withAir } from './dispersion/index.ts';
import { GAS, type GasPlantSpec } from './gas/index.ts';
import { LIQUID, type LiquidSpec } from './liquid/index.ts';
import type { PlantKind } from './plant/index.ts';
import { STORE, type StoreSpec } from './store/index.ts';
import { TANKS, type TanksSpec } from './tanks/index.ts';
import { WATER, type WaterSpec } from './water/index.ts';

export type PlantSpec = (LiquidSpec | GasPlantSpec | TanksSpec | WaterSpec | StoreSpec) & InAir;
export type LocatedPlant = Located<PlantSpec>;

/** Any of them may stand in the air. */
export const KINDS = {
  liquid: withAir(LIQUID),
  gas: withAir(GAS),
  tanks: withAir(TANKS),
  water: withAir(WATER),
  store: withAir(STORE),
} as const;
export type KindName = keyof typeof KINDS;

/** The kind that a spec was read as, so that spec and kind fit. */
export function kindOf(spec: PlantSpec): PlantKind<PlantSpec> {
  return KINDS[spec.kind] as unknown as PlantKind<PlantSpec>;
}

/** For those who deal with lines of liquid alone. */
export function asLiquid(spec: PlantSpec): LiquidSpec {
  if (spec.kind !== 'liquid') throw new TypeError(`${spec.plant} is a plant of kind ${spec.kind}, not liquid`);
  return spec;
}

/** Only the key that says which schema is to read the rest. */
const kindSchema = z.looseObject({ kind: z.enum(Object.keys(KINDS) as [KindName, ...KindName[]]).default('liquid') });

/** Reads a plant file; every mistake with its place, references between parts included. */
export function readPlant(path: string): Result<LocatedPlant> {
  const text = readTextFile(path);
  return text.ok ? parsePlant(text.value.file, text.value.text) : text;
}

export function parsePlant(file: string, text: string): Result<LocatedPlant> {
  const named = readDocument(file, text, kindSchema);
  if (named.ok) return parseAs(KINDS[named.value.value.kind] as unknown as PlantKind<PlantSpec>, file, text);
  // A file that is no map at all is best explained by a whole schema.
  return named.problems.some((p) => p.path === 'kind') ? named : parseAs(KINDS.liquid, file, text);
}

function parseAs<S extends PlantSpec>(kind: PlantKind<S>, file: string, text: string): Result<LocatedPlant> {
  const read = readDocument(file, text, kind.schema);
  if (!read.ok) return read;
  const gathered = kind.gather?.(read.value as Located<S>);
  if (gathered && !gathered.ok) return gathered;
  const doc = gathered ? gathered.value : (read.value as Located<S>);
  const { instruments } = doc.value;
  const all = { ...doc, value: { ...doc.value, instruments: [...instruments, ...airTags(doc.value)] } };
  const problems = [...kind.check(doc), ...checkControl(all, () => kind.controls(doc.value))];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: doc };
}

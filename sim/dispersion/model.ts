/**
 * The compiled air over a plant and its state. Shapes: nSpecies, nSource (those of the plant's sources that have a place),
 * nInstrument. Coordinates as in models/physics/air.
 */
import { bindArena, secondsToUs, seeded } from '../../models/kernel/index.ts';
import { type SoilModel, type SoilState, soilArrays, type Vapour } from '../../models/physics/release/index.ts';
import { FORMS, GASES, type Gas, type GasForm, type Instrument } from '../instruments/gas/index.ts';
import type { CompilePlantOptions, EmissionSource, EmitterSite, InstrumentSpec } from '../plant/index.ts';
import { compilePatrol, compileScene, type Patrol, type SiteSpec } from '../site/index.ts';
import { tagsOf } from './cameraTags.ts';
import { spotOf, vaneError_rad } from './drawn.ts';
import { compileGround } from './ground.ts';
import { type HeavyState, heavyArrays } from './heavy.ts';
import { JET_SIZE, type Pointing, vapourOf } from './shape.ts';
import type { AirInstrumentSpec, AirSpec, InAir } from './spec.ts';

export type Place = readonly [x_m: number, y_m: number, z_m: number];

export interface AirPlant {
  readonly spec: AirSpec;
  readonly tick_s: number;
  /** Ticks of the plant to one step of the air, and steps of the air to that. One of them is 1. */
  readonly ticksPerStep: number;
  readonly stepsPerTick: number;
  readonly step_s: number;
  readonly species: readonly Gas[];
  readonly background: Float64Array; // by volume (nSpecies)

  readonly sources: readonly EmissionSource[]; // all of the plant's, placed or not
  readonly placed: Int32Array; // index into `sources` (nSource)
  readonly sourcePlace: readonly Place[]; // (nSource)
  readonly sourceSpecies: Int32Array; // (nSource)
  readonly vapours: readonly (Vapour | undefined)[]; // (nSource)
  readonly pointing: readonly (Pointing | undefined)[]; // of its jet (nSource)
  readonly soil: readonly (SoilModel | undefined)[]; // over it (nSource)
  readonly vaultPlace: readonly (Place | undefined)[]; // (nSource)
  /** Of `sources`, the last ones; each is placed. */
  readonly emitters: readonly EmitterSite[];
  readonly emitterAt: Int32Array; // index into nSource (nEmitter)
  readonly patrols: readonly Patrol[];

  readonly forms: readonly GasForm[]; // (nInstrument)
  readonly instruments: readonly Instrument[]; // (nInstrument)
  readonly memoryAt: Int32Array; // where an instrument's numbers begin (nInstrument + 1)
  readonly points: Float64Array; // place at the start, the middle of a beam (3 nInstrument)
  readonly carriedBy: Int32Array; // index into patrols, −1: it hangs still (nInstrument)
  readonly inVault: Int32Array; // of nSource, −1: in the open (nInstrument)
  readonly beams: Float64Array; // both ends (6 nInstrument)
  readonly path_m: Float64Array; // 0 at a point (nInstrument)
}

export interface AirState {
  readonly buffer: ArrayBuffer;
  // gathered from the plant's sources until they are let go
  readonly pending_kg: Float64Array; // (nSource)
  readonly given_kg: Float64Array; // since the start (nSpecies)
  readonly told_kg_s: Float64Array; // last rate in the truth (nSource)
  readonly ticks: Float64Array; // since the start (1)
  readonly heavy: HeavyState;
  readonly jets: Float64Array; // as in shape.ts, of the last release (nSource × JET_SIZE)
  readonly soil: readonly (Omit<SoilState, 'buffer'> | undefined)[]; // (nSource)
  // commands
  readonly emitterRate_kg_s: Float64Array; // (nEmitter)
  readonly emitterSince_s: Float64Array; // under way (nEmitter)
  readonly emitterGiven_kg: Float64Array; // (nEmitter)
  readonly patrolRuns: Float64Array; // 1: under way (nPatrol)
  readonly patrolClock_s: Float64Array; // under way so far (nPatrol)
  readonly points: Float64Array; // where instruments are now (3 nInstrument)
  // what the air does to the instruments, by the last step of the air
  readonly fraction: Float64Array; // by volume (nInstrument × nSpecies)
  // the instruments
  readonly memory: Float64Array;
  readonly reading: Float64Array; // SI (nInstrument)
  readonly poisoned: Float64Array; // (nInstrument)
  readonly blocked: Float64Array; // (nInstrument)
  readonly visibility_m: Float64Array; // Infinity: clear (nInstrument)
}

export function createAirState(plant: AirPlant): AirState {
  const nSource = plant.placed.length;
  const n = plant.instruments.length;
  const nSpecies = plant.species.length;
  const { buffer, views } = bindArena((a) => ({
    pending_kg: a.f64(nSource),
    given_kg: a.f64(nSpecies),
    told_kg_s: a.f64(nSource),
    ticks: a.f64(1),
    heavy: heavyArrays(a, nSource),
    jets: a.f64(nSource * JET_SIZE),
    soil: plant.soil.map((model) => model && soilArrays(model, a)),
    emitterRate_kg_s: a.f64(plant.emitters.length),
    emitterSince_s: a.f64(plant.emitters.length),
    emitterGiven_kg: a.f64(plant.emitters.length),
    patrolRuns: a.f64(plant.patrols.length),
    patrolClock_s: a.f64(plant.patrols.length),
    points: a.f64(3 * n),
    fraction: a.f64(n * nSpecies),
    memory: a.f64(plant.memoryAt[n]!),
    reading: a.f64(n),
    poisoned: a.f64(n),
    blocked: a.f64(n),
    visibility_m: a.f64(n),
  }));
  views.visibility_m.fill(Number.POSITIVE_INFINITY);
  views.points.set(plant.points);
  return { buffer, ...views };
}

export function formOf(name: string): GasForm {
  return FORMS.find((f) => f.form === name)!;
}

/** How the plant's tick and the air's step fit, or undefined where neither divides the other. */
export function stepsOf(tick_s: number, step_s: number): { ticksPerStep: number; stepsPerTick: number } | undefined {
  const tickUs = secondsToUs(tick_s);
  const stepUs = secondsToUs(step_s);
  if (stepUs % tickUs === 0) return { ticksPerStep: stepUs / tickUs, stepsPerTick: 1 };
  return tickUs % stepUs === 0 ? { ticksPerStep: 1, stepsPerTick: tickUs / stepUs } : undefined;
}

/** Where an element stands, a share of the way to its far end; undefined where the site does not say. */
export function placeOf(spec: AirSpec, element: string, fraction = 0, height_m = 0): Place | undefined {
  const place = spec.places[element];
  if (!place) return undefined;
  const [a, b] = place.stretch ?? [0, 1];
  if (fraction < a || fraction > b) return undefined;
  const share = b > a ? (fraction - a) / (b - a) : 0;
  const to = place.to ?? place;
  const part = (from: number, end: number) => from + share * (end - from);
  return [part(place.x, to.x), part(place.y, to.y), part(place.z, to.z) + height_m];
}

/** Where a source's gas leaves: a hole in a group of equipment is somewhere about its middle. */
function leakPlace(
  spec: AirSpec,
  { id, element, height_m }: EmissionSource,
  hole: { readonly fraction: number } | undefined,
  seed: number,
  inside: (x_m: number, y_m: number, z_m: number) => boolean,
): Place | undefined {
  const place = placeOf(spec, element, hole?.fraction, height_m);
  const written = spec.places[element];
  return place && hole && written && !written.to ? spotOf(place, written.radius, seed, id, inside) : place;
}

/** The part of an air tag that every tag has. */
export function commonInstrument(t: AirInstrumentSpec): InstrumentSpec {
  const { form, gas: _g, place: _p, to: _t, patrol: _r, vault: _v, t90: _t90, background: _b, ...common } = t;
  return { ...common, measures: formOf(form).measures, at: t.tag, lag: 0, basis: 'actual' };
}

/** Tags of the air over a plant, behind the plant's own in every order. */
export function airTags(spec: InAir): InstrumentSpec[] {
  return [...(spec.air?.instruments ?? []).map(commonInstrument), ...(spec.air?.cameras ?? []).flatMap(tagsOf)];
}

/** Throws on what `checkAir` should have refused. */
export function compileAir(
  spec: AirSpec,
  options: CompilePlantOptions,
  tick_s: number,
  own: readonly EmissionSource[],
  site?: SiteSpec,
): AirPlant {
  const emitters = options.emitters ?? [];
  const all = [...own, ...emitters.map((e) => ({ id: e.id, element: e.id, species: e.species, height_m: 0 }))];
  const steps = stepsOf(tick_s, spec.step);
  if (!steps) throw new Error(`air: a step of ${spec.step} s does not fit a tick of ${tick_s} s`);
  const gas = (id: string): Gas => {
    const found = GASES[id];
    if (!found) throw new Error(`air: nothing is known of "${id}"; known: ${Object.keys(GASES).join(', ')}`);
    return found;
  };
  const ids = new Set<string>([spec.gas, ...Object.keys(spec.background)]);
  const placed: number[] = [];
  const sourcePlace: Place[] = [];
  const solids = site && compileScene(site).solids;
  const inside = (x: number, y: number, z: number) => solids?.inside(x, y, z) ?? false;
  all.forEach((s, i) => {
    const hole = options.leaks?.find((l) => l.id === s.id);
    const place = i < own.length ? leakPlace(spec, s, hole, options.seed, inside) : emitters[i - own.length]!.from_m;
    if (!place) return;
    placed.push(i);
    sourcePlace.push(place);
    ids.add(s.species);
  });
  for (const t of spec.instruments) if (t.gas) ids.add(t.gas);
  const species = [...ids].sort().map(gas);
  const run = seeded(options.seed);
  const forms = spec.instruments.map((t) => formOf(t.form));
  const instruments = spec.instruments.map((t, i) =>
    forms[i]!.create({
      gas: t.gas === undefined ? undefined : gas(t.gas),
      species,
      t90_s: t.t90,
      background_dB: t.background,
      ofLimit: t.unit.includes('LEL'),
      chance: run.stream(`${t.tag}/form`),
      ...(t.form === 'vane' ? { misalignment_rad: vaneError_rad(spec['as-built'], t.tag) } : {}),
    }),
  );
  const memoryAt = new Int32Array(instruments.length + 1);
  instruments.forEach((instrument, i) => {
    memoryAt[i + 1] = memoryAt[i]! + instrument.size;
  });
  const patrols = (site?.patrols ?? []).map(compilePatrol);
  const placeSpec = (k: number) => (placed[k]! < own.length ? spec.places[all[placed[k]!]!.element] : undefined);
  const soil = placed.map((i, k) => {
    const ground = placeSpec(k)?.soil;
    return (
      ground && compileGround(ground, gas(all[i]!.species).molarMass_kg_mol, sourcePlace[k]![0], sourcePlace[k]![1])
    );
  });
  const position = new Float64Array(3);
  const ends = spec.instruments.map((t) => [t.place, t.to ?? t.place] as const);
  return {
    spec,
    tick_s,
    ...steps,
    step_s: steps.stepsPerTick > 1 ? spec.step : steps.ticksPerStep * tick_s,
    species,
    background: Float64Array.from(species, (s) => spec.background[s.id as keyof typeof spec.background] ?? 0),
    sources: all,
    placed: Int32Array.from(placed),
    sourcePlace,
    sourceSpecies: Int32Array.from(placed, (i) => species.findIndex((s) => s.id === all[i]!.species)),
    vapours: placed.map((i) => vapourOf(all[i]!.species)),
    pointing: placed.map((_, k) => pointingOf(placeSpec(k)?.jet)),
    soil,
    vaultPlace: placed.map((_, k) => {
      const vault = placeSpec(k)?.soil?.vault;
      return vault && [vault.x, vault.y, 0];
    }),
    emitters,
    emitterAt: Int32Array.from(emitters, (_, e) => placed.indexOf(own.length + e)),
    patrols,
    carriedBy: Int32Array.from(spec.instruments, (t) => patrols.findIndex((p) => p.id === t.patrol)),
    inVault: Int32Array.from(spec.instruments, (t) =>
      t.vault === undefined ? -1 : placed.findIndex((i, k) => all[i]!.element === t.vault && soil[k] !== undefined),
    ),
    forms,
    instruments,
    memoryAt,
    points: Float64Array.from(
      ends.flatMap(([a, b], i) => {
        const patrol = patrols.find((p) => p.id === spec.instruments[i]!.patrol);
        patrol?.position(0, position);
        return patrol ? [...position] : [(a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2];
      }),
    ),
    beams: Float64Array.from(ends.flatMap(([a, b]) => [a.x, a.y, a.z, b.x, b.y, b.z])),
    path_m: Float64Array.from(ends, ([a, b]) => Math.hypot(b.x - a.x, b.y - a.y, b.z - a.z)),
  };
}

function pointingOf(jet: NonNullable<AirSpec['places'][string]['jet']> | undefined): Pointing | undefined {
  if (!jet) return undefined;
  const bearing = (jet['bearing-deg'] * Math.PI) / 180;
  const up = (jet['up-deg'] * Math.PI) / 180;
  return { east: Math.sin(bearing) * Math.cos(up), north: Math.cos(bearing) * Math.cos(up), up: Math.sin(up) };
}

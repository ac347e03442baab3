/**
 * The air over a plant in motion, behind the plant itself in every tick:
 *
 *   1. sources are asked for what they gave in the tick; and where a step of the air is due
 *   2. the weather settles   3. the gas gathered is let go, and puffs or particles move   4. every instrument meets its air
 *
 * By volume: X = (C/M) R T/p, with T and p of the weather, plus what is in the air anyway.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import { type AirModel, windRatio } from '../../models/physics/air/index.ts';
import {
  meanOpening,
  type ReleaseSchedule,
  SOIL,
  stepSoil,
  vaultConcentration_kg_m3,
} from '../../models/physics/release/index.ts';
import type { Surroundings } from '../instruments/gas/index.ts';
import type { AirCommand, EmissionRates, Weather } from '../plant/index.ts';
import { BREAKS_UP_kg_s } from './ground.ts';
import { Heavy } from './heavy.ts';
import type { AirPlant, AirState } from './model.ts';
import { type Cast, emptyShape, isDense, JET_SIZE, jetFraction, shapeRelease } from './shape.ts';
import { jetSound_W, soundAt_Pa2 } from './sound.ts';

const GAS_CONSTANT = 8.314462618;
/** Vapour that leaves higher than this is not followed to the ground, however heavy it is [m]. */
const LOW_m = 3;
/** Points of a beam at which heavy gas is looked for. */
const BEAM_POINTS = 16;
const EXHAUST_RADIUS_m = 0.5;
/** Relative change of a rate that the truth tells of. */
const TELLING = 0.02;
/** Of what was given: the sums are of rounding's order. */
const OPEN_BALANCE = 1e-9;

export class PlantAir {
  readonly plant: AirPlant;
  readonly state: AirState;
  readonly gas: AirModel;
  readonly #rates: EmissionRates;
  readonly #weather: Weather;
  readonly #around: Surroundings;
  readonly #sums: Float64Array;
  readonly #hears: boolean;
  readonly #cast: Cast | undefined;
  readonly #heavy: Heavy;
  readonly #shape = emptyShape();
  readonly #place = new Float64Array(3);
  readonly #schedules: readonly ReleaseSchedule[];
  readonly #book = (species: number, mass_kg: number): void => {
    this.state.given_kg[species] = this.state.given_kg[species]! + mass_kg;
  };

  constructor(plant: AirPlant, state: AirState, gas: AirModel, weather: Weather, cast?: Cast) {
    const n = plant.sources.length;
    const rates = () => new Float64Array(n);
    this.plant = plant;
    this.state = state;
    this.gas = gas;
    this.#rates = {
      massRate_kg_s: rates(),
      temperature_K: rates(),
      exitSpeed_m_s: rates(),
      radius_m: rates(),
      pressure_Pa: rates(),
      liquidFraction: rates(),
    };
    this.#cast = cast;
    this.#schedules = plant.emitters.map(({ growth_s = 0, pulse }) => ({
      start_s: 0,
      growth_s,
      ...(pulse ? { pulse } : {}),
    }));
    this.#heavy = new Heavy(state.heavy, plant.vapours, plant.step_s);
    this.#weather = weather;
    this.#around = {
      fraction: new Float64Array(plant.species.length),
      x_m: 0,
      y_m: 0,
      air: weather.air,
      windU_m_s: 0,
      windV_m_s: 0,
      sound_Pa2: 0,
      path_m: 0,
      poisoned: 0,
      blocked: 0,
      visibility_m: Number.POSITIVE_INFINITY,
    };
    this.#sums = new Float64Array(plant.instruments.length);
    this.#hears = plant.forms.some((f) => f.measures === 'sound');
  }

  /** What the sources gave in the last tick, by the plant's order. */
  get rates(): EmissionRates {
    return this.#rates;
  }

  /** Fills the instruments as if they had hung in clean air for long. */
  start(): void {
    this.#weather.settle();
    const { plant, state } = this;
    this.#smell();
    plant.instruments.forEach((instrument, i) => {
      this.#surround(i);
      instrument.start(this.#around, state.memory, plant.memoryAt[i]!);
      state.reading[i] = instrument.step(this.#around, 0, state.memory, plant.memoryAt[i]!);
    });
  }

  /** One tick on; `fill` asks the plant for its rates. */
  step(fill: ((out: EmissionRates) => void) | undefined): void {
    const { plant, state } = this;
    fill?.(this.#rates);
    this.#emit();
    const { massRate_kg_s } = this.#rates;
    for (let k = 0; k < plant.placed.length; k += 1) {
      const mass_kg = massRate_kg_s[plant.placed[k]!]! * plant.tick_s;
      if (!(mass_kg > 0)) continue;
      state.pending_kg[k] = state.pending_kg[k]! + mass_kg;
    }
    state.ticks[0] = state.ticks[0]! + 1;
    if (state.ticks[0] % plant.ticksPerStep !== 0) return;
    this.#weather.settle();
    for (let n = plant.stepsPerTick; n > 0; n -= 1) {
      this.#release(1 / n);
      this.#heavy.step(this.gas, this.#weather.air, plant.sourceSpecies, this.#book);
      this.gas.step(this.#weather.air, plant.step_s);
    }
    const dt_s = plant.step_s * plant.stepsPerTick;
    this.#walk(dt_s);
    this.#smell();
    for (let i = 0; i < plant.instruments.length; i += 1) {
      this.#surround(i);
      state.reading[i] = plant.instruments[i]!.step(this.#around, dt_s, state.memory, plant.memoryAt[i]!);
    }
  }

  /** Once a scan: the rates that have changed. */
  report(timeUs: number, truth: TruthEvent[]): void {
    const { plant, state } = this;
    const { massRate_kg_s } = this.#rates;
    plant.emitters.forEach((emitter, e) => {
      if (!emitter.isLeak || !(state.emitterRate_kg_s[e]! > 0)) return;
      const rate = massRate_kg_s[plant.placed[plant.emitterAt[e]!]!]!;
      truth.push({ kind: 'leak.rate', timeUs, ref: emitter.id, massRate_kg_s: rate, volume_m3: this.#volume_m3(e) });
    });
    for (let k = 0; k < plant.placed.length; k += 1) {
      const source = plant.sources[plant.placed[k]!]!;
      const rate = massRate_kg_s[plant.placed[k]!]!;
      const told = state.told_kg_s[k]!;
      if (Math.abs(rate - told) <= TELLING * Math.max(told, rate)) continue;
      state.told_kg_s[k] = rate;
      const [x, y, z] = plant.sourcePlace[k]!;
      const { id: ref, species } = source;
      truth.push({ kind: 'air.release', timeUs, ref, species, massRate_kg_s: rate, place_m: [x, y, z] });
    }
  }

  /** Heavy gas that is under way from one of the placed sources [kg]. */
  held_kg(source: number): number {
    return this.#heavy.held_kg(source);
  }

  violations(): string[] {
    const found: string[] = [];
    this.plant.species.forEach(({ id }, s) => {
      const { aloft_kg, emitted_kg, gone_kg } = this.gas.mass_kg(s);
      const given_kg = this.state.given_kg[s]!;
      const open = Math.max(Math.abs(given_kg - emitted_kg), Math.abs(emitted_kg - aloft_kg - gone_kg));
      if (!(open <= OPEN_BALANCE * Math.max(1, given_kg)))
        found.push(
          `the air's balance of ${id} is open by ${open.toExponential(1)} kg of ${given_kg.toPrecision(3)} kg`,
        );
    });
    return found;
  }

  /** An emission begins, changes or ends; a patrol sets out or stops. */
  apply(command: AirCommand, timeUs: number, truth: TruthEvent[]): string | undefined {
    const { plant, state } = this;
    if (command.kind === 'patrol') {
      const p = plant.patrols.findIndex((x) => x.id === command.patrol);
      if (p < 0)
        return `there is no patrol "${command.patrol}"; known: ${plant.patrols.map((x) => x.id).join(', ') || 'none'}`;
      state.patrolRuns[p] = command.running ? 1 : 0;
      truth.push({
        kind: 'disturbance',
        timeUs,
        ref: command.patrol,
        what: command.running ? 'sets out on its round' : 'stops where it is',
      });
      return undefined;
    }
    const e = plant.emitters.findIndex((x) => x.id === command.emission);
    if (e < 0)
      return `there is no emission "${command.emission}"; known: ${plant.emitters.map((x) => x.id).join(', ') || 'none'}`;
    state.emitterRate_kg_s[e] = command.massRate_kg_s;
    state.emitterSince_s[e] = 0;
    const { species, isLeak, id, from_m } = plant.emitters[e]!;
    if (isLeak) {
      if (command.massRate_kg_s === 0) {
        truth.push({ kind: 'leak.closed', timeUs, ref: id, volume_m3: this.#volume_m3(e) });
        return undefined;
      }
      state.emitterGiven_kg[e] = 0;
      const place_m: [number, number, number] = [from_m[0], from_m[1], from_m[2]];
      truth.push({ kind: 'leak.opened', timeUs, ref: id, unit: id, position_m: 0, area_m2: 0, growth_s: 0, place_m });
      return undefined;
    }
    const what =
      command.massRate_kg_s > 0
        ? `gives ${Number((command.massRate_kg_s * 1000).toPrecision(4))} g/s of ${species} to the air`
        : `gives no more ${species}`;
    truth.push({ kind: 'disturbance', timeUs, ref: command.emission, what });
    return undefined;
  }

  /** What an emitter has given since it began, as gas in the air's state. */
  #volume_m3(e: number): number {
    const { plant, state } = this;
    const { temperature_K, pressure_Pa } = this.#weather.air;
    const M = plant.species[plant.sourceSpecies[plant.emitterAt[e]!]!]!.molarMass_kg_mol;
    return (state.emitterGiven_kg[e]! * GAS_CONSTANT * temperature_K) / (M * pressure_Pa);
  }

  /** Rates of what is no part of the plant. */
  #emit(): void {
    const { plant, state } = this;
    const r = this.#rates;
    for (let e = 0; e < plant.emitters.length; e += 1) {
      const i = plant.placed[plant.emitterAt[e]!]!;
      const rate =
        state.emitterRate_kg_s[e]! * meanOpening(this.#schedules[e]!, state.emitterSince_s[e]!, plant.tick_s);
      r.massRate_kg_s[i] = rate;
      r.temperature_K[i] = this.#weather.air.temperature_K;
      r.radius_m[i] = plant.emitters[e]!.radius_m ?? EXHAUST_RADIUS_m;
      if (state.emitterRate_kg_s[e]! > 0) state.emitterSince_s[e] = state.emitterSince_s[e]! + plant.tick_s;
      state.emitterGiven_kg[e] = state.emitterGiven_kg[e]! + rate * plant.tick_s;
    }
  }

  /** Where a source is now. */
  #placeOf(k: number): Float64Array {
    const { plant, state } = this;
    const place = this.#place;
    place.set(plant.sourcePlace[k]!);
    const e = plant.emitterAt.indexOf(k);
    const to = e < 0 ? undefined : plant.emitters[e]!.to_m;
    if (!to) return place;
    const share = Math.min(1, state.emitterSince_s[e]! / Math.max(1e-9, plant.emitters[e]!.over_s ?? 0));
    for (let c = 0; c < 3; c += 1) place[c] = place[c]! + share * (to[c]! - place[c]!);
    return place;
  }

  /** Patrols move, and what they carry with them. */
  #walk(dt_s: number): void {
    const { plant, state } = this;
    for (let p = 0; p < plant.patrols.length; p += 1) {
      if (state.patrolRuns[p] !== 1) continue;
      state.patrolClock_s[p] = state.patrolClock_s[p]! + dt_s;
      plant.patrols[p]!.position(state.patrolClock_s[p]!, this.#place);
      for (let i = 0; i < plant.instruments.length; i += 1)
        if (plant.carriedBy[i] === p) state.points.set(this.#place, 3 * i);
    }
  }

  /** A share of what is pending goes its way: through the ground, as heavy gas, or into the air at once. */
  #release(share: number): void {
    const { plant, state } = this;
    const portion = plant.spec['portion-kg'];
    for (let k = 0; k < plant.placed.length; k += 1) {
      const pending = state.pending_kg[k]!;
      const soil = state.soil[k];
      const ready = pending > 0 && pending >= portion;
      if (!(pending > 0)) state.jets[k * JET_SIZE + 6] = 0;
      if (!ready && !(soil && soil.ledger_kg[SOIL.leaked]! > 0)) continue;
      const mass_kg = ready ? (share === 1 ? pending : pending * share) : 0;
      state.pending_kg[k] = pending - mass_kg;
      const rate = mass_kg / plant.step_s;
      const [x, y, z] = this.#placeOf(k) as unknown as [number, number, number];
      if (soil) {
        const buried = rate <= BREAKS_UP_kg_s;
        this.#seep(k, soil, buried ? rate : 0, x, y);
        if (!buried) this.#pass(k, mass_kg, x, y, z);
      } else this.#pass(k, mass_kg, x, y, z);
    }
  }

  /** Into the open. */
  #pass(k: number, mass_kg: number, x: number, y: number, z: number): void {
    const { plant, state } = this;
    const rates = this.#rates;
    const i = plant.placed[k]!;
    const species = plant.sourceSpecies[k]!;
    const { air } = this.#weather;
    const rate = rates.massRate_kg_s[i]!;
    const shape = this.#shape;
    shapeRelease(shape, rates, i, rate, x, y, z, plant.vapours[k], air, plant.pointing[k], this.#cast);
    state.jets.set(shape.jet, k * JET_SIZE);
    if (shape.z_m <= LOW_m && isDense(shape, rate)) {
      const area = Math.max(0.25, Math.PI * (2 * shape.sigmaHorizontal_m) ** 2);
      const T = rates.temperature_K[i]!;
      this.#heavy.take(k, mass_kg, rate, T, rates.liquidFraction[i]!, area, shape.x_m, shape.y_m, air);
      return;
    }
    this.#give(species, shape.x_m, shape.y_m, shape.z_m, mass_kg, shape.sigmaHorizontal_m, shape.sigmaVertical_m);
  }

  /** Through the ground: out of the surface over the main, and out of the vault's cover. */
  #seep(k: number, soil: NonNullable<AirState['soil'][number]>, rate_kg_s: number, x: number, y: number): void {
    const { plant } = this;
    const model = plant.soil[k]!;
    const species = plant.sourceSpecies[k]!;
    const dt_s = plant.step_s;
    stepSoil(model, soil as never, rate_kg_s, dt_s);
    const surface_kg = soil.rates_kg_s[SOIL.surface]! * dt_s;
    if (surface_kg > 0) this.#give(species, x, y, 0, surface_kg, model.spec.depth_m / 2, 0.1);
    const vault = plant.vaultPlace[k];
    const vented_kg = soil.rates_kg_s[SOIL.outOfVault]! * dt_s;
    if (vault && vented_kg > 0) this.#give(species, vault[0], vault[1], 0, vented_kg, 0.3, 0.1);
  }

  #give(species: number, x: number, y: number, z: number, kg: number, sigmaH: number, sigmaZ: number): void {
    const { state } = this;
    this.gas.emit(species, x, y, z, kg, sigmaH, sigmaZ);
    state.given_kg[species] = state.given_kg[species]! + kg;
  }

  /** What the air holds at every instrument, by volume. */
  #smell(): void {
    const { plant, state } = this;
    const { temperature_K, pressure_Pa } = this.#weather.air;
    const n = plant.species.length;
    for (let s = 0; s < n; s += 1) {
      const perDensity = (GAS_CONSTANT * temperature_K) / (pressure_Pa * plant.species[s]!.molarMass_kg_mol);
      this.gas.concentrations(s, state.points, this.#sums);
      for (let i = 0; i < plant.instruments.length; i += 1) {
        let density_kg_m3 = this.#sums[i]!;
        const path = plant.path_m[i]!;
        if (path > 0) {
          const b = plant.beams;
          const at = 6 * i;
          density_kg_m3 =
            this.gas.column_kg_m2(s, b[at]!, b[at + 1]!, b[at + 2]!, b[at + 3]!, b[at + 4]!, b[at + 5]!) / path;
        }
        density_kg_m3 += this.#besides(i, s);
        state.fraction[i * n + s] = Math.min(1, density_kg_m3 * perDensity + plant.background[s]!);
      }
    }
  }

  /** Gas in a jet, heavy gas on its way, and gas in a vault [kg/m³]. */
  #besides(i: number, species: number): number {
    const { plant, state } = this;
    const vault = plant.inVault[i]!;
    if (vault >= 0)
      return plant.sourceSpecies[vault] === species
        ? vaultConcentration_kg_m3(plant.soil[vault]!, state.soil[vault] as never)
        : 0;
    const heavy = this.#heavy.about;
    const perMole = plant.species[species]!.molarMass_kg_mol / GAS_CONSTANT;
    const { temperature_K, pressure_Pa } = this.#weather.air;
    const pure_kg_m3 = (pressure_Pa * perMole) / temperature_K;
    const beam = plant.path_m[i]! > 0;
    const count = beam ? BEAM_POINTS : 1;
    const b = beam ? plant.beams : state.points;
    const at = beam ? 6 * i : 3 * i;
    let sum = 0;
    for (let k = 0; k < plant.placed.length; k += 1) {
      if (plant.sourceSpecies[k] !== species || !plant.vapours[k]) continue;
      const blows = state.jets[k * JET_SIZE + 6]! > 0;
      if (!heavy && !blows) continue;
      for (let c = 0; c < count; c += 1) {
        const f = beam ? (c + 0.5) / count : 0;
        const along = (d: number) => (beam ? b[at + d]! + f * (b[at + 3 + d]! - b[at + d]!) : b[at + d]!);
        const [x, y, z] = [along(0), along(1), along(2)];
        if (heavy) sum += this.#heavy.concentration_kg_m3(k, x, y, z);
        if (blows) sum += pure_kg_m3 * jetFraction(state.jets, k * JET_SIZE, x, y, z);
      }
    }
    return sum / count;
  }

  /** Whether source `k` may have gas in a jet or, heavy, on its way. */
  lingers(k: number): boolean {
    return this.plant.vapours[k] !== undefined && (this.#heavy.about || this.state.jets[k * JET_SIZE + 6]! > 0);
  }

  /** That gas at a point [kg/m³]: what puffs and particles do not hold yet. */
  lingering_kg_m3(k: number, x_m: number, y_m: number, z_m: number): number {
    const { plant, state } = this;
    const { temperature_K, pressure_Pa } = this.#weather.air;
    const { molarMass_kg_mol } = plant.species[plant.sourceSpecies[k]!]!;
    const pure_kg_m3 = (pressure_Pa * molarMass_kg_mol) / (GAS_CONSTANT * temperature_K);
    const heavy = this.#heavy.about ? this.#heavy.concentration_kg_m3(k, x_m, y_m, z_m) : 0;
    const blows = state.jets[k * JET_SIZE + 6]! > 0;
    return heavy + (blows ? pure_kg_m3 * jetFraction(state.jets, k * JET_SIZE, x_m, y_m, z_m) : 0);
  }

  #surround(i: number): void {
    const { plant, state } = this;
    const around = this.#around;
    const w = this.#weather.air;
    const n = plant.species.length;
    for (let s = 0; s < n; s += 1) around.fraction[s] = state.fraction[i * n + s]!;
    const height = state.points[3 * i + 2]!;
    around.x_m = state.points[3 * i]!;
    around.y_m = state.points[3 * i + 1]!;
    const windy = plant.path_m[i] === 0 && Math.abs(height - w.windHeight_m) > 1e-9;
    const ratio = windy ? windRatio(height, w.windHeight_m, w.roughness_m, w.inverseObukhov_1_m) : 1;
    around.windU_m_s = w.windU_m_s * ratio;
    around.windV_m_s = w.windV_m_s * ratio;
    around.path_m = plant.path_m[i]!;
    around.poisoned = state.poisoned[i]!;
    around.blocked = state.blocked[i]!;
    around.visibility_m = state.visibility_m[i]!;
    around.sound_Pa2 = this.#hears && plant.forms[i]!.measures === 'sound' ? this.#soundAt(i) : 0;
  }

  #soundAt(i: number): number {
    const { plant } = this;
    const r = this.#rates;
    let sum = 0;
    for (let k = 0; k < plant.placed.length; k += 1) {
      const e = plant.placed[k]!;
      const power = jetSound_W(
        r.massRate_kg_s[e]!,
        r.exitSpeed_m_s[e]!,
        2 * r.radius_m[e]!,
        r.pressure_Pa[e]!,
        this.#weather.air.pressure_Pa,
        r.temperature_K[e]!,
        plant.species[plant.sourceSpecies[k]!]!.molarMass_kg_mol,
      );
      if (power === 0) continue;
      const [x, y, z] = plant.sourcePlace[k]!;
      const dx = x - this.state.points[3 * i]!;
      const dy = y - this.state.points[3 * i + 1]!;
      const dz = z - this.state.points[3 * i + 2]!;
      sum += soundAt_Pa2(power, Math.sqrt(dx * dx + dy * dy + dz * dz));
    }
    return sum;
  }
}

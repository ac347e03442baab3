/**
 * Gas that is heavier than the air, on its way from the source to where puffs or particles may have it (Ri* ≤ 1).
 *
 *   wind of 1 m/s and more   the steady plume of the rate and weather of now (models/physics/release/densePlume.ts); mass that
 *                            leaves now arrives at its hand-over after the plume's own travel time
 *   less                     one slumping cloud over each source, fed until it is passive or 1 % heavier than air, then one puff
 *
 * Between source and hand-over a place has the plume's concentration, with the rate of the moment when the gas there left.
 * A plume depends on its inputs alone, rounded to a grid of a few percent, so a run resumed from its middle meets the same
 * plumes. All that changes stands in the arrays that are handed in.
 */
import type { Arena } from '../../models/kernel/index.ts';
import type { AirModel, AirWeather } from '../../models/physics/air/index.ts';
import {
  airDensity_kg_m3,
  CLOUD,
  cloudConcentration_kg_m3,
  type DenseCloudState,
  type DensePlume,
  denseAirOf,
  denseConcentration_kg_m3,
  densePlume,
  emitCloud,
  handOver,
  isPassive,
  lateralVariance_m2,
  type MixtureSpec,
  type PassiveSource,
  startDenseCloud,
  stepDenseCloud,
  type Vapour,
} from '../../models/physics/release/index.ts';

/** Air steps that a plume may be under way. */
const SLOTS = 240;
const CALM_m_s = 1;
const REACH_m = 2000;
const CACHED = 64;
/** In a calm u* all but vanishes and Ri* with it stays high; eddies of the ground's warmth do more than such a weight. */
const HARDLY_HEAVIER = 0.01;
const CLOUD_SIZE = 12;
/** Of a ring's slot: mass, and mass times x, y, σh², σz². */
const FIELDS = 5;
/** Of a source: rate, temperature, liquid share, area, x, y, step of the last mass, Σ under way, way (0 none, 1 plume). */
const LAST = { rate: 0, temperature: 1, liquid: 2, area: 3, x: 4, y: 5, until: 6 } as const;
const LAST_SIZE = 7;

export interface HeavyState {
  readonly heavyRing: Float64Array; // (nSource × SLOTS × FIELDS)
  readonly heavyRate: Float64Array; // of the steps behind [kg/s] (nSource × SLOTS)
  readonly heavyLast: Float64Array; // (nSource × LAST_SIZE)
  readonly heavyCloud: Float64Array; // (nSource × CLOUD_SIZE)
  readonly heavyStep: Float64Array; // (1)
}

export function heavyArrays(a: Arena, nSource: number): HeavyState {
  return {
    heavyRing: a.f64(nSource * SLOTS * FIELDS),
    heavyRate: a.f64(nSource * SLOTS),
    heavyLast: a.f64(nSource * LAST_SIZE),
    heavyCloud: a.f64(nSource * CLOUD_SIZE),
    heavyStep: a.f64(1),
  };
}

interface Reach extends PassiveSource {
  readonly plume: DensePlume;
}

export class Heavy {
  readonly #state: HeavyState;
  readonly #vapours: readonly (Vapour | undefined)[];
  readonly #clouds: readonly DenseCloudState[];
  readonly #cache = new Map<string, Reach>();
  readonly #now: (Reach | undefined)[];
  readonly #dt_s: number;
  #east = 1;
  #north = 0;

  /** Vapour of each source; the state's arrays of as many sources. */
  constructor(state: HeavyState, vapours: readonly (Vapour | undefined)[], dt_s: number) {
    this.#state = state;
    this.#vapours = vapours;
    this.#dt_s = dt_s;
    this.#now = vapours.map(() => undefined);
    const { heavyCloud } = state;
    this.#clouds = vapours.map((_, k) => ({
      buffer: heavyCloud.buffer as ArrayBuffer,
      cloud: heavyCloud.subarray(k * CLOUD_SIZE, (k + 1) * CLOUD_SIZE),
    }));
  }

  /** Mass on its way from a source [kg]. */
  held_kg(k: number): number {
    const { heavyRing } = this.#state;
    let sum = this.#clouds[k]!.cloud[CLOUD.mass_kg]!;
    for (let s = 0; s < SLOTS; s += 1) sum += heavyRing[(k * SLOTS + s) * FIELDS]!;
    return sum;
  }

  /** Takes what source k gives in a step [kg], as it stands on the ground after its jet, its area [m²]. */
  take(
    k: number,
    mass_kg: number,
    rate_kg_s: number,
    temperature_K: number,
    liquidFraction: number,
    area_m2: number,
    x_m: number,
    y_m: number,
    air: AirWeather,
  ): void {
    const s = this.#state;
    const at = k * LAST_SIZE;
    const step = s.heavyStep[0]!;
    s.heavyLast[at + LAST.rate] = rate_kg_s;
    s.heavyLast[at + LAST.temperature] = temperature_K;
    s.heavyLast[at + LAST.liquid] = liquidFraction;
    s.heavyLast[at + LAST.area] = area_m2;
    s.heavyLast[at + LAST.x] = x_m;
    s.heavyLast[at + LAST.y] = y_m;
    const cloud = this.#clouds[k]!;
    if (cloud.cloud[CLOUD.mass_kg]! > 0 || Math.hypot(air.windU_m_s, air.windV_m_s) < CALM_m_s) {
      if (cloud.cloud[CLOUD.mass_kg]! > 0) cloud.cloud[CLOUD.mass_kg]! += mass_kg;
      else
        startDenseCloud(
          cloud,
          this.#mixing(k, air),
          denseAirOf(air),
          mass_kg,
          0,
          x_m,
          y_m,
          Math.sqrt(area_m2 / Math.PI),
        );
      return;
    }
    const reach = this.#reach(k, air);
    s.heavyRate[k * SLOTS + (step % SLOTS)] = rate_kg_s;
    const late = Math.min(SLOTS - 1, Math.max(0, Math.round(reach.delay_s / this.#dt_s)));
    s.heavyLast[at + LAST.until] = step + SLOTS;
    const wind = Math.hypot(air.windU_m_s, air.windV_m_s);
    const slot = (k * SLOTS + ((step + late) % SLOTS)) * FIELDS;
    s.heavyRing[slot]! += mass_kg;
    s.heavyRing[slot + 1]! += mass_kg * (x_m + (air.windU_m_s / wind) * reach.x_m);
    s.heavyRing[slot + 2]! += mass_kg * (y_m + (air.windV_m_s / wind) * reach.x_m);
    s.heavyRing[slot + 3]! += mass_kg * reach.sigmaHorizontal_m ** 2;
    s.heavyRing[slot + 4]! += mass_kg * reach.sigmaVertical_m ** 2;
  }

  /** One step on: hands over what has arrived. Returns nothing; `given` hears of each mass. */
  step(gas: AirModel, air: AirWeather, speciesOf: Int32Array, given: (species: number, mass_kg: number) => void): void {
    const s = this.#state;
    const step = s.heavyStep[0]!;
    const wind = Math.hypot(air.windU_m_s, air.windV_m_s);
    this.#east = wind > 0 ? air.windU_m_s / wind : 0;
    this.#north = wind > 0 ? air.windV_m_s / wind : 0;
    for (let k = 0; k < this.#vapours.length; k += 1) {
      const at = k * LAST_SIZE;
      const under = step < s.heavyLast[at + LAST.until]!;
      this.#now[k] = under && wind >= CALM_m_s / 2 ? this.#reach(k, air) : undefined;
      if (under) {
        const slot = (k * SLOTS + (step % SLOTS)) * FIELDS;
        const mass = s.heavyRing[slot]!;
        if (mass > 0) {
          const [x, y] = [s.heavyRing[slot + 1]! / mass, s.heavyRing[slot + 2]! / mass];
          const sigmaH = Math.sqrt(s.heavyRing[slot + 3]! / mass);
          gas.emit(speciesOf[k]!, x, y, 0, mass, sigmaH, Math.sqrt(s.heavyRing[slot + 4]! / mass));
          given(speciesOf[k]!, mass);
          s.heavyRing.fill(0, slot, slot + FIELDS);
        }
        // The oldest rate is forgotten before its slot is used again.
        s.heavyRate[k * SLOTS + ((step + 1) % SLOTS)] = 0;
      }
      const { cloud } = this.#clouds[k]!;
      const mass = cloud[CLOUD.mass_kg]!;
      if (!(mass > 0)) continue;
      stepDenseCloud(this.#clouds[k]!, this.#mixing(k, air), denseAirOf(air), this.#east, this.#north, this.#dt_s);
      const heavier = cloud[CLOUD.density_kg_m3]! / airDensity_kg_m3(air.temperature_K, air.pressure_Pa) - 1;
      if (!isPassive(this.#clouds[k]!) && heavier > HARDLY_HEAVIER) continue;
      emitCloud(gas, speciesOf[k]!, this.#clouds[k]!);
      given(speciesOf[k]!, mass);
    }
    s.heavyStep[0] = step + 1;
  }

  /** Whether any heavy gas is about. */
  get about(): boolean {
    return this.#now.some((n) => n !== undefined) || this.#clouds.some((c) => c.cloud[CLOUD.mass_kg]! > 0);
  }

  /** What the heavy gas of source k adds at a place [kg/m³]. */
  concentration_kg_m3(k: number, x_m: number, y_m: number, z_m: number): number {
    const cloud = this.#clouds[k]!;
    let sum = cloud.cloud[CLOUD.mass_kg]! > 0 ? cloudConcentration_kg_m3(cloud, x_m, y_m, z_m) : 0;
    const reach = this.#now[k];
    if (!reach) return sum;
    const s = this.#state;
    const dx = x_m - s.heavyLast[k * LAST_SIZE + LAST.x]!;
    const dy = y_m - s.heavyLast[k * LAST_SIZE + LAST.y]!;
    const along = dx * this.#east + dy * this.#north;
    if (along > reach.x_m) return sum;
    const { plume } = reach;
    const unit =
      denseConcentration_kg_m3(plume, along, dy * this.#east - dx * this.#north, z_m) / plume.spec.massRate_kg_s;
    if (!(unit > 0)) return sum;
    const age = Math.min(SLOTS - 2, Math.round(travel_s(plume, along) / this.#dt_s));
    const left = s.heavyStep[0]! - 1 - age;
    if (left >= 0) sum += unit * s.heavyRate[k * SLOTS + (left % SLOTS)]!;
    return sum;
  }

  #mixing(k: number, air: AirWeather): MixtureSpec {
    const last = this.#state.heavyLast;
    const at = k * LAST_SIZE;
    return {
      vapour: this.#vapours[k]!,
      releaseTemperature_K: last[at + LAST.temperature]!,
      liquidFraction: last[at + LAST.liquid]!,
      airTemperature_K: air.temperature_K,
      pressure_Pa: air.pressure_Pa,
      relativeHumidity: air.relativeHumidity,
    };
  }

  /** The plume of a source now and where it is handed over, by inputs rounded to a grid. */
  #reach(k: number, air: AirWeather): Reach {
    const last = this.#state.heavyLast;
    const at = k * LAST_SIZE;
    const round = (x: number, perDecade: number) => Math.round(Math.log10(Math.max(1e-9, x)) * perDecade);
    const wind = Math.hypot(air.windU_m_s, air.windV_m_s);
    const bins = [
      k,
      round(last[at + LAST.rate]!, 12),
      Math.round(last[at + LAST.temperature]! / 4),
      Math.round(last[at + LAST.liquid]! * 20),
      round(last[at + LAST.area]!, 6),
      round(Math.max(CALM_m_s, wind), 16),
      round(air.frictionVelocity_m_s, 16),
      Math.round(air.inverseObukhov_1_m * 100),
      Math.round(air.temperature_K / 4),
      Math.round(air.relativeHumidity * 5),
    ];
    const key = bins.join();
    const kept = this.#cache.get(key);
    if (kept) return kept;
    if (this.#cache.size >= CACHED) this.#cache.clear();
    const value = (bin: number, perDecade: number) => 10 ** (bin / perDecade);
    const speed = value(bins[5]!, 16);
    const plume = densePlume({
      vapour: this.#vapours[k]!,
      massRate_kg_s: value(bins[1]!, 12),
      area_m2: value(bins[4]!, 6),
      releaseTemperature_K: bins[2]! * 4,
      liquidFraction: bins[3]! / 20,
      reach_m: REACH_m,
      air: denseAirOf({
        ...air,
        windU_m_s: speed,
        windV_m_s: 0,
        windHeight_m: air.windHeight_m,
        roughness_m: air.roughness_m,
        frictionVelocity_m_s: value(bins[6]!, 16),
        inverseObukhov_1_m: bins[7]! / 100,
        temperature_K: bins[8]! * 4,
        pressure_Pa: 101_325,
        relativeHumidity: bins[9]! / 5,
      }),
    });
    const made = { ...(handOver(plume) ?? endOf(plume)), plume };
    this.#cache.set(key, made);
    return made;
  }
}

/** A plume that is dense to the end of its reach is handed over there. */
function endOf(plume: DensePlume): PassiveSource {
  const i = plume.n - 1;
  return {
    x_m: plume.x_m[i]!,
    delay_s: plume.time_s[i]!,
    massRate_kg_s: plume.spec.massRate_kg_s,
    sigmaHorizontal_m: Math.sqrt(lateralVariance_m2(plume.flat_m[i]!, plume.edge_m[i]!)),
    sigmaVertical_m: plume.depth_m[i]! / Math.SQRT2,
  };
}

/** When what leaves now is at a distance [s]. */
function travel_s(plume: DensePlume, x_m: number): number {
  let low = 0;
  let high = plume.n - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (plume.x_m[middle]! <= x_m) low = middle;
    else high = middle;
  }
  return plume.time_s[low]!;
}

/**
 * All that changes in the weather: what it is now, and what commands have made of it.
 */
import { STABILITIES, type Stability } from '../../../models/contract/index.ts';
import { bindArena } from '../../../models/kernel/index.ts';
import type { AirWeather } from '../../../models/physics/air/index.ts';

/** Rows of what a command may change. */
export const CHANGE = { wind: 0, from: 1, gusts: 2, meander: 3, temperature: 4, humidity: 5, cloud: 6 } as const;
const ROWS = 7;
/** Of each row: whether it stands (1), value then, value wanted, when it began, when it is reached [µs]. */
const FIELDS = 5;

const AIR_FIELDS = [
  'windU_m_s',
  'windV_m_s',
  'windHeight_m',
  'roughness_m',
  'frictionVelocity_m_s',
  'inverseObukhov_1_m',
  'mixingHeight_m',
  'sigmaTheta_rad',
  'temperature_K',
  'pressure_Pa',
  'relativeHumidity',
  'solar_W_m2',
  'cloud',
] as const satisfies readonly (keyof AirWeather)[];

export interface WeatherState {
  readonly buffer: ArrayBuffer;
  /** A view of the buffer. */
  readonly air: AirWeather;
  readonly ground_K: Float64Array; // (1)
  readonly meanWind_m_s: Float64Array; // at 10 m, without gusts and meander (1)
  readonly sunHeight: Float64Array; // sine of its elevation (1)
  readonly change: Changes;
}

export function createWeatherState(): WeatherState {
  const { buffer, views } = bindArena((a) => ({
    air: a.f64(AIR_FIELDS.length),
    ground_K: a.f64(1),
    meanWind_m_s: a.f64(1),
    sunHeight: a.f64(1),
    changes: a.f64(ROWS * FIELDS),
    stability: a.u8(1),
  }));
  const air = {} as AirWeather;
  AIR_FIELDS.forEach((name, i) => {
    Object.defineProperty(air, name, {
      enumerable: true,
      get: () => views.air[i]!,
      set: (value: number) => {
        views.air[i] = value;
      },
    });
  });
  return {
    buffer,
    air,
    ground_K: views.ground_K,
    meanWind_m_s: views.meanWind_m_s,
    sunHeight: views.sunHeight,
    change: new Changes(views.changes, views.stability),
  };
}

/** What commands have changed, each on its way from what was to what is wanted. */
export class Changes {
  readonly #rows: Float64Array;
  readonly #stability: Uint8Array;

  constructor(rows: Float64Array, stability: Uint8Array) {
    this.#rows = rows;
    this.#stability = stability;
  }

  standing(row: number): boolean {
    return this.#rows[row * FIELDS] === 1;
  }

  /** The value that a command wants, or what it would be without one. */
  at(row: number, otherwise: number, timeUs: number): number {
    const at = row * FIELDS;
    const rows = this.#rows;
    if (rows[at] !== 1) return otherwise;
    const then = rows[at + 1]!;
    const wanted = rows[at + 2]!;
    const beganUs = rows[at + 3]!;
    const untilUs = rows[at + 4]!;
    if (timeUs >= untilUs) return wanted;
    return then + ((wanted - then) * (timeUs - beganUs)) / (untilUs - beganUs);
  }

  set(row: number, then: number, wanted: number, beganUs: number, untilUs: number): void {
    const at = row * FIELDS;
    this.#rows[at] = 1;
    this.#rows[at + 1] = then;
    this.#rows[at + 2] = wanted;
    this.#rows[at + 3] = beganUs;
    this.#rows[at + 4] = untilUs;
  }

  stability(): Stability | undefined {
    return this.#stability[0] === 0 ? undefined : STABILITIES[this.#stability[0]! - 1];
  }

  setStability(stability: Stability): void {
    this.#stability[0] = 1 + STABILITIES.indexOf(stability);
  }
}

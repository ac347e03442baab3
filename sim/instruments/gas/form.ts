/**
 * What a form of instrument in the air is: it is handed what the air does to it and gives what it would show, before the
 * errors that every transmitter has (bias, noise, converter: ../sample.ts). Its memory lies in a buffer that it is given.
 */
import type { Quantity } from '../../../models/contract/index.ts';
import type { Dimension, Stream } from '../../../models/kernel/index.ts';
import type { AirWeather } from '../../../models/physics/air/index.ts';
import type { Gas } from './gases.ts';

/** What the air does to one instrument at the end of a step; one object for all, filled anew for each. */
export interface Surroundings {
  /** By volume at the place, or the mean over a beam (species). */
  readonly fraction: Float64Array;
  /** Where it is, east and north of the site's origin. */
  x_m: number;
  y_m: number;
  air: AirWeather;
  /** At the instrument's height, as a vector of motion. */
  windU_m_s: number;
  windV_m_s: number;
  /** Mean square sound pressure of jets in the ultrasonic band [Pa²]. */
  sound_Pa2: number;
  /** Length of the beam [m]; 0 at a point. */
  path_m: number;
  /** Share of sensitivity that a poison took. */
  poisoned: number;
  /** Share of a beam's light that something takes. */
  blocked: number;
  /** Of the fog in the beam [m]; Infinity: clear. */
  visibility_m: number;
}

/** What an instrument is made for. */
export interface Setting {
  /** What it is calibrated with; undefined for instruments of the weather. */
  readonly gas: Gas | undefined;
  /** All species of the site, in the order of `Surroundings.fraction`. */
  readonly species: readonly Gas[];
  /** 90 % of a step [s], where the user says it. */
  readonly t90_s: number | undefined;
  /** Of the place where it hangs [dB]. */
  readonly background_dB: number;
  /** The reading is a share of the explosive limit rather than by volume. */
  readonly ofLimit: boolean;
  readonly chance: Stream;
  /** By which a vane is turned on its mast, clockwise. */
  readonly misalignment_rad?: number;
}

/** One instrument: `at` is where its `size` numbers begin in `memory`. */
export interface Instrument {
  readonly size: number;
  /** As if it had stood in these surroundings for long. */
  start(around: Surroundings, memory: Float64Array, at: number): void;
  /** One step on; returns the reading, SI of its unit's dimension. */
  step(around: Surroundings, dt_s: number, memory: Float64Array, at: number): number;
  /** It knows that it cannot measure. */
  failed?(memory: Float64Array, at: number): boolean;
}

export interface GasForm {
  readonly form: string;
  readonly summary: string;
  readonly measures: Quantity;
  /** In which it may show its reading. */
  readonly dimensions: readonly Dimension[];
  readonly beam?: boolean;
  /** It must be calibrated with a gas, and with which: undefined where it can be, a sentence where it cannot. */
  readonly accepts?: (gas: Gas) => string | undefined;
  /** Faults that may strike it beside those of every transmitter. */
  readonly faults?: readonly string[];
  create(setting: Setting): Instrument;
}

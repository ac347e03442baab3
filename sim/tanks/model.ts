/**
 * The compiled tank farm and its equipment. Shapes: nTransfer, nBund, nLeak, nTag. Tanks, bunds (pools), transfers (lines)
 * and leaks (holes) have the same indices here and in `farm`.
 */
import type { Stream } from '../../models/kernel/index.ts';
import type { TankFarmModel } from '../../models/physics/tank/index.ts';
import type { WeatherSeries } from '../dispersion/weather/index.ts';
import type { LeakModel } from '../plant/index.ts';

/** Codes in `tagSource`: where a true value is read. */
export const SOURCE = {
  tankLevel: 0,
  bundLevel: 1,
  tankTemperature: 2,
  airTemperature: 3,
  wind: 4,
  flow: 5,
  speed: 6,
  running: 7,
  opening: 8,
} as const;

/** A hole in a tank; `position_m` is its height above the tank's bottom. */
export interface TankLeak extends LeakModel {
  readonly tank: number;
  /** Larger than this it would be no hole but no tank [m²]. */
  readonly largest_m2: number;
  readonly backHead_m: number;
}

export interface TanksModel {
  readonly tickUs: number;
  readonly farm: TankFarmModel;
  readonly weather: WeatherSeries;
  readonly leaks: readonly TankLeak[];
  readonly transferId: readonly string[];
  readonly transferRate_m3_s: Float64Array; // at 100 % speed (nTransfer)
  readonly transferSpeed0: Float64Array; // set point at the start, 0 when not running (nTransfer)
  readonly transferSpeedRunning: Float64Array; // set point that a start goes to (nTransfer)
  readonly transferStart_s: Float64Array; // from standstill to rated speed (nTransfer)
  readonly transferWander: Float64Array; // one standard deviation, relative (nTransfer)
  readonly transferStream: readonly Stream[]; // (nTransfer)
  readonly transferTripAbove_m: Float64Array; // level of the tank it fills, Infinity: no switch (nTransfer)
  readonly transferTripBelow_m: Float64Array; // level of the tank it empties, −Infinity: no switch (nTransfer)
  readonly drainId: readonly (string | undefined)[]; // (nBund)
  readonly drainOpening0: Float64Array; // (nBund)
  readonly drainStroke_s: Float64Array; // (nBund)
  readonly sumpArea_m2: Float64Array; // (nBund)
  readonly sumpDepth_m: Float64Array; // (nBund)
  readonly heldBack_m3: Float64Array; // what stays on the floor before the sump fills (nBund)

  // where a tag reads its true value
  readonly tagSource: Uint8Array; // SOURCE (nTag)
  readonly tagElement: Int32Array; // tank, bund or transfer (nTag)
}

/**
 * The compiled plant: all that does not change during a run, as flat arrays. Shapes: nTag, nStation, nLeak, nPump
 * (of pumps), nControl (controllers), nTank. One scan is `scanTicks` ticks of `tickUs`.
 */
import type { AsBuilt, Control, FrameLayout } from '../../models/contract/index.ts';
import type { Stream } from '../../models/kernel/index.ts';
import type { NetworkModel, NetworkSpec } from '../../models/physics/index.ts';

/** Codes in `tagSource`: where a true value is read. */
export const SOURCE = {
  nodePressure: 0,
  pipeStart: 1,
  pipeEnd: 2,
  link: 3,
  temperature: 4,
  tankLevel: 5,
  speed: 6,
  opening: 7,
  running: 8,
} as const;

export interface LeakModel {
  readonly id: string;
  /** The pipe (or node) as the user named it. */
  readonly on: string;
  readonly position_m: number;
  readonly node: number;
  readonly orifice: number;
  readonly dischargeCoefficient: number;
  readonly elevation_m: number;
  /** Open from the start with this area; 0: closed at first. */
  readonly openArea_m2: number;
}

export interface PlantModel {
  readonly name: string;
  readonly about: string;
  readonly designFlow_m3_s: number;
  readonly tickUs: number;
  readonly scanTicks: number;
  readonly scanUs: number;
  readonly network: NetworkModel;
  readonly networkSpec: NetworkSpec;
  readonly layout: FrameLayout;
  readonly controls: readonly Control[];
  readonly asBuilt: AsBuilt;
  readonly leaks: readonly LeakModel[];
  /** SHA-256 of the spec and the options: equal digests, equal runs. */
  readonly digest: string;

  // liquid
  readonly density_kg_m3: number;
  readonly pumpLink: Int32Array; // link of each pump (nPump)
  readonly pumpSpeed0: Float64Array; // set point at the start; 0 when not running (nPump)
  readonly pumpSpeedRunning: Float64Array; // set point that a start goes back to (nPump)
  readonly pumpWander: Float64Array; // one standard deviation of relative speed (nPump)
  readonly pumpStream: readonly Stream[]; // (nPump)
  readonly valveLink: Int32Array; // (nValve)
  readonly tankNode: Int32Array; // (nTank)
  readonly tankLevel0_m: Float64Array; // level at the start (nTank)
  readonly tankHold_s: Float64Array; // time over which receipts restore the level, 0: none (nTank)
  readonly controllerId: readonly string[];
  readonly controllerLink: Int32Array; // its valve (nControl)
  readonly controllerNode: Int32Array; // its pressure (nControl)
  readonly controllerGain_per_Pa: Float64Array; // (nControl)
  readonly controllerIntegral_s: Float64Array; // (nControl)
  readonly inletTemperature_K: number;
  readonly groundTemperature_K: number;
  readonly coolingLength_m: number;

  // instruments
  readonly tagSource: Uint8Array; // SOURCE (nTag)
  readonly tagElement: Int32Array; // node, pipe or link (nTag)
  readonly tagPosition_m: Float64Array; // for temperature (nTag)
  readonly tagScale: Float64Array; // published = true SI · scale + offset (nTag)
  readonly tagOffset: Float64Array; // (nTag)
  readonly tagLag_us: Float64Array; // first-order time constant (nTag)
  readonly tagLagGain: Float64Array; // 1 − exp(−period/lag): weight of the newest sample (nTag)
  readonly tagNoise: Float64Array; // one sigma in the tag's unit (nTag)
  readonly tagBias: Float64Array; // calibration error in the tag's unit (nTag)
  readonly tagDrift_per_us: Float64Array; // in the tag's unit (nTag)
  readonly tagLow: Float64Array; // (nTag)
  readonly tagHigh: Float64Array; // (nTag)
  readonly tagStep: Float64Array; // one count of the converter, in the tag's unit (nTag)
  readonly tagDeadband: Float64Array; // in the tag's unit, −1: every scan (nTag)
  readonly tagSilence_us: Float64Array; // longest silence (nTag)
  readonly tagJitter_us: Float64Array; // (nTag)
  readonly tagPeriodUs: Float64Array; // (nTag)
  readonly tagWidth: Int32Array; // (nTag)
  readonly tagRing: Int32Array; // first slot in the ring of samples, 2·width each (nTag + 1)
  readonly tagStation: Int32Array; // (nTag)
  readonly noiseStream: readonly Stream[]; // (nTag)
  readonly jitterStream: readonly Stream[]; // (nTag)
  readonly faultStream: readonly Stream[]; // (nTag)
  readonly stationLatencyUs: Float64Array; // (nStation)
  readonly stationOffsetUs: Float64Array; // drawn by the run's seed (nStation)
  readonly stationDrift: Float64Array; // relative, drawn by the run's seed (nStation)
  readonly tagIndex: ReadonlyMap<string, number>;
  readonly stationIndex: ReadonlyMap<string, number>;
}

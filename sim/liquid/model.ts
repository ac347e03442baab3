/**
 * The compiled liquid network and its equipment. Shapes: nPump, nValve, nControl (controllers), nTank, nLeak, nTag.
 */
import type { Stream } from '../../models/kernel/index.ts';
import type { NetworkModel, NetworkSpec } from '../../models/physics/index.ts';
import type { LeakModel } from '../plant/index.ts';
import type { HeatOutside } from './heat.ts';
import type { Inflow } from './inflow.ts';

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
  density: 9,
} as const;

/** Pumps that keep a tank's level between two marks. */
export interface LevelSwitch {
  /** Node of the tank. */
  readonly tank: number;
  /** Pump indices, duty first. */
  readonly pumps: readonly number[];
  /** Level at which each starts [m] (pumps). */
  readonly start_m: readonly number[];
  readonly stop_m: number;
}

/** A leak as the network knows it. */
export interface LiquidLeak extends LeakModel {
  readonly node: number;
  readonly orifice: number;
  readonly elevation_m: number;
  readonly bore_m2: number;
}

export interface LiquidModel {
  readonly tickUs: number;
  readonly network: NetworkModel;
  readonly networkSpec: NetworkSpec;
  readonly leaks: readonly LiquidLeak[];
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
  readonly tankInflow: readonly (Inflow | undefined)[]; // from a catchment (nTank)
  readonly switches: readonly LevelSwitch[];
  readonly controllerId: readonly string[];
  readonly controllerLink: Int32Array; // its valve (nControl)
  readonly controllerNode: Int32Array; // its pressure (nControl)
  readonly controllerGain_per_Pa: Float64Array; // (nControl)
  readonly controllerIntegral_s: Float64Array; // (nControl)
  readonly inletTemperature_K: number;
  readonly groundTemperature_K: number;
  readonly coolingLength_m: number;
  readonly outside: HeatOutside | undefined; // what changes heat; undefined: no heat, temperatures are a fixed profile
  readonly tankDensity: Float64Array; // of its liquid over the reference density (nTank)
  readonly tankProduct0: Int32Array; // (nTank)

  // where a tag reads its true value
  readonly tagSource: Uint8Array; // SOURCE (nTag)
  readonly tagElement: Int32Array; // node, pipe or link (nTag)
  readonly tagPosition_m: Float64Array; // for temperature (nTag)
  readonly tagStandard: Uint8Array; // 1: a flow in standard volume (nTag)
  readonly tagNode: Int32Array; // where a flow's liquid is, or a level's tank (nTag)
}

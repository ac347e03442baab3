/**
 * The compiled water plant beside what EPANET itself holds. It does not change during a run. Shapes: nTag, nLeak, nPump
 * and nThrottle; nodes and links are indices of the EPANET model.
 */
import type { DemandNoise, EpanetModel } from '../../models/physics/epanet/index.ts';
import type { LeakModel } from '../plant/index.ts';

/** What a tag reads. */
export const SOURCE = {
  pressure: 0, // of a node
  flow: 1, // of a link, from its start to its end
  demand: 2, // of a node
  level: 3, // of a tank
  speed: 4, // of a pump, 0 where it stands
  running: 5, // of a pump
  opening: 6, // of a throttle valve
  setPoint: 7, // of a pressure valve
} as const;

export interface WaterLeak extends LeakModel {
  /** Pressure head of what lies outside [m]; EPANET's holes know none. */
  readonly backHead_m: number;
}

export interface WaterModel {
  readonly tickUs: number;
  readonly tick_s: number;
  readonly epanet: EpanetModel;
  readonly leaks: readonly WaterLeak[];
  readonly density_kg_m3: number;
  readonly demands: DemandNoise;
  readonly tagSource: Uint8Array; // SOURCE (nTag)
  readonly tagElement: Int32Array; // node, link, tank or throttle (nTag)
  readonly pumpId: readonly string[];
  readonly pumpLink: Int32Array; // (nPump)
  readonly throttleId: readonly string[];
  readonly throttleLink: Int32Array; // (nThrottle)
  readonly throttleLoss: Float64Array; // loss coefficient when fully open (nThrottle)
  /** Pressure valves, by name. */
  readonly regulator: ReadonlyMap<string, number>;
}

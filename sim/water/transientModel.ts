/**
 * The compiled water plant in its waves, beside the network of characteristics, and all that changes in it beside the network's
 * own state. Shapes: nTag, nLeak, nPump, nThrottle, nDraw (junctions with a demand), nControl.
 */
import { bindArena, type Stream } from '../../models/kernel/index.ts';
import type { DemandNoise } from '../../models/physics/epanet/index.ts';
import { createState, type NetworkModel, type NetworkState } from '../../models/physics/index.ts';
import type { LeakModel } from '../plant/index.ts';
import { DEMAND_FACTOR, usualDemand } from './demandFactor.ts';

/** What a tag reads. */
export const WAVE = {
  pressure: 0, // of a node
  pipeStart: 1, // flow at the first section of a pipe
  pipeEnd: 2, // flow at the last section of a pipe
  link: 3, // flow of a pump or valve
  demand: 4, // of a node
  level: 5, // of a tank
  speed: 6, // of a pump
  running: 7, // of a pump
  opening: 8, // of a throttle valve
  setPoint: 9, // of a pressure valve
} as const;

export interface TransientLeak extends LeakModel {
  readonly node: number;
  readonly orifice: number;
  readonly bore_m2: number;
  readonly elevation_m: number;
  readonly backHead_m: number;
}

export interface CompiledControl {
  /** Pump (index in pumps), or −1: the valve of a pipe. */
  readonly pump: number;
  readonly link: number;
  readonly setting: number;
  readonly kind: 'level' | 'time' | 'clock';
  /** Node of a tank, where by level. */
  readonly tank: number;
  readonly above: boolean;
  /** Level [m] or time [s]. */
  readonly at: number;
}

export interface Pulses {
  readonly interval_s: number;
  readonly chance: number; // of one in an interval
  readonly flow_m3_s: number;
  readonly lasts_s: number;
  readonly edge_s: number;
  readonly stream: readonly Stream[]; // (nDraw)
}

export interface TransientModel {
  readonly tickUs: number;
  readonly tick_s: number;
  readonly network: NetworkModel;
  readonly leaks: readonly TransientLeak[];
  readonly density_kg_m3: number;
  /** Time of the network at time 0 of the run [s]. */
  readonly start_s: number;
  /** Time of day at time 0 of the network [s]. */
  readonly startClock_s: number;
  /** Largest difference of a head from EPANET's at the start [m]. */
  readonly startError_m: number;

  readonly noise: DemandNoise;
  readonly noiseSize: number; // nodes that the noise knows
  readonly every_s: number;
  readonly drawNode: Int32Array; // node of the network (nDraw)
  readonly drawNoise: Int32Array; // its place in the noise (nDraw)
  readonly drawNominal_m3_s: Float64Array; // what a multiplier of 1 draws (nDraw)
  /** Share of nominal at a time of the network: the file's patterns. */
  readonly drawShare: (draw: number, time_s: number) => number;
  readonly reservoirNode: Int32Array; // those with a pattern
  readonly reservoirHead: (i: number, time_s: number) => number;
  readonly pulses: Pulses | undefined;

  readonly pumpId: readonly string[];
  readonly pumpLink: Int32Array; // (nPump)
  readonly pumpSpeed0: Float64Array; // at the start, 0 where it stands (nPump)
  readonly pumpRated: Float64Array; // speed of the file (nPump)
  readonly throttleId: readonly string[];
  readonly throttleLink: Int32Array; // (nThrottle)
  /** Pressure valves: link, and the elevation that their set point counts from [m]. */
  readonly regulator: ReadonlyMap<string, { readonly link: number; readonly base_m: number }>;
  readonly controls: readonly CompiledControl[];

  readonly tagSource: Uint8Array; // WAVE (nTag)
  readonly tagElement: Int32Array; // (nTag)
}

export interface TransientState {
  readonly network: NetworkState;
  readonly buffer: ArrayBuffer;

  // applyTransient
  readonly leakOpenUs: Float64Array; // −1: closed (nLeak)
  readonly leakArea_m2: Float64Array; // final (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly leakPulseUs: Float64Array; // period and open time, 0: none (2 nLeak)
  readonly pumpWanted: Float64Array; // speed that a start goes to (nPump)
  readonly pumpManual: Uint8Array; // 1: off its control until somebody starts it (nPump)

  // drawWater
  readonly demandFactor: Float64Array; // demandFactor.ts (DEMAND_FACTOR)
  readonly drawIndex: Float64Array; // which interval of demands is in force (1)
  readonly drawFrom: Float64Array; // multiplier at its start (nDraw)
  readonly drawTo: Float64Array; // multiplier at its end (nDraw)
  readonly drawn: Float64Array; // room for the noise (noiseSize)
  readonly pulseIndex: Float64Array; // which interval of pulses (1)
  readonly pulseOn_s: Float64Array; // when it opens, of the run, ∞: none (nDraw)
  readonly pulseFlow_m3_s: Float64Array; // (nDraw)

  // drainLeaks
  readonly leakVolume_m3: Float64Array; // since it opened (nLeak)
  // watchPressure
  readonly dry_s: Float64Array; // how long some customer has drawn at negative pressure (1)
  readonly worstDry: Float64Array; // longest such time, the node, when it began [s] (3)
}

export function createTransientState(model: TransientModel): TransientState {
  const nLeak = model.leaks.length;
  const nDraw = model.drawNode.length;
  const { buffer, views } = bindArena((a) => ({
    leakOpenUs: a.f64(nLeak),
    leakArea_m2: a.f64(nLeak),
    leakGrowthUs: a.f64(nLeak),
    leakPulseUs: a.f64(2 * nLeak),
    pumpWanted: a.f64(model.pumpLink.length),
    pumpManual: a.u8(model.pumpLink.length),
    demandFactor: a.f64(DEMAND_FACTOR),
    drawIndex: a.f64(1),
    drawFrom: a.f64(nDraw),
    drawTo: a.f64(nDraw),
    drawn: a.f64(model.noiseSize),
    pulseIndex: a.f64(1),
    pulseOn_s: a.f64(nDraw),
    pulseFlow_m3_s: a.f64(nDraw),
    leakVolume_m3: a.f64(nLeak),
    dry_s: a.f64(1),
    worstDry: a.f64(3),
  }));
  views.leakOpenUs.fill(-1);
  usualDemand(views.demandFactor);
  views.drawIndex[0] = Number.NaN;
  views.pulseIndex[0] = Number.NaN;
  for (let p = 0; p < model.pumpLink.length; p += 1)
    views.pumpWanted[p] = model.pumpSpeed0[p]! > 0 ? model.pumpSpeed0[p]! : model.pumpRated[p]!;
  return { network: createState(model.network), buffer, ...views };
}

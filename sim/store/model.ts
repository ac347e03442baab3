/** The compiled store and its state. Shapes: nVessel, nLine, nRoom, nLeak. */
import { bindArena } from '../../models/kernel/index.ts';
import type { Vapour } from '../../models/physics/release/index.ts';
import type { LeakModel } from '../plant/index.ts';

export const SOURCE = {
  pressure: 0,
  level: 1,
  temperature: 2,
  flow: 3,
  opening: 4,
  running: 5,
  room: 6,
  mass: 7,
} as const;

export interface StoreLeak extends LeakModel {
  readonly vessel: number;
  /** −1: on the vessel itself. */
  readonly line: number;
  /** Over the vessel's bottom [m]. */
  readonly height_m: number;
  readonly largest_m2: number;
  /** −1: in the open. */
  readonly room: number;
}

export interface StoreModel {
  readonly tick_s: number;
  readonly mistPerFlash: number;
  readonly ambient_K: number;
  readonly vapours: readonly Vapour[]; // (nVessel)
  readonly species: readonly string[]; // (nVessel)
  readonly liquidDensity_kg_m3: Float64Array; // (nVessel)
  readonly volume_m3: Float64Array; // (nVessel)
  readonly height_m: Float64Array; // (nVessel)
  readonly shell_J_K: Float64Array; // (nVessel)
  readonly heat_W_K: Float64Array; // (nVessel)
  readonly bund_m2: Float64Array; // (nVessel)
  readonly fill0: Float64Array; // (nVessel)
  readonly temperature0_K: Float64Array; // (nVessel)
  readonly vesselRoom: Int32Array; // −1: in the open (nVessel)
  readonly vesselIds: readonly string[];
  readonly lineIds: readonly string[];
  readonly valveIds: readonly string[]; // (nLine)
  readonly fanIds: readonly string[]; // (nRoom)
  readonly roomIds: readonly string[];
  readonly lineVessel: Int32Array; // (nLine)
  readonly lineLiquid: Uint8Array; // 1 draws liquid (nLine)
  readonly bore_m2: Float64Array; // (nLine)
  readonly lineVolume_m3: Float64Array; // (nLine)
  readonly demand_kg_s: Float64Array; // (nLine)
  readonly opening0: Float64Array; // (nLine)
  readonly stroke_s: Float64Array; // (nLine)
  readonly roomVolume_m3: Float64Array; // (nRoom)
  readonly fanFlow_m3_s: Float64Array; // (nRoom)
  readonly fanRunning0: Float64Array; // (nRoom)
  readonly fanStart_s: Float64Array; // (nRoom)
  readonly scrubber: Float64Array; // (nRoom)
  readonly leakage_m3_s: Float64Array; // (nRoom)
  readonly leaks: readonly StoreLeak[];
  readonly tagSource: Uint8Array;
  readonly tagElement: Int32Array;
}

export interface StoreState {
  readonly buffer: ArrayBuffer;
  // vessels
  readonly mass_kg: Float64Array; // liquid and vapour (nVessel)
  readonly temperature_K: Float64Array; // (nVessel)
  readonly pressure_Pa: Float64Array; // absolute (nVessel)
  readonly liquid_kg: Float64Array; // (nVessel)
  readonly level_m: Float64Array; // (nVessel)
  // lines
  readonly openingSet: Float64Array; // (nLine)
  readonly opening: Float64Array; // (nLine)
  readonly lineMass_kg: Float64Array; // (nLine)
  readonly lineFlow_kg_s: Float64Array; // (nLine)
  // rooms; each room holds one gas, that of its first vessel
  readonly fanSet: Float64Array; // (nRoom)
  readonly fan: Float64Array; // share of its flow (nRoom)
  readonly roomGas_kg: Float64Array; // (nRoom)
  readonly stack_kg_s: Float64Array; // (nRoom)
  readonly door_kg_s: Float64Array; // (nRoom)
  // leaks
  readonly leakOpenUs: Float64Array; // −1 closed (nLeak)
  readonly leakArea_m2: Float64Array; // (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly leakPulseUs: Float64Array; // period and open time, 0: none (2 nLeak)
  readonly leakOut_kg: Float64Array; // since it opened (nLeak)
  readonly leakRate_kg_s: Float64Array; // (nLeak)
  readonly airborne_kg_s: Float64Array; // (nLeak)
  readonly mist: Float64Array; // share of what is airborne (nLeak)
  readonly exitSpeed_m_s: Float64Array; // (nLeak)
  readonly exitRadius_m: Float64Array; // (nLeak)
  readonly exitTemperature_K: Float64Array; // (nLeak)
  readonly exitPressure_Pa: Float64Array; // (nLeak)
  // pools of what rained out (nVessel)
  readonly pool_kg: Float64Array;
  readonly poolArea_m2: Float64Array;
  readonly poolAge_s: Float64Array;
  readonly poolRate_kg_s: Float64Array;
  // what the balance knows: left by leaks, demand; scrubbed, to the air (nVessel)
  readonly left_kg: Float64Array;
  readonly gone_kg: Float64Array;
  readonly atStart_kg: Float64Array; // in all (1)
}

export function createStoreState(m: StoreModel): StoreState {
  const nVessel = m.vesselIds.length;
  const nLine = m.lineIds.length;
  const nRoom = m.roomIds.length;
  const nLeak = m.leaks.length;
  const { buffer, views } = bindArena((a) => ({
    mass_kg: a.f64(nVessel),
    temperature_K: a.f64(nVessel),
    pressure_Pa: a.f64(nVessel),
    liquid_kg: a.f64(nVessel),
    level_m: a.f64(nVessel),
    openingSet: a.f64(nLine),
    opening: a.f64(nLine),
    lineMass_kg: a.f64(nLine),
    lineFlow_kg_s: a.f64(nLine),
    fanSet: a.f64(nRoom),
    fan: a.f64(nRoom),
    roomGas_kg: a.f64(nRoom),
    stack_kg_s: a.f64(nRoom),
    door_kg_s: a.f64(nRoom),
    leakOpenUs: a.f64(nLeak),
    leakArea_m2: a.f64(nLeak),
    leakGrowthUs: a.f64(nLeak),
    leakPulseUs: a.f64(2 * nLeak),
    leakOut_kg: a.f64(nLeak),
    leakRate_kg_s: a.f64(nLeak),
    airborne_kg_s: a.f64(nLeak),
    mist: a.f64(nLeak),
    exitSpeed_m_s: a.f64(nLeak),
    exitRadius_m: a.f64(nLeak),
    exitTemperature_K: a.f64(nLeak),
    exitPressure_Pa: a.f64(nLeak),
    pool_kg: a.f64(nVessel),
    poolArea_m2: a.f64(nVessel),
    poolAge_s: a.f64(nVessel),
    poolRate_kg_s: a.f64(nVessel),
    left_kg: a.f64(nVessel),
    gone_kg: a.f64(nVessel),
    atStart_kg: a.f64(1),
  }));
  return { buffer, ...views };
}

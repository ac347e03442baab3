/**
 * All that changes in a tank farm beside the state of its tanks and pools. Groups stand under the function that writes them.
 */
import { bindArena } from '../../models/kernel/index.ts';
import { createTankState, type TankFarmState } from '../../models/physics/tank/index.ts';
import type { TanksModel } from './model.ts';

export interface TanksState {
  readonly farm: TankFarmState;
  readonly buffer: ArrayBuffer;

  // applyTanks
  readonly speedSet: Float64Array; // set point, 0 when stopped (nTransfer)
  readonly speedWanted: Float64Array; // set point that a start goes to (nTransfer)
  readonly openingSet: Float64Array; // of the drain (nBund)
  readonly leakOpenUs: Float64Array; // when it opened [µs], −1: closed (nLeak)
  readonly leakArea_m2: Float64Array; // final area (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly leakPulseUs: Float64Array; // period and open time, 0: none (2 nLeak)
  // applyTanks, moveEquipment
  readonly tripped: Uint8Array; // (nTransfer)

  // moveEquipment
  readonly speed: Float64Array; // of rated, before its wander (nTransfer)

  // drainLeaks
  readonly leakVolume_m3: Float64Array; // lost since it opened, at the tank's temperature (nLeak)
}

export function createTanksState(model: TanksModel): TanksState {
  const farm = createTankState(model.farm);
  const nTransfer = model.transferId.length;
  const nBund = model.drainId.length;
  const nLeak = model.leaks.length;
  const { buffer, views } = bindArena((a) => ({
    speedSet: a.f64(nTransfer),
    speedWanted: a.f64(nTransfer),
    openingSet: a.f64(nBund),
    leakOpenUs: a.f64(nLeak),
    leakArea_m2: a.f64(nLeak),
    leakGrowthUs: a.f64(nLeak),
    leakPulseUs: a.f64(2 * nLeak),
    tripped: a.u8(nTransfer),
    speed: a.f64(nTransfer),
    leakVolume_m3: a.f64(nLeak),
  }));
  return { farm, buffer, ...views };
}

/**
 * All that changes in a liquid plant beside its network's own state. Groups stand under the function that writes them.
 */
import { bindArena } from '../../models/kernel/index.ts';
import { createState, type NetworkState } from '../../models/physics/index.ts';
import type { LiquidModel } from './model.ts';

export interface LiquidState {
  readonly network: NetworkState;
  readonly buffer: ArrayBuffer;

  // applyCommand
  readonly pumpSet: Float64Array; // speed set point, 0 when stopped (nPump)
  readonly pumpWanted: Float64Array; // speed that a start goes to (nPump)
  readonly controllerSet_Pa: Float64Array; // (nControl)
  readonly controllerAuto: Uint8Array; // 0: in manual (nControl)
  readonly tankProduct: Uint8Array; // index of the product that it gives (nTank)
  readonly leakOpenUs: Float64Array; // when it opened [µs], −1: closed (nLeak)
  readonly leakArea_m2: Float64Array; // final area (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly leakPulseUs: Float64Array; // period and open time, 0: none (2 nLeak)
  // moveEquipment
  readonly wanderIndex: Float64Array; // which ten seconds (nPump)
  readonly wanderFrom: Float64Array; // (nPump)
  readonly wanderTo: Float64Array; // (nPump)
  readonly controllerIntegral: Float64Array; // opening (nControl)
  readonly duty: Float64Array; // which pump of a switch is first (nSwitch)
  readonly receipt_m3: Float64Array; // brought from outside, cumulative (nTank)

  // drainLeaks
  readonly leakVolume_m3: Float64Array; // lost since it opened (nLeak)
}

export function createLiquidState(model: LiquidModel): LiquidState {
  const network = createState(model.network);
  const nPump = model.pumpLink.length;
  const nControl = model.controllerLink.length;
  const nLeak = model.leaks.length;
  const { buffer, views } = bindArena((a) => ({
    pumpSet: a.f64(nPump),
    pumpWanted: a.f64(nPump),
    controllerSet_Pa: a.f64(nControl),
    controllerAuto: a.u8(nControl),
    leakOpenUs: a.f64(nLeak),
    leakArea_m2: a.f64(nLeak),
    leakGrowthUs: a.f64(nLeak),
    leakPulseUs: a.f64(2 * nLeak),
    wanderIndex: a.f64(nPump),
    wanderFrom: a.f64(nPump),
    wanderTo: a.f64(nPump),
    controllerIntegral: a.f64(nControl),
    duty: a.f64(model.switches.length),
    receipt_m3: a.f64(model.tankNode.length),
    leakVolume_m3: a.f64(nLeak),
    tankProduct: a.u8(model.outside ? model.tankNode.length : 0),
  }));
  return { network, buffer, ...views };
}

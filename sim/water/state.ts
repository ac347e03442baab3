/** All that changes in a water plant beside EPANET's own memory and the adapter's results. */
import { bindArena } from '../../models/kernel/index.ts';
import { DEMAND_FACTOR, usualDemand } from './demandFactor.ts';
import type { WaterModel } from './model.ts';

export interface WaterState {
  readonly buffer: ArrayBuffer;

  // applyWater
  readonly leakOpenUs: Float64Array; // −1: closed (nLeak)
  readonly leakArea_m2: Float64Array; // final (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly leakPulseUs: Float64Array; // period and open time, 0: none (2 nLeak)
  readonly pumpTripped: Uint8Array; // (nPump)
  readonly throttleOpening: Float64Array; // (nThrottle)

  // account
  readonly leakVolume_m3: Float64Array; // since it opened (nLeak)
  readonly ledger_m3: Float64Array; // LEDGER

  // drawDemands
  readonly demandIndex: Float64Array; // time index of the demands in force (1)
  readonly demandFactor: Float64Array; // demandFactor.ts (DEMAND_FACTOR)
}

export const LEDGER = { fromReservoirs: 0, drawn: 1, emitted: 2, tanksAtStart: 3 } as const;

export function createWaterState(model: WaterModel): WaterState {
  const nLeak = model.leaks.length;
  const { buffer, views } = bindArena((a) => ({
    leakOpenUs: a.f64(nLeak),
    leakArea_m2: a.f64(nLeak),
    leakGrowthUs: a.f64(nLeak),
    leakPulseUs: a.f64(2 * nLeak),
    pumpTripped: a.u8(model.pumpLink.length),
    throttleOpening: a.f64(model.throttleLink.length),
    leakVolume_m3: a.f64(nLeak),
    ledger_m3: a.f64(4),
    demandIndex: a.f64(1),
    demandFactor: a.f64(DEMAND_FACTOR),
  }));
  views.leakOpenUs.fill(-1);
  usualDemand(views.demandFactor);
  views.throttleOpening.fill(1);
  return { buffer, ...views };
}

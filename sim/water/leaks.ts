/**
 * Leaks: a hole whose area grows linearly from nothing to its final size. EPANET gives its discharge, q = Cd A √(2 g p), as
 * that of an emitter.
 */
import type { EpanetNetwork } from '../../models/physics/epanet/index.ts';
import { grownArea_m2, type LeakModel, widerThanBore } from '../plant/index.ts';
import type { WaterModel } from './model.ts';
import type { WaterState } from './state.ts';

/** Sets the holes as they are at `timeUs`; the next solve takes them over. */
export function growLeaks(model: WaterModel, state: WaterState, network: EpanetNetwork, timeUs: number): void {
  for (let l = 0; l < model.leaks.length; l += 1)
    network.setLeakArea(l, grownArea_m2(state, l, timeUs), model.leaks[l]!.dischargeCoefficient);
}

/** Why a water main cannot have such a leak, if so. */
export function waterRefusal(
  leak: LeakModel & { readonly backHead_m: number },
  area_m2: number,
  bore_m2: number,
): string | undefined {
  if (leak.backHead_m > 0) return `leak "${leak.id}": the ground around a water pipe has no back-pressure here`;
  return widerThanBore(leak, area_m2, bore_m2);
}

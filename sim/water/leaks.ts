/**
 * Leaks: a hole whose area grows linearly from nothing to its final size. EPANET gives its discharge, q = Cd A √(2 g p), as
 * that of an emitter. The truth of each scan is written here and nowhere else.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import type { EpanetNetwork } from '../../models/physics/epanet/index.ts';
import type { WaterModel } from './model.ts';
import type { WaterState } from './state.ts';

/** Sets the holes as they are at `timeUs`; the next solve takes them over. */
export function growLeaks(model: WaterModel, state: WaterState, network: EpanetNetwork, timeUs: number): void {
  for (let l = 0; l < model.leaks.length; l += 1) {
    const openedUs = state.leakOpenUs[l]!;
    let area_m2 = 0;
    if (openedUs >= 0) {
      const growthUs = state.leakGrowthUs[l]!;
      area_m2 = state.leakArea_m2[l]! * (growthUs > 0 ? Math.min(1, (timeUs - openedUs) / growthUs) : 1);
    }
    network.setLeakArea(l, area_m2, model.leaks[l]!.dischargeCoefficient);
  }
}

/** One `leak.rate` per open leak, once a scan. */
export function reportLeaks(
  model: WaterModel,
  state: WaterState,
  network: EpanetNetwork,
  timeUs: number,
  truth: TruthEvent[],
): void {
  for (let l = 0; l < model.leaks.length; l += 1) {
    if (state.leakOpenUs[l]! < 0) continue;
    truth.push({
      kind: 'leak.rate',
      timeUs,
      ref: model.leaks[l]!.id,
      massRate_kg_s: network.state.leakFlow_m3_s[l]! * model.density_kg_m3,
      volume_m3: state.leakVolume_m3[l]!,
    });
  }
}

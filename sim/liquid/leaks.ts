/**
 * Leaks: an orifice whose area grows linearly from nothing to its final size; the network gives its discharge by
 * Q = Cd A √(2 g h). The truth of each scan is written here and nowhere else.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import type { LiquidModel } from './model.ts';
import type { LiquidState } from './state.ts';

/** Sets the areas for the step that ends at `timeUs`. */
export function growLeaks(model: LiquidModel, state: LiquidState, timeUs: number): void {
  for (let l = 0; l < model.leaks.length; l += 1) {
    const opened = state.leakOpenUs[l]!;
    let area_m2 = 0;
    if (opened >= 0) {
      const growth = state.leakGrowthUs[l]!;
      const share = growth > 0 ? Math.min(1, (timeUs - opened) / growth) : 1;
      area_m2 = state.leakArea_m2[l]! * share;
    }
    state.network.orificeArea_m2[model.leaks[l]!.orifice] = area_m2;
  }
}

export function drainLeaks(model: LiquidModel, state: LiquidState): void {
  const dt_s = model.tickUs * 1e-6;
  for (let l = 0; l < model.leaks.length; l += 1) {
    if (state.leakOpenUs[l]! < 0) continue;
    state.leakVolume_m3[l]! += state.network.orificeFlow_m3_s[model.leaks[l]!.orifice]! * dt_s;
  }
}

/** One `leak.rate` per open leak, once a scan. */
export function reportLeaks(model: LiquidModel, state: LiquidState, timeUs: number, truth: TruthEvent[]): void {
  for (let l = 0; l < model.leaks.length; l += 1) {
    if (state.leakOpenUs[l]! < 0) continue;
    const leak = model.leaks[l]!;
    truth.push({
      kind: 'leak.rate',
      timeUs,
      ref: leak.id,
      massRate_kg_s: state.network.orificeFlow_m3_s[leak.orifice]! * model.density_kg_m3,
      volume_m3: state.leakVolume_m3[l]!,
    });
  }
}

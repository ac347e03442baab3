/**
 * Leaks: an orifice whose area grows linearly from nothing to its final size; the network gives its discharge by
 * Q = Cd A √(2 g h).
 */
import { grownArea_m2 } from '../plant/index.ts';
import type { LiquidModel } from './model.ts';
import type { LiquidState } from './state.ts';

/** Sets the areas for the step that ends at `timeUs`. */
export function growLeaks(model: LiquidModel, state: LiquidState, timeUs: number): void {
  for (let l = 0; l < model.leaks.length; l += 1)
    state.network.orificeArea_m2[model.leaks[l]!.orifice] = grownArea_m2(state, l, timeUs);
}

export function drainLeaks(model: LiquidModel, state: LiquidState): void {
  const dt_s = model.tickUs * 1e-6;
  for (let l = 0; l < model.leaks.length; l += 1) {
    if (state.leakOpenUs[l]! < 0) continue;
    state.leakVolume_m3[l]! += state.network.orificeFlow_m3_s[model.leaks[l]!.orifice]! * dt_s;
  }
}

/**
 * Leaks: a hole whose area grows linearly from nothing to its final size; the physics of the tank gives its discharge by
 * Torricelli, Q = Cd A √(2 g h) (E. Torricelli 1643).
 */
import { density_kg_m3 } from '../../models/physics/tank/index.ts';
import { grownArea_m2 } from '../plant/index.ts';
import type { TanksModel } from './model.ts';
import type { TanksState } from './state.ts';

/** Sets the areas for the step that ends at `timeUs`: the mean over the step, which is exact for a linear growth. */
export function growLeaks(model: TanksModel, state: TanksState, timeUs: number): void {
  const middleUs = timeUs - model.tickUs / 2;
  for (let l = 0; l < model.leaks.length; l += 1) state.farm.holeArea_m2[l] = grownArea_m2(state, l, middleUs);
}

export function drainLeaks(model: TanksModel, state: TanksState): void {
  const dt_s = model.tickUs * 1e-6;
  for (let l = 0; l < model.leaks.length; l += 1) {
    if (state.leakOpenUs[l]! < 0) continue;
    state.leakVolume_m3[l]! +=
      (state.farm.holeFlow_kg_s[l]! * dt_s) / tankDensity_kg_m3(model, state, model.leaks[l]!.tank);
  }
}

/** Density of a tank's liquid at its temperature. */
export function tankDensity_kg_m3(model: TanksModel, state: TanksState, tank: number): number {
  return density_kg_m3(model.farm, model.farm.tankSubstance[tank]!, state.farm.tankTemperature_K[tank]!);
}

/** Head over a hole [m]: down to its own height, or to what stands in the bund if that is higher. */
export function leakHead_m(model: TanksModel, state: TanksState, leak: number): number {
  const { tank, position_m } = model.leaks[leak]!;
  const pool = model.farm.tankPool[tank]!;
  const outside_m = pool < 0 ? 0 : state.farm.poolDepth_m[pool]! - model.farm.tankBase_m[tank]!;
  return state.farm.tankLevel_m[tank]! - Math.max(position_m, outside_m);
}

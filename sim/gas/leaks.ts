/**
 * What leaks have lost, what models/physics/gas let out of each hole. A volume is of standard cubic metres.
 */
import { gasOrificeFlow_kg_s } from '../../models/physics/gas/index.ts';
import { grownArea_m2 } from '../plant/index.ts';
import type { GasPlantModel } from './model.ts';
import type { GasPlantState } from './state.ts';

/** Standard cubic metres lost since the leak opened. */
export function lostVolume_m3(model: GasPlantModel, state: GasPlantState, leak: number): number {
  return (state.network.leaked_kg[leak]! - state.leakedBefore_kg[leak]!) / model.standardDensity_kg_m3;
}

/** Opens and shuts the leaks that pulse for the step that ends at `timeUs`; of others the network grows the area itself. */
export function pulseLeaks(model: GasPlantModel, state: GasPlantState, timeUs: number): void {
  for (let l = 0; l < model.leaks.length; l += 1) {
    if (state.leakOpenUs[l]! < 0 || state.leakPulseUs[2 * l] === 0) continue;
    state.network.leakGrowth_m2_s[l] = Number.POSITIVE_INFINITY;
    state.network.leakAreaSet_m2[l] = grownArea_m2(state, l, timeUs);
  }
}

/** Area that lets a mass rate out at the pressure that stands over the place now [m²]. */
export function leakAreaFor_m2(
  model: GasPlantModel,
  state: GasPlantState,
  leak: number,
  massRate_kg_s: number,
): number | string {
  const { network } = model;
  const point = network.leakPoint[leak]!;
  const pressure = state.network.pointPressure_Pa[point]!;
  const back = network.leakBackPressure_Pa[leak]!;
  const perArea = gasOrificeFlow_kg_s(
    network.leakDischarge[leak]!,
    1,
    pressure,
    state.network.pointDensity_kg_m3[point]!,
    network.gas.heatCapacityRatio,
    back,
  );
  if (!(perArea > 0)) return `the pressure at its place is ${(pressure / 1e5).toFixed(2)} bar absolute`;
  const area_m2 = massRate_kg_s / perArea;
  const limit = network.leakAreaLimit_m2[leak]!;
  return area_m2 <= limit
    ? area_m2
    : `it would need a hole of ${area_m2.toPrecision(3)} m2 in a pipe of ${limit.toPrecision(3)} m2`;
}

/**
 * What leaves the network at a node: withdrawals, which give way when the pressure is gone, and leaks (release.ts).
 *
 *   delivered = wanted · clamp((p − p_b)/(p_s − p_b), 0, 1)      p_s starvation pressure, p_b = 101325 Pa
 *   leak      = orifice flow at p and ρ(p), slope ∂m/∂p by difference
 */
import type { GasModel, GasState } from './model.ts';
import { gasOrificeFlow_kg_s } from './release.ts';

const BACK_PRESSURE_Pa = 101325;
const SHIFT = 1e-6;

/** What a node's pressure lets a withdrawal be [kg/s]: all above the starvation pressure, nothing at 101325 Pa. */
export function deliverable_kg_s(model: GasModel, wanted_kg_s: number, pressure_Pa: number): number {
  const low = model.starvationPressure_Pa;
  if (wanted_kg_s <= 0 || pressure_Pa >= low) return wanted_kg_s;
  return wanted_kg_s * Math.max(0, (pressure_Pa - BACK_PRESSURE_Pa) / (low - BACK_PRESSURE_Pa));
}

/** Its slope [kg/(s Pa)]. */
export function deliverableSlope(model: GasModel, wanted_kg_s: number, pressure_Pa: number): number {
  const low = model.starvationPressure_Pa;
  const steady = wanted_kg_s <= 0 || pressure_Pa >= low || pressure_Pa <= BACK_PRESSURE_Pa;
  return steady ? 0 : wanted_kg_s / (low - BACK_PRESSURE_Pa);
}

/** Mass flow [kg/s] of leak k at a pressure and density in the pipe. */
export function leakAt_kg_s(model: GasModel, state: GasState, k: number, pressure_Pa: number, density: number): number {
  const area = state.leakArea_m2[k];
  if (!(area > 0)) return 0;
  const back = model.leakBackPressure_Pa[k];
  return gasOrificeFlow_kg_s(model.leakDischarge[k], area, pressure_Pa, density, model.gas.heatCapacityRatio, back);
}

/** ∂m/∂p of leak k [kg/(s Pa)], isothermal: c2 = ∂p/∂ρ; `flow` its flow now. */
export function leakSlope(
  model: GasModel,
  state: GasState,
  k: number,
  pressure_Pa: number,
  density: number,
  c2: number,
  flow: number,
): number {
  const shift = SHIFT * pressure_Pa;
  return Math.max(0, (leakAt_kg_s(model, state, k, pressure_Pa + shift, density + shift / c2) - flow) / shift);
}

/**
 * Heat paths of an upright cylinder from its areas and coefficients.
 *
 *   G = U A:  roof π D²/4, wall π D H (when full), bottom π D²/4;  sun: absorptance × (roof + half the wall's side view D H)
 *
 * Typical U of bare steel: 5 to 12 W/(m² K) at the wetted wall, 2 to 5 at the roof (vapour space between), 0.3 to 1 to the
 * ground; absorptance 0.17 new white paint, 0.54 grey (AP-42 table 7.1-6).
 * Source: any heat-transfer text; Yellow Book and AP-42 figures as quoted.
 */
import type { HeatSpec } from './spec.ts';

export interface CylinderHeat {
  readonly diameter_m: number;
  readonly height_m: number;
  /** U of each path [W/(m² K)]. */
  readonly roof_W_m2K: number;
  readonly wall_W_m2K: number;
  readonly ground_W_m2K: number;
  /** Share of sunlight that the paint takes in. */
  readonly absorptance: number;
}

/** Conductances [W/K] and solar aperture [m²] of an upright cylinder. */
export function cylinderHeat(c: CylinderHeat): Required<HeatSpec> {
  const circle = (Math.PI / 4) * c.diameter_m ** 2;
  return {
    roofConductance_W_K: c.roof_W_m2K * circle,
    wallConductance_W_K: c.wall_W_m2K * Math.PI * c.diameter_m * c.height_m,
    groundConductance_W_K: c.ground_W_m2K * circle,
    solarAperture_m2: c.absorptance * (circle + (c.diameter_m * c.height_m) / 2),
  };
}

/**
 * Pools as sources of vapour in the air: evaporating ones from models/physics/tank, boiling ones by the ground's heat.
 *
 *   emission     σ_h = √(A/π)/2 (variance of a disc), σ_z: none, from the surface of the pool
 *   boiling      m'' = k (T_g − T_b)/(L √(π a t))                     semi-infinite ground, perfect contact
 *
 * Source: TNO Yellow Book CPR 14E (2005) §3.5.3.
 */
import type { AirModel } from '../air/air.ts';
import type { TankFarmModel, TankFarmState } from '../tank/index.ts';
import type { Vapour } from './substances.ts';

/** Standard deviation of an even disc of an area [m]. */
export function discSigma_m(area_m2: number): number {
  return Math.sqrt(area_m2 / Math.PI) / 2;
}

/**
 * Gives what a pool has evaporated in its last step to the air, substance by substance; `species` maps the tank's substances to
 * the air's species (−1: not followed). Returns the mass [kg].
 */
export function emitPool(
  air: AirModel,
  model: TankFarmModel,
  state: TankFarmState,
  pool: number,
  species: Int32Array,
  x_m: number,
  y_m: number,
  z_m: number,
  dt_s: number,
): number {
  const sigma = discSigma_m(state.poolArea_m2[pool]);
  let sum = 0;
  for (let s = 0; s < model.nSubstance; s++) {
    const mass = state.poolVapour_kg_s[pool * model.nSubstance + s] * dt_s;
    if (!(mass > 0) || species[s] < 0) continue;
    air.emit(species[s], x_m, y_m, z_m, mass, sigma, 0);
    sum += mass;
  }
  return sum;
}

/** Boiling of a cold liquid on ground [kg/(m² s)], `wet_s` after it was wetted. */
export function boilingOnGround_kg_m2s(
  vapour: Vapour,
  groundTemperature_K: number,
  conductivity_W_mK: number,
  diffusivity_m2_s: number,
  wet_s: number,
): number {
  const drop = groundTemperature_K - vapour.boilingPoint_K;
  if (!(drop > 0)) return 0;
  return (conductivity_W_mK * drop) / (vapour.latentHeat_J_kg * Math.sqrt(Math.PI * diffusivity_m2_s * wet_s));
}

/**
 * An instantaneous cloud of dense gas: a box that slumps, drifts and takes in air, until it is passive.
 *
 *   dR/dt = 1.15 √(g (ρ/ρ_a − 1) H)                                    front
 *   dA/dt = ρ_a (π R² w_e + 0.59 · 2 π R H dR/dt)                        air through the top and the front
 *   dQ/dt = π R² q_ground                                               w_e, q_ground in denseAir.ts
 *   V = (M + A)/ρ,  H = V/(π R²)                                         M substance; ρ in mixture.ts
 *   dx/dt = wind at H/2, coming up as air brings its momentum: u A/(M + A)
 *
 * Passive where Ri* = g (ρ/ρ_a − 1) H/u*² ≤ 1 (the criterion of densePlume.ts): then one puff takes it over.
 * Source: A. P. van Ulden, Loss Prevention (1974) 221; R. A. Cox, R. J. Carpenter, Heavy Gas and Risk Assessment (1980) 55;
 * front and edge constants 1.15 and 0.59 of DEGADIS (Havens and Spicer 1985).
 */
import { bindArena } from '../../kernel/index.ts';
import type { AirModel } from '../air/air.ts';
import { type DenseAir, entrainment_m_s, GRAVITY, groundHeat_W_m2 } from './denseAir.ts';
import { FRONT, PASSIVE_RICHARDSON } from './densePlume.ts';
import { AIR_MOLAR_MASS, type Mixture, type MixtureSpec, mix } from './mixture.ts';

const EDGE = 0.59;
/** A step may change radius or mass by this much. */
const SMALL = 0.05;

/** What changes; one cloud. */
export interface DenseCloudState {
  readonly buffer: ArrayBuffer;
  /** mass [kg], air [kg], heat [J], radius [m], height [m], x, y [m], age [s], Ri*, density, temperature, mole fraction. */
  readonly cloud: Float64Array;
}

/** Indices into `cloud`. */
export const CLOUD = {
  mass_kg: 0,
  air_kg: 1,
  heat_J: 2,
  radius_m: 3,
  height_m: 4,
  x_m: 5,
  y_m: 6,
  age_s: 7,
  richardson: 8,
  density_kg_m3: 9,
  temperature_K: 10,
  moleFraction: 11,
} as const;
const SIZE = 12;

/** An empty state. */
export function createDenseCloud(): DenseCloudState {
  const { buffer, views } = bindArena((a) => ({ cloud: a.f64(SIZE) }));
  return { buffer, ...views };
}

const mixture: Mixture = { temperature_K: 0, density_kg_m3: 0, moleFraction: 0, liquidFraction: 0 };
const outside: Mixture = { temperature_K: 0, density_kg_m3: 0, moleFraction: 0, liquidFraction: 0 };

/** Starts a cloud: mass [kg] with `air` already in it [kg], as a cylinder as wide as it is high unless a radius is given [m]. */
export function startDenseCloud(
  state: DenseCloudState,
  spec: MixtureSpec,
  air: DenseAir,
  mass_kg: number,
  air_kg: number,
  x_m: number,
  y_m: number,
  radius_m?: number,
): void {
  const c = state.cloud;
  c.fill(0);
  c[CLOUD.mass_kg] = mass_kg;
  c[CLOUD.air_kg] = air_kg;
  c[CLOUD.x_m] = x_m;
  c[CLOUD.y_m] = y_m;
  mix(spec, mass_kg, air_kg, 0, mixture);
  const volume = (mass_kg + air_kg) / mixture.density_kg_m3;
  c[CLOUD.radius_m] = radius_m ?? Math.cbrt(volume / Math.PI);
  settle(c, spec, air);
}

/** Moves a cloud by dt [s] with the wind's direction (unit vector east, north); substeps keep growth small. */
export function stepDenseCloud(
  state: DenseCloudState,
  spec: MixtureSpec,
  air: DenseAir,
  east: number,
  north: number,
  dt_s: number,
): void {
  const c = state.cloud;
  let left = dt_s;
  while (left > 0 && c[CLOUD.mass_kg] > 0) {
    const R = c[CLOUD.radius_m];
    const H = c[CLOUD.height_m];
    const T = c[CLOUD.temperature_K];
    const total = c[CLOUD.mass_kg] + c[CLOUD.air_kg];
    mix(spec, 0, 1, 0, outside);
    const excess = c[CLOUD.density_kg_m3] / outside.density_kg_m3 - 1;
    const front = excess > 0 ? FRONT * Math.sqrt(GRAVITY * excess * H) : 0;
    const area = Math.PI * R * R;
    const wind = air.wind_m_s * (Math.max(0.1, H / 2) / air.windHeight_m) ** air.exponent;
    const speed = (wind * c[CLOUD.air_kg]) / total;
    const share = c[CLOUD.mass_kg] / total;
    const capacity = c[CLOUD.density_kg_m3] * (share * spec.vapour.gasHeatCapacity_J_kgK + (1 - share) * 1006);
    const heat = groundHeat_W_m2(air, T, capacity, Math.max(speed, front), c[CLOUD.age_s] / 2);
    const top = entrainment_m_s(air, excess, H, heat, capacity, T);
    const gain = outside.density_kg_m3 * (area * top + EDGE * 2 * Math.PI * R * H * front);
    const dt = Math.min(left, (SMALL * R) / Math.max(1e-9, front), (SMALL * total) / Math.max(1e-9, gain));
    c[CLOUD.air_kg] += gain * dt;
    c[CLOUD.heat_J] += heat * area * dt;
    c[CLOUD.radius_m] += front * dt;
    c[CLOUD.x_m] += east * speed * dt;
    c[CLOUD.y_m] += north * speed * dt;
    c[CLOUD.age_s] += dt;
    settle(c, spec, air);
    left -= dt;
  }
}

/** Whether puffs may have it. */
export function isPassive(state: DenseCloudState): boolean {
  return state.cloud[CLOUD.richardson] <= PASSIVE_RICHARDSON;
}

/** Writes density, temperature, height, Ri* and mole fraction. */
function settle(c: Float64Array, spec: MixtureSpec, air: DenseAir): void {
  mix(spec, c[CLOUD.mass_kg], c[CLOUD.air_kg], c[CLOUD.heat_J], mixture);
  mix(spec, 0, 1, 0, outside);
  c[CLOUD.density_kg_m3] = mixture.density_kg_m3;
  c[CLOUD.temperature_K] = mixture.temperature_K;
  const volume = (c[CLOUD.mass_kg] + c[CLOUD.air_kg]) / mixture.density_kg_m3;
  c[CLOUD.height_m] = volume / (Math.PI * c[CLOUD.radius_m] ** 2);
  const excess = mixture.density_kg_m3 / outside.density_kg_m3 - 1;
  c[CLOUD.richardson] = (GRAVITY * excess * c[CLOUD.height_m]) / air.frictionVelocity_m_s ** 2;
  const gas = c[CLOUD.mass_kg] / spec.vapour.molarMass_kg_mol;
  c[CLOUD.moleFraction] = gas / (gas + c[CLOUD.air_kg] / AIR_MOLAR_MASS);
}

/** Concentration [kg/m³] at a place: even inside the box, 0 outside. */
export function cloudConcentration_kg_m3(state: DenseCloudState, x_m: number, y_m: number, z_m: number): number {
  const c = state.cloud;
  const R = c[CLOUD.radius_m];
  if (z_m > c[CLOUD.height_m] || (x_m - c[CLOUD.x_m]) ** 2 + (y_m - c[CLOUD.y_m]) ** 2 > R * R) return 0;
  return c[CLOUD.mass_kg] / (Math.PI * R * R * c[CLOUD.height_m]);
}

/** The puff that has a cloud's mass, middle and second moments: σ_h = R/2, σ_z = H/√3 about the ground. */
export function cloudPuff(state: DenseCloudState): { sigmaHorizontal_m: number; sigmaVertical_m: number } {
  return {
    sigmaHorizontal_m: state.cloud[CLOUD.radius_m] / 2,
    sigmaVertical_m: state.cloud[CLOUD.height_m] / Math.sqrt(3),
  };
}

/** Gives a cloud to the air as one puff, and empties it. Call it when `isPassive`. */
export function emitCloud(air: AirModel, species: number, state: DenseCloudState): void {
  const c = state.cloud;
  const { sigmaHorizontal_m, sigmaVertical_m } = cloudPuff(state);
  air.emit(species, c[CLOUD.x_m], c[CLOUD.y_m], 0, c[CLOUD.mass_kg], sigmaHorizontal_m, sigmaVertical_m);
  c.fill(0);
}

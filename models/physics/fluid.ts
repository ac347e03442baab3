/**
 * Fluid in an elastic pipe.
 *
 *   a = √(K/ρ / (1 + (K/E)(D/e) c1))      wave speed [m/s]
 *   Re = |V| D / ν                        Reynolds number
 *
 * K bulk modulus of the liquid [Pa], ρ density [kg/m³], E Young's modulus of the wall [Pa], D inner diameter [m], e wall
 * thickness [m], ν Poisson's ratio in c1 and kinematic viscosity [m²/s] in Re.
 *   thin wall:  anchored upstream only c1 = 1 − ν/2; anchored throughout c1 = 1 − ν²; expansion joints c1 = 1
 *   thick wall: c1 = 2e/D (1 + ν) + D/(D + e) · (thin-wall c1)
 * Source: Wylie & Streeter, Fluid Transients in Systems (1993), eqs. 1-27 to 1-33 (thin and thick walls).
 */

export type PipeRestraint = 'anchored-upstream' | 'anchored-throughout' | 'expansion-joints';

export interface WaveSpeedInput {
  readonly bulkModulus_Pa: number;
  readonly density_kg_m3: number;
  readonly youngsModulus_Pa: number;
  readonly diameter_m: number;
  readonly wallThickness_m: number;
  /** Poisson's ratio of the wall, default 0.3 (steel 0.27–0.30, PVC 0.45). */
  readonly poisson?: number;
  /** Default `anchored-throughout` (buried lines). */
  readonly restraint?: PipeRestraint;
  /** Default: thick when D/e < 25. */
  readonly wall?: 'thin' | 'thick';
}

/** Wave speed a [m/s] of a liquid-filled elastic pipe. */
export function waveSpeed_m_s(p: WaveSpeedInput): number {
  const slenderness = p.diameter_m / p.wallThickness_m;
  const c1 = restraintFactor(p);
  const K = p.bulkModulus_Pa;
  return Math.sqrt(K / p.density_kg_m3 / (1 + (K / p.youngsModulus_Pa) * slenderness * c1));
}

/** c1: how the pipe's supports stiffen it. */
export function restraintFactor(p: WaveSpeedInput): number {
  const nu = p.poisson ?? 0.3;
  const restraint = p.restraint ?? 'anchored-throughout';
  const thin = restraint === 'anchored-upstream' ? 1 - nu / 2 : restraint === 'anchored-throughout' ? 1 - nu * nu : 1;
  const slenderness = p.diameter_m / p.wallThickness_m;
  const wall = p.wall ?? (slenderness < 25 ? 'thick' : 'thin');
  if (wall === 'thin') return thin;
  return (2 / slenderness) * (1 + nu) + (p.diameter_m / (p.diameter_m + p.wallThickness_m)) * thin;
}

/** Reynolds number of a full round pipe. Velocity [m/s], diameter [m], kinematic viscosity [m²/s]. */
export function reynolds(velocity_m_s: number, diameter_m: number, kinematicViscosity_m2_s: number): number {
  return (Math.abs(velocity_m_s) * diameter_m) / kinematicViscosity_m2_s;
}

/** Joukowsky's head rise ΔH = a ΔV/g [m] of an instantaneous change of velocity. */
export function joukowsky_m(waveSpeed_m_s: number, velocityChange_m_s: number, gravity_m_s2: number): number {
  return (waveSpeed_m_s * velocityChange_m_s) / gravity_m_s2;
}

/**
 * Mist of a flashing jet: how fine, how it falls, and how much rains out.
 *
 *   Kletz     rain-out 1 − x (1 + k), k = 1: as much mist stays airborne as flashes        (none from x = ½ on)
 *   drop      d = We σ/(ρ_a u²), We = 12                                                  largest stable drop
 *   fall      v = √(4 g d (ρ_l − ρ_a)/(3 ρ_a C_D)),  C_D = 24/Re (1 + 0.15 Re^0.687), 0.44 from Re 1000
 *
 * x flash fraction, u velocity of the jet after flashing.
 * Source: T. A. Kletz, Unconfined vapour cloud explosions (AIChE Loss Prevention 11, 1977) 50; TNO Yellow Book CPR 14E (2005)
 * chapter 2 (drop size, We 10 … 20); L. Schiller, A. Naumann (1933).
 */
const GRAVITY = 9.80665;
const AIR_VISCOSITY_PA_S = 1.81e-5;
const WEBER = 12;

/** Share of a release that rains out, by Kletz; `carried` is how much mist stays airborne per mass of flash. */
export function rainOut(flashFraction: number, carried = 1): number {
  return Math.max(0, 1 - flashFraction * (1 + carried));
}

/** Largest drop that a jet leaves whole [m]. */
export function stableDrop_m(surfaceTension_N_m: number, velocity_m_s: number, airDensity_kg_m3 = 1.2): number {
  return (WEBER * surfaceTension_N_m) / (airDensity_kg_m3 * velocity_m_s ** 2);
}

/** Speed of fall of a drop in still air [m/s]: fixed point over drag, 60 rounds. */
export function dropFall_m_s(diameter_m: number, density_kg_m3: number, airDensity_kg_m3 = 1.2): number {
  const stokes = (GRAVITY * diameter_m ** 2 * (density_kg_m3 - airDensity_kg_m3)) / (18 * AIR_VISCOSITY_PA_S);
  let v = stokes;
  for (let k = 0; k < 60; k++) {
    const re = (airDensity_kg_m3 * v * diameter_m) / AIR_VISCOSITY_PA_S;
    const correction = re < 1000 ? 1 + 0.15 * re ** 0.687 : (0.44 / 24) * re;
    v = (v + stokes / correction) / 2;
  }
  return v;
}

/**
 * Gas jets: how an under-expanded jet comes down to ambient pressure, and how it thins along its axis.
 *
 *   Birch 1984     sonic at T_0 and p_a after the expansion
 *   Birch 1987     u_ps = u_t + (p_t − p_a) A/m,  ρ_ps at T_0 and p_a
 *   Ewan & Moodie  sonic at the temperature of the throat and p_a
 *   all            D_ps = √(4 m/(π ρ_ps u_ps))
 *   simple jet     c = min(1, k2 √(ρ_j/ρ_a) (D/s) exp(−(k3 r/s)²))                      Long (1963), k2 = 6, k3 = 5
 *   axis           c = K (D_ps/s) √(ρ_ps/ρ_a),  K = 5.4 (volume fraction)          Birch (1984, 1987), Chen & Rodi (1980)
 *
 * t throat (u_t = m/(ρ_t A)), a ambient, s along the axis from the opening, r from it, D and A opening, ρ_j density in the
 * throat, m mass flow. Birch 1987 keeps momentum, which the others do not.
 * Source: A. D. Birch et al., Combust. Sci. Technol. 36 (1984) 249 and 52 (1987) 161; B. C. R. Ewan, K. Moodie, Combust.
 * Sci. Technol. 45 (1986) 275; V. D. Long, Chem. Process Hazard 2 (1963) 6.
 */
import type { GasRelease } from '../gas/index.ts';

export interface JetOpening {
  readonly diameter_m: number;
  /** Of the gas before the opening. */
  readonly temperature_K: number;
  readonly heatCapacityRatio: number;
  readonly molarMass_kg_mol: number;
  readonly ambientPressure_Pa: number;
  /** State in the throat, as `gasRelease` gives it. */
  readonly throat: GasRelease;
}

/** Where a jet has come down to ambient pressure. */
export interface PseudoSource {
  readonly diameter_m: number;
  readonly velocity_m_s: number;
  readonly density_kg_m3: number;
  readonly temperature_K: number;
}

export type Expansion = 'birch-1984' | 'birch-1987' | 'ewan-moodie';
const R = 8.314462618;

/** The jet after its expansion to ambient; the throat itself where it is not choked. Mass is kept exactly. */
export function expandedJet(jet: JetOpening, expansion: Expansion = 'birch-1987'): PseudoSource {
  const { throat, ambientPressure_Pa: pa } = jet;
  const area = (Math.PI / 4) * jet.diameter_m ** 2;
  if (!throat.choked || throat.exitPressure_Pa <= pa) {
    const { exitVelocity_m_s, exitDensity_kg_m3, exitTemperature_K } = throat;
    return {
      diameter_m: jet.diameter_m,
      velocity_m_s: exitVelocity_m_s,
      density_kg_m3: exitDensity_kg_m3,
      temperature_K: exitTemperature_K,
    };
  }
  const temperature_K = expansion === 'ewan-moodie' ? throat.exitTemperature_K : jet.temperature_K;
  const density_kg_m3 = (pa * jet.molarMass_kg_mol) / (R * temperature_K);
  const sonic = Math.sqrt((jet.heatCapacityRatio * R * temperature_K) / jet.molarMass_kg_mol);
  // Thrust over mass flow: the velocity of the throat and the pressure that is left there.
  const velocity_m_s =
    expansion === 'birch-1987'
      ? throat.exitVelocity_m_s + ((throat.exitPressure_Pa - pa) * area) / throat.massFlow_kg_s
      : sonic;
  const diameter_m = Math.sqrt((4 * throat.massFlow_kg_s) / (Math.PI * density_kg_m3 * velocity_m_s));
  return { diameter_m, velocity_m_s, density_kg_m3, temperature_K };
}

/** Volume fraction in Long's jet, s along the axis and r from it [m]; densities of the throat and the air. */
export function simpleJet(
  diameter_m: number,
  density_kg_m3: number,
  airDensity_kg_m3: number,
  s_m: number,
  r_m: number,
  k2 = 6,
  k3 = 5,
): number {
  if (!(s_m > 0)) return 0;
  const axis = k2 * Math.sqrt(density_kg_m3 / airDensity_kg_m3) * (diameter_m / s_m);
  return Math.min(1, axis * Math.exp(-(((k3 * r_m) / s_m) ** 2)));
}

const AXIS_DECAY = 5.4;

/** Volume fraction on the axis of an expanded jet at a distance [m] from its pseudo-source. */
export function jetAxis(source: PseudoSource, airDensity_kg_m3: number, s_m: number): number {
  const reach = AXIS_DECAY * source.diameter_m * Math.sqrt(source.density_kg_m3 / airDensity_kg_m3);
  return s_m > reach ? reach / s_m : 1;
}

/** How far along the axis [m] a volume fraction reaches, e.g. the lower explosive limit. */
export function jetReach_m(source: PseudoSource, airDensity_kg_m3: number, fraction: number): number {
  return (AXIS_DECAY * source.diameter_m * Math.sqrt(source.density_kg_m3 / airDensity_kg_m3)) / fraction;
}

/** Where a jet has slowed to the wind and is blown away as a plume: on its axis, and as wide as it then is. */
export interface JetEnd {
  readonly distance_m: number;
  /** Standard deviation of its cross-section [m], for an emission of puffs or particles. */
  readonly sigma_m: number;
}

/**
 * Hand-over from jet to plume: where the axis velocity, 6.2 u_ps D_ps √(ρ_ps/ρ_a)/s, has fallen to the wind (at least
 * `slowest_m_s`). The half-value radius of a round jet is 0.086 s for velocity and 0.11 s for concentration (Chen & Rodi).
 */
export function jetEnd(source: PseudoSource, airDensity_kg_m3: number, wind_m_s: number, slowest_m_s = 1): JetEnd {
  const momentum = source.velocity_m_s * source.diameter_m * Math.sqrt(source.density_kg_m3 / airDensity_kg_m3);
  const distance_m = Math.max(source.diameter_m, (6.2 * momentum) / Math.max(slowest_m_s, wind_m_s));
  return { distance_m, sigma_m: (0.11 * distance_m) / Math.sqrt(2 * Math.LN2) };
}

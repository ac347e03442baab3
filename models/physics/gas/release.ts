/**
 * Releases through a hole.
 *
 *   gas, p_b/p ≤ (2/(γ+1))^(γ/(γ−1)) (choked):   m = Cd A √( γ p ρ (2/(γ+1))^((γ+1)/(γ−1)) )
 *   gas, else (sub-critical):                    m = Cd A √( 2 p ρ γ/(γ−1) [ (p_b/p)^(2/γ) − (p_b/p)^((γ+1)/γ) ] )
 *   liquid:                                      m = Cd A √( 2 ρ (p − p_b) )
 *
 * m mass flow [kg/s], A area [m²], p pressure before the hole and p_b behind it [Pa, absolute], ρ = p/(Z R T) density before
 * it [kg/m³] (so Z enters there), γ = cp/cv, Cd discharge coefficient.
 * State in the throat, isentropic: p_t = max(p_b, p_c), T_t = T (p_t/p)^((γ−1)/γ), ρ_t = ρ (p_t/p)^(1/γ), u = m/(ρ_t A).
 * Source: CCPS, Guidelines for Consequence Analysis of Chemical Releases (1999), §2.1, eqs. 2.1-1 and 2.1-9 to 2.1-17.
 */

export interface GasRelease {
  readonly massFlow_kg_s: number;
  readonly choked: boolean;
  /** State in the throat. */
  readonly exitPressure_Pa: number;
  readonly exitTemperature_K: number;
  readonly exitDensity_kg_m3: number;
  /** m/(ρ_t A): the speed of sound there times Cd when choked. */
  readonly exitVelocity_m_s: number;
}

export interface GasReleaseInput {
  readonly pressure_Pa: number;
  readonly density_kg_m3: number;
  readonly temperature_K: number;
  readonly heatCapacityRatio: number;
  readonly area_m2: number;
  readonly dischargeCoefficient: number;
  /** Default 101325 Pa. */
  readonly backPressure_Pa?: number;
}

/** p_c/p at and below which the flow is choked: (2/(γ+1))^(γ/(γ−1)). */
export function criticalPressureRatio(heatCapacityRatio: number): number {
  const g = heatCapacityRatio;
  return (2 / (g + 1)) ** (g / (g - 1));
}

/** √(γ (2/(γ+1))^((γ+1)/(γ−1))): mass flow of a choked hole over Cd A √(p ρ). */
export function chokedFactor(heatCapacityRatio: number): number {
  const g = heatCapacityRatio;
  return Math.sqrt(g * (2 / (g + 1)) ** ((g + 1) / (g - 1)));
}

/** Mass flow over Cd A √(p ρ) at a pressure ratio p_b/p; 0 from 1 on (nothing flows back in). */
export function orificeFactor(heatCapacityRatio: number, ratio: number): number {
  const g = heatCapacityRatio;
  if (ratio >= 1) return 0;
  if (ratio <= criticalPressureRatio(g)) return chokedFactor(g);
  return Math.sqrt(((2 * g) / (g - 1)) * (ratio ** (2 / g) - ratio ** ((g + 1) / g)));
}

/** Mass flow [kg/s] of gas out of a hole; 0 without overpressure. */
export function gasOrificeFlow_kg_s(
  coefficient: number,
  area_m2: number,
  pressure_Pa: number,
  density_kg_m3: number,
  heatCapacityRatio: number,
  backPressure_Pa: number,
): number {
  if (!(pressure_Pa > backPressure_Pa)) return 0;
  const factor = orificeFactor(heatCapacityRatio, backPressure_Pa / pressure_Pa);
  return coefficient * area_m2 * Math.sqrt(pressure_Pa * density_kg_m3) * factor;
}

/** Mass flow of gas out of a hole and its state in the throat. */
export function gasRelease(input: GasReleaseInput): GasRelease {
  const { pressure_Pa: p, density_kg_m3: rho, heatCapacityRatio: g, area_m2: A } = input;
  const back = input.backPressure_Pa ?? 101325;
  const massFlow_kg_s = gasOrificeFlow_kg_s(input.dischargeCoefficient, A, p, rho, g, back);
  const critical = criticalPressureRatio(g) * p;
  const exitPressure_Pa = Math.min(p, Math.max(critical, back));
  const exitDensity_kg_m3 = rho * (exitPressure_Pa / p) ** (1 / g);
  return {
    massFlow_kg_s,
    choked: back <= critical,
    exitPressure_Pa,
    exitTemperature_K: input.temperature_K * (exitPressure_Pa / p) ** ((g - 1) / g),
    exitDensity_kg_m3,
    exitVelocity_m_s: A > 0 ? massFlow_kg_s / (exitDensity_kg_m3 * A) : 0,
  };
}

/** Mass flow [kg/s] of liquid out of a hole under p − p_b [Pa]; 0 without overpressure. */
export function liquidOrificeFlow_kg_s(
  coefficient: number,
  area_m2: number,
  density_kg_m3: number,
  pressure_Pa: number,
  backPressure_Pa: number,
): number {
  const drop = pressure_Pa - backPressure_Pa;
  return drop > 0 ? coefficient * area_m2 * Math.sqrt(2 * density_kg_m3 * drop) : 0;
}

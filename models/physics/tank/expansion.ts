/**
 * Thermal expansion of liquids and shells.
 *
 *   CTL = exp(−α ΔT (1 + 0.8 α ΔT)),  α = K0/ρ² + K1/ρ,  ΔT = T − 15 °C      volume at 15 °C over volume at T
 *   transition of Table 54B (770.5 to 787.5 kg/m³): α = −0.00336312 + 2680.3206/ρ²
 *   CTSh = 1 + 2 a ΔT + a² ΔT²,  ΔT = T − T_table                              shell area over its area in the table
 *   water: ρ = (Σ a_i t^i)/(1 + 16.879850e-3 t), t in °C
 *
 * ρ density at 15 °C [kg/m³], α expansion at 15 °C [1/K], a linear expansion of the shell [1/K].
 * Source: API MPMS 11.1 (1980), ASTM D1250-80, ISO 91-1: Tables 54A, 54B, 54D, without their rounding; API MPMS 12.1.1 (shell);
 * G. S. Kell, J. Chem. Eng. Data 20 (1975) 97 (water).
 */
import type { ExpansionSpec } from './spec.ts';

/** 15 °C: the temperature of standard volumes [K]. */
export const REFERENCE_K = 288.15;

/** Codes of the expansion formulas in `substanceExpansion`. */
export const EXPANSION = { constant: 0, api54: 1, water: 2 } as const;

/** α at 15 °C [1/K] of Tables 54A, 54B and 54D for a density at 15 °C [kg/m³]. */
export function alpha15_per_K(group: 'crude' | 'product' | 'lubricant', density15_kg_m3: number): number {
  const rho = density15_kg_m3;
  if (group === 'crude') return 613.9723 / (rho * rho);
  if (group === 'lubricant') return 0.6278 / rho;
  if (rho <= 770.5) return (346.4228 / rho + 0.4388) / rho;
  if (rho < 787.5) return -0.00336312 + 2680.3206 / (rho * rho);
  if (rho < 838.5) return 594.5418 / (rho * rho);
  return (186.9696 / rho + 0.4862) / rho;
}

/** Volume at 15 °C over volume at `temperature_K`, by formula code and coefficient [1/K]. */
export function volumeCorrection(kind: number, alpha_per_K: number, temperature_K: number): number {
  const dT = temperature_K - REFERENCE_K;
  if (kind === EXPANSION.api54) return Math.exp(-alpha_per_K * dT * (1 + 0.8 * alpha_per_K * dT));
  if (kind === EXPANSION.water) return waterDensity_kg_m3(temperature_K) / WATER_15;
  return 1 / (1 + alpha_per_K * dT);
}

/** Density of air-free water at 1 atm [kg/m³]; 0 to 150 °C. */
export function waterDensity_kg_m3(temperature_K: number): number {
  const t = temperature_K - 273.15;
  const top =
    999.83952 + t * (16.945176 + t * (-7.9870401e-3 + t * (-46.170461e-6 + t * (105.56302e-9 + t * -280.54253e-12))));
  return top / (1 + 16.87985e-3 * t);
}

const WATER_15 = waterDensity_kg_m3(REFERENCE_K);

/** Area of a shell over its area at the table's temperature. */
export function shellFactor(linear_per_K: number, temperature_K: number, table_K: number): number {
  const x = linear_per_K * (temperature_K - table_K);
  return 1 + 2 * x + x * x;
}

/** Formula code and coefficient [1/K] of an expansion. */
export function compileExpansion(
  spec: ExpansionSpec,
  density15_kg_m3: number,
): { readonly kind: number; readonly alpha_per_K: number } {
  if (spec.kind === 'constant') return { kind: EXPANSION.constant, alpha_per_K: spec.coefficient_per_K };
  if (spec.kind === 'water') return { kind: EXPANSION.water, alpha_per_K: 0 };
  return { kind: EXPANSION.api54, alpha_per_K: alpha15_per_K(spec.group, density15_kg_m3) };
}

/**
 * Properties of a petroleum liquid with temperature: what heat does to the liquid of a line. A detector may use them on
 * as-built data.
 *
 *   ρ(T) = ρ15 exp(−α ΔT (1 + 0.8 α ΔT)),  ΔT = T − 15 °C            density at no gauge pressure [kg/m³]
 *   ρ(T, p) = ρ(T) (1 + p/K)                                        p gauge [Pa], linear: 0.1 % off at 6 MPa
 *   K(T) = K15 F(15 °C)/F(T),  F = exp(−1.62080 + 0.00021592 t + (0.87096 + 0.0042092 t)/(ρ15/1000)²)   1/GPa, t in °C
 *   log10 log10(ν + 0.7) = A − B log10 T                            ν in mm²/s, T in K
 *
 * α expansion at 15 °C [1/K]; K bulk modulus [Pa]: the liquid's own at 15 °C, with the temperature of the standard's F;
 * ν kinematic viscosity. Mixtures by volume fractions: ρ, α-driven volumes and 1/K add, ln ν adds (Arrhenius 1887).
 * Sources: API MPMS 11.1 (1980) Table 54 for ρ(T); API MPMS 11.2.1M (1984) for F, constants as two flow computers' published
 * firmware has them; Walther 1931, ASTM D341 (its plain form, ν above 2 mm²/s) for ν(T).
 */
import { REFERENCE_K } from '../tank/expansion.ts';

export interface ProductSpec {
  readonly id: string;
  /** Density at 15 °C [kg/m³]. */
  readonly density15_kg_m3: number;
  /** Thermal expansion α at 15 °C [1/K]; 0: none. */
  readonly expansion15_per_K: number;
  /** Bulk modulus at 15 °C [Pa]. */
  readonly bulkModulus15_Pa: number;
  /** Kinematic viscosity [m²/s] at one temperature [K], then constant, or at two. */
  readonly viscosity: readonly { readonly temperature_K: number; readonly kinematic_m2_s: number }[];
  /** False: bulk modulus does not move with temperature. Default true. */
  readonly softens?: boolean;
}

/** A product with its constants worked out. */
export interface Product {
  readonly id: string;
  readonly density15_kg_m3: number;
  readonly alpha_per_K: number;
  readonly bulkModulus15_Pa: number;
  readonly softening0: number; // F(T)/F(15 °C) = exp(softening ΔT), softening = s0 [1/K]
  readonly waltherA: number;
  readonly waltherB: number;
  readonly viscosity_m2_s: number; // used where B is 0
}

const ZERO_C = 273.15;

/** API 11.2.1M's isothermal compressibility F [1/Pa] at no gauge pressure. */
export function compressibility_per_Pa(density15_kg_m3: number, temperature_K: number): number {
  const t = temperature_K - ZERO_C;
  const r2 = (density15_kg_m3 / 1000) ** -2;
  return 1e-9 * Math.exp(-1.6208 + 0.00021592 * t + (0.87096 + 0.0042092 * t) * r2);
}

export function compileProduct(spec: ProductSpec): Product {
  const [a, b] = spec.viscosity;
  if (!a) throw new RangeError(`product "${spec.id}": a viscosity is needed`);
  let A = 0;
  let B = 0;
  if (b && b.temperature_K !== a.temperature_K && b.kinematic_m2_s !== a.kinematic_m2_s) {
    B =
      (twiceLog(a.kinematic_m2_s) - twiceLog(b.kinematic_m2_s)) /
      (Math.log10(b.temperature_K) - Math.log10(a.temperature_K));
    A = twiceLog(a.kinematic_m2_s) + B * Math.log10(a.temperature_K);
  }
  return {
    id: spec.id,
    density15_kg_m3: spec.density15_kg_m3,
    alpha_per_K: spec.expansion15_per_K,
    bulkModulus15_Pa: spec.bulkModulus15_Pa,
    softening0: spec.softens === false ? 0 : 0.00021592 + 0.0042092 * (spec.density15_kg_m3 / 1000) ** -2,
    waltherA: A,
    waltherB: B,
    viscosity_m2_s: a.kinematic_m2_s,
  };
}

/** Volume at 15 °C over volume at T: ρ(T)/ρ15. */
export function thermalFactor(product: Product, temperature_K: number): number {
  const x = product.alpha_per_K * (temperature_K - REFERENCE_K);
  return Math.exp(-x * (1 + 0.8 * x));
}

/** Density at no gauge pressure [kg/m³]. */
export function densityAt_kg_m3(product: Product, temperature_K: number): number {
  return product.density15_kg_m3 * thermalFactor(product, temperature_K);
}

/** 1/K at a temperature [1/Pa]. */
export function compressibilityAt_per_Pa(product: Product, temperature_K: number): number {
  return Math.exp(product.softening0 * (temperature_K - REFERENCE_K)) / product.bulkModulus15_Pa;
}

/** Kinematic viscosity at a temperature [m²/s]. */
export function viscosityAt_m2_s(product: Product, temperature_K: number): number {
  if (product.waltherB === 0) return product.viscosity_m2_s;
  const y = Math.exp(Math.LN10 * (product.waltherA - product.waltherB * Math.log10(temperature_K)));
  return 1e-6 * (Math.exp(Math.LN10 * y) - 0.7);
}

function twiceLog(kinematic_m2_s: number): number {
  return Math.log10(Math.log10(1e6 * kinematic_m2_s + 0.7));
}

/** Fastest wave [m/s] that the product carries between two temperatures in a wall of this compliance [1/Pa]. */
export function fastestWave_m_s(product: Product, low_K: number, high_K: number, wall_per_Pa: number): number {
  let fastest = 0;
  for (let k = 0; k <= 20; k++) {
    const T = low_K + ((high_K - low_K) * k) / 20;
    const a = 1 / Math.sqrt(densityAt_kg_m3(product, T) * (compressibilityAt_per_Pa(product, T) + wall_per_Pa));
    fastest = Math.max(fastest, a);
  }
  return fastest;
}

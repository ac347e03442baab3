/**
 * Real gas: p = Z(p, T) ρ R T, with R the specific gas constant [J/(kg K)], k = R T [m²/s²] and isothermal wave speed
 * c = √(∂p/∂ρ)_T. Every correlation is solved for p in closed form, so that a step needs no iteration.
 *
 *   ideal   Z = 1
 *   CNGA    1/Z = b1 + b2 p,  b2 = 344400 · 10^(1.785 G) / (6894.757 (1.8 T)^3.825),  b1 = 1 + b2 p_atm     [p in Pa, T in K]
 *           p = 2kρ/(b1 + √(b1² + 4 b2 kρ))
 *   Papay   Z = 1 − a p + b p²,  a = 3.52/(pc 10^(0.9813 Tr)),  b = 0.274/(pc² 10^(0.8157 Tr))
 *           p = 2kρ/(1 + a kρ + √((1 + a kρ)² − 4 b (kρ)²))
 *   DAK     Z = 1 + C1 r + C2 r² − C3 r⁵ + C4 (1 + A11 r²) r² exp(−A11 r²),  r = 0.27 kρ/(pc Tr)
 *
 * G gravity relative to air; pc, Tc pseudo-critical point, Tr = T/Tc. Without one, Sutton 1985 (sweet gas): pc = 756.8 −
 * 131.0 G − 3.6 G² psi, Tc = 169.2 + 349.5 G − 74.0 G² °R.
 * Sources: Papay (1968); Dranchuk & Abou-Kassem, J. Can. Pet. Tech. 14 (1975); CNGA in Menon, Gas Pipeline Hydraulics (2005),
 * eq. 1.34; Sutton, SPE 14265 (1985). Good for pr < 5 or so (Papay), 0 … 100 bar near ground temperature (CNGA), pr < 30 (DAK).
 */
import type { Compressibility, GasSpec } from './spec.ts';

const PSI = 6894.757293168;
const CNGA_ATMOSPHERE_Pa = 101350;
export const AIR_MOLAR_MASS_kg_kmol = 28.96;
export const MOLAR_GAS_CONSTANT_J_kmolK = 8314.462618;

/** Codes in `equation`. */
export const EQUATION = { ideal: 0, cnga: 1, papay: 2, dak: 3 } as const;
/** Coefficients per point: k first; then b1, b2 | a, b | r/ρ, C1 … C4. */
export const EQUATION_SIZE = [1, 3, 3, 6] as const;

const CODES: Readonly<Record<Compressibility, number>> = {
  ideal: EQUATION.ideal,
  cnga: EQUATION.cnga,
  papay: EQUATION.papay,
  'dranchuk-abou-kassem': EQUATION.dak,
};

/** A gas with every constant filled in. */
export interface Gas {
  readonly equation: number; // EQUATION code
  readonly stride: number; // coefficients per point
  readonly specificGravity: number;
  readonly specificGasConstant_J_kgK: number;
  readonly criticalPressure_Pa: number;
  readonly criticalTemperature_K: number;
  readonly heatCapacityRatio: number;
  readonly viscosity_Pa_s: number;
  readonly specificHeat_J_kgK: number;
  readonly jouleThomson_K_Pa: number;
}

/** Fills in what a spec leaves out. */
export function gasOf(spec: GasSpec = {}): Gas {
  const G = spec.specificGravity ?? (spec.molarMass_kg_kmol ?? 0.6 * AIR_MOLAR_MASS_kg_kmol) / AIR_MOLAR_MASS_kg_kmol;
  const molarMass = spec.molarMass_kg_kmol ?? G * AIR_MOLAR_MASS_kg_kmol;
  const equation = CODES[spec.compressibility ?? 'papay'];
  return {
    equation,
    stride: EQUATION_SIZE[equation],
    specificGravity: G,
    specificGasConstant_J_kgK: (spec.gasConstant_J_kmolK ?? MOLAR_GAS_CONSTANT_J_kmolK) / molarMass,
    criticalPressure_Pa: spec.criticalPressure_Pa ?? (756.8 - 131.0 * G - 3.6 * G * G) * PSI,
    criticalTemperature_K: spec.criticalTemperature_K ?? (169.2 + 349.5 * G - 74.0 * G * G) / 1.8,
    heatCapacityRatio: spec.heatCapacityRatio ?? 1.3,
    viscosity_Pa_s: spec.viscosity_Pa_s ?? 1.1e-5,
    specificHeat_J_kgK: spec.specificHeat_J_kgK ?? 2200,
    jouleThomson_K_Pa: spec.jouleThomson_K_Pa ?? 0,
  };
}

/** Writes the coefficients of the equation of state at a temperature [K] to `out` from `at` on (`gas.stride` numbers). */
export function equationAt(gas: Gas, temperature_K: number, out: Float64Array, at: number): void {
  out[at] = gas.specificGasConstant_J_kgK * temperature_K;
  const tr = temperature_K / gas.criticalTemperature_K;
  const pc = gas.criticalPressure_Pa;
  switch (gas.equation) {
    case EQUATION.cnga: {
      const b2 = (344400 * 10 ** (1.785 * gas.specificGravity)) / (PSI * (1.8 * temperature_K) ** 3.825);
      out[at + 1] = 1 + b2 * CNGA_ATMOSPHERE_Pa;
      out[at + 2] = b2;
      return;
    }
    case EQUATION.papay:
      out[at + 1] = 3.52 / (pc * 10 ** (0.9813 * tr));
      out[at + 2] = 0.274 / (pc * pc * 10 ** (0.8157 * tr));
      return;
    case EQUATION.dak: {
      const t = 1 / tr;
      out[at + 1] = (0.27 * out[at]) / (pc * tr);
      out[at + 2] = 0.3265 + t * (-1.07 + t * t * (-0.5339 + t * (0.01569 - 0.05165 * t)));
      out[at + 3] = 0.5475 + t * (-0.7361 + 0.1844 * t);
      out[at + 4] = 0.1056 * t * (-0.7361 + 0.1844 * t);
      out[at + 5] = 0.6134 * t * t * t;
    }
  }
}

const DAK_A11 = 0.721;

/** Pressure [Pa] of a density [kg/m³] with the coefficients at `at`. */
export function pressureOf(equation: number, e: Float64Array, at: number, density: number): number {
  const x = e[at] * density;
  switch (equation) {
    case EQUATION.ideal:
      return x;
    case EQUATION.cnga: {
      const b1 = e[at + 1];
      return (2 * x) / (b1 + Math.sqrt(b1 * b1 + 4 * e[at + 2] * x));
    }
    case EQUATION.papay: {
      const s = 1 + e[at + 1] * x;
      return (2 * x) / (s + Math.sqrt(Math.max(0, s * s - 4 * e[at + 2] * x * x)));
    }
    default: {
      const r = e[at + 1] * density;
      const r2 = r * r;
      const tail = e[at + 5] * (1 + DAK_A11 * r2) * r2 * Math.exp(-DAK_A11 * r2);
      return x * (1 + r * (e[at + 2] + r * e[at + 3]) - e[at + 4] * r2 * r2 * r + tail);
    }
  }
}

/** Isothermal (∂p/∂ρ)_T = c² [m²/s²] at a density [kg/m³]. */
export function waveSpeedSquared(equation: number, e: Float64Array, at: number, density: number): number {
  const k = e[at];
  const x = k * density;
  switch (equation) {
    case EQUATION.ideal:
      return k;
    case EQUATION.cnga:
      return k / Math.sqrt(e[at + 1] * e[at + 1] + 4 * e[at + 2] * x);
    case EQUATION.papay: {
      // p = x (1 − a p + b p²)  ⇒  dp/dx = Z/(1 + a x − 2 b x p)
      const p = pressureOf(equation, e, at, density);
      const Z = 1 - e[at + 1] * p + e[at + 2] * p * p;
      return (k * Z) / (1 + e[at + 1] * x - 2 * e[at + 2] * x * p);
    }
    default: {
      const r = e[at + 1] * density;
      const r2 = r * r;
      const w = DAK_A11 * r2;
      // d(r Z)/dr; the tail r³ (1 + w) e^(−w) has the slope r² e^(−w) (3 + 3 w − 2 w²)
      const tail = e[at + 5] * r2 * Math.exp(-w) * (3 + 3 * w - 2 * w * w);
      return k * (1 + 2 * e[at + 2] * r + 3 * e[at + 3] * r2 - 6 * e[at + 4] * r2 * r2 * r + tail);
    }
  }
}

/** Density [kg/m³] at a pressure [Pa]; `guess` [kg/m³] helps the one correlation that needs Newton (DAK). */
export function densityOf(equation: number, e: Float64Array, at: number, pressure_Pa: number, guess = 0): number {
  const p = pressure_Pa;
  const k = e[at];
  switch (equation) {
    case EQUATION.ideal:
      return p / k;
    case EQUATION.cnga:
      return (p * (e[at + 1] + e[at + 2] * p)) / k;
    case EQUATION.papay:
      return p / (k * (1 - e[at + 1] * p + e[at + 2] * p * p));
    default: {
      let density = guess > 0 ? guess : p / k;
      for (let i = 0; i < 40; i++) {
        const d = (p - pressureOf(equation, e, at, density)) / waveSpeedSquared(equation, e, at, density);
        density = Math.max(0.2 * density, density + d);
        if (Math.abs(d) <= 1e-15 * density) break;
      }
      return density;
    }
  }
}

/** Compressibility factor Z at a pressure [Pa] and temperature [K]. */
export function compressibility(gas: Gas, pressure_Pa: number, temperature_K: number): number {
  const e = new Float64Array(gas.stride);
  equationAt(gas, temperature_K, e, 0);
  return pressure_Pa / (e[0] * densityOf(gas.equation, e, 0, pressure_Pa));
}

/** Isothermal wave speed c [m/s] at a pressure [Pa] and temperature [K]: √(ZRT) where Z is constant. */
export function gasWaveSpeed_m_s(gas: Gas, pressure_Pa: number, temperature_K: number): number {
  const e = new Float64Array(gas.stride);
  equationAt(gas, temperature_K, e, 0);
  return Math.sqrt(waveSpeedSquared(gas.equation, e, 0, densityOf(gas.equation, e, 0, pressure_Pa)));
}

/**
 * What an ultrasonic detector hears of a jet.
 *
 *   W = η ṁ c²/2,  η = 10⁻⁴ M^3.6, M < 1;  10⁻⁴ Mj^6.6, choked         IEC 60534-8-3, regimes I and II
 *   Mj = √(2/(γ − 1) ((p/pa)^((γ−1)/γ) − 1)), at most 2.5              fully expanded
 *   share in the band from 25 kHz up: min(1, fp/25 kHz), fp = 0.2 c/d  peak of a jet of diameter d
 *   p² = ρ c W share/(2π r²) · 10^(−α r/10), α = 1.2 dB/m              half a space; ISO 9613-1 near 40 kHz
 *
 * c the speed of sound in the gas at its temperature [m/s], ρ c of air 413 kg/(m² s), γ 1.3, r distance, not under 0.5 m.
 */
const GAMMA = 1.3;
const GAS_CONSTANT = 8.314462618;
const AIR_IMPEDANCE = 413;
const BAND_HZ = 25_000;
const ABSORPTION_DB_M = 1.2;
const NEAREST_M = 0.5;
const MOST_MACH = 2.5;

/** Acoustic power in the band [W]. */
export function jetSound_W(
  massRate_kg_s: number,
  exitSpeed_m_s: number,
  diameter_m: number,
  pressure_Pa: number,
  ambient_Pa: number,
  temperature_K: number,
  molarMass_kg_mol: number,
): number {
  if (!(massRate_kg_s > 0) || !(exitSpeed_m_s > 0)) return 0;
  const c = Math.sqrt((GAMMA * GAS_CONSTANT * temperature_K) / molarMass_kg_mol);
  const ratio = pressure_Pa / ambient_Pa;
  const expanded = ratio > 1 ? Math.sqrt((2 / (GAMMA - 1)) * (ratio ** ((GAMMA - 1) / GAMMA) - 1)) : 0;
  const mach = Math.min(MOST_MACH, Math.max(expanded, exitSpeed_m_s / c));
  const efficiency = 1e-4 * (mach < 1 ? mach ** 3.6 : mach ** 6.6);
  const share = diameter_m > 0 ? Math.min(1, (0.2 * c) / diameter_m / BAND_HZ) : 1;
  return 0.5 * massRate_kg_s * c * c * efficiency * share;
}

/** Mean square pressure at a distance [Pa²]. */
export function soundAt_Pa2(power_W: number, distance_m: number): number {
  const r = Math.max(NEAREST_M, distance_m);
  return ((AIR_IMPEDANCE * power_W) / (2 * Math.PI * r * r)) * 10 ** ((-ABSORPTION_DB_M * r) / 10);
}

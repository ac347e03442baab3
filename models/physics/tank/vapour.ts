/**
 * Vapour of a liquid, and how fast a surface or a vent gives it to the air.
 *
 *   log10(p/bar) = A − B/(T + C)                                      Antoine
 *   D = D25 (T/298.15)^1.75 (101325/P)                                diffusivity in air (Fuller)
 *   k = 0.004786 u^0.78 d^−0.11 Sc^−0.67                              Mackay and Matsugu (1973)
 *   k = 0.0067 u^0.78 (18.02/M)^⅓                                     EPA: 0.67 cm/s of water, M in g/mol
 *   flux = k (M p/(R T)) C,  C = −(P/p) ln(1 − p/P)                   with the drift of the vapour itself (Stefan)
 *   h = ρ c 0.004786 u^0.78 d^−0.11 Pr^−0.67                          heat, by Chilton and Colburn's analogy
 *   vent: expelled gas × M p/(R T) × (K_P working, K_S = 1/(1 + 0.053 p[psia] H[ft]) breathing)
 *   rim: (K_Ra + K_Rb v^n) D P* M,  P* = (p/P)/(1 + √(1 − p/P))²      v mph, D ft, lb-mol/(ft yr)
 *
 * u wind at 10 m [m/s], d pool diameter [m], Sc = ν/D, p vapour pressure, P atmospheric [Pa], M molar mass, H height of the
 * vapour space. Not for boiling liquids: p/P is held below 0.99.
 * Source: D. Mackay, R. S. Matsugu, Can. J. Chem. Eng. 51 (1973) 434, in SI as TNO Yellow Book CPR 14E (2005) eq. 3.24;
 * EPA, Technical Guidance for Hazards Analysis (1987) p. G-2 eq. 1, and its RMP guidance EPA 550-B-99-009 (QR = 0.284 u^0.78
 * M^⅔ A p/(82.05 T) in lb/min, ft², mmHg); EPA AP-42 chapter 7.1 (vents, rim seals); NIST WebBook (Antoine form).
 */

/** R [J/(mol K)]. */
export const GAS_CONSTANT = 8.314462618;
const AIR = { viscosity_m2_s: 1.5e-5, density_kg_m3: 1.2, heatCapacity_J_kgK: 1005, prandtl: 0.71 } as const;
const MOST_VOLATILE = 0.99;
/** Codes of mass-transfer correlations. */
export const MASS_TRANSFER = { mackayMatsugu: 0, epa: 1 } as const;

/** Vapour pressure [Pa] of Antoine's A, B, C (bar, K). */
export function vapourPressure_Pa(A: number, B: number, C: number, temperature_K: number): number {
  return temperature_K + C > 0 ? 1e5 * 10 ** (A - B / (temperature_K + C)) : 0;
}

/** Diffusivity in air [m²/s] from that at 25 °C and 1 atm. */
export function diffusivity_m2_s(at25_m2_s: number, temperature_K: number, pressure_Pa: number): number {
  return at25_m2_s * (temperature_K / 298.15) ** 1.75 * (101325 / pressure_Pa);
}

/** k [m/s] of Mackay and Matsugu; wind at 10 m [m/s], pool diameter [m], Schmidt number. */
export function mackayMatsugu_m_s(wind_m_s: number, diameter_m: number, schmidt: number): number {
  return 0.004786 * wind_m_s ** 0.78 * diameter_m ** -0.11 * schmidt ** -0.67;
}

/** k [m/s] of EPA's guidance; wind [m/s], molar mass [kg/mol]. */
export function epaMassTransfer_m_s(wind_m_s: number, molarMass_kg_mol: number): number {
  return 0.0067 * wind_m_s ** 0.78 * Math.cbrt(0.01802 / molarMass_kg_mol);
}

/** Schmidt number ν/D of a vapour in air. */
export function schmidt(diffusivity: number): number {
  return AIR.viscosity_m2_s / diffusivity;
}

/** Heat transfer from air to a pool [W/(m² K)]; wind at 10 m [m/s], pool diameter [m]. */
export function airHeatTransfer_W_m2K(wind_m_s: number, diameter_m: number): number {
  return AIR.density_kg_m3 * AIR.heatCapacity_J_kgK * mackayMatsugu_m_s(wind_m_s, diameter_m, AIR.prandtl);
}

/** Mass concentration of saturated vapour [kg/m³]. */
export function saturated_kg_m3(molarMass_kg_mol: number, pressure_Pa: number, temperature_K: number): number {
  return (molarMass_kg_mol * pressure_Pa) / (GAS_CONSTANT * temperature_K);
}

/** C: by how much the drift of a volatile vapour raises its flux; total vapour pressure over atmospheric. */
export function driftFactor(ratio: number): number {
  const x = Math.min(MOST_VOLATILE, ratio);
  return x < 1e-8 ? 1 : -Math.log1p(-x) / x;
}

/** K_S of AP-42 eq. 1-21: how saturated a breathing vapour space is; p [Pa], height of the vapour space [m]. */
export function ventSaturation(pressure_Pa: number, height_m: number): number {
  return 1 / (1 + 0.053 * (pressure_Pa / 6894.757) * (height_m / 0.3048));
}

const LB_PER_YEAR = 0.45359237 / 31_557_600;

/** Rim-seal loss [kg/s] of a floating roof, AP-42 eq. 2-3: K_Ra, K_Rb [lb-mol/(ft yr)], exponent n, wind [m/s], tank diameter [m]. */
export function rimLoss_kg_s(
  still: number,
  windy: number,
  exponent: number,
  wind_m_s: number,
  diameter_m: number,
  molarMass_kg_mol: number,
  pressure_Pa: number,
  atmosphere_Pa: number,
): number {
  const x = Math.min(MOST_VOLATILE, pressure_Pa / atmosphere_Pa);
  const root = 1 + Math.sqrt(1 - x);
  const seal = still + windy * (wind_m_s / 0.44704) ** exponent;
  return seal * (diameter_m / 0.3048) * (x / (root * root)) * (molarMass_kg_mol * 1000) * LB_PER_YEAR;
}

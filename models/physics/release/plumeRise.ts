/**
 * Rise of a hot or light plume, by Briggs.
 *
 *   F = g (1 − ρ/ρ_a) V/π [m⁴/s³],  M = (ρ/ρ_a) v² r² [m⁴/s²]
 *   neutral, unstable   Δh = 1.6 F^⅓ x^⅔/u to x_f;  x_f = 49 F^⅝ (F < 55), 119 F^0.4;  final 21.425 F^¾/u or 38.71 F^0.6/u
 *   stable              Δh = min(1.6 F^⅓ x^⅔/u, 2.6 (F/(u s))^⅓),  calm: 4 F^¼ s^−⅜;  s = (g/T) dθ/dz
 *   momentum            Δh = min(3 d v/u, 1.5 (M/(u √s))^⅓ where stable); the greater of both rises counts
 *
 * V volume rate of the hot gas, v its speed, r radius and d diameter of the opening, u wind there.
 * Source: G. A. Briggs, Plume Rise Predictions, Lectures on Air Pollution (AMS 1975) 59; EPA ISC3 User's Guide vol. II
 * (EPA-454/B-95-003b) eqs. 1-8 to 1-19.
 */
const GRAVITY = 9.80665;
/** Below this wind the bent-over formulas end [m/s]. */
const CALM_M_S = 0.5;

export interface RisingRelease {
  readonly volumeRate_m3_s: number;
  readonly density_kg_m3: number;
  readonly diameter_m: number;
  readonly airDensity_kg_m3: number;
  readonly airTemperature_K: number;
  readonly wind_m_s: number;
  /** dθ/dz [K/m]; ≤ 0 neutral or unstable. */
  readonly potentialGradient_K_m: number;
}

/** Buoyancy flux F [m⁴/s³]; below 0 for dense gas. */
export function buoyancyFlux_m4_s3(r: Pick<RisingRelease, 'volumeRate_m3_s' | 'density_kg_m3' | 'airDensity_kg_m3'>) {
  return (GRAVITY * (1 - r.density_kg_m3 / r.airDensity_kg_m3) * r.volumeRate_m3_s) / Math.PI;
}

/** Rise above the opening [m] at a distance downwind [m]; endless distance for the final rise. */
export function plumeRise_m(release: RisingRelease, x_m = Number.POSITIVE_INFINITY): number {
  const F = Math.max(0, buoyancyFlux_m4_s3(release));
  const u = Math.max(CALM_M_S, release.wind_m_s);
  const s = (GRAVITY / release.airTemperature_K) * release.potentialGradient_K_m;
  const far = F < 55 ? 49 * F ** 0.625 : 119 * F ** 0.4;
  let buoyant = (1.6 * Math.cbrt(F) * Math.min(x_m, far) ** (2 / 3)) / u;
  if (s > 0) {
    const level = Math.min(2.6 * Math.cbrt(F / (u * s)), 4 * F ** 0.25 * s ** -0.375);
    buoyant = Math.min((1.6 * Math.cbrt(F) * x_m ** (2 / 3)) / u, F > 0 ? level : 0);
  }
  const speed = release.volumeRate_m3_s / ((Math.PI / 4) * release.diameter_m ** 2);
  let momentum = (3 * release.diameter_m * speed) / u;
  if (s > 0) {
    const flux = (release.density_kg_m3 / release.airDensity_kg_m3) * speed ** 2 * (release.diameter_m / 2) ** 2;
    momentum = Math.min(momentum, 1.5 * Math.cbrt(flux / (u * Math.sqrt(s))));
  }
  return Math.max(F > 0 ? buoyant : 0, momentum);
}

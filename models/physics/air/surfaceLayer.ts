/**
 * The surface layer: how the wind grows with height, and what sun, cloud and wind make of friction velocity and stability.
 *
 *   U(z) = (u* / κ) [ln(z/z0) − ψm(z/L) + ψm(z0/L)]          Monin & Obukhov 1954
 *   φm = (1 − 16 ζ)^(−1/4), φh = (1 − 16 ζ)^(−1/2), ζ < 0;  φm = φh = 1 + 5 ζ, 0 ≤ ζ ≤ 1; 6 beyond
 *                                                           Dyer 1974 (Businger–Dyer); Webb 1970 for ζ > 1
 *   ψm: integral of (1 − φm)/ζ (Paulson 1970)
 *   ρ cp T u*³ / (κ g H) = −L, H the sensible heat flux upwards [W/m²]
 *   day:   H from sun and cloud                             Holtslag & van Ulden 1983
 *   night: u* and θ* = 0.09 (1 − 0.5 N²) K together         Venkatram 1980, as in Cimorelli et al. 2005
 *   1/L = a + b log10 z0 by Pasquill class                  Golder 1972, fitted in Seinfeld 1986
 *
 * Symbols: u* friction velocity [m/s], L Obukhov length [m] (carried as 1/L, 0 neutral, > 0 stable), z0 roughness [m],
 * κ = 0.4. Calm is a limit, not an error: nothing here divides by the wind.
 */

export const VON_KARMAN = 0.4;
const GRAVITY_M_S2 = 9.80665;
const AIR_HEAT_J_kgK = 1005;
const DRY_AIR_J_kgK = 287.05;
const STEFAN_BOLTZMANN = 5.670374e-8;

/** Pasquill's classes from very unstable to very stable. */
export type PasquillClass = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';
export const PASQUILL_CLASSES: readonly PasquillClass[] = ['A', 'B', 'C', 'D', 'E', 'F'];

/** Beyond this |ζ| of the stable side the gradient grows no further (Webb 1970). */
const STABLE_LIMIT = 1;
/** Profiles end this many roughness lengths above ground. */
const LOWEST_ROUGHNESSES = 3;
/** Eddies keep the surface stirred when the mean wind is nil: gusts of free convection, or the last breath of a calm night. */
export const LEAST_FRICTION_VELOCITY_m_s = 0.02;

/** Dimensionless wind shear φm at ζ = z/L (Dyer 1974). */
export function shearFunction(zeta: number): number {
  if (zeta < 0) return (1 - 16 * zeta) ** -0.25;
  return 1 + 5 * Math.min(zeta, STABLE_LIMIT);
}

/** Dimensionless temperature gradient φh at ζ = z/L (Dyer 1974). */
export function heatFunction(zeta: number): number {
  if (zeta < 0) return 1 / Math.sqrt(1 - 16 * zeta);
  return 1 + 5 * Math.min(zeta, STABLE_LIMIT);
}

/** ψm(ζ), the integrated departure from the logarithm (Paulson 1970; beyond ζ = 1 with φm constant). */
export function stabilityFunction(zeta: number): number {
  if (zeta < 0) {
    const x = Math.sqrt(Math.sqrt(1 - 16 * zeta));
    return Math.log(((1 + x) ** 2 * (1 + x * x)) / 8) - 2 * Math.atan(x) + Math.PI / 2;
  }
  return zeta <= STABLE_LIMIT ? -5 * zeta : -5 * STABLE_LIMIT * (1 + Math.log(zeta / STABLE_LIMIT));
}

/** κ U/u* at a height; heights below three roughness lengths count as three. */
export function profileFactor(height_m: number, roughness_m: number, inverseObukhov_1_m: number): number {
  const z = Math.max(height_m, LOWEST_ROUGHNESSES * roughness_m);
  return (
    Math.log(z / roughness_m) -
    stabilityFunction(z * inverseObukhov_1_m) +
    stabilityFunction(roughness_m * inverseObukhov_1_m)
  );
}

/** Mean wind [m/s] at a height from u* and 1/L. */
export function windSpeed_m_s(
  height_m: number,
  frictionVelocity_m_s: number,
  roughness_m: number,
  inverseObukhov_1_m: number,
): number {
  return (frictionVelocity_m_s / VON_KARMAN) * profileFactor(height_m, roughness_m, inverseObukhov_1_m);
}

/** What the wind at one height is multiplied by to have it at another. */
export function windRatio(
  height_m: number,
  windHeight_m: number,
  roughness_m: number,
  inverseObukhov_1_m: number,
): number {
  return (
    profileFactor(height_m, roughness_m, inverseObukhov_1_m) /
    profileFactor(windHeight_m, roughness_m, inverseObukhov_1_m)
  );
}

/** u* [m/s] from the wind at a height and 1/L. */
export function frictionVelocity_m_s(
  windSpeed_m_s: number,
  windHeight_m: number,
  roughness_m: number,
  inverseObukhov_1_m: number,
): number {
  return (VON_KARMAN * windSpeed_m_s) / profileFactor(windHeight_m, roughness_m, inverseObukhov_1_m);
}

/**
 * The roughness [m] with which a measured wind, u* and 1/L agree, or undefined where none between 10⁻⁵ m and a third of
 * the wind's height does.
 */
export function roughnessOf_m(
  windSpeed_m_s: number,
  windHeight_m: number,
  frictionVelocity_m_s: number,
  inverseObukhov_1_m: number,
): number | undefined {
  const misfit = (logZ0: number) =>
    (VON_KARMAN * windSpeed_m_s) / frictionVelocity_m_s -
    profileFactor(windHeight_m, Math.exp(logZ0), inverseObukhov_1_m);
  let low = Math.log(1e-5);
  let high = Math.log(windHeight_m / LOWEST_ROUGHNESSES);
  if (!(misfit(low) < 0 && misfit(high) > 0)) return undefined;
  for (let i = 0; i < 60; i += 1) {
    const mid = (low + high) / 2;
    if (misfit(mid) < 0) low = mid;
    else high = mid;
  }
  return Math.exp((low + high) / 2);
}

/** Convective velocity w* [m/s], 0 when not unstable: w*³ = −u*³ zi/(κ L). */
export function convectiveVelocity_m_s(
  frictionVelocity_m_s: number,
  inverseObukhov_1_m: number,
  mixingHeight_m: number,
): number {
  if (inverseObukhov_1_m >= 0) return 0;
  return frictionVelocity_m_s * Math.cbrt((-inverseObukhov_1_m * mixingHeight_m) / VON_KARMAN);
}

/** 1/L = a + b log10 z0, Golder (1972) as fitted in Seinfeld (1986). */
const GOLDER: Readonly<Record<PasquillClass, readonly [a: number, b: number]>> = {
  A: [-0.096, 0.029],
  B: [-0.037, 0.029],
  C: [-0.002, 0.018],
  D: [0, 0],
  E: [0.004, -0.018],
  F: [0.035, -0.036],
};

/** 1/L [1/m] in the middle of a Pasquill class over a roughness (Golder 1972; z0 within 1 mm and 0.5 m). */
export function inverseObukhovOfClass_1_m(stability: PasquillClass, roughness_m: number): number {
  const [a, b] = GOLDER[stability];
  const value = a + b * Math.log10(Math.min(Math.max(roughness_m, 1e-3), 0.5));
  // Near the ends of the fit a class may cross into neutral; it never changes its sign.
  return stability < 'D' ? Math.min(value, 0) : Math.max(value, 0);
}

/** The Pasquill class whose middle lies nearest to a 1/L over a roughness: the way back of `inverseObukhovOfClass_1_m`. */
export function classOf(inverseObukhov_1_m: number, roughness_m: number): PasquillClass {
  let best: PasquillClass = 'D';
  let distance = Number.POSITIVE_INFINITY;
  for (const c of PASQUILL_CLASSES) {
    const d = Math.abs(inverseObukhovOfClass_1_m(c, roughness_m) - inverseObukhov_1_m);
    if (d < distance) {
      distance = d;
      best = c;
    }
  }
  return best;
}

/** Sun on a level surface [W/m²] at an elevation under cloud 0…1: (990 sin φ − 30)(1 − 0.75 N^3.4) (Holtslag & van Ulden 1983). */
export function solarRadiation_W_m2(sunElevation_rad: number, cloud: number): number {
  const clear = 990 * Math.sin(sunElevation_rad) - 30;
  return Math.max(clear, 0) * (1 - 0.75 * cloud ** 3.4);
}

/** Elevation of the sun [rad] by day of the year, solar hour and latitude (Spencer's declination to its first term). */
export function sunElevation_rad(dayOfYear: number, solarHour: number, latitude_rad: number): number {
  const declination = -0.4093 * Math.cos((2 * Math.PI * (dayOfYear + 10)) / 365);
  const hourAngle = ((solarHour - 12) * Math.PI) / 12;
  return Math.asin(
    Math.sin(latitude_rad) * Math.sin(declination) +
      Math.cos(latitude_rad) * Math.cos(declination) * Math.cos(hourAngle),
  );
}

/** Sensible heat flux by day [W/m²] (Holtslag & van Ulden 1983): albedo 0.23, moisture 1 for wet grass, 0.5 for dry ground. */
export function daytimeHeatFlux_W_m2(solar_W_m2: number, cloud: number, temperature_K: number, moisture = 0.8): number {
  const net =
    (0.77 * solar_W_m2 + 5.31e-13 * temperature_K ** 6 - STEFAN_BOLTZMANN * temperature_K ** 4 + 60 * cloud) / 1.12;
  // γ/s, the psychrometric constant over the slope of saturation humidity: 1.44 at 5 °C, 0.4 at 30 °C.
  const gammaOverSlope = 1.44 * Math.exp(-0.0515 * (temperature_K - 278.15));
  return ((1 - moisture + gammaOverSlope) / (1 + gammaOverSlope)) * 0.9 * net - 20 * moisture;
}

export interface SurfaceLayer {
  readonly frictionVelocity_m_s: number;
  readonly inverseObukhov_1_m: number;
  /** Upwards, < 0 at night. */
  readonly heatFlux_W_m2: number;
}

export interface SurfaceConditions {
  readonly windSpeed_m_s: number;
  readonly windHeight_m: number;
  readonly roughness_m: number;
  readonly solar_W_m2: number;
  /** 0…1. */
  readonly cloud: number;
  readonly temperature_K: number;
  readonly pressure_Pa: number;
  readonly moisture?: number;
}

/**
 * u*, 1/L and heat flux from sun, cloud and wind; |1/L| ≤ 1 per metre. Calm: by day free convection keeps u* up (0.07 w*,
 * w* of a layer of 1 km), by night u* falls with the wind to 2 cm/s.
 */
export function surfaceLayer(c: SurfaceConditions): SurfaceLayer {
  const density = c.pressure_Pa / (DRY_AIR_J_kgK * c.temperature_K);
  const heat = c.solar_W_m2 > 0 ? daytimeHeatFlux_W_m2(c.solar_W_m2, c.cloud, c.temperature_K, c.moisture) : 0;
  const neutral = profileFactor(c.windHeight_m, c.roughness_m, 0);
  if (heat > 0) {
    const buoyancy = (GRAVITY_M_S2 * heat) / (density * AIR_HEAT_J_kgK * c.temperature_K);
    const least = Math.max(0.07 * Math.cbrt(buoyancy * 1000), LEAST_FRICTION_VELOCITY_m_s);
    let u = Math.max((VON_KARMAN * c.windSpeed_m_s) / neutral, least);
    let inverse = 0;
    for (let i = 0; i < 20; i += 1) {
      inverse = Math.max((-VON_KARMAN * buoyancy) / u ** 3, -1);
      u = Math.max(frictionVelocity_m_s(c.windSpeed_m_s, c.windHeight_m, c.roughness_m, inverse), least);
    }
    return { frictionVelocity_m_s: u, inverseObukhov_1_m: inverse, heatFlux_W_m2: heat };
  }
  const drag = VON_KARMAN / neutral;
  let thetaStar = 0.09 * (1 - 0.5 * c.cloud * c.cloud);
  const scale = Math.sqrt((5 * c.windHeight_m * GRAVITY_M_S2 * thetaStar) / c.temperature_K);
  const critical = (2 * scale) / Math.sqrt(drag);
  let u: number;
  if (c.windSpeed_m_s >= critical) {
    const root = critical === 0 ? 1 : Math.sqrt(1 - (critical / c.windSpeed_m_s) ** 2);
    u = (drag * c.windSpeed_m_s * (1 + root)) / 2;
  } else {
    u = (drag * c.windSpeed_m_s) / 2;
    thetaStar *= c.windSpeed_m_s / critical;
  }
  u = Math.max(u, LEAST_FRICTION_VELOCITY_m_s);
  const inverse = Math.min((VON_KARMAN * GRAVITY_M_S2 * thetaStar) / (c.temperature_K * u * u), 1);
  return {
    frictionVelocity_m_s: u,
    inverseObukhov_1_m: inverse,
    heatFlux_W_m2: -density * AIR_HEAT_J_kgK * u * thetaStar,
  };
}

/** Depth of a layer that wind alone stirs [m]: 2300 u*^1.5 (Venkatram 1980). */
export function mechanicalMixingHeight_m(frictionVelocity_m_s: number): number {
  return 2300 * frictionVelocity_m_s ** 1.5;
}

/**
 * A convective layer one step on [m]: it encroaches upon a stable lapse, d(zi²)/dt = 2 (1 + 2A) H/(ρ cp γ), A = 0.2
 * (Carson 1973). lapse is that of potential temperature above [K/m].
 */
export function grownMixingHeight_m(mixingHeight_m: number, heatFlux_W_m2: number, dt_s: number, lapse_K_m = 0.005) {
  const gain = (2.8 * Math.max(heatFlux_W_m2, 0) * dt_s) / (1.2 * AIR_HEAT_J_kgK * lapse_K_m);
  return Math.sqrt(mixingHeight_m ** 2 + gain);
}

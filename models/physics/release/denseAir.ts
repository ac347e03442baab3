/**
 * What a dense cloud needs to know of the air, and its entrainment.
 *
 *   u(z) = u_r (z/z_r)^α,  α = φ_m/(ln(z_r/z_0) − ψ_m)                power law tangent to Monin and Obukhov at z_r
 *   w_e = κ (1 + α) w/φ(Ri),  w² = u*² + w_h²/4,  Ri = g (ρ/ρ_a − 1) H/w²
 *   φ = 0.88 φ_h(H/L) + 0.099 Ri^1.04 + 1.4e-25 Ri^5.7  (Ri > 0),  0.88 φ_h/(1 + 0.65 |Ri|^0.6)  (Ri ≤ 0)
 *   w_h³ = g H q/(ρ c_p T)                                            turbulence that a warm ground makes under the cloud
 *   q = ΔT/(1/h + √(π a_g t)/k_g)                                     the ground cools as it warms the cloud for a time t
 *   h = max(1.22 ρ c_p u*²/u, 0.14 k (g ΔT/(T ν a))^⅓)               forced (Colburn), free (turbulent, plate facing up)
 *   σ_y = δ x^0.9 (max(t, t_i)/600 s)^0.2
 *
 * H depth of the cloud, q heat from the ground [W/m²], t averaging time. φ_m, φ_h, ψ_m of ../air/surfaceLayer.ts make
 * the passive limit that of the surface layer; at 1/L = 0 it is Spicer and Havens'. δ and t_i by stability from DEGADIS,
 * interpolated in 1/L between the classes' centres (Golder 1972 at z_0 = 3 cm).
 * Source: T. Spicer, J. Havens, User's Guide for the DEGADIS 2.1 Dense Gas Dispersion Model, EPA-450/4-89-019 (1989);
 * T. Spicer, J. Havens, J. Hazard. Mater. 16 (1987) 231. Convection as in
 * Holman, Heat Transfer (1986): Colburn's analogy, and Nu = 0.14 Ra^⅓.
 */
import type { AirWeather } from '../air/air.ts';
import { heatFunction, profileFactor, shearFunction, windRatio } from '../air/surfaceLayer.ts';

export const GRAVITY = 9.80665;
/** Of the entrainment law: φ(0) = 0.88 was found with it, and 0.35/0.88 is the surface layer's 0.40. */
const KARMAN = 0.35;

/** The surface layer as a dense cloud sees it. */
export interface DenseAir {
  /** At windHeight_m. */
  readonly wind_m_s: number;
  readonly windHeight_m: number;
  /** Of the power law; `windExponent` makes one. */
  readonly exponent: number;
  readonly frictionVelocity_m_s: number;
  /** 1/L. */
  readonly inverseObukhov_1_m: number;
  readonly temperature_K: number;
  readonly groundTemperature_K: number;
  readonly pressure_Pa: number;
  readonly relativeHumidity: number;
  /** Of the ground [W/(m K)] and [m²/s], default dry sand. */
  readonly groundConductivity_W_mK?: number;
  readonly groundDiffusivity_m2_s?: number;
}

/** TNO Yellow Book CPR 14E (2005), subsoils: sandy, dry. */
const DRY_SAND = { conductivity_W_mK: 0.3, diffusivity_m2_s: 2e-7 } as const;

/** Exponent of the power law that is tangent to the surface layer's profile at a height [m]. */
export function windExponent(height_m: number, roughness_m: number, inverseObukhov_1_m: number): number {
  const zeta = height_m * inverseObukhov_1_m;
  const slope = shearFunction(zeta) / Math.max(1, profileFactor(height_m, roughness_m, inverseObukhov_1_m));
  return Math.min(0.6, Math.max(0.02, slope));
}

/** Below this wind a plume has no steady form [m/s]. */
const SLOWEST_M_S = 0.5;
/** Where the power law touches the profile: clouds are about this deep [m]. */
const TANGENT_M = 2;

/** The air of a site for a dense cloud; the ground is as warm as the air unless it is said. */
export function denseAirOf(weather: AirWeather, groundTemperature_K = weather.temperature_K): DenseAir {
  const { roughness_m: z0, inverseObukhov_1_m: l } = weather;
  const wind = Math.hypot(weather.windU_m_s, weather.windV_m_s) * windRatio(TANGENT_M, weather.windHeight_m, z0, l);
  return {
    wind_m_s: Math.max(SLOWEST_M_S, wind),
    windHeight_m: TANGENT_M,
    exponent: windExponent(TANGENT_M, z0, l),
    frictionVelocity_m_s: weather.frictionVelocity_m_s,
    inverseObukhov_1_m: l,
    temperature_K: weather.temperature_K,
    groundTemperature_K,
    pressure_Pa: weather.pressure_Pa,
    relativeHumidity: weather.relativeHumidity,
  };
}

/** Entrainment velocity [m/s] through the top of a cloud; excess ρ/ρ_a − 1, depth [m], heat from the ground [W/m²]. */
export function entrainment_m_s(
  air: DenseAir,
  excess: number,
  depth_m: number,
  heat_W_m2: number,
  capacity_J_m3K: number,
  temperature_K: number,
): number {
  const convective = Math.cbrt((GRAVITY * depth_m * Math.max(0, heat_W_m2)) / (capacity_J_m3K * temperature_K));
  const w = Math.sqrt(air.frictionVelocity_m_s ** 2 + convective ** 2 / 4);
  const ri = (GRAVITY * excess * depth_m) / (w * w);
  const passive = 0.88 * heatFunction(depth_m * air.inverseObukhov_1_m);
  const phi = ri > 0 ? passive + 0.099 * ri ** 1.04 + 1.4e-25 * ri ** 5.7 : passive / (1 + 0.65 * (-ri) ** 0.6);
  return (KARMAN * (1 + air.exponent) * w) / phi;
}

/**
 * Heat from the ground into a cloud [W/m²]; the cloud's temperature, heat capacity [J/(m³ K)] and speed [m/s], and for how
 * long the ground has been cooled [s].
 */
export function groundHeat_W_m2(
  air: DenseAir,
  temperature_K: number,
  capacity_J_m3K: number,
  speed_m_s: number,
  cooled_s: number,
): number {
  const drop = air.groundTemperature_K - temperature_K;
  if (drop <= 0) return 0;
  // Air's conductivity, viscosity and diffusivity at the film temperature: Sutherland-like powers of T.
  const film = (air.groundTemperature_K + temperature_K) / 2 / 300;
  const conductivity = 0.026 * film ** 0.85;
  const viscosity = 1.57e-5 * film ** 1.75;
  const diffusivity = 2.2e-5 * film ** 1.8;
  const free = 0.14 * conductivity * Math.cbrt((GRAVITY * drop) / (300 * film) / (viscosity * diffusivity));
  const forced = (1.22 * capacity_J_m3K * air.frictionVelocity_m_s ** 2) / Math.max(0.1, speed_m_s);
  const ground = air.groundConductivity_W_mK ?? DRY_SAND.conductivity_W_mK;
  const slow = Math.sqrt(Math.PI * (air.groundDiffusivity_m2_s ?? DRY_SAND.diffusivity_m2_s) * cooled_s) / ground;
  return drop / (1 / Math.max(free, forced) + slow);
}

/** Classes A … F: centre in 1/L [1/m], δ, shortest averaging time t_i [s]. */
const CLASSES = [
  [-0.17, 0.423, 18.3],
  [-0.1, 0.313, 18.3],
  [-0.047, 0.21, 18.3],
  [0, 0.136, 18.3],
  [0.047, 0.102, 11.4],
  [0.1, 0.0674, 4.6],
] as const;

/** Passive spread of a plume, σ_y = δ x^0.9 at an averaging time [s]: δ. */
export function lateralSpread(inverseObukhov_1_m: number, averaging_s: number): number {
  const x = Math.min(CLASSES[5][0], Math.max(CLASSES[0][0], inverseObukhov_1_m));
  let i = 0;
  while (i < CLASSES.length - 2 && x > CLASSES[i + 1][0]) i++;
  const [x0, d0, t0] = CLASSES[i];
  const [x1, d1, t1] = CLASSES[i + 1];
  const share = (x - x0) / (x1 - x0);
  const delta = Math.exp(Math.log(d0) + share * Math.log(d1 / d0));
  const shortest = t0 + share * (t1 - t0);
  return delta * (Math.max(averaging_s, shortest) / 600) ** 0.2;
}

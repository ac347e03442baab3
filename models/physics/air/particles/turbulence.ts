/**
 * What a parcel meets at a height over open ground: mean wind, spread of the velocity and Lagrangian length scale, tabulated
 * once per step because twenty thousand parcels ask several times in it.
 *
 * Mean wind     U(z) = U_ref·F(z)/F(z_ref), F = ln(z/z0) − ψm(z/L) + ψm(z0/L), ../surfaceLayer.ts; nil at z0.
 * Vertical      σw = 1.25 u* (1 − 3 z/L)^(1/3) (1 − 0.8 z/h) for L < 0: the surface layer of Panofsky et al. (1977) and Kaimal &
 *               Finnigan (1994); far above |L| it becomes Lenschow's (1980) σw² = 1.8 w*² (z/h)^(2/3) (1 − 0.8 z/h)².
 *               σw = 1.25 u* (1 − 0.8 z/h) otherwise: the same decrease with height stands in for Nieuwstadt's (1984).
 * Length        σw·TL = Λ, in the surface layer K(z)/σw with the K that puffs and particles share (../turbulence.ts) and σw
 *               without its decrease aloft; bounded aloft by h (Hanna 1982). So a parcel's far limit is K-theory with that K:
 *               derived; near the source it keeps its velocity for TL, which K-theory does not know.
 *               Below the floor height Λ keeps its value there: σw hardly varies, so a mixed layer stays mixed (Wilson &
 *               Flesch 1993), and the time step is not wasted in the last decimetre.
 * Horizontal    σv(z) and its three times are the puffs' (../turbulence.ts). The quickest part is the same along the wind and
 *               belongs to each parcel; the two others lie across the wind (motion.ts). The vertical part does not enter:
 *               the velocity over its spread is a process of its own, which keeps what is well mixed so at any σv(z).
 * An earlier share of fast variance had been chosen after some twenty settings on the given half of Prairie Grass, with a Λ of
 * 0.5 z. Both gave way to what the puffs use; how K's numbers came about is said there.
 * Units m, s. Left out: the covariance of u and w, and the skewness of convective updraughts.
 */
import type { AirWeather } from '../air.ts';
import { stabilityFunction } from '../surfaceLayer.ts';
import { eddyDiffusivity_m2_s, LATERAL_TERMS, lateralVelocity_m_s } from '../turbulence.ts';

const NODES = 1024;
/** Table columns: wind [m/s], σw [m/s], dσw/dz [1/s], Λ [m]. */
const COLUMNS = 4;
/** σw at the ground over u*, neutral. */
export const SIGMA_W = 1.25;

/** Shares of σv² of the parts of LATERAL_TERMS, as factors of σv, and their times [s]. */
export const QUICK = Math.sqrt(LATERAL_TERMS[0].share);
export const MIDDLE = Math.sqrt(LATERAL_TERMS[1].share);
export const SLOW = Math.sqrt(1 - LATERAL_TERMS[0].share - LATERAL_TERMS[1].share);
export const QUICK_TIME_s = LATERAL_TERMS[0].time_s;
export const MIDDLE_TIME_s = LATERAL_TERMS[1].time_s;
export const SLOW_TIME_s = LATERAL_TERMS[2].time_s;

export interface Turbulence {
  /** NODES rows of wind, σw, dσw/dz and Λ at heights equally spaced in z^(1/4). */
  readonly table: Float64Array;
  /** The lowest height: parcels are reflected there [m]. */
  ground_m: number;
  /** The mixing height: parcels are reflected there [m]. */
  lid_m: number;
  /** z^(1/4) of the first node, and rows per unit of it. */
  first: number;
  perUnit: number;
  /** Of the vane, and the wind and the least σv that go with it. */
  sigmaTheta_rad: number;
  speed_m_s: number;
  calm_m_s: number;
  /** Unit vector of the wind. */
  alongX: number;
  alongY: number;
}

export function createTurbulence(): Turbulence {
  return {
    table: new Float64Array(NODES * COLUMNS),
    ground_m: 0,
    lid_m: 0,
    first: 0,
    perUnit: 0,
    sigmaTheta_rad: 0,
    speed_m_s: 0,
    calm_m_s: 0,
    alongX: 1,
    alongY: 0,
  };
}

/** F of the head comment, at least 0. */
export function windShape(z_m: number, roughness_m: number, inverseObukhov_1_m: number): number {
  const z = Math.max(z_m, roughness_m);
  const psi = stabilityFunction(z * inverseObukhov_1_m) - stabilityFunction(roughness_m * inverseObukhov_1_m);
  return Math.max(0, Math.log(z / roughness_m) - psi);
}

/** Rewrites the table for the weather of a step. `floor_m`: below it the length scale grows no smaller. */
export function tabulate(t: Turbulence, weather: AirWeather, floor_m: number, calm_m_s: number): void {
  const z0 = Math.max(1e-5, weather.roughness_m);
  const lid = Math.max(weather.mixingHeight_m, 20 * z0, 10);
  const invL = weather.inverseObukhov_1_m;
  const u = Math.max(1e-3, weather.frictionVelocity_m_s);
  const speed = Math.sqrt(weather.windU_m_s * weather.windU_m_s + weather.windV_m_s * weather.windV_m_s);
  const scale = speed / Math.max(1e-9, windShape(Math.max(weather.windHeight_m, 2 * z0), z0, invL));
  t.ground_m = z0;
  t.lid_m = lid;
  t.first = z0 ** 0.25;
  t.perUnit = (NODES - 1) / (lid ** 0.25 - t.first);
  for (let k = 0; k < NODES; k += 1) {
    const z = (t.first + k / t.perUnit) ** 4;
    const at = k * COLUMNS;
    const thin = 1 - (0.8 * z) / lid;
    const convective = invL < 0 ? Math.cbrt(1 - 3 * z * invL) : 1;
    const zs = Math.max(z, floor_m);
    const nearSigma = SIGMA_W * u * (invL < 0 ? Math.cbrt(1 - 3 * zs * invL) : 1);
    const surface = eddyDiffusivity_m2_s(zs, u, invL) / nearSigma;
    t.table[at] = scale * windShape(z, z0, invL);
    t.table[at + 1] = SIGMA_W * u * convective * thin;
    t.table[at + 2] =
      SIGMA_W * u * ((invL < 0 ? (-invL / (convective * convective)) * thin : 0) - (convective * 0.8) / lid);
    t.table[at + 3] = 1 / (1 / surface + 1 / lid);
  }
  t.sigmaTheta_rad = weather.sigmaTheta_rad;
  t.speed_m_s = speed;
  t.calm_m_s = calm_m_s;
  t.alongX = speed > 0 ? weather.windU_m_s / speed : 1;
  t.alongY = speed > 0 ? weather.windV_m_s / speed : 0;
}

/** σv [m/s] where the open ground's wind is `wind_m_s`. */
export function lateralAt_m_s(t: Turbulence, wind_m_s: number): number {
  return lateralVelocity_m_s(t.sigmaTheta_rad, wind_m_s, t.speed_m_s, t.calm_m_s);
}

/** Wind, σw, dσw/dz and Λ at a height between ground and lid into out[0..3]. */
export function turbulenceAt(t: Turbulence, z_m: number, out: Float64Array): void {
  const q = (Math.sqrt(Math.sqrt(z_m)) - t.first) * t.perUnit;
  const k = q <= 0 ? 0 : q >= NODES - 1 ? NODES - 2 : q | 0;
  const f = q - k;
  const at = k * COLUMNS;
  const v = t.table;
  out[0] = v[at]! + f * (v[at + 4]! - v[at]!);
  out[1] = v[at + 1]! + f * (v[at + 5]! - v[at + 1]!);
  out[2] = v[at + 2]! + f * (v[at + 6]! - v[at + 2]!);
  out[3] = v[at + 3]! + f * (v[at + 7]! - v[at + 3]!);
}

/**
 * How warm what stands behind the gas is.
 *
 *   surface  T = Ta + (α G max(0, n·s) − 63 W/m² (1 − cloud) max(0, nz))/h,  h = 5.7 + 3.8 U      sol-air temperature (ASHRAE), McAdams
 *   sky      T = Ta − (Ta − 0.0552 Ta^1.5) (1 − cloud) sin e                                      clear at the zenith: Swinbank 1963
 *
 * n the surface's normal, e the ray's elevation, α 0.6; U not under 0.5 m/s. The weather tells how strong the sun is and not
 * where it stands: s is from the south, 45° high.
 */
import type { AirWeather } from '../../../../models/physics/air/index.ts';
import { type CameraView, SEEN } from './view.ts';

const ABSORPTANCE = 0.6;
const LONG_WAVE_W_m2 = 63;
const LEAST_WIND_M_S = 0.5;
/** Towards the sun. */
export const SUN: readonly [number, number, number] = [0, -Math.SQRT1_2, Math.SQRT1_2];

/** Cosine between a pixel's surface and the sun, nothing where it is turned away. */
export function sunOn({ normal }: CameraView, p: number): number {
  const cosine = normal[3 * p]! * SUN[0] + normal[3 * p + 1]! * SUN[1] + normal[3 * p + 2]! * SUN[2];
  return Math.max(cosine, 0);
}

/** Of what pixel `p` sees behind the gas [K]. */
export function backgroundOf_K(view: CameraView, p: number, air: AirWeather): number {
  const { temperature_K: ta, cloud } = air;
  if (view.kind[p] === SEEN.sky) {
    const sine = Math.max(0, view.direction[3 * p + 2]!);
    return ta - (ta - 0.0552 * ta ** 1.5) * (1 - cloud) * sine;
  }
  const wind = Math.max(LEAST_WIND_M_S, Math.hypot(air.windU_m_s, air.windV_m_s));
  const lost = LONG_WAVE_W_m2 * (1 - cloud) * Math.max(0, view.normal[3 * p + 2]!);
  return ta + (ABSORPTANCE * air.solar_W_m2 * sunOn(view, p) - lost) / (5.7 + 3.8 * wind);
}

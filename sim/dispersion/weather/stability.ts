/**
 * The surface layer that a wind, a sky and a time of day make, or that a given class stands for.
 *
 *   sensible heat, u*, 1/L   models/physics/air/surfaceLayer.ts
 *   σθ = atan(σv/U),   σv = 1.9 u*                      neutral and stable (Panofsky & Dutton 1984, table 7.1)
 *                      σv = u* (12 − 0.5 zi/L)^(1/3)    unstable (Panofsky et al. 1977)
 *   zi given, else 2300 u*^1.5 (Venkatram 1980), but 1000 m at least by a convective noon, in proportion to the sun's height
 *
 * U is the mean wind at 10 m. In a calm σθ goes to its limit of one radian: the wind's vector wanders by itself then.
 */
import type { Stability } from '../../../models/contract/index.ts';
import {
  type AirWeather,
  frictionVelocity_m_s,
  inverseObukhovOfClass_1_m,
  LEAST_FRICTION_VELOCITY_m_s,
  mechanicalMixingHeight_m,
  surfaceLayer,
} from '../../../models/physics/air/index.ts';

const CONVECTIVE_m = 1000;
const SHALLOWEST_m = 50;
const WIDEST_rad = 1;

/** Fills u*, 1/L, mixing height and σθ of a weather whose other members stand; `sunHeight` is the sine of its elevation. */
export function layerOf(
  air: AirWeather,
  meanWind_m_s: number,
  sunHeight: number,
  stability: Stability | undefined,
  mixingHeight_m: number | undefined,
): void {
  if (stability !== undefined) {
    const inverse = inverseObukhovOfClass_1_m(stability, air.roughness_m);
    air.inverseObukhov_1_m = inverse;
    air.frictionVelocity_m_s = Math.max(
      LEAST_FRICTION_VELOCITY_m_s,
      frictionVelocity_m_s(meanWind_m_s, air.windHeight_m, air.roughness_m, inverse),
    );
  } else {
    const layer = surfaceLayer({
      windSpeed_m_s: meanWind_m_s,
      windHeight_m: air.windHeight_m,
      roughness_m: air.roughness_m,
      solar_W_m2: air.solar_W_m2,
      cloud: air.cloud,
      temperature_K: air.temperature_K,
      pressure_Pa: air.pressure_Pa,
    });
    air.inverseObukhov_1_m = layer.inverseObukhov_1_m;
    air.frictionVelocity_m_s = layer.frictionVelocity_m_s;
  }
  const u = air.frictionVelocity_m_s;
  const stirred_m = Math.max(SHALLOWEST_m, mechanicalMixingHeight_m(u));
  const unstable = air.inverseObukhov_1_m < 0;
  const convective_m = unstable ? CONVECTIVE_m * (stability === undefined ? Math.max(0, sunHeight) : 1) : 0;
  air.mixingHeight_m = mixingHeight_m ?? Math.max(stirred_m, convective_m);
  const sigma_m_s = unstable ? u * Math.cbrt(12 - 0.5 * air.mixingHeight_m * air.inverseObukhov_1_m) : 1.9 * u;
  air.sigmaTheta_rad = Math.min(WIDEST_rad, Math.atan2(sigma_m_s, meanWind_m_s));
}

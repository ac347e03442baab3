/**
 * Camera for visible light: sky, ground, what stands on it by how it faces the sun, pools dark, and the white of water that
 * cold gas makes of the air's damp. Gas itself is not seen.
 *
 *   water      W = max(0, A N − B L)          [kg/m²], N column of cold gas [part·m], L 5 m the depth that its cloud is taken to have
 *   A = β (Ta − Ts) (de_s/dT)/(Rv Ta),  B = (1 − RH) e_s/(Rv Ta),  β 1.2          mixing line: each part of gas cools the mixture by β (Ta − Ts)
 *   veil       1 − e^(−τ),  τ = 3 W/(2 ρw r),  r 5 µm                             extinction of droplets
 *   e_s = 611.2 Pa e^(17.62 t/(243.12 + t))                                       Magnus, WMO-No. 8
 *
 * Noise of 1.5 counts of 255. A pool counts where it is darker than dry ground by five of them: by night it does not.
 */
import type { Stream } from '../../../../models/kernel/index.ts';
import type { AirWeather } from '../../../../models/physics/air/index.ts';
import { sunOn } from './surfaces.ts';
import { type CameraView, SEEN } from './view.ts';

const VAPOUR_J_kgK = 461.5;
const BETA = 1.2;
const DEPTH_m = 5;
const DROPLET_m = 5e-6;
const WATER_kg_m3 = 1000;
const NOISE = 1.5;
const LEAST_SIGMAS = 5;
/** Lamps of a site by night, and the sun at which a picture is as bright as it gets [W/m²]. */
const LEAST_LIGHT = 0.12;
const FULL_W_m2 = 250;
const HAZE_m = 1500;

type Colour = readonly [number, number, number];
const GROUND: Colour = [148, 143, 130];
const POOL: Colour = [44, 40, 38];
const SOLID: Colour = [196, 200, 204];
const ZENITH: Colour = [104, 152, 214];
const HORIZON: Colour = [198, 214, 228];
const OVERCAST: Colour = [186, 191, 196];
const VEIL: Colour = [244, 246, 248];

function saturation_Pa(temperature_K: number): number {
  const t = temperature_K - 273.15;
  return 611.2 * Math.exp((17.62 * t) / (243.12 + t));
}

/** Droplets in the line of sight through a cold cloud [kg/m²]. */
export function condensed_kg_m2(column_part_m: number, gas_K: number, air: AirWeather): number {
  const ta = air.temperature_K;
  if (!(gas_K < ta) || column_part_m <= 0) return 0;
  const es = saturation_Pa(ta);
  const slope = (saturation_Pa(ta + 0.5) - saturation_Pa(ta - 0.5)) / 1;
  const a = (BETA * (ta - gas_K) * slope) / (VAPOUR_J_kgK * ta);
  const b = (Math.max(0, 1 - air.relativeHumidity) * es) / (VAPOUR_J_kgK * ta);
  // No more than all the damp that the gas displaces and cools.
  const most = (air.relativeHumidity * es * DEPTH_m) / (VAPOUR_J_kgK * ta);
  return Math.min(most, Math.max(0, a * column_part_m - b * DEPTH_m));
}

/** Share of what stands behind that droplets hide. */
export function veilOf(water_kg_m2: number): number {
  return 1 - Math.exp((-1.5 * water_kg_m2) / (WATER_kg_m3 * DROPLET_m));
}

/**
 * Takes one picture into `rgb` (3 n); returns the pixels in which a pool can be made out.
 * @param veil share hidden by droplets, by pixel (n)
 * @param wet 1 where the ray ends on a pool (n)
 */
export function takeVisible(
  view: CameraView,
  air: AirWeather,
  veil: Float64Array,
  wet: Uint8Array,
  chance: Stream,
  index: number,
  rgb: Uint8Array,
): number {
  const n = view.width * view.height;
  const day = Math.min(1, Math.max(LEAST_LIGHT, air.solar_W_m2 / FULL_W_m2));
  const { cloud } = air;
  let pools = 0;
  for (let p = 0; p < n; p += 1) {
    const kind = view.kind[p]!;
    const sine = Math.max(0, view.direction[3 * p + 2]!);
    const shade = kind === SEEN.sky ? 1 : 0.55 + 0.45 * ((1 - cloud) * sunOn(view, p) + cloud * 0.5);
    const far = kind === SEEN.sky ? 0 : 1 - Math.exp(-view.end_m[p]! / HAZE_m);
    const clear = 1 - veil[p]!;
    const drop = far * 0.8;
    const noise = NOISE * chance.normal(index * n + p);
    for (let c = 0; c < 3; c += 1) {
      const sky =
        (1 - cloud) * (HORIZON[c]! + Math.min(1, 2.5 * sine) * (ZENITH[c]! - HORIZON[c]!)) + cloud * OVERCAST[c]!;
      const own = kind === SEEN.sky ? sky : kind === SEEN.solid ? SOLID[c]! : wet[p] === 1 ? POOL[c]! : GROUND[c]!;
      const behind = own * shade * (1 - drop) + HORIZON[c]! * drop;
      rgb[3 * p + c] = Math.min(255, Math.max(0, Math.round(day * (behind * clear + VEIL[c]! * veil[p]!) + noise)));
    }
    if (wet[p] === 1) {
      const darker = day * clear * shade * (1 - drop) * (GROUND[1] - POOL[1]);
      if (darker >= LEAST_SIGMAS * NOISE) pools += 1;
    }
  }
  return pools;
}

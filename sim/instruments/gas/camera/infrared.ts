/**
 * Infrared camera for gas (optical gas imaging), cooled, filtered to 3.2–3.4 µm: gas is seen where it dims or brightens what
 * stands behind it, and not at all where that is as warm as the gas.
 *
 *   absorbance  a = κ Σ b_s N_s                                  b C–H bonds, N column [part·m], κ 25/(part·m) a bond: 10⁻⁴/(ppm·m) of methane
 *   contrast    C = (1 − e^(−a)) (1 − B(Ta)/B(Tb)) + σ n         of the background's radiance B(T) = e^(−c2/λT), Wien
 *   noise       σ = (c2/λ)/T0² · NETD · B(T0)/B(Tb)              NETD 15 mK at T0 300 K
 *   seen        |C| ≥ max(1 %, 5 σ), and in a neighbour pixel too
 *   column      N = −ln(1 − C/(1 − B(Ta)/B(Tb)))/(κ b_cal)       of pixels that see; at most what leaves 2 % of the light
 *
 * The contrast of 1 % as limit of detection, and that it is the difference of temperature that sets it: Zeng & Morris 2018
 * (J. Air Waste Manage.). κ: the ν3 band of methane, some 10⁻¹⁷ cm a molecule (HITRAN), of which seven tenths lie in a filter of 184 cm⁻¹;
 * it gives a noise-equivalent column of 15 ppm·m at 10 K, where makers say 10 (NETD 10 mK). The camera is taken to know its scene: what
 * stands still is no gas. Air between counts for nothing, and gas is as warm as the air.
 */
import type { Stream } from '../../../../models/kernel/index.ts';
import type { AirWeather } from '../../../../models/physics/air/index.ts';
import { backgroundOf_K } from './surfaces.ts';
import type { CameraView } from './view.ts';

/** Second radiation constant over the filter's middle, 14 388 µm·K/3.3 µm [K]. */
const C2_LAMBDA_K = 4360;
export const PER_BOND = 25;
const REFERENCE_K = 300;
const NETD_K = 0.015;
const LEAST_CONTRAST = 0.01;
const LEAST_SIGMAS = 5;
const LEAST_LIGHT = 0.02;

/** What an infrared camera shows; views of a state buffer, by pixel. */
export interface InfraredImage {
  readonly thermal_K: Float32Array; // apparent temperature, gas and noise in it (n)
  readonly column_part_m: Float32Array; // 0 where no gas is seen (n)
}

/** One pixel's noise, share of the background's radiance. */
export function contrastNoise(background_K: number): number {
  const scale = Math.exp(C2_LAMBDA_K * (1 / background_K - 1 / REFERENCE_K));
  return (C2_LAMBDA_K / REFERENCE_K ** 2) * NETD_K * scale;
}

/** The contrast of an opaque cloud as warm as the air before a background; its sign says darker (+) or brighter (−). */
export function fullContrast(background_K: number, gas_K: number): number {
  return 1 - Math.exp(-C2_LAMBDA_K * (1 / gas_K - 1 / background_K));
}

/**
 * Takes one picture.
 * @param absorbance by pixel (n)
 * @param perColumn κ b of the gas that it is calibrated with [1/(part·m)]
 * @param chance normals from index · n on
 * @returns pixels that see gas and the largest column among them [part·m]
 */
export function takeInfrared(
  view: CameraView,
  air: AirWeather,
  absorbance: Float64Array,
  perColumn: number,
  chance: Stream,
  index: number,
  image: InfraredImage,
): { pixels: number; column_part_m: number } {
  const { width, height } = view;
  const n = width * height;
  const { thermal_K, column_part_m } = image;
  for (let p = 0; p < n; p += 1) {
    const background = backgroundOf_K(view, p, air);
    const full = fullContrast(background, air.temperature_K);
    const sigma = contrastNoise(background);
    const contrast = (1 - Math.exp(-absorbance[p]!)) * full + sigma * chance.normal(index * n + p);
    thermal_K[p] = 1 / (1 / background - Math.log(Math.max(1e-3, 1 - contrast)) / C2_LAMBDA_K);
    // Noise may have the sign that no gas has.
    const seen = contrast * full > 0 && Math.abs(contrast) >= Math.max(LEAST_CONTRAST, LEAST_SIGMAS * sigma);
    column_part_m[p] = seen ? -Math.log(Math.max(LEAST_LIGHT, 1 - contrast / full)) / perColumn : 0;
  }
  let pixels = 0;
  let most = 0;
  for (let p = 0; p < n; p += 1) {
    const column = Math.abs(column_part_m[p]!);
    if (column === 0) continue;
    const i = p % width;
    const alone =
      (i === 0 || column_part_m[p - 1] === 0) &&
      (i === width - 1 || column_part_m[p + 1] === 0) &&
      (p < width || column_part_m[p - width] === 0) &&
      (p >= n - width || column_part_m[p + width] === 0);
    if (alone) {
      column_part_m[p] = 0;
      continue;
    }
    pixels += 1;
    if (column > most) most = column;
  }
  return { pixels, column_part_m: most };
}

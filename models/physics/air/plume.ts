/**
 * Closed forms of steady plumes, instantaneous puffs and short releases over flat ground, under an inversion or none.
 *
 *   plume             c = Q/(√(2π) U σy) exp(−y²/2σy²) V(z)
 *   puff              c = M/(2π σx σy) exp(−(x−Ut)²/2σx² − y²/2σy²) V(z)
 *   integrated puff   c = Q/(2U) [erf((x−U(t−T))/√2σx) − erf((x−Ut)/√2σx)] exp(−y²/2σy²)/(√(2π)σy) V(z)   T: min(duration, t)
 *   V(z) = Σ_n [exp(−(z−h+2nD)²/2σz²) + exp(−(z+h+2nD)²/2σz²)]/(√(2π) σz)      images in ground and lid at D
 *        = (1/D)[1 + 2 Σ_n exp(−(nπσz/D)²/2) cos(nπz/D) cos(nπh/D)]            the same by Poisson's sum
 *
 * The images serve up to σz = D/2 (n = −2 … 2, what is left out is below 10⁻¹³ of V's largest), the cosines beyond (n ≤ 4,
 * below 10⁻¹³). Metres, seconds, kilograms.
 */
import { erf } from './erf.ts';

const ROOT_2PI = Math.sqrt(2 * Math.PI);
const IMAGES = 2;
const COSINES = 4;

/** V(z) [1/m]: share of mass per height of a puff at h, reflected at the ground and at a lid (Infinity: none; h > lid: none). */
export function verticalShare_1_m(z_m: number, height_m: number, sigma_m: number, lid_m: number): number {
  if (z_m < 0) return 0;
  const bell = (d: number) => Math.exp((-0.5 * d * d) / (sigma_m * sigma_m));
  if (height_m >= lid_m || lid_m === Number.POSITIVE_INFINITY)
    return (bell(z_m - height_m) + bell(z_m + height_m)) / (ROOT_2PI * sigma_m);
  if (z_m > lid_m) return 0;
  let sum = 0;
  if (sigma_m <= 0.5 * lid_m) {
    for (let n = -IMAGES; n <= IMAGES; n += 1)
      sum += bell(z_m - height_m + 2 * n * lid_m) + bell(z_m + height_m + 2 * n * lid_m);
    return sum / (ROOT_2PI * sigma_m);
  }
  for (let n = 1; n <= COSINES; n += 1) {
    const k = (n * Math.PI) / lid_m;
    sum += Math.exp(-0.5 * (k * sigma_m) ** 2) * Math.cos(k * z_m) * Math.cos(k * height_m);
  }
  return (1 + 2 * sum) / lid_m;
}

export interface PlumeCase {
  readonly rate_kg_s: number;
  readonly speed_m_s: number;
  readonly height_m: number;
  readonly sigmaY_m: number;
  readonly sigmaZ_m: number;
  readonly lid_m?: number;
}

/** Concentration [kg/m³] of a steady plume at y off its axis and a height, with the spreads of that distance. */
export function plumeConcentration_kg_m3(p: PlumeCase, y_m: number, z_m: number): number {
  const across = Math.exp(-0.5 * (y_m / p.sigmaY_m) ** 2) / (ROOT_2PI * p.sigmaY_m);
  const up = verticalShare_1_m(z_m, p.height_m, p.sigmaZ_m, p.lid_m ?? Number.POSITIVE_INFINITY);
  return (p.rate_kg_s / p.speed_m_s) * across * up;
}

export interface PuffCase {
  readonly mass_kg: number;
  readonly height_m: number;
  readonly sigmaX_m: number;
  readonly sigmaY_m: number;
  readonly sigmaZ_m: number;
  readonly lid_m?: number;
}

/** Concentration [kg/m³] of a puff at dx, dy from its centre and a height. */
export function puffConcentration_kg_m3(p: PuffCase, dx_m: number, dy_m: number, z_m: number): number {
  const along = Math.exp(-0.5 * (dx_m / p.sigmaX_m) ** 2) / (ROOT_2PI * p.sigmaX_m);
  const across = Math.exp(-0.5 * (dy_m / p.sigmaY_m) ** 2) / (ROOT_2PI * p.sigmaY_m);
  return (
    p.mass_kg * along * across * verticalShare_1_m(z_m, p.height_m, p.sigmaZ_m, p.lid_m ?? Number.POSITIVE_INFINITY)
  );
}

export interface ShortRelease {
  readonly rate_kg_s: number;
  readonly duration_s: number;
  readonly speed_m_s: number;
  readonly height_m: number;
  /** Along the wind at a distance travelled [m]. */
  sigmaX_m(x_m: number): number;
  sigmaY_m(x_m: number): number;
  sigmaZ_m(x_m: number): number;
  readonly lid_m?: number;
}

/** Concentration [kg/m³] of a release of finite duration: infinitely many puffs, σx of the cloud's ends, σy and σz of x. */
export function integratedPuffConcentration_kg_m3(
  p: ShortRelease,
  x_m: number,
  y_m: number,
  z_m: number,
  time_s: number,
): number {
  if (x_m <= 0 || time_s <= 0) return 0;
  const released = Math.min(p.duration_s, time_s);
  const reach = (travel: number) => {
    const gap = x_m - travel;
    const sigma = travel > 0 ? p.sigmaX_m(travel) : 0;
    return sigma > 0 ? erf(gap / (Math.SQRT2 * sigma)) : Math.sign(gap);
  };
  const along = (reach(p.speed_m_s * (time_s - released)) - reach(p.speed_m_s * time_s)) / (2 * p.speed_m_s);
  const sigmaY = p.sigmaY_m(x_m);
  const across = Math.exp(-0.5 * (y_m / sigmaY) ** 2) / (ROOT_2PI * sigmaY);
  const up = verticalShare_1_m(z_m, p.height_m, p.sigmaZ_m(x_m), p.lid_m ?? Number.POSITIVE_INFINITY);
  return p.rate_kg_s * along * across * up;
}

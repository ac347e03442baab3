/**
 * All gas along a straight line: what puffs or particles hold, and what is in a jet or, heavy, still on its way to them. The
 * latter is thickest at its source, so its points lie at equal angles as seen from there (Kulla & Fajardo 2012):
 *
 *   s(θ) = s0 + d tan θ,  ds = d/cos²θ dθ        s0 the line's nearest point to the source, d their distance, not under 0.3 m
 */
import type { PlantAir } from './air.ts';

const POINTS = 16;
const NEAREST_m = 0.3;
/** Jets and heavy gas are looked for below this. */
const LOW_m = 8;

/** Column of a species [kg/m²] from a point along a unit vector up to a distance. */
export function columnAlong_kg_m2(
  air: PlantAir,
  species: number,
  from: readonly [number, number, number],
  dx: number,
  dy: number,
  dz: number,
  length_m: number,
): number {
  const [x, y, z] = from;
  const { plant, gas } = air;
  // Rounding must not look under ground.
  const end = Math.max(0, z + length_m * dz);
  let sum = gas.column_kg_m2(species, x, y, z, x + length_m * dx, y + length_m * dy, end);
  // The part of the line that is low enough.
  const near = z <= LOW_m ? 0 : dz < 0 ? (LOW_m - z) / dz : length_m;
  const far = dz > 0 ? Math.min(length_m, (LOW_m - z) / dz) : length_m;
  if (near >= far) return sum;
  for (let k = 0; k < plant.placed.length; k += 1) {
    if (plant.sourceSpecies[k] !== species || !air.lingers(k)) continue;
    const [px, py, pz] = plant.sourcePlace[k]!;
    const s0 = (px - x) * dx + (py - y) * dy + (pz - z) * dz;
    const d = Math.max(NEAREST_m, Math.hypot(x + s0 * dx - px, y + s0 * dy - py, z + s0 * dz - pz));
    const first = Math.atan((near - s0) / d);
    const step = (Math.atan((far - s0) / d) - first) / POINTS;
    for (let i = 0; i < POINTS; i += 1) {
      const tangent = Math.tan(first + (i + 0.5) * step);
      const s = s0 + d * tangent;
      const here = air.lingering_kg_m3(k, x + s * dx, y + s * dy, Math.max(0, z + s * dz));
      sum += here * d * (1 + tangent * tangent) * step;
    }
  }
  return sum;
}

/**
 * What a crowd of puffs amounts to: concentrations at points and column densities along segments.
 *
 *   round puff       c = M/(2πσh²) exp(−(dx² + dy²)/2σh²) V(z)                    V as in plume.ts
 *   stretched puff   c = M/(4ℓ) [erf((a+ℓ)/√2σh) − erf((a−ℓ)/√2σh)] exp(−b²/2σh²)/(√(2π)σh) V(z)
 *                    a along, b across its stretch of half length ℓ: the exact sum of what was released in its interval
 *   column           ∫ M/((2π)^(3/2) σh²σz) exp(−(As² + 2Bs + C)/2) ds
 *                    = M/(2πσh²σz) · e^(−(C − B²/A)/2)/(2√A) · [erf((As+B)/√(2A))] over the segment, for each image
 *
 * Culling: beyond k σh in plan (past the stretch) a puff counts as nothing there, which leaves out at most exp(−k²/2) of
 * its largest concentration and as much of its mass, 1.2·10⁻⁴ at k = 4.25. No allocation but when receptors become more.
 */
import { fastExp } from './elementary.ts';
import { fastErf } from './erf.ts';
import { verticalShare_1_m } from './plume.ts';
import type { PuffState } from './puffState.ts';

const TWO_PI = 2 * Math.PI;
const ROOT_2PI = Math.sqrt(TWO_PI);
/** A lid farther than this many σz above a puff and its receptor has no say. */
const LID_REACH = 7;

/** V(z): the two terms that matter when the lid is far, everything when it is not. */
function verticalShare(z: number, height: number, sigma: number, lid: number): number {
  if (z < 0) return 0;
  if (2 * lid - height - z > LID_REACH * sigma && z <= lid) {
    const k = -0.5 / (sigma * sigma);
    const below = z - height;
    const above = z + height;
    return (fastExp(k * below * below) + fastExp(k * above * above)) / (ROOT_2PI * sigma);
  }
  return Math.max(verticalShare_1_m(z, height, sigma, lid), 0);
}

/** Receptors in plan and those that one puff reaches: of one call, kept only so as not to be asked for again. */
let plan = new Float64Array(0);
let felt = new Int32Array(0);

/** Concentrations [kg/m³] of a species at points (n × 3) into out (n). */
export function sumConcentrations(
  s: PuffState,
  species: number,
  points: Float64Array,
  out: Float64Array,
  cut_sigmas: number,
): void {
  const n = out.length;
  if (felt.length < n) {
    plan = new Float64Array(2 * n);
    felt = new Int32Array(n);
  }
  const xy = plan;
  const reached = felt;
  let west = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let south = Number.POSITIVE_INFINITY;
  let north = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < n; j += 1) {
    const x = points[3 * j];
    const y = points[3 * j + 1];
    xy[2 * j] = x;
    xy[2 * j + 1] = y;
    out[j] = 0;
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < south) south = y;
    if (y > north) north = y;
  }
  const { x_m: xs, y_m: ys, stretchX_m: stretchesX, stretchY_m: stretchesY, sigmaH_m: sigmas, species: kinds } = s;
  const count = s.counts[0];
  for (let i = 0; i < count; i += 1) {
    if (kinds[i] !== species) continue;
    const x0 = xs[i];
    const y0 = ys[i];
    const ex = stretchesX[i];
    const ey = stretchesY[i];
    const sigma = sigmas[i];
    const half = ex === 0 && ey === 0 ? 0 : Math.sqrt(ex * ex + ey * ey);
    const far = cut_sigmas * sigma + half;
    if (x0 + far < west || x0 - far > east || y0 + far < south || y0 - far > north) continue;
    const far2 = far * far;
    let m = 0;
    for (let j = 0; j < n; j += 1) {
      const dx = xy[2 * j] - x0;
      const dy = xy[2 * j + 1] - y0;
      if (dx * dx + dy * dy > far2) continue;
      reached[m] = j;
      m += 1;
    }
    if (m > 0) addPuff(s, i, half, points, reached, m, out);
  }
}

/** Adds puff i to the receptors that it reaches, `m` of them. */
function addPuff(
  s: PuffState,
  i: number,
  half: number,
  points: Float64Array,
  reached: Int32Array,
  m: number,
  out: Float64Array,
): void {
  const sigma = s.sigmaH_m[i];
  const sigmaZ = s.sigmaZ_m[i];
  const height = s.height_m[i];
  const lid = s.lid_m[i];
  const x0 = s.x_m[i];
  const y0 = s.y_m[i];
  const ex = s.stretchX_m[i];
  const ey = s.stretchY_m[i];
  const k = -0.5 / (sigma * sigma);
  const scale = s.mass_kg[i] / (half === 0 ? TWO_PI * sigma * sigma : 4 * half * ROOT_2PI * sigma);
  let lastZ = Number.NaN;
  let up = 0;
  for (let h = 0; h < m; h += 1) {
    const j = reached[h];
    const dx = points[3 * j] - x0;
    const dy = points[3 * j + 1] - y0;
    const z = points[3 * j + 2];
    if (z !== lastZ) {
      lastZ = z;
      up = scale * verticalShare(z, height, sigmaZ, lid);
    }
    if (half === 0) out[j] += up * fastExp(k * (dx * dx + dy * dy));
    else {
      const toErf = Math.SQRT1_2 / sigma;
      const along = (dx * ex + dy * ey) / half;
      const across = (dx * ey - dy * ex) / half;
      const share = fastErf((along + half) * toErf) - fastErf((along - half) * toErf);
      // Two erfs that cancel leave their own error: nothing is better than noise below zero.
      if (share > 0) out[j] += up * share * fastExp(k * across * across);
    }
  }
}

/** Mass per area [kg/m²] of a species along the segment from (x0, y0, z0) to (x1, y1, z1). */
export function sumColumn_kg_m2(
  s: PuffState,
  species: number,
  x0: number,
  y0: number,
  z0: number,
  x1: number,
  y1: number,
  z1: number,
  cut_sigmas: number,
): number {
  const length = Math.hypot(x1 - x0, y1 - y0, z1 - z0);
  if (length === 0) return 0;
  const ux = (x1 - x0) / length;
  const uy = (y1 - y0) / length;
  const uz = (z1 - z0) / length;
  const flat = ux * ux + uy * uy;
  let total = 0;
  for (let i = 0; i < s.counts[0]; i += 1) {
    if (s.species[i] !== species) continue;
    const sigma = s.sigmaH_m[i];
    const ex = s.stretchX_m[i];
    const ey = s.stretchY_m[i];
    const half = Math.sqrt(ex * ex + ey * ey);
    // The nearest point of the segment in plan decides whether the puff counts.
    const px = s.x_m[i] - x0;
    const py = s.y_m[i] - y0;
    const nearest = flat > 0 ? Math.min(Math.max((px * ux + py * uy) / flat, 0), length) : 0;
    const gapX = px - nearest * ux;
    const gapY = py - nearest * uy;
    const reach = cut_sigmas * sigma + half;
    if (gapX * gapX + gapY * gapY > reach * reach) continue;
    const pieces = half === 0 ? 1 : Math.min(Math.ceil((2 * half) / sigma), 64);
    for (let k = 0; k < pieces; k += 1) {
      const shift = pieces === 1 ? 0 : (2 * k + 1) / pieces - 1;
      total +=
        (s.mass_kg[i] / pieces) *
        columnOf(
          px + shift * ex,
          py + shift * ey,
          z0,
          ux,
          uy,
          uz,
          length,
          s.height_m[i],
          sigma,
          s.sigmaZ_m[i],
          s.lid_m[i],
        );
    }
  }
  return total;
}

/** Integral over s in 0 … length of one puff of 1 kg at (px, py) from the start, with its images. */
function columnOf(
  px: number,
  py: number,
  z0: number,
  ux: number,
  uy: number,
  uz: number,
  length: number,
  height: number,
  sigma: number,
  sigmaZ: number,
  lid: number,
): number {
  const closed = height < lid && lid !== Number.POSITIVE_INFINITY;
  const top = closed ? lid : Number.POSITIVE_INFINITY;
  let from = 0;
  let to = length;
  if (uz > 0) {
    from = Math.max(from, -z0 / uz);
    to = Math.min(to, (top - z0) / uz);
  } else if (uz < 0) {
    from = Math.max(from, (top - z0) / uz);
    to = Math.min(to, -z0 / uz);
  } else if (z0 < 0 || z0 > top) return 0;
  if (to <= from) return 0;
  const h2 = 1 / (sigma * sigma);
  const v2 = 1 / (sigmaZ * sigmaZ);
  const a = (ux * ux + uy * uy) * h2 + uz * uz * v2;
  const flatB = -(px * ux + py * uy) * h2;
  const flatC = (px * px + py * py) * h2;
  const images = closed ? Math.ceil((LID_REACH * sigmaZ) / (2 * lid)) + 1 : 0;
  const root = Math.sqrt(2 * a);
  let sum = 0;
  for (let n = -images; n <= images; n += 1)
    for (let sign = -1; sign <= 1; sign += 2) {
      const dz = z0 + sign * height + (closed ? 2 * n * lid : 0);
      const b = flatB + uz * dz * v2;
      const c = flatC + dz * dz * v2;
      const depth = c - (b * b) / a;
      if (depth > 80) continue;
      sum += fastExp(-0.5 * Math.max(depth, 0)) * (fastErf((a * to + b) / root) - fastErf((a * from + b) / root));
    }
  return sum / (4 * Math.PI * sigma * sigma * sigmaZ * Math.sqrt(a));
}

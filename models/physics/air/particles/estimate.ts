/**
 * Concentration out of parcels: each is a small Gaussian cloud,
 *
 *   c(p) = Σ m K_h(x − x_i) K_h(y − y_i) [K_v(z − z_i) + image under the ground + image over the lid],
 *
 * whose widths are a fixed share of the spread that a cloud of its own age has (a kernel that grows with the parcel, as in
 * puff-particle models: de Haan & Rotach 1998), so that detail is kept near the source and noise stays low far from it. A
 * share of 0.25 holds 6 % of the horizontal variance, which the parcels' own motion leaves to it (motion.ts), and smooths the
 * profile upwards by 3 % of σz (less with a smaller share there). Kernels end at 4 widths (loss 1e-4). Its Monte-Carlo standard error is
 * √Σ(m K)², that of a sum of independent rare events. With walls, a parcel that does not see the point adds nothing to it.
 * A column is the same sum integrated along a straight segment in closed form.
 */
import { fastErf as erf } from '../erf.ts';
import { HEAD, type Parcels } from './parcels.ts';
import type { Walls } from './walls.ts';

const CUT = 4;
const INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
const SQRT_HALF_PI = Math.sqrt(Math.PI / 2);

export interface Kernel {
  /** Of the horizontal and of the vertical spread. */
  readonly share: number;
  readonly upShare: number;
  /** Never narrower, never wider [m]. */
  readonly least_m: number;
  readonly most_m: number;
}

const width = (k: Kernel, share: number, variance: number) =>
  Math.min(k.most_m, Math.max(k.least_m, share * Math.sqrt(variance)));

/** Adds to sum[i] the concentration and to squares[i] the sum of (m K)² at points[first + i], for `count` points. */
export function addConcentrations(
  p: Parcels,
  species: number,
  kernel: Kernel,
  walls: Walls | undefined,
  points: Float64Array,
  count: number,
  sum: Float64Array,
  squares: Float64Array | undefined,
): void {
  const lid = p.head[HEAD.lid]!;
  const next = p.head[HEAD.next]!;
  for (let serial = p.head[HEAD.oldest]!; serial < next; serial += 1) {
    const n = serial % p.capacity;
    const m = p.mass[n]!;
    if (m === 0 || p.species[n] !== species) continue;
    const h = width(kernel, kernel.share, p.spreadH[n]!);
    const v = width(kernel, kernel.upShare, p.spreadV[n]!);
    const reachH = CUT * h;
    const reachV = CUT * v;
    const x = p.x[n]!;
    const y = p.y[n]!;
    const z = p.z[n]!;
    for (let i = 0; i < count; i += 1) {
      const dx = points[3 * i]! - x;
      if (dx > reachH || dx < -reachH) continue;
      const dy = points[3 * i + 1]! - y;
      if (dy > reachH || dy < -reachH) continue;
      const pz = points[3 * i + 2]!;
      const vertical = kernelV(pz - z, v, reachV) + kernelV(pz + z, v, reachV) + kernelV(2 * lid - pz - z, v, reachV);
      if (vertical === 0) continue;
      if (walls !== undefined && walls.cast(x, y, z, points[3 * i]!, points[3 * i + 1]!, pz) <= 1) continue;
      const r = INV_SQRT_2PI / h;
      const c = m * r * r * Math.exp((-0.5 * (dx * dx + dy * dy)) / (h * h)) * vertical;
      sum[i] = sum[i]! + c;
      if (squares !== undefined) squares[i] = squares[i]! + c * c;
    }
  }
}

function kernelV(d: number, v: number, reach: number): number {
  return d > reach || d < -reach ? 0 : (INV_SQRT_2PI / v) * Math.exp((-0.5 * d * d) / (v * v));
}

/** Mass per area along a segment [kg/m²]. */
export function columnOf(
  p: Parcels,
  species: number,
  kernel: Kernel,
  walls: Walls | undefined,
  x0: number,
  y0: number,
  z0: number,
  x1: number,
  y1: number,
  z1: number,
): number {
  const lid = p.head[HEAD.lid]!;
  const next = p.head[HEAD.next]!;
  const ex = x1 - x0;
  const ey = y1 - y0;
  const ez = z1 - z0;
  const length = Math.hypot(ex, ey, ez);
  if (length === 0) return 0;
  const loX = Math.min(x0, x1);
  const hiX = Math.max(x0, x1);
  const loY = Math.min(y0, y1);
  const hiY = Math.max(y0, y1);
  const loZ = Math.min(z0, z1);
  const hiZ = Math.max(z0, z1);
  let sum = 0;
  for (let serial = p.head[HEAD.oldest]!; serial < next; serial += 1) {
    const n = serial % p.capacity;
    const m = p.mass[n]!;
    if (m === 0 || p.species[n] !== species) continue;
    const h = width(kernel, kernel.share, p.spreadH[n]!);
    const reach = CUT * h;
    const x = p.x[n]!;
    const y = p.y[n]!;
    if (x < loX - reach || x > hiX + reach || y < loY - reach || y > hiY + reach) continue;
    const v = width(kernel, kernel.upShare, p.spreadV[n]!);
    const z = p.z[n]!;
    for (let image = 0; image < 3; image += 1) {
      const zi = image === 0 ? z : image === 1 ? -z : 2 * lid - z;
      if (zi < loZ - CUT * v || zi > hiZ + CUT * v) continue;
      // In units of the widths the segment is a straight line t ↦ a + t·e, and the kernel is round.
      const ax = (x0 - x) / h;
      const ay = (y0 - y) / h;
      const az = (z0 - zi) / v;
      const bx = ex / h;
      const by = ey / h;
      const bz = ez / v;
      const e2 = bx * bx + by * by + bz * bz;
      const t0 = -(ax * bx + ay * by + az * bz) / e2;
      const qx = ax + t0 * bx;
      const qy = ay + t0 * by;
      const qz = az + t0 * bz;
      const d2 = qx * qx + qy * qy + qz * qz;
      if (d2 > CUT * CUT) continue;
      const e = Math.sqrt(e2);
      const part = SQRT_HALF_PI * (erf(((1 - t0) * e) / Math.SQRT2) - erf((-t0 * e) / Math.SQRT2));
      if (part < 1e-9) continue;
      if (walls !== undefined && image === 0) {
        const t = Math.min(1, Math.max(0, t0));
        if (walls.cast(x, y, z, x0 + t * ex, y0 + t * ey, z0 + t * ez) <= 1) continue;
      }
      sum += ((m * INV_SQRT_2PI ** 3) / (h * h * v)) * Math.exp(-0.5 * d2) * part * (length / e);
    }
  }
  return sum;
}

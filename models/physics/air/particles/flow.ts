/**
 * Mean flow and extra turbulence on a grid around obstacles, as particles read it: a staggered grid whose velocities are
 * linear along their own axis within a cell. Then the flow is free of divergence in every point, not only over cells, and
 * nothing crosses a solid face: what is well mixed stays so.
 */
export interface FlowGrid {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  readonly x0_m: number;
  readonly y0_m: number;
  readonly cell_m: number;
  readonly cellZ_m: number;
  /** Velocity through the west face of a cell, (nx+1)·ny·nz, x fastest [m/s]. */
  readonly u: Float32Array;
  /** Through the south face, nx·(ny+1)·nz. */
  readonly v: Float32Array;
  /** Through the lower face, nx·ny·(nz+1). */
  readonly w: Float32Array;
  /** Friction velocity that wakes and canyons add, per cell, nx·ny·nz [m/s]. */
  readonly stir: Float32Array;
  /** The exponent of the wind's power law within the lowest cell, from its roughness. */
  readonly exponent: number;
  /** Brings the arrays above to a wind: direction of motion [rad, counter-clockwise from east], speed at a height [m/s]. */
  set(direction_rad: number, speed_m_s: number, height_m: number): void;
}

/** Spread that wakes add over their friction velocity (Williams et al. 2004, QUIC-PLUME: 2.0, 1.6 and 1.3; the first two as one). */
export const STIR_H = 1.8;
export const STIR_W = 1.3;

/**
 * out[0..2] velocity [m/s]; out[3..5] spread that is added along x, y, z [m/s]; out[6..8] its gradient along its own axis [1/s].
 * False outside of the grid, out untouched.
 */
export function flowAt(g: FlowGrid, x: number, y: number, z: number, out: Float64Array): boolean {
  const { nx, ny, nz } = g;
  const px = (x - g.x0_m) / g.cell_m;
  const py = (y - g.y0_m) / g.cell_m;
  const pz = z / g.cellZ_m;
  if (!(px >= 0 && py >= 0 && px < nx && py < ny && pz < nz)) return false;
  const i = px | 0;
  const j = py | 0;
  const k = pz < 0 ? 0 : pz | 0;
  const fx = px - i;
  const fy = py - j;
  const fz = pz < 0 ? 0 : pz - k;
  const iu = (k * ny + j) * (nx + 1) + i;
  const iv = (k * (ny + 1) + j) * nx + i;
  const c = (k * ny + j) * nx + i;
  const layer = nx * ny;
  let u = g.u[iu]! + fx * (g.u[iu + 1]! - g.u[iu]!);
  let v = g.v[iv]! + fy * (g.v[iv + nx]! - g.v[iv]!);
  let w: number;
  if (k === 0) {
    // Within the lowest cell the wind grows by a power law of the cell's mean, and w with its integral: still free of divergence.
    const power = fz ** g.exponent;
    u *= (1 + g.exponent) * power;
    v *= (1 + g.exponent) * power;
    w = g.w[c + layer]! * power * fz;
  } else w = g.w[c]! + fz * (g.w[c + layer]! - g.w[c]!);
  out[0] = u;
  out[1] = v;
  out[2] = w;
  const e = g.stir;
  const here = e[c]!;
  spread(here, i > 0 ? e[c - 1]! : 0, i + 1 < nx ? e[c + 1]! : 0, fx, STIR_H, g.cell_m, 0, out);
  spread(here, j > 0 ? e[c - nx]! : 0, j + 1 < ny ? e[c + nx]! : 0, fy, STIR_H, g.cell_m, 1, out);
  spread(here, k > 0 ? e[c - layer]! : here, k + 1 < nz ? e[c + layer]! : 0, fz, STIR_W, g.cellZ_m, 2, out);
  return true;
}

/** Linear between the means at the cell's two faces. */
function spread(
  here: number,
  before: number,
  after: number,
  fraction: number,
  ratio: number,
  cell_m: number,
  axis: number,
  out: Float64Array,
): void {
  const lower = 0.5 * ratio * (before + here);
  const upper = 0.5 * ratio * (here + after);
  out[3 + axis] = lower + fraction * (upper - lower);
  out[6 + axis] = (upper - lower) / cell_m;
}

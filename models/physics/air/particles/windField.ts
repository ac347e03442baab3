/**
 * The wind around a site's boxes and cylinders: Röckle's first guess (rockle.ts) made mass-consistent (massConsistent.ts) for
 * a set of directions, once, at compile time, for a wind of 1 m/s at the reference height over neutral ground (log profile).
 * In a run it is scaled by the wind's speed at that height and interpolated linearly between the two nearest directions;
 * both are free of divergence, so their sum is, and division by the length of the sum of both unit vectors keeps the speed.
 * Stability changes the open ground's turbulence only, not the pattern.
 */
import { VON_KARMAN } from '../surfaceLayer.ts';
import type { FlowGrid } from './flow.ts';
import { conserveMass, type StaggeredWind } from './massConsistent.ts';
import { bodiesOver, guessAt, rockleBody } from './rockle.ts';
import { createSolids, halfExtent_m, type Solid, type Solids } from './solids.ts';
import { windShape } from './turbulence.ts';

export interface WindFieldOptions {
  readonly solids: readonly Solid[];
  readonly roughness_m: number;
  /** Absent: chosen so that the grid has about 40,000 cells, and at least 1 m. */
  readonly cell_m?: number;
  /** How many directions around the circle; 24 if absent (15° apart). */
  readonly directions?: number;
  /** Free space around the solids [m]; 5 of the greatest height if absent. */
  readonly margin_m?: number;
}

export interface WindField extends FlowGrid {
  /** 1 where a cell is solid. */
  readonly solid: Uint8Array;
  /** What of the first guess's divergence was left, the worst of all directions. */
  readonly divergenceLeft: number;
  readonly directions: number;
}

/** A body that stands on the ground, or nearly so, makes zones. */
const UNDERCUT = 0.1;
const MAX_CELLS = 40_000;

interface Direction {
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly w: Float32Array;
  readonly stir: Float32Array;
}

/** Computes the wind for all directions. Without solids there is nothing to compute: undefined. */
export function compileWindField(options: WindFieldOptions): WindField | undefined {
  const { solids } = options;
  if (solids.length === 0) return undefined;
  const top = Math.max(...solids.map((s) => s.z1_m));
  const margin = options.margin_m ?? 5 * top;
  const span = (dirX: number, dirY: number) => {
    const ends = solids.map((s) => [s.x_m * dirX + s.y_m * dirY, halfExtent_m(s, dirX, dirY)] as const);
    return [
      Math.min(...ends.map(([m, h]) => m - h)) - margin,
      Math.max(...ends.map(([m, h]) => m + h)) + margin,
    ] as const;
  };
  const [x0, x1] = span(1, 0);
  const [y0, y1] = span(0, 1);
  const height = 3 * top;
  const cell = options.cell_m ?? Math.max(1, Math.cbrt(((x1 - x0) * (y1 - y0) * height) / (0.5 * MAX_CELLS)));
  // Twice as fine upwards, where the shear is, but never flatter than half a metre.
  const cellZ = Math.max(0.5, cell / 2);
  const grid = {
    nx: Math.max(3, Math.ceil((x1 - x0) / cell)),
    ny: Math.max(3, Math.ceil((y1 - y0) / cell)),
    nz: Math.max(3, Math.ceil(height / cellZ)),
    x0_m: x0,
    y0_m: y0,
    cell_m: cell,
    cellZ_m: cellZ,
  };
  const { nx, ny, nz } = grid;
  const bodies = createSolids(solids);
  const solid = solidCells(grid, bodies);
  const count = options.directions ?? 24;
  const reference_m = Math.max(top, 2 * options.roughness_m);
  const all: Direction[] = [];
  let left = 0;
  for (let d = 0; d < count; d += 1) {
    const result = compute(grid, solid, bodies, (2 * Math.PI * d) / count, options.roughness_m, reference_m);
    left = Math.max(left, result.left);
    all.push(result);
  }
  const u = new Float32Array((nx + 1) * ny * nz);
  const v = new Float32Array(nx * (ny + 1) * nz);
  const w = new Float32Array(nx * ny * (nz + 1));
  const stir = new Float32Array(nx * ny * nz);
  let [setDirection, setSpeed] = [Number.NaN, Number.NaN];
  return {
    ...grid,
    solid,
    divergenceLeft: left,
    directions: count,
    u,
    v,
    w,
    stir,
    exponent: 1 / Math.max(1, Math.log(Math.max(2, cellZ / 2 / options.roughness_m))),
    set(direction_rad, speed_m_s, height_m) {
      const speed =
        (speed_m_s * windShape(reference_m, options.roughness_m, 0)) /
        windShape(Math.max(height_m, 2 * options.roughness_m), options.roughness_m, 0);
      if (direction_rad === setDirection && speed === setSpeed) return;
      setDirection = direction_rad;
      setSpeed = speed;
      const turn = ((((direction_rad / (2 * Math.PI)) % 1) + 1) % 1) * count;
      const a = Math.floor(turn) % count;
      const f = turn - Math.floor(turn);
      const between = Math.cos((2 * Math.PI) / count);
      const length = Math.sqrt((1 - f) ** 2 + f ** 2 + 2 * f * (1 - f) * between);
      const first = (speed * (1 - f)) / length;
      const second = (speed * f) / length;
      const p = all[a]!;
      const q = all[(a + 1) % count]!;
      blend(u, p.u, q.u, first, second);
      blend(v, p.v, q.v, first, second);
      blend(w, p.w, q.w, first, second);
      blend(stir, p.stir, q.stir, first, second);
    },
  };
}

function blend(out: Float32Array, p: Float32Array, q: Float32Array, a: number, b: number): void {
  for (let i = 0; i < out.length; i += 1) out[i] = a * p[i]! + b * q[i]!;
}

type Grid = Pick<StaggeredWind, 'nx' | 'ny' | 'nz' | 'cell_m' | 'cellZ_m'> & {
  readonly x0_m: number;
  readonly y0_m: number;
};

/** A cell is solid where its centre is. */
function solidCells(g: Grid, bodies: Solids): Uint8Array {
  const solid = new Uint8Array(g.nx * g.ny * g.nz);
  for (let k = 0, c = 0; k < g.nz; k += 1)
    for (let j = 0; j < g.ny; j += 1)
      for (let i = 0; i < g.nx; i += 1, c += 1)
        solid[c] = bodies.inside(g.x0_m + (i + 0.5) * g.cell_m, g.y0_m + (j + 0.5) * g.cell_m, (k + 0.5) * g.cellZ_m)
          ? 1
          : 0;
  return solid;
}

function compute(
  g: Grid,
  solid: Uint8Array,
  bodies: Solids,
  direction_rad: number,
  roughness_m: number,
  reference_m: number,
): Direction & { left: number } {
  const { nx, ny, nz, cell_m: h, cellZ_m: hz } = g;
  const dirX = Math.cos(direction_rad);
  const dirY = Math.sin(direction_rad);
  const list = bodies.list.filter((s) => s.z0_m <= UNDERCUT * s.z1_m).map((s) => rockleBody(s, dirX, dirY));
  const unit = windShape(reference_m, roughness_m, 0);
  const wind = (z: number) => windShape(z, roughness_m, 0) / unit;
  const at = { along_m_s: 0, up_m_s: 0, zone_m: 0 };
  const field: StaggeredWind = {
    nx,
    ny,
    nz,
    cell_m: h,
    cellZ_m: hz,
    solid,
    u: new Float64Array((nx + 1) * ny * nz),
    v: new Float64Array(nx * (ny + 1) * nz),
    w: new Float64Array(nx * ny * (nz + 1)),
  };
  const zone = new Float64Array(nx * ny * nz);
  const undisturbed = Float64Array.from({ length: nz }, (_, k) => wind((k + 0.5) * hz));
  /** Asks for the guess at every level over a place. */
  const over = (x: number, y: number, take: (k: number) => void) => {
    const near = bodiesOver(list, x, y, wind);
    for (let k = 0; k < nz; k += 1) {
      guessAt(near, (k + 0.5) * hz, undisturbed[k]!, at);
      take(k);
    }
  };
  for (let j = 0; j <= ny; j += 1)
    for (let i = 0; i <= nx; i += 1) {
      const x = g.x0_m + i * h;
      const y = g.y0_m + j * h;
      if (j < ny)
        over(x, y + h / 2, (k) => {
          field.u[(k * ny + j) * (nx + 1) + i] = at.along_m_s * dirX;
        });
      if (i < nx)
        over(x + h / 2, y, (k) => {
          field.v[(k * (ny + 1) + j) * nx + i] = at.along_m_s * dirY;
        });
      if (i < nx && j < ny)
        over(x + h / 2, y + h / 2, (k) => {
          const c = (k * ny + j) * nx + i;
          zone[c] = at.zone_m;
          field.w[c] = field.w[c]! + 0.5 * at.up_m_s;
          field.w[c + nx * ny] = field.w[c + nx * ny]! + 0.5 * at.up_m_s;
        });
    }
  const { left } = conserveMass(field);
  return {
    u: Float32Array.from(field.u),
    v: Float32Array.from(field.v),
    w: Float32Array.from(field.w),
    stir: stirOf(field, zone),
    left,
  };
}

/** Friction velocity by the mixing length in and beside the zones. */
function stirOf(f: StaggeredWind, zone: Float64Array): Float32Array {
  const { nx, ny, nz, cell_m: h, cellZ_m: hz, solid } = f;
  const layer = nx * ny;
  const stir = new Float32Array(layer * nz);
  const middle = (c: number, i: number, j: number, k: number, axis: number): number => {
    if (axis === 0) {
      const iu = (k * ny + j) * (nx + 1) + i;
      return 0.5 * (f.u[iu]! + f.u[iu + 1]!);
    }
    if (axis === 1) {
      const iv = (k * (ny + 1) + j) * nx + i;
      return 0.5 * (f.v[iv]! + f.v[iv + nx]!);
    }
    return 0.5 * (f.w[c]! + f.w[c + layer]!);
  };
  for (let k = 0, c = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, c += 1) {
        if (solid[c] || i === 0 || j === 0 || i === nx - 1 || j === ny - 1 || k === nz - 1) continue;
        const below = k > 0 ? c - layer : c;
        const near = Math.max(
          zone[c]!,
          zone[c - 1]!,
          zone[c + 1]!,
          zone[c - nx]!,
          zone[c + nx]!,
          zone[below]!,
          zone[c + layer]!,
        );
        if (near === 0) continue;
        let shear = 0;
        for (let axis = 0; axis < 3; axis += 1) {
          const along = [
            (middle(c + 1, i + 1, j, k, axis) - middle(c - 1, i - 1, j, k, axis)) / (2 * h),
            (middle(c + nx, i, j + 1, k, axis) - middle(c - nx, i, j - 1, k, axis)) / (2 * h),
            (middle(c + layer, i, j, k + 1, axis) - middle(below, i, j, k > 0 ? k - 1 : 0, axis)) /
              ((k > 0 ? 2 : 1) * hz),
          ];
          for (let d = 0; d < 3; d += 1) if (d !== axis) shear = Math.max(shear, Math.abs(along[d]!));
        }
        let length = Math.min((k + 0.5) * hz, near / 2);
        for (let step = 1; step * h < length; step += 1)
          if (
            (i + step < nx && solid[c + step]) ||
            (i >= step && solid[c - step]) ||
            (j + step < ny && solid[c + step * nx]) ||
            (j >= step && solid[c - step * nx])
          )
            length = (step - 0.5) * h;
        stir[c] = VON_KARMAN * length * shear;
      }
  return stir;
}

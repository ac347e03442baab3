/**
 * The wind nearest to a first guess that conserves mass (Sherman 1978, with equal weights on all components, as Röckle 1990):
 *
 *   minimise ∫ (u − u°)² + (v − v°)² + (w − w°)² dV  with  ∇·u = 0
 *   ⇒  ∇²λ = −∇·u°,  u = u° + ∇λ,   λ = 0 on open sides and top, ∂λ/∂n = 0 on ground and solids (their faces stay at 0).
 *
 * On a staggered grid the discrete divergence of the result is the residual of the discrete Poisson equation, so it goes to
 * rounding with it. Solved by conjugate gradients, preconditioned by a modified incomplete Cholesky factor MIC(0)
 * (Gustafsson 1978), until the residual's norm is 1e-7 of the first. Units m, m/s; float64.
 */
export interface StaggeredWind {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  readonly cell_m: number;
  readonly cellZ_m: number;
  /** 1 where a cell is solid, nx·ny·nz, x fastest. */
  readonly solid: Uint8Array;
  /** Face velocities: (nx+1)·ny·nz, nx·(ny+1)·nz, nx·ny·(nz+1). */
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly w: Float64Array;
}

const TOLERANCE = 1e-7;
const MAX_ITERATIONS = 2000;
/** Share of the dropped fill that is added to the diagonal. */
const MODIFIED = 0.97;

/** Divergence of each cell [1/s]; 0 in solids. */
export function divergence(g: StaggeredWind, out: Float64Array): void {
  const { nx, ny, nz, u, v, w } = g;
  for (let k = 0, c = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, c += 1) {
        if (g.solid[c]) {
          out[c] = 0;
          continue;
        }
        const iu = (k * ny + j) * (nx + 1) + i;
        const iv = (k * (ny + 1) + j) * nx + i;
        out[c] = (u[iu + 1]! - u[iu]! + (v[iv + nx]! - v[iv]!)) / g.cell_m + (w[c + nx * ny]! - w[c]!) / g.cellZ_m;
      }
}

/** Sets the faces of solids and of the ground to 0. */
export function closeFaces(g: StaggeredWind): void {
  const { nx, ny, nz, solid, u, v, w } = g;
  for (let k = 0, c = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, c += 1) {
        if (k === 0) w[c] = 0;
        if (!solid[c]) continue;
        const iu = (k * ny + j) * (nx + 1) + i;
        const iv = (k * (ny + 1) + j) * nx + i;
        u[iu] = 0;
        u[iu + 1] = 0;
        v[iv] = 0;
        v[iv + nx] = 0;
        w[c] = 0;
        w[c + nx * ny] = 0;
      }
}

/** Makes the wind free of divergence in place. Returns how often it iterated and what of the divergence's norm is left. */
export function conserveMass(g: StaggeredWind): { iterations: number; left: number } {
  const { nx, ny, nz, solid } = g;
  const n = nx * ny * nz;
  const layer = nx * ny;
  const ch = 1 / (g.cell_m * g.cell_m);
  const cz = 1 / (g.cellZ_m * g.cellZ_m);
  closeFaces(g);
  // Couplings to the next cell east, north and up; the diagonal counts open faces, outer ones twice as near.
  const east = new Float64Array(n);
  const north = new Float64Array(n);
  const up = new Float64Array(n);
  const diagonal = new Float64Array(n);
  for (let k = 0, c = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, c += 1) {
        if (solid[c]) continue;
        if (i === 0 || i === nx - 1) diagonal[c] = diagonal[c]! + (nx === 1 ? 4 : 2) * ch;
        if (j === 0 || j === ny - 1) diagonal[c] = diagonal[c]! + (ny === 1 ? 4 : 2) * ch;
        if (k === nz - 1) diagonal[c] = diagonal[c]! + 2 * cz;
        const couple = (list: Float64Array, other: number, weight: number) => {
          if (solid[other]) return;
          list[c] = weight;
          diagonal[c] = diagonal[c]! + weight;
          diagonal[other] = diagonal[other]! + weight;
        };
        if (i + 1 < nx) couple(east, c + 1, ch);
        if (j + 1 < ny) couple(north, c + nx, ch);
        if (k + 1 < nz) couple(up, c + layer, cz);
      }
  const factor = incompleteFactor(diagonal, east, north, up, nx, layer);
  const x = new Float64Array(n);
  const r = new Float64Array(n);
  const z = new Float64Array(n);
  const p = new Float64Array(n);
  const q = new Float64Array(n);
  divergence(g, r);
  const start = Math.sqrt(dot(r, r));
  let iterations = 0;
  let norm = start;
  if (start > 0) {
    applyFactor(factor, east, north, up, nx, layer, r, z);
    p.set(z);
    let rz = dot(r, z);
    for (; iterations < MAX_ITERATIONS && norm > TOLERANCE * start; iterations += 1) {
      for (let c = 0; c < n; c += 1) {
        let s = diagonal[c]! * p[c]!;
        if (east[c]! > 0) s -= east[c]! * p[c + 1]!;
        if (north[c]! > 0) s -= north[c]! * p[c + nx]!;
        if (up[c]! > 0) s -= up[c]! * p[c + layer]!;
        if (c >= 1 && east[c - 1]! > 0) s -= east[c - 1]! * p[c - 1]!;
        if (c >= nx && north[c - nx]! > 0) s -= north[c - nx]! * p[c - nx]!;
        if (c >= layer && up[c - layer]! > 0) s -= up[c - layer]! * p[c - layer]!;
        q[c] = s;
      }
      const alpha = rz / dot(p, q);
      for (let c = 0; c < n; c += 1) {
        x[c] = x[c]! + alpha * p[c]!;
        r[c] = r[c]! - alpha * q[c]!;
      }
      norm = Math.sqrt(dot(r, r));
      applyFactor(factor, east, north, up, nx, layer, r, z);
      const next = dot(r, z);
      const beta = next / rz;
      rz = next;
      for (let c = 0; c < n; c += 1) p[c] = z[c]! + beta * p[c]!;
    }
  }
  correct(g, x);
  return { iterations, left: start > 0 ? norm / start : 0 };
}

function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let c = 0; c < a.length; c += 1) s += a[c]! * b[c]!;
  return s;
}

/** 1/√ of the factor's diagonal; 0 in solids. */
function incompleteFactor(
  diagonal: Float64Array,
  east: Float64Array,
  north: Float64Array,
  up: Float64Array,
  nx: number,
  layer: number,
): Float64Array {
  const f = new Float64Array(diagonal.length);
  for (let c = 0; c < f.length; c += 1) {
    if (diagonal[c] === 0) continue;
    let e = diagonal[c]!;
    if (c >= 1 && east[c - 1]! > 0) {
      const a = east[c - 1]! * f[c - 1]!;
      e -= a * a + MODIFIED * a * f[c - 1]! * (north[c - 1]! + up[c - 1]!);
    }
    if (c >= nx && north[c - nx]! > 0) {
      const a = north[c - nx]! * f[c - nx]!;
      e -= a * a + MODIFIED * a * f[c - nx]! * (east[c - nx]! + up[c - nx]!);
    }
    if (c >= layer && up[c - layer]! > 0) {
      const a = up[c - layer]! * f[c - layer]!;
      e -= a * a + MODIFIED * a * f[c - layer]! * (east[c - layer]! + north[c - layer]!);
    }
    f[c] = 1 / Math.sqrt(e < 0.25 * diagonal[c]! ? diagonal[c]! : e);
  }
  return f;
}

/** z = (L Lᵀ)⁻¹ r. */
function applyFactor(
  f: Float64Array,
  east: Float64Array,
  north: Float64Array,
  up: Float64Array,
  nx: number,
  layer: number,
  r: Float64Array,
  z: Float64Array,
): void {
  const n = f.length;
  for (let c = 0; c < n; c += 1) {
    const d = f[c]!;
    if (d === 0) {
      z[c] = 0;
      continue;
    }
    let t = r[c]!;
    if (c >= 1) t += east[c - 1]! * f[c - 1]! * z[c - 1]!;
    if (c >= nx) t += north[c - nx]! * f[c - nx]! * z[c - nx]!;
    if (c >= layer) t += up[c - layer]! * f[c - layer]! * z[c - layer]!;
    z[c] = t * d;
  }
  for (let c = n - 1; c >= 0; c -= 1) {
    const d = f[c]!;
    if (d === 0) continue;
    let t = z[c]!;
    if (c + 1 < n) t += east[c]! * d * z[c + 1]!;
    if (c + nx < n) t += north[c]! * d * z[c + nx]!;
    if (c + layer < n) t += up[c]! * d * z[c + layer]!;
    z[c] = t * d;
  }
}

/** u = u° + ∇λ on every face between two open cells and on the open sides. */
function correct(g: StaggeredWind, x: Float64Array): void {
  const { nx, ny, nz, solid, u, v, w } = g;
  const layer = nx * ny;
  const h = g.cell_m;
  const hz = g.cellZ_m;
  for (let k = 0, c = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, c += 1) {
        if (solid[c]) continue;
        const iu = (k * ny + j) * (nx + 1) + i;
        const iv = (k * (ny + 1) + j) * nx + i;
        if (i === 0) u[iu] = u[iu]! + (2 * x[c]!) / h;
        else if (!solid[c - 1]) u[iu] = u[iu]! + (x[c]! - x[c - 1]!) / h;
        if (i === nx - 1) u[iu + 1] = u[iu + 1]! - (2 * x[c]!) / h;
        if (j === 0) v[iv] = v[iv]! + (2 * x[c]!) / h;
        else if (!solid[c - nx]) v[iv] = v[iv]! + (x[c]! - x[c - nx]!) / h;
        if (j === ny - 1) v[iv + nx] = v[iv + nx]! - (2 * x[c]!) / h;
        if (k > 0 && !solid[c - layer]) w[c] = w[c]! + (x[c]! - x[c - layer]!) / hz;
        if (k === nz - 1) w[c + layer] = w[c + layer]! - (2 * x[c]!) / hz;
      }
}

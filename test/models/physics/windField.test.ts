import { describe, expect, it } from 'vitest';
import {
  cavityLength_m,
  compileWindField,
  type Solid,
  type WindField,
} from '../../../models/physics/air/particles/index.ts';

const box = (x_m: number, length_m: number, width_m: number, height_m: number): Solid => ({
  kind: 'box',
  x_m,
  y_m: 0,
  z0_m: 0,
  z1_m: height_m,
  length_m,
  width_m,
  heading_rad: 0,
});

/** Root mean square divergence over all open cells, times the cell, over the reference speed of 1 m/s; and flow through solids. */
function faults(f: WindField) {
  const { nx, ny, nz } = f;
  let [sum, open, through] = [0, 0, 0];
  for (let k = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1) {
        const c = (k * ny + j) * nx + i;
        const iu = (k * ny + j) * (nx + 1) + i;
        const iv = (k * (ny + 1) + j) * nx + i;
        const [w, e, s, n, b, t] = [f.u[iu]!, f.u[iu + 1]!, f.v[iv]!, f.v[iv + nx]!, f.w[c]!, f.w[c + nx * ny]!];
        if (f.solid[c]) through = Math.max(through, ...[w, e, s, n, b, t].map(Math.abs));
        else {
          sum += (e - w + n - s + ((t - b) * f.cell_m) / f.cellZ_m) ** 2;
          open += 1;
        }
      }
  return { divergence: Math.sqrt(sum / open), through };
}

describe('wind around obstacles', () => {
  const cube = compileWindField({
    solids: [box(0, 10, 10, 10)],
    roughness_m: 0.05,
    cell_m: 2,
    directions: 8,
    margin_m: 40,
  })!;

  it('conserves mass to 1e-6 and lets nothing through a wall, between directions too', () => {
    expect(cube.divergenceLeft).toBeLessThan(1e-6);
    for (const direction of [0, 0.3, 1.2]) {
      cube.set(direction, 1, 10);
      const { divergence, through } = faults(cube);
      expect(divergence).toBeLessThan(1e-6);
      expect(through).toBe(0);
    }
  });

  it('behind a cube the wind turns back and reattaches where Fackrell says', () => {
    cube.set(0, 1, 10);
    const j = Math.floor(cube.ny / 2);
    const at = (x: number) => cube.u[j * (cube.nx + 1) + Math.round((x - cube.x0_m) / cube.cell_m)]!;
    expect(at(8)).toBeLessThan(-0.05);
    let end = 6;
    while (at(end) < 0) end += 2;
    const formula = cavityLength_m(10, 10, 10);
    expect(formula).toBeCloseTo((10 * 1.8) / 1.24, 9);
    expect((end - 5) / formula).toBeGreaterThan(0.7);
    expect((end - 5) / formula).toBeLessThan(1.3);
  });

  it('far from it the wind is undisturbed', () => {
    cube.set(0, 2, 10);
    const k = Math.floor(10 / cube.cellZ_m);
    expect(cube.u[(k * cube.ny + 1) * (cube.nx + 1) + 2]! / 2).toBeGreaterThan(0.93);
    expect(cube.u[(k * cube.ny + 1) * (cube.nx + 1) + 2]! / 2).toBeLessThan(1.07);
  });

  it('in a street canyon it blows back below, up the lee wall and down the other', () => {
    const street = compileWindField({
      solids: [box(-10, 10, 60, 10), box(10, 10, 60, 10)],
      roughness_m: 0.05,
      cell_m: 2,
      directions: 1,
      margin_m: 30,
    })!;
    street.set(0, 1, 10);
    const { nx, ny } = street;
    const j = Math.floor(ny / 2);
    const column = (x: number) => Math.floor((x - street.x0_m) / street.cell_m);
    const k = Math.floor(5 / street.cellZ_m);
    expect(street.u[j * (nx + 1) + column(0)]!).toBeLessThan(0);
    expect(street.w[(k * ny + j) * nx + column(-4)]!).toBeGreaterThan(0);
    expect(street.w[(k * ny + j) * nx + column(4)]!).toBeLessThan(0);
  });
});

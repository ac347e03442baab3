/** What the drawing of a site has wrong: within what it declares, the same each time, nothing in exact mode; spots of leaks. */
import { describe, expect, it } from 'vitest';
import type { AirAsBuilt } from '../../../models/contract/index.ts';
import { drawAir, spotOf, vaneError_rad } from '../../../sim/dispersion/drawn.ts';

const SPEC = { seed: 3, equipment: 0.5, sensors: 0.3, vane: 0.035 };
const N = 400;
const AIR: AirAsBuilt = {
  gas: { id: 'methane', molarMass_kg_mol: 0.016 },
  sensors: [{ tag: 'BT-1', place_m: [0, 0, 2], to_m: [50, 0, 2] }],
  equipment: Array.from({ length: N }, (_, i) => ({ id: `E-${i}`, place_m: [i, 2 * i, 1] })),
};

describe('a drawing of a site', () => {
  it('has every place off by its declared uncertainty, by the seed of the plant', () => {
    const drawn = drawAir(AIR, SPEC, undefined, false);
    expect(drawAir(AIR, SPEC, undefined, false)).toEqual(drawn);
    expect(drawAir(AIR, { ...SPEC, seed: 4 }, undefined, false)).not.toEqual(drawn);
    const off = drawn.equipment.flatMap((e, i) => [e.place_m[0] - i, e.place_m[1] - 2 * i]);
    const sigma = Math.sqrt(off.reduce((sum, v) => sum + v * v, 0) / off.length);
    expect(sigma).toBeGreaterThan(0.46);
    expect(sigma).toBeLessThan(0.54);
    expect(drawn.sensors[0]!.place_m[0]).not.toBe(0);
    expect(drawn.sensors[0]!.to_m![2]).toBe(2);
    expect(drawn.uncertainty_m).toEqual({ equipment: 0.5, sensors: 0.3 });
  });
  it('is right in exact mode', () => {
    expect(drawAir(AIR, SPEC, undefined, true)).toEqual(AIR);
  });
  it('has a vane that is turned by a few degrees', () => {
    const angles = Array.from({ length: N }, (_, i) => vaneError_rad(SPEC, `WD-${i}`));
    const sigma = Math.sqrt(angles.reduce((sum, v) => sum + v * v, 0) / N);
    expect(sigma / 0.035).toBeGreaterThan(0.9);
    expect(sigma / 0.035).toBeLessThan(1.1);
  });
});

describe('a leak in a group of equipment', () => {
  it('is anywhere on its disc, not in a wall, and at the middle of what has no size', () => {
    const free = () => false;
    const spots = Array.from({ length: N }, (_, i) => spotOf([10, 20, 1], 4, 7, `leak-${i}`, free));
    const far = spots.map(([x, y]) => Math.hypot(x - 10, y - 20));
    expect(Math.max(...far)).toBeLessThan(4);
    // Mean distance on a disc: two thirds of its radius.
    expect(far.reduce((a, b) => a + b, 0) / N).toBeCloseTo(8 / 3, 0);
    expect(spotOf([10, 20, 1], 4, 7, 'leak-1', (x) => x > 10)[0]).toBeLessThanOrEqual(10);
    expect(spotOf([10, 20, 1], 0, 7, 'leak-1', free)).toEqual([10, 20, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  allowedSigma_m3_s,
  compileTankFarm,
  createTankState,
  detectableLeak_m3_s,
  GALLON_PER_HOUR_M3_S,
  gaugedVolume15_m3,
  leakThreshold_m3_s,
  quantised,
  REGULATED_LEAK_M3_S,
  SUBSTANCES,
  standardVolume_m3,
  staticLeakTest,
  submergedMean_K,
} from '../../../models/physics/tank/index.ts';

describe('tank gauging', () => {
  it('a gauge shows multiples of its resolution', () => {
    expect(quantised(1.23456, 0.001)).toBeCloseTo(1.235, 12);
    expect(quantised(1.23456, 0)).toBe(1.23456);
  });

  it('only sensors under the surface count', () => {
    expect(submergedMean_K([280, 282, 300], [0.2, 0.8, 1.6], 1)).toBe(281);
    expect(submergedMean_K([280, 282, 300], [0.2, 0.8, 1.6], 0.1)).toBe(280);
  });

  it('the volume that a perfect gauge computes is the mass over the density at 15 °C', () => {
    const compiled = compileTankFarm({
      substances: [SUBSTANCES.crude],
      tanks: [
        {
          id: 'T',
          substance: 'crude',
          shape: { kind: 'horizontal-cylinder', diameter_m: 3, length_m: 9 },
          level_m: 2.1,
          temperature_K: 305,
        },
      ],
    });
    if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
    const state = createTankState(compiled.value);
    const gauged = gaugedVolume15_m3(compiled.value, 0, state.tankLevel_m[0], 305);
    expect(gauged / standardVolume_m3(compiled.value, state, 0)).toBeCloseTo(1, 12);
  });

  it('the line through a steady loss is that loss, and its scatter that of the noise', () => {
    const t = Float64Array.from({ length: 241 }, (_, i) => i * 60);
    const v = t.map((x, i) => 40 - REGULATED_LEAK_M3_S * x + 1e-4 * (i % 2 === 0 ? 1 : -1));
    const test = staticLeakTest(t, v);
    expect(test.rate_m3_s / REGULATED_LEAK_M3_S).toBeCloseTo(1, 2);
    expect(test.scatter_m3).toBeCloseTo(1e-4, 6);
    expect(() => staticLeakTest([0, 1], [1, 2])).toThrow('at least 3');
  });

  it('0.2 gal/h at Pd 95 % and Pfa 5 % asks for σ ≤ 0.061 gal/h', () => {
    const sigma = allowedSigma_m3_s(REGULATED_LEAK_M3_S);
    expect(sigma / GALLON_PER_HOUR_M3_S).toBeCloseTo(0.061, 3);
    expect(detectableLeak_m3_s(sigma)).toBeCloseTo(REGULATED_LEAK_M3_S, 15);
    expect(leakThreshold_m3_s(sigma)).toBeCloseTo(REGULATED_LEAK_M3_S / 2, 15);
  });
});

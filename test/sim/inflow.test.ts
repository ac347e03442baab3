/** Gravity inflow: a pure function of time, against sums by hand and against an integration of its own reservoir. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../../models/kernel/index.ts';
import { createInflow, type InflowSpec } from '../../sim/liquid/inflow.ts';

const HOUR_US = 3600e6;
const stream = (seed: number) => seeded(seed).stream('W/inflow');
const DRY: InflowSpec = { mean: 0.05, daily: 0, noise: 0 };
const STORM = { chance: 1, peak: 2, lasts: 7200 };

/** The volume of a flow between two times [m³], by the trapezoidal rule in steps of a minute. */
function volume(flow: (timeUs: number) => number, fromUs: number, toUs: number): number {
  const step = 60e6;
  let sum = 0;
  for (let t = fromUs; t < toUs; t += step) sum += ((flow(t) + flow(t + step)) / 2) * 60;
  return sum;
}

/** When the only storm of the first six hours begins. */
function begins(seed: number): number {
  return stream(seed).stream('storm').uniform(1) * 6 * HOUR_US;
}

describe('dry-weather flow', () => {
  it('swings about its mean once a day, highest at 14:00', () => {
    const flow = createInflow({ ...DRY, daily: 0.3 }, stream(1));
    expect(flow(14 * HOUR_US)).toBeCloseTo(0.065, 12);
    expect(flow(2 * HOUR_US)).toBeCloseTo(0.035, 12);
    expect(volume(flow, 0, 24 * HOUR_US) / 86_400).toBeCloseTo(0.05, 6);
  });

  it('has slow noise of the stated size, the same for the same seed', () => {
    const spec = { ...DRY, noise: 0.1 };
    const [a, b, other] = [createInflow(spec, stream(1)), createInflow(spec, stream(1)), createInflow(spec, stream(2))];
    const at = Array.from({ length: 2000 }, (_, i) => i * 300e6);
    const deviations = at.map((t) => a(t) / 0.05 - 1);
    const sigma = Math.sqrt(deviations.reduce((s, d) => s + d * d, 0) / at.length);
    expect(sigma).toBeGreaterThan(0.09);
    expect(sigma).toBeLessThan(0.11);
    // In any order: what it keeps for speed is no memory.
    expect([...at].reverse().map(b).reverse()).toEqual(at.map(a));
    expect(at.map(other)).not.toEqual(at.map(a));
  });

  it('never runs backwards', () => {
    const flow = createInflow({ ...DRY, noise: 2 }, stream(3));
    const least = Math.min(...Array.from({ length: 500 }, (_, i) => flow(i * 300e6)));
    expect(least).toBe(0);
  });
});

describe('a storm', () => {
  it('is a triangle: its peak at half of its length, half of peak times length in all', () => {
    const seed = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((s) => begins(s) < 3.5 * HOUR_US)!;
    const flow = createInflow({ ...DRY, storms: STORM }, stream(seed));
    const start = begins(seed);
    expect(flow(start + HOUR_US)).toBeCloseTo(0.05 + 0.1, 12);
    expect(flow(start + HOUR_US / 2)).toBeCloseTo(0.05 + 0.05, 12);
    expect(volume((t) => flow(t) - 0.05, start, start + 2 * HOUR_US)).toBeCloseTo(0.1 * 3600, 6);
  });

  it('comes as often as its chance says', () => {
    const flow = createInflow({ ...DRY, storms: { ...STORM, chance: 0.25 } }, stream(5));
    const storm = stream(5).stream('storm');
    let begun = 0;
    for (let s = 0; s < 4000; s += 1) {
      if (storm.uniform(2 * s) >= 0.25) continue;
      begun += 1;
      expect(flow((s + storm.uniform(2 * s + 1)) * 6 * HOUR_US + HOUR_US)).toBeGreaterThan(0.149);
    }
    expect(begun / 4000).toBeGreaterThan(0.23);
    expect(begun / 4000).toBeLessThan(0.27);
  });
});

describe('leachate', () => {
  it('is what a linear reservoir gives that the storm fills: integrated in steps of a second, to a thousandth of its peak', () => {
    const storage_s = 8 * 3600;
    const share = 0.15;
    const plain = createInflow({ ...DRY, storms: STORM }, stream(4));
    const both = createInflow(
      { ...DRY, storms: STORM, leachate: { mean: 0.004, 'of-storms': share, recedes: storage_s } },
      stream(4),
    );
    let reservoir = 0;
    let worst = 0;
    let peak = 0;
    for (let s = 0; s < 24 * 3600; s += 1) {
      const storm = plain((s + 0.5) * 1e6) - 0.05;
      reservoir += (share * storm - reservoir) / storage_s;
      const leachate = both((s + 1) * 1e6) - plain((s + 1) * 1e6) - 0.004;
      worst = Math.max(worst, Math.abs(leachate - reservoir));
      peak = Math.max(peak, leachate);
    }
    console.log(`peak ${(1000 * peak).toFixed(3)} L/s, apart by ${(1000 * worst).toExponential(2)} L/s`);
    expect(peak).toBeGreaterThan(0.001);
    expect(worst).toBeLessThan(1e-3 * peak);
  });

  it('without storms is a constant base', () => {
    const flow = createInflow({ ...DRY, leachate: { mean: 0.004, 'of-storms': 0.2, recedes: 3600 } }, stream(1));
    expect(flow(0)).toBeCloseTo(0.054, 12);
    expect(flow(99 * HOUR_US)).toBeCloseTo(0.054, 12);
  });
});

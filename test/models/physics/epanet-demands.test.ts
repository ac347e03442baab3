/** Stochastic demands are what their model says: mean, variance, correlation in time and between nodes; and pure functions. */
import { describe, expect, it } from 'vitest';
import { demandMoments, openDemands } from '../../../models/physics/epanet/index.ts';

const NODES = Array.from({ length: 24 }, (_, i) => `n${i}`);
const STEP = 300;

/** Multipliers of all nodes at `count` indices from `first`. */
function series(noise: ReturnType<typeof openDemands>, first: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, k) => {
    const out = new Float64Array(NODES.length);
    noise.fill(first + k, out);
    return out;
  });
}

const mean = (xs: Iterable<number>) => {
  let sum = 0;
  let n = 0;
  for (const x of xs) {
    sum += x;
    n++;
  }
  return sum / n;
};

describe('moments', () => {
  it.each([
    [0.2, 0.3, 3600],
    [0.6, 0.1, 1200],
    [0.4, 0, 0],
  ])('variation %f, shared %f, correlation time %f s', (variation, shared, correlationTime_s) => {
    const noise = openDemands(7, NODES, { step_s: STEP, variation, shared, correlationTime_s });
    const count = 30_000;
    const rows = series(noise, -1000, count);
    const expected = demandMoments(variation, shared, correlationTime_s || 1e-9, STEP);
    const m = mean(rows.flatMap((r) => [...r]));
    const deviation = (k: number, i: number) => rows[k][i] - 1;
    const pairs = (di: number, dk: number) =>
      mean(
        (function* () {
          for (let k = 0; k + dk < count; k++)
            for (let i = 0; i < NODES.length; i++) yield deviation(k, i) * deviation(k + dk, (i + di) % NODES.length);
        })(),
      );
    const variance = pairs(0, 0);
    const between = pairs(1, 0) / variance;
    const lagged = pairs(0, 1) / variance;
    console.log(
      `mean ${m.toFixed(4)}, variance ${variance.toFixed(4)} (${expected.variance.toFixed(4)}), ` +
        `between nodes ${between.toFixed(4)} (${expected.correlation.toFixed(4)}), lag ${lagged.toFixed(4)} (${expected.autocorrelation.toFixed(4)})`,
    );
    // about 24 × 30,000 / (2 τ/Δt) independent values; the common factor has 24 times fewer
    expect(m).toBeCloseTo(1, 1.7);
    expect(variance / expected.variance).toBeGreaterThan(0.93);
    expect(variance / expected.variance).toBeLessThan(1.07);
    expect(between).toBeCloseTo(expected.correlation, 1.5);
    expect(lagged).toBeCloseTo(expected.autocorrelation, 1.7);
  });

  it('of the underlying AR(1) decay as φ^lag, also across anchors', () => {
    const tau = 1800;
    const noise = openDemands(3, NODES, { step_s: STEP, variation: 0.3, shared: 0, correlationTime_s: tau });
    const rows = series(noise, 0, 20_000).map((r) => r.map((x) => Math.log(x)));
    const s2 = Math.log1p(0.09);
    for (const lag of [1, 3, 6, 12, 24]) {
      let sum = 0;
      let n = 0;
      for (let k = 0; k + lag < rows.length; k++)
        for (let i = 0; i < NODES.length; i++, n++) sum += (rows[k][i] + s2 / 2) * (rows[k + lag][i] + s2 / 2);
      expect(sum / n / s2).toBeCloseTo(Math.exp((-lag * STEP) / tau), 1.5);
    }
  });
});

describe('pure functions of (seed, node, index)', () => {
  const options = { step_s: STEP, variation: 0.5, shared: 0.3, correlationTime_s: 5000 } as const;
  const at = (noise: ReturnType<typeof openDemands>, index: number) => series(noise, index, 1)[0];

  it('in any order, forth, back and across anchors', () => {
    const forth = series(openDemands(1, NODES, options), -600, 1500);
    const back = openDemands(1, NODES, options);
    for (const k of [1499, 3, 700, 600, 599, 601, 0, 1024, 511, 512, 513, 1499])
      expect(at(back, k - 600)).toEqual(forth[k]);
  });

  it('whatever other nodes there are', () => {
    const all = at(openDemands(1, NODES, options), 99);
    const out = new Float64Array(1);
    openDemands(1, ['n5'], options).fill(99, out);
    expect(out[0]).toBe(all[5]);
    openDemands(2, ['n5'], options).fill(99, out);
    expect(out[0]).not.toBe(all[5]);
  });

  it('on daily and weekly patterns', () => {
    const weekly = [1, 1, 1, 1, 1, 2, 3];
    const noise = openDemands(1, ['a'], { step_s: 3600, variation: 0, daily: [0.5, 1.5], weekly, startClock_s: 3600 });
    const out = new Float64Array(1);
    const seen = [-1, 5, 11, 24 * 5 + 11, 24 * 6 + 11, 24 * 7 + 11].map((k) => {
      noise.fill(k, out);
      return out[0];
    });
    expect(seen.map((x) => Number(x.toFixed(9)))).toEqual([0.5, 1, 1.5, 3, 4.5, 1.5]);
  });

  it('refuses what is out of range', () => {
    expect(() => openDemands(1, ['a'], { step_s: 0, variation: 0.1 })).toThrow('step_s 0: expected above 0');
    expect(() => openDemands(1, ['a', 'b'], { step_s: 60, variation: [0.1] })).toThrow('one number per node');
    expect(() => openDemands(1, ['a'], { step_s: 60, variation: 0.1, weekly: [1, 2] })).toThrow('seven numbers');
  });
});

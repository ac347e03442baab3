/** Chance as a function of (seed, name, index): its distribution, its independence, and values that never change. */
import { describe, expect, it } from 'vitest';
import { hashIndex, hashText, seeded } from '../../../models/kernel/index.ts';

const N = 200_000;

/** Made once by this code. They change only with a new version of every recording, baseline and journal digest. */
const GOLDEN = {
  text: [3770332432, 3037832693, 678753012],
  index: [3035210717, 2259213044],
  draws: [
    [0, 0.9665163351455703, 0.029599055280250502],
    [1, 0.23191099369432777, -0.5463767861370018],
    [2, 0.7673488723812625, 0.27824649555008096],
    [86_400, 0.5430087767308578, 1.2579778896372045],
    [2 ** 33 + 1, 0.8468510318780318, -1.2780408493062174],
  ],
} as const;

function moments(draw: (i: number) => number): { mean: number; variance: number; skew: number; excess: number } {
  let mean = 0;
  for (let i = 0; i < N; i += 1) mean += draw(i) / N;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < N; i += 1) {
    const d = draw(i) - mean;
    m2 += (d * d) / N;
    m3 += d ** 3 / N;
    m4 += d ** 4 / N;
  }
  return { mean, variance: m2, skew: m3 / m2 ** 1.5, excess: m4 / m2 ** 2 - 3 };
}

function correlation(a: (i: number) => number, b: (i: number) => number): number {
  let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
  for (let i = 0; i < N; i += 1) {
    const x = a(i);
    const y = b(i);
    sa += x;
    sb += y;
    saa += x * x;
    sbb += y * y;
    sab += x * y;
  }
  return (N * sab - sa * sb) / Math.sqrt((N * saa - sa * sa) * (N * sbb - sb * sb));
}

describe('distribution', () => {
  it('uniforms fill 256 cells evenly (chi-square) and are never an end point', () => {
    for (const name of ['PT-101/noise', 'a', '']) {
      const stream = seeded(7).stream(name);
      const cells = new Float64Array(256);
      for (let i = 0; i < N; i += 1) {
        const u = stream.uniform(i);
        if (!(u > 0 && u < 1)) throw new Error(`uniform(${i}) = ${u}`);
        cells[Math.floor(u * 256)]! += 1;
      }
      const chi2 = cells.reduce((s, c) => s + (c - N / 256) ** 2 / (N / 256), 0);
      console.log(`"${name}": chi-square ${chi2.toFixed(1)} with 255 degrees of freedom`);
      // 255 ± 4.5 standard deviations of √(2·255).
      expect(Math.abs(chi2 - 255)).toBeLessThan(4.5 * Math.sqrt(510));
    }
  });

  it('normals have the moments of a standard normal within four standard errors', () => {
    for (const name of ['PT-101/noise', 'FT-501/noise', 'RTU-1/clock']) {
      const stream = seeded(1).stream(name);
      const m = moments((i) => stream.normal(i));
      console.log(`${name}: mean ${m.mean.toFixed(5)}, variance ${m.variance.toFixed(5)}, skew ${m.skew.toFixed(4)}`);
      expect(Math.abs(m.mean)).toBeLessThan(4 / Math.sqrt(N));
      expect(Math.abs(m.variance - 1)).toBeLessThan(4 * Math.sqrt(2 / N));
      expect(Math.abs(m.skew)).toBeLessThan(4 * Math.sqrt(6 / N));
      expect(Math.abs(m.excess)).toBeLessThan(4 * Math.sqrt(24 / N));
    }
  });

  it('the tails of the normals hold what they should', () => {
    const stream = seeded(3).stream('tails');
    for (const [z, p] of [
      [1, 0.317311],
      [2, 0.0455],
      [3, 0.0026998],
      [4, 6.334e-5],
    ] as const) {
      let count = 0;
      for (let i = 0; i < 5 * N; i += 1) if (Math.abs(stream.normal(i)) > z) count += 1;
      const expected = 5 * N * p;
      expect(Math.abs(count - expected), `beyond ${z}: ${count} of ${expected.toFixed(0)}`).toBeLessThan(
        4.5 * Math.sqrt(expected),
      );
    }
  });
});

describe('independence', () => {
  it.each<[string, number, string, number, string]>([
    ['two tags', 1, 'PT-101/noise', 1, 'PT-102/noise'],
    ['two kinds of one tag', 1, 'PT-101/noise', 1, 'PT-101/jitter'],
    ['neighbouring seeds', 1, 'PT-101/noise', 2, 'PT-101/noise'],
    ['opposite seeds', 1, 'PT-101/noise', -1, 'PT-101/noise'],
    ['names that are each other backwards', 1, 'ab', 1, 'ba'],
  ])('%s do not know of each other', (_, seedA, a, seedB, b) => {
    const x = seeded(seedA).stream(a);
    const y = seeded(seedB).stream(b);
    const r = [0, 1, 2, 7].map((lag) =>
      correlation(
        (i) => x.normal(i),
        (i) => y.normal(i + lag),
      ),
    );
    console.log(`correlations at lags 0, 1, 2, 7: ${r.map((v) => v.toFixed(5)).join(' ')}`);
    for (const v of r) expect(Math.abs(v)).toBeLessThan(4.5 / Math.sqrt(N));
  });

  it('a stream does not remember itself: no correlation with any lag up to 40', () => {
    const x = seeded(5).stream('PT-101/noise');
    const drawn = Float64Array.from({ length: N + 40 }, (_, i) => x.normal(i));
    let worst = 0;
    for (let lag = 1; lag <= 40; lag += 1) {
      const r = correlation(
        (i) => drawn[i]!,
        (i) => drawn[i + lag]!,
      );
      worst = Math.max(worst, Math.abs(r));
    }
    console.log(`worst of 40 lags: ${worst.toFixed(5)}`);
    expect(worst).toBeLessThan(4.5 / Math.sqrt(N));
  });

  it('a child stream differs from a sibling whose name is the path', () => {
    const root = seeded(1);
    expect(root.stream('a').stream('b').uniform(0)).not.toBe(root.stream('a/b').uniform(0));
  });

  it('drawing in another order, or twice, changes nothing', () => {
    const x = seeded(9).stream('order');
    const forward = Array.from({ length: 100 }, (_, i) => x.normal(i));
    const backward = Array.from({ length: 100 }, (_, i) =>
      seeded(9)
        .stream('order')
        .normal(99 - i),
    ).reverse();
    expect(backward).toEqual(forward);
  });

  it('indices beyond 2^32 are draws of their own, up to the last safe one', () => {
    const x = seeded(1).stream('long');
    const far = 2 ** 32;
    for (let i = 0; i < 1000; i += 1) {
      expect(x.uniform(i + far)).not.toBe(x.uniform(i));
      expect(x.normal(i + far)).not.toBe(x.normal(i));
      expect(x.uniform(i + 2 * far)).not.toBe(x.uniform(i + far));
    }
    const r = correlation(
      (i) => x.normal(i),
      (i) => x.normal(i + 1000 * far),
    );
    console.log(`correlation with the indices 1000 · 2^32 further: ${r.toFixed(5)}`);
    expect(Math.abs(r)).toBeLessThan(4.5 / Math.sqrt(N));
    expect(x.uniform(Number.MAX_SAFE_INTEGER)).toBeGreaterThan(0);
  });

  it('only an integer is a seed', () => {
    expect(() => seeded(1.5)).toThrow('a seed must be an integer');
    expect(() => seeded(Number.NaN)).toThrow('a seed must be an integer');
    expect(() => seeded(2 ** 60)).toThrow('a seed must be an integer');
  });
});

describe('golden values: every run that was ever recorded depends on them', () => {
  it('hashes', () => {
    expect(hashText('', 0) >>> 0).toBe(GOLDEN.text[0]);
    expect(hashText('PT-101/noise', 1) >>> 0).toBe(GOLDEN.text[1]);
    expect(hashText('Füllstand', -1) >>> 0).toBe(GOLDEN.text[2]);
    expect(hashIndex(1, 2, 3) >>> 0).toBe(GOLDEN.index[0]);
    expect(hashIndex(1, 2, 2 ** 32 + 3) >>> 0).toBe(GOLDEN.index[1]);
  });

  it.each(GOLDEN.draws)('the draw at index %d is uniform %f, normal %f', (index, uniform, normal) => {
    const stream = seeded(7).stream('PT-101/noise');
    expect([stream.uniform(index), stream.normal(index)]).toEqual([uniform, normal]);
  });
});

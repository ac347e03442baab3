/** Intervals and the special functions below them, against published tables and against sums done the long way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaI, gammaP, logGamma, poissonInterval, proportionInterval } from '../../../models/kernel/index.ts';

describe('special functions', () => {
  it('the log of gamma is that of factorials and of a half', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n += 1) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 11);
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
  });

  // Upper 5 % and 1 % points of chi-square: any statistical table, such as NIST/SEMATECH e-Handbook 1.3.6.7.4.
  it.each([
    [1, 0.95, 3.841],
    [2, 0.95, 5.991],
    [5, 0.95, 11.07],
    [10, 0.95, 18.307],
    [30, 0.95, 43.773],
    [100, 0.95, 124.342],
    [1, 0.99, 6.635],
    [10, 0.99, 23.209],
    [10, 0.05, 3.94],
  ])('chi-square with %i degrees of freedom has its %f point at %f', (df, p, x) => {
    // The table gives x to half a unit of its last digit.
    expect(gammaP(df / 2, (x - 0.0006) / 2)).toBeLessThan(p);
    expect(gammaP(df / 2, (x + 0.0006) / 2)).toBeGreaterThan(p);
  });

  it('the incomplete beta function is the binomial sum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (k, more, p) => {
          const n = k + more;
          let sum = 0;
          for (let i = k; i <= n; i += 1) {
            const choose = logGamma(n + 1) - logGamma(i + 1) - logGamma(n - i + 1);
            sum += Math.exp(choose + i * Math.log(p) + (n - i) * Math.log1p(-p));
          }
          expect(betaI(k, n - k + 1, p)).toBeCloseTo(sum, 10);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('Poisson', () => {
  // Garwood's limits, as in Pearson and Hartley, Biometrika Tables, table 40.
  it.each([
    [1, 0.0253, 5.572],
    [2, 0.2422, 7.225],
    [3, 0.6187, 8.767],
    [5, 1.623, 11.668],
    [10, 4.795, 18.39],
    [20, 12.217, 30.888],
    [100, 81.364, 121.627],
  ])('%i events have the published 95 %% limits [%f, %f]', (n, low, high) => {
    const interval = poissonInterval(n, 1);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 2);
  });

  it('no alarm in 30 days shows a rate of at most 0.0999 per day', () => {
    const { low, high } = poissonInterval(0, 30);
    console.log(`0 in 30 days: at most ${high.toFixed(5)} per day`);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(-Math.log(0.05) / 30, 12);
    expect(high.toFixed(4)).toBe('0.0999');
  });
});

describe('proportion', () => {
  it('20 of 20 shows P of at least 0.861', () => {
    const { low, high } = proportionInterval(20, 20);
    console.log(`20 of 20: at least ${low.toFixed(5)}`);
    expect(low).toBeCloseTo(0.05 ** (1 / 20), 12);
    expect(low.toFixed(3)).toBe('0.861');
    expect(high).toBe(1);
  });

  // Clopper and Pearson (1934); values as tabulated in statistics packages (R binom.test).
  it.each([
    [1, 10, 0.00253, 0.44502],
    [5, 10, 0.18709, 0.81291],
    [10, 20, 0.27196, 0.72804],
    [19, 20, 0.75127, 0.99873],
  ])('%i of %i has the published 95 %% limits [%f, %f]', (k, n, low, high) => {
    const interval = proportionInterval(k, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('nothing tried shows nothing', () => {
    expect(proportionInterval(0, 0)).toMatchObject({ low: 0, high: 1 });
  });
});

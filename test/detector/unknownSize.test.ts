/** Charts for a change of unknown size: run lengths against theory and the published table of CUSUM. */
import { describe, expect, it } from 'vitest';
import {
  createGlr,
  createMixture,
  createPageHinkley,
  createSprtBank,
  type Statistic,
} from '../../detector/methods/unknownSize.ts';
import { bindArena, seeded } from '../../models/kernel/index.ts';
import { cusumLimit, glrLimit, worstCaseDelay } from '../../models/kernel/statistics/index.ts';

type Make = (arena: Parameters<Parameters<typeof bindArena>[0]>[0]) => Statistic;

/** Mean samples to the first alarm in unit white noise with a mean of `shift`, and its standard error. */
function runLength(make: Make, shift: number, runs: number, name: string): { mean: number; error: number } {
  const { views: chart } = bindArena(make);
  const stream = seeded(11).stream(name);
  let i = 0;
  let sum = 0;
  let squares = 0;
  for (let r = 0; r < runs; r += 1) {
    chart.restart(0);
    let n = 1;
    while (chart.step(0, stream.normal(i++) + shift) < 1) n += 1;
    sum += n;
    squares += n * n;
  }
  const mean = sum / runs;
  return { mean, error: Math.sqrt((squares / runs - mean * mean) / runs) };
}

const ARL = 1000;

describe('charts for a change of unknown size', () => {
  it('GLR keeps the run length that its limit was made for', () => {
    const { mean, error } = runLength((a) => createGlr(1, 50, ARL, a), 0, 300, 'glr');
    console.log(
      `GLR, window 50: limit ${glrLimit(ARL, 50).toFixed(3)}, ARL0 ${mean.toFixed(0)} ± ${error.toFixed(0)} of ${ARL}`,
    );
    // An asymptotic formula, and a grid of windows that leaves some out.
    expect(mean).toBeGreaterThan(0.85 * ARL);
    expect(mean).toBeLessThan(1.35 * ARL);
  });

  it('a mixture after Shiryaev and Roberts never falls below the demanded run length', () => {
    const { mean, error } = runLength((a) => createMixture(1, [0.25, 0.5, 1, 2], ARL, a), 0, 200, 'mixture');
    console.log(`mixture: ARL0 ${mean.toFixed(0)} ± ${error.toFixed(0)} of at least ${ARL}`);
    expect(mean + 2 * error).toBeGreaterThan(ARL);
    expect(mean).toBeLessThan(4 * ARL);
  });

  it('repeated tests of Wald never fall below it either, because Wald neglects the overshoot', () => {
    const { mean, error } = runLength((a) => createSprtBank(1, [0.5], ARL, 0.05, a), 0, 200, 'sprt');
    console.log(`SPRT at 0.5: ARL0 ${mean.toFixed(0)} ± ${error.toFixed(0)} of ${ARL}`);
    expect(mean + 2 * error).toBeGreaterThan(ARL);
    expect(mean).toBeLessThan(4 * ARL);
  });

  it('find a shift nearly as fast as CUSUM that knows it, whose published delays these are', () => {
    // Published: CUSUM at ARL0 1000 finds 0.5, 1 and 2 in 31.09, 10.52 and 3.41 samples.
    const known = new Map([
      [0.5, 31.09],
      [1, 10.52],
      [2, 3.41],
    ]);
    for (const [shift, cusum] of known) {
      const glr = runLength((a) => createGlr(1, 200, ARL, a), shift, 2000, `glr/${shift}`).mean;
      const mixture = runLength((a) => createMixture(1, [0.25, 0.5, 1, 2], ARL, a), shift, 2000, `mix/${shift}`).mean;
      const sprt = runLength(
        (a) => createSprtBank(1, [0.25, 0.5, 1, 2], ARL, 0.05, a),
        shift,
        2000,
        `sprt/${shift}`,
      ).mean;
      console.log(
        `shift ${shift}: GLR ${glr.toFixed(2)}, mixture ${mixture.toFixed(2)}, SPRT bank ${sprt.toFixed(2)}, CUSUM ${cusum}, bound ${worstCaseDelay(shift, ARL).toFixed(2)}`,
      );
      for (const delay of [glr, mixture, sprt]) expect(delay / cusum).toBeLessThan(1.65);
      // Starting at rest is the worst case: nobody beats the bound by more than the error of a Brownian optimum.
      expect(Math.min(glr, mixture, sprt)).toBeGreaterThan(0.95 * worstCaseDelay(shift, ARL));
    }
  });

  it('Page–Hinkley with a long mean behind it is CUSUM with its published limit', () => {
    expect(cusumLimit(0.5, ARL)).toBeCloseTo(5.07, 1);
    const { views: chart } = bindArena((a) => createPageHinkley(1, 0.5, ARL, a));
    const stream = seeded(11).stream('page-hinkley');
    let i = 0;
    for (; i < 20_000; i += 1) chart.step(0, stream.normal(i));
    let total = 0;
    for (let r = 0; r < 200; r += 1) {
      chart.restart(0);
      total += 1;
      while (chart.step(0, stream.normal(i++) + 1) < 1) total += 1;
      // The mean must not learn the shift: 20,000 samples stand against 2,000.
    }
    console.log(`Page–Hinkley, shift 1: ${(total / 200).toFixed(2)} samples, published for CUSUM 10.52`);
    expect(Math.abs(total / 200 / 10.52 - 1)).toBeLessThan(0.2);
  });
});

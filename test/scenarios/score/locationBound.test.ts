/** The Cramér–Rao bound of a leak's place: by closed forms, and reached by a maximum-likelihood estimator on synthetic fronts. */
import { describe, expect, it } from 'vitest';
import { createLayout } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { addInformation, leastCovariance } from '../../../models/kernel/statistics/index.ts';
import { FRONT_S, type LeakSignal, type WaveReceiver, waveBound } from '../../../scenarios/score/index.ts';

const C = 1000;
const SIGMA = 0.02;
const RISE_s = 0.4;
const tag = (id: string, station: string) => ({
  id,
  station,
  quantity: 'pressure' as const,
  unit: 'bar',
  range: [0, 100] as [number, number],
  width: 20,
  periodUs: 50_000,
  noise: SIGMA,
  accuracy: 0,
  element: 'N',
});
const layout = createLayout({
  plant: 'line',
  scanUs: 1_000_000,
  stations: ['A', 'B'].map((id, i) => ({ id, unitId: i + 1, clockAccuracy_s: 0 })),
  tags: [tag('PT-1', 'A'), tag('PT-2', 'B')],
});
/** A smooth front of a bar's tenth, 10 % to 90 % in about RISE_s. */
const front = (t: number) => -0.05 * (1 + Math.tanh((2.2 * t) / RISE_s));

function signalOf(x: number, t0: number): LeakSignal {
  const scans = 20;
  const timeUs = Float64Array.from({ length: scans }, (_, t) => (t + 1) * 1e6);
  const delta = new Float32Array(scans * 40);
  for (let t = 0; t < scans; t += 1)
    for (let k = 0; k < 20; k += 1) {
      const at = (timeUs[t]! - (19 - k) * 50_000) * 1e-6;
      delta[t * 40 + k] = front(at - t0 - x / C);
      delta[t * 40 + 20 + k] = front(at - t0 - (L - x) / C);
    }
  return { layout, timeUs, delta };
}
const L = 10_000;
const X = 4_000;
/** The leak opens at 0; the middle of its front leaves a second later, so that all of it is heard. */
const LATE_s = 1;
const receivers: WaveReceiver[] = [
  { tag: 0, distance_m: -X, travel_s: X / C, latencyUs: 0, attenuation_1_m: 0 },
  { tag: 1, distance_m: L - X, travel_s: (L - X) / C, latencyUs: 0, attenuation_1_m: 0 },
];
const exact = { waveSpeed: 0, clock_s: [0, 0], growth_s: 0 };

describe('the least covariance', () => {
  it('of a straight line by hand, and none where two parameters are one', () => {
    const line = new Float64Array(4);
    for (const x of [-1, 0, 1]) addInformation(line, [1, x], 0.5);
    // var(a) = σ²/n, var(b) = σ²/Σx²
    const least = leastCovariance(line)!;
    expect([...least].map((v) => Number(v.toFixed(12)))).toEqual(
      [0.25 / 3, 0, 0, 0.125].map((v) => Number(v.toFixed(12))),
    );
    const twins = new Float64Array(4);
    for (const x of [1, 2, 3]) addInformation(twins, [x, 2 * x], 1);
    expect(leastCovariance(twins)).toBeUndefined();
  });
});

describe('the bound of a place', () => {
  const plain = waveBound(signalOf(X, LATE_s), 0, receivers, exact)!;

  it('of two clean fronts is c/2 · √2 · σ/√Σs′²', () => {
    // Two fronts of one size: what is not known of it shifts both alike, and the place keeps nothing of that.
    let curvature = 0;
    for (let k = -400; k <= 400; k += 1) curvature += ((front(k * 0.05 + 1e-4) - front(k * 0.05 - 1e-4)) / 2e-4) ** 2;
    const closed = (C / 2) * Math.SQRT2 * (SIGMA / Math.sqrt(curvature));
    console.log(`bound ${plain.position_m.toFixed(3)} m, closed form ${closed.toFixed(3)} m`);
    expect(plain.position_m / closed).toBeGreaterThan(0.995);
    expect(plain.position_m / closed).toBeLessThan(1.005);
  });

  it('grows with clocks by c/2 · σ√2 and with the wave speed by |Δt|/2 · σ_c c', () => {
    const clocks = waveBound(signalOf(X, LATE_s), 0, receivers, { ...exact, clock_s: [0.05, 0.05] })!;
    expect(Math.sqrt(clocks.position_m ** 2 - plain.position_m ** 2)).toBeCloseTo((C / 2) * 0.05 * Math.SQRT2, 0);
    const speed = waveBound(signalOf(X, LATE_s), 0, receivers, { ...exact, waveSpeed: 0.01 })!;
    // Arrivals 2 s apart: 1 s · 10 m/s.
    expect(Math.sqrt(speed.position_m ** 2 - plain.position_m ** 2)).toBeCloseTo(10, 1);
  });

  it('is none where one side only hears, and then nobody can place it', () => {
    expect(waveBound(signalOf(X, LATE_s), 0, receivers.slice(0, 1), exact)).toBeUndefined();
    const silent = { ...signalOf(X, LATE_s), delta: new Float32Array(20 * 40) };
    expect(waveBound(silent, 0, receivers, exact)).toBeUndefined();
  });

  it('is reached by the maximum-likelihood estimator of place, time and size', () => {
    const chance = seeded(11).stream('fronts');
    const clean = signalOf(X, LATE_s).delta;
    const first = 20 * 2;
    const trials = 1000;
    const errors: number[] = [];
    const sizes: number[] = [];
    for (let trial = 0; trial < trials; trial += 1) {
      const noisy = clean.map((v, i) => v + SIGMA * chance.normal(trial * clean.length + i));
      // Gauss–Newton on (x, t0, ln A) from the truth: the likelihood has one peak near it.
      let [x, t0, size] = [X, LATE_s, 0];
      for (let step = 0; step < 8; step += 1) {
        const j = new Float64Array(9);
        const r = [0, 0, 0];
        for (let side = 0; side < 2; side += 1) {
          const travel_s = (side === 0 ? X : L - X) / C;
          for (let k = first; (k + 1) * 0.05 <= travel_s + FRONT_S; k += 1) {
            const at = (k + 1) * 0.05 - t0 - (side === 0 ? x : L - x) / C;
            const s = Math.exp(size) * front(at);
            const slope = (Math.exp(size) * (front(at + 1e-4) - front(at - 1e-4))) / 2e-4;
            const g = [((side === 0 ? -1 : 1) * slope) / C, -slope, s];
            addInformation(j, g, SIGMA);
            const miss = noisy[Math.floor(k / 20) * 40 + 20 * side + (k % 20)]! - s;
            for (let p = 0; p < 3; p += 1) r[p]! += (g[p]! * miss) / SIGMA ** 2;
          }
        }
        const c = leastCovariance(j)!;
        const move = (p: number) => c[3 * p]! * r[0]! + c[3 * p + 1]! * r[1]! + c[3 * p + 2]! * r[2]!;
        [x, t0, size] = [x + move(0), t0 + move(1), size + move(2)];
      }
      errors.push(x - X);
      sizes.push(size);
    }
    const rms = (list: readonly number[]) => Math.sqrt(list.reduce((s, e) => s + e * e, 0) / trials);
    console.log(
      `place: ${rms(errors).toFixed(2)} m of ${plain.position_m.toFixed(2)} m; rate: ${(100 * rms(sizes)).toFixed(2)} % of ${(100 * plain.rate).toFixed(2)} %`,
    );
    // A standard deviation from 1000 trials is known to 2.2 %.
    expect(rms(errors) / plain.position_m).toBeGreaterThan(0.94);
    expect(rms(errors) / plain.position_m).toBeLessThan(1.06);
    expect(rms(sizes) / plain.rate).toBeGreaterThan(0.94);
    expect(rms(sizes) / plain.rate).toBeLessThan(1.06);
  });
});

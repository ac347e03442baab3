/** The Cramér–Rao bound of a release: reached by maximum likelihood on a synthetic plume, and taken from whole runs of a plant. */
import { describe, expect, it } from 'vitest';
import { createLayout, unwrap } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { bindScenario, parseScenario, readPlantContext, resolveScenario } from '../../../scenarios/engine/index.ts';
import { airPlaceBound } from '../../../scenarios/run/airBound.ts';
import { boundRun } from '../../../scenarios/run/bound.ts';
import { SourceInformation } from '../../../scenarios/score/index.ts';

const SIGMA = 0.4;
const SENSORS = [
  [60, -10],
  [70, 12],
  [90, 0],
  [55, 20],
] as const;
const layout = createLayout({
  plant: 'site',
  scanUs: 1_000_000,
  stations: [{ id: 'A', unitId: 1, clockAccuracy_s: 0 }],
  tags: SENSORS.map((_, i) => ({
    id: `AT-${i}`,
    station: 'A',
    quantity: 'concentration' as const,
    unit: 'ppm',
    range: [0, 1000] as [number, number],
    width: 1,
    periodUs: 1_000_000,
    noise: SIGMA,
    accuracy: 0,
    element: 'N',
  })),
});
const SCANS = 60;
/** A Gaussian plume whose wind swings by half a radian; θ = x, y, ln q. */
function plume(theta: readonly number[]): Float64Array {
  const out = new Float64Array(SCANS * SENSORS.length);
  for (let t = 0; t < SCANS; t += 1) {
    const angle = 0.5 * Math.sin((2 * Math.PI * t) / SCANS);
    SENSORS.forEach(([sx, sy], i) => {
      const [dx, dy] = [sx - theta[0]!, sy - theta[1]!];
      const along = dx * Math.cos(angle) + dy * Math.sin(angle);
      const across = dy * Math.cos(angle) - dx * Math.sin(angle);
      if (along <= 0) return;
      const spread = 0.12 * along;
      out[t * SENSORS.length + i] = (Math.exp(theta[2]!) / spread ** 2) * Math.exp(-0.5 * (across / spread) ** 2);
    });
  }
  return out;
}
const STEPS = [0.05, 0.05, 0.001];
function slopes(theta: readonly number[]): Float64Array[] {
  return STEPS.map((h, d) => {
    const at = (sign: number) => plume(theta.map((v, k) => (k === d ? v + sign * h : v)));
    const [up, down] = [at(1), at(-1)];
    return up.map((v, k) => (v - down[k]!) / (2 * h));
  });
}
function informationAt(theta: readonly number[]): SourceInformation {
  const information = new SourceInformation(layout);
  const by = slopes(theta);
  const n = SENSORS.length;
  for (let t = 0; t < SCANS; t += 1) {
    const row = (d: number) => by[d]!.subarray(t * n, (t + 1) * n);
    information.add(row(0), row(1), row(2));
  }
  return information;
}

describe('the bound of a release', () => {
  const TRUE = [10, 2, Math.log(200)];

  it('is reached by maximum likelihood on noisy plumes', () => {
    const bound = informationAt(TRUE).bound()!;
    const clean = plume(TRUE);
    const by = slopes(TRUE);
    // Gauss–Newton with the slopes renewed twice: the likelihood has one top near the truth.
    const noise = seeded(5).stream('noise');
    const TRIALS = 400;
    let place = 0;
    let rate = 0;
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const data = clean.map((v, k) => v + SIGMA * noise.normal(trial * clean.length + k));
      let theta = TRUE.slice();
      for (let turn = 0; turn < 3; turn += 1) {
        const g = turn === 0 ? by : slopes(theta);
        const model = plume(theta);
        const normal = g.map((a) => g.map((b) => a.reduce((s, v, k) => s + v * b[k]!, 0)));
        const right = g.map((a) => a.reduce((s, v, k) => s + v * (data[k]! - model[k]!), 0));
        const step = solve3(normal, right);
        theta = theta.map((v, k) => v + step[k]!);
      }
      place += (theta[0]! - TRUE[0]!) ** 2 + (theta[1]! - TRUE[1]!) ** 2;
      rate += (theta[2]! - TRUE[2]!) ** 2;
    }
    const placed = Math.sqrt(place / TRIALS) / bound.position_m;
    const sized = Math.sqrt(rate / TRIALS) / bound.rate;
    console.log(
      `bound ${bound.position_m.toFixed(3)} m and ${(100 * bound.rate).toFixed(2)} %; maximum likelihood ${placed.toFixed(3)} and ${sized.toFixed(3)} times that`,
    );
    // 400 trials scatter by 1/√800 of a standard deviation, 3.5 %.
    expect(placed).toBeGreaterThan(0.9);
    expect(placed).toBeLessThan(1.1);
    expect(sized).toBeGreaterThan(0.9);
    expect(sized).toBeLessThan(1.1);
  });

  it('is none where one instrument in one wind hears it', () => {
    const information = new SourceInformation(layout);
    for (let t = 0; t < 50; t += 1) information.add([0.1, 0, 0, 0], [0.2, 0, 0, 0], [3, 0, 0, 0]);
    expect(information.bound()).toBeUndefined();
  });

  const valve = unwrap(readPlantContext('gas-line'));
  const scenario = (rate: string) =>
    unwrap(
      resolveScenario(
        unwrap(
          bindScenario(
            unwrap(
              parseScenario(
                's.yaml',
                `scenario: s\nabout: a\nplant: gas-line\nduration: 4 min\nseed: 1\nweather: { wind: 3 m/s from 250 deg, stability: D, gusts: 20 % }\ntimeline:\n  - { at: 10 s, emission: hose, species: methane, rate: ${rate}, place: { x: -14 m, y: -3 m, z: 1 m }, is: leak }\n`,
              ),
            ),
            valve,
          ),
        ),
        1,
      ),
    );

  it('of a plant: a release three times as large is placed three times as well', async () => {
    const one = await airPlaceBound(scenario('1 g/s'), valve.spec, 'hose');
    const three = await airPlaceBound(scenario('3 g/s'), valve.spec, 'hose');
    if (!one || !three || one === 'stopped' || three === 'stopped') throw new Error('no bound');
    console.log(`1 g/s: ${one.position_m.toFixed(2)} m; 3 g/s: ${three.position_m.toFixed(2)} m`);
    expect(one.position_m / three.position_m).toBeGreaterThan(2.5);
    expect(one.position_m / three.position_m).toBeLessThan(3.5);
  });

  it('stands in the bounds of a leak that is written as an emission', async () => {
    const [bound] = (await boundRun(scenario('3 g/s'), valve.spec))!;
    expect(bound).toMatchObject({ of: 'hose', place: { by: 'air' } });
    expect(bound!.clairvoyant.stationary_s).toBeGreaterThan(0);
  });
});

function solve3(a: number[][], b: number[]): number[] {
  const det = (m: number[][]) =>
    m[0]![0]! * (m[1]![1]! * m[2]![2]! - m[1]![2]! * m[2]![1]!) -
    m[0]![1]! * (m[1]![0]! * m[2]![2]! - m[1]![2]! * m[2]![0]!) +
    m[0]![2]! * (m[1]![0]! * m[2]![1]! - m[1]![1]! * m[2]![0]!);
  const whole = det(a);
  return [0, 1, 2].map((c) => det(a.map((row, r) => row.map((v, k) => (k === c ? b[r]! : v)))) / whole);
}

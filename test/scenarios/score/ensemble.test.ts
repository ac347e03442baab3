import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../models/kernel/index.ts';
import {
  binomialCdf,
  censoredQuantile,
  expectationsSchema,
  floorCards,
  floorJournals,
  makeCard,
  quantileLimits,
  quantileRanks,
  summarise,
} from '../../../scenarios/score/index.ts';
import { opened, raise, us } from './logs.ts';

const expectations = expectationsSchema.parse([
  { latency: { of: 'a', within: '60 s' } },
  { detected: { of: 'a' } },
  { 'false-alarms': { 'at-most': '1 per day' } },
]);

function cardOf(
  seed: number,
  latency_s: number | undefined,
  more: { status?: 'valid' | 'invalid'; early?: number } = {},
) {
  const alarms = [
    ...Array.from({ length: more.early ?? 0 }, (_, i) => raise('early', i)),
    ...(latency_s === undefined ? [] : [raise('hit', 43_200 + latency_s)]),
  ];
  return makeCard({
    runId: `r${seed}`,
    scenario: 's',
    plant: 'p',
    recipe: 'x',
    seed,
    transport: 'inproc',
    pace: 'lockstep',
    status: more.status ?? 'valid',
    framesDigest: '',
    frames: 86_400,
    simulated_s: 86_400,
    expectations,
    truth: [opened('a', 43_200)],
    alarms,
    floors: floorJournals({ seed, alarms, endUs: us(86_400), scanUs: us(1) }),
  });
}
const row = (rows: ReturnType<typeof summarise>, criterion: string) => rows.find((r) => r.criterion === criterion)!;

describe('quantiles', () => {
  it('of 20 have the published ranks: the 6th and 15th enclose the median at 95 %', () => {
    // Conover, Practical Nonparametric Statistics: coverage 0.9586.
    expect(quantileRanks(20, 0.5)).toEqual({ low: 6, high: 15 });
    const coverage = binomialCdf(14, 20, 0.5) - binomialCdf(5, 20, 0.5);
    console.log(`ranks 6 and 15 of 20 cover the median with ${coverage.toFixed(4)}`);
    expect(coverage).toBeCloseTo(0.9586, 4);
    expect(quantileRanks(6, 0.5)).toEqual({ low: 1, high: 6 });
    expect(quantileRanks(5, 0.5)).toEqual({ low: 0, high: 6 });
  });

  it('limits cover the true median at least as often as they say, misses included', () => {
    const chance = seeded(11).stream('cover');
    let covered = 0;
    for (let trial = 0; trial < 2000; trial += 1) {
      const all = Array.from({ length: 15 }, (_, i) => -Math.log(chance.uniform(trial * 15 + i)));
      const values = all.filter((v) => v < 1.5);
      const { low, high } = quantileLimits(values, all.length - values.length, 0.5);
      if (low <= Math.LN2 && Math.LN2 <= high) covered += 1;
    }
    console.log(`covered ${covered / 2000} of 2000 trials with misses beyond 1.5`);
    expect(covered / 2000).toBeGreaterThan(0.94);
  });

  it('a miss never makes a quantile smaller', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 30 }),
        fc.nat({ max: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (v, c, p) => {
          expect(censoredQuantile(v, c + 1, p)).toBeGreaterThanOrEqual(censoredQuantile(v, c, p));
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe('many cards', () => {
  it('20 of 20 found shows P of at least 0.861', () => {
    const rows = summarise(Array.from({ length: 20 }, (_, i) => cardOf(i, 10 + i)));
    expect(row(rows, 'detected')).toMatchObject({ actual: 1, status: 'pass', runs: 20 });
    expect(row(rows, 'detected').interval!.low.toFixed(3)).toBe('0.861');
    expect(row(rows, 'latency')).toMatchObject({ actual: 19.5, status: 'pass', interval: { low: 15, high: 24 } });
    // 20 half days without an alarm.
    expect(row(rows, 'false-alarms').interval!.high).toBeCloseTo(-Math.log(0.05) / 10, 6);
  });

  it('a miss is later than every value: it shifts the median and is never left out', () => {
    const rows = summarise([
      ...Array.from({ length: 6 }, (_, i) => cardOf(i, 10 + i)),
      ...[6, 7, 8].map((i) => cardOf(i, undefined)),
    ]);
    expect(row(rows, 'detected')).toMatchObject({ actual: 6 / 9, status: 'fail' });
    expect(row(rows, 'latency')).toMatchObject({ actual: 14 });
    expect(row(rows, 'latency').interval).toBeUndefined();
    expect(row(rows, 'latency').because).toContain('3 misses count as beyond every value');
    expect(row(rows, 'latency').because).toContain('no upper limit');
  });

  it('with more misses than hits there is no median and it fails', () => {
    const rows = summarise([cardOf(0, 10), cardOf(1, undefined), cardOf(2, undefined)]);
    expect(row(rows, 'latency')).toMatchObject({ actual: null, status: 'fail' });
  });

  it('false alarms are pooled by count and exposure, not by averaging rates', () => {
    const rows = summarise([cardOf(0, 10, { early: 3 }), cardOf(1, 10)]);
    expect(row(rows, 'false-alarms').actual).toBeCloseTo(3, 9);
    expect(row(rows, 'false-alarms').because).toContain('3 false alarms in 1 leak-free days of 2 runs');
  });

  it('sets invalid runs aside and says so', () => {
    const rows = summarise([cardOf(0, 10), cardOf(1, undefined, { status: 'invalid' })]);
    expect(row(rows, 'detected')).toMatchObject({ actual: 1, runs: 1 });
    expect(row(rows, 'detected').because).toContain('1 run not comparable or invalid, set aside');
    expect(summarise([cardOf(1, 1, { status: 'invalid' })])).toMatchObject([
      { criterion: 'runs', status: 'not-applicable' },
    ]);
  });

  it('shows the floors of many seeds by the same figures', () => {
    const rows = summarise(floorCards(Array.from({ length: 40 }, (_, i) => cardOf(i, 10))));
    const random = rows.find((r) => r.recipe === 'random' && r.criterion === 'detected')!;
    console.log(`random detector, one alarm a day, leak open for half of it: found ${random.actual}`);
    expect(rows.find((r) => r.recipe === 'null' && r.criterion === 'detected')).toMatchObject({ actual: 0 });
    // One alarm, uniform over the day, half of which is leak: one in two by chance.
    expect(random.interval!.low).toBeLessThan(0.5);
    expect(random.interval!.high).toBeGreaterThan(0.5);
  });
});

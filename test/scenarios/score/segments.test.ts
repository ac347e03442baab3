/** False alarms by segment of the line, and operating curves of a recipe at other thresholds. */
import { describe, expect, it } from 'vitest';
import { atRate, LADDER, readRecipe } from '../../../detector/index.ts';
import { type Card, rungName, rungOf, unwrap } from '../../../models/contract/index.ts';
import {
  expectationsSchema,
  makeCard,
  operatingCurves,
  plainCards,
  segmentRates,
  segmentsOf,
  summarise,
} from '../../../scenarios/score/index.ts';
import { plainLayout } from '../../detector/frames.ts';
import { opened, raise } from './logs.ts';

const layout = plainLayout([
  { id: 'PT-3', position_m: 9000 },
  { id: 'PT-1', position_m: 0 },
  { id: 'FT-1', position_m: 0 },
  { id: 'PT-2', position_m: 4000 },
  { id: 'TT-0' },
]);
const segments = segmentsOf(layout);

function cardOf(recipe: string, alarms: Parameters<typeof raise>[], latency_s?: number): Card {
  return makeCard({
    runId: recipe,
    scenario: 's',
    plant: 'line',
    recipe,
    seed: 1,
    transport: 'inproc',
    pace: 'lockstep',
    status: 'valid',
    framesDigest: '',
    frames: 86_400,
    simulated_s: 86_400,
    expectations: expectationsSchema.parse([]),
    truth: [opened('a', 80_000, { position_m: 5000 })],
    alarms: [
      ...alarms.map((a) => raise(...a)),
      ...(latency_s === undefined
        ? []
        : [raise('HIT', 80_000 + latency_s, { where: { position_m: 5100, sigma_m: 60 } })]),
    ],
    segments,
  });
}
const at = (position_m: number) => ({ where: { position_m, sigma_m: 100 } });

describe('false alarms by segment', () => {
  it('stretches lie between neighbouring instruments, in the order of the line', () => {
    expect(segments).toEqual([
      { segment: 'PT-1 to PT-2', from_m: 0, to_m: 4000 },
      { segment: 'PT-2 to PT-3', from_m: 4000, to_m: 9000 },
    ]);
    expect(segmentsOf(plainLayout([{ id: 'T' }]))).toEqual([]);
  });

  it('counts where they point, equipment by its name, and those that say nothing', () => {
    const card = cardOf('r', [
      ['A', 10, at(100)],
      ['A', 20, at(3900)],
      ['A', 30, at(9500)],
      ['A', 40],
      ['A', 50, { where: { place_m: [1, 2, 3], sigma_m: 1, source: 'Tank' } }],
    ]);
    const v = card.verdicts.find((x) => x.criterion === 'false-alarms')!;
    expect(v.segments).toEqual([
      { segment: 'PT-1 to PT-2', count: 2 },
      { segment: 'PT-2 to PT-3', count: 1 },
      { segment: 'Tank', count: 1 },
      { segment: 'no place given', count: 1 },
    ]);
    expect(v.segments!.reduce((s, x) => s + x.count, 0)).toBe(v.count);
    expect(v.because).toContain('By segment: PT-1 to PT-2 2, PT-2 to PT-3 1, Tank 1, no place given 1.');
    const rates = segmentRates([card, card]);
    expect(rates[0]).toMatchObject({ segment: 'PT-1 to PT-2', alarms: 4 });
    // Two of 80 000 s each: 4 in 0.00507 years.
    expect(rates[0]!.rate_1_yr).toBeCloseTo((4 * 365.25 * 86_400) / 160_000, 6);
  });
});

describe('operating curves', () => {
  it('a recipe at other rates: the demand times the factor, limits by the Gaussian tail, each with a digest of its own', () => {
    const recipe = unwrap(readRecipe('balance+wave'));
    const ten = atRate(recipe, 10)!;
    expect(ten.name).toBe('balance+wave ×10');
    const [wave, cusum] = ten.spec.methods;
    expect(wave).toMatchObject({ sigma: Math.sqrt(36 - 2 * Math.log(10)) });
    expect(cusum).toMatchObject({
      'false-alarms': 10 * (recipe.spec.methods[1] as { 'false-alarms': number })['false-alarms'],
    });
    const digests = LADDER.map((f) => atRate(recipe, f)!.digest);
    expect(new Set(digests).size).toBe(LADDER.length);
    expect(atRate(recipe, 1)).toBe(recipe);
    expect(atRate(unwrap(readRecipe('null')), 10)).toBeUndefined();
  });

  it('names are read back, whatever else stands in them', () => {
    for (const f of LADDER) expect(rungOf(rungName('a ×b', f))).toEqual({ recipe: 'a ×b', factor: f });
    expect(rungOf('python3 det.py')).toEqual({ recipe: 'python3 det.py', factor: 1 });
  });

  it('are points of one recipe in the order of their design, and enter no other figure', () => {
    const strict = cardOf(rungName('r', 0.1), [], 300);
    const plain = cardOf('r', [['A', 10, at(100)]], 100);
    const loose = cardOf(
      rungName('r', 10),
      [
        ['A', 10, at(100)],
        ['A', 20, at(100)],
      ],
      50,
    );
    const curve = operatingCurves([loose, plain, strict]);
    expect(curve.map((p) => [p.recipe, p.factor, p.alarms, p.meanDelay_s])).toEqual([
      ['r', 0.1, 0, 300],
      ['r', 1, 1, 100],
      ['r', 10, 2, 50],
    ]);
    expect(plainCards([loose, plain, strict])).toEqual([plain]);
    expect(operatingCurves([plain])).toEqual([]);
  });
});

describe('claimed intervals', () => {
  it('are held against the truth, with their width', () => {
    // 100 m off, ± 1.96 · 60 m: held, 235 m wide.
    const asked = makeCardAsking();
    expect(asked.verdicts.find((x) => x.criterion === 'location')!.claim).toMatchObject({ covered: true });
    expect(asked.verdicts.find((x) => x.criterion === 'location')!.claim!.width).toBeCloseTo(2 * 1.959964 * 60, 6);
    const row = summarise([asked]).find((r) => r.criterion === 'location-coverage')!;
    expect(row).toMatchObject({ actual: 1, runs: 1, unit: 'probability' });
    expect(row.because).toContain('mean width is 235 m');
  });
});

function makeCardAsking(): Card {
  return makeCard({
    runId: 'r',
    scenario: 's',
    plant: 'line',
    recipe: 'r',
    seed: 1,
    transport: 'inproc',
    pace: 'lockstep',
    status: 'valid',
    framesDigest: '',
    frames: 100,
    simulated_s: 100,
    expectations: expectationsSchema.parse([{ location: { of: 'a', within: '1 km' } }]),
    truth: [opened('a', 10, { position_m: 5000 })],
    alarms: [raise('HIT', 20, { where: { position_m: 5100, sigma_m: 60 } })],
  });
}

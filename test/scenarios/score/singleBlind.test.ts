/** The figures of single-blind gas tests, counted by hand and on real days with metered releases. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecipe } from '../../../detector/index.ts';
import { type AlarmEvent, type Card, type TruthEvent, unwrap } from '../../../models/contract/index.ts';
import { replay } from '../../../scenarios/run/index.ts';
import { singleBlindVerdicts, summarise } from '../../../scenarios/score/index.ts';
import { matchAlarms } from '../../../scenarios/score/matching.ts';

const HOUR = 3600e6;
const release = (hour: number, ref: string, source: string, q: number, x: number): TruthEvent[] => [
  {
    kind: 'leak.opened',
    timeUs: hour * HOUR,
    ref,
    unit: ref.slice(0, -1),
    position_m: 0,
    area_m2: 0,
    growth_s: 0,
    place_m: [x, 0, 0],
    source,
  },
  { kind: 'leak.rate', timeUs: hour * HOUR, ref, massRate_kg_s: q, volume_m3: 0 },
  { kind: 'leak.closed', timeUs: (hour + 1) * HOUR, ref, volume_m3: 1 },
];
const alarm = (hour: number, source: string, x: number, rate?: number, probability = 0.5): AlarmEvent => ({
  alarm: 'GAS',
  timeUs: hour * HOUR,
  frameSeq: 1,
  from: 'normal',
  to: 'unacknowledged',
  priority: 2,
  score: 1,
  where: { sigma_m: 1, place_m: [x, 0, 0], source, probability },
  ...(rate === undefined ? {} : { rate: { massRate_kg_s: rate, sigma_kg_s: 0.1 } }),
  by: 'test',
  because: 'a test',
});
// Four releases of two groups with two units each, at x = 0, 10, 50, 60.
const truth = [
  ...release(10, 'A-11', 'A', 1, 0),
  ...release(20, 'A-21', 'A', 1, 10),
  ...release(30, 'B-11', 'B', 2, 50),
  ...release(40, 'B-21', 'B', 2, 60),
];
const units = ['A-1', 'A-2', 'B-1', 'B-2'].map((unit, i) => ({
  unit,
  place_m: [[0, 10, 50, 60][i]!, 0, 0] as [number, number, number],
}));
const alarms = [
  // No release is open.
  alarm(5, 'A', 0),
  // Right group and unit, twice the rate.
  alarm(10.5, 'A', 2, 2),
  // Right group, wrong unit; what follows is surer and right in both, and half of the rate comes with it.
  alarm(20.2, 'A', 1),
  alarm(20.4, 'A', 9, 0.5, 0.9),
  // Wrong group; ten times the rate.
  alarm(30.5, 'A', 12, 20),
];

describe('single-blind figures', () => {
  const matching = matchAlarms({ truth, alarms, endUs: 50 * HOUR });
  const verdicts = singleBlindVerdicts(truth, matching, units);
  const of = (criterion: string) => verdicts.find((v) => v.criterion === criterion)!;

  it('count releases, detections, groups and units', () => {
    expect(of('detection-fraction')).toMatchObject({ actual: 3 / 4, count: 3, among: 4 });
    expect(of('false-positives')).toMatchObject({ actual: 1 / 4, count: 1, among: 4 });
    expect(of('group-precision')).toMatchObject({ actual: 2 / 3, count: 2, among: 3 });
    expect(of('group-accuracy')).toMatchObject({ actual: 2 / 4, count: 2, among: 4 });
    expect(of('unit-precision')).toMatchObject({ actual: 2 / 3, count: 2, among: 3 });
    expect(of('unit-accuracy')).toMatchObject({ actual: 2 / 4, count: 2, among: 4 });
    // (+100 − 50 + 900)/3
    expect(of('quantification-error').actual).toBeCloseTo(950 / 3, 9);
    expect(of('quantification-error').because).toContain(
      'median +100 %, from −50 % to +900 %; 2 of 3 within a factor of 3',
    );
  });

  it('are of releases into the air alone, and without units where nobody says where they stand', () => {
    const holes = truth.map((e) => (e.kind === 'leak.opened' ? { ...e, area_m2: 1e-4 } : e));
    expect(singleBlindVerdicts(holes, matching, units)).toEqual([]);
    expect(singleBlindVerdicts(truth, matching).map((v) => v.criterion)).not.toContain('unit-precision');
    const silent = singleBlindVerdicts(truth, matchAlarms({ truth, alarms: [], endUs: 50 * HOUR }), units);
    expect(silent.find((v) => v.criterion === 'detection-fraction')).toMatchObject({ actual: 0, count: 0, among: 4 });
    expect(silent.find((v) => v.criterion === 'false-positives')!.actual).toBeNull();
  });

  it('pool over runs by their counts', () => {
    const card = (list: typeof verdicts) =>
      ({ scenario: 's', recipe: 'r', status: 'valid', verdicts: list }) as unknown as Card;
    const perfect = singleBlindVerdicts(
      truth.slice(0, 3),
      matchAlarms({ truth: truth.slice(0, 3), alarms: [alarm(10.5, 'A', 2, 1)], endUs: 50 * HOUR }),
      units,
    );
    const rows = summarise([card(verdicts), card(perfect)]);
    const row = (criterion: string) => rows.find((r) => r.criterion === criterion)!;
    expect(row('detection-fraction').actual).toBeCloseTo(4 / 5, 12);
    expect(row('false-positives').actual).toBeCloseTo(1 / 5, 12);
    expect(row('quantification-error').actual).toBeCloseTo(950 / 4, 9);
  });

  const reference = process.env['LEAKTWIN_REFERENCE'] ?? join(import.meta.dirname, '../../../../shared/reference');
  const metec = join(reference, 'recordings/metec');
  it.skipIf(!existsSync(metec))('stand on the card of three real days', async () => {
    const { judged } = await replay({ recording: metec, recipe: unwrap(readRecipe('gas-fusion')) });
    const real = (criterion: string) => judged!.card.verdicts.find((v) => v.criterion === criterion && v.of === '')!;
    for (const c of [
      'detection-fraction',
      'false-positives',
      'group-precision',
      'unit-precision',
      'quantification-error',
    ])
      console.log(`${c}: ${real(c).because}`);
    expect(real('detection-fraction').among).toBe(6);
    expect(real('unit-precision').among).toBe(real('detection-fraction').count);
    expect(real('false-positives').among).toBe(real('unit-accuracy').among);
  });
});

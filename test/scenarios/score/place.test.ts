import { describe, expect, it } from 'vitest';
import { type AlarmEvent, alarmEventSchema, type TruthEvent } from '../../../models/contract/index.ts';
import { expectationsSchema, formatCard, judge, makeCard, NEAREST_SENSOR } from '../../../scenarios/score/index.ts';

const truth: TruthEvent[] = [
  {
    kind: 'leak.opened',
    timeUs: 10e6,
    ref: 'a',
    unit: '',
    position_m: 0,
    area_m2: 0,
    growth_s: 0,
    place_m: [3, 4, 1],
    source: 'tank',
  },
  { kind: 'leak.rate', timeUs: 10e6, ref: 'a', massRate_kg_s: 2e-4, volume_m3: 0 },
  { kind: 'leak.closed', timeUs: 90e6, ref: 'a', volume_m3: 1 },
];
const alarm = (id: string, timeUs: number, where?: AlarmEvent['where']): AlarmEvent => ({
  alarm: id,
  timeUs,
  frameSeq: 0,
  from: 'normal',
  to: 'unacknowledged',
  priority: 2,
  score: 1,
  by: 'test',
  because: 'test',
  ...(where ? { where } : {}),
});
const at = (x: number, y: number, source: string, probability?: number): NonNullable<AlarmEvent['where']> => ({
  sigma_m: 5,
  place_m: [x, y, 0],
  source,
  ...(probability === undefined ? {} : { probability }),
});
const verdicts = (alarms: AlarmEvent[], expect: unknown[] = []) =>
  judge(expectationsSchema.parse(expect), { truth, alarms, endUs: 100e6 }).verdicts;

describe('a place on a site', () => {
  it('is judged by the distance over the ground, the name and the rate, asked for or not', () => {
    const list = verdicts([alarm('X', 20e6, at(0, 0, 'tank'))]);
    expect(list.map((v) => [v.criterion, v.actual])).toEqual([
      ['latency', 10],
      ['location', 5],
      ['named', 1],
      ['rate', null],
      ['false-alarms', 0],
    ]);
  });
  it('is that of the surest alarm about the leak, or of the first where none says how sure it is', () => {
    const named = (alarms: AlarmEvent[]) => verdicts(alarms).find((v) => v.criterion === 'named')!.actual;
    expect(named([alarm('X', 20e6, at(0, 0, 'well', 0.4)), alarm('Y', 30e6, at(0, 0, 'tank', 0.9))])).toBe(1);
    expect(named([alarm('X', 20e6, at(0, 0, 'tank', 0.95)), alarm('Y', 30e6, at(0, 0, 'well', 0.9))])).toBe(1);
    expect(named([alarm('X', 20e6, at(0, 0, 'well')), alarm('Y', 30e6, at(0, 0, 'tank'))])).toBe(0);
    expect(named([alarm('X', 20e6), alarm('Y', 30e6, at(0, 0, 'tank'))])).toBe(1);
  });
  it('can be expected', () => {
    const list = verdicts(
      [alarm('X', 20e6, at(0, 0, 'well'))],
      [{ named: { of: 'a' } }, { location: { of: 'a', within: '6 m' } }],
    );
    expect(list.slice(0, 2).map((v) => v.status)).toEqual(['fail', 'pass']);
  });
  it('needs no place along a line, but one of the two', () => {
    expect(alarmEventSchema.safeParse(alarm('X', 1, at(0, 0, 'tank'))).success).toBe(true);
    expect(alarmEventSchema.safeParse(alarm('X', 1, { sigma_m: 1 })).success).toBe(false);
  });
});

describe('the nearest-sensor floor', () => {
  const card = (own: string, rule: string) =>
    makeCard({
      runId: 'x',
      scenario: 's',
      plant: 'p',
      recipe: 'r',
      seed: 1,
      transport: 'recording',
      pace: 'lockstep',
      status: 'valid',
      framesDigest: '',
      frames: 1,
      simulated_s: 100,
      expectations: [],
      truth,
      alarms: [alarm('X', 20e6, at(0, 0, own))],
      floors: [{ recipe: NEAREST_SENSOR, alarms: [alarm('X', 20e6, at(0, 0, rule))] }],
    });
  it('is beaten by more right names only, and the card says by how many', () => {
    const of = (own: string, rule: string) =>
      card(own, rule).verdicts.find((v) => v.criterion === 'named' && v.of === '')!;
    expect(of('tank', 'well')).toMatchObject({ status: 'pass', actual: 1, target: 0 });
    expect(of('tank', 'tank')).toMatchObject({ status: 'acceptable', actual: 1, target: 1 });
    expect(of('well', 'tank')).toMatchObject({ status: 'fail', actual: 0, target: 1 });
    expect(formatCard(card('tank', 'well'))).toContain('Of 1 leak 1 named rightly');
  });
});

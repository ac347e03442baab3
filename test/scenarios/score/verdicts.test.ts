import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatProblem, type TruthEvent, type Verdict } from '../../../models/contract/index.ts';
import { readDocument } from '../../../models/document/index.ts';
import {
  expectationsSchema,
  judge,
  leakReferences,
  leaksOf,
  lossCurve,
  massRateAt,
  volumeAt,
} from '../../../scenarios/score/index.ts';
import { closed, opened, raise, us } from './logs.ts';

const ALL = `
- latency: { of: leak-1, within: 2 min, acceptable: 300 s }
- detected: { of: leak-1 }
- false-alarms: { at-most: 1 per day }
- location: { of: leak-1, within: 200 m }
- rate: { of: leak-1, within: 30 % }
- volume-lost: { of: leak-1, within: 3 m3 }
`;
function read(text: string) {
  return readDocument('expect.yaml', text, expectationsSchema);
}
function expectations(text = ALL) {
  const r = read(text);
  if (!r.ok) throw new Error(r.problems.map(formatProblem).join('\n'));
  return r.value.value;
}
function problems(text: string): string {
  const r = read(text);
  return r.ok ? 'none' : r.problems.map(formatProblem).join('\n');
}

describe('expectations', () => {
  it('are read into SI', () => {
    expect(expectations()).toEqual([
      { criterion: 'latency', of: 'leak-1', withinUs: 120e6, acceptableUs: 300e6 },
      { criterion: 'detected', of: 'leak-1' },
      { criterion: 'false-alarms', atMost_1_s: 1 / 86_400 },
      { criterion: 'location', of: 'leak-1', within_m: 200 },
      { criterion: 'rate', of: 'leak-1', within: 0.3 },
      { criterion: 'volume-lost', of: 'leak-1', within_m3: 3 },
    ]);
  });

  it('tell their leaks and where each is named', () => {
    expect(leakReferences(expectations()).map((r) => [r.ref, r.path.join('.')])).toContainEqual([
      'leak-1',
      '5.volume-lost.of',
    ]);
    expect(leakReferences(expectations())).toHaveLength(5);
  });

  it.each([
    ['- latancy: { of: a, within: 1 s }', 'did you mean "latency"?'],
    ['- latency: { of: a, within: 120 }', '120 without a unit'],
    ['- latency: { of: a, within: 3 m }', 'which is a length'],
    ['- latency: { of: a, within: 3 s, acceptible: 4 s }', 'did you mean "acceptable"?'],
    ['- latency: { within: 3 s }', 'the key "of"'],
    ['- latency: { of: a, within: 60 s, acceptable: 30 s }', 'a limit tighter than "within"'],
    ['- false-alarms: { at-most: 1 }', '1 without a unit'],
    ['- { latency: { of: a, within: 3 s }, detected: { of: a } }', '2 criteria in one entry'],
    ['- {}', 'an empty map'],
    ['- detected', 'a map'],
  ])('refuse %s with its reason', (text, reason) => {
    expect(problems(text)).toContain(reason);
  });

  it('have a JSON Schema for editors', () => {
    const schema = z.toJSONSchema(expectationsSchema, { io: 'input' }) as { items: Record<string, unknown> };
    expect(schema.items).toMatchObject({ additionalProperties: false, minProperties: 1, maxProperties: 1 });
  });
});

const truth: TruthEvent[] = [
  opened('leak-1', 1000, { position_m: 5000, growth_s: 100 }),
  { kind: 'leak.rate', timeUs: us(1100), ref: 'leak-1', massRate_kg_s: 4, volume_m3: 0.2 },
  { kind: 'leak.rate', timeUs: us(1200), ref: 'leak-1', massRate_kg_s: 4, volume_m3: 0.6 },
  closed('leak-1', 2000, 3.8),
];
const endUs = us(86_400);
const by = (verdicts: readonly Verdict[], criterion: string) => verdicts.find((v) => v.criterion === criterion)!;

describe('the loss curve', () => {
  const curve = lossCurve(truth, leaksOf(truth, endUs)[0]!)!;
  it('starts with nothing at the opening and is linear between the points of the log', () => {
    expect([1000, 1050, 1150, 1600, 9999].map((s) => volumeAt(curve, us(s)))).toEqual([
      0,
      0.1,
      0.4,
      expect.closeTo(2.2, 12),
      3.8,
    ]);
  });
  it('tells the rate while it grows, and the last one ever after', () => {
    expect([1000, 1050, 1500].map((s) => massRateAt(curve, us(s)))).toEqual([0, 2, 4]);
  });
});

describe('verdicts', () => {
  it('give every number with its limits and reason', () => {
    const alarms = [
      raise('early', 500),
      raise('hit', 1150),
      raise('places', 1300, {
        where: { position_m: 5150, sigma_m: 60 },
        rate: { massRate_kg_s: 3, sigma_kg_s: 1 },
      }),
    ];
    const { verdicts } = judge(expectations(), { truth, alarms, endUs });
    expect(verdicts.map((v) => [v.criterion, v.status, v.actual, v.target, v.unit])).toEqual([
      ['latency', 'acceptable', 150, 120, 's'],
      ['detected', 'pass', 1, 1, ''],
      ['false-alarms', 'fail', expect.closeTo(1.0189, 3), 1, 'per day'],
      ['location', 'pass', 150, 200, 'm'],
      ['rate', 'pass', 25, 30, '%'],
      ['volume-lost', 'pass', expect.closeTo(0.4, 12), 3, 'm3'],
    ]);
    expect(by(verdicts, 'latency').because).toContain('Latency counts from the opening');
    // A day less the leak's 1000 s and 600 s of grace.
    expect(by(verdicts, 'false-alarms')).toMatchObject({ count: 1, exposure_s: 84_800 });
    expect(by(verdicts, 'false-alarms').because).toContain('23 h 33 min of leak-free time');
  });

  it('of a leak that was never found have no number and fail', () => {
    const { verdicts } = judge(expectations(), { truth, alarms: [], endUs });
    for (const c of ['latency', 'location', 'rate', 'volume-lost']) {
      expect(by(verdicts, c)).toMatchObject({ actual: null, status: 'fail' });
    }
    expect(by(verdicts, 'detected')).toMatchObject({ actual: 0, status: 'fail' });
    expect(by(verdicts, 'false-alarms')).toMatchObject({ actual: 0, status: 'pass' });
    expect(by(verdicts, 'false-alarms').because).toContain('shows only a rate below');
  });

  it('say that no place was given rather than guess one', () => {
    const { verdicts } = judge(expectations(), { truth, alarms: [raise('hit', 1050)], endUs });
    expect(by(verdicts, 'location')).toMatchObject({ status: 'fail', actual: null });
    expect(by(verdicts, 'location').because).toContain('no place was given');
  });

  it('of a leak that never opened are no verdicts', () => {
    const { verdicts } = judge(expectations(), { truth: [], alarms: [], endUs });
    expect(by(verdicts, 'latency')).toMatchObject({ status: 'not-applicable' });
    expect(by(verdicts, 'latency').because).toContain('never opened');
  });

  it('need leak-free time for a false-alarm rate', () => {
    const { verdicts } = judge(expectations(), { truth: [opened('leak-1', 0)], alarms: [], endUs });
    expect(by(verdicts, 'false-alarms')).toMatchObject({ status: 'not-applicable', actual: null });
  });

  it('show latency and false alarms also where nobody asked', () => {
    const { verdicts } = judge([], { truth, alarms: [raise('hit', 1050)], endUs });
    expect(verdicts.map((v) => [v.criterion, v.of, v.status, v.actual])).toEqual([
      ['latency', 'leak-1', 'not-applicable', 50],
      ['false-alarms', '', 'not-applicable', 0],
    ]);
  });
});

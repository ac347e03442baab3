import { describe, expect, it } from 'vitest';
import type { Card, LeakBound, Verdict } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { boundOf, compareCards, formatComparison, regressions, summarise } from '../../../scenarios/score/index.ts';

function card(seed: number, latency_s: number | null, extra: Partial<Card> = {}, falseAlarms = 0): Card {
  const verdicts: Verdict[] = [
    {
      criterion: 'latency',
      of: 'leak-1',
      status: latency_s === null ? 'fail' : 'pass',
      actual: latency_s,
      target: 60,
      unit: 's',
      because: '',
    },
    {
      criterion: 'false-alarms',
      of: '',
      status: 'pass',
      actual: falseAlarms,
      target: 1,
      unit: 'per day',
      because: '',
      count: falseAlarms,
      exposure_s: 86_400,
    },
  ];
  return {
    runId: `${seed}`,
    scenario: 'one',
    plant: 'p',
    recipe: 'r',
    seed,
    transport: 'inproc',
    pace: 'lockstep',
    status: 'valid',
    because: '',
    journalDigest: '',
    framesDigest: '',
    frames: 1,
    simulated_s: 100,
    verdicts,
    floors: [],
    ...extra,
  };
}

const noise = seeded(5).stream('compare');
const latencies = (n: number, factor: number, name: string) =>
  Array.from({ length: n }, (_, i) =>
    card(i, 20 * Math.exp(0.5 * noise.normal(i)) * factor * Math.exp(0.1 * noise.stream(name).normal(i))),
  );

describe('comparing two detectors', () => {
  it('sees a tenth through the luck that both share', () => {
    const c = compareCards(latencies(60, 1, 'a'), latencies(60, 1.1, 'b'));
    const row = c.criteria.find((r) => r.criterion === 'latency')!;
    expect(row.verdict).toBe('worse');
    expect(row.effect).toBeGreaterThan(1.05);
    expect(row.effect).toBeLessThan(1.16);
    const back = compareCards(latencies(60, 1.1, 'b'), latencies(60, 1, 'a'));
    expect(back.criteria.find((r) => r.criterion === 'latency')!.verdict).toBe('better');
  });

  it('says not yet known, and how many pairs would tell', () => {
    const c = compareCards(latencies(8, 1, 'a'), latencies(8, 1.02, 'b'));
    const row = c.criteria.find((r) => r.criterion === 'latency')!;
    expect(row.verdict).toBe('unknown');
    expect(row.seedsNeeded).toBeGreaterThan(8);
    expect(formatComparison(c)).toContain(`${row.seedsNeeded} pairs would tell`);
  });

  it('counts leaks that only one found, and false alarms', () => {
    const a = Array.from({ length: 20 }, (_, i) => card(i, 10));
    const b = Array.from({ length: 20 }, (_, i) => card(i, i < 8 ? null : 10, {}, i < 9 ? 1 : 0));
    const c = compareCards(a, b);
    expect(c.criteria.find((r) => r.criterion === 'detected')).toMatchObject({ verdict: 'worse', effect: -0.4 });
    expect(c.criteria.find((r) => r.criterion === 'false-alarms')).toMatchObject({ verdict: 'worse' });
  });

  it('leaves out what has no valid partner', () => {
    const c = compareCards([card(1, 10), card(2, 10)], [card(2, 11, { status: 'invalid' }), card(3, 10), card(1, 12)]);
    expect(c.pairs).toBe(1);
    expect(c.unpaired).toBe(3);
  });

  it('corrects single scenarios for their number', () => {
    const many = (shift: number, name: string) =>
      Array.from({ length: 12 }, (_, s) =>
        Array.from({ length: 6 }, (_, i) =>
          card(i, 20 * Math.exp((s === 0 ? shift : 0) + 0.3 * noise.stream(`${name}${s}`).normal(i)), {
            scenario: `s${s}`,
          }),
        ),
      ).flat();
    const c = compareCards(many(0, 'x'), many(0, 'y'));
    expect(c.criteria.filter((r) => r.scenario !== 'all' && r.verdict !== 'unknown')).toEqual([]);
  });
});

describe('regressions against a baseline', () => {
  it('name the verdict that fell and the command that shows it', () => {
    const was = [card(1, 10), card(2, 10)];
    const now = [card(1, null), card(2, 10)];
    expect(regressions(was, now)).toEqual([
      {
        scenario: 'one',
        seed: 1,
        recipe: 'r',
        criterion: 'latency',
        of: 'leak-1',
        was: 'pass (10 s)',
        is: 'fail (no value)',
        command: 'leaktwin run one --seed 1 --recipe r',
      },
    ]);
    expect(regressions(now, was)).toEqual([]);
  });
});

describe('the bound', () => {
  const timing = { scan_s: 1, firstScan_s: 1, demand_1_s: 1e-4 };
  it('waits for the wave, and then for the end of the scan that tells all', () => {
    const loud = new Float64Array(100).fill(1000, 7);
    expect(boundOf(loud, timing)).toEqual({ stationary_s: 8, worstCase_s: 8 });
  });

  it('of a step is the optimum of the theory', () => {
    // delta = 0.5 per scan, ARL 10,000 scans: 44.6 and 49.1 scans.
    const step = new Float64Array(5000).fill(0.125);
    const b = boundOf(step, timing);
    expect(b.stationary_s).toBeCloseTo(44.63, 1);
    expect(b.worstCase_s).toBeCloseTo(49.1, 1);
  });

  it('is not put off by a faint forerunner, and is none where nothing can be seen', () => {
    const faint = new Float64Array(2000).fill(1e-9);
    expect(boundOf(faint, timing)).toEqual({ stationary_s: null, worstCase_s: null });
    const late = faint.slice();
    late.fill(1000, 1500);
    expect(boundOf(late, timing).stationary_s).toBe(1501);
  });

  it('becomes an efficiency over seeds; a miss counts with the rest of its run', () => {
    const bounds: LeakBound[] = [
      {
        of: 'leak-1',
        demand_1_s: 1e-4,
        watched_s: 40,
        clairvoyant: { stationary_s: 5, worstCase_s: 6 },
      },
    ];
    const cards = [10, 10, 10, 10, 10, null].map((l, i) => card(i, l, { bounds }));
    const row = summarise(cards).find((r) => r.criterion === 'efficiency-clairvoyant')!;
    expect(row.actual).toBeCloseTo(30 / 90, 12);
    expect(row.interval!.low).toBeLessThan(row.actual!);
    expect(row.because).toContain('1 of 6 were not found');
  });
});

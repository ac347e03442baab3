/** The latency budget: parts sum to the latency to the microsecond, floors are where the signal says, and luck never makes a debt. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecipe, recipeDelays } from '../../../detector/index.ts';
import { BUDGET_PARTS, type Card, createLayout, type LeakBound, unwrap } from '../../../models/contract/index.ts';
import {
  budgetRows,
  formatBudgets,
  formatBudgetsMarkdown,
  type LeakSignal,
  latencyBudgets,
  matchAlarms,
  signalFloor,
} from '../../../scenarios/score/index.ts';
import { opened, raise, us } from './logs.ts';

const tag = (id: string, width: number, periodUs: number) => ({
  id,
  station: 'RTU-1',
  quantity: 'pressure' as const,
  unit: 'bar',
  range: [0, 100] as [number, number],
  width,
  periodUs,
  noise: 0.1,
  accuracy: 0,
  element: 'N',
});
const layout = createLayout({
  plant: 'line',
  scanUs: 1_000_000,
  stations: [{ id: 'RTU-1', unitId: 1, clockAccuracy_s: 0 }],
  tags: [tag('PT-1', 4, 250_000), tag('PT-2', 1, 1_000_000)],
});

/** A signal of 20 scans after an opening at 100.4 s, PT-1 by a function of the time of its sample after that, PT-2 too. */
function signal(pt1: (s: number) => number, pt2: (s: number) => number): { signal: LeakSignal; openedUs: number } {
  const openedUs = us(100.4);
  const timeUs = Float64Array.from({ length: 20 }, (_, t) => us(101 + t));
  const delta = Float32Array.from({ length: 20 * 5 }, (_, i) => {
    const [t, c] = [Math.floor(i / 5), i % 5];
    const at = (timeUs[t]! - openedUs) * 1e-6;
    return c < 4 ? pt1(at - (3 - c) * 0.25) : pt2(at);
  });
  return { signal: { layout, timeUs, delta }, openedUs };
}

const bound = (
  stationary_s: number | null,
  realisable_s: number | null | undefined,
  floor: LeakBound['floor'],
): LeakBound => ({
  of: 'leak-1',
  demand_1_s: 1e-7,
  watched_s: 600,
  clairvoyant: { stationary_s, worstCase_s: stationary_s },
  ...(realisable_s === undefined ? {} : { realisable: { stationary_s: realisable_s, worstCase_s: realisable_s } }),
  ...(floor ? { floor } : {}),
});
const floor = { tag: 'PT-1', travelUs: us(3.2), lagUs: us(0.2), reportingUs: us(0.6) };

function budgetAt(latency_s: number, b: LeakBound, alarmDelay_s = 5, window_s = 1.5) {
  const truth = [opened('leak-1', 100)];
  const { matches } = matchAlarms({ truth, alarms: [raise('LD', 100 + latency_s)], endUs: us(1000) });
  return latencyBudgets(matches, [b], [{ alarm: 'LD', windowUs: us(window_s), alarmDelayUs: us(alarmDelay_s) }])[0]!;
}

describe('the first instrument that shows a leak', () => {
  it('is found by its noise-free samples, the lag taken off where no wave is known', () => {
    const s = signal(
      (t) => (t >= 3 ? 1 : 0),
      (t) => (t >= 1.5 ? 1 : 0),
    );
    // PT-2 samples at 101, 102 …: 1.6 s after the opening is the first at or beyond 1.5 s, and its frame comes with it.
    expect(
      signalFloor(s.signal, s.openedUs, [
        { lagUs: 0, latencyUs: 0 },
        { lagUs: us(0.5), latencyUs: 0 },
      ]),
    ).toEqual({
      tag: 'PT-2',
      travelUs: us(1.1),
      lagUs: us(0.5),
      reportingUs: 0,
    });
  });

  it('along a line the wave has its own time, and the rest is sampling, polling and deadband', () => {
    const s = signal(
      (t) => (t >= 3 ? 1 : 0),
      () => 0,
    );
    const timing = { lagUs: us(0.1), latencyUs: us(0.3), travelUs: us(2.6) };
    // A sample that left at 3.1 s was taken 0.3 s before; 0.1 s of lag after 2.6 s ends at 2.7, its frame comes at 3.6 s.
    const found = signalFloor(s.signal, s.openedUs, [timing, { lagUs: 0, latencyUs: 0 }])!;
    expect(found).toEqual({ tag: 'PT-1', travelUs: us(2.6), lagUs: us(0.1), reportingUs: us(0.9) });
    // Report by exception: nothing is said until the value has moved by the deadband, or for the longest silence.
    const slow = signal(
      (t) => Math.max(0, t - 3) * 0.1,
      () => 0,
    );
    const late = (deadband: number, silenceUs: number) =>
      signalFloor(slow.signal, slow.openedUs, [
        { ...timing, latencyUs: 0, deadband, silenceUs },
        { lagUs: 0, latencyUs: 0 },
      ])!;
    const sum = (f: { travelUs: number; lagUs: number; reportingUs: number }) => f.travelUs + f.lagUs + f.reportingUs;
    expect(sum(late(0.5, us(1000)))).toBe(us(8.6));
    expect(sum(late(0.5, us(2)))).toBe(us(5.6));
  });

  it('is none where nothing shows', () => {
    const s = signal(
      () => 0.009,
      () => 0,
    );
    expect(
      signalFloor(s.signal, s.openedUs, [
        { lagUs: 0, latencyUs: 0 },
        { lagUs: 0, latencyUs: 0 },
      ]),
    ).toBeUndefined();
  });
});

describe('the latency budget', () => {
  it('by hand: 40 s of a recipe with an on-delay of 5 s', () => {
    // 3.2 + 0.2 + 0.6 = 4 s of floors; clairvoyant 9 s, realisable 21 s; 1.5 s of window; 5 s of delay; the rest is 12.5 s.
    const parts = budgetAt(40, bound(9, 21, floor)).partsUs;
    expect(Object.values(parts).map((v) => v / 1e6)).toEqual([3.2, 0.2, 0.6, 5, 12, 1.5, 12.5, 5]);
    expect(Object.keys(parts)).toEqual([...BUDGET_PARTS]);
  });

  it('without a realisable bound all masking is noise; beyond any optimum it is all that is left', () => {
    expect(budgetAt(40, bound(9, undefined, floor)).partsUs).toMatchObject({
      noise: us(5),
      'line-pack': 0,
      algorithm: us(24.5),
    });
    expect(budgetAt(40, bound(9, null, floor)).partsUs).toMatchObject({
      noise: us(5),
      'line-pack': us(26),
      algorithm: 0,
    });
  });

  it('sums to the latency whatever the floors, bounds and delays', () => {
    const time = fc.double({ min: 0, max: 500, noNaN: true });
    const known = fc.option(time, { nil: null });
    fc.assert(
      fc.property(
        time,
        known,
        fc.option(known, { nil: undefined }),
        time,
        time,
        time,
        (latency, c, r, delay, window, travel) => {
          const b = budgetAt(latency, bound(c, r, { ...floor, travelUs: Math.round(travel * 1e6) }), delay, window);
          const parts = Object.values(b.partsUs);
          expect(parts.every((p) => p >= 0 && Number.isInteger(p))).toBe(true);
          expect(parts.reduce((s, p) => s + p, 0)).toBe(b.latencyUs);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it('is there for what was found and has a floor, and for nothing else', () => {
    const { matches } = matchAlarms({ truth: [opened('leak-1', 100)], alarms: [], endUs: us(1000) });
    expect(latencyBudgets(matches, [bound(9, 21, floor)], [])).toEqual([]);
    const found = matchAlarms({ truth: [opened('leak-1', 100)], alarms: [raise('LD', 110)], endUs: us(1000) });
    expect(latencyBudgets(found.matches, [bound(9, 21, undefined)], [])).toEqual([]);
  });

  it('over a suite is the mean of each part, in text and Markdown', () => {
    const card = (latency_s: number) =>
      ({
        status: 'valid',
        scenario: 's|t',
        recipe: 'r',
        budgets: [budgetAt(latency_s, bound(9, 21, floor))],
      }) as unknown as Card;
    const rows = budgetRows([card(40), card(60)]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ found: 2, latency_s: 50 });
    expect(rows[0]!.parts_s.algorithm).toBeCloseTo(22.5, 9);
    expect(Object.values(rows[0]!.parts_s).reduce((a, b) => a + b)).toBeCloseTo(50, 9);
    expect(formatBudgets(rows)).toContain('22.5 algorithm');
    expect(formatBudgetsMarkdown(rows)).toContain('| s\\|t | r | leak-1 | 2 | 50 | 3.2 |');
    expect(formatBudgets([])).toBe('');
  });
});

describe('what a recipe declares', () => {
  it('is the on-delay in whole scans and the window behind an event', () => {
    expect(recipeDelays(unwrap(readRecipe('balance+wave')), 2_000_000)).toEqual([
      { alarm: 'LD-WAVE', windowUs: 1_500_000, alarmDelayUs: 0 },
      { alarm: 'LD-BALANCE', windowUs: 0, alarmDelayUs: 6_000_000 },
    ]);
  });
});

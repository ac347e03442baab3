/** Affiliation precision and recall against values worked by hand and against the definition by brute force. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../models/kernel/index.ts';
import { affiliation } from '../../../scenarios/score/published/index.ts';

const flags = (n: number, ...spans: [number, number][]) =>
  Array.from({ length: n }, (_, i) => (spans.some(([a, b]) => i >= a && i < b) ? 1 : 0));
const of = (labels: number[], alarms: number[]) => affiliation([{ labels, alarms }]);

describe('affiliation', () => {
  it('is 1 and 1 for the labels themselves; without an alarm recall is 0 and precision nothing', () => {
    const labels = flags(20, [3, 6], [12, 15]);
    expect(of(labels, labels)).toEqual({ precision: 1, recall: 1, f1: 1 });
    expect(of(labels, flags(20))).toEqual({ precision: Number.NaN, recall: 0, f1: Number.NaN });
    expect(of(flags(20), labels).recall).toBeNaN();
  });

  it('one event in the middle: 1 − (2 + 2·1.5)/10 and 1 − 2·2/10', () => {
    // J = [4, 6) in [0, 10), alarm [7, 8): distances 1 to 2 (mean 1.5) from the alarm, 3 to 1 (mean 2) from the event.
    const { precision, recall } = of(flags(10, [4, 6]), flags(10, [7, 8]));
    expect(precision).toBeCloseTo(0.5, 12);
    expect(recall).toBeCloseTo(0.6, 12);
  });

  it('the near end of the zone is no further than it is', () => {
    // J = [1, 2), alarm [5, 6): before J lies 1 only, so 1 − (1 + 1 + 3.5)/10; from y the start is y away, so 1 − (y + 5 − y)/10.
    const { precision, recall } = of(flags(10, [1, 2]), flags(10, [5, 6]));
    expect(precision).toBeCloseTo(0.45, 12);
    expect(recall).toBeCloseTo(0.5, 12);
  });

  it('an alarm between two events counts in both zones, one at the first in one', () => {
    // Zones [0, 5) and [5, 10); in each the alarm's half has distances 1 to 2: 1 − (1 + 3)/5 and 1 − 3/5.
    const labels = flags(10, [2, 3], [7, 8]);
    const between = of(labels, flags(10, [4, 6]));
    expect(between.precision).toBeCloseTo(0.2, 12);
    expect(between.recall).toBeCloseTo(0.4, 12);
    expect(of(labels, flags(10, [2, 3]))).toMatchObject({ precision: 1, recall: 0.5 });
  });

  it('the second of two alarms is the nearer for half of the event', () => {
    // J = [4, 8) in [0, 12); alarms [2, 3) and [9, 10): for y < 6 d = y − 3, beyond 9 − y, mean 2; no end is nearer: 1 − 2·2/12.
    const { precision, recall } = of(flags(12, [4, 8]), flags(12, [2, 3], [9, 10]));
    expect(recall).toBeCloseTo(2 / 3, 12);
    // 1 − (4 + 2·1.5)/12 on both sides.
    expect(precision).toBeCloseTo(5 / 12, 12);
  });

  it('zones of all series count alike', () => {
    const both = affiliation([
      { labels: flags(10, [4, 6]), alarms: flags(10, [7, 8]) },
      { labels: flags(10, [2, 3], [7, 8]), alarms: flags(10, [2, 3]) },
    ]);
    expect(both.precision).toBeCloseTo((0.5 + 1) / 2, 12);
    expect(both.recall).toBeCloseTo((0.6 + 1 + 0) / 3, 12);
  });

  it('is the share of the zone that is as far or farther, by brute force', () => {
    const u = seeded(3).stream('affiliation');
    let k = 0;
    const draw = (n: number) => Math.floor(u.uniform(k++) * n);
    let worst = 0;
    for (let turn = 0; turn < 12; turn += 1) {
      const n = 24;
      const labels = flags(n, [2 + draw(3), 6 + draw(3)], [13 + draw(3), 17 + draw(5)]);
      const a = draw(10);
      const b = 11 + draw(10);
      const alarms = flags(n, [a, a + 1 + draw(4)], [b, b + 1 + draw(3)]);
      const exact = of(labels, alarms);
      const brute = byBrute(labels, alarms, 40);
      worst = Math.max(worst, Math.abs(exact.precision - brute.precision), Math.abs(exact.recall - brute.recall));
    }
    console.log(`affiliation against brute force: ${worst.toExponential(1)} at most`);
    expect(worst).toBeLessThan(0.01);
  });
});

/** The definition itself: X drawn from a fine grid of the zone. Two events. */
function byBrute(labels: number[], alarms: number[], per: number) {
  const at = (list: number[], x: number) => list[Math.floor(x)] === 1;
  const grid = Array.from({ length: labels.length * per }, (_, i) => (i + 0.5) / per);
  const event = grid.filter((x) => at(labels, x));
  const split = event.findIndex((x, i) => i > 0 && x - event[i - 1]! > 1 / per + 1e-9);
  const middle = (event[split - 1]! + event[split]!) / 2;
  const precisions: number[] = [];
  const recalls: number[] = [];
  for (const inZone of [(x: number) => x < middle, (x: number) => x > middle]) {
    const zone = grid.filter(inZone);
    const J = event.filter(inZone);
    const P = zone.filter((x) => at(alarms, x));
    const far = (x: number, set: number[]) => Math.min(...set.map((y) => Math.abs(x - y)));
    const toJ = zone.map((x) => far(x, J));
    const share = (test: (i: number) => boolean) => zone.filter((_, i) => test(i)).length / zone.length;
    if (P.length > 0)
      precisions.push(mean(P.map((x) => (at(labels, x) ? 1 : share((i) => toJ[i]! > far(x, J) - 1e-9)))));
    recalls.push(
      P.length === 0
        ? 0
        : mean(
            J.map((y) => {
              const d = far(y, P);
              return d < 1e-9 ? 1 : share((i) => Math.abs(zone[i]! - y) > d - 1e-9);
            }),
          ),
    );
  }
  return { precision: mean(precisions), recall: mean(recalls) };
}

function mean(values: number[]): number {
  return values.reduce((s, v) => s + v, 0) / values.length;
}

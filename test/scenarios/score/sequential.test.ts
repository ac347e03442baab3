import { describe, expect, it } from 'vitest';
import type { Card } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { looksAt } from '../../../models/kernel/statistics/index.ts';
import { planLooks, untilDecided } from '../../../scenarios/score/index.ts';

const chance = seeded(11).stream('sequential');

function card(seed: number, latency_s: number): Card {
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
    verdicts: [
      { criterion: 'latency', of: 'leak-1', status: 'pass', actual: latency_s, target: 60, unit: 's', because: '' },
    ],
    floors: [],
  };
}

/** Cards of two detectors of which B is slower by a factor; `trial` is the luck of one whole comparison. */
function pair(trial: number, factor: number) {
  const luck = chance.stream(`${trial}`);
  return async (seeds: number) => {
    const of = (name: string, f: number) =>
      Array.from({ length: seeds }, (_, i) =>
        card(i, 20 * Math.exp(0.5 * luck.normal(i) + 0.1 * luck.stream(name).normal(i)) * f),
      );
    return { a: of('a', 1), b: of('b', factor) };
  };
}

describe('a comparison that ends when it is decided', () => {
  it("has O'Brien–Fleming limits as published for five looks", () => {
    // Lan & DeMets' O'Brien–Fleming spending at two-sided 5 %, five equal looks, as the package ldbounds prints them.
    const published = [4.8769, 3.3569, 2.6803, 2.2898, 2.031];
    looksAt([0.2, 0.4, 0.6, 0.8, 1]).forEach((look, i) => {
      expect(look.limit).toBeCloseTo(published[i]!, 3);
    });
    expect(looksAt([1])[0]!.limit).toBeCloseTo(1.96, 3);
  });

  it('spends the whole error and no more, by simulation of 200,000 comparisons', () => {
    const looks = planLooks(50);
    let wrong = 0;
    const trials = 200_000;
    const z = chance.stream('walk');
    for (let n = 0; n < trials; n += 1) {
      let sum = 0;
      let at = 0;
      for (const [k, look] of looks.entries()) {
        sum += z.normal(n * looks.length + k) * Math.sqrt(look.share - at);
        at = look.share;
        if (Math.abs(sum) / Math.sqrt(at) >= look.limit) {
          wrong += 1;
          break;
        }
      }
    }
    process.stdout.write(
      `looked at five times, chance decided in ${((100 * wrong) / trials).toFixed(2)} % (5 % allowed)\n`,
    );
    expect(wrong / trials).toBeGreaterThan(0.047);
    expect(wrong / trials).toBeLessThan(0.053);
  });

  it('finds a tenth early, calls alike alike, and says what it cost', async () => {
    let worse = 0;
    let different = 0;
    let seeds = 0;
    const trials = 12;
    for (let t = 0; t < trials; t += 1) {
      const slow = (await untilDecided('latency', 60, pair(t, 1.1)))!;
      if (slow.verdict === 'worse') worse += 1;
      seeds += slow.seeds;
      const same = (await untilDecided('latency', 60, pair(1_000 + t, 1)))!;
      if (same.verdict !== 'unknown') different += 1;
    }
    process.stdout.write(
      `10 % slower: called worse in ${worse} of ${trials}, after ${(seeds / trials).toFixed(1)} of 60 seeds on average; alike: called different in ${different} of ${trials}\n`,
    );
    expect(worse).toBe(trials);
    expect(seeds / trials).toBeLessThan(45);
    expect(different).toBeLessThanOrEqual(2);
  });
});

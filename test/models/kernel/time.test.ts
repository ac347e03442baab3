/** Simulated time: exact integers, and how they are shown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatSpan,
  formatTime,
  parseQuantity,
  secondsToUs,
  timeUs,
  usToSeconds,
} from '../../../models/kernel/index.ts';

describe('microseconds', () => {
  it('are integers or an error of ours', () => {
    expect(timeUs(0)).toBe(0);
    expect(secondsToUs(0.05)).toBe(50_000);
    expect(secondsToUs(1e-7)).toBe(0);
    for (const bad of [0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])
      expect(() => timeUs(bad)).toThrow('integer count of microseconds');
  });

  it('a year of ticks adds up exactly, and seconds come back', () => {
    const tick = secondsToUs(0.05);
    expect(tick * 20 * 86_400 * 365).toBe(31_536_000e6);
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 14), max: 10 ** 14 }), (us) => {
        expect(secondsToUs(usToSeconds(us))).toBe(us);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('shown', () => {
  it.each([
    [0, '00:00:00.00'],
    [8_045_200_000, '02:14:05.20'],
    [8_045_209_999, '02:14:05.20'],
    [3 * 86_400e6 + 8_045_200_000, '3d 02:14:05.20'],
    [-1_500_000, '-00:00:01.50'],
    [86_399_999_999, '23:59:59.99'],
    [86_400_000_000, '1d 00:00:00.00'],
  ])('%d us is the instant %s', (us, shown) => {
    expect(formatTime(us)).toBe(shown);
  });

  it.each([
    [850_000, '850 ms'],
    [999_400, '999 ms'],
    [999_600, '1.0 s'],
    [61_000_000, '61.0 s'],
    [119_940_000, '119.9 s'],
    [119_990_000, '2 min 0 s'],
    [725_000_000, '12 min 5 s'],
    [14_520_000_000, '4 h 2 min'],
    // An hour has no sixtieth minute, a day no twenty-fourth hour.
    [10_790_000_000, '3 h 0 min'],
    [172_799_000_000, '2 d 0 h'],
    [3 * 86_400e6 - 60e6, '3 d 0 h'],
    [3 * 86_400e6 + 4 * 3600e6, '3 d 4 h'],
    [-725_000_000, '-12 min 5 s'],
  ])('%d us is the span %s', (us, shown) => {
    expect(formatSpan(us)).toBe(shown);
  });

  it('a span reads back as itself to half of its last unit, whatever its length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (us) => {
        const shown = formatSpan(us);
        const read = parseQuantity(shown, 'time');
        if (!read.ok) throw new Error(`${shown}: ${read.found}`);
        const last = / (ms|s|min|h)$/.exec(shown)?.[1];
        const half = { ms: 0.0005, s: shown.includes('min') ? 0.5 : 0.05, min: 30, h: 1800 }[last ?? '']!;
        expect(Math.abs(read.value - us / 1e6)).toBeLessThanOrEqual(half + 1e-9);
        expect(shown).not.toMatch(/ (60 s|60 min|24 h)$/);
      }),
      { numRuns: 2000, seed: 2 },
    );
  });
});

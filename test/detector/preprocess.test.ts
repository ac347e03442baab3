/** Cleaning: SI values, outliers out, what is stuck or gone not used, short gaps bridged. */
import { describe, expect, it } from 'vitest';
import { type Cleaner, type CleanSettings, createCleaner } from '../../detector/preprocess/index.ts';
import { createFrame, type FrameLayout, type LayoutSpec, Quality } from '../../models/contract/index.ts';
import { bindArena, seeded, toUnit } from '../../models/kernel/index.ts';
import { plainLayout } from './frames.ts';

const SETTINGS: CleanSettings = { hampelWindow: 7, hampelThreshold: 6, stuckAfter_s: 10, holdGaps_s: 5 };

function cleaner(layout: FrameLayout, settings: Partial<CleanSettings> = {}): Cleaner {
  const { views } = bindArena((a) => createCleaner(layout, { ...SETTINGS, ...settings }, a));
  views.reset();
  return views;
}

/** Feeds one tag scan by scan and returns what came out of each. */
function feed(
  layout: FrameLayout,
  scans: readonly (readonly [values: number | readonly number[], quality?: number])[],
) {
  const clean = cleaner(layout);
  const frame = createFrame(layout);
  return scans.map(([values, quality = 0], i) => {
    frame.seq = i + 1;
    frame.timeUs = 1e6 * (i + 1);
    frame.value.set(typeof values === 'number' ? [values] : values);
    frame.quality.fill(quality);
    clean.step(frame);
    return { value: clean.value[0]!, usable: clean.usable[0]!, fresh: clean.fresh[0]! };
  });
}

const FLOW: Partial<LayoutSpec['tags'][number]> = {
  id: 'FT',
  quantity: 'flow',
  unit: 'm3/h',
  range: [0, 1800],
  noise: 1.8,
};
const stream = seeded(4).stream('clean');
const noisy = (n: number) => 1000 + 1.8 * stream.normal(n);

describe('values', () => {
  it('are SI, whatever the unit of the tag, offsets included', () => {
    const layout = plainLayout([
      { unit: 'psi', quantity: 'pressure' },
      { unit: 'degF', quantity: 'temperature' },
      { unit: 'bbl/h', quantity: 'flow' },
      { unit: '', quantity: 'running' },
    ]);
    const clean = cleaner(layout);
    const frame = createFrame(layout);
    frame.value.set([580, 59, 6661, 1]);
    clean.step(frame);
    expect(clean.value[0]! / 1e5).toBeCloseTo(39.9896, 4);
    expect(clean.value[1]).toBeCloseTo(288.15, 9);
    expect(toUnit(clean.value[2]!, 'm3/h')).toBeCloseTo(1059.01, 2);
    expect(clean.value[3]).toBe(1);
  });

  it('of a wide tag are the mean of its block', () => {
    const [out] = feed(plainLayout([{ width: 4 }]), [[[1, 2, 3, 6]]]);
    expect(out!.value).toBeCloseTo(3e5, 6);
  });
});

describe('the Hampel filter', () => {
  it('puts the median in the place of a lone outlier, and lets everything else through to the bit', () => {
    const clean = Array.from({ length: 60 }, (_, n) => Math.fround(noisy(n)));
    const spiked = clean.map((v, n) => (n % 15 === 14 ? v + 300 : v));
    const out = feed(
      plainLayout([FLOW]),
      spiked.map((v) => [v] as const),
    );
    out.forEach(({ value }, n) => {
      if (n % 15 === 14) {
        const window = spiked.slice(n - 6, n + 1).sort((a, b) => a - b);
        expect(value * 3600).toBeCloseTo(window[3]!, 9);
      } else expect(value).toBe(spiked[n]! * (1 / 3600));
    });
  });

  it('follows a step after half of its window, so a real change is late by no more than that', () => {
    const out = feed(
      plainLayout([FLOW]),
      Array.from({ length: 40 }, (_, n) => [noisy(n) - (n >= 20 ? 300 : 0)] as const),
    );
    const late = out.slice(20).findIndex((o) => o.value * 3600 < 750);
    console.log(`a step passes after ${late} scans`);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThanOrEqual(3);
  });

  it('with a quiet, quantised signal falls back on the data sheet and keeps small moves', () => {
    const out = feed(
      plainLayout([FLOW]),
      Array.from({ length: 20 }, (_, n) => [n === 15 ? 1005 : 1000] as const),
    );
    // 5 is less than six times the 1.8 of the data sheet.
    expect(out[15]!.value * 3600).toBeCloseTo(1005, 9);
  });
});

describe('stuck values', () => {
  it('of a noisy tag are not used once they have stood for the time of the recipe and the gap has been bridged', () => {
    const values = Array.from({ length: 60 }, (_, n) => (n < 20 || n >= 50 ? noisy(n) : noisy(19)));
    const out = feed(
      plainLayout([FLOW]),
      values.map((v) => [v] as const),
    );
    const firstStale = out.findIndex((o, n) => n >= 20 && o.fresh === 0);
    const firstUnusable = out.findIndex((o) => o.usable === 0);
    console.log(`stands from scan 20 on: not fresh at ${firstStale}, not used at ${firstUnusable}`);
    expect(firstStale).toBe(29);
    expect(firstUnusable).toBe(34);
    expect(out[50]).toMatchObject({ usable: 1, fresh: 1 });
  });

  it('of a tag without noise, or one held by report by exception, are values', () => {
    const still = feed(plainLayout([{ ...FLOW, noise: 0 }]), Array(40).fill([1000]));
    expect(still.every((o) => o.usable === 1 && o.fresh === 1)).toBe(true);
    const held = feed(
      plainLayout([FLOW]),
      Array.from({ length: 40 }, (_, n) => [1000, n === 0 ? 0 : Quality.held] as const),
    );
    expect(held.every((o) => o.usable === 1)).toBe(true);
  });

  it('of noisy blocks that merely end alike by chance are a rare mistake, in no more than one scan of ten thousand', () => {
    // PT-101 of crude-line: noise of ten counts of its converter.
    const layout = plainLayout([{ width: 20, noise: 0.009, range: [0, 60] }]);
    const clean = cleaner(layout);
    const frame = createFrame(layout);
    const count = 60 / 65_535;
    let wrong = 0;
    const scans = 100_000;
    for (let seq = 0; seq < scans; seq += 1) {
      for (let k = 0; k < 20; k += 19)
        frame.value[k] = Math.round((20 + 0.009 * stream.normal(20 * seq + k)) / count) * count;
      clean.step(frame);
      if (clean.fresh[0] === 0) wrong += 1;
    }
    console.log(`${wrong} of ${scans} scans of a healthy pressure taken for stuck`);
    expect(wrong / scans).toBeLessThan(1e-4);
  });
});

describe('gaps', () => {
  it.each([
    ['failed', Quality.failed],
    ['lost', Quality.lost],
    ['missing', Quality.missing],
    ['failed and held', Quality.failed | Quality.held],
  ])('(%s) are bridged with the last good value for the time of the recipe, then abstain', (_, flag) => {
    const out = feed(
      plainLayout([FLOW]),
      Array.from({ length: 30 }, (_v, n) => [n >= 10 && n < 20 ? 0 : noisy(n), n >= 10 && n < 20 ? flag : 0] as const),
    );
    expect(out.slice(10, 20).map((o) => o.usable)).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(out.slice(10, 20).every((o) => o.fresh === 0 && o.value === out[9]!.value)).toBe(true);
    expect(out[20]).toMatchObject({ usable: 1, fresh: 1 });
  });

  it('before the first good value are not usable at all', () => {
    const out = feed(plainLayout([FLOW]), [[0, Quality.missing], [0, Quality.lost], [1000]]);
    expect(out.map((o) => o.usable)).toEqual([0, 0, 1]);
  });

  it('clipped values are values; what is no number is a gap', () => {
    const out = feed(plainLayout([FLOW]), [[1800, Quality.clipped], [Number.NaN], [Number.POSITIVE_INFINITY]]);
    expect(out.map((o) => o.fresh)).toEqual([1, 0, 0]);
    expect(out[2]!.value).toBe(0.5);
  });

  it('a NaN inside a block is a gap too, not a poisoned mean', () => {
    const out = feed(plainLayout([{ width: 4 }]), [[[1, 1, 1, 1]], [[1, Number.NaN, 1, 1]]]);
    expect(out[1]).toMatchObject({ fresh: 0, value: 1e5 });
  });
});

/** A detector says for how long it could do its work, and the judge puts it on every card. */
import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../detector/index.ts';
import { copyFrame, createFrame, type Frame, Quality } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { makeCard, summarise } from '../../scenarios/score/index.ts';
import { plainLayout, recipe } from './frames.ts';

const layout = plainLayout([{ noise: 0.1 }, { noise: 0.1 }]);
const chance = seeded(5).stream('availability');
const tags = recipe(
  '{ recipe: t, about: t, warm-up: 40 s, preprocess: { hold-gaps: 0 s }, methods: [{ method: cusum, on: tags, alarm: A, detects: 200 %, false-alarms: 1 per year }] }',
);

/** 200 scans: from 100 on the first tag is lost for 30, from 150 on both for 20. */
function frames(): Frame[] {
  return Array.from({ length: 200 }, (_, i) => {
    const frame = createFrame(layout);
    frame.seq = i;
    frame.timeUs = (i + 1) * layout.scanUs;
    frame.value.set([5 + 0.1 * chance.normal(2 * i), 6 + 0.1 * chance.normal(2 * i + 1)]);
    const both = i >= 150 && i < 170;
    if (both || (i >= 100 && i < 130)) frame.quality[0] = Quality.lost;
    if (both) frame.quality[1] = Quality.lost;
    return frame;
  });
}

describe('availability', () => {
  it('counts frames in which all, some or none of what a method watches could have raised', () => {
    const pipeline = createPipeline(tags, layout, undefined);
    for (const f of frames()) pipeline.step(f);
    expect(pipeline.availability!()).toEqual({ frames: 160, frameUs: 1_000_000, whole: 110, inhibited: 20 });
  });

  it('is saved and loaded with the rest', () => {
    const list = frames();
    const whole = createPipeline(tags, layout, undefined);
    const first = createPipeline(tags, layout, undefined);
    const second = createPipeline(tags, layout, undefined);
    list.forEach((f, i) => {
      whole.step(f);
      if (i < 140) first.step(f);
      if (i === 139) second.load(first.save());
      if (i < 140) return;
      const copy = createFrame(layout);
      copyFrame(f, copy);
      second.step(copy);
    });
    expect(second.availability!()).toEqual(whole.availability!());
  });

  it('stands on the card with its reasons, and over a suite by the time that was watched', () => {
    const card = (availability: Parameters<typeof makeCard>[0]['availability']) =>
      makeCard({
        runId: 'r',
        scenario: 's',
        plant: 'p',
        recipe: 'x',
        seed: 1,
        transport: 'inproc',
        pace: 'lockstep',
        status: 'valid',
        framesDigest: '',
        frames: 200,
        simulated_s: 200,
        expectations: [],
        truth: [],
        alarms: [],
        ...(availability ? { availability } : {}),
      });
    const verdict = (c: ReturnType<typeof card>) => c.verdicts.find((v) => v.criterion === 'availability')!;
    const part = card({ frames: 160, frameUs: 1_000_000, whole: 110, inhibited: 20 });
    expect(verdict(part)).toMatchObject({ actual: 68.75, unit: '%', status: 'not-applicable', exposure_s: 160 });
    expect(verdict(part).because).toMatch(/inhibited for 20.*degraded for 30/);
    expect(verdict(card(undefined))).toMatchObject({ actual: null });
    expect(verdict(card(undefined)).because).toMatch(/does not say/);
    const long = card({ frames: 1440, frameUs: 1_000_000, whole: 1440, inhibited: 0 });
    const row = summarise([part, long]).find((r) => r.criterion === 'availability')!;
    // (110 + 1440) of 1600 frames.
    expect(row.actual).toBeCloseTo((100 * 1550) / 1600, 9);
    expect(row.because).toContain('least of a run 68.8 %');
  });
});

/** The fuzzer draws what it is told to draw, and a failure becomes the least that fails. */
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../models/contract/index.ts';
import { readPlantContext } from '../../scenarios/engine/index.ts';
import { type Case, drawCase, fuzz, type Invariant, shrink } from '../../scenarios/fuzz/index.ts';

const farm = unwrap(readPlantContext('tank-farm'));
const draw = (n: number, seed = 1) => drawCase(farm, 'tank-farm', seed, n);
const once = () => {
  let cases = 0;
  return () => {
    cases += 1;
    return cases > 40;
  };
};

describe('drawing', () => {
  it('is a function of plant, seed and number, and swarms: cases differ in what they use', () => {
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(draw(3, 2)).not.toEqual(draw(3));
    const abouts = Array.from({ length: 30 }, (_, n) => draw(n).about);
    expect(new Set(abouts).size).toBeGreaterThan(15);
    expect(abouts.some((a) => a.includes('leaks'))).toBe(true);
    expect(abouts.some((a) => !a.includes('leaks'))).toBe(true);
  });

  it('finds nothing wrong with a few cases of a tank farm', async () => {
    const result = await fuzz({ plant: farm, plantName: 'tank-farm', seed: 5, cases: 3, over: () => false });
    expect(result).toMatchObject({ cases: 3, found: [] });
  }, 30_000);
});

describe('shrinking', () => {
  const at = (s: number, more: object) => ({ at: `${s} s`, ...more });
  const failing: Case = {
    ...{ scenario: 'f', about: 'a', plant: 'tank-farm', duration: '20 min', seed: 1 },
    timeline: [
      at(10, { disturbance: 'pump-start', target: 'A' }),
      at(20, { leak: 'x', diameter: '18 mm', growth: '30 s' }),
      at(31, { disturbance: 'pump-stop', target: 'A' }),
      at(47, { fault: 'f', form: 'stuck', tag: 'T' }),
      at(50, { leak: 'y', diameter: '3 mm' }),
    ],
  };
  const mm = (e: object) => Number.parseFloat(String((e as { diameter?: string }).diameter ?? '0'));

  it('reaches the one event and the threshold of it', async () => {
    const fails = async (c: Case) => c.timeline.some((e) => mm(e) > 10);
    const { least, attempts } = await shrink(failing, fails);
    expect(least.timeline).toHaveLength(1);
    expect(least.timeline[0]).toMatchObject({ at: '0 s', leak: 'x' });
    expect(least.timeline[0]).not.toHaveProperty('growth');
    expect(mm(least.timeline[0]!)).toBeGreaterThan(10);
    expect(mm(least.timeline[0]!)).toBeLessThanOrEqual(11);
    expect(least.duration).toBe('1 min');
    expect(attempts).toBeLessThan(60);
  });

  it('keeps both of two events that fail only together', async () => {
    const fails = async (c: Case) =>
      c.timeline.some((e) => 'fault' in e) && c.timeline.some((e) => 'target' in e && e.disturbance === 'pump-stop');
    const { least } = await shrink(failing, fails);
    expect(least.timeline).toEqual([
      { at: '0 s', disturbance: 'pump-stop', target: 'A' },
      { at: '0 s', fault: 'f', form: 'stuck', tag: 'T' },
    ]);
  });

  it('of a planted fault in a real run: a hole above 12 mm, found and shrunk to one leak just above it', async () => {
    const planted: Invariant = {
      name: 'no large hole',
      holds: ({ engine }) =>
        [...engine.leakArea_m2.values()].some((a) => a > (Math.PI / 4) * 0.012 ** 2) ? 'a hole above 12 mm' : undefined,
    };
    const result = await fuzz({
      ...{ plant: farm, plantName: 'tank-farm', seed: 1, failures: 1, over: once() },
      further: [planted],
    });
    expect(result.found).toHaveLength(1);
    const { least, invariant } = result.found[0]!;
    expect(invariant).toBe('no large hole');
    expect(least.timeline).toHaveLength(1);
    expect(mm(least.timeline[0]!)).toBeGreaterThan(12);
    expect(mm(least.timeline[0]!)).toBeLessThanOrEqual(13);
    console.log(`shrunk in ${result.found[0]!.attempts} plays: ${JSON.stringify(least.timeline[0])}`);
  });
});

/** A detector cannot tell kept frames from new ones. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../models/document/index.ts';
import { readSuite } from '../../../scenarios/run/index.ts';
import { codeDigest, sideDigest } from '../../../scenarios/run/inputs.ts';
import { doJob } from '../../../scenarios/run/job.ts';
import { Folder, SHORT_LEAK } from './short.ts';

const folder = new Folder();
afterAll(() => folder.remove());
folder.write('short-leak.yaml', SHORT_LEAK);
const suite = folder.write(
  'cached.yaml',
  'suite: cached\nabout: One leak.\nscenarios: [short-leak]\nseeds: { from: 5, count: 1 }\ntwin: true\n',
);
const cache = join(folder.path, 'cache');
const entries = () =>
  (readdirSync(cache, { recursive: true }) as string[]).filter((f) => statSync(join(cache, f)).isFile()).sort();

function judge(recipes: readonly string[], bound: boolean, at?: string) {
  const read = readSuite(suite, { recipes, bound });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return doJob(read.value, read.value.jobs[0]!, { html: true, ...(at === undefined ? {} : { cache: at }) });
}

describe('kept simulations', () => {
  it('give the same cards, journals and reports to the bit, with bounds and twin, whatever the detector', async () => {
    const plain = await judge(['balance+wave'], true);
    expect(await judge(['balance+wave'], true, cache)).toEqual(plain);
    const before = entries();
    // The run, its twin and the bounds.
    expect(before.filter((f) => f.endsWith('.frames'))).toHaveLength(2);
    expect(before.filter((f) => f.endsWith('.json'))).toHaveLength(3);
    expect(await judge(['balance+wave'], true, cache)).toEqual(plain);
    // A changed detector finds all of it there.
    expect(await judge(['threshold', 'wave'], true, cache)).toEqual(await judge(['threshold', 'wave'], true));
    expect(entries()).toEqual(before);
  });

  it('that are not whole are made anew', async () => {
    const frames = entries().find((f) => f.endsWith('.frames'))!;
    const whole = readFileSync(join(cache, frames));
    writeFileSync(join(cache, frames), whole.subarray(0, 1000));
    await judge(['threshold'], false, cache);
    expect(readFileSync(join(cache, frames)).equals(whole)).toBe(true);
  });

  it('hang on the code of the plant and not on that of the detector, in a bundle as in a checkout', () => {
    const sides = JSON.parse(readFileSync(join(packageRoot, 'dist/sides.json'), 'utf8'));
    expect(sides).toEqual({ plant: sideDigest('plant'), judge: sideDigest('judge') });
    expect(new Set([sides.plant, sides.judge, codeDigest()]).size).toBe(3);
  });
});

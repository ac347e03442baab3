/** What would flatter a detector: seeds that were chosen, scores that count too much, a second leak that nobody speaks of. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProblemError } from '../../../models/contract/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { readInputs, readSuite, resolveInputs } from '../../../scenarios/run/index.ts';
import { Folder, leaktwin, SHORT_QUIET } from './short.ts';

const folder = new Folder();
afterAll(() => folder.remove());
const reference = process.env['LEAKTWIN_REFERENCE'] ?? join(import.meta.dirname, '../../../../shared/reference');
const battledim = join(reference, 'battledim');

describe('the lock-box', () => {
  const scenario = folder.write('short-quiet.yaml', SHORT_QUIET);
  const seeds = (recipe: string, lockbox: string) =>
    unwrap(readSuite(scenario, { recipes: [recipe], lockbox, count: 3 })).jobs.map((j) => j.seed);

  it('has seeds that are a function of recipe, suite and phrase, and of nothing that can be chosen after', () => {
    expect(seeds('null', 'spring')).toEqual(seeds('null', 'spring'));
    expect(
      new Set([...seeds('null', 'spring'), ...seeds('null', 'autumn'), ...seeds('tags-ewma', 'spring')]).size,
    ).toBe(9);
    const text = (sigma: number) =>
      `recipe: mine\nabout: Mine.\nmethods:\n  - { method: threshold, on: tags, alarm: X, sigma: ${sigma} }\n`;
    const before = seeds(folder.write('mine.yaml', text(6)), 'spring');
    const after = seeds(folder.write('mine.yaml', text(5.9)), 'spring');
    expect(before.filter((s) => after.includes(s))).toEqual([]);
    expect(seeds('null', 'spring').every(Number.isSafeInteger)).toBe(true);
  });

  it('is run by the suite and stands in its result', async () => {
    const out = `${folder.path}/box`;
    const argv = ['suite', scenario, '--recipe', 'null', '--lockbox', 'spring', '--count', '2', '--workers', '2'];
    const { runs, lockbox } = JSON.parse((await leaktwin([...argv, '--workers', '1', '--out', out, '--json'])).stdout);
    expect(lockbox).toBe('spring');
    expect(runs.map((r: { seed: number }) => r.seed)).toEqual(seeds('null', 'spring').slice(0, 2));
  });
});

describe('two leaks at once', () => {
  it('are two leaks to the judge, open together', () => {
    const { timeline, leaks } = unwrap(resolveInputs(unwrap(readInputs('crude-two-leaks'))));
    expect(leaks).toHaveLength(2);
    expect(timeline.flatMap((e) => e.actions.map((a) => a.kind))).toEqual(['leak', 'leak']);
  });
});

describe('published scorers on files', () => {
  const score = async (...argv: string[]) => JSON.parse((await leaktwin(['score', ...argv, '--json'])).stdout);

  it.skipIf(!existsSync(battledim))(
    'BattLeDIM: 523,153.82 € for the perfect team, from the organisers’ own files',
    async () => {
      const { figures } = await score(
        '--scorer',
        'battledim',
        '--data',
        battledim,
        '--log',
        join(battledim, 'PERFECT_TEAM.txt'),
      );
      expect(figures.total_EUR.toFixed(2)).toBe('523153.82');
      expect(figures).toMatchObject({ truePositives: 23, falsePositives: 0, falseNegatives: 0 });
    },
  );

  it('LeakDB, BATADAL, NAB and event-wise on labels; silence and perfection are where their authors put them', async () => {
    const rows = (f: (i: number) => number, head: string) =>
      `time,${head}\n${Array.from({ length: 400 }, (_, i) => `${i},${f(i)}`).join('\n')}\n`;
    const truth = (i: number) => Number(i >= 200 && i < 250);
    const data = folder.write('labels.csv', rows(truth, 'label'));
    const silent = folder.write(
      'silent.csv',
      rows(() => 0, 'alarm'),
    );
    const perfect = folder.write('perfect.csv', rows(truth, 'alarm'));
    const of = (scorer: string, log: string) => score('--scorer', scorer, '--data', data, '--log', log);
    expect((await of('leakdb', perfect)).figures).toMatchObject({ f1: 1, tpr: 1, tnr: 1, early: 1 });
    expect((await of('batadal', perfect)).figures.total).toBe(1);
    expect((await of('batadal', silent)).figures.total).toBe(0.25);
    expect((await of('nab', silent)).figures).toMatchObject({ standard: 0, 'low-false-negatives': 0 });
    expect((await of('nab', perfect)).figures.standard).toBeCloseTo(100, 0);
    expect((await of('event-wise', perfect)).figures).toMatchObject({
      precision: 1,
      recall: 1,
      f1: 1,
      affiliationF1: 1,
    });
  });

  it('point-adjusted F1 is refused with the reason, and what is missing is told', async () => {
    const why = async (...argv: string[]) =>
      leaktwin(['score', ...argv]).then(
        (said) => said.stderr,
        (e: ProblemError) => e.message,
      );
    expect(await why('--scorer', 'point-adjusted-f1')).toMatch(/random scores look like the state of the art/);
    expect(await why('--scorer', 'nabb')).toContain('expected one of battledim, leakdb, nab, batadal, event-wise');
    expect(await why('--scorer', 'nab', '--data', folder.path)).toContain('--log');
    expect(await why()).toContain('--truth');
  });
});

/** Robustness: an ailment of the one instrument that matters shows, and one of another does not. */
import { afterAll, describe, expect, it } from 'vitest';
import { parseRecipe } from '../../../detector/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { AILMENTS, readInputs, robustness } from '../../../scenarios/run/index.ts';
import { Folder, SHORT_LEAK } from './short.ts';

const folder = new Folder();
afterAll(() => folder.remove());

/** A detector of one flow meter: all that it knows is FT-101. */
const ONE = `recipe: one-meter
about: A threshold on one meter.
warm-up: 2 min
methods:
  - { method: threshold, on: tags, tags: [FT-101], alarm: LD-ONE, sigma: 6 }
`;

describe('robustness', () => {
  it('of a detector of one meter: blind without it, false when it is biased, untouched by another', async () => {
    const inputs = unwrap(
      readInputs(folder.write('r.yaml', SHORT_LEAK.replaceAll('16 min', '4 min').replace('19 min', '7 min'))),
    );
    const recipe = unwrap(parseRecipe('one.yaml', ONE));
    const rows = (await robustness({
      recipe,
      jobs: [3, 4].map((seed) => ({ inputs, seed })),
      ailments: AILMENTS,
      tags: ['FT-101', 'PT-301'],
      bias: 0.05,
      late: 20,
      pairs: true,
    }))!;
    expect(rows).toHaveLength(1 + 4 * 3);
    const row = (ailment: string, tags: string) =>
      rows.find((r) => r.ailment === ailment && [...r.tags].sort().join('+') === tags)!;
    const intact = row('intact', '');
    expect(intact).toMatchObject({ leaks: 2, found: 2, falseAlarms: 0, slower: 1 });
    for (const ailment of AILMENTS)
      expect(row(ailment, 'PT-301')).toMatchObject({ found: 2, falseAlarms: 0, slower: 1 });
    expect(row('lost', 'FT-101')).toMatchObject({ found: 0, slower: Number.NaN });
    expect(row('stuck', 'FT-101').found).toBe(0);
    expect(row('biased', 'FT-101').falseAlarms).toBe(2);
    expect(row('late', 'FT-101').found).toBe(2);
    expect(row('late', 'FT-101').slower).toBeGreaterThan(1);
    expect(row('lost', 'FT-101+PT-301').found).toBe(0);
    expect(row('lost', 'FT-101').foundShare.high).toBeGreaterThan(0.5);
    console.log(rows.slice(0, 6).map((r) => `${r.ailment} ${r.tags.join('+')}: ${r.found}/${r.leaks}, × ${r.slower}`));
  }, 20_000);
});

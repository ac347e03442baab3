/**
 * The user's guide is true: its links lead somewhere, its plants are plants, its verbs exist with the options shown.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERBS } from '../../scenarios/cli/verbs.ts';
import { parsePlant } from '../../sim/index.ts';
import { inProcess, root } from './terminal.ts';

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((f) => f.endsWith('.md'))
    .map((f) => `docs/${f}`),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

describe.each(pages)('%s', (page) => {
  const text = textOf(page);

  it('links to pages that are there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((m) => m[1]!);
    expect(targets.filter((t) => !existsSync(join(root, dirname(page), t)))).toEqual([]);
  });

  it('shows whole plants that are accepted', () => {
    const plants = [...text.matchAll(/```yaml\n(plant: [^`]*)```/g)].map((m) => m[1]!);
    for (const plant of plants) expect(parsePlant(page, plant)).toHaveProperty('ok', true);
  });

  it('shows verbs and options that exist', async () => {
    for (const [, verb, rest] of text.matchAll(/^npx leaktwin ([a-z]+)([^#|\n]*)/gm)) {
      expect(VERBS.map((v) => v.name)).toContain(verb);
      const { stdout } = await inProcess(verb!, '--help');
      for (const option of rest!.match(/--[a-z-]+/g) ?? []) expect(stdout, `${verb} of ${page}`).toContain(option);
    }
  });
});

describe('README', () => {
  it('has a row for every verb', () => {
    const rows = [...textOf('README.md').matchAll(/^\| `([a-z-]+)/gm)].map((m) => m[1]!);
    expect(rows.sort()).toEqual(VERBS.map((v) => v.name).sort());
  });
});

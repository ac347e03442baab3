/** Where documents are found: by path, beside another one, by name in the library; and what is said where they are not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../../models/contract/index.ts';
import { findDocument, libraryNames, readTextFile } from '../../../models/document/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaktwin-document-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function why(read: ReturnType<typeof findDocument>): string {
  if (read.ok) throw new Error(`${read.value.path} was found`);
  return read.problems.map(formatProblem).join('\n');
}

describe('documents', () => {
  it('of the library are found by name', () => {
    expect(libraryNames('recipe')).toContain('balance+wave');
    for (const name of libraryNames('recipe')) {
      const found = findDocument('recipe', name);
      expect(found.ok && found.value.text).toContain('recipe:');
    }
  });

  it('beside the one that names them come before those of the library', () => {
    const own = join(folder, 'balance.yaml');
    writeFileSync(own, '\uFEFFrecipe: own\n');
    const found = findDocument('recipe', 'balance', join(folder, 'scenario.yaml'));
    expect(found.ok && found.value).toMatchObject({ path: own, text: 'recipe: own\n' });
    expect(findDocument('recipe', './balance.yaml', join(folder, 'scenario.yaml')).ok).toBe(true);
  });

  it('that are not there are told with what there is, and the nearest name', () => {
    expect(why(findDocument('recipe', 'balanse'))).toMatch(
      /^recipe "balanse": found no recipe of that name, expected a path, or one of .*balance\+wave.* \(hint: did you mean "balance"\?\)$/,
    );
    expect(why(findDocument('plant', 'no/such.yaml'))).toBe(
      'no/such.yaml: found no such file, expected a readable YAML file',
    );
    const read = readTextFile(folder);
    expect(read.ok).toBe(false);
  });
});

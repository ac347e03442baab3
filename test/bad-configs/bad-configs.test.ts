/**
 * One file per mistake. Its first lines say what a user must be told, word for word and with the right place:
 * `# expect: line:column: path: found …, expected … (hint: …)`, one line per problem; `# kind: scenario` where the file is
 * no plant. The files are written by hand: a better sentence is changed there too, and reviewed as a diff.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../detector/index.ts';
import { parseRules } from '../../detector/notify/index.ts';
import { formatProblem, type Result } from '../../models/contract/index.ts';
import { bindScenario, parseScenario, readPlantContext } from '../../scenarios/engine/index.ts';
import { parsePlant } from '../../sim/index.ts';

/** Every kind of document that people write. */
const READERS: Readonly<Record<string, (file: string, text: string) => Result<unknown>>> = {
  notify: parseRules,
  plant: parsePlant,
  recipe: parseRecipe,
  scenario: readAndBind,
};

/** A scenario names parts of its plant, so some of its mistakes show only when it is bound to one. */
function readAndBind(file: string, text: string): Result<unknown> {
  // By its place too, from where it includes fragments.
  const scenario = parseScenario(file, text, `${folder}${file}`);
  if (!scenario.ok) return scenario;
  const plant = readPlantContext(scenario.value.value.plant);
  return plant.ok ? bindScenario(scenario.value, plant.value) : plant;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(folder).filter((f) => f.endsWith('.yaml'));

describe('a mistake in a YAML is told with its place, what was found, what was expected and a hint', () => {
  it('has a file for each of many mistakes', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  it.each(files)('%s', (name) => {
    const text = readFileSync(`${folder}${name}`, 'utf8');
    const head = text.split('\n').filter((line) => /^# (expect|kind): /.test(line));
    const kind = head.find((line) => line.startsWith('# kind: '))?.slice(8) ?? 'plant';
    const expected = head.filter((line) => line.startsWith('# expect: ')).map((line) => line.slice(10));
    expect(expected, 'the file says what it expects').not.toEqual([]);
    const read = READERS[kind]!(name, text);
    const told = read.ok ? [] : [...read.problems].sort((a, b) => a.line - b.line || a.column - b.column);
    expect(told.map((p) => formatProblem(p).replace(`${name}:`, ''))).toEqual(expected);
  });
});

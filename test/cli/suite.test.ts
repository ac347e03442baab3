/** What a build server relies on: exit codes, reports and the suites that ship. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Card } from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { readSuite, simulatedUs } from '../../scenarios/run/index.ts';
import { Folder, leaktwin, SHORT_LEAK, SHORT_QUIET } from '../scenarios/run/short.ts';

const folder = new Folder();
folder.write('short-leak.yaml', SHORT_LEAK);
folder.write('short-quiet.yaml', SHORT_QUIET);
const suite = folder.write(
  'gate.yaml',
  `suite: gate
about: A leak and a quiet half minute.
scenarios: [short-quiet, { scenario: short-leak, recipes: [balance+wave] }]
recipes: [threshold]
seeds: { from: 5, count: 1 }
`,
);
afterAll(() => folder.remove());
const out = join(folder.path, 'gate');
const gate = (...more: string[]) => leaktwin(['suite', suite, '--workers', '1', '--out', out, ...more]);

describe('the suites that ship', () => {
  it('can all be read, and smoke has every plant', () => {
    const names = libraryNames('suite');
    expect(names).toEqual(expect.arrayContaining(['smoke', 'regression', 'nightly', 'soak']));
    for (const name of names) {
      const read = readSuite(name, { count: 1 });
      if (!read.ok) throw new Error(JSON.stringify(read.problems, undefined, 1));
      const { value } = read;
      const hours = value.jobs.reduce((sum, j) => sum + simulatedUs(value, j), 0) / 3.6e9;
      process.stdout.write(`${name}: ${value.scenarios.length} scenarios, ${hours.toFixed(0)} h a seed\n`);
    }
    const smoke = readSuite('smoke');
    const plants = smoke.ok ? new Set(smoke.value.scenarios.map((s) => s.plant.spec.plant)) : new Set();
    expect([...plants].sort()).toEqual([
      'crude-line',
      'district',
      'district-transient',
      'gas-line',
      'lift-station',
      'tank-farm',
    ]);
  });
});

describe('a gate', () => {
  it('leaves with 0 where all passed, and writes what a build server shows', async () => {
    const said = await gate('--junit', join(out, 'j.xml'), '--markdown', join(out, 'm.md'));
    expect(said.code, said.stderr).toBe(0);
    expect(readFileSync(join(out, 'j.xml'), 'utf8')).toContain('<testsuites name="gate"');
    expect(readFileSync(join(out, 'm.md'), 'utf8')).toContain('| ✓ pass | ');
    const { runs } = JSON.parse(readFileSync(join(out, 'suite.json'), 'utf8')) as { runs: Card[] };
    // Each scenario is watched by its own recipes where it has some.
    expect(runs.map((c) => `${c.scenario} ${c.recipe}`)).toEqual(['short-quiet threshold', 'short-leak balance+wave']);
  });

  it('leaves with 1 where a verdict fell below the baseline, naming scenario, seed and the command that shows it', async () => {
    const baseline = join(folder.path, 'accepted.json');
    expect((await leaktwin(['accept', out, '--out', baseline])).code).toBe(0);
    const same = await gate('--baseline', baseline);
    expect(same.code).toBe(0);
    expect(same.stdout).toContain('No verdict fell below the baseline.');
    expect(same.stdout).toContain('2 of 2 simulations were finished before and not run again.');
    const worse = await gate('--baseline', baseline, '--recipe', 'null', '--json');
    // Another recipe has no partner in the baseline: nothing fell.
    expect(worse.code).toBe(0);
    const accepted = JSON.parse(readFileSync(baseline, 'utf8'));
    for (const card of accepted.runs) card.recipe = 'null';
    writeFileSync(baseline, JSON.stringify(accepted));
    const fell = await gate('--baseline', baseline, '--recipe', 'null');
    expect(fell.code).toBe(1);
    expect(fell.stdout).toMatch(/short-leak, seed 5, null: detected leak-1 was pass \(.*\), is fail/);
    expect(fell.stdout).toContain('leaktwin run short-leak --seed 5 --recipe null');
  });

  it('leaves with 2 where an input is wrong, before any work is done', async () => {
    for (const args of [
      ['suite', 'smoke', '--baseline', join(folder.path, 'none.json')],
      ['suite', 'smok'],
      ['suite', suite, '--budget', '20'],
      ['suite', suite, '--budget', '2'],
    ]) {
      const said = await leaktwin([...args, '--out', join(folder.path, 'bad')]);
      expect(said.code, args.join(' ')).toBe(2);
      expect(said.stderr).toMatch(/expected/);
    }
  });

  it('adds seeds until a comparison is decided, or the budget is spent', async () => {
    folder.write('short.yaml', SHORT_LEAK.replace('short-leak', 'short').replace('19 min', '17 min'));
    const name = folder.write(
      'budget.yaml',
      'suite: budget\nabout: One leak.\nscenarios: [short]\nseeds: { from: 1, count: 1 }\n',
    );
    const args = ['suite', name, '--recipe', 'balance+wave', 'null', '--budget', '10', '--decide', 'detected'];
    const said = await leaktwin([...args, '--workers', '1', '--json', '--out', join(folder.path, 'budget')]);
    const result = JSON.parse(said.stdout);
    expect(said.code).toBe(1);
    expect(result).toMatchObject({ verdict: 'worse', criterion: 'detected', budget: 10 });
    expect(result.seeds).toBeLessThanOrEqual(10);
    process.stdout.write(`decided after ${result.seeds} of 10 seeds\n`);
  });
});

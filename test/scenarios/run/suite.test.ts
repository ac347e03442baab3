/** A suite's results are a function of its inputs, not of how many processes worked on it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../models/document/index.ts';
import { readSuite } from '../../../scenarios/run/index.ts';
import { Folder, leaktwin, SHORT_LEAK, SHORT_QUIET } from './short.ts';

const folder = new Folder();
folder.write('short-leak.yaml', SHORT_LEAK);
folder.write('short-quiet.yaml', SHORT_QUIET);
const suite = folder.write(
  'both.yaml',
  `suite: both
about: A leak and a quiet minute.
scenarios: [short-leak, short-quiet]
recipes: [balance+wave, null]
seeds: { from: 5, count: 2 }
`.replace('null]', '"null"]'),
);
afterAll(() => folder.remove());
const program = join(packageRoot, 'dist/leaktwin.js');

async function runSuite(workers: number) {
  const args = ['suite', suite, '--workers', String(workers), '--json', '--out', join(folder.path, `w${workers}`)];
  // The null recipe misses the leak, so the program leaves with 1.
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { maxBuffer: 1e8 }).catch(
    (e: { code: number; stdout: string }) => {
      expect(e.code).toBe(1);
      return e;
    },
  );
  const { wall_s: _, processor_s: __, ...rest } = JSON.parse(stdout);
  return rest;
}

describe('a suite', () => {
  it('gives the same runs and the same summary with one, two and four workers', async () => {
    const one = await runSuite(1);
    const two = await runSuite(2);
    expect(two).toEqual(one);
    expect(await runSuite(4)).toEqual(one);
    expect(
      one.runs.map((c: { scenario: string; seed: number; recipe: string }) => `${c.scenario} ${c.seed} ${c.recipe}`),
    ).toEqual([
      'short-leak 5 balance+wave',
      'short-leak 5 null',
      'short-leak 6 balance+wave',
      'short-leak 6 null',
      'short-quiet 5 balance+wave',
      'short-quiet 5 null',
      'short-quiet 6 balance+wave',
      'short-quiet 6 null',
    ]);
    expect(readdirSync(join(folder.path, 'w2'))).toHaveLength(9);
  });

  it('that was killed in the middle goes on where it was, to the same digest', async () => {
    const out = join(folder.path, 'killed');
    const args = ['suite', suite, '--workers', '1', '--json', '--out', out];
    const child = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const finished = () =>
      existsSync(out) ? readdirSync(out).filter((id) => existsSync(join(out, id, 'card.json'))).length : 0;
    // Two cards are one simulation; the kill falls somewhere in the next three.
    await expect.poll(finished, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(2);
    child.kill('SIGKILL');
    await ended;
    const left = finished();
    expect(left).toBeLessThan(8);
    const { stdout } = await promisify(execFile)(process.execPath, [
      program,
      'suite',
      suite,
      '--workers',
      '1',
      '--out',
      out,
    ]).catch((e: { stdout: string }) => e);
    expect(stdout).toMatch(/[123] of 4 simulations were finished before and not run again/);
    const digest = (at: string) => JSON.parse(readFileSync(join(at, 'suite.json'), 'utf8')).digest;
    await runSuite(2);
    expect(digest(out)).toBe(digest(join(folder.path, 'w2')));
  });

  it('judges a seed as a single run does', async () => {
    const whole = JSON.parse(
      (await leaktwin(['suite', suite, '--workers', '1', '--json', '--out', join(folder.path, 'here')])).stdout,
    );
    const single = JSON.parse(
      (
        await leaktwin([
          'run',
          join(folder.path, 'short-leak.yaml'),
          '--seed',
          '6',
          '--json',
          '--out',
          join(folder.path, 'one'),
        ])
      ).stdout,
    );
    expect(whole.runs.find((c: { runId: string }) => c.runId === single.runId)).toEqual(single);
  });

  it('runs values of parameters that it names itself, every one with every other', async () => {
    folder.write(
      'sized.yaml',
      `scenario: sized
about: A leak of a size, at a place.
plant: crude-line
duration: 10 s
parameters: { size: 1 % of flow, place: 10 km }
timeline: [{ at: 5 s, leak: leak-1, on: { kp: $place }, rate: $size }]
`,
    );
    const of = (parameters: string) =>
      folder.write(
        'matrix.yaml',
        `suite: matrix\nabout: a\nscenarios:\n  - { scenario: sized, recipes: ["null"], parameters: ${parameters} }\nseeds: { count: 1 }\n`,
      );
    const read = readSuite(of('{ size: [2 % of flow, 3 % of flow], place: [10 km, 20 km] }'));
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.value.scenarios.map((s) => s.name)).toEqual([
      'sized[size=2 % of flow, place=10 km]',
      'sized[size=2 % of flow, place=20 km]',
      'sized[size=3 % of flow, place=10 km]',
      'sized[size=3 % of flow, place=20 km]',
    ]);
    const said = await leaktwin(['suite', of('{ sise: [2 % of flow] }')]);
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(/matrix\.yaml:4:\d+/);
    expect(said.stderr).toContain('known: size, place');
  });

  it('that names what is not there says so at its place', async () => {
    const bad = folder.write(
      'bad.yaml',
      'suite: bad\nabout: a\nscenarios: [short-leak, short-leek]\nseeds: { count: 0 }\n',
    );
    const said = await leaktwin(['suite', bad]);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('bad.yaml:4:');
    const other = folder.write(
      'other.yaml',
      'suite: other\nabout: a\nscenarios: [short-leak, short-leek]\nseeds: { count: 1 }\n',
    );
    expect((await leaktwin(['suite', other])).stderr).toContain('other.yaml:3:25: scenarios[1]: found "short-leek"');
  });
});

/** What a scenario can say beyond one entry after the other: repetition, strata, parameters, matrices and fragments. */
import { afterAll, describe, expect, it } from 'vitest';
import { unwrap } from '../../../models/contract/index.ts';
import { bindScenario, parseScenario, readPlantContext, resolveScenario } from '../../../scenarios/engine/index.ts';
import { readInputs, readSuite } from '../../../scenarios/run/index.ts';
import { Folder, leaktwin } from '../run/short.ts';

const folder = new Folder();
afterAll(() => folder.remove());
const plant = unwrap(readPlantContext('crude-line'));
const HEAD = 'scenario: s\nabout: a\nplant: crude-line\nduration: 2 h\n';

function resolved(text: string, seed = 1) {
  const path = folder.write('s.yaml', HEAD + text);
  return unwrap(resolveScenario(unwrap(bindScenario(unwrap(parseScenario('s.yaml', HEAD + text, path)), plant)), seed));
}
const timesOf = (text: string, seed?: number) =>
  resolved(text, seed).timeline.map((e) => [e.name, e.trigger.kind === 'at' ? e.trigger.atUs / 1e6 : NaN]);

describe('every', () => {
  const entry = (every: string) => `timeline:\n  - { every: ${every}, set: { XV-101: 80 % } }\n`;

  it('begins at "from" and ends with the count, the time or the scenario', () => {
    expect(timesOf(entry('{ interval: 50 min }'))).toEqual([
      ['set/XV-101', 3000],
      ['set/XV-101~2', 6000],
    ]);
    expect(timesOf(entry('{ interval: 1 min, from: 0 s, count: 3 }')).map((t) => t[1])).toEqual([0, 60, 120]);
    expect(timesOf(entry('{ interval: 1 min, until: 3 min }')).map((t) => t[1])).toEqual([60, 120]);
  });

  it('draws its jitter and its action anew for each time, and alike for equal seeds', () => {
    const text =
      'timeline:\n  - { every: { interval: 20 min, jitter: { draw: uniform, from: -1 min, to: 1 min } }, ' +
      'set: { XV-101: { draw: uniform, from: 50 %, to: 90 % } } }\n';
    const times = timesOf(text).map((t) => Number(t[1]));
    const offsets = times.map((t, k) => t - 1200 * (k + 1));
    expect(times).toHaveLength(5);
    expect(new Set(offsets).size).toBe(5);
    expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(60);
    const values = resolved(text).timeline.map((e) => (e.actions[0] as { value: number }).value);
    expect(new Set(values).size).toBe(5);
    expect(timesOf(text)).toEqual(timesOf(text));
    expect(timesOf(text, 2)).not.toEqual(timesOf(text));
  });

  it('is not the mean time between the spikes of a fault', () => {
    const text = (every: string, more: string) => `timeline:\n  - { ${every}, fault: f, tag: PT-101, form: ${more} }\n`;
    expect(timesOf(text('at: 5 min, every: 20 s', 'spikes, size: 0.2 bar'))).toEqual([['f', 300]]);
    expect(timesOf(text('every: { interval: 1 h }', 'stuck, for: 1 min'))).toEqual([['f', 3600]]);
  });
});

describe('latin-hypercube', () => {
  const draw = '{ draw: latin-hypercube, from: 0 km, to: 50 km, strata: 20 }';
  const text = `timeline:\n  - { at: 5 min, leak: a, on: { kp: ${draw} }, rate: 1 % of flow }\n  - { at: 5 min, leak: b, on: { kp: ${draw} }, rate: 1 % of flow }\n`;
  const drawn = (from: number) =>
    Array.from({ length: 20 }, (_, i) => resolved(text, from + i).draws.map((d) => d.value / 2500));

  it('meets every stratum once in any run of seeds, and pairs two draws at random', () => {
    for (const from of [1, 7]) {
      const values = drawn(from);
      for (const k of [0, 1])
        expect(values.map((v) => Math.floor(v[k]!)).sort((x, y) => x - y)).toEqual(
          Array.from({ length: 20 }, (_, i) => i),
        );
      expect(values.filter((v) => Math.floor(v[0]!) === Math.floor(v[1]!)).length).toBeLessThan(6);
    }
  });

  it('covers a range more evenly than uniform draws: the mean of 20 errs by less than a stratum', () => {
    const mean = drawn(1).reduce((sum, v) => sum + v[0]!, 0) / 20;
    expect(Math.abs(mean - 10)).toBeLessThan(0.25);
  });
});

describe('parameters, matrix and fragments', () => {
  const MATRIX = `${HEAD.replace('s\n', 'sizes\n')}parameters: { size: 1 % of flow, place: 10 km }
timeline:
  - { at: 5 min, leak: leak-1, on: { kp: $place }, rate: $size }
matrix: { repeat: 2, parameters: { size: [1 % of flow, 2 % of flow], place: [10 km, 20 km, 30 km] } }
`;

  it('a matrix runs every value with every other, each under a name that runs alone', () => {
    const path = folder.write('sizes.yaml', MATRIX);
    const suite = unwrap(readSuite(path, { recipes: ['null'] }));
    expect(suite.jobs).toHaveLength(12);
    expect(suite.scenarios.map((s) => s.name)[3]).toBe('sizes[size=2 % of flow, place=10 km]');
    const one = unwrap(readInputs(`${path}[size=2 % of flow, place=30 km]`));
    const leak = unwrap(resolveScenario(one.bound, 1)).leaks[0]!;
    expect(leak.pipe).toBe(plant.pipeAt(30_000)!.pipe);
    const wrong = readInputs(`${path}[sise=2 % of flow]`);
    expect(wrong.ok ? '' : wrong.problems[0]).toMatchObject({ found: '"sise"', hint: 'did you mean "size"?' });
  });

  it('a fragment comes twice under two names, with its own draws and its own references', () => {
    folder.write(
      'cycle.yaml',
      'fragment: cycle\nparameters: { first: 5 min, rest: 1 min }\ntimeline:\n' +
        '  - { id: stop, at: $first, disturbance: pump-stop, target: PU-102 }\n' +
        '  - { id: start, after: { of: stop, by: $rest }, disturbance: pump-start, target: PU-102 }\n',
    );
    const { timeline } = resolved(
      'timeline:\n  - { include: cycle.yaml, as: early }\n  - { include: cycle.yaml, as: late, with: { first: 1 h } }\n',
    );
    expect(timeline.map((e) => [e.name, e.trigger])).toEqual([
      ['early.stop', { kind: 'at', atUs: 300e6 }],
      ['early.start', { kind: 'after', of: 'early.stop', byUs: 60e6 }],
      ['late.stop', { kind: 'at', atUs: 3600e6 }],
      ['late.start', { kind: 'after', of: 'late.stop', byUs: 60e6 }],
    ]);
  });

  it('describe lists every key', async () => {
    const { keys } = JSON.parse((await leaktwin(['describe', 'keys', '--json'])).stdout);
    const of = (name: string) => keys.filter((k: { of: string }) => k.of === name).map((k: { key: string }) => k.key);
    expect(of('every')).toEqual(['interval', 'from', 'count', 'until', 'jitter']);
    expect(of('draw')).toContain('latin-hypercube');
    expect(of('leak')).toEqual(expect.arrayContaining(['leak', 'on', 'diameter', 'rate', 'growth']));
  });
});

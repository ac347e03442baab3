import { describe, expect, it } from 'vitest';
import { type Problem, unwrap } from '../../../models/contract/index.ts';
import {
  bindScenario,
  parseScenario,
  type ResolvedScenario,
  readPlantContext,
  resolveScenario,
} from '../../../scenarios/engine/index.ts';

const plant = unwrap(readPlantContext('crude-line'));

function resolved(timeline: string, seed = 1): ResolvedScenario {
  const text = `scenario: s\nabout: a\nplant: crude-line\nduration: 2 h\ntimeline:\n${timeline}`;
  return unwrap(resolveScenario(unwrap(bindScenario(unwrap(parseScenario('s.yaml', text)), plant)), seed));
}

const LEAK = `  - at: { draw: uniform, from: 10 min, to: 1 h }
    leak: leak-1
    on: { kp: { draw: uniform, from: 1 km, to: 49 km } }
    diameter: { draw: log-normal, median: 5 mm, sigma: 0.3 }
`;
const START = `  - at: { draw: normal, mean: 30 min, sd: 5 min }
    disturbance: pump-start
    target: PU-102
`;

describe('draws', () => {
  it('are the same wherever an entry stands and whatever stands beside it', () => {
    const alone = resolved(LEAK).draws;
    const behind = resolved(START + LEAK).draws.filter((d) => d.name.startsWith('leak-1/'));
    const before = resolved(LEAK + START).draws.filter((d) => d.name.startsWith('leak-1/'));
    expect(alone.map((d) => d.name)).toEqual(['leak-1/at', 'leak-1/kp', 'leak-1/diameter']);
    expect(behind).toEqual(alone);
    expect(before).toEqual(alone);
  });

  it('of a second entry of the same kind are its own', () => {
    const names = resolved(START + START).draws;
    expect(names.map((d) => d.name)).toEqual(['pump-start/PU-102/at', 'pump-start/PU-102#2/at']);
    expect(names[0]!.value).not.toBe(names[1]!.value);
  });

  it('follow their distributions over seeds, and stay within limits', () => {
    const at: number[] = [];
    const kp: number[] = [];
    for (let seed = 1; seed <= 400; seed += 1) {
      const { draws } = resolved(LEAK, seed);
      at.push(draws[0]!.value);
      kp.push(draws[1]!.value);
      expect(draws[2]!.value).toBeGreaterThan(0);
    }
    expect(Math.min(...kp)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...kp)).toBeLessThanOrEqual(49_000);
    // Mean of 400 uniform values: four standard errors of 13.9 km / 20.
    expect(Math.abs(kp.reduce((a, b) => a + b) / 400 - 25_000)).toBeLessThan(4 * 693);
    expect(new Set(at).size).toBe(400);
  });

  it('change the digest with the seed, and with nothing else', () => {
    expect(resolved(LEAK, 1).digest).toBe(resolved(LEAK, 1).digest);
    expect(resolved(LEAK, 1).digest).not.toBe(resolved(LEAK, 2).digest);
  });
});

describe('a mistake in a scenario', () => {
  const problems = (text: string): readonly Problem[] => {
    const read = parseScenario('s.yaml', text);
    if (!read.ok) return read.problems;
    const bound = bindScenario(read.value, plant);
    return bound.ok ? [] : bound.problems;
  };

  it('is told with its place, all of them at once', () => {
    const found = problems(`scenario: s
about: a
plant: crude-line
duration: 2 h
timeline:
  - at: 1 h
    leak: leak-1
    on: { pipe: P-9, fraction: 40 % }
    diameter: 8 mm
  - at: 3 h
    disturbance: pump-start
    target: PU-999
  - when: { tag: PT-1O1, below: 3 bar }
    set: { XV-101: 120 % }
  - at: 20 min
    fault: f
    tag: PT-101
    form: drift
    size: 0.2 bar
`);
    expect(found.map((p) => `${p.line}:${p.column} ${p.path}`)).toEqual([
      '8:17 timeline[0].on.pipe',
      '10:9 timeline[1].at',
      '12:13 timeline[1].target',
      '13:18 timeline[2].when.tag',
      '14:20 timeline[2].set.XV-101',
      '19:11 timeline[3].size',
    ]);
    expect(found[2]!.hint).toBe('did you mean "PU-101"?');
    expect(found[3]!.hint).toBe('did you mean "PT-101"?');
    expect(found[5]!.hint).toBe('a drift is a difference per h or per day');
  });

  it('in a trigger, an action or a reference names what was meant', () => {
    const found = problems(`scenario: s
about: a
plant: crude-line
duration: 2 h
timeline:
  - at: 1 h
    after: { of: x }
    close: leak-9
  - at: 1 h
    leek: leak-1
  - at: 1 h
    leak: leak-1
    on: { kp: 12 km }
    diamter: 8 mm
expect:
  - detected: { of: leak-2 }
`);
    expect(found.map((p) => `${p.line}:${p.column} ${p.found}`)).toEqual([
      '7:12 at and after',
      '10:11 "leek"',
      '11:5 a leak without a size',
      '14:14 unknown key "diamter"',
    ]);
    expect(found.map((p) => p.hint)).toEqual([
      undefined,
      'did you mean "leak"?',
      undefined,
      'did you mean "diameter"?',
    ]);
  });

  it('that makes entries wait for each other is one', () => {
    const found = problems(`scenario: s
about: a
plant: crude-line
duration: 2 h
timeline:
  - { id: a, after: { of: b }, set: { XV-101: closed } }
  - { id: b, after: { of: a }, set: { XV-101: open } }
`);
    expect(found.map((p) => p.found)).toEqual(['entries that wait for each other', 'entries that wait for each other']);
  });
});

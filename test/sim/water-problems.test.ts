/** What is wrong with a network is said with the line of its file; what goes wrong with it in a run makes the run invalid. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFrame, formatProblem, type ProblemError, type Result, unwrap } from '../../models/contract/index.ts';
import {
  createSim,
  type LocatedPlant,
  preparePlant,
  readPlant,
  type TransientSpec,
  type WaterSpec,
} from '../../sim/index.ts';
import { scans } from './water.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaktwin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const INP = `[JUNCTIONS]
 A 10 0
 B 12 5
[RESERVOIRS]
 R 50
[PIPES]
 P1 R A 100 200 0.1 0 Open
[VALVES]
 V1 A B 200 TCV 2 0
[OPTIONS]
 UNITS LPS
 HEADLOSS D-W
[TIMES]
 DURATION 24:00
[END]
`;

function plant(inp: string, more = ''): Result<LocatedPlant> {
  writeFileSync(join(folder, 'small.inp'), inp);
  const path = join(folder, 'small.yaml');
  writeFileSync(
    path,
    `kind: water
plant: small
about: A reservoir and a house.
design-flow: 5 l/s
network: small.inp
${more}stations: [{ id: RTU-1, unit: 1 }]
instruments: [{ tag: PT-1, station: RTU-1, measures: pressure, at: B, unit: bar, range: [0, 10] }]
`,
  );
  return readPlant(path);
}

describe('a mistake in the network', () => {
  it('is told with the line of the .inp file', () => {
    const read = plant(INP.replace('P1 R A 100', 'P1 R X -100'));
    expect(read.ok).toBe(false);
    const told = read.ok ? [] : read.problems.map((p) => formatProblem(p).slice(folder.length + 1));
    expect(told.join('\n')).toMatch(/^small\.inp:7:\d+: PIPES\/P1/m);
    expect(told.join('\n')).toMatch(/-100/);
    expect(told.join('\n')).toMatch(/"X"/);
  });

  it('that only EPANET sees is told as EPANET says it, before anything runs', async () => {
    const read = plant(
      `${INP.replace('[END]', '')}[RULES]\nRULE 1\nIF NODE A PRESSURE ABOVE 5\nTHEN PIPE P9 STATUS IS CLOSED\n[END]\n`,
    );
    expect(read.ok).toBe(true);
    const { value: spec } = unwrap(read);
    await preparePlant(spec);
    const problems = (() => {
      try {
        createSim(spec, { seed: 1 });
        return [];
      } catch (error) {
        return (error as ProblemError).problems;
      }
    })();
    expect(problems.map(formatProblem).join('\n')).toMatch(/small\.inp:\d+:\d+: .*EPANET error 2\d\d/);
  });
});

describe('a part that is cut off', () => {
  it('makes the run invalid and stops it where it was', async () => {
    const spec = unwrap(plant(INP)).value as WaterSpec;
    await preparePlant(spec);
    const sim = createSim(spec, { seed: 1 });
    scans(sim, 1);
    expect(sim.violations()).toEqual([]);
    sim.apply([{ kind: 'set', element: 'V1', property: 'opening', value: 0 }]);
    scans(sim, 2);
    expect(sim.violations()[0]).toMatch(/^at 0:05:00 node B is cut off from every reservoir and tank \(closed: V1\)/);
    expect(sim.apply([{ kind: 'set', element: 'V1', property: 'opening', value: 1 }])[0]).toMatch(/the run is invalid/);
  });
});

const WAVES = 'solver: transient\ntime: { step: 10 ms, scan: 1 s }\n';

/** What a user is told when the plant is built. */
async function toldAtStart(inp: string, more = ''): Promise<string[]> {
  const { value: spec } = unwrap(plant(inp, more));
  await preparePlant(spec);
  try {
    createSim(spec, { seed: 1 });
    return [];
  } catch (error) {
    return (error as ProblemError).problems.map(formatProblem);
  }
}

describe.each([
  ['extended-period', ''],
  ['transient', WAVES],
])('in %s hydraulics, a network that has no solution at its start', (_, more) => {
  it('has an island', async () => {
    const island = INP.replace('B 12 5', 'B 12 5\n C 3 1\n D 4 1').replace('Open', 'Open\n P2 C D 50 100 0.1 0 Open');
    expect(await toldAtStart(island, more)).toEqual([
      'small.inp:4:1: JUNCTIONS/C: found at 0:00:00 2 nodes (C, D) are cut off from every reservoir and tank (no link leads there), expected a way from a reservoir or tank to every node that draws',
    ]);
  });

  it('has no source', async () => {
    const [told] = await toldAtStart(INP.replace('[RESERVOIRS]\n R 50\n', '').replace('P1 R A', 'P1 B A'), more);
    expect(told).toMatch(/EPANET error 224: no tanks or reservoirs/);
  });

  it('has houses above the reservoir', async () => {
    const [told] = await toldAtStart(INP.replace('B 12 5', 'B 62 5'), more);
    expect(told).toMatch(
      /^small\.inp:3:1: JUNCTIONS\/B: found at 0:00:00 .*B.*, expected pressures that are not negative/,
    );
  });
});

describe('what the transient solver cannot follow is told with its line', () => {
  it.each([
    [
      '[OPTIONS]',
      '[RULES]\nRULE 1\nIF NODE A PRESSURE ABOVE 5\nTHEN PIPE P1 STATUS IS CLOSED\n[OPTIONS]',
      /small\.inp:11:1: RULES: found rules/,
    ],
    [
      '[OPTIONS]',
      '[CONTROLS]\n LINK P1 CLOSED IF NODE A ABOVE 5\n[OPTIONS]',
      /:11:1: CONTROLS\/0: found a control by the pressure at "A"/,
    ],
    ['[OPTIONS]', '[CONTROLS]\n LINK V1 12 AT TIME 5\n[OPTIONS]', /:11:1: CONTROLS\/0: found a control of valve V1/],
    ['TCV 2 0', 'PCV 50 0', /:9:1: VALVES\/V1: found a PCV/],
    [
      '[OPTIONS]',
      '[OPTIONS]\n DEMAND MODEL PDA\n REQUIRED PRESSURE 10\n PRESSURE EXPONENT 0.7',
      /:13:1: OPTIONS\/PRESSURE EXPONENT: found 0\.7/,
    ],
  ])('%s as %s', (from, to, expected) => {
    const read = plant(INP.replace(from, to), WAVES);
    expect(read.ok ? [] : read.problems.map(formatProblem).join('\n')).toMatch(expected);
    // EPANET itself follows all of it.
    if (!to.includes('PCV')) expect(plant(INP.replace(from, to)).ok).toBe(true);
  });
});

describe('a part that is shut off while waves run', () => {
  it('falls to no pressure at once and makes the run invalid, with the node and the time', async () => {
    const spec = unwrap(plant(INP, WAVES)).value as TransientSpec;
    await preparePlant(spec);
    const sim = createSim(spec, { seed: 1 });
    const frame = createFrame(sim.layout);
    for (let i = 0; i < 5; i++) sim.scan(frame);
    expect(sim.violations()).toEqual([]);
    sim.apply([{ kind: 'set', element: 'V1', property: 'opening', value: 0 }]);
    for (let i = 0; i < 60; i++) sim.scan(frame);
    console.log(sim.violations());
    expect(sim.violations().join('\n')).toMatch(/B/);
  });
});

describe('an engine', () => {
  it('must be at hand before a plant is built', async () => {
    const spec = unwrap(plant(INP)).value;
    await preparePlant(spec);
    expect(() => {
      for (let n = 0; n < 5; n += 1) createSim(spec, { seed: 1 });
    }).toThrow(/await preparePlant/);
  });
});

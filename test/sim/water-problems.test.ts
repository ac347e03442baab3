/** What is wrong with a network is said with the line of its file; what goes wrong with it in a run makes the run invalid. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatProblem, type ProblemError, type Result, unwrap } from '../../models/contract/index.ts';
import { createSim, type LocatedPlant, preparePlant, readPlant, type WaterSpec } from '../../sim/index.ts';
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

function plant(inp: string): Result<LocatedPlant> {
  writeFileSync(join(folder, 'small.inp'), inp);
  const path = join(folder, 'small.yaml');
  writeFileSync(
    path,
    `kind: water
plant: small
about: A reservoir and a house.
design-flow: 5 l/s
network: small.inp
stations: [{ id: RTU-1, unit: 1 }]
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

describe('an engine', () => {
  it('must be at hand before a plant is built', async () => {
    const spec = unwrap(plant(INP)).value;
    await preparePlant(spec);
    expect(() => {
      for (let n = 0; n < 5; n += 1) createSim(spec, { seed: 1 });
    }).toThrow(/await preparePlant/);
  });
});

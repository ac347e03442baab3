import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNetwork, createState, inpToNetworkSpec, readInp, solveSteady } from '../../../models/physics/index.ts';
import { referenceFolder } from './networks.ts';

const SMALL = `[title]
Small ; not a comment in spirit
[junctions]
 J1  10  5 ; a junction
 "J 2" 12 0
[RESERVOIRS]
 R1 100
[TANKS]
 T1 50 3 0 6 10 0
[PIPES]
 P1 R1 J1 1000 300 100 0 Open
 P2 J1 "J 2" 500 200 100 0 CV
 P3 "J 2" T1 200 200 100 0 Closed
[EMITTERS]
 J1 2
[PATTERNS]
 1 0.5 1.5
[OPTIONS]
 Units LPS
 Headloss H-W
[TIMES]
 Pattern Timestep 1:30
 Start ClockTime 6 PM
[SOMETHING ELSE]
 x y z
[END]
ignored
`;

describe('.inp reader', () => {
  it('reads units, quotes, comments, statuses and patterns into SI', () => {
    const r = readInp(SMALL);
    if (!r.ok) throw new Error(JSON.stringify(r.problems));
    expect(r.value.junctions.map((j) => j.id)).toEqual(['J1', 'J 2']);
    expect(r.value.junctions[0].demands[0].base_m3_s).toBeCloseTo(0.005, 12);
    expect(r.value.junctions[0].emitter).toBeCloseTo(0.002, 12);
    expect(r.value.pipes[0].diameter_m).toBeCloseTo(0.3, 12);
    expect(r.value.pipes.map((p) => [p.status, p.checkValve])).toEqual([
      ['open', false],
      ['open', true],
      ['closed', false],
    ]);
    expect(r.value.times).toMatchObject({ patternStep_s: 5400, startClock_s: 64800 });
    const spec = inpToNetworkSpec(r.value, { waveSpeed_m_s: 1000, time_s: 5400 });
    expect(spec.nodes[0]).toMatchObject({ demand: { kind: 'constant', flow_m3_s: expect.closeTo(0.0075, 12) } });
    expect(spec.links?.map((l) => l.kind)).toEqual(['check-valve', 'valve']);
    const compiled = compileNetwork(spec, { timeStep_s: 0.1 });
    if (!compiled.ok) throw new Error(compiled.problems.join());
    const state = createState(compiled.value);
    expect(solveSteady(compiled.value, state).converged).toBe(true);
  });

  it('says all that is wrong, with line and column', () => {
    const text = SMALL.replace('J1  10  5', 'J1  ten  5')
      .replace('J1 2', 'j1 2')
      .replace('Units LPS', 'Units litres')
      .replace('P2 J1 "J 2" 500', 'P2 J1 J9 -5');
    const r = readInp(text, 'small.inp');
    if (r.ok) throw new Error('read');
    expect(r.problems).toEqual([
      {
        file: 'small.inp',
        line: 19,
        column: 8,
        path: 'OPTIONS/Units',
        found: '"litres"',
        expected: expect.stringContaining('LPS'),
      },
      {
        file: 'small.inp',
        line: 4,
        column: 6,
        path: 'JUNCTIONS/J1/elevation',
        found: '"ten"',
        expected: 'a number (elevation)',
      },
      {
        file: 'small.inp',
        line: 12,
        column: 8,
        path: 'PIPES/P2/node2',
        found: '"J9"',
        expected: 'a junction, reservoir or tank',
      },
      { file: 'small.inp', line: 12, column: 11, path: 'PIPES/P2/length', found: '-5', expected: 'a number above 0' },
      {
        file: 'small.inp',
        line: 15,
        column: 2,
        path: 'EMITTERS/j1',
        found: '"j1"',
        expected: 'a junction',
        hint: 'names are case-sensitive: "J1" exists',
      },
    ]);
  });

  it('US customary and metric files of one network agree', () => {
    const us = '[JUNCTIONS]\nJ 100 200\n[RESERVOIRS]\nR 300\n[PIPES]\nP R J 1000 12 100 0 Open\n[OPTIONS]\nUnits GPM\n';
    const m = `[JUNCTIONS]\nJ 30.48 ${200 * 0.0630901964}\n[RESERVOIRS]\nR 91.44\n[PIPES]\nP R J 304.8 304.8 100 0 Open\n[OPTIONS]\nUnits LPS\n`;
    const heads = [us, m].map((text) => {
      const r = readInp(text);
      if (!r.ok) throw new Error(JSON.stringify(r.problems));
      const c = compileNetwork(inpToNetworkSpec(r.value, { waveSpeed_m_s: 1000 }), { timeStep_s: 0.1 });
      if (!c.ok) throw new Error(c.problems.join());
      const s = createState(c.value);
      solveSteady(c.value, s);
      return s.nodeHead_m[0];
    });
    console.log(`units: heads ${heads[0]} and ${heads[1]} m`);
    expect(heads[0]).toBeCloseTo(heads[1], 6);
  });

  const networks = referenceFolder('hydraulics', 'networks');
  it.skipIf(!networks)('reads every reference network and finds its steady state', () => {
    for (const file of readdirSync(networks as string).filter((f) => f.endsWith('.inp'))) {
      const r = readInp(readFileSync(join(networks as string, file), 'utf8'), file);
      if (!r.ok) throw new Error(JSON.stringify(r.problems[0]));
      const c = compileNetwork(inpToNetworkSpec(r.value, { waveSpeed_m_s: 1000 }), { timeStep_s: 0.2 });
      if (!c.ok) throw new Error(`${file}: ${c.problems[0]}`);
      const report = solveSteady(c.value, createState(c.value));
      console.log(
        `${file}: ${c.value.nNode} nodes, ${report.iterations} iterations, head error ${report.headError_m.toExponential(1)} m`,
      );
      expect(report.converged).toBe(true);
    }
  });

  it('never throws, whatever the text', () => {
    const word = fc.constantFrom(
      '[PIPES]',
      '[junctions]',
      '[PUMPS]',
      '[VALVES]',
      '[CURVES]',
      '[OPTIONS]',
      '[TIMES]',
      '[STATUS]',
      '[TANKS]',
      '[DEMANDS]',
      '[[',
      'Units',
      'GPM',
      'HEAD',
      '1',
      '-1',
      '1e400',
      '"',
      ';',
      'CV',
      '1:',
      ':',
      'PRV',
      'GPV',
      '\t',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.string({ maxLength: 8 }), fc.constant('\n')), { maxLength: 60 }),
        (words) => {
          const r = readInp(words.join(' '));
          if (r.ok) {
            const c = compileNetwork(inpToNetworkSpec(r.value, { waveSpeed_m_s: 1000 }), { timeStep_s: 1 });
            return typeof c.ok === 'boolean';
          }
          return r.problems.length > 0 && r.problems.every((p) => p.line >= 1 && p.column >= 1 && p.expected !== '');
        },
      ),
      { numRuns: 400 },
    );
  });

  it('damage to any one token of a good file is either reported or harmless', () => {
    const tokens = SMALL.split(/(\s+)/);
    fc.assert(
      fc.property(
        fc.nat(tokens.length - 1),
        fc.constantFrom('', 'x', '-7', 'nan', '"', '[', '1e9', '9'),
        (i, damage) => {
          const r = readInp(tokens.map((t, k) => (k === i ? damage : t)).join(''));
          return r.ok || r.problems.length > 0;
        },
      ),
      { numRuns: 300 },
    );
  });
});

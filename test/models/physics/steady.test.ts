import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compileNetwork,
  createState,
  inpToNetworkSpec,
  readInp,
  solveSteady,
  stepCharacteristics,
} from '../../../models/physics/index.ts';
import { distance, referenceFolder } from './networks.ts';

const reference = referenceFolder('hydraulics');
if (!reference)
  console.log('EPANET comparison skipped: the reference folder (LEAKTWIN_REFERENCE or ../shared/reference) is absent.');

function load(file: string, timeStep_s = 0.1) {
  const inp = readInp(readFileSync(join(reference as string, 'networks', file), 'utf8'), file);
  if (!inp.ok) throw new Error(JSON.stringify(inp.problems[0]));
  const compiled = compileNetwork(inpToNetworkSpec(inp.value, { waveSpeed_m_s: 1000 }), { timeStep_s });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  return { model: compiled.value, state: createState(compiled.value) };
}

describe.skipIf(!reference)('steady state against EPANET 2.3.5, first row', () => {
  it.each([
    ['Net1.inp', 'net1.csv', 0.3048, 6.30901964e-5],
    ['Net3.inp', 'net3.csv', 0.3048, 6.30901964e-5],
    ['L-TOWN.inp', 'ltown_emitter_n105_C2_24h-36h.csv', 1, 1 / 3600],
  ])('%s: heads within 1 mm', (file, csv, metre, flowUnit) => {
    const { model, state } = load(file);
    const report = solveSteady(model, state);
    const [names, first] = readFileSync(join(reference as string, 'epanet', csv), 'utf8')
      .split('\n')
      .map((l) => l.split(','));
    let head = 0;
    let flow = 0;
    let compared = 0;
    names.forEach((name, i) => {
      if (name.startsWith('head_')) {
        head = Math.max(
          head,
          Math.abs(state.nodeHead_m[model.nodeIndex.get(name.slice(5)) as number] - Number(first[i]) * metre),
        );
        compared++;
      } else if (name.startsWith('flow_')) {
        const p = model.pipeIndex.get(name.slice(5));
        const q =
          p === undefined
            ? state.linkFlow_m3_s[model.linkIndex.get(name.slice(5)) as number]
            : state.sectionFlow_m3_s[model.sectionStart[p]];
        flow = Math.max(flow, Math.abs(q - Number(first[i]) * flowUnit));
      }
    });
    console.log(
      `${file}: ${compared} heads within ${head.toExponential(2)} m, flows within ${flow.toExponential(2)} m³/s, ${report.iterations} iterations`,
    );
    expect(report.converged).toBe(true);
    expect(head).toBeLessThan(1e-3);
  });

  it('L-TOWN with its pressure-reducing valves stays at rest', () => {
    const { model, state } = load('L-TOWN.inp', 0.5);
    solveSteady(model, state);
    const before = state.nodeHead_m.slice();
    for (let i = 0; i < 40; i++) stepCharacteristics(model, state);
    const moved = distance(state.nodeHead_m, before);
    console.log(`L-TOWN: moved ${moved} m in 20 s (its tank fills)`);
    expect(moved).toBeLessThan(2e-3);
  });
});

describe('what is wrong is said at once', () => {
  it('all problems of a network in sentences', () => {
    const result = compileNetwork(
      {
        nodes: [
          { id: 'A', kind: 'junction', elevation_m: Number.NaN },
          { id: 'A', kind: 'reservoir', head_m: 1 },
        ],
        pipes: [
          {
            id: 'p',
            from: 'A',
            to: 'B',
            length_m: -1,
            diameter_m: 0,
            waveSpeed_m_s: 1,
            friction: { kind: 'darcy', factor: -1 },
          },
        ],
        orifices: [{ id: 'o', node: 'C', dischargeCoefficient: 0 }],
      },
      { timeStep_s: 0 },
    );
    if (result.ok) throw new Error('compiled');
    expect(result.problems).toEqual([
      'Two nodes are called "A".',
      'Node "A": elevation_m is NaN; expected a number.',
      'Pipe "p" ends at "B", which is no node.',
      'Pipe "p": length_m is -1; expected a positive number.',
      'Pipe "p": diameter_m is 0; expected a positive number.',
      'Pipe "p": Darcy factor -1; expected 0 or more.',
      'Orifice "o" is at "C", which is no node.',
      'Orifice "o": dischargeCoefficient is 0; expected a positive number.',
      'timeStep_s is 0; expected a positive number.',
    ]);
  });

  it('a part without reservoir or tank', () => {
    const result = compileNetwork(
      { nodes: [{ id: 'A', kind: 'junction', elevation_m: 0 }], pipes: [] },
      { timeStep_s: 1 },
    );
    expect(result).toEqual({ ok: false, problems: ['No reservoir or tank is connected to "A".'] });
  });
});

import { describe, expect, it } from 'vitest';
import {
  cloneGasState,
  compileGasNetwork,
  createGasState,
  GAS_FLAG,
  GAS_LEDGER,
  type GasLinkSpec,
  type GasModel,
  type GasNetworkSpec,
  type GasState,
  gasBalanceError_kg,
  gasInventory_kg,
  gasOrificeFlow_kg_s,
  linkRatio,
  pipeLinePack_kg,
  solveGasSteady,
  stepGas,
} from '../../../models/physics/gas/index.ts';

const rough = { kind: 'roughness', roughness_m: 2e-5 } as const;

/** Source S, line of 40 km to M, a link X from M to N, line of 40 km to the customer C. */
function line(
  link: Partial<GasLinkSpec> & { kind: GasLinkSpec['kind'] },
  extra: Partial<GasNetworkSpec> = {},
): GasNetworkSpec {
  const pipe = (id: string, from: string, to: string) =>
    ({ id, from, to, length_m: 40e3, diameter_m: 0.6, friction: rough }) as const;
  return {
    nodes: [
      { id: 'S', kind: 'pressure', pressure_Pa: 6e6 },
      { id: 'M', kind: 'junction', elevation_m: 120 },
      { id: 'N', kind: 'junction', elevation_m: 120 },
      { id: 'C', kind: 'junction', withdrawal_kg_s: 50 },
    ],
    pipes: [pipe('up', 'S', 'M'), pipe('down', 'N', 'C')],
    links: [{ id: 'X', from: 'M', to: 'N', ...link } as GasLinkSpec],
    ...extra,
  };
}

function atRest(spec: GasNetworkSpec, timeStep_s = 1, cellLength_m = 1000): { model: GasModel; state: GasState } {
  const compiled = compileGasNetwork(spec, { timeStep_s, cellLength_m });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const state = createGasState(compiled.value);
  const report = solveGasSteady(compiled.value, state);
  if (!report.converged) throw new Error(report.sentence);
  return { model: compiled.value, state };
}

function run(m: { model: GasModel; state: GasState }, seconds: number): void {
  for (let i = 0; i < seconds / m.model.timeStep_s; i++) stepGas(m.model, m.state);
}

function drift(m: { model: GasModel; state: GasState }, seconds: number): number {
  const before = m.state.pointPressure_Pa.slice();
  run(m, seconds);
  return Math.max(...m.state.pointPressure_Pa.map((p, i) => Math.abs(p / before[i] - 1)));
}

const sound = (m: { model: GasModel; state: GasState }) => {
  expect(Math.abs(gasBalanceError_kg(m.model, m.state)) / gasInventory_kg(m.model, m.state)).toBeLessThan(1e-12);
  expect([...m.state.flags]).toEqual([0, 0, 0, 0, 0]);
};

const LINKS: readonly (Partial<GasLinkSpec> & { kind: GasLinkSpec['kind'] })[] = [
  { kind: 'short-pipe' },
  { kind: 'valve', diameter_m: 0.5, opening: 0.3 },
  { kind: 'check-valve', diameter_m: 0.5 },
  { kind: 'regulator', diameter_m: 0.3, holds: 'downstream-pressure', setting: 4e6 },
  { kind: 'regulator', diameter_m: 0.3, holds: 'upstream-pressure', setting: 5e6 },
  { kind: 'compressor', mode: 'ratio', setting: 1.2 },
  { kind: 'compressor', mode: 'outlet-pressure', setting: 6.5e6 },
  { kind: 'compressor', mode: 'ratio', setting: 1.5, maxPower_W: 1e6 },
  { kind: 'compressor', mode: 'ratio', setting: 1.2, running: false },
];

describe('gas network: steady states', () => {
  it.each(LINKS)('no transient at the start: $kind $mode $holds', (link) => {
    const m = atRest(line(link, { leaks: [{ id: 'hole', pipe: 'up', at: 0.3, area_m2: 1e-4 }] }));
    const moved = drift(m, 900);
    console.log(`${link.kind}: ${moved.toExponential(1)} of the pressure in 15 min`);
    expect(moved).toBeLessThan(1e-8);
    sound(m);
    expect(m.state.leakFlow_kg_s[0]).toBeGreaterThan(0.1);
  });

  it('each law holds: ratio, outlet pressure, power limit, regulated pressures, by-pass', () => {
    const at = (link: (typeof LINKS)[number]) => atRest(line(link));
    const ratio = at(LINKS[5]);
    expect(linkRatio(ratio.model, ratio.state, 0)).toBeCloseTo(1.2, 6);
    expect(at(LINKS[6]).state.pointPressure_Pa[2] / 6.5e6).toBeCloseTo(1, 6);
    expect(at(LINKS[7]).state.linkPower_W[0] / 1e6).toBeCloseTo(1, 4);
    expect(at(LINKS[3]).state.pointPressure_Pa[2] / 4e6).toBeCloseTo(1, 5);
    const standing = at(LINKS[8]);
    expect(linkRatio(standing.model, standing.state, 0)).toBeCloseTo(1, 5);
    expect(standing.state.linkFlow_kg_s[0]).toBeCloseTo(50, 6);
  });

  it('two equal compressors in parallel share the flow', () => {
    const spec = line({ kind: 'compressor', mode: 'ratio', setting: 1.2 });
    const twin = { ...(spec.links as GasLinkSpec[])[0], id: 'Y' };
    const { state } = atRest({ ...spec, links: [...(spec.links as GasLinkSpec[]), twin] });
    expect(state.linkFlow_kg_s[0]).toBeCloseTo(25, 6);
    expect(state.linkFlow_kg_s[1]).toBeCloseTo(25, 6);
  });

  it.each(['ideal', 'cnga', 'papay', 'dranchuk-abou-kassem'] as const)(
    'stands still with %s and a hill',
    (compressibility) => {
      const m = atRest(line({ kind: 'short-pipe' }, { gas: { compressibility } }));
      expect(drift(m, 600)).toBeLessThan(1e-8);
    },
  );

  it('too much demand is a sentence, not a number', () => {
    const spec = line({ kind: 'short-pipe' });
    const nodes = spec.nodes.map((n) =>
      n.id === 'C' ? { ...n, withdrawal_kg_s: 5000 } : n,
    ) as GasNetworkSpec['nodes'];
    const compiled = compileGasNetwork({ ...spec, nodes }, { timeStep_s: 1 });
    if (!compiled.ok) throw new Error('it compiles');
    const state = createGasState(compiled.value);
    const report = solveGasSteady(compiled.value, state);
    console.log(report.sentence);
    expect(report.starved).toEqual(['C']);
    expect(report.sentence).toContain('Node "C" wants 5000 kg/s and gets');
  });

  it('a part that is shut off is named, or keeps its pressure where it wants nothing', () => {
    const shut = line({ kind: 'valve', diameter_m: 0.5, opening: 0 });
    const solve = (spec: GasNetworkSpec) => {
      const compiled = compileGasNetwork(spec, { timeStep_s: 1 });
      if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
      const state = createGasState(compiled.value);
      return { report: solveGasSteady(compiled.value, state), state };
    };
    const starved = solve(shut).report;
    console.log(starved.sentence);
    expect(starved.sentence).toContain('"C"');
    const nodes = shut.nodes.map((n) =>
      n.kind === 'junction' ? { ...n, withdrawal_kg_s: 0, initialPressure_Pa: 3e6 } : n,
    );
    const still = solve({ ...shut, nodes });
    expect(still.report.converged).toBe(true);
    expect(still.state.pointPressure_Pa[3] / 3e6).toBeCloseTo(1, 1);
    expect(still.state.pointPressure_Pa[1] / 6e6).toBeCloseTo(1, 1);
  });
});

describe('gas network: transients', () => {
  it('a block valve strokes, a compressor trips and comes back, and the balance closes', () => {
    const m = atRest(line({ kind: 'compressor', mode: 'ratio', setting: 1.3, rampTime_s: 30 }));
    m.state.positionSet[0] = 0;
    run(m, 600);
    expect(linkRatio(m.model, m.state, 0)).toBeGreaterThan(1.1);
    expect(m.state.linkFlow_kg_s[0]).toBeLessThan(1e-6);
    run(m, 4 * 3600);
    expect(m.state.linkPower_W[0]).toBe(0);
    expect(linkRatio(m.model, m.state, 0)).toBeCloseTo(1, 3);
    m.state.positionSet[0] = 1;
    run(m, 4 * 3600);
    expect(linkRatio(m.model, m.state, 0)).toBeCloseTo(1.3, 5);
    sound(m);
    const v = atRest(line({ kind: 'valve', diameter_m: 0.5, strokeTime_s: 30 }));
    v.state.positionSet[0] = 0;
    run(v, 300);
    expect(v.state.linkFlow_kg_s[0]).toBe(0);
    expect(v.state.pointPressure_Pa[1]).toBeGreaterThan(v.state.pointPressure_Pa[2]);
    sound(v);
  });

  it('a check valve lets nothing back when the outlet is pressed', () => {
    const m = atRest(line({ kind: 'check-valve', diameter_m: 0.5 }));
    m.state.withdrawal_kg_s[3] = -20;
    run(m, 3600);
    expect(m.state.linkFlow_kg_s[0]).toBeGreaterThanOrEqual(-1e-9);
    expect(m.state.linkFlow_kg_s[0]).toBeLessThan(1e-6);
    sound(m);
  });

  it('a compressor on flow control holds its flow, limited by its largest ratio', () => {
    const m = atRest(line({ kind: 'compressor', mode: 'flow', setting: 50 }));
    run(m, 60);
    m.state.setting[0] = 55;
    run(m, 120);
    expect(m.state.linkFlow_kg_s[0]).toBeCloseTo(55, 6);
    sound(m);
  });

  it('a full-bore rupture is stable, choked, and releases what the ledger says', () => {
    const m = atRest(line({ kind: 'short-pipe' }, { leaks: [{ id: 'gone', pipe: 'up', at: 0.5123 }] }), 1, 500);
    const pack = gasInventory_kg(m.model, m.state);
    m.state.leakAreaSet_m2[0] = m.model.pipeArea_m2[0];
    let top = 0;
    for (let i = 0; i < 1800; i++) {
      stepGas(m.model, m.state);
      top = Math.max(top, m.state.leakFlow_kg_s[0]);
    }
    const left = gasInventory_kg(m.model, m.state);
    console.log(
      `rupture: ${top.toFixed(0)} kg/s at most, ${(100 * (1 - left / pack)).toFixed(0)} % of the gas gone in 30 min`,
    );
    expect(top).toBeGreaterThan(500);
    expect(m.state.ledger_kg[GAS_LEDGER.leaked]).toBeCloseTo(m.state.leaked_kg[0], 3);
    expect(
      m.state.flags[GAS_FLAG.emptied] + m.state.flags[GAS_FLAG.notANumber] + m.state.flags[GAS_FLAG.unsettledLink],
    ).toBe(0);
    expect(Math.abs(gasBalanceError_kg(m.model, m.state)) / pack).toBeLessThan(1e-12);
    expect(Math.min(...m.state.pointPressure_Pa)).toBeGreaterThan(9e4);
  });

  it.each([0.00005, 0.9999])(
    'a rupture a few metres from a station (at %d) neither empties a node nor unbalances',
    (at) => {
      const m = atRest(
        line(
          { kind: 'compressor', mode: 'outlet-pressure', setting: 5.9e6, maxPower_W: 3e6 },
          { leaks: [{ id: 'gone', pipe: 'up', at }] },
        ),
      );
      expect(drift(m, 300)).toBeLessThan(1e-8);
      m.state.leakAreaSet_m2[0] = m.model.pipeArea_m2[0];
      run(m, 1800);
      expect([...m.state.flags].slice(GAS_FLAG.unsettledLink)).toEqual([0, 0, 0]);
      expect(Math.abs(gasBalanceError_kg(m.model, m.state)) / gasInventory_kg(m.model, m.state)).toBeLessThan(1e-12);
    },
  );

  it('a leak takes the orifice flow of the pressure at its place, and grows as it is told', () => {
    const m = atRest(line({ kind: 'short-pipe' }, { leaks: [{ id: 'hole', pipe: 'down', at: 0.7 }] }));
    m.state.leakAreaSet_m2[0] = 1e-4;
    m.state.leakGrowth_m2_s[0] = 1e-6;
    run(m, 50);
    expect(m.state.leakArea_m2[0]).toBeCloseTo(5e-5, 12);
    run(m, 3600);
    const n = m.model.leakPoint[0];
    const flow = gasOrificeFlow_kg_s(
      0.85,
      1e-4,
      m.state.pointPressure_Pa[n],
      m.state.pointDensity_kg_m3[n],
      1.3,
      101325,
    );
    expect(m.state.leakFlow_kg_s[0] / flow).toBeCloseTo(1, 6);
    sound(m);
  });

  it('flows at pipe ends and line packs agree with the nodes and the inventory', () => {
    const m = atRest(
      line({ kind: 'valve', diameter_m: 0.5 }, { leaks: [{ id: 'hole', pipe: 'up', at: 0.25, area_m2: 2e-4 }] }),
    );
    m.state.withdrawal_kg_s[3] = 80;
    const before = pipeLinePack_kg(m.model, m.state, 1);
    let net = 0;
    for (let i = 0; i < 600; i++) {
      stepGas(m.model, m.state);
      net += m.state.pipeInFlow_kg_s[1] - m.state.pipeOutFlow_kg_s[1];
    }
    expect(m.state.pipeOutFlow_kg_s[1]).toBeCloseTo(80, 9);
    expect(m.state.pipeOutFlow_kg_s[0]).toBeCloseTo(m.state.linkFlow_kg_s[0], 9);
    expect(m.state.pipeInFlow_kg_s[0]).toBeCloseTo(m.state.supply_kg_s[0], 9);
    expect(pipeLinePack_kg(m.model, m.state, 1) - before).toBeCloseTo(net, 6);
    const packs = pipeLinePack_kg(m.model, m.state, 0) + pipeLinePack_kg(m.model, m.state, 1);
    expect(packs / gasInventory_kg(m.model, m.state)).toBeCloseTo(1, 12);
  });

  it('goes on bit-identically from a snapshot', () => {
    const m = atRest(
      line(
        { kind: 'compressor', mode: 'ratio', setting: 1.2, maxPower_W: 2e6 },
        {
          heat: 'ground',
          gas: { jouleThomson_K_Pa: 4e-6 },
          leaks: [{ id: 'hole', pipe: 'up', at: 0.5, area_m2: 1e-4 }],
        },
      ),
    );
    m.state.withdrawal_kg_s[3] = 70;
    run(m, 333);
    const copy = cloneGasState(m.model, m.state);
    run(m, 500);
    run({ model: m.model, state: copy }, 500);
    expect(Buffer.from(copy.buffer).equals(Buffer.from(m.state.buffer))).toBe(true);
  });

  it('heat: no transient at the start, and compressed gas is warm', () => {
    const m = atRest(
      line(
        { kind: 'compressor', mode: 'ratio', setting: 1.4 },
        { heat: 'ground', temperature_K: 283, gas: { jouleThomson_K_Pa: 4e-6 } },
      ),
    );
    expect(m.state.pointTemperature_K[2]).toBeGreaterThan(300);
    const moved = drift(m, 900);
    console.log(
      `with heat: ${moved.toExponential(1)} of the pressure in 15 min, outlet ${m.state.pointTemperature_K[2].toFixed(1)} K`,
    );
    expect(moved).toBeLessThan(1e-8);
  });

  it('a starved customer gets less, says so, and nothing goes negative', () => {
    const m = atRest(line({ kind: 'valve', diameter_m: 0.5 }));
    m.state.positionSet[0] = 0;
    run(m, 12 * 3600);
    expect(m.state.flags[GAS_FLAG.starved]).toBeGreaterThan(0);
    expect(m.state.delivered_kg_s[3]).toBeLessThan(50);
    expect(m.state.flags[GAS_FLAG.emptied] + m.state.flags[GAS_FLAG.notANumber]).toBe(0);
    expect(Math.abs(gasBalanceError_kg(m.model, m.state))).toBeLessThan(1e-4);
  });
});

describe('gas network: bad specs', () => {
  it('says everything that is wrong, at once, in sentences', () => {
    const bad: GasNetworkSpec = {
      gas: { heatCapacityRatio: 0.9 },
      nodes: [
        { id: 'A', kind: 'junction' },
        { id: 'A', kind: 'junction' },
      ],
      pipes: [
        { id: 'P', from: 'A', to: 'Z', length_m: 100, diameter_m: -0.5, friction: { kind: 'darcy', factor: 0.01 } },
      ],
      links: [{ id: 'K', kind: 'compressor', from: 'A', to: 'A', mode: 'ratio', setting: 0.5 }],
      leaks: [{ id: 'L', pipe: 'Q', at: 1.5, area_m2: -1 }],
    };
    const result = compileGasNetwork(bad, { timeStep_s: 0 });
    if (result.ok) throw new Error('it must not compile');
    for (const part of [
      'heatCapacityRatio is 0.9',
      'Two nodes are called "A"',
      'Pipe "P" ends at "Z"',
      'diameter_m is -0.5',
      'starts and ends at the same node',
      'a ratio of 0.5',
      'on "Q", which is no pipe',
      'at 1.5',
      'area_m2 -1',
      'time step of 0 s',
    ])
      expect(result.problems.join('\n')).toContain(part);
    expect(result.problems.every((p) => /\.$/.test(p))).toBe(true);
  });

  it('refuses a leak above the pipe, a loose part and a network without a pressure', () => {
    const spec = line({ kind: 'short-pipe' });
    const problems = (s: GasNetworkSpec) => {
      const r = compileGasNetwork(s, { timeStep_s: 1 });
      return r.ok ? '' : r.problems.join('\n');
    };
    expect(problems({ ...spec, leaks: [{ id: 'L', pipe: 'up', at: 0.5, area_m2: 0.4 }] })).toContain(
      "more than the pipe's own",
    );
    expect(problems({ ...spec, links: [] })).toContain('No node of given pressure is connected to "N", "C"');
    const loose = spec.nodes.map((n) => (n.kind === 'pressure' ? { id: n.id, kind: 'junction' as const } : n));
    expect(problems({ ...spec, nodes: loose })).toContain('No node has a given pressure');
  });
});

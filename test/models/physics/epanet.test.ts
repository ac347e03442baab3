/**
 * The EPANET adapter: leaks at any place, opened, grown and closed; equipment; units; snapshots; and the engine's own traps,
 * each shown beside the way around it, so that an engine that mends one is noticed.
 */
import { describe, expect, it } from 'vitest';
import { LINK_PROPERTY, NODE_PROPERTY, nodeValue } from '../../../models/physics/epanet/engine.ts';
import {
  type EpanetNetwork,
  type EpanetOptions,
  leakCoefficient,
  openEpanet,
} from '../../../models/physics/epanet/index.ts';
import { splitPipes } from '../../../models/physics/epanet/split.ts';

const LINE = (options = ' Units LPS', rows = '') => `[JUNCTIONS]
 A 10 5
 B 20 5
[RESERVOIRS]
 R 100
[PIPES]
 P1 R A 1000 200 120 4 Open
 P2 A B 500 150 120 0 Open
${rows}
[OPTIONS]
${options}
 Headloss H-W
[TIMES]
 Duration 6:00
 Hydraulic Timestep 1:00
[END]
`;

const TANKED = `[JUNCTIONS]
 A 10 12 day
 B 5 8 day
 S 0 0
[RESERVOIRS]
 R 20
[TANKS]
 T 50 4 1 8 12 0
[PIPES]
 P1 A T 800 300 110
 P2 A B 600 200 110
 P3 S A 300 300 110
[PUMPS]
 U R S HEAD c SPEED 1
[VALVES]
[CURVES]
 c 60 50
[PATTERNS]
 day 0.6 0.8 1.3 1.4 1.1 0.8
[CONTROLS]
 LINK U CLOSED IF NODE T ABOVE 6
 LINK U OPEN IF NODE T BELOW 3
[OPTIONS]
 Units LPS
 Headloss H-W
[TIMES]
 Duration 48:00
 Hydraulic Timestep 0:30
 Pattern Timestep 4:00
[END]
`;

async function open(text: string, options?: EpanetOptions): Promise<EpanetNetwork> {
  const opened = await openEpanet(text, options);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  return opened.value;
}

const rawEngine = (n: EpanetNetwork) => (n as unknown as { engine: Parameters<typeof nodeValue>[0] }).engine;
const C = leakCoefficient(0.6, 2e-4);

describe('leaks', () => {
  it('split a pipe in length and minor loss, and change nothing while they are shut', async () => {
    const plain = await open(LINE());
    const split = await open(LINE(), {
      leaks: [
        { id: 'x', pipe: 'P1', fraction: 0.75 },
        { id: 'y', pipe: 'P1', fraction: 0.25 },
      ],
    });
    plain.solve();
    split.solve();
    const { model } = split;
    expect(model.linkIds).toEqual(['P1', 'P1~2', 'P1~3', 'P2']);
    expect([...model.linkLength_m]).toEqual([250, 500, 250, 500].map((x) => expect.closeTo(x, 9)));
    expect(model.nodeIds).toEqual(['A', 'B', 'y', 'x', 'R']);
    // the reservoir has no elevation of its own, so that the pipe's other end counts
    expect(model.nodeElevation_m[2]).toBeCloseTo(10, 9);
    for (const id of ['A', 'B'])
      expect(split.state.nodeHead_m[model.nodeIndex.get(id)!]).toBeCloseTo(
        plain.state.nodeHead_m[plain.model.nodeIndex.get(id)!],
        7,
      );
  });

  it('follow c √p, share a node by their areas, grow, and are shut when closed though the engine keeps their flow', async () => {
    const n = await open(LINE(), {
      leaks: [
        { id: 'x', pipe: 'P2', fraction: 0.4 },
        { id: 'at A', node: 'A' },
        { id: 'also at A', node: 'A' },
      ],
    });
    const { state, model } = n;
    const flowAtRest = () => state.linkFlow_m3_s[0];
    n.solve();
    const before = flowAtRest();
    state.leakCoefficient.set([C, C, 2 * C]);
    n.advance();
    n.solve();
    model.leakNode.forEach((node, i) => {
      const p = state.nodeHead_m[node] - model.nodeElevation_m[node];
      expect(state.leakFlow_m3_s[i] / (state.leakCoefficient[i] * Math.sqrt(p))).toBeCloseTo(1, 6);
    });
    expect(state.leakFlow_m3_s[2]).toBeCloseTo(2 * state.leakFlow_m3_s[1], 12);
    const open_ = flowAtRest();
    state.leakCoefficient[0] = 3 * C;
    n.advance();
    n.solve();
    expect(flowAtRest()).toBeGreaterThan(open_);
    state.leakCoefficient.fill(0);
    n.advance();
    n.solve();
    expect([...state.leakFlow_m3_s]).toEqual([0, 0, 0]);
    expect(Math.max(...state.nodeEmitterFlow_m3_s)).toBe(0);
    expect(flowAtRest()).toBeCloseTo(before, 7);
    // the traps: emitter flow and total demand of the engine itself are stale
    expect(nodeValue(rawEngine(n), model.leakNode[0], NODE_PROPERTY.emitterFlow)).toBeGreaterThan(1);
    expect(nodeValue(rawEngine(n), model.leakNode[0], NODE_PROPERTY.demand)).toBeGreaterThan(1);
  });

  it('keep check valves, shut pipes and controls with the first part', () => {
    const rows = ' P3 A B 400 100 120 CV\n P4 A B 400 100 120 1.5 Closed ; spare\n';
    const { text, problems } = splitPipes(
      LINE(' Units LPS', rows),
      [
        { id: 'u', pipe: 'P3', fraction: 0.5 },
        { id: 'v', pipe: 'P4', fraction: 0.2 },
      ],
      'x.inp',
    );
    expect(problems).toEqual([]);
    expect(text).toContain(' P3 A u 200 100 120 0 CV\n P3~2 u B 200 100 120 0 Open');
    expect(text).toContain(
      ' P4 A v 80 100 120 0.30000000000000004 Closed\n P4~2 v B 320 100 120 1.2000000000000002 Open',
    );
    expect(text).toContain(' u 15 0\n v 12 0');
  });

  it('mean the same in every unit that a file can have', async () => {
    const flows: number[] = [];
    for (const [options, foot, flow] of [
      [' Units LPS', 1, 1e-3],
      [' Units CMH', 1, 1 / 3600],
      [' Units LPS\n Pressure KPA\n Specific Gravity 0.9', 1, 1e-3],
      [' Units GPM', 0.3048, (231 * 0.0254 ** 3) / 60],
      [' Units CFS\n Specific Gravity 0.9', 0.3048, 0.3048 ** 3],
    ] as const) {
      const m = 1 / foot;
      const inch = foot === 1 ? 1 : 1 / 25.4;
      const text = `[JUNCTIONS]\n A ${10 * m} 0\n[RESERVOIRS]\n R ${100 * m}\n[PIPES]\n P R A ${1000 * m} ${200 * inch} 120\n[OPTIONS]\n${options}\n Headloss H-W\n`;
      const n = await open(text, { leaks: [{ id: 'x', node: 'A' }] });
      n.state.leakCoefficient[0] = C;
      n.solve();
      const p = n.state.nodeHead_m[0] - 10;
      expect(n.state.leakFlow_m3_s[0] / (C * Math.sqrt(p))).toBeCloseTo(1, 7);
      // the file's pressure unit as the engine sees it
      const pressure = nodeValue(rawEngine(n), 0, NODE_PROPERTY.pressure);
      expect(pressure / (p * n.model.units.pressure_per_m)).toBeCloseTo(1, 9);
      expect(n.model.units.flow_m3_s).toBeCloseTo(flow, 15);
      flows.push(n.state.leakFlow_m3_s[0]);
    }
    console.log('leak in five units [m³/s]:', flows.map((q) => q.toPrecision(9)).join(' '));
    for (const q of flows) expect(q / flows[0]).toBeCloseTo(1, 5);
  });

  it('refuse a hole that is larger than the pipe', async () => {
    const n = await open(LINE(), { leaks: [{ id: 'x', pipe: 'P2', fraction: 0.4 }] });
    n.setLeakArea(0, 1e-4, 0.6);
    expect(n.state.leakCoefficient[0]).toBeCloseTo(0.6 * 1e-4 * Math.sqrt(2 * 9.80665), 15);
    expect(() => n.setLeakArea(0, 0.02, 0.6)).toThrow('x: a hole of 0.02 m² in a pipe of 0.0176');
  });

  it('let nothing in at negative pressure', async () => {
    const text = `[JUNCTIONS]\n A 60 0\n B 10 0\n[RESERVOIRS]\n R 50\n[PIPES]\n P R A 100 200 120\n Q A B 100 200 120\n[OPTIONS]\n Units LPS\n`;
    const n = await open(text, { leaks: [{ id: 'x', node: 'A' }] });
    n.state.leakCoefficient[0] = C;
    n.solve();
    expect(n.state.leakFlow_m3_s[0]).toBeCloseTo(0, 7);
  });

  it('set the exponent of a hole, unless the file has emitters of another law', async () => {
    const leaks = [{ id: 'x', node: 'A' }];
    const n = await open(LINE(' Units LPS\n Emitter Exponent 1.1'), { leaks });
    n.state.leakCoefficient[0] = C;
    n.solve();
    expect(n.state.leakFlow_m3_s[0] / (C * Math.sqrt(n.state.nodeHead_m[0] - 10))).toBeCloseTo(1, 6);
    const refused = await openEpanet(LINE(' Units LPS\n Emitter Exponent 1.1', '[EMITTERS]\n B 0.1'), { leaks });
    expect(refused.ok ? [] : refused.problems.map((p) => `${p.path}: ${p.found}`)).toEqual([
      'leaks: emitters with exponent 1.1 at 1 nodes of the file',
    ]);
  });

  it('are told from the emitters and the background leakage of the file', async () => {
    const rows = '[EMITTERS]\n A 0.2\n[LEAKAGE]\n P2 50 0\n';
    const n = await open(LINE(' Units LPS', rows), { leaks: [{ id: 'x', node: 'A' }] });
    const { state, model } = n;
    n.solve();
    const own = state.nodeEmitterFlow_m3_s[0];
    expect(own).toBeCloseTo(0.2e-3 * Math.sqrt(state.nodeHead_m[0] - 10), 9);
    expect(model.hasLeakage).toBe(true);
    expect(state.nodeLeakage_m3_s[1]).toBeGreaterThan(0);
    state.leakCoefficient[0] = C;
    n.solve();
    expect(state.leakFlow_m3_s[0] + 0.2e-3 * Math.sqrt(state.nodeHead_m[0] - 10)).toBeCloseTo(
      state.nodeEmitterFlow_m3_s[0],
      9,
    );
  });

  it('are no FAVAD areas set mid-run, because the engine ignores these', async () => {
    const n = await open(LINE());
    n.solve();
    const before = n.state.sourceFlow_m3_s[0];
    const { module, project } = rawEngine(n);
    expect(module._EN_setlinkvalue(project, 2, LINK_PROPERTY.leakArea, 100)).toBe(0);
    n.advance();
    n.solve();
    expect(n.state.sourceFlow_m3_s[0]).toBeCloseTo(before, 12);
  });
});

describe('equipment and demands', () => {
  it('come back to their set points', async () => {
    const n = await open(TANKED);
    const pump = n.model.linkIndex.get('U')!;
    n.setLinkSetting(pump, 0.9);
    n.solve();
    const running = n.state.linkFlow_m3_s[pump];
    expect(n.state.linkSetting[pump]).toBeCloseTo(0.9, 12);
    n.setLinkOpen(pump, false);
    n.solve();
    expect([n.state.linkFlow_m3_s[pump], n.state.linkOpen[pump]]).toEqual([0, 0]);
    n.setLinkOpen(pump, true);
    n.solve();
    expect(n.state.linkFlow_m3_s[pump]).toBeCloseTo(running, 6);
    expect(n.state.linkSetting[pump]).toBeCloseTo(0.9, 12);
  });

  it('multiply on top of the patterns', async () => {
    const n = await open(TANKED);
    n.solve();
    expect(n.state.nodeDemand_m3_s[0]).toBeCloseTo(0.6 * 12e-3, 12);
    n.state.nodeDemandMultiplier[0] = 1.5;
    n.solve();
    expect([...n.state.nodeDemand_m3_s.slice(0, 2)]).toEqual([
      expect.closeTo(1.5 * 0.6 * 12e-3, 12),
      expect.closeTo(0.6 * 8e-3, 12),
    ]);
    while (n.time_s < 4 * 3600) {
      n.advance();
      n.solve();
    }
    expect(n.state.nodeDemand_m3_s[0]).toBeCloseTo(1.5 * 0.8 * 12e-3, 12);
  });

  it('give way to low pressure where demand is pressure-driven', async () => {
    const text = LINE().replace('B 20 5', 'B 90 5');
    const n = await open(text, { demandModel: { kind: 'pressure-driven', minimum_m: 0, required_m: 20 } });
    expect(n.solve()).toBe(true);
    const p = n.state.nodeHead_m[1] - 90;
    expect(p).toBeLessThan(10);
    expect(n.state.nodeDemand_m3_s[1]).toBeCloseTo(5e-3 * Math.sqrt(p / 20), 8);
  });

  it('are set in metres whatever the pressure unit of the file', async () => {
    for (const unit of ['METERS', 'KPA', 'PSI', 'BAR']) {
      const text = `[JUNCTIONS]\n A 0 0\n B 0 5\n C 90 5\n[RESERVOIRS]\n R 100\n[PIPES]\n P R A 100 300 120\n Q A C 1000 200 120\n[VALVES]\n V A B 200 PRV 1 0\n[OPTIONS]\n Units LPS\n Pressure ${unit}\n Specific Gravity 0.9\n`;
      const n = await open(text, { demandModel: { kind: 'pressure-driven', minimum_m: 1, required_m: 20 } });
      n.setLinkSetting(n.model.linkIndex.get('V')!, 33);
      n.solve();
      expect(n.state.nodeHead_m[1]).toBeCloseTo(33, 6);
      expect(n.state.linkSetting[n.model.linkIndex.get('V')!]).toBeCloseTo(33, 9);
      const p = n.state.nodeHead_m[2] - 90;
      expect(n.state.nodeDemand_m3_s[2]).toBeCloseTo(5e-3 * Math.sqrt((p - 1) / 19), 8);
    }
  });

  it('keep tanks balanced and switch pumps by control', async () => {
    const n = await open(TANKED);
    const { state } = n;
    let switches = 0;
    let pumped = 1;
    let volume = 0;
    let worst = 0;
    let step = 1;
    while (step > 0) {
      n.solve();
      if (n.time_s > 0) worst = Math.max(worst, Math.abs(state.tankVolume_m3[0] - volume));
      if (state.linkOpen[3] !== pumped) switches++;
      pumped = state.linkOpen[3];
      step = n.advance();
      volume = state.tankVolume_m3[0] - state.sourceFlow_m3_s[1] * step;
    }
    console.log(`${switches} switches in 48 h; worst step of tank volume ${worst.toExponential(1)} m³`);
    expect(switches).toBeGreaterThan(2);
    expect(worst).toBeLessThan(1e-2); // EPANET's own rounded LPS per cubic foot
  });
});

describe('snapshots', () => {
  const leaks = [{ id: 'x', pipe: 'P2', fraction: 0.5 }];
  const run = (n: EpanetNetwork, until: number): number[] => {
    const seen: number[] = [];
    while (n.state.clock[1] < until) {
      n.state.leakCoefficient[0] = n.state.clock[1] > 30000 ? C : 0;
      n.state.nodeDemandMultiplier[1] = 1 + 0.2 * Math.sin(n.state.clock[1] / 5000);
      n.solve();
      seen.push(n.time_s, ...n.state.nodeHead_m, ...n.state.linkFlow_m3_s, ...n.state.leakFlow_m3_s);
      if (n.advance() === 0) break;
    }
    return seen;
  };

  it('go on bit by bit, in the same network and in another one opened from the same text', async () => {
    const n = await open(TANKED, { leaks });
    run(n, 60000);
    const kept = n.snapshot();
    const rest = run(n, 172800);
    n.restore(kept);
    expect(run(n, 172800)).toEqual(rest);
    const other = await open(TANKED, { leaks });
    run(other, 20000);
    other.restore(kept);
    expect(run(other, 172800)).toEqual(rest);
    console.log(`snapshot of ${kept.length} bytes, ${rest.length} equal numbers after it`);
  });

  it('grow the memory that they are put into', async () => {
    const n = await open(TANKED, { leaks });
    const { module } = rawEngine(n);
    const big = module._malloc(40e6);
    module.HEAPU8[big + 39e6] = 7;
    run(n, 60000);
    const kept = n.snapshot();
    const rest = run(n, 172800);
    const other = await open(TANKED, { leaks });
    other.restore(kept);
    expect(run(other, 172800)).toEqual(rest);
  });

  it('are refused by a network of other text', async () => {
    const n = await open(TANKED, { leaks });
    const other = await open(TANKED);
    expect(() => other.restore(n.snapshot())).toThrow('another text or other options');
    expect(() => other.restore(new Uint8Array(3))).toThrow('no snapshot');
  });
});

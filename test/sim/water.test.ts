/** A water network as a plant: its start, its balance, its leaks, its repeatability, and what commands do to it. */
import { describe, expect, it } from 'vitest';
import { type Command, Quality, type TruthEvent } from '../../models/contract/index.ts';
import { leakCoefficient } from '../../models/physics/epanet/index.ts';
import type { WaterSim } from '../../sim/index.ts';
import { bitsOf, CALM, DISTRICT, lastRate, SITE, scans, startWater, truly } from './water.ts';

const open = (area_m2: number, growth_s = 0): Command => ({ kind: 'leak.open', leak: 'leak-1', area_m2, growth_s });
const close: Command = { kind: 'leak.close', leak: 'leak-1' };
const tankLevel = (sim: WaterSim) => sim.physics.network.state.tankLevel_m[0]!;

describe('an undisturbed start', () => {
  it.each([0, 2e-4])(
    'moves no head by more than the tank that fills, with a hole of %d m2 from long before',
    async (openArea_m2) => {
      const sim = await startWater(CALM, { leaks: [{ ...SITE, openArea_m2 }] });
      const { nodeHead_m, leakFlow_m3_s } = sim.physics.network.state;
      let before = Float64Array.from(nodeHead_m);
      const leak = leakFlow_m3_s[0]!;
      let level = tankLevel(sim);
      let worst = 0;
      scans(sim, 4, () => {
        const rise = Math.abs(tankLevel(sim) - level);
        nodeHead_m.forEach((h, n) => {
          worst = Math.max(worst, Math.abs(h - before[n]!) / rise);
        });
        before = Float64Array.from(nodeHead_m);
        level = tankLevel(sim);
      });
      console.log(`largest change of a head: ${worst.toFixed(4)} of the tank's`);
      expect(worst).toBeLessThan(1 + 1e-6);
      expect(leakFlow_m3_s[0]).toBeCloseTo(leak, openArea_m2 > 0 ? 5 : 12);
      expect(leak > 0).toBe(openArea_m2 > 0);
    },
  );
});

describe('a day with a leak, a burst and operations', () => {
  it('keeps the mass balance and violates nothing', async () => {
    const sim = await startWater(DISTRICT, { leaks: [SITE, { ...SITE, id: 'leak-2', pipe: 'T-5' }] });
    const events: [number, Command][] = [
      [12, open(1e-4, 7200)],
      [70, { kind: 'pump', element: 'PU-1', action: 'trip' }],
      [90, { kind: 'pump', element: 'PU-2', action: 'start' }],
      [120, { kind: 'set', element: 'PRV-B', property: 'setPoint', value: 2.8e5 }],
      [140, { kind: 'set', element: 'TCV-C', property: 'opening', value: 0 }],
      [150, { kind: 'leak.open', leak: 'leak-2', area_m2: 2e-3, growth_s: 0 }],
      [170, { kind: 'leak.close', leak: 'leak-2' }],
      [180, { kind: 'pump', element: 'PU-1', action: 'start' }],
      [200, { kind: 'set', element: 'PU-1', property: 'speed', value: 0.9 }],
      [230, { kind: 'set', element: 'TCV-C', property: 'opening', value: 0.5 }],
      [260, close],
    ];
    let n = 0;
    for (const [at, command] of events) {
      scans(sim, at - n);
      n = at;
      expect(sim.apply([command])).toEqual([]);
    }
    scans(sim, 288 - n);
    expect(sim.violations()).toEqual([]);
    const defect = sim.physics.massDefect();
    console.log(`mass balance open by ${defect.toExponential(1)} of what flowed in 24 h`);
    expect(defect).toBeLessThan(1e-5);
    const leaked = sim.drainTruth().filter((e) => e.kind === 'leak.closed');
    const emitted_m3 = sim.physics.state.ledger_m3[2]!;
    expect(leaked.reduce((sum, e) => sum + e.volume_m3, 0)).toBeCloseTo(emitted_m3, 6);
  });
});

describe('a leak', () => {
  it('discharges as an orifice does, and nothing once it is closed', async () => {
    const sim = await startWater(DISTRICT, { leaks: [SITE] });
    const twin = await startWater(DISTRICT, { leaks: [SITE] });
    scans(sim, 3);
    expect(sim.apply([open(1.5e-4)])).toEqual([]);
    const truth: TruthEvent[] = [];
    scans(sim, 6);
    truth.push(...sim.drainTruth());
    const net = sim.physics.network.state;
    const node = sim.physics.model.epanet.leakNode[0]!;
    const head_m = net.nodeHead_m[node]! - sim.physics.model.epanet.nodeElevation_m[node]!;
    const flow_m3_s = leakCoefficient(0.6, 1.5e-4) * Math.sqrt(head_m);
    const rate = lastRate(truth);
    expect(rate?.kind === 'leak.rate' && rate.massRate_kg_s / 999.7).toBeCloseTo(flow_m3_s, 8);
    // Six scans of 300 s at nearly this rate: it runs from the command on.
    expect(rate?.kind === 'leak.rate' && rate.volume_m3).toBeGreaterThan(0.97 * 1800 * flow_m3_s);
    sim.apply([close]);
    expect(net.leakFlow_m3_s[0]).toBe(0);
    scans(sim, 1);
    scans(twin, 10);
    // The customers draw what they would have drawn; only the tank remembers.
    expect(truly(sim, 'FT-201')).toBeCloseTo(truly(twin, 'FT-201'), 6);
    expect(tankLevel(sim)).toBeLessThan(tankLevel(twin));
  });

  it('grows linearly, and its place alone changes nothing', async () => {
    const plain = await startWater(DISTRICT);
    const sim = await startWater(DISTRICT, { leaks: [SITE] });
    scans(plain, 2);
    scans(sim, 2);
    expect(truly(sim, 'PT-202')).toBeCloseTo(truly(plain, 'PT-202'), 1);
    sim.apply([open(2e-4, 3600)]);
    const flows: number[] = [];
    scans(sim, 12, () => flows.push(sim.physics.network.state.leakFlow_m3_s[0]!));
    expect(flows[5]! / flows[11]!).toBeCloseTo(0.5, 1);
    expect(flows.every((q, i) => i === 0 || q > flows[i - 1]!)).toBe(true);
  });

  it('is sized by the pressure over its place', async () => {
    const sim = await startWater(CALM, { leaks: [SITE] });
    const area_m2 = sim.physics.leakArea_m2('leak-1', 2);
    expect(sim.apply([open(area_m2 as number)])).toEqual([]);
    // A little less: the pressure falls where it runs out.
    expect(sim.physics.network.state.leakFlow_m3_s[0]! * 999.7).toBeGreaterThan(1.9);
    expect(sim.physics.network.state.leakFlow_m3_s[0]! * 999.7).toBeLessThan(2);
    expect(sim.physics.leakArea_m2('leak-1', 2000)).toMatch(/would need a hole/);
  });

  it('behind a back-pressure, twice, or wider than its pipe is refused', async () => {
    const sim = await startWater(DISTRICT, { leaks: [SITE, { ...SITE, id: 'deep', fraction: 0.8, backHead_m: 2 }] });
    expect(sim.apply([{ ...open(1e-4), leak: 'deep' } as Command])[0]).toMatch(/back-pressure/);
    expect(sim.apply([open(1)])[0]).toMatch(/more than the bore of A12/);
    expect(sim.apply([open(1e-4), open(1e-4)])).toEqual(['leak "leak-1" is open already']);
  });
});

describe('a run', () => {
  const EVENTS: readonly [number, Command][] = [
    [4, open(1e-4, 3000)],
    [7, { kind: 'pump', element: 'PU-1', action: 'trip' }],
    [9, { kind: 'set', element: 'PRV-B', property: 'setPoint', value: 3e5 }],
    [12, { kind: 'fault', fault: 'f1', target: 'FT-201', form: 'stuck' }],
    [20, { kind: 'pump', element: 'PU-2', action: 'start' }],
    [30, close],
  ];
  const drive = (sim: WaterSim, to: number): string[] => {
    const seen: string[] = [];
    for (let n = Math.round(sim.timeUs / 300e6); n < to; n += 1) {
      for (const [at, command] of EVENTS) if (at === n) expect(sim.apply([command])).toEqual([]);
      scans(sim, 1, (frame) => seen.push(bitsOf(frame)));
    }
    return seen;
  };

  it('is the same bit for bit when run again, and when resumed in its middle', async () => {
    const sim = await startWater(DISTRICT, { seed: 3, leaks: [SITE] });
    const first = drive(sim, 10);
    const bytes = sim.snapshot();
    const at = sim.fingerprint();
    const rest = drive(sim, 40);

    const other = await startWater(DISTRICT, { seed: 3, leaks: [SITE] });
    expect(drive(other, 25)).toEqual([...first, ...rest.slice(0, 15)]);
    other.restore(bytes);
    expect(other.fingerprint()).toBe(at);
    expect(drive(other, 40)).toEqual(rest);
    expect(other.fingerprint()).toBe(sim.fingerprint());
    expect(bytes.length).toBe(sim.snapshot().length);
  });

  it('of another seed has other customers', async () => {
    const [a, b] = [await startWater(DISTRICT, { seed: 1 }), await startWater(DISTRICT, { seed: 2 })];
    scans(a, 2);
    scans(b, 2);
    expect(truly(a, 'FT-301')).not.toBe(truly(b, 'FT-301'));
  });
});

describe('commands', () => {
  it('trip a pump so that its level control leaves it alone until it is started', async () => {
    const sim = await startWater(DISTRICT);
    sim.apply([{ kind: 'pump', element: 'PU-1', action: 'trip' }]);
    expect(truly(sim, 'FT-101')).toBeCloseTo(0, 6);
    scans(sim, 96);
    expect(tankLevel(sim)).toBeLessThan(2.6);
    expect(truly(sim, 'XS-101')).toBe(0);
    const trip = { station: 'WORKS', element: 'PU-1', property: 'trip', unit: '', description: '' } as const;
    expect(sim.controlValue(trip)).toBe(1);
    sim.apply([{ kind: 'pump', element: 'PU-1', action: 'start' }]);
    expect(truly(sim, 'FT-101')).toBeGreaterThan(0.03);
    expect(sim.controlValue(trip)).toBe(0);
    // Back on its level control, which stops it when the tank is full.
    const started: number[] = [];
    scans(sim, 144, () => started.push(truly(sim, 'XS-101')));
    expect(started).toContain(0);
  });

  it('hold a pump at the speed that was set, also when its level control starts it', async () => {
    const sim = await startWater(DISTRICT);
    const rated = truly(sim, 'FT-101');
    sim.apply([{ kind: 'set', element: 'PU-1', property: 'speed', value: 0.95 }]);
    expect(truly(sim, 'FT-101')).toBeLessThan(0.95 * rated);
    const speeds = new Set<number>();
    scans(sim, 288, () => speeds.add(truly(sim, 'ST-101')));
    expect([...speeds].sort()).toEqual([0, 0.95]);
  });

  it('move the pressure behind a valve and the flow through one', async () => {
    const sim = await startWater(CALM);
    sim.apply([{ kind: 'set', element: 'PRV-B', property: 'setPoint', value: 2.5e5 }]);
    expect(truly(sim, 'PT-301')).toBeCloseTo(2.5e5, 0);
    expect(truly(sim, 'PC-301')).toBeCloseTo(2.5e5, 3);
    const both = truly(sim, 'FT-401') + truly(sim, 'FT-402');
    sim.apply([{ kind: 'set', element: 'TCV-C', property: 'opening', value: 0 }]);
    expect(truly(sim, 'FT-402')).toBeCloseTo(0, 6);
    expect(truly(sim, 'FT-401')).toBeCloseTo(both, 5);
    expect(truly(sim, 'ZT-401')).toBe(0);
    sim.apply([{ kind: 'set', element: 'TCV-C', property: 'opening', value: 1 }]);
    expect(truly(sim, 'FT-402')).toBeGreaterThan(0.3 * both);
  });

  it('that cannot be done are refused with a sentence', async () => {
    const sim = await startWater(DISTRICT);
    expect(
      sim.apply([
        { kind: 'pump', element: 'PU-9', action: 'start' },
        { kind: 'set', element: 'PRV-B', property: 'opening', value: 0.5 },
        { kind: 'set', element: 'TCV-C', property: 'setPoint', value: 1e5 },
        { kind: 'set', element: 'PU-1', property: 'speed', value: 2 },
        close,
      ]),
    ).toEqual([
      'there is no pump "PU-9"',
      'there is no throttle valve "PRV-B"',
      'there is no pressure valve "TCV-C"',
      'speed of PU-1: 2 is not above 0 and at most 1.3 of rated',
      'there is no leak "leak-1"',
    ]);
  });
});

describe("customers' meters", () => {
  it('report by exception', async () => {
    const sim = await startWater(DISTRICT);
    const meter = sim.model.tagIndex.get('FQ-712')!;
    let held = 0;
    scans(sim, 144, (frame) => {
      held += frame.quality[meter] === Quality.held ? 1 : 0;
    });
    console.log(`a customer's meter is silent in ${held} of 144 scans`);
    expect(held).toBeGreaterThan(40);
    expect(held).toBeLessThan(140);
  });
});

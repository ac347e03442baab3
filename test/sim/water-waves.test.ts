/** The district in its pressure waves: it starts where EPANET is, moves only when moved, and agrees with EPANET once waves are gone. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Command, createFrame, unwrap } from '../../models/contract/index.ts';
import { burstHead_m, massBalanceError_m3 } from '../../models/physics/index.ts';
import {
  type CompilePlantOptions,
  createSim,
  preparePlant,
  readPlant,
  type TransientSim,
  type TransientSpec,
  type WaterSim,
} from '../../sim/index.ts';
import { bitsOf, CALM, SITE, startWater } from './water.ts';

const path = fileURLToPath(new URL('../../models/plants/district-transient.yaml', import.meta.url));
const WAVES = unwrap(readPlant(path)).value as TransientSpec;
const CALM_WAVES: TransientSpec = {
  ...WAVES,
  demands: CALM.demands,
  transient: { ...WAVES.transient, start: 0, pulses: undefined },
};
const MAIN = { id: 'main', pipe: 'T-7', fraction: 0.5, dischargeCoefficient: 0.6 };

async function start(spec = WAVES, options: Partial<CompilePlantOptions> = {}): Promise<TransientSim> {
  await preparePlant(spec);
  return createSim(spec, { seed: 1, ...options });
}

function seconds(sim: TransientSim | WaterSim, n: number): void {
  const frame = createFrame(sim.layout);
  const end = sim.timeUs + n * 1e6;
  while (sim.timeUs < end) sim.step(frame);
}

const truly = (sim: TransientSim, tag: string) => sim.physics.trueValue(sim.model.tagIndex.get(tag)!);
const open = (leak: string, area_m2: number): Command => ({ kind: 'leak.open', leak, area_m2, growth_s: 0 });
const heads = (sim: TransientSim) => Float64Array.from(sim.physics.state.network.nodeHead_m);
const largest = (a: Float64Array, b: Float64Array) => a.reduce((m, x, i) => Math.max(m, Math.abs(x - b[i]!)), 0);

describe('the start', () => {
  it.each([
    [WAVES, 0],
    [WAVES, 3e-4],
    [{ ...WAVES, transient: { ...WAVES.transient, start: 7 * 3600 } }, 3e-4],
  ])('%# is where EPANET is at that hour, with and without a hole', async (spec, openArea_m2) => {
    const sim = await start(spec, { leaks: [{ ...SITE, openArea_m2 }] });
    const { startError_m } = sim.physics.model;
    console.log(`heads differ from EPANET's by at most ${startError_m.toExponential(1)} m`);
    expect(startError_m).toBeLessThan(1e-3);
    expect(truly(sim, 'PT-101')).toBeGreaterThan(3e5);
  });

  it.each([0, 3e-4])('moves no head by more than the tank that fills, with a hole of %d m2', async (openArea_m2) => {
    const sim = await start(CALM_WAVES, { leaks: [{ ...SITE, openArea_m2 }] });
    const before = heads(sim);
    const level = truly(sim, 'LT-101');
    seconds(sim, 20);
    const moved = largest(heads(sim), before);
    const tank = Math.abs(truly(sim, 'LT-101') - level);
    console.log(`moved ${moved.toExponential(2)} m in 20 s, the tank ${tank.toExponential(2)} m`);
    expect(moved).toBeLessThan(1.02 * tank + 1e-6);
  });
});

describe('a burst', () => {
  it('makes the head of the closed form at once, and its wave arrives after distance over wave speed', async () => {
    const sim = await start(CALM_WAVES, { leaks: [MAIN] });
    const { model, state } = sim.physics;
    const { node } = model.leaks[0]!;
    const part = model.network.pipeIndex.get('T-7.a')!;
    const before = state.network.nodeHead_m[node]!;
    const z = model.network.nodeElevation_m[node]!;
    const c = 0.6 * 5e-4 * Math.sqrt(2 * 9.80665);
    expect(sim.apply([open('main', 5e-4)])).toEqual([]);
    const frame = createFrame(sim.layout);
    const j6 = model.network.nodeIndex.get('J-6')!;
    const still = state.network.nodeHead_m[j6]!;
    let first = Number.NaN;
    let arrived = 0;
    for (let i = 1; arrived === 0; i++) {
      sim.step(frame);
      if (i === 1) first = state.network.nodeHead_m[node]!;
      if (still - state.network.nodeHead_m[j6]! > 0.1) arrived = i;
    }
    const expected = burstHead_m(
      before,
      z,
      c,
      model.network.pipeWaveSpeed_m_s[part]!,
      model.network.pipeArea_m2[part]!,
      model.network.gravity_m_s2,
    );
    console.log(
      `head at the burst ${first.toFixed(4)} m, closed form ${expected.toFixed(4)} m, from ${before.toFixed(2)} m`,
    );
    expect(Math.abs(first - expected)).toBeLessThan(1e-3 * (before - expected));
    expect(arrived - 1).toBe(model.network.pipeReaches[part]!);
    const travel_s = (0.5 * 1430) / 1050;
    console.log(
      `J-6 feels it after ${((arrived - 1) * model.tick_s).toFixed(2)} s, by its length ${travel_s.toFixed(2)} s`,
    );
    expect(Math.abs((arrived - 1) * model.tick_s - travel_s)).toBeLessThan(model.tick_s);
  });

  it('leaves the heads that EPANET finds once its waves are gone', async () => {
    const leaks = [SITE];
    const sim = await start(CALM_WAVES, { leaks });
    const twin = await startWater(CALM, { leaks });
    for (const s of [sim, twin]) expect(s.apply([open('leak-1', 2e-4)])).toEqual([]);
    seconds(sim, 900);
    seconds(twin, 900);
    const { nodeHead_m } = twin.physics.network.state;
    let worst = 0;
    twin.physics.network.model.nodeIds.forEach((id, n) => {
      const own = sim.physics.model.network.nodeIndex.get(id);
      if (own !== undefined)
        worst = Math.max(worst, Math.abs(nodeHead_m[n]! - sim.physics.state.network.nodeHead_m[own]!));
    });
    const rate = sim.physics.state.network.orificeFlow_m3_s[0]! / twin.physics.network.state.leakFlow_m3_s[0]! - 1;
    console.log(
      `after 15 min heads within ${worst.toExponential(1)} m of EPANET's, the leak within ${rate.toExponential(1)}`,
    );
    expect(worst).toBeLessThan(2e-2);
    expect(Math.abs(rate)).toBeLessThan(1e-3);
    expect(sim.violations()).toEqual([]);
  });
});

describe('a pump that trips with hardly any inertia', () => {
  it.each([
    ['none', /below vapour pressure/],
    ['gas-cavity', undefined],
  ] as const)('tears the column: with cavitation %s', async (cavitation, told) => {
    const pumps = { ...CALM_WAVES.transient.pumps, inertia: 0.05 };
    const sim = await start({ ...CALM_WAVES, transient: { ...CALM_WAVES.transient, cavitation, pumps } });
    if (truly(sim, 'XS-101') === 0) sim.apply([{ kind: 'pump', element: 'PU-1', action: 'start' }]);
    sim.apply([{ kind: 'pump', element: 'PU-2', action: 'start' }]);
    seconds(sim, 25);
    expect(sim.violations()).toEqual([]);
    for (const element of ['PU-1', 'PU-2']) sim.apply([{ kind: 'pump', element, action: 'trip' }]);
    seconds(sim, 8);
    if (told) expect(sim.violations().join()).toMatch(told);
    else expect(sim.violations()).toEqual([]);
    expect(sim.physics.massDefect()).toBeLessThan(1e-4);
  });
});

describe('a run with a burst, a pump that starts and trips, and valves that move', () => {
  const events: [number, Command][] = [
    [10, open('leak-1', 2e-4)],
    [40, { kind: 'pump', element: 'PU-1', action: 'start' }],
    [70, { kind: 'leak.close', leak: 'leak-1' }],
    [90, { kind: 'pump', element: 'PU-1', action: 'trip' }],
    [110, { kind: 'set', element: 'PRV-B', property: 'setPoint', value: 2.6e5 }],
    [120, { kind: 'set', element: 'TCV-C', property: 'opening', value: 0.2 }],
    [150, { kind: 'pump', element: 'PU-1', action: 'start' }],
  ];
  const run = async (resumeAt?: number) => {
    let sim = await start(WAVES, { leaks: [SITE] });
    const seen: string[] = [];
    const frame = createFrame(sim.layout);
    for (let t = 0; t < 180; t++) {
      if (t === resumeAt) {
        const kept = sim.snapshot();
        sim = await start(WAVES, { leaks: [SITE] });
        sim.restore(kept);
      }
      for (const [at, command] of events) if (at === t) expect(sim.apply([command])).toEqual([]);
      sim.scan(frame);
      seen.push(bitsOf(frame));
    }
    return { sim, seen };
  };

  it('keeps the mass balance, violates nothing, and is the same bit for bit again and resumed', async () => {
    const once = await run();
    const { sim } = once;
    const open_m3 = massBalanceError_m3(sim.physics.model.network, sim.physics.state.network);
    console.log(
      `balance open by ${open_m3.toExponential(1)} m3, ${sim.physics.massDefect().toExponential(1)} of what flowed in three minutes`,
    );
    expect(sim.physics.massDefect()).toBeLessThan(3e-5);
    expect(sim.violations()).toEqual([]);
    expect(truly(sim, 'XS-101')).toBe(1);
    const resumed = await run(97);
    expect(resumed.seen).toEqual(once.seen);
    expect(resumed.sim.fingerprint()).toBe(sim.fingerprint());
  });
});

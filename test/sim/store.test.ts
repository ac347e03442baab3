/** The chlorine store: rest, closed forms of its outflow, shutdown, balances of store and air, repeatability, robot and room. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Command, createFrame, type TruthEvent, unwrap } from '../../models/contract/index.ts';
import { createSim, type InAirPhysics, readPlant, type StorePhysics } from '../../sim/index.ts';

const PLANT = fileURLToPath(new URL('../../models/plants/chlorine-store.yaml', import.meta.url));
const SPEC = unwrap(readPlant(PLANT)).value;
const hole = (pipe: string, fraction: number) => ({ id: 'leak-1', pipe, fraction, dischargeCoefficient: 0.6 });
const WIND: Command = { kind: 'weather', wind_m_s: 2, from_rad: 1.5 * Math.PI, stability: 'D', gusts: 0.1 };
const open = (diameter_m: number): Command => ({
  kind: 'leak.open',
  leak: 'leak-1',
  area_m2: (Math.PI / 4) * diameter_m ** 2,
  growth_s: 0,
});

function start(leak = hole('L-1', 0.2), more: Partial<Parameters<typeof createSim>[1]> = {}) {
  const sim = createSim(SPEC, { seed: 5, leaks: [leak], ...more });
  const frame = createFrame(sim.layout);
  const physics = sim.physics as unknown as StorePhysics & InAirPhysics;
  return {
    sim,
    frame,
    physics,
    air: physics.air!,
    give: (...commands: Command[]) => expect(sim.apply(commands)).toEqual([]),
    run(seconds: number) {
      const end = sim.timeUs + seconds * 1e6;
      while (sim.timeUs < end) sim.scan(frame);
    },
    shown: (tag: string) => frame.value[sim.layout.column[sim.model.tagIndex.get(tag)!]!]!,
  };
}

describe('a store at rest', () => {
  it('stands at the vapour pressure, uses what its lines draw, and smells of nothing', () => {
    const store = start();
    store.run(600);
    // 15 °C: NIST gives chlorine 5.8 bar absolute.
    expect(store.shown('PT-1') + 1.01325).toBeCloseTo(5.8, 0);
    // Within two standard deviations of the meter's own error.
    expect(Math.abs((store.shown('FT-1') * 1425) / 60 / 1000 - 90 / 3600)).toBeLessThan(
      (2 * 0.002 * 12 * 1425) / 60_000,
    );
    for (const tag of ['AT-1', 'AT-6', 'AT-8', 'AT-9']) expect(Math.abs(store.shown(tag))).toBeLessThan(0.3);
    expect(store.shown('XE-1')).toBe(0);
    expect(store.sim.violations()).toEqual([]);
    expect(store.sim.drainTruth()).toEqual([]);
  });
});

describe('a broken liquid line', () => {
  it('flashes, rains out, is smelt by two of three cells, and the shutdown ends it with what the line held', () => {
    const store = start();
    store.give(WIND);
    store.run(60);
    store.give(open(0.006));
    store.run(2);
    const first = store.physics.state.leakRate_kg_s[0]!;
    // 0.6 A G with Leung's saturated G of chlorine at 5.8 bar, some 2.9 t/(m2 s) by ω of 3.
    console.log(`first ${first.toFixed(3)} kg/s, ${store.physics.state.mist[0]!.toFixed(2)} of the jet is mist`);
    expect(first / (0.6 * (Math.PI / 4) * 0.006 ** 2)).toBeGreaterThan(2000);
    expect(first / (0.6 * (Math.PI / 4) * 0.006 ** 2)).toBeLessThan(20_000);
    store.run(300);
    expect(store.shown('XE-1')).toBe(1);
    expect(store.shown('ZT-1')).toBeLessThan(1);
    const truth = store.sim.drainTruth();
    const last = truth.filter((e): e is Extract<TruthEvent, { kind: 'leak.rate' }> => e.kind === 'leak.rate').at(-1)!;
    expect(last.massRate_kg_s).toBeLessThan(1e-3);
    expect(store.physics.state.leakOut_kg[0]!).toBeLessThan(25);
    expect(store.sim.violations()).toEqual([]);
  });

  it('is kept by the air: what was given is aloft, gone, or on its way as heavy gas', () => {
    const store = start(hole('V-1', 0.2));
    store.give(WIND, open(0.004));
    store.run(240);
    const { air } = store;
    const s = air.plant.species.findIndex((x) => x.id === 'chlorine');
    const { aloft_kg, emitted_kg, gone_kg } = air.gas.mass_kg(s);
    const held = air.plant.placed.reduce((sum, _, k) => sum + air.held_kg(k), 0);
    const left = store.physics.state.gone_kg.reduce((sum, x) => sum + x, 0);
    const { left_kg, leakOut_kg } = store.physics.state;
    const used = left_kg[0]! + left_kg[1]! - leakOut_kg[0]!;
    console.log(`${left.toFixed(2)} kg left, ${emitted_kg.toFixed(2)} in the air, ${held.toFixed(2)} on its way`);
    expect(Math.abs(emitted_kg - aloft_kg - gone_kg)).toBeLessThan(1e-9 * emitted_kg);
    expect(Math.abs(left - used - emitted_kg - held)).toBeLessThan(0.002 * left);
    expect(held).toBeGreaterThan(0);
  });
});

describe('repeatability', () => {
  it('resumed from the middle of a heavy cloud, a robot on its way and a lorry, it goes on bit for bit', () => {
    const emitters = [
      { id: 'lorry', species: 'nitrogen-dioxide', from_m: [-30, 20, 0.5], to_m: [0, 10, 0.5], over_s: 60 },
    ] as const;
    for (const wind_m_s of [2, 0.3]) {
      const begin = () => start(hole('L-1', 0.2), { emitters });
      const a = begin();
      a.give({ ...WIND, wind_m_s }, open(0.006), { kind: 'patrol', patrol: 'RB-1', running: true });
      a.give({ kind: 'emission', emission: 'lorry', massRate_kg_s: 1e-4 });
      a.run(40);
      const kept = a.sim.snapshot();
      a.run(60);
      const b = begin();
      b.sim.restore(kept);
      b.run(60);
      expect(b.sim.fingerprint()).toBe(a.sim.fingerprint());
      expect([...b.frame.value]).toEqual([...a.frame.value]);
    }
  });
});

describe('what moves', () => {
  it('says where it is, and its cell smells there', () => {
    const store = start();
    store.give({ kind: 'patrol', patrol: 'RB-1', running: true });
    store.run(18);
    expect(store.shown('XR-1')).toBeCloseTo(20, 0);
    expect(store.shown('YR-1')).toBeLessThan(5);
    expect(store.sim.drainTruth()).toMatchObject([{ kind: 'disturbance', ref: 'RB-1' }]);
    expect(store.sim.apply([{ kind: 'patrol', patrol: 'RB-9', running: true }])).toEqual([
      'there is no patrol "RB-9"; known: RB-1',
    ]);
  });
});

describe('the drum room', () => {
  it('sends a fiftieth of what leaks through the scrubber, and all of it out of the doors once the fan stands', () => {
    const store = start(hole('V-2', 0.95));
    store.give(open(0.002));
    store.run(300);
    const { state } = store.physics;
    expect(store.shown('AT-9')).toBeGreaterThan(5);
    const rate = state.leakRate_kg_s[0]!;
    expect(state.stack_kg_s[0]! / rate).toBeLessThan(0.021);
    store.give({ kind: 'pump', element: 'FN-1', action: 'trip' });
    store.run(60);
    expect(state.stack_kg_s[0]).toBe(0);
    expect(state.door_kg_s[0]!).toBeGreaterThan(0);
    expect(store.sim.violations()).toEqual([]);
  });
});

/** The tank farm in its air: from the hole to the detector's tag, the balance of the gas, repeatability, faults, both carriers. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Command, createFrame, Quality, type TruthEvent, unwrap } from '../../../models/contract/index.ts';
import { createSim, type InAir, type InAirPhysics, readPlant, type TanksSpec } from '../../../sim/index.ts';

const PLANT = fileURLToPath(new URL('../../../models/plants/tank-farm.yaml', import.meta.url));
type FarmSpec = TanksSpec & InAir;
const SHIPPED = unwrap(readPlant(PLANT)).value as FarmSpec;
const LEAK = { id: 'leak-1', pipe: 'TK-5', fraction: 0, dischargeCoefficient: 0.6 };
const WEATHER: Command = {
  kind: 'weather',
  wind_m_s: 2.5,
  from_rad: (240 * Math.PI) / 180,
  stability: 'E',
  gusts: 0.2,
};
const OPEN: Command = { kind: 'leak.open', leak: 'leak-1', area_m2: (Math.PI / 4) * 0.012 ** 2, growth_s: 0 };

function start(spec: FarmSpec = SHIPPED, seed = 31) {
  const sim = createSim(spec, { seed, leaks: [LEAK] });
  const frame = createFrame(sim.layout);
  const physics = sim.physics as unknown as InAirPhysics;
  return {
    sim,
    frame,
    air: physics.air!,
    give: (...commands: Command[]) => expect(sim.apply(commands)).toEqual([]),
    run(minutes: number) {
      const end = sim.timeUs + minutes * 60e6;
      while (sim.timeUs < end) sim.scan(frame);
    },
    shown: (tag: string) => frame.value[sim.layout.column[sim.model.tagIndex.get(tag)!]!]!,
    quality: (tag: string) => frame.quality[sim.model.tagIndex.get(tag)!]!,
  };
}

function openedFarm(spec: FarmSpec = SHIPPED, minutes = 12) {
  const farm = start(spec);
  farm.give(WEATHER, OPEN);
  farm.run(minutes);
  return farm;
}

describe('a hole in the gasoline tank', () => {
  it('shows at the detectors downwind and on the beam, its truth says where and how much, and no gas is lost', () => {
    const farm = start();
    farm.give(WEATHER);
    farm.run(2);
    const clean = farm.shown('AT-4');
    farm.give(OPEN);
    farm.run(20);
    const truth = farm.sim.drainTruth();
    const opened = truth.find((e) => e.kind === 'leak.opened')!;
    expect(opened).toMatchObject({ place_m: [14, -26, 0], source: 'BU-2' });
    const released = truth.filter(
      (e): e is Extract<TruthEvent, { kind: 'air.release' }> => e.kind === 'air.release' && e.ref === 'BU-2/gasoline',
    );
    const last = released[released.length - 1]!;
    const gasoline = farm.air.plant.species.findIndex((s) => s.id === 'gasoline');
    const { aloft_kg, emitted_kg, gone_kg } = farm.air.gas.mass_kg(gasoline);
    console.log(
      `after 20 min: ${last.massRate_kg_s.toFixed(3)} kg/s rise from the pool; AT-4 ${clean.toFixed(1)} to ${farm.shown('AT-4').toFixed(1)} %LEL; of ${emitted_kg.toFixed(1)} kg ${aloft_kg.toFixed(1)} kg are aloft, ${gone_kg.toFixed(1)} kg gone`,
    );
    expect(last.massRate_kg_s).toBeGreaterThan(0.05);
    expect(farm.shown('AT-4')).toBeGreaterThan(clean + 5);
    expect(Math.max(farm.shown('BT-1'), farm.shown('AT-5') / 100)).toBeGreaterThan(0.03);
    expect(Math.abs(emitted_kg - aloft_kg - gone_kg)).toBeLessThan(1e-9 * emitted_kg);
    expect(farm.sim.violations()).toEqual([]);
  });

  it('shows nothing upwind: the air is not everywhere', () => {
    const farm = openedFarm();
    expect(Math.abs(farm.shown('AT-3'))).toBeLessThan(4);
    expect(Math.abs(farm.shown('BT-2'))).toBeLessThan(0.05);
  });

  it('is carried by particles among the tanks as well, no gas lost', () => {
    const air = { ...SHIPPED.air!, model: 'particles' as const, 'parcels-per-second': 2 };
    // Few solids: the field of the wind is computed once for all directions.
    const site = {
      ...SHIPPED.site!,
      bunds: [],
      racks: [],
      fences: [],
      tanks: SHIPPED.site!.tanks.slice(4),
      buildings: [],
    };
    const farm = openedFarm({ ...SHIPPED, air, site }, 4);
    expect(farm.sim.violations()).toEqual([]);
    const gasoline = farm.air.plant.species.findIndex((s) => s.id === 'gasoline');
    expect(farm.air.gas.mass_kg(gasoline).aloft_kg).toBeGreaterThan(0);
  });
});

describe('repeatability', () => {
  it('same seed, same bits; another seed, another wind', () => {
    const [a, b] = [openedFarm(), openedFarm()];
    expect(b.sim.fingerprint()).toBe(a.sim.fingerprint());
    const other = start(SHIPPED, 32);
    other.give(WEATHER, OPEN);
    other.run(12);
    expect(other.shown('WS-1')).not.toBe(a.shown('WS-1'));
  });

  it('resumed from the middle of a leak, a turning wind and a fault, it goes on bit for bit', () => {
    const a = openedFarm(SHIPPED, 6);
    a.give({ kind: 'weather', wind_m_s: 1, from_rad: 5, over_s: 600 });
    a.give({ kind: 'fault', fault: 'f', target: 'AT-4', form: 'poisoned', size: 0.5 });
    a.run(1);
    const kept = a.sim.snapshot();
    a.run(6);
    const b = start();
    b.sim.restore(kept);
    b.run(6);
    expect(b.sim.fingerprint()).toBe(a.sim.fingerprint());
    expect([...b.frame.value]).toEqual([...a.frame.value]);
  });
});

describe('a calm', () => {
  it('is simulated: gas stays about, nothing is not a number, the vane keeps its direction', () => {
    const still = { ...SHIPPED, weather: { ...SHIPPED.weather, wind: 0, drift: 0, gusts: 0, meander: 0 } } as FarmSpec;
    const farm = start(still);
    farm.give(OPEN);
    farm.run(20);
    expect(farm.sim.violations()).toEqual([]);
    for (const v of farm.frame.value) expect(Number.isFinite(v)).toBe(true);
    expect(farm.shown('WS-1')).toBeLessThan(0.5);
    expect(farm.shown('AT-4')).toBeGreaterThan(5);
  });
});

describe('faults of detectors', () => {
  it('a poisoned bead shows less and says nothing; a blocked beam says so, and both recover', () => {
    const farm = openedFarm(SHIPPED, 20);
    const before = farm.shown('AT-4');
    farm.give({ kind: 'fault', fault: 'p', target: 'AT-4', form: 'poisoned', size: 0.9 });
    farm.give({ kind: 'fault', fault: 'b', target: 'BT-1', form: 'beam-block' });
    farm.run(3);
    expect(farm.shown('AT-4')).toBeLessThan(0.4 * before);
    expect(farm.quality('AT-4') & Quality.failed).toBe(0);
    expect(farm.quality('BT-1') & Quality.failed).toBe(Quality.failed);
    farm.give({ kind: 'fault.clear', fault: 'b', target: 'BT-1' }, { kind: 'fault.clear', fault: 'p', target: 'AT-4' });
    farm.run(3);
    expect(farm.quality('BT-1') & Quality.failed).toBe(0);
    expect(farm.shown('AT-4')).toBeGreaterThan(0.4 * before);
  });

  it('that cannot be are refused in a sentence', () => {
    const { sim } = start();
    const fault = (target: string, form: 'poisoned' | 'fog' | 'beam-block', size?: number) =>
      sim.apply([{ kind: 'fault', fault: 'f', target, form, ...(size === undefined ? {} : { size }) }])[0];
    expect(fault('LT-1', 'poisoned', 0.5)).toBe('LT-1 is no gas detector: poisoned does not strike it');
    expect(fault('AT-5', 'poisoned', 0.5)).toBe('AT-5 is of the form infrared, which poisoned does not strike');
    expect(fault('AT-4', 'fog', 50)).toBe('AT-4 is of the form catalytic, which fog does not strike, but poisoned');
    expect(fault('AT-4', 'poisoned', 2)).toBe('AT-4: poisoned is a share between 0 and 1, not 2');
  });
});

describe('what an owner knows', () => {
  it('are the places of detectors and equipment, and which tags say the wind', () => {
    const { asBuilt } = start().sim.model;
    expect(asBuilt.air!.sensors).toHaveLength(10);
    expect(asBuilt.air!.wind).toMatchObject({ speed: 'WS-1', direction: 'WD-1', reads: 'from-clockwise-of-north' });
    expect(asBuilt.air!.equipment.map((e) => e.id)).toContain('BU-2');
  });
});

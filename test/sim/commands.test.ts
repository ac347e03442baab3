/** Commands: each moves the plant the way that physics says, a refused one moves nothing, and no liquid is lost on the way. */
import { describe, expect, it } from 'vitest';
import type { Command, TruthEvent } from '../../models/contract/index.ts';
import { storedVolume_m3 } from '../../models/physics/index.ts';
import type { LiquidSim as Sim } from '../../sim/index.ts';
import { calm, crudeLine, head, isothermal, run, start, still, truth } from './line.ts';

const SITE = { id: 'leak-1', pipe: 'P-3', fraction: 0.37, dischargeCoefficient: 0.62 };
const WATCHED = [
  'PT-101',
  'PT-301',
  'PT-302',
  'PT-501',
  'FT-101',
  'FT-301',
  'FT-501',
  'ST-101',
  'ST-102',
  'ZT-501',
] as const;

/** How far each watched truth has moved after a command. */
function moved(commands: readonly Command[], seconds: number, sim: Sim = start(still())): Record<string, number> {
  const before = new Map(WATCHED.map((t) => [t, truth(sim, t)]));
  expect(sim.apply(commands)).toEqual([]);
  run(sim, seconds);
  expect(sim.violations()).toEqual([]);
  const change = Object.fromEntries(WATCHED.map((t) => [t, truth(sim, t) - before.get(t)!]));
  console.log(
    Object.entries(change)
      .map(([t, v]) => `${t} ${v.toFixed(2)}`)
      .join(', '),
  );
  return change;
}

describe('a pump', () => {
  it('that trips coasts down: less flow behind it at once, less pressure on its discharge, more on the suction of the next', () => {
    // Friction per cell: the mean friction of a pipe tells its far end at once, and by per mille, what sound tells it later.
    const sim = start(still(), { friction: 'per-cell' });
    const change = moved([{ kind: 'pump', element: 'PU-201', action: 'trip' }], 8, sim);
    expect(change['PT-302']).toBeLessThan(-1);
    expect(change['PT-301']).toBeGreaterThan(1);
    expect(change['FT-301']).toBeLessThan(-50);
    // Sound needs 11 s to the next station, so the ends know nothing yet.
    expect(change['FT-101']).toBeCloseTo(0, 6);
    expect(change['FT-501']).toBeCloseTo(0, 6);
  });

  it('that trips runs down by its inertia, and one that is stopped follows its ramp', () => {
    const speedAfter = (action: 'trip' | 'stop', seconds: number) => {
      const sim = start(still(isothermal));
      sim.apply([{ kind: 'pump', element: 'PU-101', action }]);
      run(sim, seconds);
      return truth(sim, 'ST-101');
    };
    expect(speedAfter('stop', 5)).toBeCloseTo(100 - 4 * 5, 6);
    // I ω dω/dt = −P: at first the shaft power of the duty point slows it.
    const sim = start(still(isothermal));
    const net = sim.physics.state.network;
    const link = sim.physics.model.network.linkIndex.get('PU-101')!;
    const flow = net.linkFlow_m3_s[link]!;
    const gain = head(sim, 'D-101') - head(sim, 'TK-101');
    const power_W = (860 * 9.80665 * flow * gain) / 0.8;
    const rated = (1480 * 2 * Math.PI) / 60;
    const byHand = 100 * Math.sqrt(1 - (2 * power_W * 0.05) / (60 * rated * rated));
    expect(speedAfter('trip', 0.05)).toBeCloseTo(byHand, 6);
    expect(speedAfter('trip', 3)).toBeLessThan(speedAfter('stop', 3));
    expect(speedAfter('trip', 600)).toBeLessThan(5);
  });

  it('that starts beside another brings more flow and more pressure', () => {
    const change = moved([{ kind: 'pump', element: 'PU-102', action: 'start' }], 60);
    expect(change['ST-102']).toBeCloseTo(100, 6);
    expect(change['PT-101']).toBeGreaterThan(0.5);
    expect(change['FT-101']).toBeGreaterThan(10);
  });

  it('starts again after a trip, at the speed that it had', () => {
    const sim = start(still());
    sim.apply([{ kind: 'set', element: 'PU-101', property: 'speed', value: 0.97 }]);
    run(sim, 10);
    sim.apply([{ kind: 'pump', element: 'PU-101', action: 'trip' }]);
    run(sim, 120);
    expect(truth(sim, 'ST-101')).toBeLessThan(20);
    sim.apply([{ kind: 'pump', element: 'PU-101', action: 'start' }]);
    run(sim, 60);
    expect(truth(sim, 'ST-101')).toBeCloseTo(97, 9);
  });

  it('slower brings less; its speed moves at its ramp', () => {
    const sim = start(still());
    sim.apply([{ kind: 'set', element: 'PU-101', property: 'speed', value: 0.9 }]);
    run(sim, 1);
    expect(truth(sim, 'ST-101')).toBeCloseTo(96, 6);
    const change = moved([], 30, sim);
    expect(truth(sim, 'ST-101')).toBeCloseTo(90, 9);
    expect(change['PT-101']).toBeLessThan(-0.5);
    expect(change['FT-101']).toBeLessThan(-10);
  });

  it('that stands takes a new speed only when it starts', () => {
    const sim = start(still());
    sim.apply([{ kind: 'set', element: 'PU-102', property: 'speed', value: 0.8 }]);
    run(sim, 30);
    expect(truth(sim, 'ST-102')).toBe(0);
    sim.apply([{ kind: 'pump', element: 'PU-102', action: 'start' }]);
    run(sim, 30);
    expect(truth(sim, 'ST-102')).toBeCloseTo(80, 9);
  });
});

describe('a valve', () => {
  it('that closes at the inlet starves the line and lifts the pump; it moves at its stroke', () => {
    const sim = start(still());
    sim.apply([{ kind: 'set', element: 'XV-101', property: 'opening', value: 0 }]);
    run(sim, 30);
    expect(truth(sim, 'ZT-101')).toBeCloseTo(50, 6);
    const header = head(sim, 'D-101');
    const change = moved([], 40, sim);
    expect(truth(sim, 'ZT-101')).toBe(0);
    expect(change['PT-101']).toBeLessThan(-5);
    expect(head(sim, 'D-101')).toBeGreaterThan(header);
    expect(Math.abs(truth(sim, 'FT-101'))).toBeLessThan(1e-3);
  });

  it('that closes at the outlet by hand lifts the pressure before it, and its controller keeps its hands off', () => {
    const change = moved([{ kind: 'set', element: 'PCV-501', property: 'opening', value: 0.3 }], 10);
    expect(change['ZT-501']).toBeCloseTo(-9, 1);
    expect(change['PT-501']).toBeGreaterThan(0.2);
    expect(change['FT-501']).toBeLessThan(0);
  });
});

describe('a set point', () => {
  it('is reached, from either side, within a tenth of the step after half an hour', () => {
    for (const step_bar of [0.5, -0.5]) {
      const sim = start(still());
      const before = truth(sim, 'PT-501');
      const set_Pa = (before + step_bar) * 1e5;
      const change = moved([{ kind: 'set', element: 'PIC-501', property: 'setPoint', value: set_Pa }], 1800, sim);
      expect(Math.abs(change['PT-501']! - step_bar)).toBeLessThan(0.05);
      // More pressure before the valve needs less opening.
      expect(Math.sign(change['ZT-501']!)).toBe(-Math.sign(step_bar));
    }
  });

  it('given in manual takes the valve back without a jump', () => {
    const sim = start(still());
    sim.apply([{ kind: 'set', element: 'PCV-501', property: 'opening', value: 0.35 }]);
    run(sim, 600);
    const [opening, pressure] = [truth(sim, 'ZT-501'), truth(sim, 'PT-501')];
    expect(opening).toBeCloseTo(35, 6);
    sim.apply([{ kind: 'set', element: 'PIC-501', property: 'setPoint', value: pressure * 1e5 }]);
    run(sim, 5);
    expect(Math.abs(truth(sim, 'ZT-501') - opening)).toBeLessThan(0.1);
    expect(sim.physics.state.controllerAuto[0]).toBe(1);
  });
});

describe('a leak', () => {
  it('grows linearly in area over its time, and stands then', () => {
    const sim = start(still(isothermal), { leaks: [SITE] });
    sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2: 4e-4, growth_s: 100 }]);
    const net = sim.physics.state.network;
    for (const [seconds, share] of [
      [25, 0.25],
      [25, 0.5],
      [49.95, 0.9995],
      [0.05, 1],
      [50, 1],
    ] as const) {
      run(sim, seconds);
      expect(net.orificeArea_m2[0]).toBeCloseTo(4e-4 * share, 12);
      const byHand = 0.62 * 4e-4 * share * Math.sqrt(2 * 9.80665 * sim.physics.leakHead_m('leak-1'));
      expect(net.orificeFlow_m3_s[0]! / byHand).toBeCloseTo(1, 9);
    }
  });

  it('that closes bleeds no more, and says what was lost', () => {
    const sim = start(still(), { leaks: [SITE] });
    sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2: 4e-4, growth_s: 0 }]);
    run(sim, 20);
    const rates = sim.drainTruth().filter((e) => e.kind === 'leak.rate');
    sim.apply([{ kind: 'leak.close', leak: 'leak-1' }]);
    const [closed] = sim.drainTruth();
    run(sim, 20);
    expect(sim.physics.state.network.orificeFlow_m3_s[0]).toBe(0);
    const sum_m3 = rates.reduce((s, e) => s + e.massRate_kg_s / 860, 0);
    expect(closed).toMatchObject({ kind: 'leak.closed', ref: 'leak-1' });
    const lost = (closed as Extract<TruthEvent, { kind: 'leak.closed' }>).volume_m3;
    console.log(`${lost.toFixed(4)} m3 lost, ${sum_m3.toFixed(4)} by the rates of each scan`);
    expect(Math.abs(lost / sum_m3 - 1)).toBeLessThan(0.02);
    expect(sim.drainTruth()).toEqual([]);
  });
});

describe('no liquid is made or lost', () => {
  it('with a leak and a pump trip: what is gone from pipes and tanks is what leaked and was delivered', () => {
    const sim = start(crudeLine(calm), { leaks: [SITE] });
    const { network } = sim.physics.model;
    const before = storedVolume_m3(network, sim.physics.state.network);
    run(sim, 5);
    sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2: 8e-4, growth_s: 0 }]);
    run(sim, 30);
    sim.apply([{ kind: 'pump', element: 'PU-201', action: 'trip' }]);
    run(sim, 600);
    sim.apply([{ kind: 'leak.close', leak: 'leak-1' }]);
    const events = sim.drainTruth();
    const leaked = events.find((e) => e.kind === 'leak.closed');
    run(sim, 300);
    const lost = leaked?.kind === 'leak.closed' ? leaked.volume_m3 : Number.NaN;
    const receipts = sim.physics.state.receipt_m3.reduce((s, v) => s + v, 0);
    const stored = storedVolume_m3(network, sim.physics.state.network) - before;
    const open = stored - receipts + lost;
    console.log(
      `stored ${stored.toFixed(3)}, received ${receipts.toFixed(3)}, leaked ${lost.toFixed(3)} m3: open by ${(1000 * open).toFixed(2)} L`,
    );
    expect(lost).toBeGreaterThan(10);
    expect(Math.abs(open)).toBeLessThan(0.01);
    expect(sim.violations()).toEqual([]);
  });
});

describe('a refused command', () => {
  it.each<[Command, string]>([
    [
      { kind: 'leak.open', leak: 'leak-9', area_m2: 1e-4, growth_s: 0 },
      'there is no place "leak-9" to leak; known: leak-1',
    ],
    [{ kind: 'leak.close', leak: 'leak-9' }, 'there is no leak "leak-9"'],
    [{ kind: 'leak.close', leak: 'leak-1' }, 'leak "leak-1" is not open'],
    [{ kind: 'set', element: 'PU-9', property: 'speed', value: 1 }, 'there is no pump "PU-9"'],
    [{ kind: 'set', element: 'XV-101', property: 'speed', value: 1 }, 'there is no pump "XV-101"'],
    [
      { kind: 'set', element: 'PU-101', property: 'speed', value: 1.4 },
      'speed of PU-101: 1.4 is not between 0 and 1.3 of rated',
    ],
    [{ kind: 'set', element: 'PU-101', property: 'speed', value: Number.NaN }, 'speed of PU-101: NaN is not a number'],
    [{ kind: 'set', element: 'PU-101', property: 'opening', value: 1 }, 'there is no valve "PU-101"'],
    [{ kind: 'set', element: 'NRV-201', property: 'opening', value: 1 }, 'there is no valve "NRV-201"'],
    [
      { kind: 'set', element: 'XV-101', property: 'opening', value: -0.1 },
      'opening of XV-101: -0.1 is not between 0 and 1',
    ],
    [
      { kind: 'set', element: 'XV-101', property: 'setPoint', value: 1e5 },
      'there is no controller "XV-101"; known: PIC-501',
    ],
    [{ kind: 'pump', element: 'XV-101', action: 'trip' }, 'there is no pump "XV-101"'],
    [{ kind: 'fault', fault: 'f', target: 'PT-999', form: 'bias', size: 1 }, 'there is no tag "PT-999"'],
    [
      { kind: 'fault', fault: 'f', target: 'PT-101', form: 'communication-loss' },
      'there is no station "PT-101"; communication is lost by station',
    ],
    [{ kind: 'fault.clear', fault: 'f', target: 'nothing' }, 'there is no tag or station "nothing"'],
  ])('%j leaves the state untouched and says why', (command, why) => {
    const sim = start(crudeLine(), { leaks: [SITE] });
    run(sim, 1.35);
    const before = sim.fingerprint();
    expect(sim.apply([command])).toEqual([why]);
    expect(sim.fingerprint()).toBe(before);
    expect(sim.drainTruth()).toEqual([]);
  });

  it('among good ones stops none of them', () => {
    const sim = start(crudeLine());
    const refused = sim.apply([
      { kind: 'pump', element: 'PU-9', action: 'trip' },
      { kind: 'pump', element: 'PU-102', action: 'start' },
      { kind: 'leak.close', leak: 'none' },
    ]);
    expect(refused).toEqual(['there is no pump "PU-9"', 'there is no leak "none"']);
    expect(sim.drainTruth()).toEqual([{ kind: 'disturbance', timeUs: 0, ref: 'PU-102', what: 'pump start' }]);
  });
});

/** The tank farm in motion: rest, balance, weather, commands, leaks, repeatability, and a day of everything. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Command, createFrame, type Frame, type TruthEvent, unwrap } from '../../models/contract/index.ts';
import { type CompilePlantOptions, createSim, readPlant, type TanksSim, type TanksSpec } from '../../sim/index.ts';
import { trueValue } from '../../sim/instruments/index.ts';

type Writable<T> = T extends readonly (infer U)[]
  ? Writable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T;
type Draft = Writable<TanksSpec>;

const PLANT = fileURLToPath(new URL('../../models/plants/tank-farm.yaml', import.meta.url));
const SHIPPED = unwrap(readPlant(PLANT)).value as TanksSpec;
const STILL_K = 288.15;

function farm(change: (spec: Draft) => void = () => {}): TanksSpec {
  const spec = structuredClone(SHIPPED) as Draft;
  change(spec);
  return spec as TanksSpec;
}

/** No weather, and liquids that give nothing to the air: whatever moves then has no cause. */
function still(spec: Draft): void {
  Object.assign(spec.weather, { temperature: STILL_K, 'ground-temperature': STILL_K, 'sun-W-m2': 0 });
  Object.assign(spec.weather, { 'daily-swing': 0, wander: 0, gustiness: 0, gusts: 0, meander: 0, drift: 0 });
  Object.assign(spec.weather, { 'pressure-tide': 0 });
  for (const p of spec.products) p.like = 'diesel';
  for (const t of spec.tanks) t.temperature = STILL_K;
  for (const t of spec.transfers) t['speed-wander'] = 0;
}

const start = (spec: TanksSpec, options: Partial<CompilePlantOptions> = {}) => createSim(spec, { seed: 1, ...options });
const truth = (sim: TanksSim, tag: string) => trueValue(sim.model, sim.physics, sim.model.tagIndex.get(tag)!);
const give = (sim: TanksSim, ...commands: Command[]) => expect(sim.apply(commands)).toEqual([]);

function run(sim: TanksSim, seconds: number, each: () => void = () => {}): Frame {
  const frame = createFrame(sim.layout);
  const end = sim.timeUs + seconds * 1e6;
  while (sim.timeUs < end) {
    sim.step(frame);
    each();
  }
  return frame;
}

const BOTTOM = { id: 'leak-1', pipe: 'TK-3', fraction: 0, dischargeCoefficient: 0.6 };
const rates = (events: readonly TruthEvent[]) =>
  events.flatMap((e) => (e.kind === 'leak.rate' ? [{ rate: e.massRate_kg_s, volume: e.volume_m3 }] : []));

describe('an undisturbed start', () => {
  it('moves nothing, to the last bit of every tag', () => {
    const sim = start(farm(still), { leaks: [BOTTOM] });
    const first = sim.layout.tags.map((t) => truth(sim, t.id));
    let worst = 0;
    run(sim, 600, () => {
      sim.layout.tags.forEach((t, i) => {
        worst = Math.max(worst, Math.abs(truth(sim, t.id) - first[i]!) / Math.max(1e-3, Math.abs(first[i]!)));
      });
    });
    console.log(`an undisturbed farm: the largest relative change in ten minutes is ${worst.toExponential(1)}`);
    expect(worst).toBeLessThan(1e-14);
  });

  it('with pumps that run already has no run-up: the first minute is as the tenth', () => {
    const spec = farm((s) => {
      still(s);
      s.transfers.find((t) => t.id === 'PU-6')!.running = true;
    });
    const sim = start(spec);
    expect(truth(sim, 'FT-6')).toBeCloseTo(250, 9);
    const levels: number[] = [truth(sim, 'LT-4')];
    for (let minute = 0; minute < 10; minute += 1) {
      run(sim, 60);
      levels.push(truth(sim, 'LT-4'));
    }
    const rise = levels.slice(1).map((h, i) => h - levels[i]!);
    expect(Math.abs(rise[0]! / rise[9]! - 1)).toBeLessThan(1e-9);
    expect(rise[0]! * (Math.PI / 4) * 24 ** 2 * 60).toBeCloseTo(250, 6);
  });

  it('the test can fail: the weather as it ships moves levels', () => {
    const sim = start(farm());
    const before = truth(sim, 'LT-3');
    run(sim, 600);
    expect(Math.abs(truth(sim, 'LT-3') - before)).toBeGreaterThan(1e-7);
  });
});

describe('the weather', () => {
  it('is warmest in the afternoon, is the same for the same seed and instant, and wanders with another', () => {
    const day = (seed: number, tick_s: number) => {
      const sim = start(farm(), { seed, tick_s });
      return Array.from({ length: 24 }, () => {
        run(sim, 3600);
        return [truth(sim, 'TT-0'), truth(sim, 'WT-0')];
      });
    };
    const a = day(1, 5);
    expect(day(1, 2.5)).toEqual(a);
    expect(day(2, 5)).not.toEqual(a);
    const warmest = a.indexOf(a.reduce((x, y) => (y[0]! > x[0]! ? y : x)));
    expect((warmest + 1 + 6) % 24).toBeGreaterThan(11);
    expect((warmest + 1 + 6) % 24).toBeLessThan(19);
    expect(Math.min(...a.map((x) => x[1]!))).toBeGreaterThan(0);
  });
});

describe('a command has its physical effect', () => {
  it('a transfer moves its rate from one tank to the other, and its speed is a share of it', () => {
    const sim = start(farm(still));
    const [from, to] = [truth(sim, 'LT-3'), truth(sim, 'LT-4')];
    give(sim, { kind: 'set', element: 'PU-6', property: 'speed', value: 0.5 });
    give(sim, { kind: 'pump', element: 'PU-6', action: 'start' });
    run(sim, 60);
    expect(truth(sim, 'FT-6')).toBeCloseTo(125, 6);
    expect(truth(sim, 'XS-6')).toBe(1);
    run(sim, 3600);
    give(sim, { kind: 'pump', element: 'PU-6', action: 'stop' });
    run(sim, 60);
    expect(truth(sim, 'FT-6')).toBe(0);
    const moved = to - truth(sim, 'LT-4');
    expect(from - truth(sim, 'LT-3')).toBeCloseTo(-moved, 9);
    // Half of 250 m3/h for 3660 s, ten seconds less for the run-up and half as much again for the run-down.
    expect(-moved * (Math.PI / 4) * 24 ** 2).toBeCloseTo((125 * 3660) / 3600, 0);
  });

  it('a trip stops at once, and a switch trips the pump that would overfill its tank', () => {
    const sim = start(farm(still));
    give(sim, { kind: 'pump', element: 'PU-8', action: 'start' });
    run(sim, 60);
    give(sim, { kind: 'pump', element: 'PU-8', action: 'trip' });
    run(sim, 1);
    expect(truth(sim, 'FT-8')).toBe(0);
    give(sim, { kind: 'pump', element: 'PU-8', action: 'start' });
    run(sim, 14 * 3600);
    expect(truth(sim, 'XS-8')).toBe(0);
    expect(truth(sim, 'LT-6')).toBeGreaterThan(9.2);
    expect(truth(sim, 'LT-6')).toBeLessThan(9.21);
  });

  it('an open drain empties the bund', () => {
    const sim = start(farm(still), { leaks: [BOTTOM] });
    give(sim, { kind: 'leak.open', leak: 'leak-1', area_m2: 1e-3, growth_s: 0 });
    run(sim, 1200);
    give(sim, { kind: 'leak.close', leak: 'leak-1' });
    const before = truth(sim, 'LB-2');
    expect(before).toBeGreaterThan(600);
    give(sim, { kind: 'set', element: 'XV-2', property: 'opening', value: 1 });
    run(sim, 30);
    expect(truth(sim, 'ZT-2')).toBeCloseTo(100, 9);
    run(sim, 3600);
    expect(truth(sim, 'LB-2')).toBeLessThan(0.5 * before);
    expect(sim.violations()).toEqual([]);
  });

  it('what cannot be done is said in a sentence, and nothing is done', () => {
    const sim = start(farm(still), { leaks: [BOTTOM, { ...BOTTOM, id: 'leak-2', backHead_m: 1 }] });
    const before = sim.fingerprint();
    const refused = sim.apply([
      { kind: 'pump', element: 'PU-77', action: 'start' },
      { kind: 'set', element: 'PU-1', property: 'speed', value: 2 },
      { kind: 'set', element: 'XV-3', property: 'opening', value: 1 },
      { kind: 'set', element: 'PU-1', property: 'setPoint', value: 1 },
      { kind: 'leak.open', leak: 'leak-1', area_m2: 100, growth_s: 0 },
      { kind: 'leak.open', leak: 'leak-2', area_m2: 1e-4, growth_s: 0 },
      { kind: 'leak.close', leak: 'leak-1' },
    ]);
    expect(refused).toEqual([
      'there is no transfer "PU-77"',
      'speed of PU-1: 2 is not between 0 and 1.3 of rated',
      'there is no drain valve "XV-3"',
      'a tank farm has no setPoint to set',
      'leak "leak-1": 100 m2 is more than a tenth of the bottom of TK-3',
      'leak "leak-2": a tank leaks into the air or its bund, without a back-pressure',
      'leak "leak-1" is not open',
    ]);
    expect(sim.fingerprint()).toBe(before);
  });
});

describe('a leak', () => {
  it('gives by Torricelli what its head drives, and all of it lies in the bund', () => {
    // Above the pool at its foot, which would press against a hole in the bottom.
    const sim = start(farm(still), { leaks: [{ ...BOTTOM, fraction: 0.05 }] });
    give(sim, { kind: 'leak.open', leak: 'leak-1', area_m2: 7.854e-5, growth_s: 0 });
    const h0 = truth(sim, 'LT-3');
    run(sim, 5);
    const [first] = rates(sim.drainTruth());
    expect(first!.rate / (836 * 0.6 * 7.854e-5 * Math.sqrt(2 * 9.80665 * (h0 - 0.7)))).toBeCloseTo(1, 5);
    run(sim, 3600);
    const last = rates(sim.drainTruth()).at(-1)!;
    const { farm: state } = sim.physics.state;
    const pool = sim.physics.model.farm.poolIndex.get('BU-2')!;
    expect(state.poolArea_m2[pool]! * state.poolDepth_m[pool]!).toBeCloseTo(last.volume, 6);
    expect((h0 - truth(sim, 'LT-3')) * (Math.PI / 4) * 24 ** 2).toBeCloseTo(last.volume, 6);
    // The sump: one square metre, after what the floor keeps back.
    const over = last.volume - 0.2 - 0.6;
    expect(truth(sim, 'LB-2')).toBeCloseTo(600 + (1000 * over) / sim.physics.model.farm.poolFloor_m2[pool]!, 6);
  });

  it('high in the wall ends when the level has sunk to it', () => {
    const site = { ...BOTTOM, pipe: 'TK-6', fraction: 0.4999 };
    const sim = start(farm(still), { leaks: [site] });
    give(sim, { kind: 'leak.open', leak: 'leak-1', area_m2: 5e-3, growth_s: 0 });
    run(sim, 1200);
    expect(rates(sim.drainTruth()).at(-1)!.rate).toBe(0);
    expect(truth(sim, 'LT-6')).toBeCloseTo(4.999, 9);
    expect(sim.physics.leakArea_m2('leak-1', 1)).toMatch('the liquid stands 0.00 m over its place');
  });

  it('that grows follows its area', () => {
    const sim = start(farm(still), { leaks: [BOTTOM] });
    give(sim, { kind: 'leak.open', leak: 'leak-1', area_m2: 1e-4, growth_s: 600 });
    run(sim, 900);
    const seen = rates(sim.drainTruth()).map((x) => x.rate);
    expect(seen[59]! / seen[150]!).toBeCloseTo(0.5, 2);
    expect(seen[119]! / seen[150]!).toBeCloseTo(1, 2);
  });

  it('given as a rate starts with it', () => {
    const sim = start(farm(), { leaks: [{ ...BOTTOM, fraction: 0.1 }] });
    const area_m2 = sim.physics.leakArea_m2('leak-1', 2) as number;
    give(sim, { kind: 'leak.open', leak: 'leak-1', area_m2, growth_s: 0 });
    run(sim, 5);
    expect(rates(sim.drainTruth())[0]!.rate).toBeCloseTo(2, 3);
  });
});

/** Something of everything, by tick: all that a snapshot must hold. */
const EVENTS: readonly [tick: number, commands: readonly Command[]][] = [
  [30, [{ kind: 'leak.open', leak: 'leak-1', area_m2: 2e-4, growth_s: 200 }]],
  [40, [{ kind: 'pump', element: 'PU-1', action: 'start' }]],
  [65, [{ kind: 'fault', fault: 'f1', target: 'LT-2', form: 'stuck' }]],
  [85, [{ kind: 'fault', fault: 'f3', target: 'RTU-2', form: 'communication-loss' }]],
  [90, [{ kind: 'set', element: 'XV-2', property: 'opening', value: 0.4 }]],
  [150, [{ kind: 'pump', element: 'PU-7', action: 'start' }]],
  [230, [{ kind: 'fault.clear', fault: 'f3', target: 'RTU-2' }]],
  [300, [{ kind: 'pump', element: 'PU-1', action: 'trip' }]],
  [333, [{ kind: 'leak.close', leak: 'leak-1' }]],
];
const TICKS = 600;

function drive(sim: TanksSim, to: number): unknown[] {
  const seen: unknown[] = [];
  const frame = createFrame(sim.layout);
  for (let tick = Math.round(sim.timeUs / sim.model.tickUs); tick < to; tick += 1) {
    for (const [at, commands] of EVENTS) if (at === tick) give(sim, ...commands);
    if (sim.step(frame)) seen.push([frame.seq, [...frame.value], [...frame.quality], [...frame.stationTimeUs]]);
    seen.push(...sim.drainTruth());
  }
  return seen;
}

describe('the same seed', () => {
  it('gives the same bits, and another other noise', () => {
    const first = drive(start(farm(), { seed: 5, leaks: [BOTTOM] }), TICKS);
    expect(drive(start(farm(), { seed: 5, leaks: [BOTTOM] }), TICKS)).toEqual(first);
    expect(drive(start(farm(), { seed: 6, leaks: [BOTTOM] }), TICKS)).not.toEqual(first);
  });

  it.each([0, 7, 33, 87, 101, 241, 302])('resumed from a snapshot of tick %d goes on bit for bit', (cut) => {
    const sim = start(farm(), { seed: 3, leaks: [BOTTOM] });
    drive(sim, cut);
    const bytes = sim.snapshot();
    const after = drive(sim, TICKS);
    const other = start(farm(), { seed: 3, leaks: [BOTTOM] });
    drive(other, 13);
    other.restore(bytes);
    expect(drive(other, TICKS)).toEqual(after);
    expect(other.fingerprint()).toBe(sim.fingerprint());
  });
});

describe('24 hours with weather, transfers, an open drain and faults', () => {
  it('break no invariant, and the mass of every product is accounted for', () => {
    const sim = start(farm(), { seed: 4, tick_s: 5, leaks: [BOTTOM] });
    const hours: Readonly<Record<number, readonly Command[]>> = {
      1: [{ kind: 'pump', element: 'PU-1', action: 'start' }],
      2: [{ kind: 'pump', element: 'PU-6', action: 'start' }],
      3: [{ kind: 'fault', fault: 'f', target: 'LT-1', form: 'stuck' }],
      4: [{ kind: 'pump', element: 'PU-3', action: 'start' }],
      6: [{ kind: 'pump', element: 'PU-7', action: 'start' }],
      8: [{ kind: 'set', element: 'XV-2', property: 'opening', value: 1 }],
      9: [{ kind: 'pump', element: 'PU-9', action: 'start' }],
      12: [{ kind: 'fault', fault: 'g', target: 'RTU-1', form: 'communication-loss' }],
      16: [{ kind: 'pump', element: 'PU-2', action: 'start' }],
    };
    for (let hour = 0; hour < 24; hour += 1) {
      give(sim, ...(hours[hour] ?? []));
      run(sim, 3600);
    }
    console.log(`mass of the worst product after a day: open by ${sim.physics.massDefect().toExponential(1)} of it`);
    expect(sim.violations()).toEqual([]);
    expect(sim.physics.massDefect()).toBeLessThan(1e-14);
    // The gasoline tank was pumped down to the switch that guards its suction: its roof stands on its legs.
    expect(truth(sim, 'LT-5')).toBeLessThan(1.6);
  });

  it('the test can fail: mass that appears from nowhere is a violation', () => {
    const sim = start(farm());
    sim.physics.state.farm.tankMass_kg[2]! += 10;
    expect(sim.violations()).toEqual([expect.stringContaining('the mass balance of a product is open by')]);
  });
});

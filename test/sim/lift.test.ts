/**
 * The lift station: pumps on level, a column that parts when they trip and rejoins, an outfall, a leak that drains the main
 * while the pumps stand. What was measured is printed.
 */
import { describe, expect, it } from 'vitest';
import type { Command } from '../../models/contract/index.ts';
import type { LiquidSim as Sim } from '../../sim/index.ts';
import { applyFault } from '../../sim/instruments/index.ts';
import { defect_m3, gas_m3, held, liftStation, pumpSpeeds } from './liftStation.ts';
import { frameBits, run, start, truth } from './line.ts';

const LEAK = { id: 'leak-1', pipe: 'RM-1', fraction: 0.4, dischargeCoefficient: 0.6 };
const trip = (element: string): Command => ({ kind: 'pump', element, action: 'trip' });
const startPump = (element: string): Command => ({ kind: 'pump', element, action: 'start' });

/** Ticks until it is so; says after how many seconds. */
function until(sim: Sim, so: () => boolean, most_s: number): number {
  const from = sim.timeUs;
  while (!so()) {
    run(sim, 0.05);
    if (sim.timeUs - from > most_s * 1e6) throw new Error(`not within ${most_s} s`);
  }
  return (sim.timeUs - from) * 1e-6;
}

describe('at the start', () => {
  it('a station whose well is held moves nothing', () => {
    const sim = start(liftStation(held));
    const H = sim.physics.state.network.sectionHead_m;
    const first = Float64Array.from(H);
    let worst = 0;
    run(sim, 120, () => {
      for (let i = 0; i < H.length; i += 1) worst = Math.max(worst, Math.abs(H[i]! - first[i]!));
    });
    console.log(`heads moved by ${worst.toExponential(2)} m in two minutes`);
    expect(worst).toBeLessThan(1e-8);
  });

  it('the station as it ships has no transient: heads only follow the level of the well', () => {
    const sim = start(liftStation());
    const H = sim.physics.state.network.sectionHead_m;
    const [first, level] = [Float64Array.from(H), truth(sim, 'LT-1')];
    run(sim, 60, () => {
      const fell = level - truth(sim, 'LT-1');
      for (let i = 0; i < H.length; i += 1) {
        expect(first[i]! - H[i]!).toBeGreaterThan(-1e-9);
        expect(first[i]! - H[i]!).toBeLessThan(fell + 1e-9);
      }
    });
    expect(level - truth(sim, 'LT-1')).toBeGreaterThan(0.1);
  });
});

describe('level switches', () => {
  it('start and stop at their levels, take turns, and a normal stop does not part the column', () => {
    const sim = start(liftStation());
    const starts: { pump: number; level: number; seconds: number }[] = [];
    let running = [1, 0];
    let least = Number.POSITIVE_INFINITY;
    let gas = 0;
    run(sim, 2 * 3600, (timeUs) => {
      const level = truth(sim, 'LT-1');
      least = Math.min(least, level);
      gas = Math.max(gas, gas_m3(sim));
      const now = [truth(sim, 'RN-1'), truth(sim, 'RN-2')];
      now.forEach((on, p) => {
        if (on > running[p]!) starts.push({ pump: p + 1, level, seconds: timeUs * 1e-6 });
      });
      running = now;
    });
    console.log(
      `${starts.length} starts in two hours, of pumps ${starts.map((s) => s.pump).join('')}; lowest level ` +
        `${least.toFixed(3)} m, most gas ${(1e6 * gas).toFixed(0)} mL`,
    );
    expect(starts.length).toBeGreaterThan(5);
    starts.forEach(({ pump, level }, k) => {
      expect(pump).toBe(k % 2 === 0 ? 2 : 1);
      expect(level).toBeCloseTo(2, 2);
    });
    expect(least).toBeGreaterThan(0.7);
    // The free gas that the model always holds, and no more.
    expect(gas).toBeLessThan(1e-4);
    expect(sim.violations()).toEqual([]);
  });

  it('call the standby in a storm, and the well does not overflow', () => {
    const sim = start(liftStation(undefined, 'lift-station-wet'), { seed: 4, tick_s: 0.25 });
    let both = 0;
    let highest = 0;
    run(sim, 12 * 3600, () => {
      both += truth(sim, 'RN-1') + truth(sim, 'RN-2') === 2 ? 0.25 : 0;
      highest = Math.max(highest, truth(sim, 'LT-1'));
    });
    console.log(`both pumps ran for ${(both / 60).toFixed(1)} min; the level rose to ${highest.toFixed(2)} m`);
    expect(both).toBeGreaterThan(120);
    expect(highest).toBeGreaterThan(2.8);
    expect(highest).toBeLessThan(5);
    expect(Math.abs(defect_m3(sim))).toBeLessThan(0.01);
  });
});

describe('a pump trip', () => {
  it('parts the column at the knee, which rejoins with a surge; the run stays valid', () => {
    const sim = start(liftStation());
    run(sim, 30);
    const steady = truth(sim, 'PT-1');
    expect(gas_m3(sim)).toBeLessThan(1e-4);
    expect(sim.apply([trip('PU-1')])).toEqual([]);
    let most = 0;
    let mostAtS = 0;
    let rejoinedS = 0;
    let peak = 0;
    run(sim, 300, (timeUs) => {
      const gas = gas_m3(sim);
      if (gas > most) [most, mostAtS] = [gas, timeUs * 1e-6 - 30];
      if (gas > 1e-3) rejoinedS = timeUs * 1e-6 - 30;
      peak = Math.max(peak, truth(sim, 'PT-1'));
    });
    console.log(
      `cavities of ${(1e3 * most).toFixed(1)} L after ${mostAtS.toFixed(1)} s, the last of a litre gone after ` +
        `${rejoinedS.toFixed(1)} s; ${steady.toFixed(2)} bar before, surge to ${peak.toFixed(2)} bar`,
    );
    expect(most).toBeGreaterThan(0.02);
    expect(rejoinedS).toBeGreaterThan(mostAtS);
    expect(rejoinedS).toBeLessThan(120);
    expect(gas_m3(sim)).toBeLessThan(1e-4);
    expect(peak).toBeGreaterThan(steady + 2);
    expect(peak).toBeLessThan(10);
    expect(sim.violations()).toEqual([]);
    expect(Math.abs(defect_m3(sim))).toBeLessThan(1e-3);
  });

  it('without cavities would pull the liquid below vapour pressure, and the run would say so', () => {
    const sim = start(liftStation((s) => (s.cavitation = 'none')));
    run(sim, 30);
    sim.apply([trip('PU-1')]);
    run(sim, 30);
    expect(sim.violations().join()).toContain('column separation is not modelled');
  });

  it('leaves the station to the standby, which takes over at the start level, until it is reset', () => {
    const sim = start(liftStation());
    run(sim, 30);
    sim.apply([trip('PU-1')]);
    const waited = until(sim, () => truth(sim, 'RN-2') === 1, 1200);
    console.log(`the standby started ${waited.toFixed(0)} s after the trip`);
    expect(truth(sim, 'LT-1')).toBeCloseTo(2, 2);
    // Two cycles with one pump: it has no turn to give away.
    for (let cycle = 0; cycle < 2; cycle += 1) {
      until(sim, () => truth(sim, 'RN-2') === 0, 1800);
      until(sim, () => truth(sim, 'RN-2') === 1, 1800);
      expect(truth(sim, 'RN-1')).toBe(0);
    }
    sim.apply([startPump('PU-1')]);
    run(sim, 60);
    expect(truth(sim, 'RN-1')).toBe(1);
    expect(pumpSpeeds(sim)[0]).toBeCloseTo(1, 9);
    expect(truth(sim, 'FT-1')).toBeGreaterThan(550);
  });
});

describe('commands', () => {
  it('move the plant as they should: the outfall valve throttles, a slower pump brings less', () => {
    const effectOf = (command: Command, tag: string) => {
      const [moved, still] = [start(liftStation(held)), start(liftStation(held))];
      expect(moved.apply([command])).toEqual([]);
      run(moved, 90);
      run(still, 90);
      return truth(moved, tag) - truth(still, tag);
    };
    const shut: Command = { kind: 'set', element: 'V-1', property: 'opening', value: 0 };
    expect(effectOf(shut, 'FT-2')).toBeLessThan(-350);
    expect(effectOf(shut, 'PT-2')).toBeGreaterThan(0.5);
    const slower: Command = { kind: 'set', element: 'PU-1', property: 'speed', value: 0.95 };
    expect(effectOf(slower, 'FT-1')).toBeLessThan(-20);
    expect(effectOf(slower, 'PT-1')).toBeLessThan(-0.05);
  });

  it('that ask for what is not there are refused', () => {
    const sim = start(liftStation());
    expect(sim.apply([trip('PU-9')])).toEqual(['there is no pump "PU-9"']);
    expect(
      applyFault(sim.model, sim.physics, sim.state, { kind: 'fault', fault: 'f', target: 'PT-9', form: 'stuck' }, []),
    ).toBe('there is no tag "PT-9"');
  });
});

describe('a leak', () => {
  it('takes its flow between the meters while a pump runs, and backwards from the outfall while none does', () => {
    const sim = start(liftStation(), { leaks: [LEAK] });
    const area_m2 = sim.physics.leakArea_m2('leak-1', 5) as number;
    sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2, growth_s: 0 }]);
    const rates = () => {
      const lost = sim.drainTruth().filter((e) => e.kind === 'leak.rate');
      return lost.reduce((s, e) => s + e.massRate_kg_s, 0) / lost.length;
    };
    const means = (seconds: number) => {
      sim.drainTruth();
      const sums = [0, 0];
      let n = 0;
      run(sim, seconds, () => {
        sums[0]! += truth(sim, 'FT-1');
        sums[1]! += truth(sim, 'FT-2');
        n += 1;
      });
      return { in: sums[0]! / n / 3.6, out: sums[1]! / n / 3.6, leak: rates() };
    };
    run(sim, 60);
    const pumping = means(30);
    until(sim, () => pumpSpeeds(sim)[0] === 0, 600);
    run(sim, 60);
    const standing = means(300);
    console.log(`pumping ${JSON.stringify(pumping)}, standing ${JSON.stringify(standing)} kg/s`);
    expect(pumping.in - pumping.out).toBeCloseTo(pumping.leak, 2);
    expect(standing.in).toBeCloseTo(0, 6);
    expect(standing.out).toBeLessThan(0);
    expect(-standing.out).toBeCloseTo(standing.leak, 1);
  });
});

/** Something of everything, by second. */
const EVENTS: readonly [second: number, commands: readonly Command[]][] = [
  [20, [{ kind: 'leak.open', leak: 'leak-1', area_m2: 3e-4, growth_s: 30 }]],
  [40, [trip('PU-1')]],
  [44, [{ kind: 'fault', fault: 'f1', target: 'RTU-2', form: 'communication-loss' }]],
  [60, [{ kind: 'fault.clear', fault: 'f1', target: 'RTU-2' }]],
  [70, [startPump('PU-2')]],
  [90, [{ kind: 'fault', fault: 'f2', target: 'FT-2', form: 'stuck' }]],
  [100, [{ kind: 'set', element: 'V-1', property: 'opening', value: 0.3 }]],
];

function drive(sim: Sim, toSecond: number): string[] {
  const seen: string[] = [];
  for (let s = Math.round(sim.timeUs * 1e-6); s < toSecond; s += 1) {
    for (const [at, commands] of EVENTS) if (at === s) expect(sim.apply(commands)).toEqual([]);
    run(sim, 1, (_t, scanned, frame) => {
      if (scanned) seen.push(frameBits(frame));
    });
    seen.push(...sim.drainTruth().map((e) => JSON.stringify(e)));
  }
  return seen;
}

describe('repeatability', () => {
  it('the same seed gives the same bits', () => {
    const [a, b] = [start(liftStation(), { seed: 3, leaks: [LEAK] }), start(liftStation(), { seed: 3, leaks: [LEAK] })];
    expect(drive(b, 130)).toEqual(drive(a, 130));
    expect(b.fingerprint()).toBe(a.fingerprint());
  });

  // In the wet well's noise, in an open cavity, in a lost station, in a run-up, in a stroke.
  it.each([5, 45, 47, 75, 110])('a snapshot after %d s goes on bit for bit', (cut) => {
    const sim = start(liftStation(), { seed: 3, leaks: [LEAK] });
    drive(sim, cut);
    if (cut === 45) expect(gas_m3(sim)).toBeGreaterThan(0.01);
    const bytes = sim.snapshot();
    const after = drive(sim, 130);
    const other = start(liftStation(), { seed: 3, leaks: [LEAK] });
    drive(other, 13);
    other.drainTruth();
    other.restore(bytes);
    expect(drive(other, 130)).toEqual(after);
    expect(other.fingerprint()).toBe(sim.fingerprint());
  });

  it('another seed brings another inflow', () => {
    const [a, b] = [start(liftStation(), { seed: 3 }), start(liftStation(), { seed: 4 })];
    run(a, 60);
    run(b, 60);
    expect(truth(a, 'LT-1')).not.toBe(truth(b, 'LT-1'));
  });
});

describe('a day without a leak', () => {
  it.each(['lift-station', 'lift-station-wet'])('of %s with trips and valve moves violates nothing', (name) => {
    // A quarter of a second is the coarsest step that still leaves three reaches to each side of the knee.
    const sim = start(liftStation(undefined, name), { seed: 11, tick_s: 0.25 });
    let most = 0;
    for (let hour = 0; hour < 24; hour += 1) {
      run(sim, 1800, () => {
        most = Math.max(most, gas_m3(sim));
      });
      const p = hour % 2 === 0 ? 'PU-1' : 'PU-2';
      if (hour % 3 === 0) sim.apply([trip(p)]);
      if (hour % 4 === 1) sim.apply([{ kind: 'set', element: 'V-1', property: 'opening', value: 0.5 }]);
      run(sim, 1800);
      sim.apply([{ kind: 'set', element: 'V-1', property: 'opening', value: 1 }]);
      if (hour % 3 === 0) sim.apply([startPump(p)]);
    }
    console.log(`${name}: mass balance open by ${(1e3 * defect_m3(sim)).toExponential(2)} L of 4,700 m3 a day`);
    expect(sim.violations()).toEqual([]);
    expect(Math.abs(defect_m3(sim))).toBeLessThan(0.01);
  });
});

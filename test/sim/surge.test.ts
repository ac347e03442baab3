/** Surge protection of a plant, at the lift station whose pump trip parts the column: each device does what it is bought for. */
import { describe, expect, it } from 'vitest';
import { createFrame } from '../../models/contract/index.ts';
import { createSim, type LiquidSim, type LiquidSpec } from '../../sim/index.ts';
import { defect_m3, gas_m3, held, liftStation } from './liftStation.ts';
import type { PlantDraft } from './line.ts';

/** The station without its relief valve and without chance, changed. */
const bare = (change: (spec: PlantDraft) => void = () => {}) =>
  liftStation((s) => {
    held(s);
    s['relief-valves'] = [];
    change(s);
  });

const VESSEL = { id: 'SV-1', at: 'H-1', volume: 8, gas: 3, exponent: 1.2 } as const;
const AIR_VALVE = { id: 'AV-1', at: 'M-1', inlet: 0.08, outlet: 0.01, 'discharge-coefficient': 0.6 } as const;

interface Trip {
  readonly sim: LiquidSim;
  readonly peak_bar: number;
  readonly least_bar: number; // at the knee
  readonly gas_m3: number;
  readonly relieved_m3: number;
}

function run(sim: LiquidSim, seconds: number, each: () => void = () => {}): void {
  const frame = createFrame(sim.layout);
  const end = sim.timeUs + seconds * 1e6;
  while (sim.timeUs < end) {
    sim.step(frame);
    each();
  }
}

/** Ten seconds of calm, a trip, and what comes of it. */
function tripped(spec: LiquidSpec, seconds = 120): Trip {
  const sim = createSim(spec, { seed: 1 });
  run(sim, 10);
  const { network: net } = sim.physics.state;
  const { network } = sim.physics.model;
  const bar = (id: string) => {
    const n = network.nodeIndex.get(id)!;
    return (network.density_kg_m3 * network.gravity_m_s2 * (net.nodeHead_m[n]! - network.nodeElevation_m[n]!)) / 1e5;
  };
  expect(sim.apply([{ kind: 'pump', element: 'PU-1', action: 'trip' }])).toEqual([]);
  const seen = { peak_bar: 0, least_bar: 9, gas_m3: 0, relieved_m3: 0 };
  const relief = network.orificeIndex.get('RV-1');
  run(sim, seconds, () => {
    seen.peak_bar = Math.max(seen.peak_bar, bar('H-1'));
    seen.least_bar = Math.min(seen.least_bar, bar('M-1'));
    seen.gas_m3 = Math.max(seen.gas_m3, gas_m3(sim));
    if (relief !== undefined) seen.relieved_m3 += net.orificeFlow_m3_s[relief]! * network.timeStep_s;
  });
  return { sim, ...seen };
}

const told = (t: Trip) =>
  `header up to ${t.peak_bar.toFixed(2)} bar, knee down to ${t.least_bar.toFixed(2)} bar, gas ${(1e3 * t.gas_m3).toFixed(1)} L, relieved ${(1e3 * t.relieved_m3).toFixed(1)} L, balance open by ${defect_m3(t.sim).toExponential(1)} m3`;

describe('a pump trip', () => {
  const without = tripped(bare());

  it('moves nothing before it, whatever is installed', () => {
    const start = (spec: LiquidSpec) => createSim(spec, { seed: 1 });
    const plain = start(bare());
    const protectedOne = start(
      bare((s) => {
        s['surge-vessels'] = [VESSEL];
        s['air-valves'] = [AIR_VALVE];
      }),
    );
    const before = Float64Array.from(protectedOne.physics.state.network.nodeHead_m);
    run(protectedOne, 10);
    const moved = before.reduce(
      (m, h, n) => Math.max(m, Math.abs(h - protectedOne.physics.state.network.nodeHead_m[n]!)),
      0,
    );
    console.log(`moved ${moved.toExponential(1)} m in 10 s`);
    expect(moved).toBeLessThan(1e-6);
    plain.physics.state.network.nodeHead_m.forEach((h, n) => {
      expect(before[n]).toBeCloseTo(h, 6);
    });
  });

  it('is tamed by a vessel: the column does not part and no surge comes back', () => {
    const vessel = tripped(bare((s) => (s['surge-vessels'] = [VESSEL])));
    console.log(`none:   ${told(without)}\nvessel: ${told(vessel)}`);
    expect(without.gas_m3).toBeGreaterThan(0.02);
    expect(vessel.gas_m3).toBeLessThan(1e-3);
    expect(vessel.peak_bar).toBeLessThan(without.peak_bar - 1);
    expect(vessel.least_bar).toBeGreaterThan(-0.9);
    expect(vessel.sim.violations()).toEqual([]);
    expect(Math.abs(defect_m3(vessel.sim))).toBeLessThan(1e-3);
  });

  it('lets air in at an air valve instead of boiling', () => {
    const air = tripped(bare((s) => (s['air-valves'] = [AIR_VALVE])));
    console.log(`air valve: ${told(air)}`);
    expect(without.least_bar).toBeLessThan(-0.95);
    expect(air.least_bar).toBeGreaterThan(-0.5);
    expect(air.sim.violations()).toEqual([]);
    expect(Math.abs(defect_m3(air.sim))).toBeLessThan(1e-3);
  });

  it('opens the relief valve that the station ships with, which cuts the surge', () => {
    const relief = tripped(liftStation(held));
    console.log(`relief valve: ${told(relief)}`);
    expect(relief.relieved_m3).toBeGreaterThan(1e-3);
    expect(relief.peak_bar).toBeLessThan(without.peak_bar - 2);
    expect(relief.sim.violations()).toEqual([]);
    expect(Math.abs(defect_m3(relief.sim))).toBeLessThan(1e-3);
  });

  it('dies out faster with unsteady friction', () => {
    const swing = (friction: 'none' | 'brunone-vitkovsky') => {
      const { sim } = tripped(
        bare((s) => {
          s['surge-vessels'] = [{ ...VESSEL, gas: 0.4 }];
          s['unsteady-friction'] = friction;
        }),
        90,
      );
      let low = Infinity;
      let high = -Infinity;
      run(sim, 60, () => {
        const p = sim.physics.trueValue(sim.model.tagIndex.get('PT-1')!);
        low = Math.min(low, p);
        high = Math.max(high, p);
      });
      expect(sim.violations()).toEqual([]);
      return (high - low) / 1e5;
    };
    const [plain, unsteady] = [swing('none'), swing('brunone-vitkovsky')];
    console.log(`swing after 90 s: ${plain.toFixed(4)} bar, with unsteady friction ${unsteady.toFixed(4)} bar`);
    expect(unsteady).toBeLessThan(plain);
  });
});

describe('a snapshot amid a surge', () => {
  it('goes on bit for bit', () => {
    const spec = bare((s) => {
      s['surge-vessels'] = [VESSEL];
      s['air-valves'] = [AIR_VALVE];
    });
    const { sim } = tripped(spec, 7);
    const other = createSim(spec, { seed: 1 });
    other.restore(sim.snapshot());
    run(sim, 20);
    run(other, 20);
    expect(other.fingerprint()).toBe(sim.fingerprint());
  });
});

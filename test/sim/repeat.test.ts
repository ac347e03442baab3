/** Repeatability: the same seed gives the same bits, a resumed run is the uninterrupted one, and instruments keep to themselves. */
import { describe, expect, it } from 'vitest';
import type { Command, TruthEvent } from '../../models/contract/index.ts';
import type { LiquidSpec, LiquidSim as Sim } from '../../sim/index.ts';
import { calm, crudeLine, frameBits, instrument, type PlantDraft, run, samples, start, truth } from './line.ts';

const LEAKS = [
  { id: 'leak-1', pipe: 'P-3', fraction: 0.37, dischargeCoefficient: 0.62 },
  { id: 'leak-2', pipe: 'P-3', fraction: 0.8, dischargeCoefficient: 0.62 },
];

/** Something of everything, by tick: all that a snapshot must hold. */
const EVENTS: readonly [tick: number, commands: readonly Command[]][] = [
  [30, [{ kind: 'leak.open', leak: 'leak-1', area_m2: 2e-4, growth_s: 20 }]],
  [50, [{ kind: 'leak.open', leak: 'leak-2', area_m2: 1e-4, growth_s: 5, pulse: { period_s: 0.8, open_s: 0.3 } }]],
  [65, [{ kind: 'fault', fault: 'f1', target: 'PT-302', form: 'stuck' }]],
  [80, [{ kind: 'fault', fault: 'f2', target: 'PT-401', form: 'spikes', size: 3, every_s: 0.5 }]],
  [85, [{ kind: 'fault', fault: 'f3', target: 'RTU-5', form: 'communication-loss' }]],
  [100, [{ kind: 'pump', element: 'PU-201', action: 'trip' }]],
  [120, [{ kind: 'set', element: 'PIC-501', property: 'setPoint', value: 9e5 }]],
  [155, [{ kind: 'pump', element: 'PU-102', action: 'start' }]],
  [230, [{ kind: 'fault.clear', fault: 'f3', target: 'RTU-5' }]],
  [240, [{ kind: 'fault', fault: 'f4', target: 'FT-501', form: 'drift', size: 500 }]],
  [333, [{ kind: 'leak.close', leak: 'leak-1' }]],
  [340, [{ kind: 'fault.clear', fault: 'f1', target: 'PT-302' }]],
];
const TICKS = 700;

interface Seen {
  readonly frames: string[];
  readonly truth: TruthEvent[];
}

/** From the plant's present tick to a later one. */
function drive(sim: Sim, to: number): Seen {
  const seen: Seen = { frames: [], truth: [] };
  const tick_s = sim.model.tickUs * 1e-6;
  for (let tick = Math.round(sim.timeUs / sim.model.tickUs); tick < to; tick += 1) {
    for (const [at, commands] of EVENTS) if (at === tick) expect(sim.apply(commands)).toEqual([]);
    run(sim, tick_s, (_t, scanned, frame) => {
      if (scanned) seen.frames.push(frameBits(frame));
    });
    seen.truth.push(...sim.drainTruth());
  }
  return seen;
}

describe('a resumed snapshot', () => {
  // In the middle of scans, inside a growing leak, a pump's run-down, a stroke, a lost station, a friction refresh.
  it.each([0, 7, 33, 87, 101, 119, 160, 200, 241, 600])('taken after %d ticks goes on bit for bit', (cut) => {
    const sim = start(crudeLine(), { seed: 3, leaks: LEAKS });
    const before = drive(sim, cut);
    const bytes = sim.snapshot();
    const fingerprint = sim.fingerprint();
    const after = drive(sim, TICKS);

    const other = start(crudeLine(), { seed: 3, leaks: LEAKS });
    drive(other, 13);
    other.drainTruth();
    other.restore(bytes);
    expect(other.fingerprint()).toBe(fingerprint);
    const resumed = drive(other, TICKS);
    expect(resumed).toEqual(after);
    expect(other.fingerprint()).toBe(sim.fingerprint());
    expect(before.frames.length + resumed.frames.length).toBe(TICKS / 20);
  });

  it('is a copy: going on does not change it', () => {
    const sim = start(crudeLine());
    run(sim, 3);
    const bytes = sim.snapshot();
    const copy = Uint8Array.from(bytes);
    run(sim, 3);
    expect(bytes).toEqual(copy);
  });

  it('of another plant is refused', () => {
    const sim = start(crudeLine());
    expect(() => sim.restore(new Uint8Array(10))).toThrow('a snapshot of 10 bytes does not fit');
  });
});

describe('the seed', () => {
  it('twice the same gives the same bits, whatever ran before in the process', () => {
    const first = drive(start(crudeLine(), { seed: 5, leaks: LEAKS }), TICKS);
    drive(start(crudeLine(), { seed: 6, leaks: LEAKS }), 100);
    const sim = start(crudeLine(), { seed: 5, leaks: LEAKS });
    expect(drive(sim, TICKS)).toEqual(first);
    expect(first.truth.length).toBeGreaterThan(20);
  });

  it('another gives other noise in every noisy tag, and the same physics to the bit', () => {
    const a = start(crudeLine(calm), { seed: 5, leaks: LEAKS });
    const b = start(crudeLine(calm), { seed: 6, leaks: LEAKS });
    const [framesA, framesB] = [drive(a, TICKS).frames, drive(b, TICKS).frames];
    expect(new Uint8Array(a.physics.state.network.buffer)).toEqual(new Uint8Array(b.physics.state.network.buffer));
    for (const i of framesA.keys()) expect(framesB[i]).not.toBe(framesA[i]);
    const [last, lastB] = [run(a, 1), run(b, 1)];
    for (const tag of a.layout.tags)
      if (tag.noise > 0 && tag.width > 1)
        expect(samples(a, last, tag.id), tag.id).not.toEqual(samples(b, lastB, tag.id));
  });

  it('draws the wander of the pumps too', () => {
    const [a, b] = [start(crudeLine(), { seed: 5 }), start(crudeLine(), { seed: 6 })];
    run(a, 60);
    run(b, 60);
    const difference = Math.abs(truth(a, 'PT-101') - truth(b, 'PT-101'));
    console.log(`after a minute PT-101 differs by ${(1000 * difference).toFixed(2)} mbar`);
    expect(difference).toBeGreaterThan(1e-4);
    expect(difference).toBeLessThan(0.1);
  });

  it('of the run leaves calibration alone: that belongs to the plant', () => {
    const bias = (seed: number, change?: (s: PlantDraft) => void) => start(crudeLine(change), { seed }).model.tagBias;
    expect(bias(1)).toEqual(bias(2));
    expect(bias(1, (s) => (s['as-built'].seed = 12))).not.toEqual(bias(1));
    expect(start(crudeLine(), { seed: 1 }).model.asBuilt).toEqual(start(crudeLine(), { seed: 2 }).model.asBuilt);
  });
});

describe('adding an instrument', () => {
  it('in front of all others changes no bit of what they show', () => {
    const extra = (s: PlantDraft) => {
      s.instruments.unshift({ ...structuredClone(instrument(s, 'PT-201')), tag: 'PT-202' });
      s.stations.unshift({ ...structuredClone(s.stations[0]!), id: 'RTU-0', unit: 99 });
    };
    const compare = (spec: LiquidSpec) => {
      const sim = start(spec, { seed: 8, leaks: LEAKS });
      sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2: 2e-4, growth_s: 2 }]);
      const frame = run(sim, 60);
      return { sim, frame };
    };
    const [plain, more] = [compare(crudeLine()), compare(crudeLine(extra))];
    for (const tag of plain.sim.layout.tags)
      expect(samples(more.sim, more.frame, tag.id), tag.id).toEqual(samples(plain.sim, plain.frame, tag.id));
    // Two transmitters at one place see the same pressure through noises of their own.
    expect(samples(more.sim, more.frame, 'PT-202')).not.toEqual(samples(more.sim, more.frame, 'PT-201'));
    const stations = plain.sim.layout.stations.map((s) => s.id);
    expect(stations.map((id) => more.frame.stationTimeUs[more.sim.model.stationIndex.get(id)!])).toEqual(
      stations.map((id) => plain.frame.stationTimeUs[plain.sim.model.stationIndex.get(id)!]),
    );
  });
});

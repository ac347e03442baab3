/** Instruments do what their data sheet in the plant file says, faults what their form says, stations what their clocks say. */
import { describe, expect, it } from 'vitest';
import { type Command, Quality } from '../../models/contract/index.ts';
import { poissonInterval } from '../../models/kernel/index.ts';
import type { LiquidSpec, LiquidSim as Sim } from '../../sim/index.ts';
import {
  calm,
  crudeLine,
  deviation,
  instrument,
  isothermal,
  type PlantDraft,
  quality,
  run,
  samples,
  start,
  still,
  truth,
} from './line.ts';

/** All samples of a tag over a while. */
function record(sim: Sim, tag: string, seconds: number): number[] {
  const all: number[] = [];
  run(sim, seconds, (_t, scanned, frame) => {
    if (scanned) all.push(...samples(sim, frame, tag));
  });
  return all;
}

describe('errors of measurement', () => {
  it.each<[string, number, number]>([
    ['PT-101', 0.00015 * 60, 300],
    ['PT-501', 0.00015 * 60, 300],
    ['FT-301', 0.001 * 1800, 2000],
    ['ST-101', 0.0001 * 130, 2000],
  ])('the noise of %s is that of its data sheet, about the truth', (tag, sigma, seconds) => {
    const sim = start(
      still((s) => (instrument(s, tag).noise = sigma / s.instruments.find((t) => t.tag === tag)!.range[1])),
      {
        tick_s: tag.startsWith('PT') ? 0.05 : 1,
      },
    );
    const values = record(sim, tag, seconds);
    const { mean, sigma: measured } = deviation(values);
    const n = values.length;
    console.log(
      `${tag}: sigma ${measured.toPrecision(4)} of ${sigma.toPrecision(4)}, mean off by ${(mean - truth(sim, tag)).toExponential(1)}`,
    );
    expect(Math.abs(measured / sigma - 1)).toBeLessThan(4 / Math.sqrt(2 * n));
    expect(Math.abs(mean - truth(sim, tag))).toBeLessThan((4 * sigma) / Math.sqrt(n));
  });

  it('the calibration error of a tag is one draw of its accuracy, standing still all run long', () => {
    const drawn: number[] = [];
    for (let seed = 1; seed <= 60; seed += 1) {
      const sim = start(
        still((s) => {
          s['as-built'].seed = seed;
          for (const t of s.instruments) t.accuracy = 0.001;
        }),
        { tick_s: 1 },
      );
      for (const [i, t] of sim.layout.tags.entries())
        drawn.push(sim.model.tagBias[i]! / (0.001 * (t.range[1] - t.range[0])));
      if (seed > 1) continue;
      const values = record(sim, 'PT-301', 20);
      const bias = sim.model.tagBias[sim.model.tagIndex.get('PT-301')!]!;
      for (const v of values) expect(v - truth(sim, 'PT-301')).toBeCloseTo(bias, 5);
    }
    const { mean, sigma } = deviation(drawn);
    console.log(`${drawn.length} biases in units of the accuracy: mean ${mean.toFixed(3)}, sigma ${sigma.toFixed(3)}`);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(drawn.length));
    expect(Math.abs(sigma - 1)).toBeLessThan(4 / Math.sqrt(2 * drawn.length));
  });

  it('drift is one draw of span per year, linear in time', () => {
    const sim = start(
      still((s) => (instrument(s, 'PT-301').drift = 1)),
      { tick_s: 1 },
    );
    const values = record(sim, 'PT-301', 600).filter((_, i) => i % 20 === 19);
    const slope = (values[599]! - values[99]!) / 500;
    const drawn = (slope * 31_557_600) / 60;
    console.log(`slope of one span per year: drew ${drawn.toFixed(3)}`);
    expect(slope).toBeCloseTo(sim.model.tagDrift_per_us[sim.model.tagIndex.get('PT-301')!]! * 1e6, 9);
    expect(Math.abs(values[349]! - (values[99]! + 250 * slope))).toBeLessThan(4e-6);
    expect(Math.abs(drawn)).toBeGreaterThan(0.01);
  });

  it('a lag is a first-order filter of what a transmitter without one sees', () => {
    const spec = still((s) => {
      const slow = { ...structuredClone(instrument(s, 'PT-302')), tag: 'PT-302L', lag: 0.3 };
      s.instruments.push(slow);
    });
    const sim = start(spec);
    sim.apply([{ kind: 'pump', element: 'PU-201', action: 'trip' }]);
    const [fast, slow]: number[][] = [[], []];
    run(sim, 20, (_t, scanned, frame) => {
      if (!scanned) return;
      fast!.push(...samples(sim, frame, 'PT-302'));
      slow!.push(...samples(sim, frame, 'PT-302L'));
    });
    const gain = 1 - Math.exp(-0.05 / 0.3);
    let y = slow![0]!;
    let worst = 0;
    for (let n = 1; n < fast!.length; n += 1) {
      y += gain * (fast![n]! - y);
      worst = Math.max(worst, Math.abs(y - slow![n]!));
    }
    console.log(
      `worst difference ${worst.toExponential(1)} bar over a fall of ${(fast![0]! - fast!.at(-1)!).toFixed(1)} bar`,
    );
    expect(worst).toBeLessThan(1e-5);
    expect(Math.max(...fast!.map((v, n) => slow![n]! - v))).toBeGreaterThan(0.1);
  });

  it('a converter of few bits shows only its counts, and a range clips with a flag', () => {
    const sim = start(
      still((s) => {
        instrument(s, 'PT-101').bits = 8;
        instrument(s, 'PT-301').range = [0, 10];
        instrument(s, 'PT-302').range = [50, 60];
        // Its limit would lie outside of that range.
        s.interlocks = s.interlocks!.filter((l) => l.when.tag !== 'PT-302');
      }),
    );
    const frame = run(sim, 2);
    const [shown, count] = [samples(sim, frame, 'PT-101')[0]!, 60 / 255];
    expect(Math.abs(shown / count - Math.round(shown / count))).toBeLessThan(1e-5);
    expect(Math.abs(shown - truth(sim, 'PT-101'))).toBeLessThan(count / 2 + 1e-6);
    const over = truth(sim, 'PT-301') > 10;
    expect([...new Set(samples(sim, frame, 'PT-302'))]).toEqual([50]);
    expect(quality(sim, frame, 'PT-302')).toBe(Quality.clipped);
    expect(quality(sim, frame, 'PT-301')).toBe(over ? Quality.clipped : Quality.good);
    expect(quality(sim, frame, 'PT-101')).toBe(Quality.good);
  });

  it('every sample is quantised once: the frame holds float32 and no more', () => {
    const sim = start(crudeLine());
    const frame = run(sim, 3);
    for (const v of frame.value) expect(Math.fround(v)).toBe(v);
  });
});

describe('instants', () => {
  /** Truth of a tag after every tick, and linear in between: physics moves no other way between two ticks. */
  function traced(spec: LiquidSpec, tag: string, tick_s: number, commands: readonly Command[], seconds: number) {
    const sim = start(spec, { tick_s });
    const at = [truth(sim, tag)];
    const seen: { timeUs: number; value: number }[] = [];
    run(sim, 2, () => at.push(truth(sim, tag)));
    sim.apply(commands);
    const { periodUs, width } = sim.layout.tags[sim.model.tagIndex.get(tag)!]!;
    const stationUs = sim.model.stationIndex.get(sim.layout.tags[sim.model.tagIndex.get(tag)!]!.station)!;
    run(sim, seconds, (_t, scanned, frame) => {
      at.push(truth(sim, tag));
      if (scanned)
        samples(sim, frame, tag).forEach((value, k) => {
          seen.push({ timeUs: frame.stationTimeUs[stationUs]! - (width - 1 - k) * periodUs, value });
        });
    });
    const value = (timeUs: number) => {
      const tick = timeUs / sim.model.tickUs;
      const k = Math.floor(tick);
      return at[k]! + (tick - k) * (at[k + 1]! - at[k]!);
    };
    return { seen: seen.slice(width), value };
  }

  it.each<[string, number, number, string]>([
    // Latency in ms; neither divides the tick.
    ['PT-302', 0.05, 130, 'a 20 Hz pressure at 50 ms steps'],
    ['PT-302', 0.02, 217, 'a 20 Hz pressure at 20 ms steps'],
    ['PT-302', 1, 130, 'a 20 Hz pressure at 1 s steps'],
    ['FT-301', 0.05, 130, 'one flow per scan at 50 ms steps'],
    ['FT-301', 1, 420, 'one flow per scan at 1 s steps'],
  ])('%s: samples are the truth at T − latency (step %d s, latency %d ms), %s', (tag, tick_s, latency_ms, _) => {
    const spec = still((s) => {
      // a meter in standard volume takes its pressure from another instant than its own flow's
      isothermal(s);
      s.stations[2]!['poll-latency'] = latency_ms / 1000;
    });
    const { seen, value } = traced(spec, tag, tick_s, [{ kind: 'pump', element: 'PU-201', action: 'stop' }], 25);
    let [worst, tenMsOff] = [0, 0];
    for (const s of seen) {
      worst = Math.max(worst, Math.abs(s.value - value(s.timeUs)));
      tenMsOff = Math.max(tenMsOff, Math.abs(s.value - value(s.timeUs - 10_000)));
    }
    console.log(`${tag}: off by ${worst.toExponential(1)}; an error of 10 ms would show ${tenMsOff.toExponential(1)}`);
    expect(worst).toBeLessThan(1e-4);
    expect(tenMsOff).toBeGreaterThan(10 * worst);
  });

  it('jitter moves the instants of samples, by as much as it says', () => {
    const jitter = 0.004;
    const make = (j: number) =>
      start(
        still((s) => {
          instrument(s, 'ST-102').rate = 20;
          instrument(s, 'ST-102').jitter = j;
          s.stations[0]!['poll-latency'] = 0.12;
        }),
      );
    const [steady, shaky] = [make(0), make(jitter)];
    const series = [steady, shaky].map((sim) => {
      sim.apply([{ kind: 'pump', element: 'PU-102', action: 'start' }]);
      return record(sim, 'ST-102', 20);
    });
    // A start moves the speed by 4 % of rated per second, exactly.
    const late = series[1]!.map((v, n) => (series[0]![n]! - v) / 4).slice(4);
    const { sigma } = deviation(late);
    console.log(`instants scatter by ${(1000 * sigma).toFixed(2)} ms`);
    expect(Math.abs(sigma / jitter - 1)).toBeLessThan(4 / Math.sqrt(2 * late.length));
  });
});

describe('stations', () => {
  it('stamp with plant time − latency + offset + drift, in whole microseconds, and offsets scatter as declared', () => {
    const offsets: number[] = [];
    for (let seed = 1; seed <= 80; seed += 1) {
      const sim = start(
        crudeLine((s) => {
          for (const x of s.stations) x['clock-drift'] = 1e-5;
        }),
        { seed, tick_s: 1 },
      );
      const [first, last] = [[...run(sim, 1).stationTimeUs], [...run(sim, 100).stationTimeUs]];
      sim.layout.stations.forEach((_, i) => {
        const latency = sim.model.stationLatencyUs[i]!;
        const drift = (last[i]! - first[i]! - 100e6) / 100e6;
        expect(Number.isInteger(first[i])).toBe(true);
        expect(Math.abs(drift - sim.model.stationDrift[i]!)).toBeLessThan(2e-8);
        expect(Math.abs(drift)).toBeLessThan(5e-5);
        offsets.push((first[i]! - 1e6 + latency - drift * 1e6) / 1000);
      });
    }
    const { mean, sigma } = deviation(offsets);
    console.log(`${offsets.length} clock offsets: mean ${mean.toFixed(2)} ms, sigma ${sigma.toFixed(2)} of 4 ms`);
    expect(Math.abs(mean)).toBeLessThan((4 * 4) / Math.sqrt(offsets.length));
    expect(Math.abs(sigma / 4 - 1)).toBeLessThan(4 / Math.sqrt(2 * offsets.length));
  });

  it('that lose communication leave values and time standing, flagged; what comes after is what a twin shows', () => {
    const [sim, twin] = [start(crudeLine()), start(crudeLine())];
    run(sim, 5);
    run(twin, 5);
    const before = run(sim, 1);
    run(twin, 1);
    sim.apply([{ kind: 'fault', fault: 'f', target: 'RTU-4', form: 'communication-loss' }]);
    for (const s of [sim, twin]) s.apply([{ kind: 'set', element: 'PU-201', property: 'speed', value: 0.95 }]);
    const during = run(sim, 30);
    run(twin, 30);
    const station = sim.model.stationIndex.get('RTU-4')!;
    for (const t of sim.layout.tags) {
      const lost = t.station === 'RTU-4';
      expect((quality(sim, during, t.id) & Quality.lost) !== 0, t.id).toBe(lost);
      if (lost) expect(samples(sim, during, t.id)).toEqual(samples(sim, before, t.id));
    }
    expect(during.stationTimeUs[station]).toBe(before.stationTimeUs[station]);
    expect(during.stationTimeUs[0]).toBeGreaterThan(before.stationTimeUs[0]!);
    sim.apply([{ kind: 'fault.clear', fault: 'f', target: 'RTU-4' }]);
    const [after, expected] = [run(sim, 1), run(twin, 1)];
    expect(samples(sim, after, 'PT-401')).toEqual(samples(twin, expected, 'PT-401'));
    expect(after.stationTimeUs).toEqual(expected.stationTimeUs);
    expect(quality(sim, after, 'PT-401')).toBe(Quality.good);
    expect(sim.drainTruth().map((e) => e.kind)).toEqual(['fault.began', 'disturbance', 'fault.cleared']);
  });
});

describe('report by exception', () => {
  it.each([
    ['LT-101', 20],
    ['TT-301', 60],
  ])(
    '%s holds what has not moved by its deadband, reports what has, and is never silent for %d s',
    (tag, silence_s) => {
      const sim = start(
        crudeLine((s) => (instrument(s, tag)['report-at-least'] = silence_s)),
        { tick_s: 1 },
      );
      const deadband = sim.model.tagDeadband[sim.model.tagIndex.get(tag)!]!;
      let [shown, age, held, reported, byTime] = [Number.NaN, 0, 0, 0, 0];
      run(sim, 1000, (_t, scanned, frame) => {
        if (!scanned) return;
        const value = samples(sim, frame, tag)[0]!;
        age += 1;
        if (quality(sim, frame, tag) === Quality.held) {
          held += 1;
          expect(value).toBe(shown);
          expect(age).toBeLessThan(silence_s);
          return;
        }
        reported += 1;
        if (reported > 1 && Math.abs(value - shown) <= deadband) {
          byTime += 1;
          expect(age).toBe(silence_s);
        }
        shown = value;
        age = 0;
      });
      console.log(`${tag}: ${reported} of ${held + reported} reported, ${byTime} for silence alone`);
      expect(held).toBeGreaterThan(50);
      expect(reported).toBeGreaterThan(10);
    },
  );

  it('of a still value reports once a silence and no more', () => {
    const sim = start(
      still((s) => (instrument(s, 'TT-101').deadband = 0.001)),
      { tick_s: 1 },
    );
    const at: number[] = [];
    run(sim, 301, (timeUs, scanned, frame) => {
      if (scanned && quality(sim, frame, 'TT-101') === Quality.good) at.push(timeUs / 1e6);
    });
    expect(at).toEqual([1, 61, 121, 181, 241, 301]);
  });
});

describe('faults', () => {
  const TAG = 'PT-401';
  /** A run with a fault from 5 s on beside its twin without: everything else is equal to the bit. */
  function beside(command: Partial<Extract<Command, { kind: 'fault' }>>, seconds: number, spec = crudeLine(calm)) {
    const [sim, twin] = [start(spec), start(spec)];
    run(sim, 5);
    run(twin, 5);
    expect(sim.apply([{ kind: 'fault', fault: 'f', target: TAG, form: 'bias', ...command }])).toEqual([]);
    const difference: number[] = [];
    const values: number[] = [];
    const flags = new Set<number>();
    const normal = record(twin, TAG, seconds);
    run(sim, seconds, (_t, scanned, frame) => {
      if (!scanned) return;
      flags.add(quality(sim, frame, TAG));
      for (const v of samples(sim, frame, TAG)) {
        difference.push(v - normal[values.length]!);
        values.push(v);
      }
    });
    return { sim, twin, difference, values, flags };
  }
  const COUNT = 60 / 65_535 + 1e-5;

  it('bias adds its size, to within a count of the converter', () => {
    const { difference, flags } = beside({ form: 'bias', size: -1.5 }, 20);
    // The RTU holds three samples that were taken before.
    for (const d of difference.slice(4)) expect(Math.abs(d + 1.5)).toBeLessThan(COUNT);
    expect([...flags]).toEqual([Quality.good]);
  });

  it('drift adds its rate times the time since it began', () => {
    const { difference } = beside({ form: 'drift', size: 180 }, 40);
    // Sample n was taken 50 ms · (n + 1) − 210 ms after the fault.
    difference.forEach((d, n) => {
      const since_s = 0.05 * (n + 1) - 0.21;
      expect(Math.abs(d - (180 * Math.max(0, since_s)) / 3600)).toBeLessThan(COUNT);
    });
    expect(difference.at(-1)!).toBeGreaterThan(1.9);
  });

  it('stuck repeats one sample to the bit, and says nothing', () => {
    const { values, flags, difference } = beside({ form: 'stuck' }, 30);
    expect(new Set(values.slice(20)).size).toBe(1);
    expect(Math.abs(difference[20]!)).toBeLessThan(0.1);
    expect([...flags]).toEqual([Quality.good]);
  });

  it('drop-out declares itself failed', () => {
    const { values, flags } = beside({ form: 'drop-out' }, 10);
    expect(new Set(values.slice(20)).size).toBe(1);
    expect([...flags]).toEqual([Quality.failed]);
  });

  it('spikes come at random, of their size and either sign, as often as they say', () => {
    const { difference, flags } = beside({ form: 'spikes', size: 5, every_s: 4 }, 600);
    const spikes = difference.filter((d) => Math.abs(d) > 1);
    for (const s of spikes) expect(Math.abs(Math.abs(s) - 5)).toBeLessThan(COUNT);
    expect(difference.filter((d) => d !== 0).length).toBe(spikes.length);
    const { low, high } = poissonInterval(spikes.length, 600, 0.999);
    const up = spikes.filter((s) => s > 0).length;
    console.log(`${spikes.length} spikes in 600 s (one in 4 s), ${up} of them upwards`);
    expect(1 / 4).toBeGreaterThan(low);
    expect(1 / 4).toBeLessThan(high);
    expect(Math.abs(up / spikes.length - 0.5)).toBeLessThan(2 / Math.sqrt(spikes.length));
    expect([...flags]).toEqual([Quality.good]);
  });

  it('cleared, the tag is its twin again to the bit', () => {
    for (const form of ['bias', 'drift', 'stuck', 'spikes', 'drop-out'] as const) {
      const { sim, twin } = beside({ form, size: 2, every_s: 1 }, 5);
      sim.apply([{ kind: 'fault.clear', fault: 'f', target: TAG }]);
      run(sim, 2);
      run(twin, 2);
      const [a, b] = [run(sim, 1), run(twin, 1)];
      expect(samples(sim, a, TAG), form).toEqual(samples(twin, b, TAG));
      expect(quality(sim, a, TAG), form).toBe(Quality.good);
      expect(new Uint8Array(sim.physics.state.network.buffer)).toEqual(
        new Uint8Array(twin.physics.state.network.buffer),
      );
    }
  });

  it('one after another on the same tag: the last one holds, and a second stuck holds a new value', () => {
    const spec = crudeLine();
    const sim = start(spec);
    const stuck = (): number => {
      sim.apply([{ kind: 'fault', fault: 'f', target: TAG, form: 'stuck' }]);
      run(sim, 2);
      return samples(sim, run(sim, 1), TAG)[0]!;
    };
    run(sim, 2);
    const first = stuck();
    sim.apply([{ kind: 'set', element: 'PU-201', property: 'speed', value: 0.9 }]);
    run(sim, 60);
    const second = stuck();
    expect(Math.abs(second - first)).toBeGreaterThan(0.5);
  });
});

describe('a run state', () => {
  it('is the contactor: 1 while a pump is driven, 0 from the instant of its trip, though it still turns', () => {
    const add = (s: PlantDraft) => {
      s.instruments.push({
        ...structuredClone(instrument(s, 'ST-101')),
        tag: 'XS-101',
        measures: 'running',
        unit: '',
        range: [0, 1],
        bits: 8,
      });
    };
    const sim = start(still(add));
    sim.apply([{ kind: 'set', element: 'PU-101', property: 'speed', value: 0.9 }]);
    const shown = (seconds: number) => samples(sim, run(sim, seconds), 'XS-101')[0];
    expect(shown(10)).toBe(1);
    sim.apply([{ kind: 'pump', element: 'PU-101', action: 'trip' }]);
    expect(shown(1)).toBe(0);
    expect(truth(sim, 'ST-101')).toBeGreaterThan(20);
    sim.apply([{ kind: 'pump', element: 'PU-101', action: 'start' }]);
    expect(shown(1)).toBe(1);
  });
});

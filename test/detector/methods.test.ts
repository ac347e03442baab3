/** Methods: where a wave comes from, how long a CUSUM waits, and what no skill looks like. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLine, type Span } from '../../detector/features/index.ts';
import { cusumThreshold, METHODS } from '../../detector/methods/index.ts';
import type { AlarmEvent } from '../../models/contract/index.ts';
import { poissonInterval, seeded } from '../../models/kernel/index.ts';
import { crudeLine, start } from '../sim/line.ts';
import { build, type Film, libraryRecipe, madeUp, plainLayout, play, recipe } from './frames.ts';

describe('the wave method', () => {
  const sim = start(crudeLine(), { exact: true });
  const { layout } = sim;
  const { asBuilt } = sim.model;
  const line = readLine(layout, asBuilt)!;
  const text = `
recipe: wave-only
about: The wave alone, with a short warm-up.
warm-up: 60 s
methods: [{ method: wave, alarm: LD-WAVE, window: 1.5 s, sigma: 6, quiet: 90 s, margin: 300 ms, hold: 30 s }]
`;
  const STEP_BAR = 2;

  /** Arrivals of a wave from x of a span, as physics has it, moved to between two samples as any sampling would. */
  function arrivals(span: Span, x: number, flow_m3_s: number, t0: number) {
    const [c, v] = [span.waveSpeed_m_s, flow_m3_s / span.area_m2];
    const sampled = (t: number) => (Math.floor(t / 0.05) + 0.5) * 0.05;
    return { up: sampled(t0 + x / (c - v)), down: sampled(t0 + (span.length_m - x) / (c + v)) };
  }

  /** Place by bisection of the forward model: the other path to the closed form. */
  function bisected(span: Span, flow_m3_s: number, difference_s: number): number {
    const [c, v] = [span.waveSpeed_m_s, flow_m3_s / span.area_m2];
    let [low, high] = [0, span.length_m];
    for (let i = 0; i < 60; i += 1) {
      const x = (low + high) / 2;
      if (x / (c - v) - (span.length_m - x) / (c + v) < difference_s) low = x;
      else high = x;
    }
    return (low + high) / 2;
  }

  function listen(
    index: number,
    x: number,
    flow_m3_s: number,
    change: (t: { up: number; down: number }) => void = () => {},
  ) {
    const span = line.spans[index]!;
    const at = arrivals(span, x, flow_m3_s, 100);
    change(at);
    const alpha = (span.friction * Math.abs(flow_m3_s)) / span.area_m2 / (2 * span.diameter_m * span.waveSpeed_m_s);
    const signal = (tag: string, t: number): number => {
      const i = layout.tags.findIndex((q) => q.id === tag);
      if (layout.tags[i]!.quantity === 'flow') return flow_m3_s * 3600;
      if (layout.tags[i]!.quantity !== 'pressure') return 50;
      if (i === span.up && t >= at.up) return 20 - STEP_BAR * Math.exp(-alpha * x);
      if (i === span.down && t >= at.down) return 20 - STEP_BAR * Math.exp(-alpha * (span.length_m - x));
      return 20;
    };
    const film: Film = { layout, asBuilt, frames: [] };
    const events: AlarmEvent[] = [];
    const pipeline = build(recipe(text), film);
    for (const frame of madeUp(layout, 150, signal, { seed: 3 })) events.push(...pipeline.step(frame));
    return { events, span, at };
  }

  it.each([
    [0, 3000, 0.294],
    [1, 9100, 0.294],
    [2, 4625, 0.294],
    [2, 6250, 0],
    [3, 600, 0.294],
    [3, 11_900, 0.294],
    // A flow at which the convection of the wave matters: 26 m of place.
    [1, 6250, 0.9],
    [1, 6250, -0.45],
  ])(
    'finds a front from span %d at %d m with a flow of %d m3/s where bisection of the arrivals finds it',
    (index, x, flow) => {
      const { events, span, at } = listen(index, x, flow);
      const raised = events.filter((e) => e.to === 'unacknowledged');
      expect(raised.length).toBe(1);
      const { where, rate, onsetUs } = raised[0]!;
      const expected = span.start_m + bisected(span, flow, at.up - at.down);
      const leak_kg_s = (2 * STEP_BAR * 1e5 * span.area_m2) / span.waveSpeed_m_s;
      console.log(
        `${where!.position_m!.toFixed(1)} ± ${where!.sigma_m.toFixed(1)} m, bisection ${expected.toFixed(1)}, true ${span.start_m + x}; ` +
          `${rate!.massRate_kg_s.toFixed(2)} of ${leak_kg_s.toFixed(2)} kg/s; onset ${(onsetUs! / 1e6).toFixed(3)} of 100 s`,
      );
      // What is left is the noise of 0.9 kPa on fronts of 200: a millisecond or two.
      expect(Math.abs(where!.position_m! - expected)).toBeLessThan(6);
      expect(Math.abs(where!.position_m! - (span.start_m + x))).toBeLessThan(4 * where!.sigma_m);
      expect(Math.abs(rate!.massRate_kg_s / leak_kg_s - 1)).toBeLessThan(0.05);
      expect(Math.abs(onsetUs! / 1e6 - 100)).toBeLessThan(0.05);
    },
  );

  it('hears nothing in fronts that the whole travel time divides: they came from beyond a station', () => {
    const { events } = listen(2, 6000, 0.294, (at) => {
      at.down = at.up + line.spans[2]!.travel_s;
    });
    expect(events).toEqual([]);
  });

  it('hears nothing in fronts farther apart than any leak between them could be', () => {
    expect(listen(2, 6000, 0.294, (at) => (at.down = at.up + 1.2 * line.spans[2]!.travel_s)).events).toEqual([]);
  });
});

describe('the CUSUM threshold', () => {
  interface Published {
    readonly arl: number;
    readonly shift: number;
    readonly h: number;
    readonly delay: number;
  }
  // Exact average run lengths of the one-sided CUSUM for N(0,1) against N(d,1), k = d/2, by integral equation: in-control ARL T,
  // threshold h, delay at the shift. Reference data tables/arl_table.txt; d = 1 agrees with Hawkins & Olwell (1998), table 3.2.
  let table: readonly Published[] = [
    { arl: 1000, shift: 0.5, h: 8.59, delay: 31.09 },
    { arl: 1000, shift: 1, h: 5.07, delay: 10.52 },
    { arl: 1000, shift: 2, h: 2.67, delay: 3.41 },
    { arl: 10_000, shift: 0.5, h: 13.11, delay: 49.15 },
    { arl: 10_000, shift: 1, h: 7.36, delay: 15.1 },
  ];
  beforeAll(() => {
    const path = join(process.env['LEAKTWIN_REFERENCE'] ?? '../shared/reference', 'tables/arl_table.txt');
    if (!existsSync(path)) {
      console.log(`${path} is absent: the five rows printed in this test are used`);
      return;
    }
    table = readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((row): Published[] => {
        const m = /^T=(\d+) d=([\d.]+) .*h=([\d.]+) arl1=([\d.]+)/.exec(row);
        return m ? [{ arl: Number(m[1]), shift: Number(m[2]), h: Number(m[3]), delay: Number(m[4]) }] : [];
      });
  });

  /** Mean run length of Page's chart on standard normals with a shift. */
  function runLength(k: number, h: number, shift: number, runs: number, name: string): number {
    const stream = seeded(1).stream(name);
    let index = 0;
    for (let r = 0; r < runs; r += 1) {
      let sum = 0;
      do {
        sum = Math.max(0, sum + stream.normal(index) + shift - k);
        index += 1;
      } while (sum < h);
    }
    return index / runs;
  }

  it('gives the published in-control run length within a quarter, and the published delay within a tenth', () => {
    const rows = table.filter((t) => t.arl <= 10_000);
    expect(rows.length).toBeGreaterThanOrEqual(5);
    for (const row of rows) {
      const k = row.shift / 2;
      const h = cusumThreshold(k, row.arl);
      const runs = row.arl > 1000 ? 150 : 500;
      const inControl = runLength(k, h, 0, runs, `in/${row.arl}/${row.shift}`);
      const delay = runLength(k, h, row.shift, 2000, `out/${row.arl}/${row.shift}`);
      console.log(
        `T ${row.arl}, d ${row.shift}: h ${h.toFixed(2)} (${row.h}), in control ${inControl.toFixed(0)}, delay ${delay.toFixed(2)} (${row.delay})`,
      );
      // Three standard errors of the simulation on top: a run length scatters as much as it is long.
      expect(Math.abs(inControl / row.arl - 1)).toBeLessThan(0.25 + 3 / Math.sqrt(runs));
      expect(Math.abs(delay / row.delay - 1)).toBeLessThan(0.1);
    }
  });

  it('of every published row, the longest too, is within 4 % of a sample or so of the exact one', () => {
    for (const row of table) {
      const h = cusumThreshold(row.shift / 2, row.arl);
      // h moves the run length by e^(2 k Δh).
      const ratio = Math.exp(row.shift * (h - row.h));
      expect(Math.abs(Math.log(ratio)), `T ${row.arl}, d ${row.shift}`).toBeLessThan(Math.log(1.25));
    }
  });

  it('rises with the run length and falls with the size to detect', () => {
    for (const k of [0.05, 0.25, 1]) {
      let before = 0;
      for (const arl of [1e2, 1e4, 1e6, 1e8]) {
        const h = cusumThreshold(k, arl);
        expect(h).toBeGreaterThanOrEqual(before);
        before = h;
      }
      expect(cusumThreshold(2 * k, 1e6)).toBeLessThan(cusumThreshold(k, 1e6));
    }
  });
});

describe('charts on tags', () => {
  const layout = plainLayout([
    { id: 'A', noise: 0.01 },
    { id: 'B', noise: 0.01 },
  ]);
  const run = (methods: string, signal: (tag: string, t: number) => number, scans: number, seed = 1): AlarmEvent[] => {
    const r = recipe(`recipe: t\nabout: t\nwarm-up: 300 s\nmethods: [${methods}]\n`);
    const film: Film = { layout, asBuilt: start(crudeLine()).model.asBuilt, frames: [] };
    const pipeline = build(r, film);
    const events: AlarmEvent[] = [];
    for (const frame of madeUp(layout, scans, signal, { seed })) events.push(...pipeline.step(frame));
    return events;
  };
  const shifted = (tag: string, t: number) => 20 + (tag === 'B' && t > 1000 ? -0.03 : 0);

  it.each([
    ['threshold', '{ method: threshold, on: tags, alarm: A-1, sigma: 6 }', 0.06, 3],
    ['ewma', '{ method: ewma, on: tags, alarm: A-1, weight: 10 %, sigma: 5 }', 0.03, 30],
    ['cusum', '{ method: cusum, on: tags, alarm: A-1, detects: 200 %, false-alarms: 1 per day }', 0.03, 20],
  ])(
    '%s finds a shift of either sign on any tag, names the tag, and is quiet before',
    (name, method, size, within_s) => {
      for (const [tag, sign] of [
        ['A', 1],
        ['B', -1],
      ] as const) {
        const events = run(method, (t, time) => 20 + (t === tag && time > 1000 ? sign * size : 0), 1100);
        const first = events[0]!;
        expect(first.to).toBe('unacknowledged');
        expect(first.timeUs / 1e6).toBeGreaterThan(1000);
        expect(first.timeUs / 1e6).toBeLessThanOrEqual(1000 + within_s);
        expect(first.because).toMatch(new RegExp(`^${tag}: `));
        expect(first.by).toBe(name);
      }
    },
  );

  it('only of the tags that the recipe names', () => {
    const method = '{ method: cusum, on: tags, tags: [A], alarm: A-1, detects: 200 %, false-alarms: 1 per day }';
    expect(run(method, shifted, 1100)).toEqual([]);
  });

  it('EWMA scatters as Roberts says: its limit is crossed as seldom as its sigma promises', () => {
    // 3 sigma of a smoothed normal: 0.27 % of the time, so with two tags a share of about 0.54 % of scans is in alarm.
    const events = run(
      '{ method: ewma, on: tags, alarm: A-1, weight: 20 %, sigma: 3, off-delay: 0 s, deadband: 0 % }',
      () => 20,
      20_000,
    );
    let inAlarm = 0;
    for (let i = 0; i + 1 < events.length; i += 2) inAlarm += (events[i + 1]!.timeUs - events[i]!.timeUs) / 1e6;
    const share = inAlarm / 19_700;
    console.log(`in alarm ${(100 * share).toFixed(3)} % of the time`);
    // What was learned in 300 scans is not exact: the limit is off by several per cent.
    expect(share).toBeGreaterThan(0.002);
    expect(share).toBeLessThan(0.012);
  });
});

describe('the floors', () => {
  const layout = plainLayout([{ id: 'A' }]);
  const film: Film = { layout, asBuilt: start(crudeLine()).model.asBuilt, frames: [] };

  it('null never alarms, whatever it sees', () => {
    const pipeline = build(libraryRecipe('null'), film);
    for (const frame of madeUp(layout, 3000, (_, t) => 20 + 30 * Math.sin(t))) expect(pipeline.step(frame)).toEqual([]);
  });

  it('random has its rate, within the Poisson interval of what it raised', () => {
    const text =
      'recipe: r\nabout: r\nwarm-up: 0 s\nmethods: [{ method: random, alarm: A-1, rate: 10 per h, off-delay: 0 s }]';
    const pipeline = build(recipe(text), film);
    const [frame] = madeUp(layout, 1, () => 20);
    const scans = 200_000;
    let raised = 0;
    for (let seq = 1; seq <= scans; seq += 1) {
      frame!.seq = seq;
      frame!.timeUs = 1e6 * seq;
      for (const e of pipeline.step(frame!)) if (e.to === 'unacknowledged') raised += 1;
    }
    const { low, high } = poissonInterval(raised, scans / 3600, 0.999);
    console.log(`${raised} in ${(scans / 3600).toFixed(1)} h: ${low.toFixed(2)} to ${high.toFixed(2)} per hour`);
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(10);
  });

  it('every kind of method has a sentence and a source', () => {
    for (const [kind, { summary, reference }] of Object.entries(METHODS)) {
      expect(summary.length, kind).toBeGreaterThan(10);
      expect(reference.length, kind).toBeGreaterThan(3);
    }
  });

  it('the library floors say what they are', () => {
    expect(play(build(libraryRecipe('random'), film), [])).toEqual([]);
  });
});

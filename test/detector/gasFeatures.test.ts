/** Background and weather of gas instruments, feature by feature. */
import { describe, expect, it } from 'vitest';
import {
  type BackgroundSettings,
  createAirBlocks,
  createBackground,
  createCompensation,
  readAir,
  shareOf,
} from '../../detector/features/index.ts';
import { createCleaner } from '../../detector/preprocess/index.ts';
import type { AsBuilt } from '../../models/contract/index.ts';
import { bindArena, seeded } from '../../models/kernel/index.ts';
import { madeUp, plainLayout } from './frames.ts';

const layout = plainLayout(
  [
    { id: 'AT', quantity: 'concentration', unit: 'ppm', accuracy: 100 },
    { id: 'WS', quantity: 'wind-speed', unit: 'm/s' },
    { id: 'WD', quantity: 'wind-direction', unit: 'deg' },
    { id: 'TT', quantity: 'temperature', unit: 'degC' },
    { id: 'HT', quantity: 'humidity', unit: '%RH' },
  ].map((t) => ({ ...t, periodUs: 60_000_000 })) as never,
  { scanUs: 60_000_000 },
);
const asBuilt: AsBuilt = {
  plant: 'made-up',
  exact: true,
  nodes: [],
  pipes: [],
  links: [],
  air: {
    gas: { id: 'methane', molarMass_kg_mol: 0.016, lowerLimit: 0.044 },
    sensors: [{ tag: 'AT', place_m: [0, 0, 2] }],
    equipment: [],
    wind: { speed: 'WS', direction: 'WD', reads: 'from-clockwise-of-north' },
    weather: { temperature: 'TT', humidity: 'HT' },
  },
  uncertainty: { waveSpeed: 0, roughness: 0, diameter: 0, density: 0 },
};

/** Excess in ppm by minute. */
function excess(
  signal: (tag: string, minute: number) => number,
  minutes: number,
  change: Partial<BackgroundSettings> = {},
  learn_s?: number,
): { excess: number; windU: number; windV: number }[] {
  const site = readAir(layout, asBuilt)!;
  const settings: BackgroundSettings = {
    kind: 'spike-free',
    window_s: 3600,
    spike: 4,
    hold_s: 14_400,
    floor: 1e-7,
    ...change,
  };
  const { views } = bindArena((arena) => {
    const clean = createCleaner(
      layout,
      { hampelWindow: 7, hampelThreshold: 6, stuckAfter_s: 1e5, holdGaps_s: 0 },
      arena,
    );
    const blocks = createAirBlocks(layout, site, 60, arena);
    const compensation = learn_s === undefined ? undefined : createCompensation(blocks, learn_s, arena);
    return { clean, blocks, background: createBackground(blocks, compensation, settings, arena) };
  });
  views.clean.reset();
  const list: { excess: number; windU: number; windV: number }[] = [];
  for (const f of madeUp(layout, minutes, (tag, t) => signal(tag, t / 60))) {
    views.clean.step(f);
    views.blocks.step(f, views.clean);
    views.background.step();
    const [windU, windV] = [views.blocks.wind[0]!, views.blocks.wind[1]!];
    list.push({ excess: views.background.excess[0]! * 1e6, windU, windV });
  }
  return list;
}

const noise = seeded(3).stream('n');
const quiet = (m: number) => 2 + 0.02 * noise.normal(m);
const weather = (tag: string, m: number) =>
  tag === 'WS'
    ? 2
    : tag === 'WD'
      ? 270
      : tag === 'TT'
        ? 15 + 8 * Math.sin(m / 230)
        : tag === 'HT'
          ? 60 + 20 * Math.cos(m / 310)
          : 0;

describe('the background', () => {
  it.each(['spike-free', 'low-quantile'] as const)('%s follows a drift and keeps spikes', (kind) => {
    const list = excess(
      (tag, m) => (tag === 'AT' ? quiet(m) + m * 0.0005 + (m > 200 && m % 5 === 0 ? 3 : 0) : weather(tag, m)),
      600,
      { kind },
    );
    const spikes = list.filter((_, i) => i + 1 > 200 && (i + 1) % 5 === 0).map((e) => e.excess);
    const rest = list
      .slice(210)
      .filter((_, i) => (i + 211) % 5 !== 0)
      .map((e) => e.excess);
    expect(Math.min(...spikes)).toBeGreaterThan(2.8);
    expect(Math.max(...rest.map(Math.abs))).toBeLessThan(0.2);
  });
  it('takes a level that stands above for longer than its hold', () => {
    const list = excess((tag, m) => (tag === 'AT' ? quiet(m) + (m > 100 ? 2 : 0) : weather(tag, m)), 500, {
      hold_s: 7200,
    });
    expect(list[190]!.excess).toBeGreaterThan(1.8);
    expect(Math.abs(list[480]!.excess)).toBeLessThan(0.2);
  });
  it('knows a west wind to blow towards east', () => {
    const [first] = excess((tag, m) => (tag === 'AT' ? 2 : weather(tag, m)), 1);
    expect(first!.windU).toBeCloseTo(2, 6);
    expect(first!.windV).toBeCloseTo(0, 6);
  });
});

describe('environmental compensation', () => {
  it('learns in quiet what weather does, and takes it off afterwards; gas in the learning time teaches it nothing', () => {
    const signal = (tag: string, m: number) => {
      if (tag !== 'AT') return weather(tag, m);
      const answer = 0.05 * (weather('TT', m) - 15) - 0.02 * (weather('HT', m) - 60);
      return quiet(m) + answer + (m > 300 && m < 340 ? 5 : 0);
    };
    const days = 3 * 1440;
    // It abstains for ten blocks when it begins.
    const rms = (list: readonly { excess: number }[]) => {
      const judged = list.slice(2 * 1440).filter((e) => Number.isFinite(e.excess));
      expect(judged.length).toBeGreaterThan(1420);
      return Math.sqrt(judged.reduce((s, e) => s + e.excess ** 2, 0) / judged.length);
    };
    const without = rms(excess(signal, days));
    const withIt = rms(excess(signal, days, {}, 2 * 86_400));
    console.log(
      `rms of the excess in clean air: ${without.toFixed(3)} ppm raw, ${withIt.toFixed(3)} ppm compensated, noise 0.02`,
    );
    expect(withIt).toBeLessThan(0.5 * without);
    expect(withIt).toBeLessThan(0.04);
  });
});

describe('shares by volume', () => {
  it('come from every unit that gas instruments have', () => {
    expect(shareOf('ppm', undefined, 0)).toBe(1);
    expect(shareOf('%LEL', 0.044, 0)).toBe(0.044);
    expect(shareOf('ppm*m', undefined, 50)).toBe(0.02);
    expect(shareOf('LEL*m', 0.044, 50)).toBeCloseTo(0.00088, 12);
    expect(shareOf('%LEL', undefined, 0)).toBeUndefined();
    expect(shareOf('bar', 0.044, 50)).toBeUndefined();
  });
});

/**
 * Gas in the air, on data from a plume formula of this file's own (not the detector's, nor the simulator's): other spreads, wind
 * that wanders, readings that are off by a factor, a background that drifts.
 */
import { describe, expect, it } from 'vitest';
import { createPipeline, nearestSensorRule, parseRecipe } from '../../detector/index.ts';
import {
  type AirAsBuilt,
  type AsBuilt,
  createLayout,
  type Frame,
  type FrameLayout,
  isRaised,
  ProblemError,
  Quality,
} from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { copyOf, libraryRecipe, madeUp, plainLayout, play, recipe } from './frames.ts';

const SENSORS: Record<string, [number, number, number]> = {
  N: [0, 50, 2],
  NE: [40, 40, 2],
  E: [50, 0, 2],
  SE: [40, -40, 2],
  S: [0, -50, 2],
  SW: [-40, -40, 2],
  W: [-50, 0, 2],
  NW: [-40, 40, 2],
};
const EQUIPMENT: AirAsBuilt['equipment'] = [
  { id: 'separator', place_m: [-20, 15, 2], radius_m: 3 },
  { id: 'tank', place_m: [5, -5, 3], radius_m: 3 },
  { id: 'wellhead', place_m: [25, 20, 1], radius_m: 3 },
];
const METHANE: AirAsBuilt['gas'] = { id: 'methane', molarMass_kg_mol: 0.016043, lowerLimit: 0.044 };

interface World {
  readonly seed?: number;
  /** Which equipment leaks, how much and when [min]. */
  readonly source?: readonly [number, number, number];
  readonly rate_kg_s?: number;
  readonly from_min?: number;
  readonly to_min?: number;
  readonly reads?: NonNullable<AirAsBuilt['wind']>['reads'];
  readonly drift_ppm?: number;
}

function site(
  reads: NonNullable<AirAsBuilt['wind']>['reads'] = 'from-clockwise-of-north',
  equipment = EQUIPMENT,
): AsBuilt {
  return {
    plant: 'made-up',
    exact: true,
    nodes: [],
    pipes: [],
    links: [],
    air: {
      gas: METHANE,
      sensors: Object.entries(SENSORS).map(([id, place_m]) => ({ tag: `AT-${id}`, place_m })),
      equipment,
      bounds_m: [-50, -50, 50, 50],
      wind: { speed: 'WS', direction: 'WD', reads },
    },
    uncertainty: { waveSpeed: 0, roughness: 0, diameter: 0, density: 0 },
  };
}

const layout: FrameLayout = createLayout({
  ...plainLayout([]),
  stations: [{ id: 'S', unitId: 1, clockAccuracy_s: 0 }],
  plant: 'made-up',
  scanUs: 60_000_000,
  tags: [
    ...Object.keys(SENSORS).map((id) => ({
      id: `AT-${id}`,
      quantity: 'concentration' as const,
      unit: 'ppm',
      accuracy: 0.3,
      noise: 0.03,
      range: [0, 1000] as [number, number],
    })),
    {
      id: 'WS',
      quantity: 'wind-speed' as const,
      unit: 'm/s',
      accuracy: 0,
      noise: 0.1,
      range: [0, 50] as [number, number],
    },
    {
      id: 'WD',
      quantity: 'wind-direction' as const,
      unit: 'deg',
      accuracy: 0,
      noise: 2,
      range: [0, 360] as [number, number],
    },
  ].map((t) => ({ ...t, station: 'S', width: 1, periodUs: 60_000_000, element: t.id })),
});

/** Gas at a point [ppm] by Pasquill's form with σy = 0.11 x, σz = 0.07 x and 0.0237 m³/mol. */
function plume_ppm(
  from: readonly number[],
  at: readonly number[],
  angle: number,
  u: number,
  rate_kg_s: number,
): number {
  const dx = at[0]! - from[0]!;
  const dy = at[1]! - from[1]!;
  const x = dx * Math.cos(angle) + dy * Math.sin(angle);
  if (x < 2) return 0;
  const y = dy * Math.cos(angle) - dx * Math.sin(angle);
  const [sy, sz] = [0.11 * x + 0.5, 0.07 * x + 0.5];
  const vertical =
    Math.exp(-((at[2]! - from[2]!) ** 2) / (2 * sz * sz)) + Math.exp(-((at[2]! + from[2]!) ** 2) / (2 * sz * sz));
  const c = (rate_kg_s / (2 * Math.PI * u * sy * sz)) * Math.exp(-(y * y) / (2 * sy * sy)) * vertical;
  return (c / 0.016043) * 0.0237 * 1e6;
}

function frames(minutes: number, world: World = {}): Frame[] {
  const chance = seeded(world.seed ?? 7);
  const { source, rate_kg_s = 3e-4, from_min = 90, to_min = Number.POSITIVE_INFINITY, drift_ppm = 0.1 } = world;
  const ids = Object.keys(SENSORS);
  const angle = (t: number) =>
    0.9 * Math.sin(t / 47) + 2.2 * Math.sin(t / 190 + 1) + 0.15 * chance.stream('wd').normal(t);
  const speed = (t: number) => Math.max(0.8, 2.5 + Math.sin(t / 80) + 0.4 * chance.stream('ws').normal(t));
  const signal = (tag: string, time_s: number) => {
    const t = Math.round(time_s / 60);
    if (tag === 'WS') return speed(t);
    if (tag === 'WD') {
      const degrees = (angle(t) * 180) / Math.PI;
      const shown = world.reads === 'towards-anticlockwise-of-east' ? degrees : 270 - degrees;
      return ((shown % 360) + 360) % 360;
    }
    const id = tag.slice(3);
    const k = ids.indexOf(id);
    const base = 1.9 + 0.15 * chance.stream('offset').normal(k) + drift_ppm * Math.sin(t / 120 + k);
    const noise = 0.03 * chance.stream(`noise/${id}`).normal(t);
    const factor = Math.exp(0.7 * chance.stream(`factor/${id}`).normal(t) - 0.245);
    const on = source && t >= from_min && t < to_min;
    return base + noise + (on ? factor * plume_ppm(source, SENSORS[id]!, angle(t), speed(t), rate_kg_s) : 0);
  };
  return [
    ...(function* () {
      for (const f of madeUp(layout, minutes, signal)) yield copyOf(layout, f);
    })(),
  ];
}

const raised = (pipeline: ReturnType<typeof createPipeline>, list: readonly Frame[]) =>
  play(pipeline, list).filter(isRaised);
const fusion = libraryRecipe('gas-fusion');
const tank = EQUIPMENT[1]!;

describe('gas-fusion', () => {
  it.each(EQUIPMENT.map((e) => [e.id, e] as const))('names %s and holds its rate in the interval', (id, e) => {
    const alarms = raised(createPipeline(fusion, layout, site()), frames(420, { source: e.place_m }));
    const first = alarms.find((a) => a.alarm === 'GAS-SOURCE')!;
    const { massRate_kg_s, low_kg_s, high_kg_s } = first.rate!;
    console.log(
      `${id}: after ${first.timeUs / 60e6 - 90} min, ${first.where!.source} (${first.where!.probability!.toFixed(2)}), ` +
        `${massRate_kg_s.toExponential(2)} of 3.00e-4 kg/s, 95 % ${low_kg_s!.toExponential(1)} to ${high_kg_s!.toExponential(1)}`,
    );
    expect(first.timeUs / 60e6).toBeGreaterThan(90);
    expect(first.where!.source).toBe(id);
    expect(low_kg_s!).toBeLessThan(3e-4);
    expect(high_kg_s!).toBeGreaterThan(3e-4);
    for (const a of alarms) expect(a.timeUs / 60e6).toBeGreaterThanOrEqual(90);
  });

  it('finds a place without names within a few metres', () => {
    const list = frames(300, { source: tank.place_m });
    const found = raised(createPipeline(fusion, layout, site('from-clockwise-of-north', [])), list);
    const { place_m, sigma_m, source } = found.find((a) => a.alarm === 'GAS-SOURCE')!.where!;
    const error_m = Math.hypot(place_m![0] - tank.place_m[0], place_m![1] - tank.place_m[1]);
    console.log(`${error_m.toFixed(1)} m off, said ± ${sigma_m.toFixed(1)} m`);
    expect(source).toBeUndefined();
    expect(error_m).toBeLessThan(sigma_m);
  });

  it('says nothing in three days of clean air whose background drifts', () => {
    expect(raised(createPipeline(fusion, layout, site()), frames(3 * 1440, { drift_ppm: 0.25 }))).toEqual([]);
  });

  it('returns when the gas is gone, and finds the next leak', () => {
    const list = frames(1300, { source: tank.place_m, from_min: 90, to_min: 400 });
    const events = play(createPipeline(fusion, layout, site()), list).filter((a) => a.alarm === 'GAS-SOURCE');
    expect(events.map((e) => e.to)).toEqual(['unacknowledged', 'returned']);
    expect(events[1]!.timeUs / 60e6).toBeLessThan(400 + 240);
  });

  it('reads a vane of either convention alike', () => {
    const reads = 'towards-anticlockwise-of-east' as const;
    const one = raised(createPipeline(fusion, layout, site()), frames(300, { source: tank.place_m }));
    const other = raised(createPipeline(fusion, layout, site(reads)), frames(300, { source: tank.place_m, reads }));
    // Angles come by float32, so the two differ in their last digits only.
    expect(other.map((a) => [a.alarm, a.timeUs, a.where?.source])).toEqual(
      one.map((a) => [a.alarm, a.timeUs, a.where?.source]),
    );
  });

  it('goes on bit for bit after being saved and loaded in the middle of a plume', () => {
    const list = frames(300, { source: tank.place_m });
    const whole = createPipeline(fusion, layout, site());
    const all = play(whole, list);
    const first = createPipeline(fusion, layout, site());
    const before = play(first, list.slice(0, 131));
    const second = createPipeline(fusion, layout, site());
    second.load(first.save());
    expect([...before, ...play(second, list.slice(131))]).toEqual(all);
    expect(second.save()).toEqual(whole.save());
    expect(all.length).toBeGreaterThan(0);
  });

  it('lives without a sensor, and with a wind that is missing for an hour', () => {
    const list = frames(420, { source: tank.place_m });
    list.forEach((f, k) => {
      f.quality[0] = Quality.failed;
      if (k > 200 && k < 260) f.quality[Object.keys(SENSORS).length] = Quality.missing;
    });
    const found = raised(createPipeline(fusion, layout, site()), list).filter((a) => a.alarm === 'GAS-SOURCE');
    expect(found.at(-1)!.where!.source).toBe('tank');
  });

  it('is refused in words where nobody knows the places', () => {
    expect(() => createPipeline(fusion, layout, undefined)).toThrow(/gas instruments with places and a wind/);
    expect(() => createPipeline(fusion, layout, undefined)).toThrow(ProblemError);
  });
});

describe('the nearest-sensor rule', () => {
  it('raises when the model does, and names what is nearest to the loudest instrument', () => {
    const list = frames(420, { source: tank.place_m });
    const model = raised(createPipeline(fusion, layout, site()), list);
    const rule = raised(createPipeline(nearestSensorRule(fusion)!, layout, site()), list);
    expect(rule.map((a) => [a.alarm, a.timeUs])).toEqual(model.map((a) => [a.alarm, a.timeUs]));
    for (const a of rule) expect(a.where!.probability).toBeUndefined();
  });
  it('is no rule of a recipe that gives no place', () => {
    expect(nearestSensorRule(libraryRecipe('gas-levels'))).toBeUndefined();
  });
});

describe('gas levels', () => {
  const beads = plainLayout(
    ['A', 'B', 'C'].map((id) => ({
      id,
      quantity: 'concentration' as const,
      unit: '%LEL',
      range: [0, 100] as [number, number],
      noise: 0,
    })),
  );
  const run = (text: string, levels: Record<string, number>, fail?: number) => {
    const pipeline = createPipeline(recipe(`{ recipe: t, about: t, warm-up: 1 s, methods: [${text}] }`), beads, site());
    const events = [];
    for (const f of madeUp(beads, 60, (tag, t) => (t > 20 && t < 40 ? levels[tag]! + 0.01 * t : 1 + 0.01 * t))) {
      if (fail !== undefined) f.quality[fail] = Quality.failed;
      events.push(...pipeline.step(f));
    }
    return events.filter(isRaised).map((e) => [e.timeUs / 1e6, e.because]);
  };
  it('raises at 20 %LEL by one detector, and by two of three only when two are there', () => {
    const one = '{ method: gas-level, alarm: LOW, level: 20 %LEL }';
    const vote = '{ method: gas-level, alarm: TRIP, level: 40 %LEL, votes: 2, groups: [[A, B, C]] }';
    expect(run(one, { A: 30, B: 1, C: 1 })).toHaveLength(1);
    expect(run(one, { A: 19, B: 19, C: 19 })).toHaveLength(0);
    expect(run(vote, { A: 90, B: 30, C: 1 })).toHaveLength(0);
    expect(run(vote, { A: 90, B: 50, C: 1 })).toHaveLength(1);
    // One out of service: two of the two that are left.
    expect(run(vote, { A: 90, B: 50, C: 1 }, 2)).toHaveLength(1);
    expect(run(vote, { A: 90, B: 50, C: 1 }, 0)).toHaveLength(0);
  });
  it('knows a limit in ppm on an instrument in %LEL', () => {
    // 20 % of 4.4 % by volume is 8800 ppm.
    expect(run('{ method: gas-level, alarm: LOW, level: 8700 ppm }', { A: 20, B: 1, C: 1 })).toHaveLength(1);
    expect(run('{ method: gas-level, alarm: LOW, level: 9200 ppm }', { A: 20, B: 1, C: 1 })).toHaveLength(0);
  });
  it('tells a rise from a level that was always there', () => {
    const text = (within: string) =>
      recipe(
        `{ recipe: t, about: t, warm-up: 15 min, preprocess: { stuck-after: 1 h }, methods: [{ method: gas-level, alarm: RISE, level: 1 ppm, within: ${within} }] }`,
      );
    const list = frames(300, { source: [0, 40, 2], rate_kg_s: 1e-3, from_min: 200 });
    const alarms = raised(createPipeline(text('5 min'), layout, site()), list);
    expect(alarms.length).toBeGreaterThan(0);
    for (const a of alarms) expect(a.timeUs / 60e6).toBeGreaterThanOrEqual(200);
  });
  it.each([
    ['level: 20', 'expected":"text'],
    ['level: 20 %LEL, votes: 4, groups: [[A, B, C]]', 'at least the 4'],
    ['level: 2 ppm, suspect: plume', 'gas-source method before'],
    ['level: 20 bar', 'level of gas'],
  ])('refuses %s in words', (text, sentence) => {
    const read = parseRecipe('t.yaml', `{ recipe: t, about: t, methods: [{ method: gas-level, alarm: X, ${text} }] }`);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(JSON.stringify(read.problems)).toContain(sentence);
  });
});

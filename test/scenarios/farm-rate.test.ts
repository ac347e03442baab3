/** What the tank balance of the detector makes of gauges, meters and their failures. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createTankRate, readTanks } from '../../detector/features/tankRate.ts';
import { createPipeline, readRecipe } from '../../detector/index.ts';
import { createCleaner } from '../../detector/preprocess/index.ts';
import { type Command, createFrame, ProblemError, unwrap } from '../../models/contract/index.ts';
import { bindArena } from '../../models/kernel/index.ts';
import { createSim, readPlant, type TanksSpec } from '../../sim/index.ts';

const plant = (name: string) =>
  unwrap(readPlant(fileURLToPath(new URL(`../../models/plants/${name}.yaml`, import.meta.url)))).value;
const FARM = plant('tank-farm') as TanksSpec;
const BOTTOM = { id: 'leak-1', pipe: 'TK-3', fraction: 0, dischargeCoefficient: 0.6 };
const CLEAN = { hampelWindow: 7, hampelThreshold: 6, stuckAfter_s: 120, holdGaps_s: 5 };

/** Volume that each tank misses over hours of a plant, with commands by hour. */
function missing(hours: number, due: Readonly<Record<number, readonly Command[]>>, seed = 1): number[] {
  const sim = createSim(FARM, { seed, leaks: [BOTTOM] });
  const { layout, model } = sim;
  const { views } = bindArena((arena) => ({
    clean: createCleaner(layout, CLEAN, arena),
    rate: createTankRate(layout, readTanks(layout, model.asBuilt), 900, arena),
  }));
  views.clean.reset();
  views.rate.reset();
  const frame = createFrame(layout);
  const total = new Array<number>(views.rate.tanks.length).fill(0);
  const scans = Math.round((hours * 3600e6) / layout.scanUs);
  for (let n = 0; n < scans; n += 1) {
    const hour = (n * layout.scanUs) / 3600e6;
    if (due[hour]) expect(sim.apply(due[hour])).toEqual([]);
    sim.scan(frame);
    views.clean.step(frame);
    views.rate.step(views.clean);
    total.forEach((_, i) => {
      total[i]! += views.rate.missing_m3[i]!;
    });
  }
  return total;
}

describe('the volume that a tank misses', () => {
  it('is nothing over six hours of morning sun, whatever the levels do', () => {
    const gone = missing(6, {});
    console.log(`missing after six hours [m3]: ${gone.map((v) => v.toFixed(2)).join(' ')}`);
    expect(gone.length).toBe(6);
    for (const v of gone) expect(Math.abs(v)).toBeLessThan(0.6);
  });

  it('is nothing after two tanks have shared an hour of pumping but the errors of meter and tables', () => {
    const gone = missing(4, {
      1: [{ kind: 'pump', element: 'PU-6', action: 'start' }],
      2: [{ kind: 'pump', element: 'PU-6', action: 'stop' }],
    });
    // 250 m3 by a meter of 0.1 % of 408 m3/h, and strapping of 0.1 %.
    for (const v of gone) expect(Math.abs(v)).toBeLessThan(2.5);
  });

  it('is what a leak takes, and none of it is lost to a gauge that drops out for a while', () => {
    const leak: Command = { kind: 'leak.open', leak: 'leak-1', area_m2: 1e-4, growth_s: 0 };
    const whole = missing(4, { 1: [leak] });
    const torn = missing(4, {
      1: [leak],
      2: [{ kind: 'fault', fault: 'f', target: 'LT-3', form: 'drop-out' }],
      2.5: [{ kind: 'fault.clear', fault: 'f', target: 'LT-3' }],
    });
    // Torricelli: 0.6 · 1e-4 · √(2 g 9.1 m) for three hours.
    const expected = 0.6e-4 * Math.sqrt(2 * 9.80665 * 9.1) * 3 * 3600;
    expect(whole[2]! / expected).toBeGreaterThan(0.95);
    expect(whole[2]! / expected).toBeLessThan(1.05);
    expect(Math.abs(torn[2]! - whole[2]!)).toBeLessThan(0.3);
  });

  it('is not what a gauge says that is stuck while its tank is filled, or that jumps', () => {
    const gone = missing(4, {
      1: [{ kind: 'fault', fault: 'f', target: 'LT-4', form: 'stuck' }],
      1.5: [{ kind: 'pump', element: 'PU-6', action: 'start' }],
      2: [{ kind: 'pump', element: 'PU-6', action: 'stop' }],
      2.5: [{ kind: 'fault.clear', fault: 'f', target: 'LT-4' }],
      3: [{ kind: 'fault', fault: 'g', target: 'LT-1', form: 'bias', size: -0.1 }],
    });
    // Less than the four millimetres that prove a gauge stuck, and not 125 m3; and nothing of the jump's 160 m3.
    expect(Math.abs(gone[3]!)).toBeLessThan(4e-3 * 452 + 0.5);
    expect(Math.abs(gone[0]!)).toBeLessThan(1);
  });
});

describe('the recipe tank-cusum', () => {
  it('saved and loaded in mid-run goes on to the same events', () => {
    const recipe = unwrap(readRecipe('tank-cusum'));
    const sim = createSim(FARM, { seed: 2, leaks: [BOTTOM] });
    const { layout, model } = sim;
    const first = createPipeline(recipe, layout, model.asBuilt);
    const other = createPipeline(recipe, layout, model.asBuilt);
    const frame = createFrame(layout);
    let events = 0;
    for (let n = 0; n < 1440; n += 1) {
      if (n === 360) sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2: 2e-4, growth_s: 0 }]);
      if (n === 400) other.load(first.save());
      sim.scan(frame);
      const said = first.step(frame);
      if (n >= 400) expect(other.step(frame)).toEqual(said);
      events += said.length;
    }
    expect(events).toBeGreaterThan(0);
  });

  it('is refused with a sentence for a plant without tanks', () => {
    const sim = createSim(plant('crude-line'), { seed: 1 });
    const make = () => createPipeline(unwrap(readRecipe('tank-cusum')), sim.layout, sim.model.asBuilt);
    expect(make).toThrow(ProblemError);
    expect(make).toThrow('no tank with a level, a temperature and a meter on every transfer');
  });
});

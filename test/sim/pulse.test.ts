/** Leaks that come and go: open for so long of every so long from their opening on, in every kind of plant that has leaks. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFrame, unwrap } from '../../models/contract/index.ts';

import { createSim, preparePlant, readPlant } from '../../sim/index.ts';

const PULSE = { period_s: 60, open_s: 20 };
const OPENED_S = 30;

/** Rate of the leak at every scan [s since the start, kg/s]. */
async function rates(plant: string, pipe: string, area_m2: number, duration_s: number) {
  const { value: spec } = unwrap(
    readPlant(fileURLToPath(new URL(`../../models/plants/${plant}.yaml`, import.meta.url))),
  );
  await preparePlant(spec);
  const leak = { id: 'leak-1', pipe, fraction: 0.4, dischargeCoefficient: 0.6 };
  const sim = createSim(spec, { seed: 1, leaks: [leak] });
  const frame = createFrame(sim.layout);
  const seen: [number, number][] = [];
  const take = () => {
    for (const t of sim.drainTruth()) if (t.kind === 'leak.rate') seen.push([t.timeUs / 1e6, t.massRate_kg_s]);
  };
  while (sim.timeUs < OPENED_S * 1e6) sim.scan(frame);
  expect(sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2, growth_s: 0, pulse: PULSE }])).toEqual([]);
  const opened_s = sim.timeUs / 1e6;
  while (sim.timeUs < duration_s * 1e6) {
    sim.scan(frame);
    take();
  }
  sim.close();
  return { seen, opened_s };
}

describe('a leak that pulses', () => {
  it.each([
    ['crude-line', 'P-3', 2e-4],
    ['gas-line', 'P-2', 2e-4],
    ['lift-station', 'RM-2', 2e-4],
    ['tank-farm', 'TK-1', 1e-5],
    ['chlorine-store', 'V-1', 1e-6],
    ['district-transient', 'A12', 1e-4],
  ])('of %s runs while it is open and stands while it is shut', async (plant, pipe, area_m2) => {
    const { seen, opened_s } = await rates(plant, pipe, area_m2, 200);
    let open = 0;
    let shut = 0;
    for (const [t_s, rate] of seen) {
      const phase = (t_s - opened_s) % PULSE.period_s;
      // The tick on the edge belongs to either, depending on whether a kind looks at its middle or its end.
      if (phase > 2 && phase < PULSE.open_s - 2) {
        open += 1;
        expect(rate, `at ${t_s} s`).toBeGreaterThan(0);
      } else if (phase > PULSE.open_s + 2 && phase < PULSE.period_s - 2) {
        shut += 1;
        expect(rate, `at ${t_s} s`).toBe(0);
      }
    }
    expect(open).toBeGreaterThan(5);
    expect(shut).toBeGreaterThan(10);
  });
});

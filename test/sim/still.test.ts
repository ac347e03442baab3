/** What should not move does not: an undisturbed plant, and one with a leak that was always there. */
import { describe, expect, it } from 'vitest';
import { readPlant, type LiquidSim as Sim } from '../../sim/index.ts';
import { trueValue } from '../../sim/instruments/index.ts';
import { calm, crudeLine, head, isothermal, run, start, still } from './line.ts';

/** The largest relative change of any true value over the time, and whose it was. */
function drift(sim: Sim, seconds: number): { worst: number; tag: string } {
  const first = sim.layout.tags.map((_, i) => trueValue(sim.model, sim.physics, i));
  let worst = 0;
  let tag = 'none';
  run(sim, seconds, () => {
    for (let i = 0; i < first.length; i += 1) {
      const change = Math.abs(trueValue(sim.model, sim.physics, i) - first[i]!) / Math.max(1e-3, Math.abs(first[i]!));
      if (change > worst) {
        worst = change;
        tag = sim.layout.tags[i]!.id;
      }
    }
  });
  return { worst, tag };
}

/** The largest change of head anywhere in the pipes [m]. */
function headMoved(sim: Sim, seconds: number): number {
  const H = sim.physics.state.network.sectionHead_m;
  const first = Float64Array.from(H);
  let worst = 0;
  run(sim, seconds, () => {
    for (let i = 0; i < H.length; i += 1) worst = Math.max(worst, Math.abs(H[i]! - first[i]!));
  });
  return worst;
}

const SITE = { id: 'leak-1', pipe: 'P-3', fraction: 0.37, dischargeCoefficient: 0.62 };
/** About 1 % of the flow. */
const HOLE_M2 = 1.5e-4;

describe('an undisturbed run moves nothing', () => {
  it.each(['fixed', 'per-pipe', 'per-cell'] as const)('in ten minutes, friction %s', (friction) => {
    const { worst, tag } = drift(start(crudeLine(calm), { friction }), 600);
    console.log(`${friction}: the largest relative change is ${worst.toExponential(2)}, of ${tag}`);
    expect(worst).toBeLessThan(1e-9);
  });

  it.each([1, 0.1, 0.02])('with steps of %d s', (tick_s) => {
    const { worst, tag } = drift(start(crudeLine(calm), { tick_s }), 120);
    console.log(`${tick_s} s: ${worst.toExponential(2)}, of ${tag}`);
    expect(worst).toBeLessThan(1e-9);
  });

  it('with a place to leak that stays shut, the plant is the one without it', () => {
    const [with_, without] = [start(still(isothermal), { leaks: [SITE] }), start(still(isothermal))];
    // Splitting a pipe rounds its parts' reaches anew, which moves a head by less than a hundredth of a millimetre in 50 km.
    for (const node of ['N-000', 'N-125', 'S-201', 'N-250', 'N-375', 'N-500'])
      expect(Math.abs(head(with_, node) - head(without, node)), node).toBeLessThan(1e-5);
    expect(drift(with_, 120).worst).toBeLessThan(1e-9);
  });

  it('with heat, a place to leak parts a plug in two (each moves at its own mean density), and the plant is the one without it to millimetres', () => {
    const [with_, without] = [start(still(), { leaks: [SITE] }), start(still())];
    for (const node of ['N-000', 'N-125', 'S-201', 'N-250', 'N-375', 'N-500'])
      expect(Math.abs(head(with_, node) - head(without, node)), node).toBeLessThan(5e-3);
    expect(headMoved(with_, 60)).toBeLessThan(1e-9);
  });

  it('the test can fail: pumps that wander move it by far more', () => {
    expect(drift(start(crudeLine()), 60).worst).toBeGreaterThan(1e-6);
  });
});

describe('a leak open from the start', () => {
  it.each([
    ['at 37 % of P-3', SITE],
    ['at the end of P-1', { ...SITE, pipe: 'P-1', fraction: 1 }],
    ['at the start of P-3, behind the booster', { ...SITE, fraction: 0 }],
  ])('%s causes no transient', (_, site) => {
    const sim = start(still(), { leaks: [{ ...site, openArea_m2: HOLE_M2 }] });
    const staticHead_m = sim.physics.leakHead_m('leak-1');
    const before = sim.drainTruth();
    const moved = headMoved(sim, 60);
    const rates = sim.drainTruth().filter((e) => e.kind === 'leak.rate');
    console.log(
      `${moved.toExponential(2)} m of ${staticHead_m.toFixed(1)} m; leak ${rates[0]?.massRate_kg_s.toFixed(3)} kg/s`,
    );
    expect(moved / staticHead_m).toBeLessThan(1e-6);
    expect(before).toEqual([
      expect.objectContaining({ kind: 'leak.opened', timeUs: 0, ref: 'leak-1', area_m2: HOLE_M2, growth_s: 0 }),
    ]);
    expect(rates.length).toBe(60);
    const [first, last] = [rates[0]!.massRate_kg_s, rates[59]!.massRate_kg_s];
    // ṁ = Cd A √(2 ρ ρ0 g h), by hand; h is of the density ρ0 = 860 kg/m3, what flows out is warmer and lighter.
    const leak = sim.physics.model.leaks[0]!;
    const lighter = sim.physics.state.network.heat.nodeDensity[leak.node]!;
    const byHand = 860 * 0.62 * HOLE_M2 * Math.sqrt(2 * 9.80665 * staticHead_m * lighter);
    expect(Math.abs(first / byHand - 1)).toBeLessThan(1e-6);
    expect(Math.abs(last / first - 1)).toBeLessThan(1e-6);
    expect(rates[59]!.volume_m3).toBeCloseTo((60 * first) / 860, 6);
    expect(sim.violations()).toEqual([]);
  });

  it('takes its flow out of the line: what enters less what leaves is the leak', () => {
    const sim = start(still(), { leaks: [{ ...SITE, openArea_m2: HOLE_M2 }] });
    const net = sim.physics.state.network;
    const inflow = net.sectionFlow_m3_s[0]!;
    const outflow = net.linkFlow_m3_s[sim.physics.model.network.linkIndex.get('PCV-501')!]!;
    expect(Math.abs(inflow - outflow - net.orificeFlow_m3_s[0]!)).toBeLessThan(1e-9);
    expect(net.orificeFlow_m3_s[0]! / inflow).toBeGreaterThan(0.005);
  });

  it('is open like any other: it cannot be opened again, it can be closed, and then the line moves', () => {
    const sim = start(still(), { leaks: [{ ...SITE, openArea_m2: HOLE_M2 }] });
    expect(sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2: 1e-4, growth_s: 0 }])).toEqual([
      'leak "leak-1" is open already',
    ]);
    expect(sim.apply([{ kind: 'leak.close', leak: 'leak-1' }])).toEqual([]);
    expect(headMoved(sim, 10)).toBeGreaterThan(0.5);
  });

  it('the test can fail: the same leak opened by command makes a transient', () => {
    const sim = start(still(), { leaks: [SITE] });
    sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2: HOLE_M2, growth_s: 0 }]);
    expect(headMoved(sim, 10)).toBeGreaterThan(0.5);
  });
});

describe('a plant file', () => {
  it('that is not there is a problem, not an exception', () => {
    const read = readPlant('no/such/plant.yaml');
    expect(read.ok).toBe(false);
  });
});

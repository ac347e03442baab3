/** The wave of an abrupt leak on crude-line against its closed forms: when it arrives, how high it is, how it fades. */
import { describe, expect, it } from 'vitest';
import type { LiquidSim as Sim } from '../../sim/index.ts';
import { head, isothermal, run, start, still } from './line.ts';

const RHO = 860;
const G = 9.80665;
const NODES = { 'N-000': 0, 'N-125': 12_500, 'N-250': 25_000, 'N-375': 37_500, 'N-500': 50_000 } as const;

function leaking(pipe: string, fraction: number, friction: 'per-pipe' | 'per-cell' = 'per-cell', area_m2 = 1.5e-4) {
  const sim = start(still(isothermal), { leaks: [{ id: 'l', pipe, fraction, dischargeCoefficient: 0.62 }], friction });
  run(sim, 2);
  return { sim, open: () => sim.apply([{ kind: 'leak.open', leak: 'l', area_m2, growth_s: 0 }]) };
}

/** The line's own wave speed, before any rounding to reaches. */
function waveSpeed(sim: Sim): number {
  return sim.physics.model.network.waveSpeeds[0]!.waveSpeed_m_s;
}

describe('wave speed', () => {
  it('of the line is that of a stiff liquid in an anchored pipe, and is moved by no more than half a reach to fit', () => {
    const { sim } = leaking('P-3', 0.37);
    // Wylie & Streeter (1993) eq. 1-27 with c1 = 1 − μ²; thick-wall terms aside.
    const D = 0.508 - 2 * 0.0095;
    const byHand = Math.sqrt(1.38e9 / RHO / (1 + ((1.38e9 * D) / (207e9 * 0.0095)) * (1 - 0.3 ** 2)));
    console.log(`${waveSpeed(sim).toFixed(1)} m/s, by hand ${byHand.toFixed(1)} m/s`);
    expect(Math.abs(waveSpeed(sim) / byHand - 1)).toBeLessThan(0.01);
    for (const w of sim.physics.model.network.waveSpeeds)
      expect(Math.abs(w.waveSpeedAdjustment)).toBeLessThanOrEqual(0.5 / (w.reaches - 0.5));
    expect(
      start(still(isothermal)).physics.model.network.waveSpeeds.every((w) => Math.abs(w.waveSpeedAdjustment) < 0.0025),
    ).toBe(true);
  });
});

describe('the front', () => {
  it.each([
    ['P-1', 0.21],
    ['P-2', 0.6],
    ['P-3', 0.37],
    ['P-3', 0.9],
    ['P-4', 0.5],
  ])('of a leak in %s at %d reaches both neighbours at distance/(c ∓ v), to within a sample', (pipe, fraction) => {
    const { sim, open } = leaking(pipe, fraction);
    const section = Number(pipe.slice(2)) - 1;
    const [up, down] = [
      ['N-000', 'N-125'],
      ['N-125', 'S-201'],
      ['N-250', 'N-375'],
      ['N-375', 'N-500'],
    ][section]! as [string, string];
    const before = { [up]: head(sim, up), [down]: head(sim, down) };
    const arrived: Record<string, number> = {};
    open();
    // The hole is open during the first tick; at its end the leak's own pressure has fallen.
    const openedUs = sim.timeUs + sim.model.tickUs;
    const leakDrop = () => sim.physics.leakHead_m('l');
    const atLeak = leakDrop();
    let height = 0;
    run(sim, 13, (timeUs) => {
      if (height === 0) height = atLeak - leakDrop();
      for (const node of [up, down])
        if (arrived[node] === undefined && before[node]! - head(sim, node) > height / 10)
          arrived[node] = (timeUs - openedUs) / 1e6;
    });
    const c = waveSpeed(sim);
    const v = 0.294 / (Math.PI * (0.489 / 2) ** 2);
    const expected = { [up]: (fraction * 12_500) / (c - v), [down]: ((1 - fraction) * 12_500) / (c + v) };
    for (const node of [up, down]) {
      console.log(`${node}: ${arrived[node]?.toFixed(2)} s, by hand ${expected[node]!.toFixed(3)} s`);
      expect(Math.abs(arrived[node]! - expected[node]!)).toBeLessThan(0.05);
    }
  });

  it.each([1e-5, 1.5e-4, 1e-3, 1e-2])('at a hole of %d m2 is ρ c Q/2A high, Q being what then leaks', (area_m2) => {
    const { sim, open } = leaking('P-3', 0.37, 'per-pipe', area_m2);
    const atRest = sim.physics.leakHead_m('l');
    open();
    run(sim, 0.05);
    const drop_Pa = RHO * G * (atRest - sim.physics.leakHead_m('l'));
    const flow = sim.physics.state.network.orificeFlow_m3_s[0]!;
    const byHand_Pa = (RHO * waveSpeed(sim) * flow) / (2 * (Math.PI / 4) * 0.489 ** 2);
    console.log(
      `${(drop_Pa / 1000).toFixed(3)} kPa, by hand ${(byHand_Pa / 1000).toFixed(3)} kPa, leak ${(3600 * flow).toFixed(1)} m3/h`,
    );
    expect(Math.abs(drop_Pa / byHand_Pa - 1)).toBeLessThan(0.02);
  });

  it('fades along plain pipe as e^(−αx), α = f v/(2 D c)', () => {
    const c = 1100;
    const v = 0.294 / (Math.PI * (0.489 / 2) ** 2);
    for (const [pipe, fraction, node] of [
      ['P-3', 0.9, 'N-375'],
      ['P-3', 0.5, 'N-375'],
      ['P-3', 0.05, 'N-375'],
      ['P-2', 0.1, 'N-125'],
      ['P-2', 0.8, 'N-125'],
    ] as const) {
      const { sim, open } = leaking(pipe, fraction, 'per-cell', 5e-5);
      const leak_m = (pipe === 'P-2' ? 12_500 : 25_000) + fraction * 12_500;
      const distance = Math.abs(NODES[node] - leak_m);
      const [atLeak, atNode] = [sim.physics.leakHead_m('l'), head(sim, node)];
      const f = sim.physics.state.network.pipeFriction[sim.physics.model.network.pipeIndex.get('P-1')!]!;
      open();
      run(sim, 0.05);
      const height = atLeak - sim.physics.leakHead_m('l');
      // Just behind the front, before friction has packed the line behind it.
      let front = 0;
      run(sim, distance / c + 0.2, () => {
        if (front === 0 && atNode - head(sim, node) > 0.4 * height) front = atNode - head(sim, node);
      });
      const byHand = Math.exp((-f * v * distance) / (2 * 0.489 * c));
      console.log(
        `${node} from ${(distance / 1000).toFixed(1)} km: ${(front / height).toFixed(4)}, by hand ${byHand.toFixed(4)}`,
      );
      expect(Math.abs(front / height / byHand - 1)).toBeLessThan(0.02);
      expect(front / height).toBeLessThan(1);
    }
  });

  it('with friction by the mean of a pipe is the same front, with a precursor below a few per cent of it', () => {
    const { sim, open } = leaking('P-2', 0.8, 'per-pipe');
    const atNode = head(sim, 'N-125');
    const atLeak = sim.physics.leakHead_m('l');
    open();
    run(sim, 0.05);
    const height = atLeak - sim.physics.leakHead_m('l');
    run(sim, 10_000 / 1100 - 0.2);
    const early = Math.abs(atNode - head(sim, 'N-125')) / height;
    console.log(`precursor: ${(100 * early).toFixed(2)} % of the front`);
    expect(early).toBeLessThan(0.05);
  });
});

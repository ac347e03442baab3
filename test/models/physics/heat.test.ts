/** Heat: properties against published values, plug flow that neither mixes nor loses, and a network that starts at rest. */
import { describe, expect, it } from 'vitest';
import {
  alpha15_per_K,
  compileNetwork,
  compileProduct,
  compressibility_per_Pa,
  createState,
  massBalanceError_m3,
  type NetworkSpec,
  solveSteady,
  stepCharacteristics,
  thermalFactor,
  viscosityAt_m2_s,
} from '../../../models/physics/index.ts';
import { validateHeat } from '../../../scenarios/validate/heat.ts';

const CRUDE = {
  id: 'crude',
  density15_kg_m3: 860,
  expansion15_per_K: alpha15_per_K('crude', 860),
  bulkModulus15_Pa: 1.38e9,
  viscosity: [
    { temperature_K: 288.15, kinematic_m2_s: 18e-6 },
    { temperature_K: 313.15, kinematic_m2_s: 7.6e-6 },
  ],
};

describe('properties', () => {
  it('density: Table 54A by hand at 35 degC', () => {
    const x = (613.9723 / 860 ** 2) * 20;
    expect(thermalFactor(compileProduct(CRUDE), 308.15)).toBeCloseTo(Math.exp(-x * (1 + 0.8 * x)), 14);
  });

  it('compressibility: 11.2.1M by hand at 30 degC, in 1/kPa', () => {
    const byHand = 1e-6 * Math.exp(-1.6208 + 0.00021592 * 30 + (0.87096 + 0.0042092 * 30) / 0.86 ** 2);
    expect(1e3 * compressibility_per_Pa(860, 303.15)).toBeCloseTo(byHand, 16);
    // a light crude is softer than a heavy one, and both soften with warmth
    expect(compressibility_per_Pa(800, 288.15)).toBeGreaterThan(compressibility_per_Pa(900, 288.15));
    expect(compressibility_per_Pa(860, 313.15)).toBeGreaterThan(compressibility_per_Pa(860, 288.15));
  });

  it("viscosity meets both of the laboratory's points, and lies on Walther's line between", () => {
    const p = compileProduct(CRUDE);
    for (const v of CRUDE.viscosity) expect(viscosityAt_m2_s(p, v.temperature_K) / v.kinematic_m2_s).toBeCloseTo(1, 9);
    const z = (T: number) => Math.log10(Math.log10(1e6 * viscosityAt_m2_s(p, T) + 0.7));
    const share = (Math.log10(300) - Math.log10(288.15)) / (Math.log10(313.15) - Math.log10(288.15));
    expect(z(300)).toBeCloseTo(z(288.15) + share * (z(313.15) - z(288.15)), 12);
  });
});

it.each(validateHeat().map((row) => [`${row.case}: ${row.metric}`, row] as const))('%s', (_, row) => {
  console.log(`${row.actual.toPrecision(3)} ${row.unit}, at most ${row.target}; ${row.note ?? ''}`);
  expect(row.status).toBe('pass');
});

describe('a network with heat', () => {
  const pipe = (id: string, from: string, to: string) => ({
    id,
    from,
    to,
    length_m: 2000,
    diameter_m: 0.3,
    waveSpeed_m_s: 1200,
    friction: { kind: 'roughness', roughness_m: 5e-5 } as const,
    heat: { coolingTime_s: 3000, ground_K: 285, wall_per_Pa: 2e-10 },
  });
  const spec: NetworkSpec = {
    fluid: { density_kg_m3: 860 },
    nodes: [
      { id: 'A', kind: 'reservoir', head_m: 80, elevation_m: 0 },
      { id: 'J', kind: 'junction', elevation_m: 10 },
      { id: 'B', kind: 'reservoir', head_m: 40, elevation_m: 0 },
      { id: 'C', kind: 'reservoir', head_m: 45, elevation_m: 0 },
    ],
    pipes: [pipe('1', 'A', 'J'), pipe('2', 'J', 'B'), pipe('3', 'C', 'J')],
    heat: { products: [CRUDE], inlet_K: 310 },
  };
  const start = (s: NetworkSpec) => {
    const compiled = compileNetwork(s, { timeStep_s: 0.1, frictionRefreshSteps: 10 });
    if (!compiled.ok) throw new Error(compiled.problems.join(' '));
    const state = createState(compiled.value);
    return { model: compiled.value, state, report: solveSteady(compiled.value, state) };
  };

  it('with branches and a pipe that flows backwards starts at rest and keeps its mass when flow turns round', () => {
    const { model, state, report } = start(spec);
    expect(report.converged).toBe(true);
    const before = Float64Array.from(state.sectionHead_m);
    for (let n = 0; n < 600; n++) stepCharacteristics(model, state);
    expect(Math.max(...before.map((h, i) => Math.abs(h - state.sectionHead_m[i])))).toBeLessThan(1e-9);
    for (let n = 0; n < 6000; n++) {
      state.reservoirHead_m[0] = 60 + 40 * Math.sin(n / 400);
      stepCharacteristics(model, state);
    }
    expect(Math.abs(massBalanceError_m3(model, state))).toBeLessThan(1e-9);
    // nothing is warmer than what enters or colder than the ground, whichever way it went
    for (let p = 0; p < 3; p++)
      for (let r = model.sectionStart[p]; r < model.sectionStart[p + 1] - 1; r++) {
        expect(state.heat.reachTemperature_K[r]).toBeGreaterThan(285 - 1e-9);
        expect(state.heat.reachTemperature_K[r]).toBeLessThan(310 + 1e-9);
      }
  });

  it('says what it cannot have', () => {
    const bare = { ...spec, pipes: spec.pipes.map(({ heat, ...p }) => p) };
    const refused = compileNetwork(bare, { timeStep_s: 0.1 });
    expect(refused.ok ? [] : refused.problems[0]).toContain('has no heat of its own');
    const both = compileNetwork(spec, { timeStep_s: 0.1, cavitation: 'gas-cavity' });
    expect(both.ok ? [] : both.problems).toEqual(['heat and gas cavities cannot be had together yet.']);
  });
});

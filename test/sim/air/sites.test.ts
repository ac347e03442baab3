/** Sites that got air: their hydraulics as before, to the bit; soil and vault; a digger's blow. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFrame, unwrap } from '../../../models/contract/index.ts';
import {
  bindScenario,
  parseScenario,
  readPlantContext,
  resolveScenario,
  ScenarioEngine,
} from '../../../scenarios/engine/index.ts';
import { createSim, type InAirPhysics, parsePlant } from '../../../sim/index.ts';

const text = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../models/plants/${name}.yaml`, import.meta.url)), 'utf8');

describe('hydraulics under air', () => {
  it.each([
    ['gas-line', 60],
    ['lift-station', 20],
    ['town-main', 60],
  ])('%s is as it was without, to the bit', (name, seconds) => {
    const whole = text(name);
    const bare = whole.replace(/\n# [^\n]*\n(# [^\n]*\n)*site:[\s\S]*?(?=\nas-built|$)/, '\n');
    expect(bare).not.toContain('\nair:');
    const run = (yaml: string) => {
      const spec = unwrap(parsePlant(`${name}.yaml`, yaml)).value;
      const sim = createSim(spec, { seed: 4 });
      const frame = createFrame(sim.layout);
      while (sim.timeUs < seconds * 1e6) sim.scan(frame);
      expect(sim.violations()).toEqual([]);
      return frame.value;
    };
    const [a, b] = [run(bare), run(whole)];
    expect(b.length).toBeGreaterThan(a.length);
    expect([...b].slice(0, a.length)).toEqual([...a]);
  });
});

describe('a leak under a street', () => {
  it('fills the vault, comes up through the pavement, and is all accounted for', () => {
    const spec = unwrap(parsePlant('town-main.yaml', text('town-main'))).value;
    const sim = createSim(spec, {
      seed: 4,
      leaks: [{ id: 'l', pipe: 'LP-2', fraction: 0.5, dischargeCoefficient: 0.6 }],
    });
    const frame = createFrame(sim.layout);
    expect(sim.apply([{ kind: 'leak.open', leak: 'l', area_m2: 3e-5, growth_s: 0 }])).toEqual([]);
    while (sim.timeUs < 40 * 60e6) sim.scan(frame);
    const { air } = sim.physics as unknown as InAirPhysics;
    const soil = air!.state.soil[0]!;
    const [leaked, surface, , vented, sides, inVault] = soil.ledger_kg;
    const inSoil = soil.gas_kg.reduce((sum, x) => sum + x, 0);
    console.log(
      `of ${leaked!.toFixed(2)} kg ${surface!.toFixed(3)} kg came up, ${inVault!.toExponential(1)} kg are in the vault`,
    );
    expect(Math.abs(leaked! - surface! - vented! - sides! - inVault! - inSoil)).toBeLessThan(1e-9 * leaked!);
    expect(leaked!).toBeGreaterThan(0.5);
    expect(sim.violations()).toEqual([]);
  });
});

describe('an excavator', () => {
  const of = (mass: number) => `scenario: dig
about: A blow.
plant: gas-line
duration: 1 min
timeline:
  - { at: 20 s, excavator: dig-1, on: { pipe: P-3, fraction: 0.0005 }, mass-t: ${mass} }
`;
  it.each([
    [20, 0],
    [70, 1],
  ])('of %d t opens %d leaks, and the truth says why', (mass, leaks) => {
    const scenario = unwrap(parseScenario('dig.yaml', of(mass)));
    const plant = unwrap(readPlantContext('gas-line'));
    const resolved = unwrap(resolveScenario(unwrap(bindScenario(scenario, plant)), 1));
    const engine = new ScenarioEngine(resolved, plant.spec);
    const frame = createFrame(engine.layout);
    while (engine.advance(frame));
    const truth = engine.drainTruth();
    expect(truth.filter((e) => e.kind === 'leak.opened')).toHaveLength(leaks);
    const said = truth.find((e) => e.kind === 'disturbance' && e.ref === 'dig-1');
    console.log(said && 'what' in said ? said.what : 'nothing');
    expect(said).toBeDefined();
    expect(engine.violations()).toEqual([]);
  });
});

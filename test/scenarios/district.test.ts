/** The district by every road: one journal and one set of frames; its controls by Modbus; its scenarios all of a piece. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseRecipe, readRecipe } from '../../detector/index.ts';
import { allImages, SETPOINT_ADDRESS, unwrap } from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { bindScenario, parseScenario, readPlantContext, ScenarioEngine } from '../../scenarios/engine/index.ts';
import { readInputs, resolveInputs, type ScenarioInputs } from '../../scenarios/run/index.ts';
import { preparePlant } from '../../sim/index.ts';
import { startPlantServer } from '../../sim/io/index.ts';
import { ackOf, floatWords, master } from '../sim/io/clients.ts';
import { sameByEveryWay } from './run/everyWay.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaktwin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chatty = unwrap(
  parseRecipe(
    'chatty.yaml',
    `recipe: chatty
about: Too eager.
warm-up: 3 h
preprocess: { stuck-after: 1 h, hold-gaps: 15 min }
methods:
  - { method: ewma, on: tags, alarm: LD-TAGS, weight: 20 %, sigma: 3, off-delay: 10 min }
  - { method: threshold, on: tags, alarm: LD-STEP, sigma: 4 }
`,
  ),
);

/** Five hours with a leak that comes and goes, a pump that trips, a lost logger and a meter that sticks. */
function short(): ScenarioInputs {
  const plant = unwrap(readPlantContext('district'));
  const located = unwrap(
    parseScenario(
      'short.yaml',
      `scenario: short
about: Much in five hours.
plant: district
duration: 5 h
seed: 4
timeline:
  - { at: 3.2 h, leak: leak-1, on: { pipe: A12, fraction: 40 % }, rate: 6 l/s, growth: 10 min, close-after: 1 h }
  - { at: 3.5 h, disturbance: pump-start, target: PU-2 }
  - { at: 3.6 h, fault: f1, station: DMA-C, form: communication-loss, for: 30 min }
  - { at: 3.7 h, fault: f2, tag: FT-301, form: stuck, for: 40 min }
`,
    ),
  );
  return { bound: unwrap(bindScenario(located, plant)), plant, name: 'short' };
}

describe('the journal and the frames of a district', () => {
  it('are the same by every way', async () => {
    const alarms = await sameByEveryWay(short(), chatty, join(folder, 'short'));
    console.log(`parity over ${alarms} alarm events`);
    expect(alarms).toBeGreaterThan(2);
  });
});

/** Three minutes in waves, with a burst, a pump that starts and a lost logger. */
function shortWaves(): ScenarioInputs {
  const plant = unwrap(readPlantContext('district-transient'));
  const located = unwrap(
    parseScenario(
      'short-waves.yaml',
      `scenario: short-waves
about: Much in three minutes.
plant: district-transient
duration: 3 min
seed: 4
timeline:
  - { at: 100 s, leak: leak-1, on: { pipe: A12, fraction: 40 % }, rate: 6 l/s, close-after: 40 s }
  - { at: 110 s, disturbance: pump-start, target: PU-1 }
  - { at: 120 s, fault: f1, station: DMA-C, form: communication-loss, for: 20 s }
`,
    ),
  );
  return { bound: unwrap(bindScenario(located, plant)), plant, name: 'short-waves' };
}

const nervous = unwrap(
  parseRecipe(
    'nervous.yaml',
    `recipe: nervous
about: Too eager.
warm-up: 1 min
methods:
  - { method: threshold, on: tags, alarm: LD-STEP, sigma: 4 }
  - { method: ewma, on: tags, alarm: LD-TAGS, weight: 20 %, sigma: 3, off-delay: 10 s }
`,
  ),
);

describe('the journal and the frames of a district in its waves', () => {
  it('are the same by every way', async () => {
    const alarms = await sameByEveryWay(shortWaves(), nervous, join(folder, 'waves'));
    console.log(`parity over ${alarms} alarm events`);
    expect(alarms).toBeGreaterThan(1);
  });
});

describe('a set point and a coil written over Modbus', () => {
  it('move the valve and the pump', async () => {
    const inputs = short();
    await preparePlant(inputs.plant.spec);
    const engine = new ScenarioEngine(unwrap(resolveInputs(inputs)), inputs.plant.spec);
    const server = await startPlantServer(engine, { pace: { kind: 'lockstep' } });
    const bus = await master(server);
    try {
      const { controls } = allImages(engine.layout, engine.controls).at(-1)!;
      const coils = controls.filter((c) => c.property === 'run' || c.property === 'trip');
      const registers = controls.filter((c) => !coils.includes(c));
      const valve = registers.findIndex((c) => c.element === 'PRV-B');
      const trip = coils.findIndex((c) => c.element === 'PU-1' && c.property === 'trip');
      await bus.writeRegisters(SETPOINT_ADDRESS + 2 * valve, floatWords(2.5));
      await bus.writeCoil(trip, true);
      const tag = (id: string) => engine.sim.physics.trueValue(engine.sim.model.tagIndex.get(id)!);
      for (let seq = 1; tag('PT-301') > 2.6e5 && seq < 4; seq += 1) await bus.writeRegisters(0, ackOf(seq));
      expect(tag('PT-301')).toBeCloseTo(2.5e5, -2);
      expect(tag('XS-101')).toBe(0);
      expect((await bus.readCoils(trip, 1)).data[0]).toBe(true);
    } finally {
      bus.close(() => {});
      await server.close();
      engine.close();
    }
  });
});

describe('every scenario of the district', () => {
  it.each(libraryNames('scenario').filter((n) => n.startsWith('district-')))(
    '%s can be drawn and has a recipe that fits',
    (name) => {
      const inputs = unwrap(readInputs(name));
      for (const seed of [1, 2, 3]) unwrap(resolveInputs(inputs, seed));
      const recipes = inputs.bound.located.value.matrix?.recipe ?? [];
      expect(recipes).not.toEqual([]);
      for (const recipe of recipes) unwrap(readRecipe(recipe));
    },
  );
});

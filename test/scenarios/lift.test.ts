/**
 * The lift station as scenarios, recipe and wire have it: all that ships can be bound and run, every way gives the same
 * journal, the pumps obey Modbus, and the balance finds what it claims to.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createPipeline, parseRecipe, readRecipe } from '../../detector/index.ts';
import { unwrap } from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { readInputs, runScenario } from '../../scenarios/run/index.ts';
import { sameByEveryWay } from './run/everyWay.ts';
import { Folder } from './run/short.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const recipe = unwrap(readRecipe('lift-balance'));
const plantText = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../models/plants/${name}.yaml`, import.meta.url)), 'utf8');

/** Trip, cavity, leak, fault and a standing main within twelve minutes. */
const SHORT = `scenario: lift-short
about: A trip, a leak, faults.
plant: lift-station
duration: 12 min
seed: 5
timeline:
  - { at: 2 min, disturbance: pump-trip, target: PU-1 }
  - { at: 5 min, leak: leak-1, on: { pipe: RM-2, fraction: 0.3 }, rate: 8 % of flow, growth: 10 s }
  - { at: 6 min, disturbance: pump-start, target: PU-2 }
  - { at: 8 min, fault: lost, station: RTU-2, form: communication-loss, for: 20 s }
  - { at: 10 min, disturbance: valve-move, target: V-1, to: 50 % }
`;
const EAGER = unwrap(
  parseRecipe(
    'eager.yaml',
    `recipe: eager
about: Speaks often, so that there is much to agree about.
warm-up: 90 s
methods:
  - { method: wave, alarm: LD-WAVE, sigma: 4, quiet: 5 s, hold: 20 s }
  - { method: cusum, on: balance, alarm: LD-BALANCE, detects: 0.4 %, false-alarms: 1 per h, corroborate: false, off-delay: 5 s }
  - { method: ewma, on: tags, alarm: LD-TAGS, weight: 20 %, sigma: 3.5, off-delay: 2 s }
`,
  ),
);

describe('what ships for the lift station', () => {
  const names = libraryNames('scenario').filter((n) => n.startsWith('lift-') && n !== 'lift-septic');

  it('is at least eight scenarios, four of them without a leak, and each can be bound and fed to its recipe', () => {
    expect(names.length).toBeGreaterThanOrEqual(8);
    const leakFree = names.filter((name) => {
      const { bound, plant } = unwrap(readInputs(name));
      expect(bound.located.value.matrix?.recipe).toEqual(['lift-balance']);
      createPipeline(recipe, plant.layout, plant.asBuilt);
      return !bound.located.value.timeline.some((e) => 'leak' in e);
    });
    expect(leakFree.length).toBeGreaterThanOrEqual(4);
  });

  it('the wet station differs from the dry one by its name and its weather alone', () => {
    const [dry, wet] = [plantText('lift-station').split('\n'), plantText('lift-station-wet').split('\n')];
    expect(wet.length).toBe(dry.length);
    const keys = wet.flatMap((line, i) => (line === dry[i] ? [] : [line.trim().split(':')[0]]));
    expect(keys).toEqual(['plant', 'about', 'storms']);
  });
});

describe('journal and frames', () => {
  it('are the same in process, over Modbus (gateway, stations), over WebSocket and out of the recording', async () => {
    const inputs = unwrap(readInputs(folder.write('lift-short.yaml', SHORT)));
    const alarms = await sameByEveryWay(inputs, EAGER, join(folder.path, 'short'));
    console.log(`parity over ${alarms} alarm events`);
    expect(alarms).toBeGreaterThan(5);
  });
});

describe('the balance of one span', () => {
  it.each([
    ['lift-medium', 240],
    ['lift-burst', 30],
  ])('finds %s within %d s, with seeds that nobody chose it on', async (name, within_s) => {
    const inputs = unwrap(readInputs(name));
    const { card, judged } = await runScenario({
      inputs,
      seed: 301,
      recipe,
      transport: 'inproc',
      pace: { kind: 'lockstep' },
      out: join(folder.path, name),
    });
    const latency = card.verdicts.find((v) => v.criterion === 'latency')!;
    console.log(`${name}: ${latency.actual} s`);
    expect(card.status).toBe('valid');
    expect(latency.actual).toBeLessThan(within_s);
    expect(judged.inputs.alarms.filter((a) => a.from === 'normal').length).toBe(1);
  });
});

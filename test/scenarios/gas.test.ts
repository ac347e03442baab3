/** Scenarios of gas-line: bound without a mistake, and one journal and one set of frames by every way. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseRecipe, readRecipe } from '../../detector/index.ts';
import { unwrap } from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { bindScenario, parseScenario, readPlantContext, resolveScenario } from '../../scenarios/engine/index.ts';
import { readInputs, runScenario } from '../../scenarios/run/index.ts';
import { sameByEveryWay } from './run/everyWay.ts';
import { Folder } from './run/short.ts';

const NAMES = libraryNames('scenario').filter((n) => n.startsWith('gas-') && !n.startsWith('gas-site'));
const folder = new Folder();
afterAll(() => folder.remove());

/** The real methods with a short warm-up and low thresholds, so that there is much to agree about. */
const chatty = unwrap(
  parseRecipe(
    'chatty.yaml',
    `recipe: chatty
about: The real methods, too eager.
warm-up: 2 min
methods:
  - { method: cusum, on: balance, alarm: LD-BALANCE, detects: 0.2 %, false-alarms: 1 per s, corroborate: false, off-delay: 5 s }
  - { method: random, alarm: LD-RANDOM, priority: 4, rate: 300 per h, off-delay: 0 s }
  - { method: ewma, on: tags, alarm: LD-TAGS, weight: 20 %, sigma: 3.5, off-delay: 2 s }
`,
  ),
);

const BUSY = `scenario: gas-busy
about: A little of everything in eight minutes.
plant: gas-line
duration: 8 min
seed: 5
timeline:
  - { at: 140 s, leak: leak-1, on: { kp: { draw: uniform, from: 1 km, to: 79 km } }, rate: 5 % of flow, growth: 30 s, close-after: 4 min }
  - { at: 180 s, disturbance: pump-trip, target: K-101 }
  - { at: 220 s, disturbance: valve-move, target: BV-301, to: 20 % }
  - { at: 240 s, fault: lost, station: RTU-2, form: communication-loss, for: 20 s }
  - { at: 300 s, disturbance: pump-start, target: K-101 }
  - { at: 320 s, disturbance: set-point-change, target: PCV-501, by: -0.5 bar, over: 30 s }
  - { at: 400 s, disturbance: valve-move, target: OT-301, to: closed }
`;

describe('the library', () => {
  it('has at least eight scenarios of gas-line, each bound with its default recipe and resolved by several seeds', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(8);
    for (const name of NAMES) {
      const { bound } = unwrap(readInputs(name));
      expect(bound.located.value.matrix?.recipe, name).toEqual(['gas-balance']);
      for (const seed of [1, 2, 3, 7]) expect(resolveScenario(bound, seed).ok, name).toBe(true);
    }
    unwrap(readRecipe('gas-balance'));
  });
});

describe('the journal and the frames', () => {
  it('are the same in process, over Modbus, over WebSocket and out of the recording', async () => {
    const plant = unwrap(readPlantContext('gas-line'));
    const bound = unwrap(bindScenario(unwrap(parseScenario('gas-busy.yaml', BUSY)), plant));
    const inputs = { ...unwrap(readInputs('gas-five-percent')), bound };
    const alarms = await sameByEveryWay(inputs, chatty, join(folder.path, 'gas'));
    console.log(`parity over ${alarms} alarm events`);
    expect(alarms).toBeGreaterThan(10);
  }, 20_000);
});

describe('a leak of five percent', () => {
  it('is found within minutes by gas-balance, and by no alarm before', async () => {
    const inputs = unwrap(readInputs('gas-five-percent'));
    const { card } = await runScenario({
      inputs,
      recipe: unwrap(readRecipe('gas-balance')),
      transport: 'inproc',
      pace: { kind: 'lockstep' },
      seed: 12,
      out: join(folder.path, 'five'),
    });
    console.log(card.verdicts.map((v) => `${v.criterion}: ${v.because}`).join('\n'));
    expect(card.verdicts.filter((v) => v.status === 'fail')).toEqual([]);
  }, 20_000);
});

/** One short story for each plant that got air: by every way the same bits. The tank farm's stands in vapour.test.ts. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecipe } from '../../detector/index.ts';
import { unwrap } from '../../models/contract/index.ts';
import { bindScenario, parseScenario } from '../../scenarios/engine/index.ts';
import { readInputs } from '../../scenarios/run/index.ts';
import { sameByEveryWay } from './run/everyWay.ts';
import { Folder } from './run/short.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const STORIES = [
  [
    'chlorine-offices',
    'chlorine-levels',
    `plant: chlorine-store
duration: 4 min
weather: { wind: 2 m/s from 270 deg, stability: D }
timeline:
  - { at: 10 s, patrol: RB-1 }
  - { at: 90 s, leak: leak-1, on: { pipe: L-1, fraction: 0.2 }, diameter: 6 mm }
  - { at: 2 min, emission: lorry, species: nitrogen-dioxide, rate: 1 g/s, place: { x: -20 m, y: 5 m }, to: { x: 20 m, y: 20 m }, over: 30 s, for: 30 s }
`,
  ],
  [
    'gas-site-pinhole',
    'gas-levels',
    `plant: gas-line
duration: 4 min
timeline:
  - { at: 90 s, leak: leak-1, on: { pipe: P-2, fraction: 0.9995 }, diameter: 20 mm }
`,
  ],
  [
    'lift-septic',
    'h2s-levels',
    `plant: lift-station
duration: 3 min
weather: { wind: 1 m/s from 240 deg, stability: E }
timeline:
  - { at: 80 s, emission: slug, species: hydrogen-sulphide, rate: 0.1 g/s, place: { x: 0 m, y: 0 m }, is: leak }
`,
  ],
] as const;

describe('the journal and the frames', () => {
  it.each(STORIES)(
    'of %s are the same in process, over Modbus and WebSocket, and from the recording',
    async (name, recipeName, body) => {
      const located = unwrap(parseScenario('short.yaml', `scenario: short\nabout: Short.\nseed: 3\n${body}`));
      const library = unwrap(readInputs(name));
      const inputs = { ...library, bound: unwrap(bindScenario(located, library.plant)) };
      const recipe = unwrap(readRecipe(recipeName));
      const alarms = await sameByEveryWay(inputs, recipe, join(folder.path, name));
      console.log(`${name}: ${alarms} alarm events by every way`);
      expect(alarms).toBeGreaterThan(0);
    },
    60_000,
  );
});

/**
 * The scenarios of the tank farm: one journal and one set of frames by every way, honest verdicts with the recipe that
 * is made for it.
 */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseRecipe, readRecipe } from '../../detector/index.ts';
import { unwrap } from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { readInputs, runScenario } from '../../scenarios/run/index.ts';
import { sameByEveryWay, shortened } from './run/everyWay.ts';
import { Folder } from './run/short.ts';

const NAMES = libraryNames('scenario').filter((n) => n.startsWith('farm-'));
/** The real methods with a short warm-up and low thresholds, so that there is much to agree about. */
const chatty = unwrap(
  parseRecipe(
    'chatty-farm.yaml',
    `recipe: chatty-farm
about: The real methods, too eager.
warm-up: 3 min
methods:
  - { method: cusum, on: tanks, alarm: LD-TANK, detects: 0.01 %, false-alarms: 1 per min, off-delay: 5 s }
  - { method: ewma, on: tags, alarm: LD-TAGS, weight: 20 %, sigma: 3, off-delay: 2 s }
`,
  ),
);
const folder = new Folder();
afterAll(() => folder.remove());

describe('the journal and the frames of', () => {
  let alarms = 0;
  it.each(NAMES)('%s are the same by every way', async (name) => {
    alarms += await sameByEveryWay(shortened(name, 10), chatty, join(folder.path, name));
  });

  it('at least some of them had something to say', () => {
    console.log(`parity over ${alarms} alarm events of ${NAMES.length} scenarios`);
    expect(NAMES.length).toBeGreaterThanOrEqual(8);
    expect(alarms).toBeGreaterThan(40);
  });
});

describe('with the recipe tank-cusum', () => {
  const recipe = unwrap(readRecipe('tank-cusum'));
  it.each(NAMES)('%s passes or is acceptable', async (name) => {
    const { card } = await runScenario({
      inputs: unwrap(readInputs(name)),
      recipe,
      transport: 'inproc',
      pace: { kind: 'lockstep' },
      out: join(folder.path, `full-${name}`),
    });
    expect(card.status).toBe('valid');
    expect(card.verdicts.filter((v) => v.status === 'fail')).toEqual([]);
  });
});

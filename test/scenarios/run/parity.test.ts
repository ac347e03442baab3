/**
 * One pipeline, one result: every scenario of the library, shortened, gives the same journal and the same frames in
 * process, over Modbus (gateway and stations), over WebSocket and out of its own recording.
 */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseRecipe } from '../../../detector/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { libraryNames } from '../../../models/document/index.ts';
import { sameByEveryWay, shortened } from './everyWay.ts';
import { Folder } from './short.ts';

/** The real methods with short warm-up and low thresholds, so that there is much to agree about. */
const recipe = unwrap(
  parseRecipe(
    'chatty.yaml',
    `recipe: chatty
about: The real methods, too eager.
warm-up: 3 min
methods:
  - { method: wave, alarm: LD-WAVE, sigma: 4, quiet: 5 s, hold: 20 s }
  - { method: cusum, on: balance, alarm: LD-BALANCE, detects: 0.2 %, false-alarms: 1 per h, off-delay: 5 s }
  - { method: ewma, on: tags, alarm: LD-TAGS, weight: 20 %, sigma: 3.5, off-delay: 2 s }
`,
  ),
);
const folder = new Folder();
afterAll(() => folder.remove());

describe('the journal and the frames of', () => {
  let alarms = 0;
  it.each(libraryNames('scenario').filter((n) => n.startsWith('crude-')))(
    '%s are the same by every way',
    async (name) => {
      alarms += await sameByEveryWay(shortened(name, 20), recipe, join(folder.path, name));
    },
  );

  it('at least some of them had something to say', () => {
    console.log(`parity over ${alarms} alarm events`);
    expect(alarms).toBeGreaterThan(100);
  });
});

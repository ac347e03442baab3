/**
 * The scenarios of the tank farm: one journal and one set of frames by every way, honest verdicts with the recipe that
 * is made for it.
 */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseRecipe, readRecipe } from '../../detector/index.ts';
import { unwrap } from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { bindScenario, type LocatedScenario } from '../../scenarios/engine/index.ts';
import { readInputs, replay, runScenario, type ScenarioInputs } from '../../scenarios/run/index.ts';
import { Folder } from './run/short.ts';

const NAMES = libraryNames('scenario').filter((n) => n.startsWith('farm-'));
const TARGET_US = 10 * 60e6;
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

/** The same story in ten minutes: instants are moved closer, what happens at them is left alone. */
function shortened(name: string): ScenarioInputs {
  const inputs = unwrap(readInputs(name));
  const { located } = inputs.bound;
  const factor = TARGET_US / located.value.duration;
  const squeeze = (d: unknown): unknown =>
    typeof d === 'number'
      ? d * factor
      : Object.fromEntries(Object.entries(d as object).map(([k, v]) => [k, typeof v === 'number' ? v * factor : v]));
  const timeline = located.value.timeline.map((e) => ({
    ...e,
    ...(e.at === undefined ? {} : { at: squeeze(e.at) }),
    ...(e.after ? { after: { ...e.after, by: squeeze(e.after.by) } } : {}),
  }));
  const value = { ...located.value, duration: TARGET_US, timeline } as LocatedScenario['value'];
  return { ...inputs, bound: unwrap(bindScenario({ ...located, value }, inputs.plant)) };
}

describe('the journal and the frames of', () => {
  let alarms = 0;
  it.each(NAMES)('%s are the same by every way', async (name) => {
    const inputs = shortened(name);
    const ways = [
      { transport: 'inproc' },
      { transport: 'modbus', via: 'gateway' },
      { transport: 'modbus', via: 'stations' },
      { transport: 'websocket' },
    ] as const;
    const digests: { way: string; journal: string; frames: string; status: string }[] = [];
    let recording = '';
    for (const way of ways) {
      recording = join(folder.path, `${name}-${digests.length}`);
      const { card, judged, server } = await runScenario({
        inputs,
        recipe: chatty,
        ...way,
        pace: { kind: 'lockstep' },
        out: recording,
      });
      await server?.close();
      digests.push({
        way: card.transport,
        journal: card.journalDigest,
        frames: card.framesDigest,
        status: card.status,
      });
      alarms += judged.inputs.alarms.length;
    }
    const again = await replay({ recording, recipe: chatty });
    const { journalDigest, judged } = again;
    digests.push({
      way: 'recording',
      journal: journalDigest,
      frames: judged!.card.framesDigest,
      status: judged!.card.status,
    });
    const { journal, frames } = digests[0]!;
    expect(digests).toEqual(digests.map(({ way }) => ({ way, journal, frames, status: 'valid' })));
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

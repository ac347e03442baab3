/**
 * One pipeline, one result: every scenario of the library, shortened, gives the same journal and the same frames in
 * process, over Modbus (gateway and stations), over WebSocket and out of its own recording.
 */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseRecipe } from '../../../detector/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { libraryNames } from '../../../models/document/index.ts';
import type { LocatedScenario } from '../../../scenarios/engine/index.ts';
import { bindScenario } from '../../../scenarios/engine/index.ts';
import { readInputs, replay, runScenario, type ScenarioInputs } from '../../../scenarios/run/index.ts';
import { Folder } from './short.ts';

const TARGET_US = 20 * 60e6;
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

/** The same story in twenty minutes: instants are moved closer, what happens at them is left alone. */
function shortened(name: string): ScenarioInputs {
  const inputs = unwrap(readInputs(name));
  const { located } = inputs.bound;
  const factor = TARGET_US / located.value.duration;
  const squeeze = (d: unknown): unknown =>
    typeof d === 'number'
      ? d * factor
      : Object.fromEntries(
          Object.entries(d as object).map(([k, v]) => [k, ['from', 'to', 'mean', 'sd'].includes(k) ? v * factor : v]),
        );
  const timeline = located.value.timeline.map((e) => ({
    ...e,
    ...(e.at === undefined ? {} : { at: squeeze(e.at) }),
    ...(e.after ? { after: { ...e.after, by: squeeze(e.after.by) } } : {}),
  }));
  const value = { ...located.value, duration: TARGET_US, timeline } as LocatedScenario['value'];
  const bound = unwrap(bindScenario({ ...located, value }, inputs.plant));
  return { ...inputs, bound };
}

describe('the journal and the frames of', () => {
  let alarms = 0;
  it.each(libraryNames('scenario').filter((n) => n.startsWith('crude-')))(
    '%s are the same by every way',
    async (name) => {
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
        const out = join(folder.path, `${name}-${digests.length}`);
        const { card, judged, server } = await runScenario({ inputs, recipe, ...way, pace: { kind: 'lockstep' }, out });
        await server?.close();
        digests.push({
          way: card.transport,
          journal: card.journalDigest,
          frames: card.framesDigest,
          status: card.status,
        });
        recording = out;
        alarms += judged.inputs.alarms.length;
      }
      const again = await replay({ recording, recipe });
      digests.push({
        way: 'recording',
        journal: again.journalDigest,
        frames: again.judged!.card.framesDigest,
        status: again.judged!.card.status,
      });
      const { journal, frames } = digests[0]!;
      expect(digests).toEqual(digests.map(({ way }) => ({ way, journal, frames, status: 'valid' })));
    },
  );

  it('at least some of them had something to say', () => {
    console.log(`parity over ${alarms} alarm events`);
    expect(alarms).toBeGreaterThan(100);
  });
});

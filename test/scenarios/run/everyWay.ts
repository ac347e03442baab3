/** One pipeline, one result: a scenario by every way, and its own recording after it. */
import { expect } from 'vitest';
import type { Recipe } from '../../../detector/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { bindScenario, type LocatedScenario } from '../../../scenarios/engine/index.ts';
import { readInputs, replay, runScenario, type ScenarioInputs } from '../../../scenarios/run/index.ts';

const WAYS = [
  { transport: 'inproc' },
  { transport: 'modbus', via: 'gateway' },
  { transport: 'modbus', via: 'stations' },
  { transport: 'websocket' },
] as const;

/** Runs in process, over Modbus (gateway and stations), over WebSocket and out of the recording of that; holds that all
 * give the same journal and the same frames, and are valid. Recordings go under `path`. Gives alarm events per way. */
export async function sameByEveryWay(inputs: ScenarioInputs, recipe: Recipe, path: string): Promise<number> {
  const seen: { way: string; journal: string; frames: string; status: string }[] = [];
  let recording = '';
  let alarms = 0;
  for (const way of WAYS) {
    recording = `${path}-${seen.length}`;
    const run = await runScenario({ inputs, recipe, ...way, pace: { kind: 'lockstep' }, out: recording });
    await run.server?.close();
    const { transport, journalDigest: journal, framesDigest: frames, status } = run.card;
    seen.push({ way: transport, journal, frames, status });
    alarms = run.judged.inputs.alarms.length;
  }
  const again = await replay({ recording, recipe });
  const { framesDigest, status } = again.judged!.card;
  seen.push({ way: 'recording', journal: again.journalDigest, frames: framesDigest, status });
  const { journal, frames } = seen[0]!;
  expect(seen).toEqual(seen.map(({ way }) => ({ way, journal, frames, status: 'valid' })));
  return alarms;
}

/** A scenario of the library within `duration_min`: instants are moved closer, what happens at them is left alone. */
export function shortened(name: string, duration_min: number): ScenarioInputs {
  const inputs = unwrap(readInputs(name));
  const { located } = inputs.bound;
  const duration = duration_min * 60e6;
  const factor = duration / located.value.duration;
  const squeeze = (d: unknown): unknown =>
    typeof d === 'number'
      ? d * factor
      : Object.fromEntries(
          Object.entries(d as object).map(([k, v]) => [k, ['from', 'to', 'mean', 'sd'].includes(k) ? v * factor : v]),
        );
  const timeline = located.value.timeline.map((e) => ({
    ...e,
    ...(e.at === undefined ? {} : { at: squeeze(e.at) }),
    // Every interval and first time, but no count and nothing that is absent.
    ...('every' in e && typeof e.every === 'object'
      ? {
          every: Object.fromEntries(
            Object.entries(e.every).map(([k, v]) => [k, k === 'count' || v === undefined ? v : squeeze(v)]),
          ),
        }
      : {}),
    ...(e.after ? { after: { ...e.after, by: squeeze(e.after.by) } } : {}),
  }));
  const value = { ...located.value, duration, timeline } as LocatedScenario['value'];
  return { ...inputs, bound: unwrap(bindScenario({ ...located, value }, inputs.plant)) };
}

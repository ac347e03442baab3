/** The bound of a release's place and rate: the same run with the release moved and changed a little, six times side by side. */
import { createFrame } from '../../models/contract/index.ts';
import { type PlantSpec, preparePlant } from '../../sim/index.ts';
import { type ResolvedScenario, ScenarioEngine } from '../engine/index.ts';
import { type PlaceBound, SourceInformation } from '../score/index.ts';
import { turn } from './wallclock.ts';

/** Moves a signal by far more than the merging of puffs does (a few percent), and is small beside a puff at an instrument [m]. */
const STEP_m = 1;
/** So is a rate times and by this; of a light gas the signal is linear in it anyway. */
const STEP_RATE = 1.5;
/** What is not the plume's but the puffs': merging moves a signal by about this where the rate changes by a tenth. */
const RESOLUTION = 0.02;
const BATCH = 64;

/** Of an emission of the scenario; `stopped` where the signal was aborted, undefined where no instrument can tell. */
export async function airPlaceBound(
  resolved: ResolvedScenario,
  plant: PlantSpec,
  emission: string,
  { exact, signal }: { readonly exact?: boolean; readonly signal?: AbortSignal } = {},
): Promise<PlaceBound | 'stopped' | undefined> {
  const changed = [
    moved(resolved, emission, STEP_m, 0, 1),
    moved(resolved, emission, -STEP_m, 0, 1),
    moved(resolved, emission, 0, STEP_m, 1),
    moved(resolved, emission, 0, -STEP_m, 1),
    moved(resolved, emission, 0, 0, STEP_RATE),
    moved(resolved, emission, 0, 0, 1 / STEP_RATE),
  ];
  const engines: ScenarioEngine[] = [];
  try {
    for (const one of changed) {
      await preparePlant(plant);
      engines.push(new ScenarioEngine(one, plant, { ...(exact === undefined ? {} : { exact }), noiseless: true }));
    }
    const { layout } = engines[0]!;
    const frames = engines.map(() => createFrame(layout));
    const information = new SourceInformation(layout, RESOLUTION);
    const difference = [0, 2, 4].map(() => new Float64Array(layout.columns));
    const span = [2 * STEP_m, 2 * STEP_m, 2 * Math.log(STEP_RATE)];
    for (let n = 1; engines.every((engine, i) => engine.advance(frames[i]!)); n += 1) {
      for (const engine of engines) engine.drainTruth();
      for (let d = 0; d < 3; d += 1) {
        const up = frames[2 * d]!.value;
        const down = frames[2 * d + 1]!.value;
        for (let c = 0; c < layout.columns; c += 1) difference[d]![c] = (up[c]! - down[c]!) / span[d]!;
      }
      information.add(difference[0]!, difference[1]!, difference[2]!);
      if (n % BATCH === 0) {
        await turn();
        if (signal?.aborted) return 'stopped';
      }
    }
    return information.bound();
  } finally {
    for (const engine of engines) engine.close();
  }
}

function moved(
  resolved: ResolvedScenario,
  emission: string,
  x_m: number,
  y_m: number,
  factor: number,
): ResolvedScenario {
  const shift = ([x, y, z]: readonly [number, number, number]): [number, number, number] => [x + x_m, y + y_m, z];
  return {
    ...resolved,
    emitters: (resolved.emitters ?? []).map((e) =>
      e.id === emission ? { ...e, from_m: shift(e.from_m), ...(e.to_m ? { to_m: shift(e.to_m) } : {}) } : e,
    ),
    timeline: resolved.timeline.map((event) => ({
      ...event,
      actions: event.actions.map((a) =>
        a.kind === 'emission' && a.emission === emission ? { ...a, massRate_kg_s: a.massRate_kg_s * factor } : a,
      ),
    })),
  };
}

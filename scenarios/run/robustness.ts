/**
 * Robustness, the fourth metric of API RP 1130: what a detector is worth when an instrument fails. The same runs with each tag
 * lost, biased, stuck or late, one at a time or in pairs, against the intact plant: one simulation per seed, and a detector of its
 * own for every ailment watches its frames through that ailment.
 *
 *   lost    the tag is not reached any more: quality says so, the last value stands
 *   biased  a constant is added: `bias` of the instrument's span
 *   stuck   it repeats its value to the bit, and does not say so
 *   late    it shows what it measured `late` scans ago
 *
 * An ailment begins when the detector has learned the healthy plant (its warm-up), as in life; a plant's own control loops go on
 * reading the healthy instrument, so it is the detector's robustness that is measured and not the plant's.
 */
import { createPipeline, type Recipe } from '../../detector/index.ts';
import {
  type AlarmEvent,
  CONTACTS,
  copyFrame,
  createFrame,
  type Frame,
  type FrameLayout,
  Quality,
  type TruthEvent,
  unwrap,
} from '../../models/contract/index.ts';
import { type Interval, poissonInterval, proportionInterval, seeded } from '../../models/kernel/index.ts';
import { bootstrapPercentile } from '../../models/kernel/statistics/index.ts';
import { preparePlant } from '../../sim/index.ts';
import { ScenarioEngine } from '../engine/index.ts';
import { matchAlarms } from '../score/index.ts';
import { resolveInputs, type ScenarioInputs } from './inputs.ts';
import { warmUpUs } from './runner.ts';
import { turn } from './wallclock.ts';

export const AILMENTS = ['lost', 'biased', 'stuck', 'late'] as const;
export type Ailment = (typeof AILMENTS)[number];

export interface RobustnessOptions {
  readonly recipe: Recipe;
  readonly jobs: readonly { readonly inputs: ScenarioInputs; readonly seed: number }[];
  readonly ailments: readonly Ailment[];
  /** Absent: every tag that is no contact. */
  readonly tags?: readonly string[];
  readonly pairs?: boolean;
  /** Share of span. */
  readonly bias: number;
  /** Scans. */
  readonly late: number;
  readonly signal?: AbortSignal;
  onProgress?(done: number): void;
}

export interface RobustnessRow {
  /** Empty for the intact plant. */
  readonly tags: readonly string[];
  readonly ailment: Ailment | 'intact';
  readonly leaks: number;
  readonly found: number;
  readonly foundShare: Interval;
  /** Mean latency of the leaks that both found, over the intact plant's mean; NaN where there is none. */
  readonly slower: number;
  readonly slowerInterval: Interval;
  readonly falseAlarms: number;
  readonly exposure_s: number;
  readonly falseAlarms_1_day: Interval;
}

/** A frame as a detector sees it through an ailment; what it remembers is bounded. */
class Lens {
  readonly tags: readonly number[];
  readonly ailment: Ailment | 'intact';
  private readonly seen: Frame;
  private readonly past: Frame[] = [];
  private held: Frame | undefined;
  private readonly layout: FrameLayout;
  private readonly options: RobustnessOptions;

  constructor(tags: readonly number[], ailment: Ailment | 'intact', layout: FrameLayout, options: RobustnessOptions) {
    this.tags = tags;
    this.ailment = ailment;
    this.layout = layout;
    this.options = options;
    this.seen = createFrame(layout);
    if (ailment === 'late') this.past = Array.from({ length: options.late }, () => createFrame(layout));
  }

  look(frame: Frame, fromUs: number): Frame {
    const { seen, ailment, layout } = this;
    if (ailment === 'intact') return frame;
    copyFrame(frame, seen);
    const before = this.past.length > 0 ? this.past[frame.seq % this.past.length]! : undefined;
    if (frame.timeUs > fromUs) {
      this.held ??= cloned(frame, layout);
      for (const t of this.tags) {
        const at = layout.column[t]!;
        const end = at + layout.tags[t]!.width;
        const [low, high] = layout.tags[t]!.range;
        switch (ailment) {
          case 'lost':
            seen.value.set(this.held.value.subarray(at, end), at);
            seen.quality[t] = Quality.lost;
            break;
          case 'stuck':
            seen.value.set(this.held.value.subarray(at, end), at);
            break;
          case 'biased':
            for (let c = at; c < end; c += 1) seen.value[c]! += this.options.bias * (high - low);
            break;
          case 'late':
            if (before && before.seq > 0) {
              seen.value.set(before.value.subarray(at, end), at);
              seen.quality[t] = before.quality[t]!;
            }
        }
      }
    }
    if (before) copyFrame(frame, before);
    return seen;
  }
}

function cloned(frame: Frame, layout: FrameLayout): Frame {
  const copy = createFrame(layout);
  copyFrame(frame, copy);
  return copy;
}

interface Outcome {
  /** Of each leak [s], undefined where it was missed. */
  readonly latency_s: readonly (number | undefined)[];
  readonly falseAlarms: number;
  readonly exposure_s: number;
}

const BATCH = 128;

/** The intact plant first, then every ailment, the worst first. Undefined where it was stopped. */
export async function robustness(options: RobustnessOptions): Promise<readonly RobustnessRow[] | undefined> {
  const plans = new Map<string, { tags: readonly string[]; ailment: Ailment | 'intact'; outcomes: Outcome[] }>();
  let done = 0;
  for (const job of options.jobs) {
    const played = await playAll(options, job);
    if (!played) return undefined;
    for (const { lens, outcome } of played) {
      const tags = lens.tags.map((t) => job.inputs.plant.layout.tags[t]!.id);
      const key = `${lens.ailment} ${tags.join('+')}`;
      const plan = plans.get(key) ?? { tags, ailment: lens.ailment, outcomes: [] };
      plan.outcomes.push(outcome);
      plans.set(key, plan);
    }
    done += 1;
    options.onProgress?.(done);
  }
  const list = [...plans.values()];
  const intact = list.find((p) => p.ailment === 'intact')!;
  const rows = list.map((p) => rowOf(p, intact.outcomes));
  const lostShare = (r: RobustnessRow) => (r.leaks === 0 ? 0 : r.found / r.leaks);
  const noise = (r: RobustnessRow) => r.falseAlarms / Math.max(r.exposure_s, 1);
  const slow = (r: RobustnessRow) => (Number.isNaN(r.slower) ? 0 : r.slower);
  const sick = rows.filter((r) => r.ailment !== 'intact');
  sick.sort((a, b) => lostShare(a) - lostShare(b) || noise(b) - noise(a) || slow(b) - slow(a));
  return [...rows.filter((r) => r.ailment === 'intact'), ...sick];
}

async function playAll(options: RobustnessOptions, { inputs, seed }: RobustnessOptions['jobs'][number]) {
  const { layout, spec } = inputs.plant;
  const resolved = unwrap(resolveInputs(inputs, seed));
  await preparePlant(spec);
  const engine = new ScenarioEngine(resolved, spec);
  const watchers = lenses(layout, options).map((lens) => ({
    lens,
    pipeline: createPipeline(options.recipe, layout, engine.asBuilt),
    alarms: [] as AlarmEvent[],
  }));
  const fromUs = Math.min(warmUpUs(options.recipe), resolved.durationUs);
  const truth: TruthEvent[] = [];
  const frame = createFrame(layout);
  while (engine.advance(frame)) {
    truth.push(...engine.drainTruth());
    for (const { lens, pipeline, alarms } of watchers)
      for (const event of pipeline.step(lens.look(frame, fromUs))) alarms.push(event);
    if (frame.seq % BATCH !== 0) continue;
    await turn();
    if (options.signal?.aborted) {
      engine.close();
      return undefined;
    }
  }
  engine.close();
  return watchers.map(({ lens, alarms }) => {
    const { leaks, matches, falseAlarms, exposureUs } = matchAlarms({
      truth,
      alarms,
      endUs: frame.timeUs,
      warmUpUs: fromUs,
      ...(resolved.graceUs === undefined ? {} : { graceUs: resolved.graceUs }),
    });
    const found = new Map(matches.map((m) => [m.leak.ref, m.latencyUs / 1e6]));
    const outcome: Outcome = {
      latency_s: leaks.map((l) => found.get(l.ref)),
      falseAlarms: falseAlarms.filter((f) => f.exposed).length,
      exposure_s: exposureUs / 1e6,
    };
    return { lens, outcome };
  });
}

function lenses(layout: FrameLayout, options: RobustnessOptions): Lens[] {
  const tags = layout.tags.flatMap((tag, t) =>
    (options.tags ? options.tags.includes(tag.id) : !CONTACTS.includes(tag.quantity)) ? [t] : [],
  );
  const sets = tags.map((t) => [t]);
  if (options.pairs)
    for (let i = 0; i < tags.length; i += 1)
      for (let j = i + 1; j < tags.length; j += 1) sets.push([tags[i]!, tags[j]!]);
  return [
    new Lens([], 'intact', layout, options),
    ...options.ailments.flatMap((a) => sets.map((set) => new Lens(set, a, layout, options))),
  ];
}

function rowOf(
  plan: { tags: readonly string[]; ailment: Ailment | 'intact'; outcomes: readonly Outcome[] },
  intact: readonly Outcome[],
): RobustnessRow {
  const latencies = plan.outcomes.flatMap((o) => o.latency_s);
  const found = latencies.filter((l) => l !== undefined).length;
  const pairs = plan.outcomes.flatMap((o, i) =>
    o.latency_s.flatMap((l, k) => {
      const base = intact[i]!.latency_s[k];
      return l === undefined || base === undefined ? [] : [[l, base] as const];
    }),
  );
  const ratio = (picked: Iterable<number>) => {
    let [sum, of] = [0, 0];
    for (const p of picked) {
      sum += pairs[p]![0];
      of += pairs[p]![1];
    }
    return sum / of;
  };
  const chance = seeded(1).stream('robustness').stream(plan.tags.join('+')).stream(plan.ailment);
  const nothing = { low: Number.NaN, high: Number.NaN, level: 0.95 };
  const falseAlarms = plan.outcomes.reduce((n, o) => n + o.falseAlarms, 0);
  const exposure_s = plan.outcomes.reduce((n, o) => n + o.exposure_s, 0);
  return {
    tags: plan.tags,
    ailment: plan.ailment,
    leaks: latencies.length,
    found,
    foundShare: latencies.length === 0 ? nothing : proportionInterval(found, latencies.length),
    slower: pairs.length === 0 ? Number.NaN : ratio(pairs.keys()),
    slowerInterval: pairs.length < 2 ? nothing : bootstrapPercentile(pairs.length, ratio, chance, { draws: 1000 }),
    falseAlarms,
    exposure_s,
    falseAlarms_1_day: exposure_s > 0 ? poissonInterval(falseAlarms, exposure_s / 86_400) : nothing,
  };
}

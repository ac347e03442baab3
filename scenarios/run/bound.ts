/**
 * The judge's own runs: what a leak did to every instrument, as the difference of two plants that are alike in all else, and how
 * the process wanders on leak-free days. No detector ever sees them.
 */
import { createFrame, type LeakBound, unwrap } from '../../models/contract/index.ts';
import { type PlantSpec, preparePlant } from '../../sim/index.ts';
import { type ResolvedScenario, ScenarioEngine } from '../engine/index.ts';
import {
  boundOf,
  clairvoyantInformation,
  DEFAULT_DEMAND_1_S,
  type LeakSignal,
  leaksOf,
  learnWhitener,
  leastScans,
  notBefore,
  ORDER,
  type PlaceBound,
  realisableInformation,
  signalFloor,
  type Whitener,
  waveBound,
} from '../score/index.ts';
import { airPlaceBound } from './airBound.ts';
import { resolveInputs, type ScenarioInputs } from './inputs.ts';
import { instrumentTiming, waveReceivers } from './instrumentTiming.ts';
import { turn } from './wallclock.ts';

const BATCH = 256;
/** Scans of a signal that are kept: who has not found a leak by then is not near any bound. */
const KEPT_SCANS = 40_000;

export interface BoundOptions {
  readonly exact?: boolean;
  readonly whitener?: Whitener;
  readonly signal?: AbortSignal;
}

/** Bounds of all leaks that open in this run, in order; undefined where it was stopped. */
export async function boundRun(
  resolved: ResolvedScenario,
  plant: PlantSpec,
  options: BoundOptions = {},
): Promise<LeakBound[] | undefined> {
  const actions = resolved.timeline.flatMap((e) => e.actions);
  const emissions = new Set(actions.flatMap((a) => (a.kind === 'emission' && a.isLeak ? [a.emission] : [])));
  const names = [...new Set([...actions.flatMap((a) => (a.kind === 'leak' ? [a.leak] : [])), ...emissions])];
  const bounds: LeakBound[] = [];
  for (const name of names) {
    const found = await signalOf(resolved, plant, name, names.length === 1, options);
    if (found === 'stopped') return undefined;
    if (!found) continue;
    const { signal, openedUs } = found;
    const released = emissions.has(name);
    // What is in the air has no place along a line.
    const position_m = released ? Number.NaN : found.position_m;
    const timing = {
      scan_s: signal.layout.scanUs * 1e-6,
      firstScan_s: (signal.timeUs[0]! - openedUs) * 1e-6,
      demand_1_s: demandOf(resolved),
    };
    const clairvoyant = boundOf(clairvoyantInformation(signal), timing);
    const place = released
      ? await airPlaceBound(resolved, plant, name, options)
      : frontBound(resolved, plant, found, options);
    if (place === 'stopped') return undefined;
    const floor = signalFloor(signal, openedUs, instrumentTiming(resolved, plant, position_m));
    bounds.push({
      of: name,
      demand_1_s: timing.demand_1_s,
      watched_s: (resolved.durationUs - openedUs) * 1e-6,
      clairvoyant,
      ...(options.whitener
        ? { realisable: notBefore(clairvoyant, boundOf(realisableInformation(signal, options.whitener), timing)) }
        : {}),
      ...(floor ? { floor } : {}),
      ...(place ? { place: released ? { ...place, by: 'air' } : place } : {}),
    });
  }
  return bounds;
}

function frontBound(
  resolved: ResolvedScenario,
  plant: PlantSpec,
  { signal, openedUs, position_m, growth_s }: Exclude<Awaited<ReturnType<typeof signalOf>>, 'stopped' | undefined>,
  options: BoundOptions,
): PlaceBound | undefined {
  const wave = waveReceivers(resolved, plant, position_m, { ...options, growth_s });
  return wave && waveBound(signal, openedUs, wave.receivers, wave.known);
}

/** What the scenario demands of false alarms [1/s]. */
function demandOf(resolved: ResolvedScenario): number {
  for (const e of resolved.expect) if (e.criterion === 'false-alarms' && e.atMost_1_s > 0) return e.atMost_1_s;
  return DEFAULT_DEMAND_1_S;
}

/** What a leak does to every instrument without noise, from its opening on. */
export async function signalOf(
  resolved: ResolvedScenario,
  plant: PlantSpec,
  leak: string,
  only: boolean,
  { exact, signal }: BoundOptions,
): Promise<{ signal: LeakSignal; openedUs: number; position_m: number; growth_s: number } | 'stopped' | undefined> {
  const base = { ...(exact === undefined ? {} : { exact }), noiseless: true };
  await preparePlant(plant);
  const leaky = new ScenarioEngine(resolved, plant, base);
  await preparePlant(plant);
  const whole = new ScenarioEngine(resolved, plant, { ...base, twin: only ? true : { without: leak } });
  try {
    const a = createFrame(leaky.layout);
    const b = createFrame(whole.layout);
    const times: number[] = [];
    const rows: Float32Array[] = [];
    let openedUs: number | undefined;
    let position_m = Number.NaN;
    let growth_s = 0;
    for (let n = 1; leaky.advance(a) && whole.advance(b) && rows.length < KEPT_SCANS; n += 1) {
      const opened = leaksOf(leaky.drainTruth(), a.timeUs).find((l) => l.ref === leak);
      whole.drainTruth();
      if (openedUs === undefined && opened) ({ openedUs, position_m, growth_s } = opened);
      if (openedUs !== undefined) {
        times.push(a.timeUs);
        rows.push(a.value.map((v, c) => v - b.value[c]!));
      }
      if (n % BATCH === 0) {
        await turn();
        if (signal?.aborted) return 'stopped';
      }
    }
    if (openedUs === undefined) return undefined;
    const { layout } = leaky;
    const delta = new Float32Array(rows.length * layout.columns);
    rows.forEach((row, t) => {
      delta.set(row, t * layout.columns);
    });
    return { signal: { layout, timeUs: Float64Array.from(times), delta }, openedUs, position_m, growth_s };
  } finally {
    whole.close();
    leaky.close();
  }
}

/** Learns how the process wanders from leak-free runs, each a draw of its own (`seeds` are the caller's choice). */
export async function learnProcess(
  runs: readonly ResolvedScenario[],
  plant: PlantSpec,
  options: { readonly exact?: boolean; readonly signal?: AbortSignal; readonly skipUs?: number } = {},
): Promise<Whitener | undefined> {
  const { exact, signal, skipUs = 0 } = options;
  const series: Float32Array[] = [];
  let layout: ScenarioEngine['layout'] | undefined;
  for (const resolved of runs) {
    await preparePlant(plant);
    const engine = new ScenarioEngine(resolved, plant, { ...(exact === undefined ? {} : { exact }), twin: true });
    layout = engine.layout;
    const frame = createFrame(layout);
    const rows: Float32Array[] = [];
    for (let n = 1; engine.advance(frame); n += 1) {
      engine.drainTruth();
      if (frame.timeUs > skipUs) rows.push(frame.value.slice());
      if (n % BATCH === 0) {
        await turn();
        if (signal?.aborted) {
          engine.close();
          return undefined;
        }
      }
    }
    engine.close();
    const run = new Float32Array(rows.length * layout.columns);
    rows.forEach((row, t) => {
      run.set(row, t * layout!.columns);
    });
    series.push(run);
  }
  return layout && learnWhitener(layout, series);
}

const LEARNING_SEED = 70_000_001;
const FEWEST_RUNS = 3;
const MOST_RUNS = 12;

/**
 * Learns from leak-free runs of a scenario on seeds that no suite scores, as many as its length asks for.
 * Undefined where they cannot be enough, or the work was stopped.
 */
export async function learnScenario(
  inputs: ScenarioInputs,
  options: { readonly exact?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Whitener | undefined> {
  const { layout } = inputs.plant;
  const each = Math.floor(inputs.bound.located.value.duration / layout.scanUs);
  const count = Math.max(FEWEST_RUNS, Math.ceil(leastScans(layout) / Math.max(1, each - ORDER)));
  if (count > MOST_RUNS) return undefined;
  const runs = Array.from({ length: count }, (_, i) => unwrap(resolveInputs(inputs, LEARNING_SEED + i)));
  return learnProcess(runs, inputs.plant.spec, options);
}

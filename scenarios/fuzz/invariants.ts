/**
 * What must hold in every run, whatever happens to the plant. A case is played once for all invariants and once more for the
 * parity of a second run; a detector of every recipe that fits the plant watches.
 *
 *   valid        the YAML reads and binds: what the fuzzer writes, a user may write
 *   physics      no violation: states in their bounds, and the mass balance of the physics closed. A plant that was driven beyond
 *                what its physics models, and says so, keeps its word: such a case is counted apart and holds
 *   numbers      a usable value is a number within its instrument's range
 *   resume       a snapshot restored into another plant goes on bit for bit
 *   parity       a second run has the same frames and the same journals
 *   detector     no detector throws
 *   journal      every event is of its scan, and begins in the state in which the last one ended
 */
import { createPipeline, readRecipe } from '../../detector/index.ts';
import {
  type AlarmEvent,
  createFrame,
  type Frame,
  FrameDigest,
  journalDigest,
  ProblemError,
  UNUSABLE,
} from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { preparePlant } from '../../sim/index.ts';
import { type PlantContext, type ResolvedScenario, ScenarioEngine } from '../engine/index.ts';
import { faultOfJournal, resolveInputs, type ScenarioInputs, turn } from '../run/index.ts';
import { type Case, writeCase } from './case.ts';

export interface Failure {
  readonly invariant: string;
  readonly because: string;
}

/** A case as it was played, for invariants of the caller's own. */
export interface PlayedCase {
  readonly written: Case;
  readonly resolved: ResolvedScenario;
  readonly engine: ScenarioEngine;
  readonly frames: number;
}

/** A further thing that must hold; a sentence where it does not. */
export type Invariant = { readonly name: string; holds(played: PlayedCase): string | undefined };

/** Sentences of a plant that was driven beyond its models: a liquid that boils, a line or a network without anything in it. */
const BEYOND: readonly RegExp[] = [/vapour pressure/, /was emptied/, /negative pressure|no solution|unbalanced/i];

const RESUMED_SCANS = 8;
const BATCH = 64;

/** The first invariant that a case breaks; `beyond` where it breaks none, but left what the physics models. */
export async function firstFailure(
  written: Case,
  plant: PlantContext,
  /** A sentence where it cannot be read. */
  read: (text: string) => { readonly inputs: ScenarioInputs } | string,
  further: readonly Invariant[] = [],
): Promise<Failure | 'beyond' | undefined> {
  const inputs = read(writeCase(written));
  if (typeof inputs === 'string') return { invariant: 'valid', because: inputs };
  const resolved = resolveInputs(inputs.inputs);
  if (!resolved.ok) return { invariant: 'valid', because: resolved.problems.map((p) => p.found).join('; ') };
  try {
    const first = await play(resolved.value, plant, true);
    if (first.failure) return first.failure;
    for (const { name, holds } of further) {
      const because = holds({ written, resolved: resolved.value, engine: first.engine, frames: first.frames });
      if (because !== undefined) return { invariant: name, because };
    }
    const second = await play(resolved.value, plant, false);
    if (second.failure) return second.failure;
    if (first.digest !== second.digest)
      return { invariant: 'parity', because: 'a second run has other frames or other alarms' };
    return first.beyond ? 'beyond' : undefined;
  } catch (error) {
    const because =
      error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 2).join(' ') : String(error);
    return { invariant: 'throws', because };
  }
}

interface Play {
  readonly beyond: boolean;
  readonly failure?: Failure;
  readonly digest: string;
  readonly frames: number;
  readonly engine: ScenarioEngine;
}

async function play(resolved: ResolvedScenario, plant: PlantContext, resume: boolean): Promise<Play> {
  await preparePlant(plant.spec);
  const engine = new ScenarioEngine(resolved, plant.spec);
  const { layout } = engine;
  const frame = createFrame(layout);
  const detectors = fittingRecipes(plant).map((recipe) => ({
    recipe,
    pipeline: createPipeline(recipe, layout, engine.asBuilt),
    events: [] as AlarmEvent[],
  }));
  const digest = new FrameDigest(layout);
  const times: number[] = [];
  const half = Math.floor(resolved.durationUs / layout.scanUs / 2);
  let failure: Failure | undefined;
  const fail = (invariant: string, because: string) => {
    failure ??= { invariant, because };
  };
  while (!failure && engine.advance(frame)) {
    engine.drainTruth();
    times.push(frame.timeUs);
    digest.add(frame);
    const odd = oddValue(frame, layout);
    if (odd !== undefined) fail('numbers', `${odd} at ${frame.timeUs / 1e6} s`);
    for (const { recipe, pipeline, events } of detectors) {
      try {
        for (const event of pipeline.step(frame)) events.push(event);
      } catch (error) {
        fail('detector', `${recipe.name} at scan ${frame.seq}: ${(error as Error).message}`);
      }
    }
    if (resume && frame.seq === half) {
      const because = await resumed(engine, resolved, plant);
      if (because !== undefined) fail('resume', because);
    }
    if (frame.seq % BATCH === 0) await turn();
  }
  const said = engine.sim.violations();
  const beyond = said.some((why) => BEYOND.some((limit) => limit.test(why)));
  if (!beyond) for (const why of said) fail('physics', why);
  const seen = new Map(times.map((t, i) => [i + 1, t]));
  for (const { recipe, events } of detectors) {
    const why = faultOfJournal(events, seen);
    if (why !== undefined) fail('journal', `${recipe.name}: ${why}`);
  }
  engine.close();
  const journals = detectors.map((d) => (failure ? '' : journalDigest(d.events)));
  return {
    ...(failure ? { failure } : {}),
    beyond,
    digest: [digest.hex(), ...journals].join(),
    frames: times.length,
    engine,
  };
}

function fittingRecipes(plant: PlantContext) {
  return libraryNames('recipe').flatMap((name) => {
    const recipe = readRecipe(name);
    if (!recipe.ok) return [];
    try {
      createPipeline(recipe.value, plant.layout, plant.asBuilt);
      return [recipe.value];
    } catch (error) {
      if (error instanceof ProblemError) return [];
      throw error;
    }
  });
}

function oddValue(frame: Frame, layout: PlantContext['layout']): string | undefined {
  for (let t = 0; t < layout.tags.length; t += 1) {
    if ((frame.quality[t]! & UNUSABLE) !== 0) continue;
    const { id, range, width } = layout.tags[t]!;
    // The range is kept by the instrument; a hair more is the float32 of its own end.
    const slack = 1e-5 * Math.max(Math.abs(range[0]), Math.abs(range[1]), 1);
    for (let c = layout.column[t]!; c < layout.column[t]! + width; c += 1) {
      const v = frame.value[c]!;
      if (!(v >= range[0] - slack && v <= range[1] + slack))
        return `${id} reads ${v}, its range is ${range.join(' to ')}`;
    }
  }
  return undefined;
}

/** Steps on from here, twice: the plant itself after a restore, and another one that was somewhere else before. */
async function resumed(
  engine: ScenarioEngine,
  resolved: ResolvedScenario,
  plant: PlantContext,
): Promise<string | undefined> {
  const { sim } = engine;
  const bytes = sim.snapshot();
  const print = sim.fingerprint();
  const ahead = (of: typeof sim) => {
    const digest = new FrameDigest(engine.layout);
    const frame = createFrame(engine.layout);
    for (let n = 0; n < RESUMED_SCANS; n += 1) {
      of.scan(frame);
      digest.add(frame);
    }
    of.drainTruth();
    return digest.hex();
  };
  const whole = ahead(sim);
  sim.restore(bytes);
  if (sim.fingerprint() !== print) return 'a restored plant has another fingerprint';
  await preparePlant(plant.spec);
  const other = new ScenarioEngine(resolved, plant.spec);
  try {
    const frame = createFrame(engine.layout);
    for (let n = 0; n < 3; n += 1) other.sim.scan(frame);
    other.sim.drainTruth();
    other.sim.restore(bytes);
    return ahead(other.sim) === whole ? undefined : `a plant restored at ${engine.timeUs / 1e6} s goes on otherwise`;
  } finally {
    other.close();
  }
}

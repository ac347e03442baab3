/**
 * One job of a suite: a simulation that all recipes of its scenario watch. What it leaves behind is text by name, so that a
 * job done on another machine puts the same files in the same places.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPipeline, recipeDelays } from '../../detector/index.ts';
import { type AlarmEvent, type Card, type LeakBound, unwrap } from '../../models/contract/index.ts';
import { digestJson } from '../../models/kernel/index.ts';
import { compileModel } from '../../sim/index.ts';
import type { ResolvedScenario } from '../engine/index.ts';
import type { Whitener } from '../score/index.ts';
import { boundRun, learnScenario } from './bound.ts';
import { availabilityOf, jsonLines, judgeRun, reportHtml, writeText } from './finish.ts';
import { runForeignJob } from './foreignJob.ts';
import { keptJson, openPlay, type Play } from './frameCache.ts';
import { runInProcess } from './inproc.ts';
import { formatPace, resolveInputs, runIdOf } from './inputs.ts';
import { Logbook } from './logbook.ts';
import { warmUpUs } from './runner.ts';
import type { Job, Suite } from './suite.ts';

export interface JobOptions {
  /** Where run folders go; absent: nothing is written. */
  readonly folder?: string;
  /** Also a report.html per run. */
  readonly html?: boolean;
  /** Folder of simulations that are kept. */
  readonly cache?: string;
  readonly signal?: AbortSignal;
  onProgress?(simulatedUs: number): void;
}

/** A file of a run's folder. */
export interface RunFile {
  readonly runId: string;
  readonly name: string;
  readonly text: string;
}

export interface JobResult {
  /** A card of each recipe, in their order. */
  readonly cards: readonly Card[];
  /** All of them lay in the folder already, made by this very program of these very inputs. */
  readonly kept: boolean;
}

/** What a job leaves behind, wherever it was done. Of each run the card comes last. */
export interface JobWork {
  readonly cards: readonly Card[];
  readonly files: readonly RunFile[];
}

/** One simulation watched by all recipes, written to its folder. Undefined where it was stopped. */
export async function runJob(suite: Suite, job: Job, options: JobOptions = {}): Promise<JobResult | undefined> {
  if (suite.detector !== undefined) return runForeignJob(suite, job, suite.detector, options);
  const runIds = runIdsOf(suite, job);
  const kept = keptCards(suite, runIds, options);
  if (kept) return { cards: kept, kept: true };
  const work = await doJob(suite, job, options);
  if (!work) return undefined;
  if (options.folder !== undefined) await writeWork(options.folder, work);
  return { cards: work.cards, kept: false };
}

/** Ids of the runs of a job, by recipe. They hold the digests of everything that the results depend on, code included. */
export function runIdsOf(suite: Suite, job: Job): string[] {
  const { exact, twin } = suite;
  const inputs = suite.scenarios[job.scenario]!;
  const resolved = unwrap(resolveInputs(inputs, job.seed));
  const plantDigest = plantDigestOf(suite, job, resolved);
  return suite.recipes[job.scenario]!.map((recipe) =>
    runIdOf({
      scenario: resolved,
      plantDigest,
      detector: recipe.digest,
      transport: 'inproc',
      pace: PACE,
      exact,
      twin,
    }),
  );
}

const PACE = formatPace({ kind: 'lockstep' });

function plantDigestOf(suite: Suite, job: Job, resolved: ResolvedScenario): string {
  return compileModel(suite.scenarios[job.scenario]!.plant.spec, {
    seed: resolved.seed,
    leaks: resolved.leaks,
    ...(resolved.tick_s === undefined ? {} : { tick_s: resolved.tick_s }),
    exact: suite.exact,
  }).digest;
}

/** The work itself; nothing is written. Undefined where it was stopped. */
export async function doJob(
  suite: Suite,
  job: Job,
  options: Omit<JobOptions, 'folder'> = {},
): Promise<JobWork | undefined> {
  const inputs = suite.scenarios[job.scenario]!;
  const recipes = suite.recipes[job.scenario]!;
  const { exact, twin } = suite;
  const resolved = unwrap(resolveInputs(inputs, job.seed));
  const runIds = runIdsOf(suite, job);
  const { spec } = inputs.plant;
  const { signal, onProgress, cache } = options;
  const kept = cache === undefined ? {} : { cache };
  const journals = recipes.map((): AlarmEvent[] => []);
  const watch = (on: Play, into: AlarmEvent[][]) =>
    recipes.map((recipe, r) => ({
      pipeline: createPipeline(recipe, on.layout, on.asBuilt),
      onAlarm: (e: AlarmEvent) => into[r]!.push(e),
    }));
  const play = await openPlay(resolved, spec, { exact, ...kept });
  const logbook = new Logbook(play.layout, undefined, options.html ?? false);
  let violations: string[];
  const watchers = watch(play, journals);
  try {
    if (!(await runInProcess(play, logbook, watchers, { signal, onProgress }))) return undefined;
    violations = play.violations();
  } finally {
    play.close();
  }
  let twins: AlarmEvent[][] | undefined;
  if (twin) {
    twins = recipes.map(() => []);
    const without = await openPlay(resolved, spec, { exact, twin: true, ...kept });
    const progress = (us: number) => onProgress?.(resolved.durationUs + us);
    try {
      if (!(await runInProcess(without, undefined, watch(without, twins), { signal, onProgress: progress })))
        return undefined;
    } finally {
      without.close();
    }
  }
  let bounds: LeakBound[] | undefined;
  if (suite.bound) {
    // How the process wanders is learned from other draws of the scenario than this one.
    const what = `bounds of ${digestJson(inputs.bound.located.value)}`;
    bounds = await keptJson(cache, what, [resolved, spec, exact], async () => {
      const whitener = await learned(suite, job.scenario, signal);
      return boundRun(resolved, spec, { exact, ...(whitener ? { whitener } : {}), signal });
    });
    if (!bounds) return undefined;
  }
  const cards: Card[] = [];
  const files: RunFile[] = [];
  for (const [r, recipe] of recipes.entries()) {
    const runId = runIds[r]!;
    const judged = judgeRun({
      runId,
      resolved,
      plant: inputs.plant,
      recipe: recipe.name,
      warmUpUs: warmUpUs(recipe),
      transport: 'inproc',
      pace: PACE,
      status: violations.length > 0 ? 'invalid' : 'valid',
      because: violations.join('; '),
      framesDigest: logbook.framesDigest(),
      frames: logbook.frames,
      endUs: logbook.lastUs,
      truth: logbook.truth,
      alarms: journals[r]!,
      ...availabilityOf(watchers[r]!.pipeline),
      ...(twins ? { twinAlarms: twins[r]! } : {}),
      ...(bounds ? { bounds, delays: recipeDelays(recipe, play.layout.scanUs) } : {}),
    });
    cards.push(judged.card);
    files.push({ runId, name: 'alarms.jsonl', text: jsonLines(journals[r]!) });
    files.push({ runId, name: 'truth.jsonl', text: jsonLines(logbook.truth) });
    if (options.html)
      files.push({
        runId,
        name: REPORT,
        text: reportHtml(judged, play.layout, logbook.trends(), resolved.about, play.asBuilt),
      });
    files.push({ runId, name: CARD, text: `${JSON.stringify(judged.card, undefined, 2)}\n` });
  }
  return { cards, files };
}

/** Each run's card last, and whole or not at all: a run that has its card is finished, whatever killed the suite. */
export async function writeWork(folder: string, work: JobWork): Promise<void> {
  for (const { runId, name, text } of work.files) await writeText(join(folder, runId), name, text);
}

function learned(suite: Suite, scenario: number, signal: AbortSignal | undefined): Promise<Whitener | undefined> {
  let promise = suite.learned.get(scenario);
  if (!promise) {
    promise = learnScenario(suite.scenarios[scenario]!, { exact: suite.exact, ...(signal ? { signal } : {}) });
    suite.learned.set(scenario, promise);
  }
  return promise;
}

const CARD = 'card.json';
const REPORT = 'report.html';

/** The cards of a job that was finished before; the run's id holds the digests of everything that they depend on. */
export function keptCards(
  suite: Suite,
  runIds: readonly string[],
  { folder, html }: Pick<JobOptions, 'folder' | 'html'>,
): Card[] | undefined {
  if (folder === undefined) return undefined;
  const cards: Card[] = [];
  for (const id of runIds) {
    const path = join(folder, id, CARD);
    if (!existsSync(path) || (html && !existsSync(join(folder, id, REPORT)))) return undefined;
    const card = JSON.parse(readFileSync(path, 'utf8')) as Card;
    if (suite.bound && !card.bounds) return undefined;
    cards.push(card);
  }
  return cards;
}

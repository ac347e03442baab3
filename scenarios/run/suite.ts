/**
 * A suite: scenarios × seeds × recipes. A scenario is simulated once per seed and all recipes watch the same frames, so
 * that recipes are compared on equal luck and a further recipe costs a detector, not a plant. Results are the same for
 * any number of workers: every job is a function of its own inputs, and results are put in the order of the plan.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { createPipeline, type Recipe } from '../../detector/index.ts';
import {
  type AlarmEvent,
  type Card,
  type Problem,
  ProblemError,
  type Result,
  unwrap,
} from '../../models/contract/index.ts';
import { findDocument, readDocument } from '../../models/document/index.ts';
import { preparePlant } from '../../sim/index.ts';
import { ScenarioEngine } from '../engine/index.ts';
import { jsonLines, judgeRun, reportHtml, writeText } from './finish.ts';
import { runInProcess } from './inproc.ts';
import {
  DEFAULT_RECIPE,
  formatPace,
  readInputs,
  readRecipes,
  resolveInputs,
  runIdOf,
  type ScenarioInputs,
} from './inputs.ts';
import { Logbook } from './logbook.ts';
import { warmUpUs } from './runner.ts';

export const suiteSchema = z.strictObject({
  suite: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name of letters, digits, dots, dashes and underscores'),
  about: z.string().min(1),
  /** By name, or by path beside this file. */
  scenarios: z.array(z.string().min(1)).min(1),
  recipes: z.array(z.string().min(1)).min(1).optional(),
  seeds: z.strictObject({ from: z.int().default(1), count: z.int().min(1).max(100_000) }),
  /** Also run every seed without its leaks: what is raised there too is no detection. */
  twin: z.boolean().default(false),
});
export type SuiteSpec = z.output<typeof suiteSchema>;

export interface SuiteChoices {
  readonly recipes?: readonly string[];
  readonly seed?: number;
  readonly count?: number;
  readonly exact?: boolean;
  readonly twin?: boolean;
}

/** A suite with everything that it names read and checked. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  readonly scenarios: readonly ScenarioInputs[];
  readonly recipes: readonly Recipe[];
  readonly jobs: readonly Job[];
  readonly exact: boolean;
  readonly twin: boolean;
}

/** One simulation. */
export interface Job {
  readonly scenario: number;
  readonly seed: number;
}

/** A suite by name or path; a scenario's name makes a suite of its matrix. Every mistake in every file at once. */
export function readSuite(nameOrPath: string, choices: SuiteChoices = {}): Result<Suite> {
  const found = findDocument('suite', nameOrPath);
  if (!found.ok) {
    const scenario = readInputs(nameOrPath);
    return scenario.ok ? build(scenarioSuite(scenario.value), [scenario.value], choices) : found;
  }
  const read = readDocument(found.value.file, found.value.text, suiteSchema);
  if (!read.ok) return read;
  const { value: spec, problemAt } = read.value;
  const problems: Problem[] = [];
  const scenarios: ScenarioInputs[] = [];
  spec.scenarios.forEach((name, i) => {
    const inputs = readInputs(name, found.value.path);
    if (inputs.ok) scenarios.push(inputs.value);
    else if (inputs.problems.length === 1 && inputs.problems[0]!.line === 0) {
      const p = inputs.problems[0]!;
      problems.push(problemAt(['scenarios', i], `"${name}": ${p.found}`, p.expected, p.hint));
    } else problems.push(...inputs.problems);
  });
  return problems.length > 0 ? { ok: false, problems } : build(spec, scenarios, choices);
}

function scenarioSuite(inputs: ScenarioInputs): SuiteSpec {
  const spec = inputs.bound.located.value;
  return {
    suite: spec.scenario,
    about: spec.about,
    scenarios: [spec.scenario],
    ...(spec.matrix?.recipe ? { recipes: spec.matrix.recipe } : {}),
    seeds: { from: spec.seed, count: spec.matrix?.repeat ?? 1 },
    twin: false,
  };
}

function build(spec: SuiteSpec, scenarios: readonly ScenarioInputs[], choices: SuiteChoices): Result<Suite> {
  const recipes = readRecipes(choices.recipes ?? spec.recipes ?? [DEFAULT_RECIPE]);
  if (!recipes.ok) return recipes;
  const from = choices.seed ?? spec.seeds.from;
  const count = choices.count ?? spec.seeds.count;
  const seeds = Array.from({ length: count }, (_, i) => from + i);
  const jobs = scenarios.flatMap((_, scenario) => seeds.map((seed) => ({ scenario, seed })));
  const value: Suite = {
    name: spec.suite,
    about: spec.about,
    scenarios,
    recipes: recipes.value,
    jobs,
    exact: choices.exact ?? false,
    twin: choices.twin ?? spec.twin,
  };
  // All draws of all seeds, and a detector on each plant: what cannot work should say so now and not after an hour.
  const problems: Problem[] = jobs.flatMap((j) => {
    const resolved = resolveInputs(scenarios[j.scenario]!, j.seed);
    return resolved.ok ? [] : resolved.problems;
  });
  for (const inputs of scenarios) {
    for (const recipe of value.recipes) {
      try {
        createPipeline(recipe, inputs.plant.layout, inputs.plant.asBuilt);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        problems.push(...error.problems);
      }
    }
  }
  return problems.length > 0 ? { ok: false, problems: unique(problems) } : { ok: true, value };
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((p) => [JSON.stringify(p), p])).values()];
}

export function simulatedUs(suite: Suite, job: Job): number {
  return suite.scenarios[job.scenario]!.bound.located.value.duration * (suite.twin ? 2 : 1);
}

export interface JobOptions {
  /** Where run folders go; absent: nothing is written. */
  readonly folder?: string;
  /** Also a report.html per run. */
  readonly html?: boolean;
  readonly signal?: AbortSignal;
  onProgress?(simulatedUs: number): void;
}

/** One simulation watched by all recipes: a card each, in their order. Undefined where it was stopped. */
export async function runJob(suite: Suite, job: Job, options: JobOptions = {}): Promise<Card[] | undefined> {
  const inputs = suite.scenarios[job.scenario]!;
  const { exact, twin } = suite;
  const resolved = unwrap(resolveInputs(inputs, job.seed));
  await preparePlant(inputs.plant.spec);
  const engine = new ScenarioEngine(resolved, inputs.plant.spec, { exact });
  const logbook = new Logbook(engine.layout, undefined, options.html ?? false);
  const journals = suite.recipes.map((): AlarmEvent[] => []);
  const watch = (on: ScenarioEngine, into: AlarmEvent[][]) =>
    suite.recipes.map((recipe, r) => ({
      pipeline: createPipeline(recipe, on.layout, on.asBuilt),
      onAlarm: (e: AlarmEvent) => into[r]!.push(e),
    }));
  const { signal, onProgress } = options;
  if (!(await runInProcess(engine, logbook, watch(engine, journals), { signal, onProgress }))) return undefined;
  let twins: AlarmEvent[][] | undefined;
  if (twin) {
    twins = suite.recipes.map(() => []);
    await preparePlant(inputs.plant.spec);
    const without = new ScenarioEngine(resolved, inputs.plant.spec, { exact, twin: true });
    const progress = (us: number) => onProgress?.(resolved.durationUs + us);
    if (!(await runInProcess(without, undefined, watch(without, twins), { signal, onProgress: progress })))
      return undefined;
    without.close();
  }
  const violations = engine.violations();
  engine.close();
  const pace = formatPace({ kind: 'lockstep' });
  const cards: Card[] = [];
  for (const [r, recipe] of suite.recipes.entries()) {
    const runId = runIdOf({
      scenario: resolved,
      plantDigest: engine.sim.model.digest,
      detector: recipe.digest,
      transport: 'inproc',
      pace,
      exact,
      twin,
    });
    const judged = judgeRun({
      runId,
      resolved,
      plant: inputs.plant,
      recipe: recipe.name,
      warmUpUs: warmUpUs(recipe),
      transport: 'inproc',
      pace,
      status: violations.length > 0 ? 'invalid' : 'valid',
      because: violations.join('; '),
      framesDigest: logbook.framesDigest(),
      frames: logbook.frames,
      endUs: logbook.lastUs,
      truth: logbook.truth,
      alarms: journals[r]!,
      ...(twins ? { twinAlarms: twins[r]! } : {}),
    });
    cards.push(judged.card);
    if (options.folder === undefined) continue;
    const folder = join(options.folder, runId);
    await writeText(folder, 'card.json', `${JSON.stringify(judged.card, undefined, 2)}\n`);
    await writeText(folder, 'alarms.jsonl', jsonLines(journals[r]!));
    await writeText(folder, 'truth.jsonl', jsonLines(logbook.truth));
    if (options.html)
      await writeText(
        folder,
        'report.html',
        reportHtml(judged, engine.layout, logbook.trends(), resolved.about, engine.asBuilt),
      );
  }
  return cards;
}

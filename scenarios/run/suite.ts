/**
 * A suite: scenarios × seeds × recipes. A scenario is simulated once per seed and all recipes watch the same frames, so
 * that recipes are compared on equal luck and a further recipe costs a detector, not a plant. Results are the same for
 * any number of workers: every job is a function of its own inputs, and results are put in the order of the plan.
 */
import { z } from 'zod';
import { atRate, createPipeline, LADDER, type Recipe } from '../../detector/index.ts';
import { type Problem, ProblemError, type Result } from '../../models/contract/index.ts';
import { findDocument, readDocument } from '../../models/document/index.ts';
import { combinations, type PlantContexts, variantName, variantsOf } from '../engine/index.ts';
import type { Whitener } from '../score/index.ts';
import { detectorIdentity } from './foreignJob.ts';
import { DEFAULT_RECIPE, readInputs, readRecipes, resolveInputs, type ScenarioInputs } from './inputs.ts';
import { lockboxSeeds } from './lockbox.ts';

export const suiteSchema = z.strictObject({
  suite: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name of letters, digits, dots, dashes and underscores'),
  about: z.string().min(1),
  /** By name, or by path beside this file. */
  scenarios: z
    .array(
      z.union([
        z.string().min(1),
        /** With recipes or values of parameters of its own. */
        z.strictObject({
          scenario: z.string().min(1),
          recipes: z.array(z.string().min(1)).min(1).optional(),
          /** Every value of each with every value of the others, instead of the scenario's own. */
          parameters: z.record(z.string(), z.array(z.union([z.string(), z.number()])).min(1)).optional(),
        }),
      ]),
    )
    .min(1),
  /** For all scenarios without their own; absent: each is watched by the recipes that it names itself. */
  recipes: z.array(z.string().min(1)).min(1).optional(),
  seeds: z.strictObject({ from: z.int().default(1), count: z.int().min(1).max(100_000) }),
  /** Also run every seed without its leaks: what is raised there too is no detection. */
  twin: z.boolean().default(false),
});
export type SuiteSpec = z.output<typeof suiteSchema>;

export interface SuiteChoices {
  readonly recipes?: readonly string[];
  /** A command to start as the detector of every run, instead of recipes. */
  readonly detector?: string;
  readonly seed?: number;
  /** A phrase: seeds that exist only once the detector is frozen, instead of the suite's own. */
  readonly lockbox?: string;
  readonly count?: number;
  readonly exact?: boolean;
  readonly twin?: boolean;
  /** Also how soon each leak could have been found at all. */
  readonly bound?: boolean;
  /** Also every recipe at other thresholds, for its operating curve. */
  readonly operating?: boolean;
}

/** A suite with everything that it names read and checked. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  readonly scenarios: readonly ScenarioInputs[];
  /** Which watch each scenario, in their order. */
  readonly recipes: readonly (readonly Recipe[])[];
  /** Somebody else's program, instead of recipes. */
  readonly detector?: string;
  readonly jobs: readonly Job[];
  readonly exact: boolean;
  readonly twin: boolean;
  readonly bound: boolean;
  /** How the process wanders, by scenario; learned by who needs it first. */
  readonly learned: Map<number, Promise<Whitener | undefined>>;
}

/** One simulation. */
export interface Job {
  readonly scenario: number;
  readonly seed: number;
}

/** A suite by name or path; a scenario's name makes a suite of its matrix. Every mistake in every file at once. */
export function readSuite(nameOrPath: string, choices: SuiteChoices = {}): Result<Suite> {
  const found = findDocument('suite', nameOrPath);
  const plants: PlantContexts = new Map();
  // A scenario's file is no suite, but says what a suite of it alone would be.
  if (!found.ok || /^scenario:/m.test(found.value.text)) {
    const scenario = readInputs(nameOrPath, undefined, plants);
    if (!scenario.ok) return found.ok || nameOrPath.includes('[') ? scenario : found;
    return buildMatrix(scenario.value, nameOrPath, choices, plants);
  }
  const read = readDocument(found.value.file, found.value.text, suiteSchema);
  if (!read.ok) return read;
  const { value: spec, problemAt } = read.value;
  const problems: Problem[] = [];
  const scenarios: ScenarioInputs[] = [];
  const own: (readonly string[] | undefined)[] = [];
  spec.scenarios.forEach((entry, i) => {
    const name = typeof entry === 'string' ? entry : entry.scenario;
    const add = (inputs: ScenarioInputs) => {
      own.push(typeof entry === 'string' ? undefined : entry.recipes);
      scenarios.push(inputs);
    };
    const inputs = readInputs(name, found.value.path, plants);
    if (inputs.ok && typeof entry !== 'string' && entry.parameters !== undefined) {
      const known = inputs.value.bound.located.value.parameters;
      const strange = Object.keys(entry.parameters).filter((p) => !(p in known));
      const hint = `known: ${Object.keys(known).join(', ') || 'none'}`;
      for (const p of strange)
        problems.push(problemAt(['scenarios', i, 'parameters', p], `"${p}"`, `a parameter of ${name}`, hint));
      if (strange.length > 0) return;
      for (const settings of combinations(entry.parameters)) {
        const variant = readInputs(variantName(name, settings), found.value.path, plants);
        if (variant.ok) add(variant.value);
        else problems.push(...variant.problems);
      }
    } else if (inputs.ok) add(inputs.value);
    else if (inputs.problems.length === 1 && inputs.problems[0]!.line === 0) {
      const p = inputs.problems[0]!;
      problems.push(
        problemAt(
          typeof entry === 'string' ? ['scenarios', i] : ['scenarios', i, 'scenario'],
          `"${name}": ${p.found}`,
          p.expected,
          p.hint,
        ),
      );
    } else problems.push(...inputs.problems);
  });
  return problems.length > 0 ? { ok: false, problems } : build(spec, scenarios, choices, own);
}

/** A scenario alone: its matrix over recipes, seeds and parameters. */
function buildMatrix(
  scenario: ScenarioInputs,
  name: string,
  choices: SuiteChoices,
  plants: PlantContexts,
): Result<Suite> {
  const read = variantsOf(scenario.bound.located).map((settings) =>
    readInputs(variantName(name, settings), undefined, plants),
  );
  const problems = read.flatMap((r) => (r.ok ? [] : r.problems));
  if (problems.length > 0) return { ok: false, problems };
  return build(
    scenarioSuite(scenario),
    read.flatMap((r) => (r.ok ? [r.value] : [])),
    choices,
  );
}

function scenarioSuite(inputs: ScenarioInputs): SuiteSpec {
  const spec = inputs.bound.located.value;
  return {
    suite: spec.scenario,
    about: spec.about,
    scenarios: [spec.scenario],
    seeds: { from: spec.seed, count: spec.matrix?.repeat ?? 1 },
    twin: false,
  };
}

function build(
  spec: SuiteSpec,
  scenarios: readonly ScenarioInputs[],
  choices: SuiteChoices,
  own: readonly (readonly string[] | undefined)[] = [],
): Result<Suite> {
  const named = (inputs: ScenarioInputs) => inputs.bound.located.value.matrix?.recipe ?? [DEFAULT_RECIPE];
  const names = scenarios.map((inputs, s) =>
    choices.detector !== undefined ? [] : (choices.recipes ?? own[s] ?? spec.recipes ?? named(inputs)),
  );
  const recipes = readRecipes([...new Set(names.flat())]);
  if (!recipes.ok) return recipes;
  const byName = new Map([...new Set(names.flat())].map((name, i) => [name, recipes.value[i]!]));
  const from = choices.seed ?? spec.seeds.from;
  const count = choices.count ?? spec.seeds.count;
  const seeds =
    choices.lockbox === undefined
      ? Array.from({ length: count }, (_, i) => from + i)
      : lockboxSeeds(
          choices.detector !== undefined ? [detectorIdentity(choices.detector)] : recipes.value.map((r) => r.digest),
          spec.suite,
          choices.lockbox,
          count,
        );
  const jobs = scenarios.flatMap((_, scenario) => seeds.map((seed) => ({ scenario, seed })));
  const value: Suite = {
    name: spec.suite,
    about: spec.about,
    scenarios,
    recipes: names.map((list) =>
      list.flatMap((name) => {
        const recipe = byName.get(name)!;
        // The recipe itself first: what other figures are made of.
        return choices.operating ? [recipe, ...rungs(recipe)] : [recipe];
      }),
    ),
    ...(choices.detector === undefined ? {} : { detector: choices.detector }),
    jobs,
    exact: choices.exact ?? false,
    twin: choices.twin ?? spec.twin,
    bound: choices.bound ?? false,
    learned: new Map(),
  };
  // All draws of all seeds, and a detector on each plant: what cannot work should say so now and not after an hour.
  const problems: Problem[] = jobs.flatMap((j) => {
    const resolved = resolveInputs(scenarios[j.scenario]!, j.seed);
    return resolved.ok ? [] : resolved.problems;
  });
  for (const [s, inputs] of scenarios.entries()) {
    for (const recipe of value.recipes[s]!) {
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

function rungs(recipe: Recipe): Recipe[] {
  return LADDER.filter((f) => f !== 1).flatMap((factor) => atRate(recipe, factor) ?? []);
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((p) => [JSON.stringify(p), p])).values()];
}

export function simulatedUs(suite: Suite, job: Job): number {
  return suite.scenarios[job.scenario]!.bound.located.value.duration * (suite.twin ? 2 : 1);
}

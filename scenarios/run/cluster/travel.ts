/**
 * A suite on its way to another machine: every document that it names, read, checked and resolved, as one JSON text with its
 * digest. Who has the same code makes the same suite of it without a file of the sender's.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Recipe } from '../../../detector/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { digestJson } from '../../../models/kernel/index.ts';
import type { PlantSpec } from '../../../sim/index.ts';
import { bindScenario, plantContext, type ScenarioSpec } from '../../engine/index.ts';
import { codeDigest, type ScenarioInputs } from '../inputs.ts';
import type { Job, Suite } from '../suite.ts';

interface Travelling {
  readonly code: string;
  readonly name: string;
  readonly about: string;
  readonly plants: readonly PlantSpec[];
  readonly recipes: readonly Recipe[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly spec: ScenarioSpec;
    /** Places in the lists above. */
    readonly plant: number;
    readonly recipes: readonly number[];
  }[];
  readonly jobs: readonly Job[];
  readonly exact: boolean;
  readonly twin: boolean;
  readonly bound: boolean;
}

/** The suite as text, and the digest by which it is asked for. */
export function packSuite(suite: Suite): { readonly text: string; readonly digest: string } {
  const plants = [...new Set(suite.scenarios.map((s) => s.plant.spec))];
  const recipes = [...new Set(suite.recipes.flat())];
  const travelling: Travelling = {
    code: codeDigest(),
    name: suite.name,
    about: suite.about,
    plants,
    recipes,
    scenarios: suite.scenarios.map((inputs, s) => ({
      name: inputs.name,
      spec: inputs.bound.located.value,
      plant: plants.indexOf(inputs.plant.spec),
      recipes: suite.recipes[s]!.map((r) => recipes.indexOf(r)),
    })),
    jobs: suite.jobs,
    exact: suite.exact,
    twin: suite.twin,
    bound: suite.bound,
  };
  const text = JSON.stringify(travelling);
  // An infinity or a function among the documents would arrive as something else, and the results with it.
  if (!isDeepStrictEqual(JSON.parse(text), travelling))
    throw new Error('a document of this suite cannot travel as JSON');
  return { text, digest: digestJson(travelling) };
}

/** Throws a sentence where text and digest do not fit, or the sender runs other code. */
export function unpackSuite(text: string, digest: string): Suite {
  const travelling = JSON.parse(text) as Travelling;
  if (digestJson(travelling) !== digest) throw new Error('the suite that arrived is not the one that was sent');
  if (travelling.code !== codeDigest()) throw new Error(otherCode(travelling.code));
  const plants = travelling.plants.map((spec) => plantContext(located(spec)));
  const scenarios = travelling.scenarios.map(({ name, spec, plant }): ScenarioInputs => {
    const bound = unwrap(bindScenario({ ...located(spec), path: name }, plants[plant]!));
    return { bound, plant: plants[plant]!, name };
  });
  for (const r of travelling.recipes)
    if (digestJson(r.spec) !== r.digest) throw new Error(`recipe "${r.name}" is not what its digest says`);
  return {
    name: travelling.name,
    about: travelling.about,
    scenarios,
    recipes: travelling.scenarios.map((s) => s.recipes.map((r) => travelling.recipes[r]!)),
    jobs: travelling.jobs,
    exact: travelling.exact,
    twin: travelling.twin,
    bound: travelling.bound,
    learned: new Map(),
  };
}

/** Why a worker does not take jobs of a sender with other code. */
export function otherCode(theirs: string): string {
  return `the suite was sent by code ${theirs.slice(0, 12)}, this worker runs code ${codeDigest().slice(0, 12)}: results could differ, so it takes none of its jobs; start the worker from the same version`;
}

/** A document that was read elsewhere has no places in a file here. */
function located<T>(value: T) {
  return {
    value,
    file: 'a suite from another machine',
    problemAt: (path: readonly PropertyKey[], found: string, expected: string, hint?: string) => ({
      file: 'a suite from another machine',
      line: 0,
      column: 0,
      path: path.join('.'),
      found,
      expected,
      ...(hint ? { hint } : {}),
    }),
  };
}

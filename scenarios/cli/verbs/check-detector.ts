/**
 * `leaktwin check-detector <recipe | plug-in | command>`: the conformance kit as a table; exit 1 where a check fails.
 */
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { createPipeline, readRecipe } from '../../../detector/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { libraryNames } from '../../../models/document/index.ts';
import {
  checkDetector,
  conformanceMaterial,
  loadPlugIn,
  type Material,
  pipelineSubject,
  programSubject,
  readInputs,
  type Subject,
} from '../../run/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly scenario: string;
  readonly scans: number;
  readonly patience: number;
}

export function configure(command: Command): void {
  command
    .option('--scenario <name>', 'whose frames the detector is shown', 'crude-five-percent')
    .addOption(new Option('--scans <number>', 'how many of them at most').argParser(wholeNumber).default(3600))
    .addOption(
      new Option('--patience <seconds>', 'longest wait for a program to speak or to finish a scan')
        .argParser(wholeNumber)
        .default(10),
    );
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const inputs = unwrap(readInputs(options.scenario));
  const material = await conformanceMaterial(inputs, options.seed, Math.max(10, options.scans));
  const subject = await subjectOf(args[0]!, material, options.patience);
  io.err(
    `${subject.kind} ${subject.name} · ${material.frames.length} scans of ${options.scenario}, seed ${options.seed ?? inputs.bound.located.value.seed}`,
  );
  const checks = await checkDetector(subject, material, options.seed ?? 1, (c) =>
    io.err(`  ${c.status.padEnd(7)} ${c.check}`),
  );
  const failed = checks.filter((c) => c.status === 'fail').length;
  io.json({ detector: subject.name, kind: subject.kind, scenario: options.scenario, checks });
  io.out(
    textTable(
      ['check', 'status', 'note'],
      checks.map((c) => [c.check, c.status, c.note]),
    ),
  );
  io.out(failed === 0 ? 'This detector can be judged.' : `${failed} checks failed.`);
  return failed === 0 ? 0 : 1;
}

/** A recipe by name or file, a module by its ending, anything else a command. */
async function subjectOf(what: string, material: Material, patience_s: number): Promise<Subject> {
  const { layout, asBuilt, controls } = material;
  if (/\.ya?ml$/.test(what) || libraryNames('recipe').includes(what)) {
    const recipe = unwrap(readRecipe(what));
    // Now, so that a recipe that does not fit the plant is bad input and no failed check.
    createPipeline(recipe, layout, asBuilt);
    return pipelineSubject(recipe.name, 'recipe', layout, () => createPipeline(recipe, layout, asBuilt));
  }
  if (/\.([cm]?js|ts)$/.test(what) && existsSync(what)) {
    const create = await loadPlugIn(what);
    return pipelineSubject(what, 'plug-in', layout, () => create(layout, asBuilt));
  }
  return programSubject({ command: what, layout, asBuilt, controls, patience_s });
}

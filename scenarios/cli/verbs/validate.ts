/**
 * `leaktwin validate <subject>`: our physics against published cases, as measured error against its criterion.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ProblemError, plainProblem } from '../../../models/contract/index.ts';
import {
  formatValidation,
  validateGas,
  validateNetwork,
  validatePlume,
  validateRelease,
  validateTank,
  validateTransient,
} from '../../validate/index.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly data?: string;
}

/** One validation per subject: a folder of published data in (or none), rows out. */
const SUBJECTS = {
  transient: validateTransient,
  network: validateNetwork,
  gas: validateGas,
  tank: validateTank,
  plume: validatePlume,
  release: validateRelease,
} as const;
type Subject = keyof typeof SUBJECTS;

export function configure(command: Command): void {
  command.registeredArguments[0]!.choices(Object.keys(SUBJECTS));
  command.option('--data <folder>', 'published cases; without it, closed forms alone');
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const data = options.data === undefined ? undefined : resolve(options.data);
  if (data !== undefined && !statSync(data, { throwIfNoEntry: false })?.isDirectory())
    throw new ProblemError([plainProblem('--data', '', `"${options.data}"`, 'a folder of published cases')]);
  const { cases } = await SUBJECTS[args[0] as Subject](data);
  if (data !== undefined && cases.length === 0)
    throw new ProblemError([
      plainProblem(
        '--data',
        '',
        `no case of this kind in "${options.data}"`,
        `a folder with published cases of ${args[0]}`,
      ),
    ]);
  // JSON has no NaN: a row that was skipped has no figures.
  const figure = (x: number) => (Number.isFinite(x) ? x : null);
  io.json({ cases: cases.map((c) => ({ ...c, actual: figure(c.actual), target: figure(c.target) })) });
  io.out(formatValidation(cases));
  const count = (status: string) => cases.filter((c) => c.status === status).length;
  io.out(`\n${count('pass')} passed, ${count('fail')} failed, ${count('skipped')} skipped`);
  return count('fail') > 0 ? 1 : 0;
}

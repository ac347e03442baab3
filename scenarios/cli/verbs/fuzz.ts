/**
 * `leaktwin fuzz --plant P`: random valid scenarios against what must hold in every run; a failure is shrunk and written as YAML
 * with the command that shows it again. `--case file` plays such a file.
 */
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import { ProblemError, plainProblem, unwrap } from '../../../models/contract/index.ts';
import { readTextFile } from '../../../models/document/index.ts';
import { parseQuantity } from '../../../models/kernel/index.ts';
import { readPlantContext } from '../../engine/index.ts';
import { type Case, check, fuzz, writeFailure } from '../../fuzz/index.ts';
import { readInputs, shownPath, stopwatch, writeText } from '../../run/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly plant: string;
  readonly budget: string;
  readonly cases?: number;
  readonly case?: string;
}

export function configure(command: Command): void {
  command
    .option('--plant <name>', 'by name or path', 'crude-line')
    .option('--budget <span>', 'wall time, such as "10 min"', '10 min')
    .addOption(new Option('--cases <number>', 'end after so many scenarios').argParser(wholeNumber))
    .option('--case <file>', 'one scenario instead, such as a failure that was written');
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  if (options.case !== undefined) return one(options.case, io);
  const budget = parseQuantity(options.budget, 'time');
  if (!budget.ok) throw new ProblemError([plainProblem('--budget', '', budget.found, budget.expected, budget.hint)]);
  const plant = unwrap(readPlantContext(options.plant));
  const seed = options.seed ?? 1;
  const folder = resolve(options.out ?? join('runs', 'fuzz'));
  io.err(`${options.plant} · seed ${seed} · ${options.budget}${options.cases ? ` or ${options.cases} scenarios` : ''}`);
  const elapsed_s = stopwatch();
  const bar = io.progress('fuzz', budget.value);
  const files: string[] = [];
  const result = await fuzz({
    plant,
    plantName: options.plant,
    seed,
    ...(options.cases === undefined ? {} : { cases: options.cases }),
    over: () => io.signal.aborted || elapsed_s() >= budget.value,
    onCase: (done) => bar.update(Math.min(elapsed_s(), budget.value), `${done} scenarios`),
    onFailure: (f) => io.err(`case ${f.number}: ${f.invariant}: ${f.because}`),
  }).finally(() => bar.end());
  for (const f of result.found) {
    const name = `${f.least.scenario}.yaml`;
    const path = shownPath(join(folder, name));
    await writeText(folder, name, writeFailure(f.least, f, path));
    files.push(path);
  }
  io.json({ plant: options.plant, seed, ...result, files });
  io.out(
    `${result.cases} scenarios with ${result.events} events, ${result.found.length} failures; ${result.beyond} went beyond what the plant's physics models, and said so.`,
  );
  result.found.forEach((f, i) => {
    io.out(`  ${f.invariant}: ${f.because}\n    leaktwin fuzz --case ${files[i]}`);
  });
  return result.found.length === 0 ? 0 : 1;
}

async function one(path: string, io: Io): Promise<number> {
  const { plant } = unwrap(readInputs(path));
  const failure = await check(parse(unwrap(readTextFile(resolve(path))).text) as Case, plant);
  io.json({ case: path, failure: failure ?? null });
  const broken = typeof failure === 'object' ? failure : undefined;
  io.out(broken ? `${broken.invariant}: ${broken.because}` : 'Every invariant holds.');
  return broken ? 1 : 0;
}

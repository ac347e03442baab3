/**
 * `leaktwin robustness <suite>`: the suite with each tag lost, biased, stuck or late; which instrument the detector cannot live
 * without.
 */
import { type Command, Option } from 'commander';
import { readRecipe } from '../../../detector/index.ts';
import { ProblemError, plainProblem, unwrap } from '../../../models/contract/index.ts';
import { type Interval, parseQuantity } from '../../../models/kernel/index.ts';
import { AILMENTS, type Ailment, DEFAULT_RECIPE, type RobustnessRow, readSuite, robustness } from '../../run/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly recipe?: string;
  readonly count?: number;
  readonly tags?: readonly string[];
  readonly ailment?: readonly Ailment[];
  readonly pairs: boolean;
  readonly bias: string;
  readonly late: number;
}

export function configure(command: Command): void {
  command
    .option('--recipe <name>', `the detector (default: the suite's first, or ${DEFAULT_RECIPE})`)
    .addOption(new Option('--count <number>', 'how many seeds, instead of the suite’s own').argParser(wholeNumber))
    .option('--tags <ids...>', 'only these (default: every tag that is no contact)')
    .addOption(new Option('--ailment <kinds...>', 'only these').choices([...AILMENTS]))
    .option('--pairs', 'two tags at a time too', false)
    .option('--bias <share>', 'of the span', '1 %')
    .addOption(new Option('--late <scans>', 'how much later').argParser(wholeNumber).default(5));
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const bias = parseQuantity(options.bias, 'fraction');
  if (!bias.ok) throw new ProblemError([plainProblem('--bias', '', bias.found, bias.expected)]);
  const suite = unwrap(
    readSuite(args[0]!, {
      ...(options.recipe === undefined ? {} : { recipes: [options.recipe] }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.count === undefined ? {} : { count: options.count }),
    }),
  );
  const recipe = suite.recipes[0]?.[0] ?? unwrap(readRecipe(DEFAULT_RECIPE));
  const known = new Set(suite.scenarios.flatMap((s) => s.plant.tagIds));
  const strange = (options.tags ?? []).filter((t) => !known.has(t));
  if (strange.length > 0)
    throw new ProblemError(strange.map((t) => plainProblem('--tags', '', `"${t}"`, `one of ${[...known].join(', ')}`)));
  const bar = io.progress(`robustness of ${recipe.name}`, suite.jobs.length);
  const rows = await robustness({
    recipe,
    jobs: suite.jobs.map((j) => ({ inputs: suite.scenarios[j.scenario]!, seed: j.seed })),
    ailments: options.ailment ?? AILMENTS,
    ...(options.tags ? { tags: options.tags } : {}),
    pairs: options.pairs,
    bias: bias.value,
    late: Math.max(1, options.late),
    signal: io.signal,
    onProgress: (done) => bar.update(done),
  }).finally(() => bar.end());
  if (!rows) return 130;
  io.json({ suite: suite.name, recipe: recipe.name, runs: suite.jobs.length, rows });
  io.out(
    `${suite.name} · ${recipe.name} · ${suite.jobs.length} runs · intervals of 95 %; the worst first\n\n${tableOf(rows)}`,
  );
  return 0;
}

function tableOf(rows: readonly RobustnessRow[]): string {
  const span = ({ low, high }: Interval, digits = 3) =>
    Number.isFinite(low) ? `${Number(low.toPrecision(digits))} to ${Number(high.toPrecision(digits))}` : '–';
  return textTable(
    ['tag', 'ailment', 'found', 'share', 'latency ×', 'interval', 'false', 'per day'],
    rows.map((r) => [
      r.tags.join(' + ') || '(none)',
      r.ailment,
      `${r.found} of ${r.leaks}`,
      span(r.foundShare, 2),
      Number.isNaN(r.slower) ? '–' : r.slower.toFixed(2),
      span(r.slowerInterval),
      r.falseAlarms,
      span(r.falseAlarms_1_day),
    ]),
  );
}

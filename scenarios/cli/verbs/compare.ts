/**
 * `leaktwin compare <runs A> <runs B>`: paired by scenario and seed; better, worse, or not yet known.
 */
import { type Command, Option } from 'commander';
import { ProblemError, plainProblem } from '../../../models/contract/index.ts';
import { parseQuantity } from '../../../models/kernel/index.ts';
import { cardsOfRecipe, readCards } from '../../run/index.ts';
import { compareCards, formatComparison } from '../../score/index.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly a?: string;
  readonly b?: string;
  readonly effect: string;
}

export function configure(command: Command): void {
  command
    .option('--a <recipe>', 'recipe of the first, where its suite ran several')
    .option('--b <recipe>', 'recipe of the second')
    .addOption(
      new Option('--effect <percent>', 'the smallest difference of latency that must not be missed').default('10 %'),
    );
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const effect = parseQuantity(options.effect, 'fraction');
  if (!effect.ok || effect.value <= 0)
    throw new ProblemError([plainProblem('--effect', '', `"${options.effect}"`, 'a share above 0, such as "10 %"')]);
  const [first, second] = args as [string, string];
  const a = cardsOfRecipe(readCards(first), first, options.a);
  const b = cardsOfRecipe(readCards(second), second, options.b);
  const comparison = compareCards(a, b, { effect: effect.value });
  if (comparison.pairs === 0)
    throw new ProblemError([
      plainProblem(
        second,
        '',
        'no run with the scenario and seed of one in the first',
        'the same suite and seeds twice',
      ),
    ]);
  io.json(comparison);
  io.out(formatComparison(comparison));
  return comparison.criteria.some((c) => c.verdict === 'worse') ? 1 : 0;
}

/**
 * `leaktwin replay <recording>`: a recorded run, a foreign recording of a site's air, or any CSV through a recipe.
 */
import type { Command } from 'commander';
import { readRecipe } from '../../../detector/index.ts';
import { overall, unwrap } from '../../../models/contract/index.ts';
import { formatTime } from '../../../models/kernel/index.ts';
import { isSiteRecording } from '../../../models/recording/index.ts';
import {
  alarmLine,
  DEFAULT_RECIPE,
  isFolder,
  jsonLines,
  readExpected,
  replay,
  reportHtml,
  shownPath,
  writeText,
} from '../../run/index.ts';
import { formatCard } from '../../score/index.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly recipe?: string;
  readonly mapping?: string;
  readonly expect?: string;
}

/** On a bare recording nothing is known of the plant, so only methods on tags fit. */
const DEFAULT_FOREIGN_RECIPE = 'tags-cusum';
const DEFAULT_SITE_RECIPE = 'gas-fusion';

export function configure(command: Command): void {
  command
    .option(
      '--recipe <name>',
      `the detector, by name or path (default: ${DEFAULT_RECIPE}; of a CSV ${DEFAULT_FOREIGN_RECIPE}; of a site's air ${DEFAULT_SITE_RECIPE})`,
    )
    .option('--mapping <name>', 'what the columns of a CSV are, by name (skab) or path')
    .option('--expect <file>', 'judge by the "expect:" of this scenario');
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const recording = args[0]!;
  const usual =
    options.mapping === undefined && isSiteRecording(recording)
      ? DEFAULT_SITE_RECIPE
      : isFolder(recording)
        ? DEFAULT_RECIPE
        : DEFAULT_FOREIGN_RECIPE;
  const recipe = unwrap(readRecipe(options.recipe ?? usual));
  let bar: ReturnType<Io['progress']> | undefined;
  const result = await replay({
    recording,
    recipe,
    ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
    ...(options.expect === undefined ? {} : { expected: readExpected(options.expect) }),
    signal: io.signal,
    onProgress: (timeUs, totalUs) => {
      bar ??= io.progress('replay', totalUs);
      bar.update(timeUs, formatTime(timeUs));
    },
  }).finally(() => bar?.end());
  for (const remark of result.remarks) io.err(remark);
  for (const event of result.alarms) io.out(alarmLine(event));
  if (result.alarms.length === 0) io.out('no alarms');
  const { judged } = result;
  io.json(
    judged
      ? { ...judged.card, alarms: result.alarms }
      : {
          recipe: recipe.name,
          frames: result.frames,
          journalDigest: result.journalDigest,
          alarms: result.alarms,
          verdicts: [],
        },
  );
  if (judged) io.out(`\n${formatCard(judged.card, { colour: io.columns !== undefined })}`);
  else io.out('The recording has no truth and no labels, so nothing was judged.');
  if (options.out !== undefined) {
    await writeText(options.out, 'alarms.jsonl', jsonLines(result.alarms));
    await writeText(options.out, 'truth.jsonl', jsonLines(result.truth));
    if (judged) {
      await writeText(options.out, 'card.json', `${JSON.stringify(judged.card, undefined, 2)}\n`);
      const html = await writeText(
        options.out,
        'report.html',
        reportHtml(judged, result.layout, result.trends, result.about, result.asBuilt),
      );
      io.out(`Report: ${shownPath(html)}`);
    }
  }
  if (result.stopped) return 130;
  return judged && overall(judged.card) === 'fail' ? 1 : 0;
}

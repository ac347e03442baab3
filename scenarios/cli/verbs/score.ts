/**
 * `leaktwin score --alarms … --truth …`: judges any alarm log against any truth log, whoever wrote them.
 */
import type { Command } from 'commander';
import { overall, ProblemError, plainProblem } from '../../../models/contract/index.ts';
import { digestJson, parseQuantity, secondsToUs } from '../../../models/kernel/index.ts';
import { asScorer, readAlarms, readExpected, readTruth, SCORERS, scorePublished, writeText } from '../../run/index.ts';
import {
  type CardInputs,
  floorJournals,
  formatCard,
  formatJUnit,
  formatMarkdown,
  makeCard,
} from '../../score/index.ts';
import type { Io } from '../io.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly alarms?: string;
  readonly truth?: string;
  readonly scorer?: string;
  readonly data?: string;
  readonly log?: string;
  readonly expect?: string;
  readonly duration?: string;
  readonly warmUp?: string;
  readonly grace?: string;
  readonly twinAlarms?: string;
  readonly junit?: string;
  readonly markdown?: string;
}

export function configure(command: Command): void {
  command
    .option('--alarms <file>', 'alarm events as JSON lines, or the folder of a run')
    .option('--truth <file>', 'truth events as JSON lines, or the folder of a run')
    .option('--scorer <name>', `instead by a published scorer, exact to its code: ${SCORERS.join(', ')}`)
    .option('--data <path>', 'with --scorer: the competition’s folder, or labels as CSV')
    .option('--log <path>', 'with --scorer: the team’s list, or alarms as CSV')
    .option('--expect <file>', 'judge by the "expect:" of this scenario')
    .option('--duration <span>', 'how long the run was (default: to the last event), such as "24 h"')
    .option('--warm-up <span>', 'time from the start in which nothing counts as false')
    .option('--grace <span>', 'how long after its closing a leak may still be found')
    .option('--twin-alarms <file>', 'alarms of the same run without its leaks')
    .option('--junit <file>', 'also write JUnit XML')
    .option('--markdown <file>', 'also write Markdown');
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  if (options.scorer !== undefined) return published(options, options.scorer, io);
  const { alarms: alarmFile, truth: truthFile } = options;
  if (alarmFile === undefined || truthFile === undefined)
    throw missing(['--alarms', '--truth'], [alarmFile, truthFile]);
  const expected = options.expect === undefined ? undefined : readExpected(options.expect);
  const alarms = await readAlarms(alarmFile);
  const truth = await readTruth(truthFile);
  const twinAlarms = options.twinAlarms === undefined ? undefined : await readAlarms(options.twinAlarms);
  const lastUs = [...alarms, ...truth].reduce((last, e) => Math.max(last, e.timeUs), 0);
  const endUs = span('--duration', options.duration) ?? lastUs;
  if (endUs < lastUs)
    throw new ProblemError([
      plainProblem('--duration', '', `"${options.duration}"`, `at least ${lastUs / 1e6} s, the time of the last event`),
    ]);
  const graceUs = span('--grace', options.grace) ?? expected?.graceUs;
  const warmUpUs = span('--warm-up', options.warmUp);
  const seed = options.seed ?? 1;
  const inputs: CardInputs = {
    runId: digestJson({ alarms, truth, expected, endUs, graceUs, warmUpUs, twinAlarms }).slice(0, 16),
    scenario: 'logs',
    plant: '',
    recipe: [...new Set(alarms.map((a) => a.by))].join('+') || 'silent',
    seed,
    transport: 'logs',
    pace: 'lockstep',
    status: 'valid',
    framesDigest: '',
    frames: 0,
    simulated_s: endUs / 1e6,
    expectations: expected?.expect ?? [],
    truth,
    alarms,
    ...(twinAlarms ? { twinAlarms } : {}),
    floors: floorJournals({ seed, alarms, startUs: warmUpUs ?? 0, endUs, scanUs: 1_000_000 }),
    ...(graceUs === undefined ? {} : { graceUs }),
    ...(warmUpUs === undefined ? {} : { warmUpUs }),
  };
  const card = makeCard(inputs);
  if (options.junit !== undefined) await writeText('.', options.junit, formatJUnit(card));
  if (options.markdown !== undefined) await writeText('.', options.markdown, formatMarkdown(card));
  if (options.out !== undefined) await writeText(options.out, 'card.json', `${JSON.stringify(card, undefined, 2)}\n`);
  io.json(card);
  io.out(formatCard(card, { colour: io.columns !== undefined }));
  return overall(card) === 'fail' ? 1 : 0;
}

function missing(flags: readonly string[], given: readonly (string | undefined)[]): ProblemError {
  const absent = flags.filter((_, i) => given[i] === undefined);
  return new ProblemError(absent.map((flag) => plainProblem(flag, '', 'nothing', 'a path', 'leaktwin score --help')));
}

function published({ data, log }: Options, name: string, io: Io): number {
  const scorer = asScorer(name);
  if (data === undefined || log === undefined) throw missing(['--data', '--log'], [data, log]);
  const score = scorePublished(scorer, data, log);
  io.json(score);
  const shown = (key: string, v: number) => (key.endsWith('_EUR') ? v.toFixed(2) : Number(v.toPrecision(6)));
  const rows = Object.entries(score.figures).map(([key, v]) => [key.replace('_', ' '), shown(key, v)]);
  io.out(`${textTable([scorer, 'value'], rows)}\n${score.because}`);
  return 0;
}

function span(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const read = parseQuantity(text, 'time');
  if (read.ok && read.value >= 0) return secondsToUs(read.value);
  const { found, expected, hint } = read.ok
    ? { found: `"${text}"`, expected: 'a span of time', hint: undefined }
    : read;
  throw new ProblemError([plainProblem(flag, '', found, expected, hint)]);
}

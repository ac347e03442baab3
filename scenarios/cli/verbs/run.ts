/**
 * `leaktwin run <scenario>`: one scenario to a card.
 */
import { type Command, Option } from 'commander';
import { readRecipe, readResponse } from '../../../detector/index.ts';
import { overall, ProblemError, plainProblem, unwrap } from '../../../models/contract/index.ts';
import { formatSpan, formatTime } from '../../../models/kernel/index.ts';
import type { ResolvedScenario } from '../../engine/index.ts';
import {
  DEFAULT_RECIPE,
  openHistory,
  type Pace,
  parsePace,
  readInputs,
  runScenario,
  shownPath,
  type Transport,
} from '../../run/index.ts';
import { formatCard } from '../../score/index.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly recipe?: string;
  readonly transport: Transport;
  readonly via: 'gateway' | 'stations';
  readonly pace: string;
  readonly detector?: string;
  readonly response?: string;
  readonly exact: boolean;
  readonly twin: boolean;
  readonly csv: boolean;
  readonly historian?: string;
}

export function configure(command: Command): void {
  command
    .addOption(
      new Option('--transport <way>', 'how the frames reach the detector')
        .choices(['inproc', 'modbus', 'websocket'])
        .default('inproc'),
    )
    .addOption(
      new Option('--via <unit>', 'over Modbus: one contiguous image, or each station by itself')
        .choices(['gateway', 'stations'])
        .default('gateway'),
    )
    .option('--recipe <name>', `the detector, by name or path (default: the scenario's first, or ${DEFAULT_RECIPE})`)
    .option(
      '--detector <command>',
      'a detector of your own: a command that finds the plant in LEAKTWIN_MODBUS_… and LEAKTWIN_WS',
    )
    .option('--response <name>', 'what is done about a confirmed leak: a response document, by name or path')
    .option('--pace <pace>', 'lockstep, realtime×k or free', 'lockstep')
    .option('--exact', 'as-built data equal the simulator’s own', false)
    .option('--twin', 'also run without the leaks: what is raised there too is no detection', false)
    .option('--csv', 'also write frames, alarms and truth as CSV', false)
    .option('--historian <folder>', 'also store the run in this history (leaktwin history)');
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const inputs = unwrap(readInputs(args[0]!));
  const pace = readPace(options.pace);
  const foreign = options.detector !== undefined;
  if (foreign && options.recipe !== undefined)
    throw new ProblemError([plainProblem('--recipe', '', 'both a recipe and a detector', 'one of them')]);
  const spec = inputs.bound.located.value;
  const recipe = foreign ? undefined : unwrap(readRecipe(options.recipe ?? spec.matrix?.recipe?.[0] ?? DEFAULT_RECIPE));
  const response = options.response === undefined ? undefined : unwrap(readResponse(options.response));
  const transport = foreign && options.transport === 'inproc' ? 'modbus' : options.transport;
  if (transport === 'inproc' && pace.kind === 'realtime') {
    throw new ProblemError([
      plainProblem(
        '--pace',
        '',
        `${options.pace} in process`,
        'lockstep or free',
        'choose --transport modbus or websocket',
      ),
    ]);
  }
  const historian = await openHistory(options.historian, io.err);
  let progress: ReturnType<Io['progress']> | undefined;
  const outcome = await runScenario({
    inputs,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(recipe ? { recipe } : {}),
    ...(response ? { response } : {}),
    ...(options.detector === undefined ? {} : { detector: options.detector }),
    transport,
    via: options.via,
    pace,
    exact: options.exact,
    twin: options.twin,
    ...(options.out === undefined ? {} : { out: options.out }),
    csv: options.csv,
    ...(historian ? { historian } : {}),
    signal: io.signal,
    onBegin: (resolved, runId) => {
      io.err(beginText(resolved, runId));
      progress = io.progress(resolved.scenario, resolved.durationUs);
    },
    onProgress: (timeUs) => progress?.update(timeUs, formatTime(timeUs)),
    log: (line) => io.err(line),
  }).finally(async () => {
    progress?.end();
    await historian?.close();
  });
  await outcome.server?.close();
  io.json(outcome.card);
  io.out(formatCard(outcome.card, { colour: io.columns !== undefined }));
  io.out(
    `${outcome.stopped ? 'Stopped; what was recorded is in' : 'Report:'} ${shownPath(outcome.stopped ? outcome.folder : outcome.htmlPath)}`,
  );
  if (outcome.stopped) return 130;
  if (outcome.card.status !== 'valid') return 4;
  return overall(outcome.card) === 'fail' ? 1 : 0;
}

export function readPace(text: string): Pace {
  const pace = parsePace(text);
  if (pace) return pace;
  throw new ProblemError([plainProblem('--pace', '', `"${text}"`, 'lockstep, free, realtime or realtime×8')]);
}

/** Seed and draws first: a run that cannot be repeated has not been reported. */
export function beginText(resolved: ResolvedScenario, runId: string): string {
  const lines = [`${resolved.scenario} · seed ${resolved.seed} · ${formatSpan(resolved.durationUs)} · run ${runId}`];
  for (const d of resolved.draws) {
    const amount =
      d.unit === 's'
        ? formatTime(d.value * 1e6)
        : `${Number(d.value.toPrecision(7))}${d.unit === '1' ? '' : ` ${d.unit}`}`;
    lines.push(`  drawn: ${d.name} = ${amount}`);
  }
  return lines.join('\n');
}

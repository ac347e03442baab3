/**
 * `leaktwin alarms report <run or journal>`: the alarm system's figures against the published targets.
 * `leaktwin alarms incidents <run or journal>`: each leak once, with what every alarm said of it.
 * `leaktwin alarms <action> <alarm> --url … --who …`: what a person does to an alarm of a live twin.
 */
import type { Command } from 'commander';
import {
  type Incident,
  incidentsOf,
  OPERATOR_ACTIONS,
  type OperatorAction,
  operatorActionSchema,
  type Problem,
  ProblemError,
  plainProblem,
} from '../../../models/contract/index.ts';
import { formatTime, nearest, parseQuantity, secondsToUs } from '../../../models/kernel/index.ts';
import { alarmLine, readAlarms, readRunSpan, writeText } from '../../run/index.ts';
import { ALARM_HEADS, alarmFigures, alarmRemarks, alarmRows } from '../../score/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly duration?: string;
  readonly warmUp?: string;
  readonly url: string;
  readonly who?: string;
  readonly for?: string;
  readonly reason?: string;
  readonly timeout: number;
}

const READS = ['report', 'incidents'] as const;

export function configure(command: Command): void {
  command
    .option('--duration <span>', 'how long the journal is (default: its run, else to its last event), such as "24 h"')
    .option('--warm-up <span>', 'time from the start that is left out')
    .option('--url <url>', 'of a live twin, to act on its alarms', 'http://127.0.0.1:8080')
    .option('--who <name>', 'who acts')
    .option('--for <span>', 'with shelve: for how long, such as "30 min"')
    .option('--reason <text>', 'why, or the remark')
    .option('--timeout <seconds>', 'longest wait for the twin', wholeNumber, 15)
    .addHelpText(
      'after',
      `\nreport <run or journal> · incidents <run or journal> · ${OPERATOR_ACTIONS.join(' | ')} <alarm or incident>`,
    );
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const [what, target] = args as [string, string];
  if (what === 'report') return report(target, options, io);
  if (what === 'incidents') return incidents(target, io);
  if ((OPERATOR_ACTIONS as readonly string[]).includes(what)) return operate(what, target, options, io);
  const known = [...READS, ...OPERATOR_ACTIONS];
  const near = nearest(what, known);
  throw new ProblemError([
    plainProblem(
      'alarms',
      '',
      `"${what}"`,
      known.join(', '),
      near === undefined ? undefined : `did you mean "${near}"?`,
    ),
  ]);
}

async function report(path: string, options: Options, io: Io): Promise<number> {
  const journal = await readAlarms(path);
  const fromUs = span('--warm-up', options.warmUp) ?? 0;
  const lastUs = journal.reduce((last, e) => Math.max(last, e.timeUs), 0);
  const toUs = span('--duration', options.duration) ?? (await readRunSpan(path)) ?? lastUs;
  if (toUs <= fromUs)
    throw new ProblemError([
      plainProblem(
        '--duration',
        '',
        `a span from ${formatTime(fromUs)} to ${formatTime(toUs)}`,
        'a journal with some time in it',
        'say how long it was with --duration',
      ),
    ]);
  const figures = alarmFigures(journal, { fromUs, toUs });
  if (options.out !== undefined)
    await writeText(options.out, 'alarm-figures.json', `${JSON.stringify(figures, undefined, 2)}\n`);
  io.json(figures);
  io.out(textTable(ALARM_HEADS, alarmRows(figures)));
  io.out(`\n${alarmRemarks(figures).join('\n')}`);
  return figures.rows.some((r) => r.status === 'fail') ? 1 : 0;
}

async function incidents(path: string, io: Io): Promise<number> {
  const list = incidentsOf(await readAlarms(path));
  io.json({ incidents: list });
  io.out(
    list.length === 0 ? 'No incidents: no alarm of this journal belongs to one.' : list.map(incidentText).join('\n'),
  );
  return 0;
}

function incidentText(i: Incident): string {
  const state = i.standing.length > 0 ? `${i.standing.join(', ')} stand` : 'over';
  return [
    `${i.id}  ${formatTime(i.first.timeUs)}  priority ${i.priority}, annunciated ${i.annunciated} times, ${state}${i.acknowledged ? ', acknowledged' : ''}`,
    ...i.evidence.map((e) => `  ${alarmLine(e)}`),
  ].join('\n');
}

function span(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const read = parseQuantity(text, 'time');
  if (read.ok && read.value >= 0) return secondsToUs(read.value);
  throw new ProblemError([plainProblem(flag, '', `"${text}"`, 'a span of time, such as "24 h"')]);
}

async function operate(action: string, alarm: string, options: Options, io: Io): Promise<number> {
  const forUs = span('--for', options.for);
  const parsed = operatorActionSchema.safeParse({
    action,
    alarm,
    ...(options.who === undefined ? {} : { who: options.who }),
    ...(options.reason === undefined ? {} : { comment: options.reason }),
    ...(forUs === undefined ? {} : { for_s: forUs * 1e-6 }),
  });
  if (!parsed.success) {
    const flags: Record<string, [string, string]> = {
      who: ['--who', 'the name of whoever acts'],
      comment: ['--reason', 'why, in a sentence of at most 400 letters'],
      for_s: ['--for', 'a span of time above zero'],
    };
    throw new ProblemError(
      parsed.error.issues.map((issue) => {
        const [flag, expected] = flags[String(issue.path[0])] ?? ['alarms', issue.message];
        const unknown = issue.code === 'unrecognized_keys' && issue.keys.includes('for_s');
        return unknown
          ? plainProblem('--for', '', `a time with "${action}"`, 'a time with "shelve" only')
          : plainProblem(flag, '', 'nothing usable', expected);
      }),
    );
  }
  const answer = await post(options, parsed.data, io.signal);
  io.json(answer);
  for (const event of answer.events) io.out(`${alarmLine(event)} (by ${event.who})`);
  return 0;
}

interface Answer {
  readonly events: Parameters<typeof alarmLine>[0][];
}

async function post(options: Options, action: OperatorAction, signal: AbortSignal): Promise<Answer> {
  const where = options.url;
  let answer: Response;
  try {
    answer = await fetch(new URL('/api/alarms/operate', where), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
      signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeout * 1000)]),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const why =
      (error as Error).name === 'TimeoutError' ? `no answer within ${options.timeout} s` : 'nobody who answers';
    throw new ProblemError([
      plainProblem('--url', '', `${where}: ${why}`, 'a live twin', '"leaktwin serve" starts one'),
    ]);
  }
  const body = (await answer.json().catch(() => ({}))) as Partial<Answer> & { problems?: Problem[] };
  if (answer.ok && body.events) return { events: body.events };
  throw new ProblemError(
    body.problems ?? [
      plainProblem('--url', '', `an answer ${answer.status} of ${where}`, 'a live twin of this version'),
    ],
  );
}

/**
 * `leaktwin worker --engine nats://…`: takes jobs of suites that were sent to a NATS cluster, one process per core.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { ProblemError, plainProblem } from '../../../models/contract/index.ts';
import { parseQuantity } from '../../../models/kernel/index.ts';
import { REDELIVERY_S, takeJobs } from '../../run/cluster/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { addNatsOptions, type NatsOptions, natsArguments, natsIdentity } from '../natsOptions.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions, NatsOptions {
  readonly engine: string;
  readonly workers?: number;
  readonly redelivery: number;
  readonly idle?: string;
  readonly cache?: string;
}

export function configure(command: Command): void {
  addNatsOptions(command)
    .requiredOption('--engine <url>', 'nats://host:port of a server with JetStream; several of a cluster with commas')
    .addOption(new Option('--workers <number>', 'processes (default: one per core)').argParser(wholeNumber))
    .option('--cache <folder>', 'keeps simulations there, so that a changed detector needs no new ones')
    .option('--idle <time>', 'ends by itself after so long without a job, such as "10 min"')
    .addOption(
      new Option('--redelivery <seconds>', 'a job whose worker is silent for so long is given to another')
        .argParser(wholeNumber)
        .default(REDELIVERY_S),
    );
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  const idle = options.idle === undefined ? undefined : parseQuantity(options.idle, 'time');
  if (idle && !idle.ok) throw new ProblemError([plainProblem('--idle', '', idle.found, idle.expected, idle.hint)]);
  if (options.redelivery < 2)
    throw new ProblemError([plainProblem('--redelivery', '', `${options.redelivery}`, 'at least 2 seconds')]);
  const workers = Math.max(1, options.workers ?? availableParallelism());
  const others = Array.from({ length: workers - 1 }, () => alone(options));
  const stop = () => {
    for (const child of others) child.kill('SIGTERM');
  };
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    const jobs = await takeJobs({
      engine: options.engine,
      identity: natsIdentity(options),
      redelivery_s: options.redelivery,
      ...(options.cache === undefined ? {} : { cache: options.cache }),
      ...(idle ? { idle_s: idle.value } : {}),
      signal: io.signal,
      log: (line) => io.err(line),
    });
    io.json({ jobs });
    return 0;
  } finally {
    stop();
  }
}

/** The same program again with one worker, speaking through the same stderr. */
function alone(options: Options): ChildProcess {
  const args = ['worker', '--engine', options.engine, '--workers', '1', '--redelivery', `${options.redelivery}`];
  args.push(...natsArguments(options));
  if (options.idle !== undefined) args.push('--idle', options.idle);
  if (options.cache !== undefined) args.push('--cache', options.cache);
  return spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

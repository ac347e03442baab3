/**
 * Jobs of a suite spread over processes: the caller's own, and others that are this program again with the same arguments and a
 * hidden flag, which ask for a job by its number and answer with cards. They are started before the caller reads the suite, so that
 * all read it at the same time. Which process runs what is left to chance; what comes out is not.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { type Card, type Problem, ProblemError } from '../../models/contract/index.ts';
import { type JobOptions, type JobResult, runJob } from './job.ts';
import { type Suite, simulatedUs } from './suite.ts';
import { processor_s } from './wallclock.ts';

/** The flag by which a process knows that it is a worker. */
export const WORKER_FLAG = '--job-worker';

type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly job: number; readonly simulatedUs: number }
  | { readonly kind: 'cards'; readonly job: number; readonly result: JobResult; readonly processor_s: number }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[]; readonly message: string };
type ToWorker = { readonly job: number };

export interface SuiteRun {
  /** By job and recipe, in the order of the plan; what was not finished is absent. */
  readonly cards: readonly Card[];
  readonly finished: number;
  /** Of these, finished by an earlier run of the same suite in the same folder. */
  readonly kept: number;
  /** Seconds of processor of every process from its start on, this one first: how evenly the work was spread. */
  readonly processor_s: readonly number[];
}

export interface Spreading extends Omit<JobOptions, 'onProgress'> {
  /** Who works beside this process; absent: nobody. */
  readonly crew?: Crew;
  /** Simulated time done so far over all jobs, and the jobs finished. */
  onProgress?(simulatedUs: number, finished: number): void;
}

/** Processes that were started and wait for jobs. */
export interface Crew {
  readonly workers: readonly CrewWorker[];
  /** Ends all of them; what they are doing is lost. */
  dismiss(): void;
}

interface CrewWorker {
  readonly child: ChildProcess;
  /** Has read the suite. */
  ready: boolean;
  /** Seconds of processor that it has taken, told with every job. */
  processor_s: number;
  /** The last of what it said on stderr: told only where it dies, as at Ctrl-C each would say that it stops. */
  tail: string;
  /** How it ended before anybody gave it a job. */
  ended?: string;
}

/** Starts so many processes of a program with these arguments and the flag. */
export function hireCrew(count: number, entry: string, args: readonly string[]): Crew {
  const workers = Array.from({ length: count }, (): CrewWorker => {
    const child = fork(entry, [...args, WORKER_FLAG], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const worker: CrewWorker = { child, ready: false, processor_s: 0, tail: '' };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      worker.tail = (worker.tail + text).slice(-2000);
    });
    child.once('message', (message: FromWorker) => {
      if (message.kind === 'ready') worker.ready = true;
    });
    child.once('error', (error) => {
      worker.ended = error.message;
    });
    child.once('exit', (code, signal) => {
      worker.ended = signal ? `by ${signal}` : `with code ${code}`;
    });
    return worker;
  });
  const dismiss = () => {
    process.removeListener('exit', dismiss);
    for (const { child } of workers) child.kill('SIGTERM');
  };
  process.once('exit', dismiss);
  return { workers, dismiss };
}

export async function runSuite(suite: Suite, spread: Spreading): Promise<SuiteRun> {
  const results: (readonly Card[] | undefined)[] = suite.jobs.map(() => undefined);
  const progress = new Map<number, number>();
  let doneUs = 0;
  let finished = 0;
  let kept = 0;
  const tell = () => {
    let us = doneUs;
    for (const part of progress.values()) us += part;
    spread.onProgress?.(us, finished);
  };
  const note = (job: number, us: number) => {
    progress.set(job, us);
    tell();
  };
  const take = (job: number, result: JobResult) => {
    results[job] = result.cards;
    if (result.kept) kept += 1;
    progress.delete(job);
    doneUs += simulatedUs(suite, suite.jobs[job]!);
    finished += 1;
    tell();
  };
  await spreadOut(suite, spread, note, take);
  return {
    cards: results.flatMap((c) => c ?? []),
    finished,
    kept,
    processor_s: [processor_s(), ...(spread.crew?.workers ?? []).map((w) => w.processor_s)],
  };
}

async function spreadOut(
  suite: Suite,
  { crew, signal: outer, ...options }: Spreading,
  note: (job: number, us: number) => void,
  take: (job: number, result: JobResult) => void,
): Promise<void> {
  // The longest first: else one long job begun last keeps all the others waiting.
  const order = suite.jobs
    .map((job, index) => ({ index, us: simulatedUs(suite, job) }))
    .sort((a, b) => (crew ? b.us - a.us : 0) || a.index - b.index)
    .map((x) => x.index);
  // Ended also where another worker failed: nobody waits for the rest then.
  const failed = new AbortController();
  const signal = outer ? AbortSignal.any([outer, failed.signal]) : failed.signal;
  const pull = () => (signal.aborted ? undefined : order.shift());
  const own = async () => {
    for (let j = pull(); j !== undefined; j = pull()) {
      const index = j;
      const result = await runJob(suite, suite.jobs[j]!, { ...options, signal, onProgress: (us) => note(index, us) });
      if (result) take(j, result);
    }
  };
  const stop = () => crew?.dismiss();
  outer?.addEventListener('abort', stop, { once: true });
  try {
    const employed = (crew?.workers ?? []).map((worker) => employ(worker, signal, pull, note, take));
    const mine = own().then(() => {
      for (const e of employed) e.letGo();
    });
    await Promise.all([mine, ...employed.map((e) => e.done)]);
  } catch (error) {
    failed.abort();
    throw error;
  } finally {
    outer?.removeEventListener('abort', stop);
    crew?.dismiss();
  }
}

interface Employed {
  readonly done: Promise<void>;
  /** No job is left: whoever has none is done. */
  letGo(): void;
}

function employ(
  worker: CrewWorker,
  signal: AbortSignal,
  pull: () => number | undefined,
  note: (job: number, us: number) => void,
  take: (job: number, result: JobResult) => void,
): Employed {
  const { child } = worker;
  let busy: number | undefined;
  let letGo = () => {};
  const done = new Promise<void>((resolve, reject) => {
    const next = () => {
      busy = pull();
      if (busy === undefined) resolve();
      else child.send({ job: busy } satisfies ToWorker);
    };
    letGo = () => {
      if (busy === undefined) resolve();
    };
    const gone = (how: string) => {
      if (signal.aborted) return resolve();
      const doing = busy === undefined ? 'before its first job' : `in the middle of job ${busy}`;
      reject(new Error(`a worker ended ${how} ${doing}\n${worker.tail}`));
    };
    if (worker.ended !== undefined) return gone(worker.ended);
    child.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') next();
      else if (message.kind === 'progress') note(message.job, message.simulatedUs);
      else if (message.kind === 'cards') {
        take(message.job, message.result);
        worker.processor_s = message.processor_s;
        next();
      } else reject(message.problems.length > 0 ? new ProblemError(message.problems) : new Error(message.message));
    });
    child.once('error', reject);
    child.once('exit', (code, ended) => gone(ended ? `by ${ended}` : `with code ${code}`));
    if (worker.ready) next();
  });
  return { done, letGo };
}

/** The worker's side: answers until the parent lets go. */
export async function serveJobs(suite: Suite, options: JobOptions): Promise<void> {
  // The parent may be gone, or have let go, while the suite was read.
  if (!process.connected || options.signal?.aborted) return;
  const send = (message: FromWorker) => process.connected && process.send?.(message);
  await new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
    options.signal?.addEventListener('abort', () => resolve(), { once: true });
    process.on('message', ({ job }: ToWorker) => {
      runJob(suite, suite.jobs[job]!, {
        ...options,
        onProgress: throttled((us) => send({ kind: 'progress', job, simulatedUs: us })),
      }).then(
        (result) => result && send({ kind: 'cards', job, result, processor_s: processor_s() }),
        (error: Error) =>
          send({
            kind: 'failed',
            problems: error instanceof ProblemError ? error.problems : [],
            message: error.stack ?? String(error),
          }),
      );
    });
    send({ kind: 'ready' });
  });
  process.removeAllListeners('message');
}

const EVERY = 8;

function throttled(tell: (us: number) => void): (us: number) => void {
  let n = 0;
  return (us) => {
    n += 1;
    if (n % EVERY === 0) tell(us);
  };
}

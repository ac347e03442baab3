/**
 * Jobs of a suite spread over processes: each is this program again with the same arguments and a hidden flag, asks for a
 * job by its number and answers with cards. Which worker runs what is left to chance; what comes out is not.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { type Card, type Problem, ProblemError } from '../../models/contract/index.ts';
import { type JobOptions, type JobResult, runJob } from './job.ts';
import { type Suite, simulatedUs } from './suite.ts';

/** The flag by which a process knows that it is a worker. */
export const WORKER_FLAG = '--job-worker';

type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly job: number; readonly simulatedUs: number }
  | { readonly kind: 'cards'; readonly job: number; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[]; readonly message: string };
type ToWorker = { readonly job: number };

export interface SuiteRun {
  /** By job and recipe, in the order of the plan; what was not finished is absent. */
  readonly cards: readonly Card[];
  readonly finished: number;
  /** Of these, finished by an earlier run of the same suite in the same folder. */
  readonly kept: number;
}

export interface Spreading extends Omit<JobOptions, 'onProgress'> {
  readonly workers: number;
  /** Program and arguments of a worker, without the flag. */
  readonly entry: string;
  readonly args: readonly string[];
  /** Simulated time done so far over all jobs, and the jobs finished. */
  onProgress?(simulatedUs: number, finished: number): void;
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
  const workers = Math.min(spread.workers, suite.jobs.length);
  if (workers <= 1) {
    for (let j = 0; j < suite.jobs.length && !spread.signal?.aborted; j += 1) {
      const result = await runJob(suite, suite.jobs[j]!, { ...spread, onProgress: (us) => note(j, us) });
      if (result) take(j, result);
    }
  } else await spreadOut(suite, spread, workers, note, take);
  return { cards: results.flatMap((c) => c ?? []), finished, kept };
}

async function spreadOut(
  suite: Suite,
  spread: Spreading,
  count: number,
  note: (job: number, us: number) => void,
  take: (job: number, result: JobResult) => void,
): Promise<void> {
  // The longest first: else one long job begun last keeps all the others waiting.
  const order = suite.jobs
    .map((job, index) => ({ index, us: simulatedUs(suite, job) }))
    .sort((a, b) => b.us - a.us || a.index - b.index)
    .map((x) => x.index);
  const children: ChildProcess[] = [];
  const stop = () => {
    for (const child of children) child.kill('SIGTERM');
  };
  spread.signal?.addEventListener('abort', stop, { once: true });
  process.once('exit', stop);
  try {
    await Promise.all(
      Array.from({ length: count }, () => {
        const child = fork(spread.entry, [...spread.args, WORKER_FLAG], {
          stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        });
        children.push(child);
        // Heard only where a worker dies: at Ctrl-C each of them would say that it stops.
        let tail = '';
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          tail = (tail + text).slice(-2000);
        });
        return new Promise<void>((resolve, reject) => {
          let busy: number | undefined;
          const next = () => {
            busy = spread.signal?.aborted ? undefined : order.shift();
            if (busy === undefined) child.disconnect();
            else child.send({ job: busy } satisfies ToWorker);
          };
          child.on('message', (message: FromWorker) => {
            if (message.kind === 'ready') next();
            else if (message.kind === 'progress') note(message.job, message.simulatedUs);
            else if (message.kind === 'cards') {
              take(message.job, message.result);
              next();
            } else
              reject(message.problems.length > 0 ? new ProblemError(message.problems) : new Error(message.message));
          });
          child.once('error', reject);
          child.once('exit', (code, signal) => {
            if (busy === undefined || spread.signal?.aborted) resolve();
            else
              reject(
                new Error(
                  `a worker ended ${signal ? `by ${signal}` : `with code ${code}`} in the middle of job ${busy}\n${tail}`,
                ),
              );
          });
        });
      }),
    );
  } finally {
    spread.signal?.removeEventListener('abort', stop);
    process.removeListener('exit', stop);
    stop();
  }
}

/** The worker's side: answers until the parent lets go. */
export async function serveJobs(suite: Suite, options: JobOptions): Promise<void> {
  const send = (message: FromWorker) => process.connected && process.send?.(message);
  await new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
    options.signal?.addEventListener('abort', () => resolve(), { once: true });
    process.on('message', ({ job }: ToWorker) => {
      runJob(suite, suite.jobs[job]!, {
        ...options,
        onProgress: throttled((us) => send({ kind: 'progress', job, simulatedUs: us })),
      }).then(
        (result) => result && send({ kind: 'cards', job, result }),
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

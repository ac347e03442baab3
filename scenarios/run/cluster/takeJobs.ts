/**
 * The worker's side of a suite on many machines: takes one job at a time, says while it works that it does, keeps the result
 * before it tells of it and tells before it acknowledges. Where it dies in between, the queue gives the job to another.
 */

import { hostname } from 'node:os';
import type { JsMsg } from '@nats-io/jetstream';
import { type NatsIdentity, withoutSecrets } from '../../../models/bus/index.ts';
import { codeDigest } from '../inputs.ts';
import { doJob } from '../job.ts';
import type { Suite } from '../suite.ts';
import { every, sleep, stopwatch } from '../wallclock.ts';
import {
  ANNOUNCE,
  type Announcement,
  type Answer,
  type DoneMessage,
  doneOf,
  engineProblem,
  type JobMessage,
  jobConsumer,
  keepResult,
  openQueue,
  type ProgressMessage,
  patiently,
  progressOf,
  type Queue,
  stopOf,
} from './queue.ts';
import { otherCode, unpackSuite } from './travel.ts';

/** A job whose worker has been silent for so long is given to another. */
export const REDELIVERY_S = 30;
/** A job that has ended so many workers ends the suite instead of the next one. */
const MOST_DELIVERIES = 5;
const SUITES_KEPT = 4;

export interface Working {
  readonly engine: string;
  readonly identity?: NatsIdentity;
  readonly redelivery_s: number;
  /** Ends by itself after so long without a job; absent: stays. */
  readonly idle_s?: number;
  /** Folder of simulations that are kept on this machine. */
  readonly cache?: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Works until it is stopped, or idle for too long; returns the number of jobs done. */
export async function takeJobs(options: Working): Promise<number> {
  const { signal, log } = options;
  const queue = await openQueue(options.engine, signal, options.identity);
  const name = `${hostname()}/${process.pid}`;
  const code = codeDigest();
  const suites = new Map<string, Promise<Suite>>();
  const refused = new Set<string>();
  let current: { readonly session: string; readonly stop: AbortController } | undefined;
  queue.connection.subscribe(ANNOUNCE, {
    callback: (error, m) => {
      if (error) return;
      const asked = m.json<Announcement>();
      const refuses = asked.code === code ? undefined : otherCode(asked.code);
      if (refuses !== undefined && !refused.has(asked.session)) {
        refused.add(asked.session);
        log(refuses);
      }
      const answer: Answer = { worker: name, ...(refuses === undefined ? {} : { refuses }) };
      m.respond(JSON.stringify(answer));
    },
  });
  queue.connection.subscribe(stopOf('*'), {
    callback: (error, m) => {
      if (!error && current && m.subject === stopOf(current.session)) current.stop.abort();
    },
  });
  const suiteOf = (digest: string): Promise<Suite> => {
    let suite = suites.get(digest);
    if (!suite) {
      if (suites.size >= SUITES_KEPT) suites.delete(suites.keys().next().value!);
      suite = patiently(async () => {
        const bytes = await queue.suites.getBlob(digest);
        if (!bytes) throw new Error('the suite of this job is not there any more');
        return new TextDecoder().decode(bytes);
      }).then((text) => unpackSuite(text, digest));
      suites.set(digest, suite);
    }
    return suite;
  };
  let jobs = 0;
  let idle_s = stopwatch();
  let silent_s: (() => number) | undefined;
  try {
    let consumer = await patiently(() => jobConsumer(queue, code, options.redelivery_s), undefined, signal);
    log(`${name} waits for jobs of code ${code.slice(0, 12)} at ${withoutSecrets(options.engine)}`);
    while (!signal.aborted && (options.idle_s === undefined || idle_s() < options.idle_s)) {
      let message: JsMsg | null = null;
      try {
        message = await consumer.next({ expires: 1_500 });
        silent_s = undefined;
      } catch (error) {
        silent_s ??= stopwatch();
        if (silent_s() > 60)
          throw engineProblem(
            options.engine,
            `no server has answered for 60 s (${(error as Error).message})`,
            'a NATS cluster with more than half of its nodes',
          );
        await sleep(300, signal);
        // The node that knew the consumer may be gone, and with it the consumer.
        consumer = await patiently(() => jobConsumer(queue, code, options.redelivery_s), undefined, signal);
      }
      if (!message) continue;
      const job = message.json<JobMessage>();
      current = { session: job.session, stop: new AbortController() };
      const stop = AbortSignal.any([signal, current.stop.signal]);
      if (await work(queue, message, job, suiteOf, { name, stop, options })) jobs += 1;
      current = undefined;
      idle_s = stopwatch();
    }
    return jobs;
  } finally {
    await queue.close();
  }
}

async function work(
  queue: Queue,
  message: JsMsg,
  job: JobMessage,
  suiteOf: (digest: string) => Promise<Suite>,
  around: { readonly name: string; readonly stop: AbortSignal; readonly options: Working },
): Promise<boolean> {
  const { name, stop, options } = around;
  const alive = every((options.redelivery_s * 1000) / 4, () => message.working());
  const tell = async (done: DoneMessage) => {
    const id = `${job.session}.${job.job}.${done.kind === 'done' ? done.digest : done.because}`;
    await patiently(() => queue.js.publish(doneOf(job.session), JSON.stringify(done), { msgID: id.slice(0, 200) }));
    // Told for good: even where this is lost, the next worker only finds the result and tells the same.
    await message.ackAck({ timeout: 5_000 }).catch(() => {});
  };
  try {
    if (message.info.deliveryCount > MOST_DELIVERIES)
      throw new Error(`${MOST_DELIVERIES} workers were given this job and none of them came back`);
    const suite = await suiteOf(job.suite);
    const { scenario, seed } = suite.jobs[job.job]!;
    const found = await patiently(() => queue.results.info(job.key), undefined, stop);
    if (found && !found.deleted && found.metadata?.digest !== undefined) {
      await tell({ kind: 'done', job: job.job, key: job.key, digest: found.metadata.digest, worker: name });
      return true;
    }
    options.log(
      `${suite.name}: ${suite.scenarios[scenario]!.name}, seed ${seed}${message.redelivered ? ', given again' : ''}`,
    );
    let last = stopwatch();
    const result = await doJob(suite, suite.jobs[job.job]!, {
      html: job.html,
      ...(options.cache === undefined ? {} : { cache: options.cache }),
      signal: stop,
      onProgress: (simulatedUs) => {
        if (last() < 0.5) return;
        last = stopwatch();
        const progress: ProgressMessage = { job: job.job, simulatedUs };
        queue.connection.publish(progressOf(job.session), JSON.stringify(progress));
      },
    });
    if (!result) {
      // Stopped: another may have it at once. Where its suite was stopped it is gone from the queue already.
      message.nak();
      return false;
    }
    const digest = await keepResult(queue, job.key, JSON.stringify(result));
    await tell({ kind: 'done', job: job.job, key: job.key, digest, worker: name });
    return true;
  } catch (error) {
    if (stop.aborted) {
      message.nak();
      return false;
    }
    options.log(`${name}: ${(error as Error).message}`);
    await tell({ kind: 'failed', job: job.job, worker: name, because: (error as Error).message });
    return false;
  } finally {
    alive();
  }
}

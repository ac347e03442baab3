/**
 * The sender's side of a suite on many machines. Jobs go into a work queue, results come back by their key; every job may be
 * done more than once, but its result enters once, and a second one that differs is an error.
 */
import { nuid } from '@nats-io/transport-node';
import { type NatsIdentity, withoutSecrets } from '../../../models/bus/index.ts';
import type { Card } from '../../../models/contract/index.ts';
import { digestJson } from '../../../models/kernel/index.ts';
import { codeDigest } from '../inputs.ts';
import { type JobWork, keptCards, runIdsOf, writeWork } from '../job.ts';
import { type Suite, simulatedUs } from '../suite.ts';
import { every, sleep, stopwatch } from '../wallclock.ts';
import type { SuiteRun } from '../workers.ts';
import {
  ANNOUNCE,
  type Announcement,
  type Answer,
  DONE,
  type DoneMessage,
  doneConsumer,
  doneOf,
  doubled,
  engineProblem,
  fetchResult,
  JOBS,
  type JobMessage,
  jobsOf,
  openQueue,
  type ProgressMessage,
  patiently,
  progressOf,
  type Queue,
  stopOf,
} from './queue.ts';
import { packSuite } from './travel.ts';

export interface Distribution {
  readonly engine: string;
  readonly identity?: NatsIdentity;
  readonly folder: string;
  readonly html: boolean;
  /** How long no worker may answer before the suite ends with a sentence. */
  readonly patience_s: number;
  readonly signal?: AbortSignal;
  onProgress?(simulatedUs: number, finished: number): void;
  log?(line: string): void;
}

/** Runs a suite on the workers of a NATS cluster. What was finished before in the same folder is not sent. */
export async function distribute(suite: Suite, options: Distribution): Promise<SuiteRun> {
  const { folder, html, signal } = options;
  const results: (readonly Card[] | undefined)[] = suite.jobs.map(() => undefined);
  const ids = suite.jobs.map((job) => runIdsOf(suite, job));
  let doneUs = 0;
  let finished = 0;
  let kept = 0;
  const take = (j: number, cards: readonly Card[]) => {
    results[j] = cards;
    doneUs += simulatedUs(suite, suite.jobs[j]!);
    finished += 1;
  };
  for (const [j, runIds] of ids.entries()) {
    const cards = keptCards(suite, runIds, { folder, html });
    if (!cards) continue;
    take(j, cards);
    kept += 1;
  }
  const whole = () => ({ cards: results.flatMap((c) => c ?? []), finished, kept, processor_s: [] });
  if (finished === suite.jobs.length) return whole();

  const queue = await openQueue(options.engine, signal, options.identity);
  const session = nuid.next();
  const progress = new Map<number, number>();
  const tell = () => {
    let us = doneUs;
    for (const part of progress.values()) us += part;
    options.onProgress?.(us, finished);
  };
  const post = new Post(queue, session, options, (p) => {
    if (results[p.job]) return;
    progress.set(p.job, p.simulatedUs);
    tell();
  });
  try {
    const consumer = await patiently(() => doneConsumer(queue, session));
    const keys = ids.map((runIds) => digestJson({ runIds, bound: suite.bound, html }));
    const digest = await sendSuite(queue, suite);
    post.announce(digest);
    const waiting = suite.jobs.map((_, j) => j).filter((j) => !results[j]);
    // The longest first: else one long job begun last keeps all the others waiting.
    waiting.sort((a, b) => simulatedUs(suite, suite.jobs[b]!) - simulatedUs(suite, suite.jobs[a]!) || a - b);
    for (const j of waiting) {
      if (signal?.aborted) return whole();
      const message: JobMessage = { session, suite: digest, job: j, html, key: keys[j]! };
      const subject = jobsOf(codeDigest(), session);
      // Sent again after a lost answer, it is still one job.
      await patiently(() => queue.js.publish(subject, JSON.stringify(message), { msgID: `${session}.${j}` }));
    }
    options.log?.(
      `${waiting.length} jobs in the queue of ${withoutSecrets(options.engine)}, kept on ${queue.replicas === 1 ? 'one node' : `${queue.replicas} nodes`}`,
    );
    const digests = new Map<number, string>();
    const lost = stopwatchOf();
    while (finished < suite.jobs.length && !signal?.aborted) {
      post.check();
      const arrived: DoneMessage[] = [];
      try {
        const batch = await consumer.fetch({ max_messages: 64, expires: 1_000 });
        for await (const m of batch) {
          arrived.push(m.json<DoneMessage>());
          m.ack();
          if (signal?.aborted) break;
        }
        lost.reset();
      } catch (error) {
        if (lost.seconds() > options.patience_s)
          throw engineProblem(
            options.engine,
            `no server has answered for ${options.patience_s} s (${(error as Error).message})`,
            'a NATS cluster with more than half of its nodes',
            'what was finished is kept: the same command goes on from there',
          );
        await sleep(300, signal);
      }
      for (const message of arrived) {
        post.heard();
        const where = `${suite.scenarios[suite.jobs[message.job]!.scenario]!.name}, seed ${suite.jobs[message.job]!.seed}`;
        if (message.kind === 'failed') throw new Error(`${where}, on ${message.worker}: ${message.because}`);
        const before = digests.get(message.job);
        if (before !== undefined) {
          if (before !== message.digest) throw new Error(`${where}: ${doubled(message.key, before, message.digest)}`);
          continue;
        }
        digests.set(message.job, message.digest);
        const work = JSON.parse(await fetchResult(queue, message.key, message.digest)) as JobWork;
        if (digestJson(work.cards.map((c) => c.runId)) !== digestJson(ids[message.job]))
          throw new Error(`${where}: ${message.worker} sent the result of another job`);
        await writeWork(folder, work);
        progress.delete(message.job);
        take(message.job, work.cards);
        tell();
      }
    }
    return whole();
  } finally {
    post.end();
    await cleanUp(queue, session);
    await queue.close();
  }
}

async function sendSuite(queue: Queue, suite: Suite): Promise<string> {
  const { text, digest } = packSuite(suite);
  if (!(await patiently(() => queue.suites.info(digest))))
    await patiently(() => queue.suites.putBlob({ name: digest }, new TextEncoder().encode(text)));
  return digest;
}

/** Nothing of a suite that ended, or was stopped, stays in the queue; workers in the middle of a job of it let go. */
async function cleanUp(queue: Queue, session: string): Promise<void> {
  queue.connection.publish(stopOf(session));
  const soon = (ask: () => Promise<unknown>) => patiently(ask, 10).catch(() => {});
  await soon(() => queue.jsm.streams.purge(JOBS, { filter: jobsOf(codeDigest(), session) }));
  await soon(() => queue.jsm.consumers.delete(DONE, `suite-${session}`));
  await soon(() => queue.jsm.streams.purge(DONE, { filter: doneOf(session) }));
}

/** What is said around the jobs: who is there, who refuses and why, and how far they are. Lost words do no harm. */
class Post {
  private readonly silent = stopwatchOf();
  private readonly refusals = new Map<string, string>();
  private readonly stops: (() => void)[] = [];
  private readonly queue: Queue;
  private readonly session: string;
  private readonly options: Distribution;

  constructor(queue: Queue, session: string, options: Distribution, onProgress: (p: ProgressMessage) => void) {
    this.queue = queue;
    this.session = session;
    this.options = options;
    const progress = queue.connection.subscribe(progressOf(session), {
      callback: (error, m) => {
        if (error) return;
        this.heard();
        onProgress(m.json<ProgressMessage>());
      },
    });
    const answers = queue.connection.subscribe(`leaktwin.answer.${session}`, {
      callback: (error, m) => {
        // Where nobody listens the server itself answers, with nothing.
        if (error || m.data.length === 0) return;
        const { worker, refuses } = m.json<Answer>();
        if (refuses === undefined) this.heard();
        else if (!this.refusals.has(worker)) {
          this.refusals.set(worker, refuses);
          options.log?.(`${worker} refuses: ${refuses}`);
        }
      },
    });
    this.stops.push(
      () => progress.unsubscribe(),
      () => answers.unsubscribe(),
    );
  }

  /** Says now and again that there is work; who takes it, and who does not, answers. */
  announce(suite: string): void {
    const say = () => {
      const announcement: Announcement = { session: this.session, code: codeDigest(), suite };
      this.queue.connection.publish(ANNOUNCE, JSON.stringify(announcement), {
        reply: `leaktwin.answer.${this.session}`,
      });
    };
    say();
    this.stops.push(every(2_000, say));
  }

  heard(): void {
    this.silent.reset();
  }

  /** Throws where nobody has been there for too long. */
  check(): void {
    const { patience_s, engine } = this.options;
    if (this.silent.seconds() < patience_s) return;
    const others = this.refusals.size === 0 ? '' : `; ${[...this.refusals.values()][0]}`;
    throw engineProblem(
      engine,
      `no worker has answered for ${patience_s} s${others}`,
      'at least one worker of this version',
      `start one with: leaktwin worker --engine ${withoutSecrets(engine)}; what was finished is kept`,
    );
  }

  end(): void {
    for (const stop of this.stops) stop();
  }
}

function stopwatchOf() {
  let seconds = stopwatch();
  return {
    seconds: () => seconds(),
    reset: () => {
      seconds = stopwatch();
    },
  };
}

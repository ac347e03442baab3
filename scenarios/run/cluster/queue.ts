/**
 * The NATS side of suites on many machines: connection, work queue, results. The one owner of its names.
 *
 *   LEAKTWIN_JOBS     leaktwin.jobs.<code>.<session>    work queue: a job stays until it is acknowledged
 *   LEAKTWIN_DONE     leaktwin.done.<session>           what became of the jobs
 *   leaktwin-suites   by digest                         suites with all their documents
 *   leaktwin-results  by digest of the run ids          what jobs left behind
 *
 * Everything is kept on three nodes where there are three, so that one may die; whoever asks at that moment asks again.
 */
import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { type ObjectStore, Objm } from '@nats-io/obj';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { connectNats } from '../../../models/bus/connection/index.ts';
import { type NatsIdentity, readNatsAddress, withoutSecrets } from '../../../models/bus/index.ts';
import { ProblemError, plainProblem } from '../../../models/contract/index.ts';
import { digestBytes } from '../../../models/kernel/index.ts';
import { sleep, stopwatch } from '../wallclock.ts';

export const JOBS = 'LEAKTWIN_JOBS';
export const DONE = 'LEAKTWIN_DONE';
export const ANNOUNCE = 'leaktwin.announce';
export const jobsOf = (code: string, session: string) => `leaktwin.jobs.${code}.${session}`;
export const doneOf = (session: string) => `leaktwin.done.${session}`;
export const progressOf = (session: string) => `leaktwin.progress.${session}`;
export const stopOf = (session: string) => `leaktwin.stop.${session}`;

const DAY_MS = 86_400_000;
const CONNECT_MS = 5_000;
/** How long a cluster may be without a leader, or a client without a server. */
const PATIENCE_S = 60;
const FIRST_PATIENCE_S = 20;

/** A job of a suite. */
export interface JobMessage {
  readonly session: string;
  readonly suite: string;
  readonly job: number;
  readonly html: boolean;
  /** Where its result is kept. */
  readonly key: string;
}

export type DoneMessage =
  | {
      readonly kind: 'done';
      readonly job: number;
      readonly key: string;
      readonly digest: string;
      readonly worker: string;
    }
  | { readonly kind: 'failed'; readonly job: number; readonly worker: string; readonly because: string };

export interface ProgressMessage {
  readonly job: number;
  readonly simulatedUs: number;
}

export interface Announcement {
  readonly session: string;
  readonly code: string;
  readonly suite: string;
}
export interface Answer {
  readonly worker: string;
  /** Why it takes none of these jobs. */
  readonly refuses?: string;
}

export interface Queue {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly suites: ObjectStore;
  readonly results: ObjectStore;
  /** On how many nodes everything is kept. */
  readonly replicas: number;
  close(): Promise<void>;
}

/** Connects to `nats://host:port[,…]` and makes what is missing there. Throws a ProblemError where no server answers. */
export async function openQueue(engine: string, signal?: AbortSignal, identity: NatsIdentity = {}): Promise<Queue> {
  const connection = await connectNats(readNatsAddress('--engine', engine), identity);
  try {
    let jsm: JetStreamManager;
    try {
      jsm = await patiently(() => jetstreamManager(connection, { timeout: CONNECT_MS }), FIRST_PATIENCE_S, signal);
    } catch (error) {
      throw engineProblem(
        engine,
        `a server without JetStream, or a cluster without a leader (${(error as Error).message})`,
        'a NATS server with JetStream',
        'start it with: nats-server -js; a cluster needs more than half of its nodes',
      );
    }
    const js = jetstream(connection, { timeout: CONNECT_MS });
    const base = { storage: StorageType.File, duplicate_window: nanos(120_000) };
    const make = async (replicas: number) => {
      await patiently(
        async () => {
          if (await known(() => jsm.streams.info(JOBS))) return;
          await jsm.streams.add({
            ...base,
            name: JOBS,
            subjects: ['leaktwin.jobs.*.*'],
            retention: RetentionPolicy.Workqueue,
            max_age: nanos(7 * DAY_MS),
            num_replicas: replicas,
          });
        },
        FIRST_PATIENCE_S,
        signal,
      );
      await patiently(
        async () => {
          if (await known(() => jsm.streams.info(DONE))) return;
          await jsm.streams.add({
            ...base,
            name: DONE,
            subjects: ['leaktwin.done.*'],
            retention: RetentionPolicy.Limits,
            max_age: nanos(DAY_MS),
            num_replicas: replicas,
          });
        },
        FIRST_PATIENCE_S,
        signal,
      );
    };
    await make(3).catch(async (error: Error) => {
      if (!isTooFewNodes(error)) throw error;
      await make(1);
    });
    const replicas = (await patiently(() => jsm.streams.info(JOBS), FIRST_PATIENCE_S, signal)).config.num_replicas;
    const stores = new Objm(js);
    const store = (name: string) =>
      patiently(() => stores.create(name, { replicas, ttl: nanos(30 * DAY_MS) }), FIRST_PATIENCE_S, signal);
    return {
      connection,
      js,
      jsm,
      suites: await store('leaktwin-suites'),
      results: await store('leaktwin-results'),
      replicas,
      close: () => closed(connection),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Says what is still to be said; a server that is gone is not waited for. */
async function closed(connection: NatsConnection): Promise<void> {
  const patience = new AbortController();
  const drained = connection.drain().catch(() => {});
  await Promise.race([drained, sleep(3_000, patience.signal)]);
  patience.abort();
  await connection.close().catch(() => {});
}

export function engineProblem(engine: string, found: string, expected: string, hint?: string): ProblemError {
  return new ProblemError([plainProblem(`--engine ${withoutSecrets(engine)}`, '', found, expected, hint)]);
}

async function known<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (/not found/i.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** What a server alone, or a cluster of two, says to three replicas. */
function isTooFewNodes(error: Error): boolean {
  return /replicas > 1 not supported|no suitable peers|insufficient resources/i.test(error.message);
}

/** Asks again while a node is dying, a leader being voted for or a connection being made anew; not for ever. */
export async function patiently<T>(ask: () => Promise<T>, patience_s = PATIENCE_S, signal?: AbortSignal): Promise<T> {
  const waited_s = stopwatch();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted || waited_s() > patience_s || isTooFewNodes(error as Error)) throw error;
      await sleep(300, signal);
    }
  }
}

/** The durable consumer that all workers of one code share. */
export async function jobConsumer(queue: Queue, code: string, redelivery_s: number) {
  const name = `workers-${code.slice(0, 16)}`;
  await queue.jsm.consumers.add(JOBS, {
    durable_name: name,
    filter_subject: jobsOf(code, '*'),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(redelivery_s * 1000),
    max_ack_pending: 10_000,
  });
  return queue.js.consumers.get(JOBS, name);
}

/** The consumer of one suite's results; the server forgets it where the suite dies. */
export async function doneConsumer(queue: Queue, session: string) {
  const name = `suite-${session}`;
  await queue.jsm.consumers.add(DONE, {
    durable_name: name,
    filter_subject: doneOf(session),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(30_000),
    inactive_threshold: nanos(10 * 60_000),
  });
  return queue.js.consumers.get(DONE, name);
}

/**
 * Keeps a result under its key and returns its digest. One that is there already must be the same to the bit: a result is a
 * function of its run ids. Throws a sentence where it is not.
 */
export async function keepResult(queue: Queue, key: string, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = digestBytes(bytes);
  const before = await patiently(() => queue.results.info(key));
  if (before && !before.deleted) {
    const was = before.metadata?.digest;
    if (was !== digest) throw new Error(doubled(key, was ?? 'nothing', digest));
    return digest;
  }
  await patiently(() => queue.results.putBlob({ name: key, metadata: { digest } }, bytes));
  return digest;
}

export function doubled(key: string, was: string, is: string): string {
  return `the same job gave two results (${key.slice(0, 12)}: ${was.slice(0, 12)}, then ${is.slice(0, 12)}): the machines do not compute alike, or one of them is broken`;
}

/** A result by key, checked against the digest that its maker told. */
export async function fetchResult(queue: Queue, key: string, digest: string): Promise<string> {
  return patiently(async () => {
    const bytes = await queue.results.getBlob(key);
    if (!bytes) throw new Error(`the result ${key.slice(0, 12)} is told but not there`);
    const is = digestBytes(bytes);
    if (is !== digest) throw new Error(doubled(key, digest, is));
    return new TextDecoder().decode(bytes);
  });
}

/**
 * A plant on a bus: its frames, and the alarms that reached it, as a NATS stream that many detectors read at once and that keeps
 * them. Each message names the one before it, and the server refuses what does not follow: what is on the bus is whole and in
 * order, or the bus is given up with a sentence. Truth is never handed to this file.
 */
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos, nuid } from '@nats-io/transport-node';
import { connectNats } from '../../../models/bus/connection/index.ts';
import {
  ALIVE_EVERY_S,
  aliveOf,
  BUS_VERSION,
  type BusEnd,
  type BusHello,
  type BusKind,
  channelSubjects,
  type NatsAddress,
  type NatsIdentity,
  streamOf,
  subjectOf,
} from '../../../models/bus/index.ts';
import {
  type AlarmEvent,
  encodeFrame,
  type Frame,
  type FrameLayout,
  frameByteLength,
  layoutSpec,
  ProblemError,
  plainProblem,
} from '../../../models/contract/index.ts';
import type { RunListener, RunStart } from '../../run/index.ts';

export interface BusOptions {
  readonly address: NatsAddress;
  readonly identity?: NatsIdentity;
  /** Where the address names no channel. */
  readonly channel: string;
  /** How long the bus may not answer before it is given up [s]; default 60. */
  readonly patience_s?: number;
  log(line: string): void;
}

interface Message {
  readonly subject: string;
  readonly data: Uint8Array | string;
  readonly id: string;
  readonly before: string | undefined;
}

const DAY_MS = 86_400_000;
const KEPT_DAYS = 7;
/** Messages under way at once. */
const BATCH = 128;
/** Messages that may wait for the bus before the plant does. */
const WAITING_LIMIT = 1024;
const ANSWER_MS = 5_000;
const AGAIN_MS = 300;

/** Opens the channel; throws a ProblemError where no server answers, or one without JetStream. */
export async function openBus(options: BusOptions): Promise<Bus> {
  const { address, identity } = options;
  const channel = address.channel ?? options.channel;
  const connection = await connectNats(address, identity);
  try {
    const jsm = await jetstreamManager(connection, { timeout: ANSWER_MS });
    await makeStream(jsm, channel);
    return new Bus(connection, channel, options);
  } catch (error) {
    await connection.close();
    throw new ProblemError([
      plainProblem(
        `${address.option} ${address.shown}`,
        '',
        `no stream can be had there (${(error as Error).message})`,
        'a NATS server with JetStream that lets us make streams',
        'start it with: nats-server -js',
      ),
    ]);
  }
}

/** On three nodes where there are three, so that one may die. */
async function makeStream(jsm: JetStreamManager, channel: string): Promise<void> {
  const make = (num_replicas: number) =>
    jsm.streams.add({
      name: streamOf(channel),
      subjects: [channelSubjects(channel)],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      max_age: nanos(KEPT_DAYS * DAY_MS),
      duplicate_window: nanos(120_000),
      num_replicas,
    });
  try {
    await jsm.streams.info(streamOf(channel));
    return;
  } catch (error) {
    if (!/not found/i.test((error as Error).message)) throw error;
  }
  await make(3).catch((error: Error) => {
    if (!/replicas > 1 not supported|no suitable peers|insufficient resources/i.test(error.message)) throw error;
    return make(1);
  });
}

export class Bus implements RunListener {
  readonly channel: string;
  readonly session = nuid.next();
  /** Why it was given up; undefined while all is well. */
  failed: string | undefined;
  readonly #connection: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #options: BusOptions;
  readonly #alive: NodeJS.Timeout;
  #layout: FrameLayout | undefined;
  #queue: Message[] = [];
  #lastId: string | undefined;
  #count = 0;
  #frames = 0;
  #pumping: Promise<void> | undefined;
  #roomy: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(connection: NatsConnection, channel: string, options: BusOptions) {
    this.#connection = connection;
    this.channel = channel;
    this.#options = options;
    this.#js = jetstream(connection, { timeout: ANSWER_MS });
    this.#alive = setInterval(() => {
      if (!this.failed && !connection.isClosed()) connection.publish(aliveOf(channel, this.session));
    }, 1000 * ALIVE_EVERY_S);
    this.#alive.unref();
  }

  /** As people write it after `--source`. */
  get place(): string {
    const { shown } = this.#options.address;
    return this.#options.address.channel === undefined ? `${shown}/${this.channel}` : shown;
  }

  begin({ layout, asBuilt, runId, pace }: RunStart): void {
    this.#layout = layout;
    const hello: BusHello = {
      bus: BUS_VERSION,
      session: this.session,
      runId,
      pace,
      layout: layoutSpec(layout),
      layoutDigest: layout.digest,
      asBuilt,
    };
    this.#say('hello', JSON.stringify(hello));
  }

  frame(frame: Frame): Promise<void> | undefined {
    const bytes = new Uint8Array(frameByteLength(this.#layout!));
    encodeFrame(frame, new DataView(bytes.buffer));
    this.#frames = frame.seq;
    this.#say('frame', bytes);
    if (this.#queue.length < WAITING_LIMIT) return undefined;
    if (!this.#roomy) {
      let resolve = () => {};
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.#roomy = { promise, resolve };
    }
    return this.#roomy.promise;
  }

  alarm(event: AlarmEvent): void {
    this.#say('alarm', JSON.stringify(event));
  }

  /** The run is over; resolves when all that was said is kept, or the bus was given up. */
  async end(because: string): Promise<void> {
    const end: BusEnd = { because, frames: this.#frames };
    this.#say('end', JSON.stringify(end));
    await this.#pumping;
  }

  async close(): Promise<void> {
    clearInterval(this.#alive);
    await this.#connection.close();
  }

  #say(kind: BusKind, data: Uint8Array | string): void {
    if (this.failed !== undefined) return;
    this.#count += 1;
    const id = `${this.session}.${this.#count}`;
    this.#queue.push({ subject: subjectOf(this.channel, this.session, kind), data, id, before: this.#lastId });
    this.#lastId = id;
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
  }

  async #pump(): Promise<void> {
    // What is said in this turn of the event loop goes together.
    await Promise.resolve();
    let silentSince = performance.now();
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      const answers = await Promise.allSettled(
        batch.map(({ subject, data, id, before }) =>
          this.#js.publish(subject, data, {
            msgID: id,
            ...(before === undefined ? {} : { expect: { lastMsgID: before } }),
          }),
        ),
      );
      const wrong = answers.findIndex((a) => a.status === 'rejected');
      const kept = wrong < 0 ? batch.length : wrong;
      this.#queue.splice(0, kept);
      if (kept > 0) silentSince = performance.now();
      if (this.#queue.length < WAITING_LIMIT / 2) this.#makeRoom();
      if (wrong < 0) continue;
      const { message } = (answers[wrong] as PromiseRejectedResult).reason as Error;
      const { patience_s = 60 } = this.#options;
      if (/wrong last msg id/i.test(message))
        return this.#giveUp(`another twin took the channel "${this.channel}" of the bus`);
      if (performance.now() - silentSince > patience_s * 1000)
        return this.#giveUp(`the bus has not answered for ${patience_s} s (${message})`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  #giveUp(because: string): void {
    this.failed = because;
    this.#queue = [];
    this.#options.log(`${because}: what follows is not on it; the run goes on`);
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#roomy?.resolve();
    this.#roomy = undefined;
  }
}

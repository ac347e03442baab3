/**
 * Frames from a bus: one of many detectors that watch one plant through a NATS stream. The stream keeps what was said, so a
 * detector that comes late, or again, reads from where it was; it acknowledges to the server and never to the plant, which waits
 * for nobody here. Alarms that it is handed with an ack go nowhere: this detector only watches.
 *
 * With `durable` the server remembers under that name how far it is: up to the last ack, everything before included.
 */
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { nanos } from '@nats-io/transport-node';
import { connectNats } from '../../../models/bus/connection/index.ts';
import {
  ALIVE_EVERY_S,
  aliveOf,
  BUS_VERSION,
  type BusHello,
  busEndSchema,
  busHelloSchema,
  type NatsAddress,
  type NatsIdentity,
  streamOf,
  subjectOf,
} from '../../../models/bus/index.ts';
import {
  type AsBuilt,
  createFrame,
  createLayout,
  decodeFrame,
  type Frame,
  type FrameLayout,
  type FrameSource,
  frameByteLength,
  ProblemError,
  plainProblem,
} from '../../../models/contract/index.ts';

export interface NatsSourceOptions {
  readonly address: NatsAddress;
  readonly identity?: NatsIdentity;
  /** The name under which the server keeps this detector's place; absent: from the first frame of the session. */
  readonly durable?: string;
  /** Frames up to this one are known already and not given again. */
  readonly after?: number;
  readonly asBuilt?: AsBuilt;
  /** Longest wait for a twin to begin on this channel [ms]; default 30 000. */
  readonly hello_ms?: number;
  /** Longest silence of a twin that has not said that it is over [ms]; default 30 000. */
  readonly silence_ms?: number;
}

export interface NatsSource extends FrameSource {
  /** Known once it is open. */
  readonly session: string;
}

const POLL_MS = 250;
const AHEAD = 256;
const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

export function natsSource(options: NatsSourceOptions): NatsSource {
  return new NatsFrames(options);
}

class NatsFrames implements NatsSource {
  session = '';
  readonly #options: NatsSourceOptions;
  #connection: NatsConnection | undefined;
  #manager: JetStreamManager | undefined;
  #channel = '';
  #layout: FrameLayout | undefined;
  #frame: Frame | undefined;
  #messages: ConsumerMessages | undefined;
  #iterator: AsyncIterator<JsMsg> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #heard_ms = 0;
  #moved_ms = 0;
  #closing = false;
  #ended = false;
  #fault: Error | undefined;
  /** Of the last frame given: its number and its message. */
  #seq: number;
  #last: JsMsg | undefined;
  #at = 0;
  /** Where a stream had to be read again. */
  #again = 0;

  constructor(options: NatsSourceOptions) {
    this.#options = options;
    this.#seq = options.after ?? 0;
  }

  async open(): Promise<{ layout: FrameLayout; asBuilt?: AsBuilt }> {
    const { address, identity } = this.#options;
    this.#connection = await connectNats(address, identity);
    try {
      this.#manager = await jetstreamManager(this.#connection).catch((error: Error) => {
        throw this.#problem(
          `a server without JetStream (${error.message})`,
          'a NATS server with JetStream: nats-server -js',
        );
      });
      this.#channel = address.channel ?? (await this.#onlyChannel());
      const hello = await this.#hello();
      if (hello.bus !== BUS_VERSION)
        throw new Error(`the twin speaks bus version ${hello.bus}; this detector speaks ${BUS_VERSION}`);
      this.session = hello.session;
      this.#layout = createLayout(hello.layout);
      if (this.#layout.digest !== hello.layoutDigest)
        throw new Error('the twin sent a layout that does not have the digest it names');
      this.#frame = createFrame(this.#layout);
      await this.#consume();
      this.#listen();
      const asBuilt = this.#options.asBuilt ?? hello.asBuilt;
      return { layout: this.#layout, ...(asBuilt ? { asBuilt } : {}) };
    } catch (fault) {
      await this.close();
      throw fault;
    }
  }

  async next(): Promise<Frame | undefined> {
    for (;;) {
      if (this.#fault) throw this.#fault;
      if (this.#ended || this.#closing || !this.#iterator) return undefined;
      const iterator = this.#iterator;
      const turn = await iterator.next();
      if (turn.done) {
        // Closed by us, to read again or for good; or by the server, which has forgotten the place.
        if (iterator !== this.#iterator || this.#fault || this.#closing) continue;
        throw new Error('the server ended the reading; does another detector use the same --durable name?');
      }
      const frame = await this.#take(turn.value);
      if (frame) return frame;
    }
  }

  /** Everything up to the last frame given is done with: a restart begins behind it. */
  async ack(_seq: number): Promise<void> {
    if (this.#options.durable === undefined || !this.#last) return;
    this.#last.ack();
    this.#last = undefined;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#watch);
    const connection = this.#connection;
    this.#connection = undefined;
    if (!connection) return;
    // The iterator stands still until its messages are closed; a server that is gone is not waited for.
    const limit = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref());
    const goodbye = async () => {
      await this.#messages?.close();
      await connection.drain();
    };
    await Promise.race([goodbye().catch(() => {}), limit]);
    await connection.close();
  }

  async #take(message: JsMsg): Promise<Frame | undefined> {
    this.#moved();
    const kind = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    if (kind === 'end') {
      const end = busEndSchema.parse(message.json());
      if (this.#seq < end.frames) {
        await this.#readAgain(`the twin ended after frame ${end.frames}, and only ${this.#seq} arrived`);
        return undefined;
      }
      this.#ended = true;
      return undefined;
    }
    if (kind !== 'frame') {
      this.#at = message.seq;
      return undefined;
    }
    const layout = this.#layout!;
    const bytes = message.data;
    if (bytes.length !== frameByteLength(layout))
      throw new Error(`a frame of ${bytes.length} bytes; the layout has ${frameByteLength(layout)}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const seq = view.getUint32(0);
    if (seq <= this.#seq) return undefined;
    if (seq !== this.#seq + 1) {
      await this.#readAgain(`frame ${seq} follows frame ${this.#seq}: what lay between is no longer on the bus`);
      return undefined;
    }
    decodeFrame(view, this.#frame!);
    this.#seq = seq;
    this.#at = message.seq;
    this.#again = 0;
    this.#last = message;
    return this.#frame;
  }

  /** A message may be lost on its way to us; it is still on the bus, unless it is older than what is kept. */
  async #readAgain(because: string): Promise<void> {
    this.#again += 1;
    if (this.#again > 2) throw new Error(because);
    const before = this.#messages;
    this.#iterator = undefined;
    await before?.close();
    await this.#consume(true);
  }

  async #consume(again = false): Promise<void> {
    const { durable, after = 0 } = this.#options;
    const stream = streamOf(this.#channel);
    const filter = subjectOf(this.#channel, this.session, '*');
    const js = jetstream(this.#connection!);
    let consumer: Consumer;
    // Read again: from the first message behind the last frame, or all of them where there was none.
    const from = again && this.#at > 0 && this.#again < 2 ? this.#at : undefined;
    if (durable === undefined) {
      consumer = await js.consumers.get(stream, {
        filter_subjects: filter,
        ...(from === undefined ? {} : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from }),
      });
    } else {
      const name = `${durable}_${this.session}`;
      const before = await known(() => this.#manager!.consumers.info(stream, name));
      let start = from;
      if (before && start === undefined && !again) {
        // What was given to a detector that died is given again at once, not when its patience is over.
        start = Math.max(before.ack_floor.stream_seq + 1, before.config.opt_start_seq ?? 1);
        // Without a state of its own the detector begins where it was; the numbers go on from there.
        if (after === 0 && before.ack_floor.stream_seq > 0) this.#seq = await this.#seqAt(before.ack_floor.stream_seq);
      }
      if (before) await this.#manager!.consumers.delete(stream, name);
      await this.#manager!.consumers.add(stream, {
        durable_name: name,
        filter_subject: filter,
        ack_policy: AckPolicy.All,
        ack_wait: nanos(10 * 60_000),
        max_ack_pending: 100_000,
        inactive_threshold: nanos(KEPT_DAYS * DAY_MS),
        ...(start === undefined
          ? { deliver_policy: DeliverPolicy.All }
          : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start }),
      });
      consumer = await js.consumers.get(stream, name);
    }
    this.#messages = await consumer.consume({ max_messages: AHEAD, abort_on_missing_resource: durable !== undefined });
    this.#iterator = this.#messages[Symbol.asyncIterator]();
    this.#moved();
  }

  /** Number of the newest frame up to a message of the stream; 0 where there is none. */
  async #seqAt(streamSeq: number): Promise<number> {
    const subject = subjectOf(this.#channel, this.session, 'frame');
    for (let at = streamSeq; at > 0; at -= 1) {
      const message = await known(() => this.#manager!.streams.getMessage(streamOf(this.#channel), { seq: at }));
      if (message?.subject === subject)
        return new DataView(message.data.buffer, message.data.byteOffset, 4).getUint32(0);
    }
    return 0;
  }

  /** The session that is asked for, or the newest; waits for a twin to begin. */
  async #hello(): Promise<BusHello> {
    const { address, hello_ms = 30_000 } = this.#options;
    const subject = subjectOf(this.#channel, address.session ?? '*', 'hello');
    for (let waited = 0; ; waited += POLL_MS) {
      const message = await known(() =>
        this.#manager!.streams.getMessage(streamOf(this.#channel), { last_by_subj: subject }),
      );
      if (message) return busHelloSchema.parse(message.json());
      if (this.#closing || waited >= hello_ms)
        throw this.#problem(
          `nobody has said hello on "${this.#channel}" within ${hello_ms / 1000} s`,
          'a twin: leaktwin serve --bus nats://…',
          await this.#channels().then((list) => (list.length > 0 ? `there: ${list.join(', ')}` : undefined)),
        );
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #onlyChannel(): Promise<string> {
    const list = await this.#channels();
    if (list.length === 1) return list[0]!;
    throw this.#problem(
      list.length === 0 ? 'a server on which no twin has begun' : `${list.length} channels there`,
      'one named in the address: nats://host:port/channel',
      list.length === 0 ? 'start one with: leaktwin serve --bus nats://…' : `there: ${list.join(', ')}`,
    );
  }

  async #channels(): Promise<string[]> {
    const prefix = streamOf('');
    const list: string[] = [];
    for await (const name of this.#manager!.streams.names())
      if (name.startsWith(prefix)) list.push(name.slice(prefix.length));
    return list.sort();
  }

  /** A twin that is there says so; one that died says nothing, and must not be waited for without end. */
  #listen(): void {
    const { silence_ms = 30_000 } = this.#options;
    this.#connection!.subscribe(aliveOf(this.#channel, this.session), {
      callback: () => {
        this.#heard_ms = performance.now();
      },
    });
    this.#watch = setInterval(
      () => {
        const now = performance.now();
        if (now - this.#moved_ms < silence_ms || this.#ended) return;
        if (now - this.#heard_ms < silence_ms) {
          // It lives and publishes, perhaps; a last message may have been lost on its way.
          this.#moved();
          return;
        }
        this.#fault ??= new Error(
          `the twin has been silent for ${silence_ms / 1000} s and has not said that it is over; frames up to ${this.#seq} were read`,
        );
        void this.#messages?.close();
      },
      Math.min(1000 * ALIVE_EVERY_S, silence_ms / 3),
    );
  }

  #moved(): void {
    this.#moved_ms = performance.now();
  }

  #problem(found: string, expected: string, hint?: string): ProblemError {
    const { option, shown } = this.#options.address;
    return new ProblemError([plainProblem(`${option} ${shown}`, '', found, expected, hint)]);
  }
}

async function known<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (/not found|no message found/i.test((error as Error).message)) return undefined;
    throw error;
  }
}

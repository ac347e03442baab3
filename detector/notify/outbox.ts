/**
 * Store and forward. A message is durable before it is tried, and is tried until its receiver has taken it; then that is made
 * durable too. A crash between the two sends it once more under the same idempotency key, by which the receiver knows it.
 * What has to wait for its hour (quiet hours, escalation) is held here as well, so that it survives.
 *
 * Each channel sends one message at a time, in order. After a failure it waits: exponential back-off with jitter, a function of
 * (channel, number of the failure). A message that is refused goes to the end of the queue, so that it stops no other.
 */
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { lockFolder } from '../../models/recording/index.ts';
import { type Channel, Refusal, sentenceOf } from './channels/channel.ts';
import { type Clock, timeLimit, unlessAborted } from './clock.ts';
import { Journal } from './journal.ts';
import type { Message, Notice } from './message.ts';

/** A notice that waits for its hour. */
export interface Held {
  readonly id: string;
  readonly session: string;
  /** What an acknowledgement is of; absent: only time lets it go. */
  readonly group?: string;
  readonly due_us: number;
  readonly rule: string;
  readonly step: number;
  readonly to: readonly string[];
  readonly by: readonly string[];
  readonly notice: Notice;
}

export type Change =
  | { readonly op: 'put'; readonly message: Message }
  | { readonly op: 'done'; readonly key: string }
  | { readonly op: 'hold'; readonly held: Held }
  | { readonly op: 'drop'; readonly id: string };

export interface OutboxOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Of the jitter. */
  readonly seed: number;
  /** One line for people. */
  onNotice(line: string): void;
}

export interface ChannelCount {
  readonly channel: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly failures: number;
  /** Why the newest try failed; absent where it did not. */
  readonly trouble?: string;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300_000;
/** Tries of one message before the next has its turn. */
const TRIES_IN_A_ROW = 5;
/** Finished keys that are remembered, so that none of them is taken in again. */
const REMEMBERED = 10_000;
const REWRITE_bytes = 8 * 1024 * 1024;

interface Lane {
  readonly name: string;
  readonly channel: Channel | undefined;
  readonly queue: Message[];
  /** Failures since the last message that arrived. */
  failures: number;
  failuresAll: number;
  triesOfHead: number;
  delivered: number;
  trouble?: string;
  busy: boolean;
  /** Set while it waits after a failure; ends the wait's timer. */
  wake?: () => void;
}

export class Outbox {
  readonly held = new Map<string, Held>();
  readonly #journal: Journal<Change>;
  readonly #options: OutboxOptions;
  readonly #unlock: () => void;
  readonly #lanes = new Map<string, Lane>();
  /** Taken in and not yet arrived, by key. */
  readonly #pending = new Map<string, Message>();
  readonly #done = new Set<string>();
  /** Changes that the disk did not take. */
  #unsaved: Change[] = [];
  #unsavedTries = 0;
  #retry: (() => void) | undefined;
  #closed = false;
  /** The file is closed too. */
  #shut = false;
  #rewriting = false;
  /** Changes on their way to the disk. */
  #taking = 0;
  #atRest: (() => void)[] = [];

  private constructor(options: OutboxOptions, journal: Journal<Change>, unlock: () => void) {
    this.#options = options;
    this.#journal = journal;
    this.#unlock = unlock;
    for (const [name, channel] of options.channels) this.#lane(name, channel);
  }

  /** Opens or makes the folder, and sends what an earlier process left. Throws a ProblemError where another one has it. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const { folder } = options;
    const opened = await Journal.open<Change>(folder).catch((error: Error) => {
      throw new ProblemError([plainProblem(folder, '', error.message, 'a folder that can be written')]);
    });
    const { journal, recovered } = opened;
    let unlock: () => void;
    try {
      unlock = await lockFolder(folder, 'an outbox', 'each process needs its own: two would send everything twice');
    } catch (error) {
      await journal.close();
      throw error;
    }
    const outbox = new Outbox(options, journal, unlock);
    for (const line of recovered.damage) options.onNotice(line);
    for (const changes of recovered.changes) for (const c of changes) outbox.#apply(c);
    await outbox.#rewrite();
    for (const lane of outbox.#lanes.values()) {
      if (lane.queue.length > 0)
        options.onNotice(
          lane.channel
            ? `${lane.queue.length} notifications of before wait for the channel ${lane.name}`
            : `${lane.queue.length} notifications wait for the channel ${lane.name}, which these rules do not have; they are kept`,
        );
      outbox.#run(lane);
    }
    return outbox;
  }

  /** Takes changes in, all or none; resolves when they are durable. A key that is known already is not taken again. */
  async submit(changes: readonly Change[]): Promise<void> {
    if (this.#closed) throw new Error('the outbox is closed');
    const fresh = changes.filter((c) => !this.#isKnown(c));
    if (fresh.length === 0) return this.#journal.settled();
    for (const c of fresh) {
      // Known from now on, tried once it is durable.
      if (c.op === 'put') this.#pending.set(c.message.key, c.message);
      else this.#apply(c);
    }
    this.#taking += 1;
    await this.#save(fresh);
    this.#taking -= 1;
    const lanes = new Set<Lane>();
    for (const c of fresh) {
      if (c.op !== 'put') continue;
      const lane = this.#lane(c.message.channel);
      lane.queue.push(c.message);
      lanes.add(lane);
    }
    for (const lane of lanes) this.#run(lane);
    this.#tellAtRest();
  }

  counts(): ChannelCount[] {
    return [...this.#lanes.values()].map(({ name, queue, delivered, failuresAll, trouble }) => ({
      channel: name,
      waiting: queue.length,
      delivered,
      failures: failuresAll,
      ...(trouble === undefined ? {} : { trouble }),
    }));
  }

  /** Changes that the disk has not taken; what a crash now would forget. */
  get unsaved(): number {
    return this.#unsaved.length;
  }

  /** Resolves when nothing is being sent or written: all that is left waits for a time. */
  async settled(): Promise<void> {
    for (;;) {
      await this.#journal.settled();
      if (this.#taking === 0 && ![...this.#lanes.values()].some((l) => l.busy)) return;
      await new Promise<void>((done) => this.#atRest.push(done));
    }
  }

  /** Sends what is not held up by a failure, at most `grace_ms`; what waits stays on disk for the next start. */
  async close(grace_ms: number): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.();
    for (const lane of this.#lanes.values()) lane.wake?.();
    const limit = timeLimit(this.#options.clock, grace_ms);
    await unlessAborted(this.settled(), limit.signal, () => '').catch(() => {
      this.#options.onNotice('a notification was still being sent; it is kept, and sent again at the next start');
    });
    limit.end();
    await Promise.all([...this.#options.channels.values()].map((c) => c.close()));
    if (this.#unsaved.length > 0) await this.#save([]);
    this.#shut = true;
    await this.#journal.close();
    this.#unlock();
  }

  #isKnown(change: Change): boolean {
    if (change.op === 'put') return this.#pending.has(change.message.key) || this.#done.has(change.message.key);
    if (change.op === 'hold') return this.held.has(change.held.id) || this.#done.has(change.held.id);
    return change.op === 'drop' && !this.held.has(change.id);
  }

  /** Holds in any order and any number of times: a crash may leave a change in the file twice. */
  #apply(change: Change): void {
    switch (change.op) {
      case 'put': {
        if (this.#isKnown(change)) return;
        this.#pending.set(change.message.key, change.message);
        this.#lane(change.message.channel).queue.push(change.message);
        return;
      }
      case 'done': {
        this.#pending.delete(change.key);
        this.#finish(change.key);
        for (const { queue } of this.#lanes.values()) {
          const at = queue.findIndex((m) => m.key === change.key);
          if (at >= 0) queue.splice(at, 1);
        }
        return;
      }
      case 'hold':
        if (!this.#isKnown(change)) this.held.set(change.held.id, change.held);
        return;
      case 'drop':
        this.held.delete(change.id);
        this.#finish(change.id);
    }
  }

  #finish(key: string): void {
    this.#done.add(key);
    if (this.#done.size > REMEMBERED) this.#done.delete(this.#done.values().next().value!);
  }

  #lane(name: string, channel?: Channel): Lane {
    let lane = this.#lanes.get(name);
    if (!lane) {
      lane = { name, channel, queue: [], failures: 0, failuresAll: 0, triesOfHead: 0, delivered: 0, busy: false };
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** Never rejects: where the disk fails, all goes on in memory, and the disk is tried again. */
  async #save(changes: readonly Change[]): Promise<void> {
    const all = [...this.#unsaved.splice(0), ...changes];
    try {
      await this.#journal.append(all);
      if (this.#unsavedTries > 0) this.#options.onNotice('the outbox is on disk again; nothing was lost');
      this.#unsavedTries = 0;
    } catch (error) {
      this.#unsaved.unshift(...all);
      this.#unsavedTries += 1;
      if (this.#unsavedTries === 1)
        this.#options.onNotice(
          `the outbox cannot be written (${sentenceOf(error)}); notifications go on from memory, and a crash now would lose those that wait`,
        );
      if (this.#closed || this.#retry) return;
      this.#retry = this.#options.clock.after(this.#wait_ms('disk', this.#unsavedTries), () => {
        this.#retry = undefined;
        void this.#save([]);
      });
    }
    if (this.#journal.bytes > REWRITE_bytes && !this.#rewriting) {
      this.#rewriting = true;
      void this.#rewrite().finally(() => {
        this.#rewriting = false;
      });
    }
  }

  /** The file again, with what still matters. */
  async #rewrite(): Promise<void> {
    await this.#journal
      .rewrite(() => [
        ...[...this.#done].map((key): Change[] => [{ op: 'done', key }]),
        ...[...this.held.values()].map((held): Change[] => [{ op: 'hold', held }]),
        ...[...this.#pending.values()].map((message): Change[] => [{ op: 'put', message }]),
      ])
      .catch((error: Error) => {
        this.#options.onNotice(`the outbox could not be made smaller: ${sentenceOf(error)}; it goes on as it is`);
      });
  }

  #wait_ms(name: string, failures: number): number {
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));
    const jitter = seeded(this.#options.seed).stream(`notify/${name}`).uniform(failures);
    return Math.round((most / 2) * (1 + jitter));
  }

  #run(lane: Lane): void {
    if (lane.busy || lane.wake || this.#shut || !lane.channel || lane.queue.length === 0) return;
    lane.busy = true;
    void this.#deliver(lane, lane.channel).finally(() => {
      lane.busy = false;
      if (!lane.wake) this.#run(lane);
      this.#tellAtRest();
    });
  }

  /** Whoever waits for rest looks again himself. */
  #tellAtRest(): void {
    for (const tell of this.#atRest.splice(0)) tell();
  }

  /** Sends until the queue is empty or a try fails. */
  async #deliver(lane: Lane, channel: Channel): Promise<void> {
    const { clock } = this.#options;
    while (lane.queue.length > 0 && !this.#shut) {
      const message = lane.queue[0]!;
      const limit = timeLimit(clock, channel.timeout_ms);
      try {
        const late = () => `no answer within ${channel.timeout_ms / 1000} s`;
        await unlessAborted(channel.send(message, limit.signal), limit.signal, late);
      } catch (error) {
        this.#failed(lane, message, error as Error);
        return;
      } finally {
        limit.end();
      }
      // Too late to be noted: it is sent again at the next start, under the same key.
      if (this.#shut) return;
      if (lane.failures > 0)
        this.#options.onNotice(`the channel ${lane.name} works again after ${lane.failures} failed tries`);
      lane.failures = 0;
      lane.triesOfHead = 0;
      lane.delivered += 1;
      delete lane.trouble;
      const change: Change = { op: 'done', key: message.key };
      this.#apply(change);
      await this.#save([change]);
    }
  }

  #failed(lane: Lane, message: Message, error: Error): void {
    lane.failures += 1;
    lane.failuresAll += 1;
    lane.triesOfHead += 1;
    lane.trouble = sentenceOf(error);
    if ((error instanceof Refusal && error.ofMessage) || lane.triesOfHead >= TRIES_IN_A_ROW) {
      lane.queue.push(lane.queue.shift()!);
      lane.triesOfHead = 0;
    }
    // One who leaves tries everything once more at most.
    lane.wake = () => {};
    if (this.#closed) return;
    const asked = error instanceof Refusal ? (error.again_ms ?? 0) : 0;
    const wait = Math.max(this.#wait_ms(lane.name, lane.failures), Math.min(asked, 12 * LONGEST_WAIT_MS));
    // The first of a row, and then ever more rarely: a receiver that is down for a night must not fill the log.
    if ((lane.failures & (lane.failures - 1)) === 0)
      this.#options.onNotice(
        `the channel ${lane.name} did not take "${message.subject}": ${lane.trouble}; ${lane.queue.length} wait, tried again in ${Math.ceil(wait / 1000)} s`,
      );
    const cancel = this.#options.clock.after(wait, () => {
      delete lane.wake;
      this.#run(lane);
    });
    lane.wake = cancel;
  }
}

/**
 * The historian as a scan sees it: hand over frames and events, and go on. Handing over is a copy into shared memory; a
 * thread makes it durable and folds it. A full queue or a refusing disk never stops a scan: what finds no room is counted,
 * told at once, and stands in the history as a gap with its sequence numbers.
 */

import { mkdirSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import {
  type AlarmEvent,
  type Frame,
  type FrameLayout,
  layoutSpec,
  ProblemError,
  type TruthEvent,
} from '../../models/contract/index.ts';
import { canonicalJson } from '../../models/kernel/index.ts';
import { storageProblem } from '../../models/recording/index.ts';
import type { HistoryRun, Loss } from './catalogue.ts';
import type { RunBegin, StoredEvent } from './fold.ts';
import { encodeText, FrameEncoder, Kind, kindOf, lengthOf, textWords, writeText } from './item.ts';
import { lockHistory } from './lock.ts';
import type { FromThread, ToThread } from './protocol.ts';
import { Ring } from './ring.ts';
import { startThread } from './spawn.ts';
import type { StoreOptions } from './store.ts';

export interface HistorianOptions extends StoreOptions {
  /** Of the queue between scans and disk [bytes]; default 32 MiB, which is hours of a plant in real time. */
  readonly queueBytes?: number;
  /** What comes within so long is made durable together [ms]; default 20. */
  readonly linger_ms?: number;
  /** Told what a person should know: a full disk, a gap, a clock that runs backwards. One sentence at a time. */
  onNotice?(sentence: string): void;
}

export interface RunInfo {
  readonly runId: string;
  readonly layout: FrameLayout;
  /** UTC of plant time 0 [µs since 1970]. */
  readonly epochUs: number;
  readonly manifest?: Readonly<Record<string, unknown>>;
  /**
   * Goes on with the newest run of this id where the history has one that did not end and has the same layout: a source
   * that sends again what was not acknowledged misses nothing and doubles nothing.
   */
  readonly resume?: boolean;
}

const WAKE: ToThread = { kind: 'wake' };

export class Historian {
  readonly folder: string;
  /** What the last process lost, as far as opening could tell; empty where it ended well. */
  readonly losses: readonly Loss[];
  /** Frames that found no room, over all runs. */
  lostFrames = 0;
  private readonly ring: Ring;
  private readonly thread: Worker;
  private readonly unlock: () => void;
  private readonly notify: (sentence: string) => void;
  private readonly runs: Set<string>;
  private readonly known: readonly HistoryRun[];
  private streams: number;
  private readonly waiting = new Map<number, (because: string | undefined) => void>();
  private asked = 0;
  private dead: string | undefined;
  private closing: Promise<string | undefined> | undefined;

  /**
   * Opens a history for writing, repairs what a crash left, and starts its thread. Throws a ProblemError where another
   * process has it or the folder cannot be used.
   */
  static async open(folder: string, options: HistorianOptions = {}): Promise<Historian> {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw storageProblem(folder, error);
    }
    const unlock = await lockHistory(folder);
    const ring = new Ring(options.queueBytes ?? 32 * 2 ** 20);
    const { foldBytes, smallParts } = options;
    const thread = startThread({
      folder,
      ring: ring.memory,
      linger_ms: options.linger_ms ?? 20,
      options: {
        ...(foldBytes === undefined ? {} : { foldBytes }),
        ...(smallParts === undefined ? {} : { smallParts }),
      },
    });
    try {
      const ready = await new Promise<FromThread & { kind: 'ready' }>((resolve, reject) => {
        thread.once('error', reject);
        thread.once('message', (message: FromThread) => {
          if (message.kind === 'ready') resolve(message);
          else reject(message.kind === 'failed' ? new ProblemError(message.problems) : new Error(message.kind));
        });
      });
      thread.removeAllListeners('error');
      return new Historian(folder, ring, thread, unlock, ready, options);
    } catch (error) {
      await thread.terminate();
      unlock();
      throw error;
    }
  }

  private constructor(
    folder: string,
    ring: Ring,
    thread: Worker,
    unlock: () => void,
    ready: FromThread & { kind: 'ready' },
    options: HistorianOptions,
  ) {
    this.folder = folder;
    this.ring = ring;
    this.thread = thread;
    this.unlock = unlock;
    this.losses = ready.losses;
    this.streams = ready.streams;
    this.known = ready.runs;
    this.runs = new Set(ready.runs.map((r) => r.run));
    this.notify = options.onNotice?.bind(options) ?? (() => {});
    for (const loss of ready.losses) this.notify(loss.because);
    thread.on('message', (message: FromThread) => this.hear(message));
    thread.on('error', (error) => this.die(error.message));
    thread.on('exit', () => this.die('its thread ended'));
  }

  /** Begins a run. Its name in the history is `runId`, with a number behind it where the history has that already. */
  begin(info: RunInfo): RunFeed {
    const { resume = false } = info;
    const before = this.known.findLast((r) => r.runId === info.runId);
    if (resume && before && before.ended === null && before.layout === info.layout.digest) {
      const { run, stream, lastSeq } = before;
      return new RunFeed(this, this.ring, { run, stream, layout: info.layout, stored: true, lastSeq: lastSeq ?? -1 });
    }
    let run = info.runId;
    for (let n = 2; this.runs.has(run); n += 1) run = `${info.runId}.${n}`;
    this.runs.add(run);
    const stream = this.streams;
    this.streams += 1;
    const { runId, epochUs, manifest = {}, layout } = info;
    const said: RunBegin = { run, runId, epochUs, manifest, layout: layoutSpec(layout) };
    const stored = this.text(Kind.begin, stream, 0, canonicalJson(JSON.parse(JSON.stringify(said))));
    if (!stored) this.notify(`run ${run} is not stored: the historian's queue has no room for its beginning`);
    return new RunFeed(this, this.ring, { run, stream, layout, stored, lastSeq: -1 });
  }

  /** False where the disk refuses now, or the thread has ended. */
  get healthy(): boolean {
    return !this.ring.faulty && this.dead === undefined;
  }

  /** Words of the queue in use, from 0 to 1. */
  get fill(): number {
    return this.ring.usedWords / this.ring.capacity;
  }

  /**
   * A promise to await where the queue is half full and the plant can wait; undefined where all is well. It settles at once
   * where the disk refuses: a plant never waits for one.
   */
  pressure(): Promise<void> | undefined {
    if (this.fill < 0.5 || !this.healthy) return undefined;
    return this.ask('flush').then(() => {});
  }

  /** Resolves when all that was handed over is durable; to the sentence that says why where it cannot be made so. */
  flush(): Promise<string | undefined> {
    return this.ask('flush');
  }

  /** As `flush`, and then queries see it too. */
  fold(): Promise<string | undefined> {
    return this.ask('fold');
  }

  /** Stores what is left and lets go of the history; resolves to a sentence where something was lost. May be called again. */
  close(): Promise<string | undefined> {
    this.closing ??= (async () => {
      const because = await this.ask('close');
      this.dead ??= 'it is closed';
      await this.thread.terminate();
      this.unlock();
      if (because === undefined) return undefined;
      const left = this.leftInQueue();
      const sentence = left === '' ? because : `${left} could not be stored: ${because}`;
      this.notify(sentence);
      return sentence;
    })();
    return this.closing;
  }

  /** For RunFeed: wakes the thread where that sleeps. */
  commit(): void {
    if (this.ring.commit() && this.dead === undefined) this.thread.postMessage(WAKE);
  }

  /** For RunFeed: false where there is no room. */
  text(kind: number, stream: number, timeUs: number, json: string): boolean {
    if (this.dead !== undefined) return false;
    const text = encodeText(json);
    const at = this.ring.reserve(textWords(text.length));
    if (at < 0) return false;
    writeText(this.ring.words, this.ring.bytes, at, { kind, stream, timeUs, text });
    this.commit();
    return true;
  }

  tell(sentence: string): void {
    this.notify(sentence);
  }

  get ended(): boolean {
    return this.dead !== undefined;
  }

  private ask(kind: 'flush' | 'fold' | 'close'): Promise<string | undefined> {
    if (this.dead !== undefined) return Promise.resolve(`the historian has ended: ${this.dead}`);
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.thread.postMessage({ kind, id, mark: this.ring.mark } satisfies ToThread);
    });
  }

  private hear(message: FromThread): void {
    if (message.kind === 'answer') {
      this.waiting.get(message.id)?.(message.because);
      this.waiting.delete(message.id);
    } else if (message.kind === 'fault') {
      this.notify(`the historian cannot write: ${message.because}. What comes waits in its queue; detection goes on.`);
    } else if (message.kind === 'healed') {
      this.notify('the historian writes again; what waited in its queue is stored.');
    }
  }

  private die(because: string): void {
    if (this.dead !== undefined) return;
    this.dead = because;
    if (!this.closing) this.notify(`the historian has ended (${because}); from here on nothing is stored`);
    for (const resolve of this.waiting.values()) resolve(`the historian has ended: ${because}`);
    this.waiting.clear();
  }

  private leftInQueue(): string {
    const words = new Uint32Array(this.ring.usedWords);
    const { words: used } = this.ring.take(words);
    const seqs: number[] = [];
    let events = 0;
    for (let at = 0; at < used; at += lengthOf(words[at]!)) {
      if (kindOf(words[at]!) === Kind.frame) seqs.push(words[at + 2]!);
      else events += 1;
    }
    if (used === 0) return '';
    const frames = seqs.length > 0 ? `${seqs.length} frames (seq ${seqs[0]} to ${seqs.at(-1)})` : 'no frames';
    return `${frames} and ${events} events`;
  }
}

interface Gap {
  readonly fromSeq: number;
  toSeq: number;
  frames: number;
  events: number;
  timeUs: number;
}

/** One run on its way into a history. */
export class RunFeed {
  /** Its name in the history. */
  readonly run: string;
  /** The newest frame that an earlier process stored of this run; -1 where there is none. */
  readonly lastSeq: number;
  private readonly historian: Historian;
  private readonly ring: Ring;
  private readonly stream: number;
  private readonly stored: boolean;
  private readonly encoder: FrameEncoder;
  private readonly stations: readonly string[];
  private lastUs = Number.NEGATIVE_INFINITY;
  private readonly clocks: Float64Array;
  /** 1 while the clock of the station is behind what it was (stations). */
  private readonly behind: Uint8Array;
  private gap: Gap | undefined;

  constructor(
    historian: Historian,
    ring: Ring,
    run: {
      readonly run: string;
      readonly stream: number;
      readonly layout: FrameLayout;
      readonly stored: boolean;
      readonly lastSeq: number;
    },
  ) {
    this.historian = historian;
    this.ring = ring;
    this.run = run.run;
    this.lastSeq = run.lastSeq;
    this.stream = run.stream;
    this.stored = run.stored;
    this.encoder = new FrameEncoder(run.layout, run.stream);
    this.stations = run.layout.stations.map((s) => s.id);
    this.clocks = new Float64Array(this.stations.length).fill(Number.NEGATIVE_INFINITY);
    this.behind = new Uint8Array(this.stations.length);
  }

  /** Takes a copy of the frame; never waits. False where it found no room, which is counted and told. */
  frame(frame: Frame): boolean {
    this.watchClocks(frame);
    if (this.gap !== undefined && !this.tellGap()) return this.lose(frame);
    const at = this.stored && !this.historian.ended ? this.ring.reserve(this.encoder.words) : -1;
    if (at < 0) return this.lose(frame);
    this.encoder.write(this.ring.words, this.ring.bytes, at, frame);
    this.historian.commit();
    return true;
  }

  alarm(event: AlarmEvent): boolean {
    return this.event('alarm', event);
  }

  /** What an operator did: at least `timeUs`, and who, what and why as the caller has it. */
  action(event: { readonly timeUs: number; readonly [key: string]: unknown }): boolean {
    return this.event('action', event);
  }

  /** Any other event of a kind that the caller names. */
  event(kind: string, event: { readonly timeUs: number }): boolean {
    const said: StoredEvent = { kind, event: event as unknown as StoredEvent['event'] };
    return this.put(Kind.event, event.timeUs, canonicalJson(said));
  }

  /** To its own table, which no query opens unless it is told to. */
  truth(event: TruthEvent): boolean {
    return this.put(Kind.truth, event.timeUs, canonicalJson(event));
  }

  /** The run is over. @param known what is known of it now: status, digests */
  end(known: Readonly<Record<string, unknown>> = {}): boolean {
    const stored = this.put(Kind.end, Math.max(0, this.lastUs), canonicalJson(known));
    if (!stored && this.gap)
      this.historian.tell(`run ${this.run}: ${this.gap.frames} frames and ${this.gap.events} events are not stored`);
    return stored;
  }

  private put(kind: number, timeUs: number, json: string): boolean {
    const gone = this.gap !== undefined && !this.tellGap();
    if (!gone && this.stored && this.historian.text(kind, this.stream, timeUs, json)) return true;
    this.lost(0, timeUs).events += 1;
    return false;
  }

  private lose(frame: Frame): false {
    const gap = this.lost(frame.seq, frame.timeUs);
    gap.frames += 1;
    gap.toSeq = frame.seq;
    this.historian.lostFrames += 1;
    return false;
  }

  private lost(seq: number, timeUs: number): Gap {
    if (this.gap === undefined) {
      this.gap = { fromSeq: seq, toSeq: seq, frames: 0, events: 0, timeUs };
      this.historian.tell(
        `run ${this.run}: the historian's queue is full; from scan ${seq} on nothing is stored until it has room`,
      );
    }
    return this.gap;
  }

  /** Writes the gap into the history before anything that comes after it. */
  private tellGap(): boolean {
    const { fromSeq, toSeq, frames, events, timeUs } = this.gap!;
    const because = `run ${this.run}: ${frames} frames (seq ${fromSeq} to ${toSeq}) and ${events} events found the historian's queue full and are not stored`;
    const event = { timeUs, key: 'queue-full', fromSeq, toSeq, frames, events, because };
    const said: StoredEvent = { kind: 'gap', event };
    if (!this.stored || !this.historian.text(Kind.event, this.stream, timeUs, canonicalJson(said))) return false;
    this.gap = undefined;
    this.historian.tell(because);
    return true;
  }

  /** A clock that runs backwards is stored as it runs; who reads gets order by time, and by sequence where times are equal. */
  private watchClocks(frame: Frame): void {
    if (frame.timeUs < this.lastUs)
      this.notice(frame, 'plant-clock', `plant time ran backwards from ${this.lastUs} to ${frame.timeUs} us`);
    this.lastUs = frame.timeUs;
    for (let s = 0; s < this.clocks.length; s += 1) {
      const now = frame.stationTimeUs[s]!;
      const back = now < this.clocks[s]!;
      if (back && this.behind[s] === 0)
        this.notice(
          frame,
          'clock',
          `the clock of ${this.stations[s]} ran backwards from ${this.clocks[s]} to ${now} us`,
        );
      this.behind[s] = back ? 1 : 0;
      this.clocks[s] = now;
    }
  }

  private notice(frame: Frame, key: string, because: string): void {
    const text = `scan ${frame.seq}: ${because}; stored as it came`;
    this.event('notice', { timeUs: frame.timeUs, key, frameSeq: frame.seq, because: text } as { timeUs: number });
    this.historian.tell(`run ${this.run}, ${text}`);
  }
}

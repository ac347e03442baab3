/**
 * One run of a plant on the wires: when the next scan is made, who may acknowledge, and how the run ends.
 *
 * Lockstep: scan n + 1 is made inside the ack of scan n, before the ack returns, so that a master reads it in the same
 * round trip. The first peer that acks, or declares itself detector over WebSocket, owns the ack. When it leaves, the place
 * is free for `ackTimeout_s`; when nobody has acked in that time the run ends as not comparable. In the other paces an
 * ack moves nothing; it tells how far the detector is.
 */
import type { Frame, TruthEvent } from '../../models/contract/index.ts';
import type { Drive } from './drive.ts';
import { type Pace, type Paced, runFree, runRealtime, type Stoppable, watch } from './pace.ts';
import type { Publication } from './publication.ts';

export interface RunEnd {
  readonly reason: 'complete' | 'stopped' | 'not-comparable';
  /** One sentence. */
  readonly because: string;
  readonly frames: number;
}

/** A connection that may own the ack. */
export interface Peer {
  /** `mbpoll at 127.0.0.1:50312 (Modbus)`: as sentences name it. */
  readonly name: string;
}

/**
 * taken: done, and in lockstep the next scan stands. later: the recorder is busy; the given callback brings the answer.
 * wrong-seq: not the scan that waits for an ack. not-owner: another peer owns the ack.
 */
export type AckAnswer = 'taken' | 'later' | 'wrong-seq' | 'not-owner';

export interface PlantRunOptions {
  readonly pace: Pace;
  readonly ackTimeout_s: number;
  readonly peerTimeout_s: number;
  onFrame?(frame: Frame): void | Promise<void>;
  onTruth?(events: TruthEvent[]): void;
  /** The scan is published: viewers on sockets. Before `onFrame`. */
  onPublish?(): void;
  onEnd?(end: RunEnd): void;
}

export class PlantRun implements Paced {
  readonly finished: Promise<RunEnd>;
  /** Scan of the last ack. */
  acked = 0;
  owner: Peer | undefined;
  end: RunEnd | undefined;
  #begun = false;
  #frames = 0;
  /** The owner that left last, for the sentence. */
  #left: Peer | undefined;
  #hadOwner = false;
  #busy = false;
  #ready: (() => void)[] = [];
  #pending: { peer: Peer; seq: number; answer: (answer: AckAnswer) => void } | undefined;
  #running: Stoppable[] = [];
  /** The bounded wait for the last ack where no ack moves the plant. */
  #lastWait: Stoppable | undefined;
  #settle!: { resolve(end: RunEnd): void; reject(fault: unknown): void };
  readonly #drive: Drive;
  readonly #publication: Publication;
  readonly #options: PlantRunOptions;

  constructor(drive: Drive, publication: Publication, options: PlantRunOptions) {
    this.#drive = drive;
    this.#publication = publication;
    this.#options = options;
    this.finished = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Who waits for it hears of a fault; who does not must not be ended by it.
    this.finished.catch(() => {});
  }

  get phase(): 'ready' | 'running' | 'over' {
    return this.end ? 'over' : this.#begun ? 'running' : 'ready';
  }

  get busy(): boolean {
    return this.#busy;
  }

  get lockstep(): boolean {
    return this.#options.pace.kind === 'lockstep';
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { pace, ackTimeout_s, peerTimeout_s } = this.#options;
    if (pace.kind === 'free') this.#running.push(runFree(this));
    else if (pace.kind === 'realtime')
      this.#running.push(runRealtime(this, this.#publication.layout.scanUs / 1000 / pace.factor));
    else {
      // A scan that waits because the recorder is busy is no fault of the detector.
      const seqNow = () => (this.#busy ? undefined : this.#publication.frame.seq);
      this.#running.push(
        watch(
          peerTimeout_s,
          () => (this.#hadOwner ? undefined : seqNow()),
          () => this.#finish('not-comparable', `no detector came within ${peerTimeout_s} s of scan 1`),
        ),
        watch(
          ackTimeout_s,
          () => (this.#hadOwner ? seqNow() : undefined),
          () => this.#finish('not-comparable', this.#silence(ackTimeout_s)),
        ),
      );
      this.step();
    }
  }

  stop(because = 'the run was stopped'): void {
    this.#finish('stopped', because);
    this.#stopWaiting();
  }

  /** Makes the next scan and shows it; false where there is none. For the pace, not for peers. */
  step(): boolean {
    if (this.end) return false;
    try {
      const moved = this.#publication.advance();
      const truth = this.#drive.drainTruth();
      if (truth.length > 0) this.#options.onTruth?.(truth);
      if (!moved) {
        this.#finish('complete', 'the scenario ran to its end');
        return false;
      }
      this.#frames += 1;
      this.#options.onPublish?.();
      const written = this.#options.onFrame?.(this.#publication.frame);
      if (written !== undefined) {
        this.#busy = true;
        written.then(
          () => this.#becomeReady(),
          (fault) => this.#fail(fault),
        );
      }
      return true;
    } catch (fault) {
      this.#fail(fault);
      return false;
    }
  }

  whenReady(then: () => void): void {
    if (this.#busy) this.#ready.push(then);
    else then();
  }

  /** Makes a peer the owner of the ack. @returns the sentence that says why not */
  declare(peer: Peer): string | undefined {
    if (this.owner === peer) return undefined;
    if (this.owner) return `${this.owner.name} owns the acknowledge already; only one detector can`;
    this.owner = peer;
    this.#hadOwner = true;
    return undefined;
  }

  /** A peer has done with a scan. `later` is called where the answer is 'later', and not if the peer leaves first. */
  ack(peer: Peer, seq: number, later: (answer: AckAnswer) => void): AckAnswer {
    const newest = this.#publication.frame.seq;
    if (this.owner !== peer && this.owner !== undefined) return 'not-owner';
    if (seq < 1 || seq > newest || seq <= this.acked) return 'wrong-seq';
    if (this.lockstep && (seq !== newest || this.#pending)) return 'wrong-seq';
    this.declare(peer);
    // After the end an ack moves nothing: its sender finds out by its next read, or by the end message.
    if (!this.lockstep || this.end) {
      this.acked = seq;
      this.#settleIfDone();
      return 'taken';
    }
    if (this.#busy) {
      this.#pending = { peer, seq, answer: later };
      return 'later';
    }
    this.acked = seq;
    this.step();
    return 'taken';
  }

  /** A connection is gone. Its place is free; the watch goes on. */
  leave(peer: Peer): void {
    if (this.#pending?.peer === peer) this.#pending = undefined;
    if (this.owner !== peer) return;
    this.owner = undefined;
    this.#left = peer;
    this.#settleIfDone();
  }

  #silence(limit_s: number): string {
    const seq = this.#publication.frame.seq;
    return this.owner
      ? `${this.owner.name} did not acknowledge scan ${seq} within ${limit_s} s`
      : `${this.#left?.name ?? 'the detector'} left, and nobody acknowledged scan ${seq} within ${limit_s} s`;
  }

  #becomeReady(): void {
    this.#busy = false;
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) {
      this.acked = pending.seq;
      this.step();
      pending.answer('taken');
    }
    this.#settleIfDone();
    for (const then of this.#ready.splice(0)) then();
  }

  #finish(reason: RunEnd['reason'], because: string): void {
    if (this.end) return;
    this.end = { reason, because, frames: this.#frames };
    for (const running of this.#running.splice(0).reverse()) running.stop();
    if (reason === 'complete' && !this.lockstep && this.owner) {
      // A detector that follows a plant in real time is still at the last scans; its alarms count until it has done.
      this.#lastWait = watch(
        this.#options.ackTimeout_s,
        () => this.acked,
        () => this.#stopWaiting(),
      );
    }
    this.#options.onEnd?.(this.end);
    this.#settleIfDone();
  }

  #stopWaiting(): void {
    this.#lastWait?.stop();
    this.#lastWait = undefined;
    this.#settleIfDone();
  }

  /** The run has ended; it is finished once its last scan is recorded and a detector that follows it has caught up. */
  #settleIfDone(): void {
    if (!this.end || this.#busy) return;
    if (this.#lastWait) {
      if (this.owner && this.acked < this.#publication.frame.seq) return;
      this.#lastWait.stop();
      this.#lastWait = undefined;
    }
    this.#settle.resolve(this.end);
  }

  /** The plant or its recorder threw: ours, not the user's. */
  #fail(fault: unknown): void {
    this.#settle.reject(fault);
    this.#busy = false;
    this.#finish('stopped', `the plant failed: ${fault instanceof Error ? fault.message : String(fault)}`);
    this.#pending?.answer('taken');
    this.#pending = undefined;
    for (const then of this.#ready.splice(0)) then();
  }
}

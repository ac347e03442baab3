/**
 * Where alarm events come in, by whatever door: WebSocket, REST, text mailbox, mailbox of fixed form. One set of rules, so
 * that the journal does not depend on the transport.
 *
 * An event belongs to a published scan and bears that scan's plant time. In lockstep the scan is the one that waits for its
 * ack: nobody may report into the past. An event that comes twice (a client that reconnected and repeated itself) is taken
 * once; within one scan a state machine makes no transition twice, so nothing is lost by that.
 */
import { type AlarmEvent, type AlarmState, alarmEventSchema, readMailbox } from '../../models/contract/index.ts';
import { canonicalJson } from '../../models/kernel/index.ts';
import type { Publication } from './publication.ts';
import type { PlantRun } from './run.ts';

/** Events kept for GET /api/alarms, and texts kept to know a repetition; the journal itself is the recorder's. */
const KEPT = 10_000;

export type OnAlarm = (event: AlarmEvent, arrival: { readonly seq: number; readonly timeUs: number }) => void;

export class AlarmDesk {
  readonly recent: AlarmEvent[] = [];
  readonly #seen = new Set<string>();
  readonly #states = new Map<string, AlarmState>();
  readonly #run: PlantRun;
  readonly #publication: Publication;
  readonly #onAlarm: OnAlarm | undefined;

  constructor(run: PlantRun, publication: Publication, onAlarm: OnAlarm | undefined) {
    this.#run = run;
    this.#publication = publication;
    this.#onAlarm = onAlarm;
  }

  /** @returns the sentence that says why the event was refused */
  take(event: AlarmEvent): string | undefined {
    const { frame } = this.#publication;
    const time = this.#publication.timeOf(event.frameSeq);
    if (time === undefined) return `scan ${event.frameSeq} has not been published`;
    if (event.timeUs !== time)
      return `time ${event.timeUs} us is not the plant time of scan ${event.frameSeq}, which is ${time} us`;
    if (this.#run.lockstep && event.frameSeq !== frame.seq)
      return `scan ${event.frameSeq} is done with; in lockstep only scan ${frame.seq} can raise an alarm now`;
    if (this.#run.lockstep && this.#run.end) return 'the run is over';
    const text = canonicalJson(event);
    if (this.#seen.has(text)) return undefined;
    this.#seen.add(text);
    if (this.#seen.size > KEPT) this.#seen.delete(this.#seen.values().next().value!);
    this.recent.push(event);
    if (this.recent.length > KEPT) this.recent.shift();
    this.#states.set(event.alarm, event.to);
    this.#onAlarm?.(event, { seq: frame.seq, timeUs: frame.timeUs });
    return undefined;
  }

  /** Anything that claims to be an event. */
  takeUnknown(raw: unknown): string | undefined {
    const parsed = alarmEventSchema.safeParse(raw);
    if (parsed.success) return this.take(parsed.data);
    return parsed.error.issues.map((i) => `${i.path.join('.') || 'event'}: ${i.message}`).join('; ');
  }

  takeText(text: string): string | undefined {
    let raw: unknown;
    try {
      raw = JSON.parse(text);
    } catch {
      return 'the text is not JSON';
    }
    return this.takeUnknown(raw);
  }

  takeFixedForm(registers: ArrayLike<number>): string | undefined {
    const read = readMailbox(
      registers,
      (seq) => this.#publication.timeOf(seq),
      (alarm) => this.#states.get(alarm) ?? 'normal',
    );
    return read.ok ? this.take(read.event) : read.why;
  }
}

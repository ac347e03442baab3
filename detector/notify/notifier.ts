/**
 * Alarms become notifications. Rules, quiet hours and escalation go by the plant's time from its epoch on, so that they are the
 * same function of the journal at any pace; sending goes by the wall clock. Nothing here waits: `alarm` and `time` only note
 * what is to be done, and the outbox does it beside detection.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type AlarmEvent, type AlarmState, coreState, isActive, isAnnunciated } from '../../models/contract/index.ts';
import { type Channel, openChannel } from './channels/index.ts';
import { type Clock, wallClock } from './clock.ts';
import { type Enclosure, type Kind, keyOf, type Message, type Notice, type Recipient } from './message.ts';
import { type Change, type ChannelCount, type Held, Outbox } from './outbox.ts';
import type { Escalation, Rules } from './rules.ts';
import { type Language, tell } from './words.ts';

export interface NotifierOptions {
  readonly rules: Rules;
  /** Of the outbox; one process at a time. */
  readonly folder: string;
  /** Names this run: the same event of another run is another notification. */
  readonly session: string;
  readonly plant: string;
  /** UTC of plant time 0 [µs since 1970]. */
  readonly epoch_us: number;
  readonly clock?: Clock;
  readonly seed?: number;
  /** One line for people: what could not be sent, what works again. */
  onNotice(line: string): void;
}

/** A document to be told with the alarms: a response plan, a CAP alert. */
export interface Announcement {
  readonly alarm: string;
  readonly incident?: string;
  readonly priority: number;
  readonly timeUs: number;
  readonly subject?: string;
  readonly enclosures: readonly Enclosure[];
}

export interface NotifierCounts {
  readonly channels: readonly ChannelCount[];
  /** Quiet hours and escalations that wait for their time. */
  readonly held: number;
  /** Changes that a crash now would forget, because the disk does not take them. */
  readonly unsaved: number;
}

/** States in which somebody has yet to say that he knows. */
const OPEN: readonly AlarmState[] = ['unacknowledged', 'returned', 'latched-unacknowledged'];

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #outbox: Outbox;
  /** State of each alarm in each group. */
  readonly #groups = new Map<string, Map<string, AlarmState>>();
  /** Highest priority that each rule has told of each group. */
  readonly #told = new Map<string, number>();
  #nextDue_us = Infinity;
  #now_us: number;
  #closed = false;

  private constructor(options: NotifierOptions, outbox: Outbox) {
    this.#options = options;
    this.#outbox = outbox;
    this.#now_us = options.epoch_us;
    this.#findNextDue();
  }

  /** Opens the channels and the outbox, and sends what an earlier process left. Throws a ProblemError where the folder cannot be had. */
  static async open(options: NotifierOptions): Promise<Notifier> {
    const clock = options.clock ?? wallClock;
    const origin = { hostname: hostname(), processId: process.pid };
    const channels = new Map<string, Channel>();
    for (const [name, config] of options.rules.channels) channels.set(name, await openChannel(config, clock, origin));
    const outbox = await Outbox.open({
      folder: options.folder,
      clock,
      channels,
      seed: options.seed ?? origin.processId,
      onNotice: options.onNotice,
    });
    return new Notifier(options, outbox);
  }

  /** Every event of the journal, in its order. */
  alarm(event: AlarmEvent): void {
    this.time(event.timeUs);
    const group = event.incident ?? event.alarm;
    this.#note(event, group);
    const kind = kindOf(event);
    if (kind === undefined) return;
    this.#tellAll({
      kind,
      plant: this.#options.plant,
      alarm: event.alarm,
      ...(event.incident === undefined ? {} : { incident: event.incident }),
      priority: event.priority,
      timeUs: event.timeUs,
      utc_us: this.#options.epoch_us + event.timeUs,
      event,
      enclosures: [],
    });
  }

  /** Tells a document, by the rules of kind `plan`. */
  announce(what: Announcement): void {
    this.time(what.timeUs);
    const { plant, epoch_us } = this.#options;
    this.#tellAll({ kind: 'plan', plant, utc_us: epoch_us + what.timeUs, ...what });
  }

  /** The plant's clock; cheap, to be called with every scan. */
  time(timeUs: number): void {
    this.#now_us = Math.max(this.#now_us, this.#options.epoch_us + timeUs);
    if (this.#now_us < this.#nextDue_us) return;
    const due = [...this.#outbox.held.values()].filter((h) => h.due_us <= this.#now_us);
    for (const held of due) {
      const rule = this.#options.rules.rules.find((r) => r.name === held.rule);
      const quiet_us = rule && held.step === 0 ? this.#options.rules.quietFor_us(rule, held.notice, this.#now_us) : 0;
      const drop: Change = { op: 'drop', id: held.id };
      // Still quiet where clocks were put back in between.
      if (quiet_us > 0)
        this.#submit([drop, this.#hold({ ...held, id: `${held.id}+`, due_us: this.#now_us + quiet_us })]);
      else this.#submit([drop, ...this.#messages(held, held.notice)]);
    }
    this.#findNextDue();
  }

  counts(): NotifierCounts {
    return { channels: this.#outbox.counts(), held: this.#outbox.held.size, unsaved: this.#outbox.unsaved };
  }

  /** Resolves when nothing is being sent or written. */
  settled(): Promise<void> {
    return this.#outbox.settled();
  }

  /** What waits stays on disk for the next start. @param grace_ms longest wait for what is being sent */
  async close(grace_ms = 5000): Promise<void> {
    this.#closed = true;
    await this.#outbox.close(grace_ms);
  }

  /** Keeps what stands, and lets go of escalations that nobody needs any more. */
  #note(event: AlarmEvent, group: string): void {
    const states = this.#groups.get(group) ?? new Map<string, AlarmState>();
    states.set(event.alarm, event.to);
    this.#groups.set(group, states);
    const { session } = this.#options;
    for (const [id, members] of this.#groups) {
      // An alarm that stands for two incidents is acknowledged in both.
      if (members.has(event.alarm)) members.set(event.alarm, event.to);
      if ([...members.values()].some((s) => OPEN.includes(s))) continue;
      this.#groups.delete(id);
      for (const rule of this.#options.rules.rules) this.#told.delete(`${rule.name}/${id}`);
      for (const h of this.#outbox.held.values())
        if (h.group === id && h.session === session) this.#submit([{ op: 'drop', id: h.id }]);
    }
    // What an earlier process left to escalate ends when somebody acknowledges the same alarm of the same plant.
    if (event.to !== 'acknowledged') return;
    for (const h of this.#outbox.held.values())
      if (h.group !== undefined && h.session !== session && h.notice.alarm === event.alarm)
        if (h.notice.plant === this.#options.plant) this.#submit([{ op: 'drop', id: h.id }]);
  }

  #tellAll(notice: Notice): void {
    const { rules, session } = this.#options;
    const group = notice.incident ?? notice.alarm;
    for (const rule of rules.rules) {
      if (!rule.matches(notice)) continue;
      if (notice.kind === 'raised') {
        // One leak is told once, not by each alarm that joins; again only where it has become more urgent, or found further.
        const told = this.#told.get(`${rule.name}/${group}`) ?? Infinity;
        if (notice.priority >= told && notice.event?.again === undefined) continue;
        this.#told.set(`${rule.name}/${group}`, Math.min(told, notice.priority));
      }
      const now = { session, rule: rule.name, step: 0, to: rule.to, by: rule.by, notice };
      const quiet_us = rules.quietFor_us(rule, notice, notice.utc_us);
      const changes: Change[] =
        quiet_us > 0
          ? [this.#hold({ ...now, id: holdId(now), due_us: notice.utc_us + quiet_us })]
          : this.#messages(now, notice);
      if (notice.kind === 'raised') {
        rule.escalate.forEach((e: Escalation, i) => {
          const later = { ...now, step: i + 1, to: e.to, by: e.by };
          changes.push(this.#hold({ ...later, id: holdId(later), group, due_us: notice.utc_us + e.after_us }));
        });
      }
      this.#submit(changes);
    }
    this.#findNextDue();
  }

  #hold(held: Held): Change {
    return { op: 'hold', held };
  }

  /** One message per person by mail, one for all by a channel to a system. */
  #messages(held: Omit<Held, 'id' | 'due_us' | 'group'>, notice: Notice): Change[] {
    const { rules } = this.#options;
    const { people, empty } = rules.resolve(held.to, this.#now_us);
    for (const roster of empty)
      this.#options.onNotice(`the roster ${roster} has nobody on duty; ${held.rule} goes to all who are on it`);
    return held.by.flatMap((channel): Change[] => {
      const make = (to: readonly Recipient[], language: Language): Change => ({
        op: 'put',
        message: {
          key: keyOf({ ...held, channel, to: to.map((t) => t.id).join(',') }),
          channel,
          rule: held.rule,
          step: held.step,
          language,
          to,
          ...tell(notice, language, held.step, this.#localText(notice.utc_us)),
          notice,
        } satisfies Message,
      });
      if (rules.channels.get(channel)?.kind !== 'email')
        return [
          make(
            people.map(({ language: _language, ...p }) => p),
            rules.language,
          ),
        ];
      return people.flatMap(({ language, ...p }) => (p.email === undefined ? [] : [make([p], language)]));
    });
  }

  #localText(utc_us: number): string {
    const { rules } = this.#options;
    return `${rules.localTime(utc_us).text} ${rules.timeZone}`;
  }

  #submit(changes: readonly Change[]): void {
    if (this.#closed || changes.length === 0) return;
    void this.#outbox.submit(changes);
  }

  #findNextDue(): void {
    this.#nextDue_us = Infinity;
    for (const h of this.#outbox.held.values()) this.#nextDue_us = Math.min(this.#nextDue_us, h.due_us);
  }
}

/** What an event is to people; undefined where it is only for the journal. */
function kindOf(event: AlarmEvent): Kind | undefined {
  if (isAnnunciated(event)) return event.again === 'reminder' ? 'reminder' : 'raised';
  if (event.to === 'acknowledged' && event.from !== 'acknowledged') return 'acknowledged';
  const hidden = event.under !== undefined || ['shelved', 'suppressed', 'out-of-service'].includes(event.from);
  if (!hidden && isActive(event.from) && !isActive(coreState(event))) return 'returned';
  return undefined;
}

function holdId(held: Omit<Held, 'id' | 'due_us' | 'group'>): string {
  const { session, rule, step, notice } = held;
  return keyOf({ session, rule, step, notice, channel: '', to: held.to.join(',') });
}

/** Where an outbox lies unless a person says otherwise: beside what runs leave behind. */
export function usualOutbox(rules: Rules): string {
  return join('runs', 'outbox', rules.name);
}

/** What goes to one receiver by one channel, and what a webhook is handed: the JSON that docs/notification.md describes. */
import type { AlarmEvent } from '../../models/contract/index.ts';
import { digestJson } from '../../models/kernel/index.ts';
import type { Language } from './words.ts';

export const KINDS = ['raised', 'reminder', 'acknowledged', 'returned', 'plan'] as const;
export type Kind = (typeof KINDS)[number];

/** A document that goes along as it is: a response plan as JSON, a CAP alert as XML, a page. */
export interface Enclosure {
  /** File name, such as plan.json. */
  readonly name: string;
  /** Media type, such as application/cap+xml. */
  readonly type: string;
  readonly text: string;
}

/** What there is to tell, before it is known to whom. */
export interface Notice {
  readonly kind: Kind;
  readonly plant: string;
  readonly alarm: string;
  /** Absent where alarms are not grouped. */
  readonly incident?: string;
  readonly priority: number;
  /** By the plant's clock. */
  readonly timeUs: number;
  readonly utc_us: number;
  /** Absent where the notice is of a document alone. */
  readonly event?: AlarmEvent;
  /** One line that takes the place of the usual subject. */
  readonly subject?: string;
  readonly enclosures: readonly Enclosure[];
}

export interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
}

export interface Message {
  /** Idempotency key: the same for every try, another for everything else. */
  readonly key: string;
  readonly channel: string;
  readonly rule: string;
  /** 0: at once; n: the n-th escalation. */
  readonly step: number;
  readonly language: Language;
  readonly to: readonly Recipient[];
  readonly subject: string;
  readonly body: string;
  readonly notice: Notice;
}

/** 32 hexadecimal digits that depend on all that makes this message another one. */
export function keyOf(parts: {
  readonly session: string;
  readonly notice: Notice;
  readonly rule: string;
  readonly step: number;
  readonly channel: string;
  readonly to: string;
}): string {
  const { session, rule, step, channel, to, notice } = parts;
  const event = notice.event ?? null;
  const enclosures = notice.enclosures.map((e) => ({ ...e }));
  // Not UTC: a detector that goes on where it was killed may think that it began a little later.
  const { kind, plant, alarm, priority, timeUs } = notice;
  const incident = notice.incident ?? '';
  return digestJson({
    ...{ session, rule, step, channel, to },
    notice: { kind, plant, alarm, incident, priority, timeUs, event, enclosures },
  }).slice(0, 32);
}

/** What a receiver of JSON gets. */
export function wireText(message: Message, utc: string): string {
  const { key, rule, step, language, to, subject, body, notice } = message;
  const { kind, plant, alarm, incident, priority, event, enclosures } = notice;
  return JSON.stringify({
    key,
    kind,
    plant,
    alarm,
    ...(incident === undefined ? {} : { incident }),
    priority,
    time: utc,
    rule,
    escalation: step,
    language,
    to,
    subject,
    body,
    ...(event ? { event } : {}),
    enclosures,
  });
}

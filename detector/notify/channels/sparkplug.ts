/**
 * Sparkplug B (Eclipse Sparkplug 3.0): what a session of an edge node says, in which order, and with which numbers. The node
 * tells notifications; each plant is a device of it, whose metrics are the newest alarm. Pure: bytes for topics.
 */
import sparkplug from 'sparkplug-payload';
import type { UMetric } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import { type Message, wireText } from '../message.ts';
import { utcText } from '../rota.ts';

const codec = sparkplug.get('spBv1.0')!;

export interface Publication {
  readonly topic: string;
  readonly payload: Buffer;
}

/** One connection of a node: its death is agreed before its birth, by the same bdSeq; seq runs 0 to 255 and round again. */
export class SparkplugSession {
  readonly #group: string;
  readonly #node: string;
  readonly #bdSeq: number;
  readonly #devices = new Set<string>();
  #seq = 0;

  constructor(group: string, node: string, bdSeq: number) {
    this.#group = group;
    this.#node = node;
    this.#bdSeq = bdSeq % 256;
  }

  get commandTopic(): string {
    return this.#topic('NCMD');
  }

  death(): Publication {
    const metrics: UMetric[] = [{ name: 'bdSeq', type: 'UInt64', value: this.#bdSeq }];
    return { topic: this.#topic('NDEATH'), payload: Buffer.from(codec.encodePayload({ metrics })) };
  }

  /** Begins anew at 0; devices have to be born again. */
  birth(now_ms: number): Publication {
    this.#seq = 0;
    this.#devices.clear();
    return this.#publication('NBIRTH', undefined, now_ms, [
      { name: 'bdSeq', type: 'UInt64', value: this.#bdSeq },
      { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
      ...nodeMetrics(undefined, now_ms),
    ]);
  }

  /** All that tells one message: the device's birth where it is new, its state, and the notification itself last. */
  tell(message: Message, now_ms: number): Publication[] {
    const device = message.notice.plant;
    const born = this.#devices.has(device);
    this.#devices.add(device);
    const at_ms = Math.floor(message.notice.utc_us / 1000);
    return [
      this.#publication(born ? 'DDATA' : 'DBIRTH', device, now_ms, deviceMetrics(message, at_ms)),
      this.#publication('NDATA', undefined, now_ms, nodeMetrics(message, at_ms)),
    ];
  }

  #topic(kind: string, device?: string): string {
    // The three characters that topics give a meaning to are no part of a name.
    const name = device === undefined ? '' : `/${device.replace(/[+/#]/g, '_')}`;
    return `spBv1.0/${this.#group}/${kind}/${this.#node}${name}`;
  }

  #publication(kind: string, device: string | undefined, now_ms: number, metrics: UMetric[]): Publication {
    const seq = this.#seq;
    this.#seq = (seq + 1) % 256;
    return {
      topic: this.#topic(kind, device),
      payload: Buffer.from(codec.encodePayload({ timestamp: now_ms, seq, metrics })),
    };
  }
}

/** True where a command asks the node to be born again. @throws Error where the bytes are no payload */
export function asksRebirth(payload: Uint8Array): boolean {
  const { metrics } = codec.decodePayload(payload);
  return (metrics ?? []).some((m) => m.name === 'Node Control/Rebirth' && m.value === true);
}

function nodeMetrics(message: Message | undefined, timestamp: number): UMetric[] {
  const text = (name: string, value: string | undefined): UMetric => ({
    name: `Notification/${name}`,
    type: 'String',
    timestamp,
    value: value ?? null,
  });
  return [
    text('Key', message?.key),
    text('Subject', message?.subject),
    text('JSON', message && wireText(message, utcText(message.notice.utc_us))),
  ];
}

function deviceMetrics({ notice }: Message, timestamp: number): UMetric[] {
  const { event } = notice;
  const number = (name: string, value: number | undefined): UMetric => ({
    name: `Alarm/${name}`,
    type: 'Double',
    timestamp,
    value: value ?? null,
  });
  return [
    { name: 'Alarm/Id', type: 'String', timestamp, value: notice.alarm },
    { name: 'Alarm/Kind', type: 'String', timestamp, value: notice.kind },
    { name: 'Alarm/State', type: 'String', timestamp, value: event?.to ?? null },
    { name: 'Alarm/Priority', type: 'Int32', timestamp, value: notice.priority },
    number('Position_m', event?.where?.position_m),
    number('Rate_kg_s', event?.rate?.massRate_kg_s),
  ];
}

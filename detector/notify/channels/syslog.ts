/**
 * A message as syslog (RFC 5424), with octet counting over TCP (RFC 6587, 3.4.1) or as one datagram. Syslog answers nothing; over
 * TCP the message counts as taken when the receiver, having read up to our end, closes too. A datagram counts when it is sent.
 */
import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import type { Message } from '../message.ts';
import { utcText } from '../rota.ts';
import { type Channel, sentenceOf } from './channel.ts';

/** Severity of RFC 5424 by priority: alert, critical, error, warning. */
const SEVERITY = [1, 2, 3, 4];
/** 32473 is the number that IANA keeps for examples (RFC 5612); LeakTwin has none of its own. */
const ENTERPRISE = 'leaktwin@32473';
const LONGEST_DATAGRAM_bytes = 2048;

export interface SyslogOptions {
  readonly server: URL;
  readonly facility: number;
  readonly hostname: string;
  readonly processId: number;
  readonly timeout_ms: number;
}

/** One message of RFC 5424, UTF-8 with its byte order mark. */
export function syslogText(
  message: Message,
  options: Pick<SyslogOptions, 'facility' | 'hostname' | 'processId'>,
): string {
  const { notice } = message;
  const severity = notice.kind === 'acknowledged' || notice.kind === 'returned' ? 5 : SEVERITY[notice.priority - 1]!;
  const header = [
    `<${options.facility * 8 + severity}>1`,
    utcText(notice.utc_us),
    word(options.hostname, 255),
    'leaktwin',
    options.processId,
    word(notice.kind, 32),
  ].join(' ');
  const fields = {
    key: message.key,
    plant: notice.plant,
    alarm: notice.alarm,
    ...(notice.incident === undefined ? {} : { incident: notice.incident }),
    priority: String(notice.priority),
    rule: message.rule,
    escalation: String(message.step),
    to: message.to.map((r) => r.id).join(','),
  };
  const data = Object.entries(fields)
    .map(([k, v]) => ` ${k}="${v.replace(/["\\\]]/g, '\\$&')}"`)
    .join('');
  const because = notice.event ? `: ${notice.event.because}` : '';
  const text = `${message.subject}${because}`.replace(/\s+/g, ' ');
  return `${header} [${ENTERPRISE}${data}] \uFEFF${text}`;
}

export function syslogChannel(options: SyslogOptions): Channel {
  const host = options.server.hostname.replace(/^\[|\]$/g, '');
  const tcp = options.server.protocol === 'tcp:';
  const port = options.server.port === '' ? (tcp ? 601 : 514) : Number(options.server.port);
  const place = `${host}:${port}`;
  return {
    timeout_ms: options.timeout_ms,
    async send(message, signal) {
      const bytes = Buffer.from(syslogText(message, options));
      try {
        await (tcp ? overTcp(host, port, bytes, signal) : overUdp(host, port, bytes));
      } catch (error) {
        throw new Error(`the syslog server at ${place} did not take it: ${sentenceOf(error)}`);
      }
    },
    async close() {},
  };
}

function overTcp(host: string, port: number, bytes: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    const stop = () => socket.destroy(new Error('it was not read in time'));
    signal.addEventListener('abort', stop, { once: true });
    let written = false;
    socket.on('connect', () => {
      socket.end(Buffer.concat([Buffer.from(`${bytes.length} `), bytes]), () => {
        written = true;
      });
    });
    // What a receiver says is no part of syslog; unread it would hide that it closes.
    socket.resume();
    socket.on('error', reject);
    socket.on('close', (broken) => {
      signal.removeEventListener('abort', stop);
      if (written && !broken) resolve();
      else reject(new Error('the connection broke before all was read'));
    });
  });
}

function overUdp(host: string, port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const end = (error?: Error | null) => {
      socket.close();
      if (error) reject(error);
      else resolve();
    };
    socket.on('error', end);
    socket.send(bytes.subarray(0, LONGEST_DATAGRAM_bytes), port, host, end);
  });
}

/** Printable ASCII without spaces, as header fields have to be; "-" where nothing is left. */
function word(text: string, longest: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, longest) || '-';
}

/** The shape of a rules file: people, rosters, channels and rules, with units and times of day read. */
import { z } from 'zod';
import { addIssue, duration } from '../../models/document/index.ts';
import { KINDS } from './message.ts';
import { DAYS, localClock, readDate, readTimeOfDay } from './rota.ts';
import { LANGUAGES } from './words.ts';

function readAs<T>(read: (text: string) => T | undefined, expected: string) {
  return z
    .string()
    .transform((text, ctx): T => {
      const value = read(text);
      if (value !== undefined) return value;
      addIssue(ctx, { found: `"${text}"`, expected });
      return z.NEVER;
    })
    .describe(expected);
}

const name = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,63}$/u, 'a name of letters, digits, - and _');
const names = z.array(z.string().min(1)).min(1);
const timeOfDay = readAs(readTimeOfDay, 'a time of day such as 22:00');
const date = readAs(readDate, 'a date such as 2026-01-05');
const days = z.array(z.enum(DAYS)).min(1).optional();
const url = (protocols: readonly string[], expected: string) =>
  readAs((text) => {
    try {
      const read = new URL(text);
      return protocols.includes(read.protocol) && read.hostname !== '' ? read : undefined;
    } catch {
      return undefined;
    }
  }, expected);
const timeZone = readAs((text) => {
  try {
    localClock(text);
    return text;
  } catch {
    return undefined;
  }
}, 'a time zone of the IANA list, such as Europe/Berlin');

const contact = z.strictObject({
  name: z.string().min(1).max(200).describe('the name of a person or a desk'),
  email: z
    .string()
    .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'an e-mail address')
    .optional(),
  language: z.enum(LANGUAGES).optional(),
});

const shift = z.strictObject({
  days,
  from: timeOfDay.default(0),
  to: timeOfDay.default(1440),
  who: names.optional(),
  turns: names.optional(),
  each: duration({ positive: true }).optional(),
  since: date.optional(),
  'first-day': date.optional(),
  'last-day': date.optional(),
});

const roster = z.strictObject({
  shifts: z.array(shift).min(1),
  away: z.array(z.strictObject({ who: z.string().min(1), from: date, to: date })).default([]),
  otherwise: names.optional(),
});

const timeout = duration({ positive: true, max: 300 }).optional();
const secretFile = z.string().min(1).describe('the path of a file, from here').optional();

const channel = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    url: url(['http:', 'https:'], 'a URL such as https://host/path'),
    secret: z.string().min(16).optional(),
    'secret-file': secretFile,
    timeout,
  }),
  z.strictObject({
    kind: z.literal('email'),
    server: url(['smtp:', 'smtps:'], 'a mail server such as smtp://host:25'),
    from: z.string().min(3),
    user: z.string().min(1).optional(),
    'password-file': secretFile,
    timeout,
  }),
  z.strictObject({
    kind: z.literal('mqtt'),
    server: url(['mqtt:', 'mqtts:', 'ws:', 'wss:'], 'a broker such as mqtt://host:1883'),
    group: name.default('leaktwin'),
    node: name.default('leaktwin'),
    user: z.string().min(1).optional(),
    'password-file': secretFile,
    timeout,
  }),
  z.strictObject({
    kind: z.literal('syslog'),
    server: url(['tcp:', 'udp:'], 'a syslog server such as tcp://host:601 or udp://host:514'),
    facility: z.int().min(0).max(23).default(16),
    timeout,
  }),
]);

const glob = z.string().min(1).describe('a name, with * for any part of it');
const rule = z.strictObject({
  name,
  when: z
    .strictObject({
      kind: z.array(z.enum(KINDS)).min(1).default(['raised', 'plan']),
      priority: z.array(z.int().min(1).max(4)).min(1).optional(),
      plant: glob.optional(),
      alarm: glob.optional(),
    })
    .prefault({}),
  to: names.optional(),
  by: names,
  quiet: z
    .strictObject({
      days,
      from: timeOfDay,
      to: timeOfDay,
      'except-priority': z.int().min(1).max(4).optional(),
    })
    .optional(),
  escalate: z
    .array(z.strictObject({ after: duration({ positive: true }), to: names.optional(), by: names.optional() }))
    .default([]),
});

export const notifySchema = z.strictObject({
  notify: name,
  about: z.string().optional(),
  'time-zone': timeZone.default('UTC'),
  language: z.enum(LANGUAGES).default('en'),
  contacts: z.record(name, contact).default({}),
  rosters: z.record(name, roster).default({}),
  channels: z.record(name, channel),
  rules: z.array(rule).min(1),
});
export type NotifySpec = z.output<typeof notifySchema>;
export type ChannelSpec = z.output<typeof channel>;
export type RosterSpec = z.output<typeof roster>;

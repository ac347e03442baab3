/**
 * A rules file read: who is told what, when, and by which channel. What a schema cannot see is seen here: names that nobody
 * has, people without an address, rosters with a hole.
 */
import type { Problem, Result } from '../../models/contract/index.ts';
import { type Located, readBeside, readDocument, readTextFile } from '../../models/document/index.ts';
import { nearest } from '../../models/kernel/index.ts';
import type { Kind, Notice, Recipient } from './message.ts';
import { beganOn, firstGap, type Hours, type LocalTime, localClock, minutesLeft, onDuty, type Roster } from './rota.ts';
import { type ChannelSpec, type NotifySpec, notifySchema, type RosterSpec } from './spec.ts';
import type { Language } from './words.ts';

export interface Escalation {
  readonly after_us: number;
  readonly to: readonly string[];
  readonly by: readonly string[];
}

export interface Rule {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly to: readonly string[];
  readonly by: readonly string[];
  readonly quiet?: Hours;
  /** Priorities up to this one are told in quiet hours too; 0: none. */
  readonly loudestQuiet: number;
  readonly escalate: readonly Escalation[];
  matches(notice: Notice): boolean;
}

export interface Rules {
  readonly name: string;
  readonly file: string;
  readonly timeZone: string;
  readonly language: Language;
  readonly rules: readonly Rule[];
  readonly channels: ReadonlyMap<string, ChannelConfig>;
  /** Contacts that a list of contacts and rosters means at an instant; `empty` names rosters with nobody on duty. */
  resolve(
    to: readonly string[],
    utc_us: number,
  ): { readonly people: readonly Person[]; readonly empty: readonly string[] };
  localTime(utc_us: number): LocalTime;
  /** Microseconds until the quiet hours of a rule end; 0 outside of them. */
  quietFor_us(rule: Rule, notice: Notice, utc_us: number): number;
}

export interface Person extends Recipient {
  readonly language: Language;
}

/** A channel with the secrets that its file names. */
export type ChannelConfig = ChannelSpec & { readonly secretText?: string };

/** Reads and checks a rules file; all mistakes at once. */
export function readRules(path: string): Result<Rules> {
  const text = readTextFile(path);
  return text.ok ? parseRules(text.value.file, text.value.text) : text;
}

export function parseRules(file: string, text: string): Result<Rules> {
  const read = readDocument(file, text, notifySchema);
  if (!read.ok) return read;
  const problems: Problem[] = [];
  const rosters = checkPeople(read.value, problems);
  checkRules(read.value, problems);
  const channels = readSecrets(read.value, problems);
  if (problems.length > 0) {
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    return { ok: false, problems };
  }
  return { ok: true, value: bindRules(read.value.value, file, rosters, channels) };
}

type Doc = Located<NotifySpec>;

function unknown(
  doc: Doc,
  path: readonly PropertyKey[],
  name: string,
  what: string,
  known: readonly string[],
): Problem {
  const near = nearest(name, [...known]);
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : `a ${what}, of which there is none yet`;
  return doc.problemAt(path, `"${name}", which is no ${what}`, expected, near ? `did you mean "${near}"?` : undefined);
}

function checkPeople(doc: Doc, problems: Problem[]): Map<string, Roster> {
  const { contacts, rosters } = doc.value;
  const people = Object.keys(contacts);
  const bound = new Map<string, Roster>();
  for (const [id, spec] of Object.entries(rosters)) {
    const at = ['rosters', id];
    const before = problems.length;
    const check = (who: readonly string[] | undefined, ...path: PropertyKey[]) => {
      for (const [i, w] of (who ?? []).entries())
        if (!people.includes(w)) problems.push(unknown(doc, [...at, ...path, i], w, 'contact', people));
    };
    if (people.includes(id))
      problems.push(doc.problemAt(at, `a roster "${id}"`, 'a name that no contact has', 'rules name both alike'));
    for (const [i, s] of spec.shifts.entries()) {
      const here = ['shifts', i];
      check(s.who, ...here, 'who');
      check(s.turns, ...here, 'turns');
      if (!s.who && !s.turns) problems.push(doc.problemAt([...at, ...here], 'a shift of nobody', 'who, or turns'));
      if (s.turns && (s.each === undefined || s.since === undefined))
        problems.push(doc.problemAt([...at, ...here, 'turns'], 'turns', 'each and since beside them'));
      if (s.each !== undefined && s.each % DAY_US !== 0)
        problems.push(doc.problemAt([...at, ...here, 'each'], `${s.each / DAY_US} days`, 'whole days, such as 7 d'));
    }
    spec.away.forEach((a, i) => {
      if (!people.includes(a.who)) problems.push(unknown(doc, [...at, 'away', i, 'who'], a.who, 'contact', people));
      if (a.to < a.from) problems.push(doc.problemAt([...at, 'away', i, 'to'], 'a day before from', 'a day after it'));
    });
    check(spec.otherwise, 'otherwise');
    if (problems.length > before) continue;
    const roster = bindRoster(spec);
    const gap = firstGap(roster);
    if (gap)
      problems.push(
        doc.problemAt(
          [...at, 'shifts'],
          `nobody on duty from ${gap.from} ${gap.to === undefined ? 'on' : `until ${gap.to}`}`,
          'somebody at all times',
          'add a shift, or say in "otherwise" who stands in',
        ),
      );
    bound.set(id, roster);
  }
  return bound;
}

const DAY_US = 86_400e6;

function bindRoster(spec: RosterSpec): Roster {
  return {
    shifts: spec.shifts.map((s) => ({
      ...(s.days ? { days: s.days } : {}),
      ...(s.who ? { who: s.who } : {}),
      ...(s.turns ? { turns: s.turns } : {}),
      from: s.from,
      to: s.to,
      each: (s.each ?? DAY_US) / DAY_US,
      since: s.since ?? 0,
      ...(s['first-day'] === undefined ? {} : { firstDay: s['first-day'] }),
      ...(s['last-day'] === undefined ? {} : { lastDay: s['last-day'] }),
    })),
    away: spec.away,
    otherwise: spec.otherwise ?? [],
  };
}

function checkRules(doc: Doc, problems: Problem[]): void {
  const { contacts, rosters, channels, rules } = doc.value;
  const targets = [...Object.keys(contacts), ...Object.keys(rosters)];
  const ways = Object.keys(channels);
  const seen = new Set<string>();
  const check = (
    path: PropertyKey[],
    to: readonly string[] | undefined,
    by: readonly string[] | undefined,
    own: boolean,
  ) => {
    for (const [i, t] of (own ? (to ?? []) : []).entries())
      if (!targets.includes(t)) problems.push(unknown(doc, [...path, 'to', i], t, 'contact or roster', targets));
    by?.forEach((b, i) => {
      const channel = channels[b];
      if (!channel) problems.push(unknown(doc, [...path, 'by', i], b, 'channel', ways));
      if (channel?.kind !== 'email') return;
      if (!to)
        problems.push(doc.problemAt([...path, 'by', i], `the e-mail channel "${b}" without "to"`, 'whom to write to'));
      for (const id of (to ?? []).flatMap((t) => everyoneOf(doc.value, t)))
        if (contacts[id] && contacts[id].email === undefined)
          problems.push(
            doc.problemAt([...path, 'by', i], `e-mail to "${id}", who has no address`, `an email in contacts.${id}`),
          );
    });
  };
  rules.forEach((rule, i) => {
    const path = ['rules', i];
    if (seen.has(rule.name))
      problems.push(doc.problemAt([...path, 'name'], `"${rule.name}" a second time`, 'a name of its own'));
    seen.add(rule.name);
    check(path, rule.to, rule.by, true);
    let last = 0;
    rule.escalate.forEach((step, k) => {
      const at = [...path, 'escalate', k];
      check(at, step.to ?? rule.to, step.by ?? rule.by, step.to !== undefined);
      if (step.after <= last)
        problems.push(doc.problemAt([...at, 'after'], 'no later than the step before', 'a longer time'));
      last = step.after;
    });
  });
}

/** All contacts that a target can ever mean. */
function everyoneOf(spec: NotifySpec, target: string): string[] {
  const roster = spec.rosters[target];
  if (!roster) return [target];
  return [
    ...new Set([...roster.shifts.flatMap((s) => [...(s.who ?? []), ...(s.turns ?? [])]), ...(roster.otherwise ?? [])]),
  ];
}

function readSecrets(doc: Doc, problems: Problem[]): Map<string, ChannelConfig> {
  const bound = new Map<string, ChannelConfig>();
  for (const [id, spec] of Object.entries(doc.value.channels)) {
    const key = spec.kind === 'webhook' ? 'secret-file' : 'password-file';
    const named =
      spec.kind === 'webhook' ? spec['secret-file'] : spec.kind === 'syslog' ? undefined : spec['password-file'];
    const at = ['channels', id];
    if (spec.kind === 'webhook' && (spec.secret === undefined) === (named === undefined))
      problems.push(
        doc.problemAt(
          at,
          spec.secret === undefined ? 'a webhook without a secret' : 'two secrets',
          'either secret or secret-file',
          'the receiver proves by it that a message is yours',
        ),
      );
    if ((spec.kind === 'email' || spec.kind === 'mqtt') && (spec.user === undefined) !== (named === undefined))
      problems.push(doc.problemAt(at, 'half of a login', 'user and password-file, or neither'));
    let secretText = spec.kind === 'webhook' ? spec.secret : undefined;
    if (named !== undefined) {
      const file = readBeside(doc.file, named);
      if (file.ok) secretText = file.value.text.trim();
      else problems.push(doc.problemAt([...at, key], `"${named}": ${file.problems[0]!.found}`, 'a readable file'));
      if (file.ok && spec.kind === 'webhook' && secretText!.length < 16)
        problems.push(doc.problemAt([...at, key], `a secret of ${secretText!.length} characters`, 'at least 16'));
    }
    bound.set(id, { ...spec, ...(secretText === undefined ? {} : { secretText }) });
  }
  return bound;
}

function bindRules(
  spec: NotifySpec,
  file: string,
  rosters: Map<string, Roster>,
  channels: Map<string, ChannelConfig>,
): Rules {
  const localTime = localClock(spec['time-zone']);
  const person = (id: string): Person => {
    const c = spec.contacts[id]!;
    return {
      id,
      name: c.name,
      language: c.language ?? spec.language,
      ...(c.email === undefined ? {} : { email: c.email }),
    };
  };
  return {
    name: spec.notify,
    file,
    timeZone: spec['time-zone'],
    language: spec.language,
    channels,
    localTime,
    rules: spec.rules.map((r): Rule => {
      const plant = globOf(r.when.plant);
      const alarm = globOf(r.when.alarm);
      return {
        name: r.name,
        kinds: r.when.kind,
        to: r.to ?? [],
        by: r.by,
        ...(r.quiet ? { quiet: r.quiet } : {}),
        loudestQuiet: r.quiet?.['except-priority'] ?? 0,
        escalate: r.escalate.map((e) => ({ after_us: e.after, to: e.to ?? r.to ?? [], by: e.by ?? r.by })),
        matches: (n) =>
          r.when.kind.includes(n.kind) &&
          (r.when.priority?.includes(n.priority) ?? true) &&
          plant.test(n.plant) &&
          alarm.test(n.alarm),
      };
    }),
    resolve(to, utc_us) {
      const at = localTime(utc_us);
      const ids = new Set<string>();
      const empty: string[] = [];
      for (const target of to) {
        const roster = rosters.get(target);
        const duty = roster ? onDuty(roster, at) : spec.contacts[target] ? [target] : [];
        if (duty.length === 0) empty.push(target);
        // Better all of a roster than nobody.
        for (const id of duty.length > 0 ? duty : everyoneOf(spec, target)) if (spec.contacts[id]) ids.add(id);
      }
      return { people: [...ids].map(person), empty };
    },
    quietFor_us(rule, notice, utc_us) {
      if (!rule.quiet || notice.priority <= rule.loudestQuiet) return 0;
      const at = localTime(utc_us);
      if (beganOn(rule.quiet, at) === undefined) return 0;
      return minutesLeft(rule.quiet, at) * 60e6 - Number(at.text.slice(-2)) * 1e6 - (utc_us % 1e6);
    },
  };
}

function globOf(pattern: string | undefined): RegExp {
  if (pattern === undefined) return /^/;
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
}

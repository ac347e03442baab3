/** Who is told what and when: rules, rosters, quiet hours, escalation, one leak told once; over restarts too. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Notifier, parseRules } from '../../../detector/notify/index.ts';
import { localClock, onDuty, type Roster, readDate } from '../../../detector/notify/rota.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { alarm, HandClock, Receiver } from './made.ts';

let folder: string;
let receiver: Receiver;
let notices: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'notify-'));
  receiver = await new Receiver().open();
  notices = [];
});
afterEach(async () => {
  await receiver.refuse();
  rmSync(folder, { recursive: true });
});

const rulesText = (url: string) => `notify: desk
time-zone: Europe/Berlin
contacts:
  anna: { name: Anna Berg }
  ben: { name: Ben Dahl, language: de }
  chief: { name: Carla Eng }
rosters:
  desk:
    shifts:
      - { from: 06:00, to: 18:00, who: [anna] }
      - { from: 18:00, to: 06:00, who: [ben] }
channels:
  hook: { kind: webhook, url: "${url}", secret: 0123456789abcdef }
rules:
  - name: leaks
    when: { kind: [raised, acknowledged, plan], priority: [1, 2], plant: crude-*, alarm: LD-* }
    to: [desk]
    by: [hook]
    escalate:
      - { after: 10 min, to: [chief] }
      - { after: 30 min, to: [chief, desk] }
  - name: minor
    when: { priority: [3, 4] }
    to: [desk]
    by: [hook]
    quiet: { from: 22:00, to: 06:00 }
`;

/** 2026-01-05 16:30 in Berlin. */
const EPOCH_US = Date.UTC(2026, 0, 5, 15, 30) * 1000;
const MIN = 60e6;

const open = (session = 's1', rules = rulesText(receiver.url)) =>
  Notifier.open({
    rules: unwrap(parseRules('rules.yaml', rules)),
    folder: join(folder, 'box'),
    session,
    plant: 'crude-line',
    epoch_us: EPOCH_US,
    clock: new HandClock(),
    seed: 1,
    onNotice: (line) => notices.push(line),
  });

const told = async (notifier: Notifier) => {
  await notifier.settled();
  return [...receiver.taken.values()].map((t) => {
    const {
      rule,
      escalation,
      alarm: id,
      kind,
      to,
    } = JSON.parse(t.body) as Record<string, never> & { to: { id: string }[] };
    return `${rule} ${escalation} ${kind} ${id} ${to.map((p) => p.id).join('+')}`;
  });
};

describe('notification', () => {
  it('tells one leak once, to those on duty, and again where it becomes more urgent', async () => {
    const notifier = await open();
    notifier.alarm(alarm(1 * MIN, { incident: 'I-1', priority: 2, alarm: 'LD-BAL' }));
    notifier.alarm(alarm(1 * MIN, { incident: 'I-1', priority: 2 }));
    notifier.alarm(alarm(2 * MIN, { incident: 'I-1', priority: 1, alarm: 'LD-RTTM' }));
    notifier.alarm(alarm(2 * MIN, { incident: 'I-2', priority: 2 }));
    notifier.alarm(alarm(2 * MIN, { alarm: 'OTHER', priority: 1 }));
    // 18:30 in Berlin: the night shift.
    notifier.time(120 * MIN);
    notifier.alarm(alarm(120 * MIN, { incident: 'I-3' }));
    expect((await told(notifier)).filter((l) => l.includes(' 0 '))).toEqual([
      'leaks 0 raised LD-BAL anna',
      'leaks 0 raised LD-RTTM anna',
      'leaks 0 raised LD-WAVE anna',
      'leaks 0 raised LD-WAVE ben',
    ]);
    await notifier.close();
  });

  it('escalates what nobody acknowledges, at its time, to those on duty then; and no further once it is', async () => {
    const notifier = await open();
    notifier.alarm(alarm(85 * MIN, { incident: 'I-1' }));
    notifier.time(94 * MIN);
    expect(await told(notifier)).toEqual(['leaks 0 raised LD-WAVE anna']);
    notifier.time(95 * MIN);
    expect((await told(notifier)).slice(1)).toEqual(['leaks 1 raised LD-WAVE chief']);
    notifier.alarm(alarm(100 * MIN, { incident: 'I-1', from: 'unacknowledged', to: 'returned' }));
    // 18:25: returned is not acknowledged, and ben has come.
    notifier.time(115 * MIN);
    expect((await told(notifier)).slice(2)).toEqual(['leaks 2 raised LD-WAVE chief+ben']);
    notifier.alarm(alarm(120 * MIN, { incident: 'I-2', alarm: 'LD-BAL' }));
    expect(notifier.counts().held).toBe(2);
    notifier.alarm(alarm(121 * MIN, { incident: 'I-2', alarm: 'LD-BAL', from: 'unacknowledged', to: 'acknowledged' }));
    expect(notifier.counts().held).toBe(0);
    notifier.time(300 * MIN);
    expect((await told(notifier)).slice(3)).toEqual(['leaks 0 raised LD-BAL ben', 'leaks 0 acknowledged LD-BAL ben']);
    await notifier.close();
  });

  it('holds in quiet hours what can wait, and forgets neither that nor an escalation over a restart', async () => {
    const first = await open();
    // 23:00 in Berlin.
    first.alarm(alarm(390 * MIN, { alarm: 'LD-LOW', priority: 3 }));
    first.alarm(alarm(391 * MIN, { incident: 'I-1' }));
    expect(await told(first)).toEqual(['leaks 0 raised LD-WAVE ben']);
    await first.close();
    const second = await open('s2');
    expect(second.counts().held).toBe(3);
    second.time(402 * MIN);
    expect((await told(second)).slice(1)).toEqual(['leaks 1 raised LD-WAVE chief']);
    // Acknowledged after the restart, where it came again under another incident.
    second.alarm(alarm(403 * MIN, { incident: 'I-9' }));
    second.alarm(alarm(404 * MIN, { incident: 'I-9', from: 'unacknowledged', to: 'acknowledged' }));
    expect(second.counts().held).toBe(1);
    // 06:00 in Berlin, and not a second before.
    second.time(810 * MIN - 1);
    expect((await told(second)).length).toBe(4);
    second.time(810 * MIN);
    expect((await told(second)).slice(4)).toEqual(['minor 0 raised LD-LOW anna']);
    await second.close();
  });

  it('carries documents as they are, and hands the same event of a resumed run out once', async () => {
    const first = await open();
    const plan = {
      ...{ alarm: 'LD-WAVE', incident: 'I-1', priority: 1, timeUs: MIN, subject: 'Plan 1' },
      enclosures: [{ name: 'cap.xml', type: 'application/cap+xml', text: '<alert/>' }],
    };
    first.announce(plan);
    first.alarm(alarm(MIN, { incident: 'I-1' }));
    expect(await told(first)).toEqual(['leaks 0 plan LD-WAVE anna', 'leaks 0 raised LD-WAVE anna']);
    await first.close();
    const again = await open();
    again.announce(plan);
    again.alarm(alarm(MIN, { incident: 'I-1' }));
    expect((await told(again)).length).toBe(2);
    again.announce({ ...plan, subject: 'Plan 2', timeUs: 2 * MIN });
    expect((await told(again)).length).toBe(3);
    expect(JSON.parse([...receiver.taken.values()][0]!.body)).toMatchObject({
      subject: 'Plan 1 · crude-line · priority 1',
      enclosures: plan.enclosures,
    });
    expect(receiver.repeats).toBe(0);
    await again.close();
  });

  it('is no obstacle to detection: with a receiver that is not there, an alarm is taken in at once', async () => {
    await receiver.refuse();
    const notifier = await open();
    for (let i = 0; i < 500; i += 1) notifier.alarm(alarm(i * 1e6, { alarm: `LD-${i}` }));
    await notifier.settled();
    expect(notifier.counts().channels[0]).toMatchObject({ waiting: 500, failures: 1 });
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^the channel hook did not take ".*": http.* could not be asked: .*ECONNREFUSED/);
    await notifier.close();
    writeFileSync(join(folder, 'x'), '');
    await expect(
      Notifier.open({
        ...{ rules: unwrap(parseRules('r', rulesText(receiver.url))), folder: join(folder, 'x'), session: 's' },
        ...{ plant: 'p', epoch_us: 0, onNotice: () => {} },
      }),
    ).rejects.toThrow(/found .*, expected a folder that can be written/);
  });
});

describe('a roster', () => {
  it('changes turns by the day, lets the next stand in for who is away, and follows summer time', () => {
    const roster: Roster = {
      shifts: [{ from: 8 * 60, to: 8 * 60, turns: ['a', 'b', 'c'], each: 7, since: readDate('2026-01-05')! }],
      away: [{ who: 'b', from: readDate('2026-01-14')!, to: readDate('2026-01-15')! }],
      otherwise: [],
    };
    const at = (date: string, hour: number) => onDuty(roster, { day: readDate(date)!, minute: hour * 60 }).join('+');
    expect(
      ['05 08', '12 07', '12 08', '14 09', '16 09', '19 09', '26 09'].map((t) =>
        at(`2026-01-${t.slice(0, 2)}`, Number(t.slice(3))),
      ),
    ).toEqual(['a', 'a', 'b', 'c', 'b', 'c', 'a']);
    const berlin = localClock('Europe/Berlin');
    expect(berlin(Date.UTC(2026, 2, 29, 0, 59) * 1000)).toMatchObject({ minute: 119 });
    expect(berlin(Date.UTC(2026, 2, 29, 1, 0) * 1000)).toMatchObject({ minute: 180 });
  });

  it('is refused with its hole where it has one, and never leaves anybody alone where it is taken', () => {
    const time = fc.integer({ min: 0, max: 3 }).map((q) => `${String(6 * q).padStart(2, '0')}:00`);
    const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const days = fc.oneof(fc.constant(week), fc.subarray(week, { minLength: 1 }));
    const shift = fc.record({ from: time, to: time, days });
    let taken = 0;
    let holes = 0;
    fc.assert(
      fc.property(fc.array(shift, { minLength: 1, maxLength: 8 }), fc.nat(5), (shifts, n) => {
        const otherwise = n === 0;
        const lines = shifts.map(
          (s) => `      - { from: ${s.from}, to: ${s.to}, days: [${s.days.join(', ')}], who: [a] }`,
        );
        const read = parseRules(
          'r.yaml',
          `notify: n\ncontacts: { a: { name: A } }\nrosters:\n  r:\n    shifts:\n${lines.join('\n')}\n${
            otherwise ? '    otherwise: [a]\n' : ''
          }channels: { h: { kind: syslog, server: "udp://h:1" } }\nrules: [{ name: x, to: [r], by: [h] }]\n`,
        );
        // Hour by hour, apart from the code's own search.
        const covered = new Set<number>();
        for (const s of shifts)
          for (const d of s.days) {
            const begin =
              ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(d) * 24 + Number(s.from.slice(0, 2));
            const length = (Number(s.to.slice(0, 2)) - Number(s.from.slice(0, 2)) + 24) % 24 || 24;
            for (let h = 0; h < length; h += 1) covered.add((begin + h) % 168);
          }
        const whole = covered.size === 168 || otherwise;
        expect(read.ok).toBe(whole);
        if (read.ok) taken += 1;
        else {
          holes += 1;
          expect(read.problems[0]!.found).toMatch(/^nobody on duty from (mon|tue|wed|thu|fri|sat|sun) \d\d:00 until /);
        }
      }),
      { numRuns: 200, seed: 5 },
    );
    console.log(`200 rosters: ${taken} whole, ${holes} with a hole, each told`);
  });
});

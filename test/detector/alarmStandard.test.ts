/**
 * The alarms against a second reading of the standard: the state diagram of ISA-18.2 (figure 5) as a table of letters, written
 * apart from the machine, driven together through a million random events over all combinations of delay, filter, shelf, latch,
 * re-alarm and lost communication.
 *
 *   A normal · B unacknowledged · C acknowledged · D returned, unacknowledged · E latched, unacknowledged · F latched, acknowledged
 *   b is B that nobody has heard, because a cover lay over it
 */
import { describe, expect, it } from 'vitest';
import { type Annunciator, alarmsSchema, createAnnunciator } from '../../detector/alarms/index.ts';
import {
  type AlarmEvent,
  type AlarmState,
  alarmEventSchema,
  coreState,
  type Frame,
  isActive,
  isAnnunciated,
  type OperatorAction,
  type Score,
} from '../../models/contract/index.ts';
import { bindArena, seeded } from '../../models/kernel/index.ts';

type Letter = 'A' | 'B' | 'b' | 'C' | 'D' | 'E' | 'F';
type Cause = 'alarm' | 'return' | 'acknowledge' | 'reset' | 'remind';

const NAME: Record<Letter, AlarmState> = {
  A: 'normal',
  B: 'unacknowledged',
  b: 'unacknowledged',
  C: 'acknowledged',
  D: 'returned',
  E: 'latched-unacknowledged',
  F: 'latched',
};
/** Where the diagram has no arrow the cause is refused, or cannot happen. */
const PLAIN: Record<Letter, Partial<Record<Cause, Letter>>> = {
  A: { alarm: 'b' },
  b: { return: 'A', acknowledge: 'C' },
  B: { return: 'D', acknowledge: 'C' },
  C: { return: 'A', remind: 'b' },
  D: { alarm: 'B', acknowledge: 'A' },
  E: {},
  F: {},
};
const LATCHING: Record<Letter, Partial<Record<Cause, Letter>>> = {
  A: { alarm: 'b' },
  b: { return: 'E', acknowledge: 'C' },
  B: { return: 'E', acknowledge: 'C' },
  C: { return: 'F', remind: 'b' },
  D: {},
  E: { alarm: 'B', acknowledge: 'F' },
  F: { alarm: 'b', reset: 'A' },
};
const S = 1e6;

interface Settings {
  readonly onDelay_s: number;
  readonly offDelay_s: number;
  readonly filter: boolean;
  readonly latch: boolean;
  readonly shelf_s: number;
  readonly reAlarm_s: number;
}

/** One alarm read off the diagram. */
class Reading {
  letter: Letter = 'A';
  shelfEnds: number | undefined;
  person = false;
  design = false;
  out = false;
  /** The condition, and when it became so; NaN where it must be looked at anew. */
  there = false;
  since = 0;
  lost = false;
  acknowledgedAt = 0;
  readonly settings: Settings;
  constructor(settings: Settings) {
    this.settings = settings;
  }
  get covered(): boolean {
    return this.out || this.shelfEnds !== undefined || this.person || this.design;
  }
  get shown(): AlarmState {
    if (this.out) return 'out-of-service';
    if (this.shelfEnds !== undefined) return 'shelved';
    return this.person || this.design ? 'suppressed' : NAME[this.letter];
  }
  get active(): boolean {
    return 'BbC'.includes(this.letter);
  }
  go(cause: Cause): boolean {
    const to = (this.settings.latch ? LATCHING : PLAIN)[this.letter][cause];
    if (to === undefined) return false;
    this.letter = to;
    return true;
  }
  /** In the open, an unheard alarm is heard. */
  settle(): void {
    if (this.letter === 'b' && !this.covered) this.letter = 'B';
  }
}

interface Told {
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly under?: AlarmState;
  readonly again?: string;
}

function tell(alarm: string, r: Reading, change: () => void, again?: string): Told {
  const from = r.shown;
  change();
  r.settle();
  const to = r.shown;
  return {
    alarm,
    from,
    to,
    ...(r.covered ? { under: NAME[r.letter] } : {}),
    ...(again && to === 'unacknowledged' ? { again } : {}),
  };
}

const IDS = ['X-1', 'X-2'] as const;
const DEADBAND = 0.2;

function scan(readings: readonly Reading[], timeUs: number, scores: readonly number[], lost: readonly boolean[]) {
  const told: Told[] = [];
  readings.forEach((r, i) => {
    if (r.shelfEnds !== undefined && timeUs >= r.shelfEnds)
      told.push(
        tell(IDS[i]!, r, () => {
          r.shelfEnds = undefined;
        }),
      );
  });
  readings.forEach((r, i) => {
    const inhibit = i === 1 && r.settings.filter && readings[0]!.active;
    if (inhibit !== r.design)
      told.push(
        tell(IDS[i]!, r, () => {
          r.design = inhibit;
        }),
      );
    const remind = () => {
      const due = r.settings.reAlarm_s > 0 && timeUs - r.acknowledgedAt >= r.settings.reAlarm_s * S;
      if (r.letter === 'C' && due) told.push(tell(IDS[i]!, r, () => void r.go('remind'), 'reminder'));
    };
    if (lost[i]) {
      r.lost = true;
      remind();
      return;
    }
    const score = scores[i]!;
    const there = score >= 1 ? true : score > 1 - DEADBAND ? r.there : false;
    if (there !== r.there || r.lost) r.since = timeUs;
    r.there = there;
    r.lost = false;
    const lasted_s = (timeUs - r.since) / S;
    if (there && !r.active && lasted_s >= r.settings.onDelay_s) told.push(tell(IDS[i]!, r, () => void r.go('alarm')));
    else if (!there && r.active && lasted_s >= r.settings.offDelay_s)
      told.push(tell(IDS[i]!, r, () => void r.go('return')));
    else remind();
  });
  return told;
}

function act(r: Reading, action: OperatorAction, timeUs: number): Told | undefined {
  let done = true;
  const from = tell(action.alarm, r, () => {
    switch (action.action) {
      case 'acknowledge':
        done = r.go('acknowledge');
        if (done) r.acknowledgedAt = timeUs;
        break;
      case 'reset':
        done = r.go('reset');
        break;
      case 'shelve':
        done = action.for_s <= r.settings.shelf_s;
        if (done) r.shelfEnds = timeUs + action.for_s * S;
        break;
      case 'unshelve':
        done = r.shelfEnds !== undefined;
        r.shelfEnds = undefined;
        break;
      case 'suppress':
      case 'unsuppress':
        done = r.person !== (action.action === 'suppress');
        r.person = action.action === 'suppress';
        break;
      case 'out-of-service':
      case 'return-to-service':
        done = r.out !== (action.action === 'out-of-service');
        r.out = action.action === 'out-of-service';
        break;
      case 'comment':
        break;
    }
  });
  return done ? from : undefined;
}

const PART = {
  cause: 'a test',
  consequence: 'none',
  action: 'none',
  'respond-within': '5 min',
  severity: 'major',
} as const;

function build(s: Settings, more: object = {}): { buffer: ArrayBuffer; alarms: Annunciator; usable: Uint8Array } {
  const own = {
    ...PART,
    latch: s.latch,
    'shelve-limit': `${s.shelf_s} s`,
    ...(s.reAlarm_s > 0 ? { 're-alarm': `${s.reAlarm_s} s` } : {}),
  };
  const spec = alarmsSchema.parse({
    of: { 'X-1': own, 'X-2': { ...own, ...(s.filter ? { 'suppress-while': ['X-1'] } : {}) } },
    ...more,
  });
  const usable = new Uint8Array(4).fill(1);
  const points = IDS.map((alarm, i) => ({
    alarm,
    priority: 2,
    by: 'test',
    onDelay_us: s.onDelay_s * S,
    offDelay_us: s.offDelay_s * S,
    deadband: DEADBAND,
    inputs: [2 * i, 2 * i + 1],
  }));
  const { buffer, views } = bindArena((arena) =>
    createAnnunciator(points, spec, { usable, tagIds: ['T-1', 'T-2', 'T-3', 'T-4'] }, arena),
  );
  views.reset();
  return { buffer, alarms: views, usable };
}

const ACTIONS: readonly OperatorAction['action'][] = [
  'acknowledge',
  'acknowledge',
  'acknowledge',
  'shelve',
  'unshelve',
  'suppress',
  'unsuppress',
  'unsuppress',
  'out-of-service',
  'return-to-service',
  'return-to-service',
  'reset',
  'reset',
  'comment',
];

function drawAction(u: (i: number) => number, at: number): OperatorAction {
  const action = ACTIONS[Math.floor(u(at) * ACTIONS.length)]!;
  const base = { alarm: IDS[u(at + 1) < 0.5 ? 0 : 1], who: 'ann', comment: 'because' };
  return (
    action === 'shelve' ? { ...base, action, for_s: 5 + Math.floor(u(at + 2) * 60) } : { ...base, action }
  ) as OperatorAction;
}

const SCORES = [0, 0, 0.5, 0.85, 0.95, 1, 1.2, 1.2];

describe('a million random events', () => {
  it('tell what the diagram tells, lose no acknowledgement and hide nothing from the journal', () => {
    const all: Settings[] = [];
    for (const onDelay_s of [0, 3])
      for (const offDelay_s of [0, 4])
        for (const filter of [false, true])
          for (const latch of [false, true])
            for (const shelf_s of [0, 40])
              for (const reAlarm_s of [0, 20]) all.push({ onDelay_s, offDelay_s, filter, latch, shelf_s, reAlarm_s });
    const PER = 16_000;
    let events = 0;
    let moves = 0;
    let refusals = 0;
    const met = new Map<string, number>();
    all.forEach((settings, k) => {
      const stream = seeded(11).stream(`alarms/${k}`);
      const u = (i: number) => stream.uniform(i);
      let now = build(settings);
      let spare = build(settings);
      const readings = IDS.map(() => new Reading(settings));
      const journalled = new Map<string, AlarmEvent>();
      let timeUs = 0;
      let seq = 0;
      let lossUntil = [0, 0];
      for (let e = 0, draw = 0; e < PER; draw += 12) {
        let actual: readonly AlarmEvent[];
        let expected: Told[];
        const kind = u(draw);
        if (kind < 0.75) {
          seq += 1;
          timeUs += (1 + Math.floor(u(draw + 1) * 3)) * S;
          const scores = IDS.map((_, i) => SCORES[Math.floor(u(draw + 2 + i) * SCORES.length)]!);
          // Losses last: some part of the inputs, or all of them.
          lossUntil = lossUntil.map((t, i) =>
            u(draw + 4 + i) < 0.03 ? timeUs + Math.floor(u(draw + 6 + i) * 15) * S : t,
          );
          const lost = lossUntil.map((t, i) => (t <= timeUs ? 0 : u(draw + 8 + i) < 0.7 ? 2 : 1));
          lost.forEach((n, i) => {
            now.usable[2 * i] = n > 0 ? 0 : 1;
            now.usable[2 * i + 1] = n > 1 ? 0 : 1;
          });
          const out: AlarmEvent[] = [];
          const frame = { seq, timeUs } as Frame;
          now.alarms.begin(frame, out);
          IDS.forEach((_, i) => {
            const score: Score = { value: scores[i]! };
            now.alarms.step(i, frame, score, out);
          });
          actual = out;
          expected = scan(
            readings,
            timeUs,
            scores,
            lost.map((n) => n === 2),
          );
          for (const event of out) {
            const i = IDS.indexOf(event.alarm as 'X-1');
            if (event.degraded !== undefined) expect([event.priority, lost[i]! > 0]).toEqual([3, true]);
          }
          e += 2;
        } else {
          const action = drawAction(u, draw + 1);
          const done = now.alarms.operate(action, { seq, timeUs });
          const i = IDS.indexOf(action.alarm as 'X-1');
          const should = act(readings[i]!, action, timeUs);
          actual = done.ok ? done.events : [];
          expected = should ? [should] : [];
          if (!done.ok) refusals += 1;
          e += 1;
        }
        const told = actual.map(({ alarm, from, to, under, again }) => ({
          alarm,
          from,
          to,
          ...(under ? { under } : {}),
          ...(again ? { again } : {}),
        }));
        if (JSON.stringify(told) !== JSON.stringify(expected))
          expect({ settings, draw, told }).toEqual({ settings, draw, told: expected });
        for (const event of actual) {
          // The journal is a chain: what one event leaves, the next one finds.
          if ((journalled.get(event.alarm)?.to ?? 'normal') !== event.from)
            expect(event).toBe(journalled.get(event.alarm));
          journalled.set(event.alarm, event);
          moves += 1;
          if (moves % 5_000 === 0) alarmEventSchema.parse(event);
          for (const f of [
            settings.filter && 'filter',
            settings.latch && 'latch',
            event.to,
            event.under,
            event.degraded && 'loss',
          ])
            for (const g of [settings.onDelay_s && 'delay', event.action, event.from])
              if (f && g) met.set(`${f}+${g}`, (met.get(`${f}+${g}`) ?? 0) + 1);
        }
        // Whoever has only the journal knows of every alarm what it really is.
        readings.forEach((r, i) => {
          const last = journalled.get(IDS[i]!);
          if ((last ? coreState(last) : 'normal') !== NAME[r.letter])
            expect({ draw, journal: last }).toEqual(NAME[r.letter]);
        });
        if (u(draw + 10) < 0.002) {
          // Saved and loaded into another, which goes on.
          new Uint8Array(spare.buffer).set(new Uint8Array(now.buffer));
          [now, spare] = [spare, now];
        }
      }
      events += PER;
    });
    console.log(
      `${events} events over ${all.length} settings: ${moves} transitions, ${refusals} refusals, ${met.size} pairs met`,
    );
    expect(events).toBeGreaterThanOrEqual(1_000_000);
    for (const pair of [
      'latch+shelve',
      'filter+shelve',
      'filter+delay',
      'latch+delay',
      'loss+delay',
      'shelved+acknowledge',
      'latched+shelve',
    ])
      expect(met.get(pair), pair).toBeGreaterThan(10);
  });
});

describe('with incidents and floods', () => {
  it('the journal stays a chain, and every condition that came is in it', () => {
    const settings: Settings = { onDelay_s: 0, offDelay_s: 0, filter: false, latch: false, shelf_s: 40, reAlarm_s: 0 };
    const { alarms } = build(settings, {
      incidents: { linger: '5 s' },
      flood: { 'begins-above': 4, 'ends-below': 2, window: '60 s' },
    });
    const stream = seeded(3).stream('flood');
    const u = (i: number) => stream.uniform(i);
    const state = new Map<string, AlarmEvent>();
    const there = [false, false];
    let floods = 0;
    let inhibited = 0;
    for (let seq = 1; seq <= 20_000; seq += 1) {
      const frame = { seq, timeUs: seq * S } as Frame;
      const out: AlarmEvent[] = [];
      alarms.begin(frame, out);
      IDS.forEach((_, i) => {
        const value = u(seq * 8 + i) < 0.2 ? 1.5 : 0;
        there[i] = value >= 1;
        alarms.step(i, frame, { value, where: { position_m: u(seq * 8 + 2 + i) * 5e4, sigma_m: 100 } }, out);
      });
      if (u(seq * 8 + 4) < 0.3) {
        const done = alarms.operate(drawAction(u, seq * 8 + 5), frame);
        if (done.ok) out.push(...done.events);
      }
      for (const event of out) {
        if (event.from !== (state.get(event.alarm)?.to ?? 'normal')) expect(event).toBe(state.get(event.alarm));
        state.set(event.alarm, event);
        if (event.alarm === 'FLOOD') floods += 1;
        else
          expect(event.incident === undefined).toBe(
            state.get(event.alarm) === undefined || event.incident === undefined,
          );
        if (event.to === 'suppressed' && event.from === 'normal') inhibited += 1;
        if (isAnnunciated(event)) expect(event.under).toBeUndefined();
      }
      IDS.forEach((id, i) => {
        const last = state.get(id);
        const core = last ? coreState(last) : 'normal';
        if (isActive(core) !== there[i]) expect({ seq, id, core }).toEqual(there[i]);
      });
    }
    console.log(`${floods} floods began or ended, ${inhibited} alarms were taken as evidence or held back`);
    expect(floods).toBeGreaterThan(10);
    expect(inhibited).toBeGreaterThan(100);
  });
});

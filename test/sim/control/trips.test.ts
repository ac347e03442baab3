/** Interlocks and shutdown against a plain reading of their tables, exhaustively where that is possible. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rig, rig } from './rig.ts';

const high = { tag: 'L-1', above: '8 m' };
const tripPump = { set: 'PU-1.trip', to: 'on' };
const tripped = (r: Rig, id: string) => r.control.controlValue({ element: id, property: 'reset' });
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a vote', () => {
  const cases = [1, 2, 3].flatMap((m) => range(8).map((bits) => ({ m, bits })));
  it.each(cases)('$m of 3 over channels $bits', ({ m, bits }) => {
    const r = rig({
      interlocks: [
        { id: 'IL-1', when: { tags: ['L-1', 'L-2', 'L-3'], vote: `${m}oo3`, above: '8 m' }, trip: [tripPump] },
      ],
    });
    const beyond = [0, 1, 2].map((k) => (bits >> k) & 1);
    r.scan(...beyond.map((b) => (b === 1 ? 9 : 5)));
    const count = beyond.reduce((a, b) => a + b, 0);
    expect(tripped(r, 'IL-1')).toBe(count >= m ? 1 : 0);
    expect(r.what('PU-1.trip')).toBe(count >= m ? 1 : 0);
  });
  it.each([
    ['trip', 1],
    ['ignore', 0],
    ['hold', 0],
  ] as const)('with two failed channels of healthy values and on-bad %s trips: %d', (onBad, expected) => {
    const r = rig({
      interlocks: [
        {
          id: 'IL-1',
          when: { tags: ['L-1', 'L-2', 'L-3'], vote: '2oo3', above: '8 m', 'on-bad': onBad },
          trip: [tripPump],
        },
      ],
    });
    r.quality.set([4, 8]);
    r.scan(5, 5, 5);
    expect(tripped(r, 'IL-1')).toBe(expected);
  });
  it('a failed channel keeps the vote of its last usable value', () => {
    const r = rig({
      interlocks: [{ id: 'IL-1', when: { tags: ['L-1', 'L-2'], vote: '2oo2', above: '8 m' }, trip: [tripPump] }],
    });
    r.scan(9, 5);
    r.quality[0] = 4;
    r.scan(1, 9);
    expect(tripped(r, 'IL-1')).toBe(1);
  });
});

describe('an interlock', () => {
  it('trips after its delay, counted in plant time, and not for a shorter excursion', () => {
    const r = rig({ interlocks: [{ id: 'IL-1', when: { ...high, for: '3 s' }, trip: [tripPump] }] });
    for (const v of [9, 9, 9, 7, 9, 9, 9]) r.scan(v);
    expect(r.what('PU-1.trip')).toBe(0);
    r.scan(9);
    expect(r.got).toEqual([{ timeUs: 8_000_000, command: { kind: 'pump', element: 'PU-1', action: 'trip' } }]);
    expect(r.truth).toContainEqual({ kind: 'disturbance', timeUs: 8_000_000, ref: 'IL-1', what: 'trip' });
  });
  it('latched: holds the pump until it is reset, which waits for the cause', () => {
    const r = rig({ interlocks: [{ id: 'IL-1', when: high, trip: [tripPump] }] });
    r.scan(9);
    expect(r.set('IL-1', 'reset', 1)).toBe('IL-1 cannot be reset: IL-1 still stands');
    expect(r.pump('PU-1', 'start')).toBe('PU-1 is held by IL-1');
    r.scan(5);
    expect(tripped(r, 'IL-1')).toBe(1);
    expect(r.pump('PU-1', 'start')).toBe('PU-1 is held by IL-1');
    expect(r.set('IL-1', 'reset', 1)).toBeUndefined();
    r.scan(5);
    expect(r.what('PU-1.trip')).toBe(1);
    expect(r.pump('PU-1', 'start')).toBeUndefined();
  });
  it('unlatched: lets go by itself, with its hysteresis, and undoes nothing', () => {
    const r = rig({
      interlocks: [
        { id: 'IL-1', when: { ...high, clears: '7 m' }, latched: false, trip: [{ set: 'V-1.opening', to: 'closed' }] },
      ],
    });
    r.scan(9);
    expect(r.set('V-1', 'opening', 0.4)).toBe('opening of V-1 is held by IL-1');
    r.scan(7.5);
    expect(tripped(r, 'IL-1')).toBe(1);
    r.scan(6.9);
    expect(tripped(r, 'IL-1')).toBe(0);
    expect(r.what('V-1.opening')).toBe(0);
    expect(r.set('V-1', 'opening', 0.4)).toBeUndefined();
  });
  it('permits no start while its condition stands, and warns before', () => {
    const r = rig({
      interlocks: [
        { id: 'IL-1', when: { tag: 'L-1', below: '2 m' }, permissive: ['PU-1'], 'pre-alarm': '3 m', latched: false },
      ],
    });
    const warned = () => r.control.state.preAlarm[0];
    r.scan(5);
    expect(warned()).toBe(0);
    r.scan(2.5);
    expect(warned()).toBe(1);
    expect(r.pump('PU-1', 'start')).toBeUndefined();
    r.scan(1);
    expect(r.pump('PU-1', 'start')).toBe('PU-1 may not start: IL-1 stands');
    expect(r.pump('PU-1', 'stop')).toBeUndefined();
    expect(r.pump('PU-2', 'start')).toBeUndefined();
  });
  it('a bypass lasts as long as it may, shows, and trips at its end where the cause stands', () => {
    const r = rig({ interlocks: [{ id: 'IL-1', when: high, trip: [tripPump], 'bypass-at-most': '10 s' }] });
    r.scan(5);
    expect(r.set('IL-1', 'bypass', 1)).toBeUndefined();
    for (const _ of range(9)) r.scan(9);
    expect(tripped(r, 'IL-1')).toBe(0);
    expect(r.control.controlValue({ element: 'IL-1', property: 'bypass' })).toBe(1);
    r.scan(9);
    expect(tripped(r, 'IL-1')).toBe(1);
    expect(r.control.controlValue({ element: 'IL-1', property: 'bypass' })).toBe(0);
    expect(r.truth.map((t) => ('what' in t ? t.what : ''))).toEqual(['bypassed', 'bypass has run out', 'trip']);
    const never = rig({ interlocks: [{ id: 'IL-1', when: high, trip: [tripPump], 'bypass-at-most': '0 s' }] });
    expect(never.set('IL-1', 'bypass', 1)).toBe('IL-1 may not be bypassed');
  });
  it('takes an actuator from its loop, which takes over again without a bump', () => {
    const r = rig({
      loops: [
        {
          id: 'LC-1',
          measures: 'L-2',
          moves: 'V-1.opening',
          'set-point': '5 m',
          action: 'reverse',
          gain: 1,
          'integral-time': '10 s',
        },
      ],
      interlocks: [{ id: 'IL-1', when: high, trip: [{ set: 'V-1.opening', to: '10 %' }] }],
    });
    r.scan(5, 4);
    r.scan(9, 4);
    expect(r.what('V-1.opening')).toBe(0.1);
    for (const _ of range(20)) r.scan(5, 2);
    expect(r.what('V-1.opening')).toBe(0.1);
    r.set('IL-1', 'reset', 1);
    r.scan(5, 2);
    expect(r.what('V-1.opening')).toBeCloseTo(0.1, 12);
    r.scan(5, 2);
    expect(r.what('V-1.opening')).toBeGreaterThan(0.1);
  });
});

const ESD = {
  id: 'ESD-1',
  causes: [
    { id: 'C1', when: { tag: 'L-1', above: '8 m' } },
    { id: 'C2', when: { tag: 'L-2', below: '2 m' } },
    { id: 'C3', when: { tag: 'L-3', above: '6 m' }, latched: false },
  ],
  effects: [
    { id: 'E1', set: 'PU-1.trip', to: 'trip' },
    { id: 'E2', set: 'PU-2.run', to: 'stop', after: '2 s' },
    { id: 'E3', set: 'V-1.opening', to: 'closed', after: '500 ms' },
  ],
  table: { C1: ['E1', 'E2'], C2: ['E2', 'E3'], C3: ['E3'], push: ['E1', 'E2', 'E3'] },
};

describe('a cause-and-effect table', () => {
  const cases = range(16).map((bits) => ({ bits }));
  it.each(cases)('does exactly what it says for causes $bits', ({ bits }) => {
    const r = rig({ shutdown: [ESD] });
    const on = ['C1', 'C2', 'C3', 'push'].filter((_, k) => (bits >> k) & 1);
    const wanted = new Set(on.flatMap((c) => ESD.table[c as keyof typeof ESD.table]));
    if (on.includes('push')) r.set('ESD-1', 'push', 1);
    for (const _ of range(4)) r.scan(on.includes('C1') ? 9 : 5, on.includes('C2') ? 1 : 5, on.includes('C3') ? 7 : 5);
    expect(tripped(r, 'ESD-1')).toBe(on.length > 0 ? 1 : 0);
    const done = [r.what('PU-1.trip') === 1, r.what('PU-2.run') === 0, r.what('V-1.opening') === 0];
    expect(done).toEqual(['E1', 'E2', 'E3'].map((e) => wanted.has(e)));
  });
  it('keeps its sequence to the microsecond, between scans too', () => {
    const r = rig({ shutdown: [ESD] });
    r.set('ESD-1', 'push', 1);
    for (let t = 0; t <= 2_000_000; t += 50_000) r.control.step(t, r.truth);
    expect(
      r.got.map((g) => [
        g.timeUs,
        g.command.kind === 'set' ? g.command.element : (g.command as { element: string }).element,
      ]),
    ).toEqual([
      [0, 'PU-1'],
      [500_000, 'V-1'],
      [2_000_000, 'PU-2'],
    ]);
  });
  it('an effect whose cause has gone before its time is not done', () => {
    const r = rig({
      shutdown: [{ ...ESD, effects: ESD.effects.map((e) => (e.id === 'E3' ? { ...e, after: '5 s' } : e)) }],
    });
    r.scan(5, 5, 7);
    r.scan(5, 5, 5);
    for (const _ of range(10)) r.scan(5, 5, 5);
    expect(r.got).toEqual([]);
  });
  it('is reset only with its button pulled out and its causes gone', () => {
    const r = rig({ shutdown: [ESD] });
    r.set('ESD-1', 'push', 1);
    r.scan(9, 5, 5);
    expect(r.set('ESD-1', 'reset', 1)).toBe('ESD-1 cannot be reset: C1 still stands');
    r.scan(5, 5, 5);
    expect(r.set('ESD-1', 'reset', 1)).toBe('ESD-1 cannot be reset: push still stands');
    expect(r.set('ESD-1', 'push', 0)).toBeUndefined();
    expect(r.set('ESD-1', 'reset', 1)).toBeUndefined();
    expect(tripped(r, 'ESD-1')).toBe(0);
  });
});

/** The same rules once more, as plainly as they can be written. */
class Reference {
  t = 0;
  level = [5, 5, 5];
  active = { C1: false, C2: false, C3: false, push: false };
  pressed = false;
  bypassUntil = -1;
  interlock = false;
  demanded: Record<string, number | undefined> = {};
  done = new Set<string>();
  private stands(c: string): boolean {
    if (c === 'C1') return this.level[0]! > 8;
    if (c === 'C2') return this.level[1]! < 2;
    if (c === 'C3') return this.level[2]! > 6;
    return this.pressed;
  }
  scan(level: number[]): void {
    this.t += 1;
    this.level = level;
    if (this.bypassUntil >= 0 && this.t >= this.bypassUntil) this.bypassUntil = -1;
    if (level.filter((v) => v > 7).length >= 2 && this.bypassUntil < 0) this.interlock = true;
    for (const c of ['C1', 'C2', 'C3', 'push'] as const) {
      if (this.stands(c)) this.active[c] = true;
      else if (c === 'C3') this.active.C3 = false;
    }
    for (const { id, after = '0 s' } of ESD.effects) {
      const demand = Object.entries(ESD.table).some(([c, e]) => this.active[c as 'C1'] && e.includes(id));
      if (!demand) {
        this.demanded[id] = undefined;
        this.done.delete(id);
        continue;
      }
      this.demanded[id] ??= this.t;
      const after_s = after === '500 ms' ? 0.5 : Number.parseInt(after, 10);
      if (this.t - this.demanded[id]! >= after_s) this.done.add(id);
    }
  }
  command(c: string): void {
    if (c === 'press' && !this.pressed) this.active.push = this.pressed = true;
    if (c === 'pull') this.pressed = false;
    if (c === 'bypass' && this.bypassUntil < 0) this.bypassUntil = this.t + 4;
    if (c === 'unbypass') this.bypassUntil = -1;
    const held = (['C1', 'C2', 'C3', 'push'] as const).some((x) => this.active[x] && this.stands(x));
    if (c === 'reset' && !held) {
      this.active = { C1: false, C2: false, C3: false, push: false };
      this.demanded = {};
      this.done.clear();
    }
    if (c === 'reset-interlock' && !(this.level.filter((v) => v > 7).length >= 2 && this.bypassUntil < 0))
      this.interlock = false;
  }
}

describe('any sequence of scans and commands', () => {
  const levels = fc.array(fc.constantFrom(1, 5, 6.5, 7.5, 9), { minLength: 3, maxLength: 3 });
  const commands = fc.constantFrom('press', 'pull', 'bypass', 'unbypass', 'reset', 'reset-interlock');
  it('does what the plain reading does, and a resumed control goes on alike', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(levels, commands), { maxLength: 40 }), fc.nat(39), (steps, cut) => {
        const make = () =>
          rig({
            interlocks: [
              {
                id: 'IL-1',
                when: { tags: ['L-1', 'L-2', 'L-3'], vote: '2oo3', above: '7 m' },
                trip: [{ set: 'V-3.opening', to: 'closed' }],
                'bypass-at-most': '4 s',
              },
            ],
            shutdown: [ESD],
          });
        let r = make();
        const plain = new Reference();
        steps.forEach((step, n) => {
          if (n === cut) {
            const other = make();
            new Uint8Array(other.control.state.buffer).set(new Uint8Array(r.control.state.buffer));
            for (const [k, v] of r.at) other.at.set(k, v);
            other.timeUs = r.timeUs;
            r = other;
          }
          if (typeof step === 'string') {
            plain.command(step);
            const [element, property, value] = {
              press: ['ESD-1', 'push', 1],
              pull: ['ESD-1', 'push', 0],
              bypass: ['IL-1', 'bypass', 1],
              unbypass: ['IL-1', 'bypass', 0],
              reset: ['ESD-1', 'reset', 1],
              'reset-interlock': ['IL-1', 'reset', 1],
            }[step] as ['IL-1', 'bypass', number];
            r.set(element, property, value);
          } else {
            plain.scan(step);
            r.scan(...step);
            expect(['E1', 'E2', 'E3'].filter((_, k) => r.control.state.done[k + 1] === 1)).toEqual(
              [...plain.done].sort(),
            );
          }
          expect([...r.control.state.active].map((x) => x === 1)).toEqual([
            plain.interlock,
            ...Object.values(plain.active),
          ]);
        });
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

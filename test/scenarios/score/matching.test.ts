import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlarmEvent, isRaised, type TruthEvent } from '../../../models/contract/index.ts';
import { type Matching, matchAlarms } from '../../../scenarios/score/index.ts';
import { closed, opened, raise, us } from './logs.ts';

const graceUs = us(60);
const endUs = us(3600);
const truth = [opened('a', 1000), closed('a', 1500)];
const names = (m: Matching) => ({
  matches: m.matches.map((x) => [x.leak.ref, x.alarm.alarm]),
  repeats: m.repeats.map((x) => x.alarm.alarm),
  false: m.falseAlarms.map((x) => x.alarm.alarm),
});

describe('the matching rule', () => {
  it('finds a leak by its first alarm, repeats count nothing, earlier and later ones are false', () => {
    const alarms = [raise('early', 999), raise('hit', 1010), raise('again', 1200), raise('late', 1561)];
    const m = matchAlarms({ truth, alarms, endUs, graceUs });
    expect(names(m)).toEqual({ matches: [['a', 'hit']], repeats: ['again'], false: ['early', 'late'] });
    expect(m.matches[0]!.latencyUs).toBe(us(10));
  });

  it('still finds a leak in its grace, to the last microsecond', () => {
    const at = (s: number, extra = 0) =>
      matchAlarms({ truth, alarms: [raise('x', s, { timeUs: us(s) + extra })], endUs, graceUs }).matches.length;
    expect([at(1560), at(1560, 1), at(1000), at(1000, -1)]).toEqual([1, 0, 1, 0]);
  });

  it('gives an alarm to the earliest leak that is not yet found', () => {
    const two = [opened('b', 1100), opened('a', 1000)];
    const m = matchAlarms({
      truth: two,
      alarms: [raise('x', 1200), raise('y', 1300), raise('z', 1400)],
      endUs,
      graceUs,
    });
    expect(names(m)).toEqual({
      matches: [
        ['a', 'x'],
        ['b', 'y'],
      ],
      repeats: ['z'],
      false: [],
    });
  });

  it('does not let the alarm of a first leak hide or find a second one that opens meanwhile', () => {
    const two = [opened('a', 1000, { position_m: 8_000 }), opened('b', 1600, { position_m: 35_000 })];
    const at = (alarm: string, at_s: number, position_m?: number) =>
      raise(alarm, at_s, position_m === undefined ? {} : { where: { position_m, sigma_m: 100 } });
    const of = (alarms: AlarmEvent[]) => matchAlarms({ truth: two, alarms, endUs, graceUs });
    // It stands: a journal has nothing of the second leak, and no alarm that was raised before can be credited with it.
    const standing = of([at('LD', 1010, 8_050)]);
    expect(standing.missed.map((l) => l.ref)).toEqual(['b']);
    // It returns and is raised again at the old place: an echo of the first.
    const echo = of([at('LD', 1010, 8_050), at('LD', 1700, 8_020)]);
    expect(names(echo)).toEqual({ matches: [['a', 'LD']], repeats: ['LD'], false: [] });
    expect(echo.missed.map((l) => l.ref)).toEqual(['b']);
    expect(echo.repeats[0]!.leak.ref).toBe('a');
    // Another place is another leak, and so is an alarm that gives none.
    expect(names(of([at('LD', 1010, 8_050), at('LD', 1700, 35_050)])).matches).toEqual([
      ['a', 'LD'],
      ['b', 'LD'],
    ]);
    expect(names(of([at('LD', 1010), at('LD', 1700)])).matches).toEqual([
      ['a', 'LD'],
      ['b', 'LD'],
    ]);
    // The second may be found before the first, where the place says so.
    expect(names(of([at('LD', 1700, 35_050), at('LD', 1800, 8_050)])).matches).toEqual([
      ['b', 'LD'],
      ['a', 'LD'],
    ]);
  });

  it('is no detection where the no-leak twin raises it too', () => {
    const alarms = [raise('pump', 1010), raise('real', 1020)];
    const m = matchAlarms({ truth, alarms, twinAlarms: [raise('pump', 1011), raise('real', 1100)], endUs, graceUs });
    expect(names(m)).toEqual({ matches: [['a', 'real']], repeats: [], false: ['pump'] });
    expect(m.falseAlarms[0]).toMatchObject({ reason: 'twin', exposed: false });
  });

  it('looks for leaks on the unit of the alarm only, where it has one', () => {
    const m = matchAlarms({ truth, alarms: [raise('x', 1100)], endUs, graceUs, unitOf: () => 'other' });
    expect(names(m)).toEqual({ matches: [], repeats: [], false: ['x'] });
  });

  it('counts what a person hears: acknowledging and returning are no alarms', () => {
    const alarms = [
      raise('x', 1100, { from: 'unacknowledged', to: 'acknowledged' }),
      raise('x', 1101, { from: 'acknowledged', to: 'normal' }),
      raise('x', 1102, { from: 'returned' }),
    ];
    expect(matchAlarms({ truth, alarms, endUs, graceUs }).matches[0]!.latencyUs).toBe(us(102));
  });

  it('judges a leak that opens again as another leak', () => {
    const again = [...truth, opened('a', 2000), closed('a', 2100)];
    const m = matchAlarms({ truth: again, alarms: [raise('x', 1100), raise('y', 2050)], endUs, graceUs });
    expect(m.matches.map((x) => x.latencyUs)).toEqual([us(100), us(50)]);
  });

  it('counts leak-free time as exposure, overlaps once and warm-up not at all', () => {
    const log = [...truth, opened('b', 1400), closed('b', 1600), opened('c', 3500)];
    const m = matchAlarms({ truth: log, alarms: [raise('w', 50), raise('x', 500)], endUs, graceUs, warmUpUs: us(100) });
    // 3600 - [1000, 1660] - [3500, 3600] - [0, 100]
    expect(m.exposureUs).toBe(us(3600 - 660 - 100 - 100));
    expect(m.falseAlarms.map((f) => f.exposed)).toEqual([false, true]);
  });
});

const logs = fc.record({
  leaks: fc.array(fc.record({ at: fc.integer({ min: 0, max: 3599 }), long: fc.integer({ min: 1, max: 900 }) }), {
    maxLength: 5,
  }),
  alarms: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 3600 }),
      id: fc.constantFrom('p', 'q', 'r'),
      ack: fc.boolean(),
      twin: fc.boolean(),
    }),
    { maxLength: 30 },
  ),
  grace: fc.integer({ min: 0, max: 300 }),
});

function inputsOf(log: typeof logs extends fc.Arbitrary<infer T> ? T : never, shift_s = 0) {
  const truthLog: TruthEvent[] = log.leaks.flatMap((l, i) => [
    opened(`leak-${i}`, shift_s + l.at),
    closed(`leak-${i}`, shift_s + Math.min(3600, l.at + l.long)),
  ]);
  const alarms: AlarmEvent[] = log.alarms.map((a) =>
    raise(a.id, shift_s + a.at, { frameSeq: a.at, ...(a.ack ? { from: 'unacknowledged', to: 'acknowledged' } : {}) }),
  );
  return {
    truth: truthLog,
    alarms,
    twinAlarms: alarms.filter((_, i) => log.alarms[i]!.twin),
    startUs: us(shift_s),
    endUs: us(shift_s + 3600),
    graceUs: us(log.grace),
  };
}

describe('whatever the logs', () => {
  it('every raised alarm is exactly one of match, repeat and false, and every leak is found or missed once', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const inputs = inputsOf(log);
        const m = matchAlarms(inputs);
        const fates = [...m.matches, ...m.repeats, ...m.falseAlarms].map((f) => f.alarm);
        expect(fates).toHaveLength(inputs.alarms.filter(isRaised).length);
        expect(new Set(fates).size).toBe(fates.length);
        expect(m.matches.length + m.missed.length).toBe(m.leaks.length);
        expect(new Set(m.matches.map((x) => x.leak)).size).toBe(m.matches.length);
        for (const x of m.matches) expect(x.latencyUs).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('shifting all times shifts the result and changes nothing else', () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 100_000 }), (log, shift) => {
        const a = matchAlarms(inputsOf(log));
        const b = matchAlarms(inputsOf(log, shift));
        const shape = (m: Matching) => ({
          ...names(m),
          latencies: m.matches.map((x) => x.latencyUs),
          exposure: m.exposureUs,
          exposed: m.falseAlarms.map((x) => x.exposed),
          missed: m.missed.map((l) => l.ref),
        });
        expect(shape(b)).toEqual(shape(a));
        expect(b.matches.map((x) => x.alarm.timeUs - us(shift))).toEqual(a.matches.map((x) => x.alarm.timeUs));
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('the order in which the logs are written does not matter', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const inputs = inputsOf(log);
        // One alarm per instant, and no leak that opens and closes at one: there the log's own order decides, by rule.
        const seen = new Set<number>();
        const alarms = inputs.alarms.filter((a) => !seen.has(a.timeUs) && seen.add(a.timeUs));
        const a = matchAlarms({ ...inputs, alarms });
        const b = matchAlarms({ ...inputs, truth: [...inputs.truth].reverse(), alarms: [...alarms].reverse() });
        expect(names(b)).toEqual(names(a));
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  it('exposure is what one finds by looking at every second', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const inputs = inputsOf(log);
        const m = matchAlarms(inputs);
        let free = 0;
        for (let s = 0; s < 3600; s += 1) {
          const t = us(s + 0.5);
          if (!m.leaks.some((l) => t >= l.openedUs && t <= l.closedUs + inputs.graceUs)) free += 1;
        }
        expect(m.exposureUs).toBe(us(free));
      }),
      { numRuns: 60, seed: 10 },
    );
  });
});

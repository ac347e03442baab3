/** Alarm figures against journals whose figures can be counted by hand. */
import { describe, expect, it } from 'vitest';
import type { AlarmEvent, AlarmState } from '../../../models/contract/index.ts';
import { alarmFigures } from '../../../scenarios/score/index.ts';

const MIN = 60e6;
const event = (
  time_min: number,
  alarm: string,
  from: AlarmState,
  to: AlarmState,
  more: Partial<AlarmEvent> = {},
): AlarmEvent => ({
  alarm,
  timeUs: Math.round(time_min * MIN),
  frameSeq: 1,
  from,
  to,
  priority: 3,
  score: 1,
  by: 'test',
  because: 'by hand',
  ...more,
});
const raise = (time_min: number, alarm: string, more: Partial<AlarmEvent> = {}) =>
  event(time_min, alarm, 'returned', 'unacknowledged', more);
const clear = (time_min: number, alarm: string) => event(time_min, alarm, 'unacknowledged', 'returned');
const rows = (journal: readonly AlarmEvent[], hours: number) => {
  const figures = alarmFigures(journal, { fromUs: 0, toUs: hours * 60 * MIN });
  const of = (name: string) => figures.rows.find((r) => r.figure === name)!;
  return { figures, of };
};

describe('figures of an alarm journal', () => {
  it('count annunciations by time, with the exact interval of their rate', () => {
    const { of } = rows([raise(1, 'A'), clear(2, 'A'), raise(70, 'A'), raise(75, 'B')], 2);
    expect(of('alarms per 10 min')).toMatchObject({ actual: 0.25, status: 'pass' });
    // Garwood for 3: 0.6187 and 8.7673, over twelve slots.
    expect(of('alarms per 10 min').interval!.low).toBeCloseTo(0.6187 / 12, 4);
    expect(of('alarms per 10 min').interval!.high).toBeCloseTo(8.7673 / 12, 4);
    expect(of('alarms per hour').actual).toBe(1.5);
    expect(of('peak in 10 min').actual).toBe(2);
  });

  it('see a flood begin above ten in ten minutes and end below five', () => {
    // Eleven at 0, 0.5 … 5 min: the flood begins with the eleventh, and ends when the seventh leaves its ten minutes.
    const journal = Array.from({ length: 11 }, (_, i) => raise(i / 2, `X-${i}`));
    const { of } = rows(journal, 1);
    expect(of('peak in 10 min')).toMatchObject({ actual: 11, status: 'fail' });
    expect(of('time in flood').actual).toBeCloseTo((100 * (13 - 5)) / 60, 9);
    expect(rows(journal.slice(1), 1).of('time in flood').actual).toBe(0);
  });

  it('name what chatters and what is stale', () => {
    const journal = [
      raise(0, 'A'),
      raise(0.4, 'A'),
      raise(0.9, 'A'),
      raise(5, 'B'),
      raise(6, 'B'),
      raise(6.5, 'B'),
      clear(7, 'A'),
      clear(7, 'B'),
      raise(10, 'C'),
    ];
    const { of } = rows(journal, 25);
    expect(of('chattering')).toMatchObject({ actual: 1, because: 'A', status: 'fail' });
    expect(of('stale')).toMatchObject({ actual: 1, status: 'pass' });
    expect(of('stale').because).toContain('C');
    expect(rows(journal, 24).of('stale').actual).toBe(0);
  });

  it('say nothing of shares before there is something to share', () => {
    expect(rows([raise(1, 'A')], 1).of('share of the top 10')).toMatchObject({
      actual: null,
      status: 'not-applicable',
    });
    const many = Array.from({ length: 40 }, (_, i) =>
      raise(i * 20, `X-${i % 20}`, { priority: i < 2 ? 1 : i < 8 ? 2 : 3 }),
    );
    const { of, figures } = rows(many, 24);
    expect(of('share of the top 10').actual).toBe(50);
    expect([of('priority 1').actual, of('priority 2').actual]).toEqual([5, 15]);
    expect(figures.split).toEqual([2, 6, 32, 0]);
  });

  it('count what was hidden, and how long people took', () => {
    const journal = [
      raise(1, 'A'),
      event(2, 'B', 'normal', 'suppressed', { under: 'unacknowledged' }),
      event(4, 'A', 'unacknowledged', 'acknowledged', { action: 'acknowledge', who: 'ann' }),
    ];
    const { figures } = rows(journal, 1);
    expect(figures).toMatchObject({ annunciated: 1, hidden: 1, recorded: 3, answered: { count: 1, median_s: 180 } });
  });
});

/** What panels are fed with: the alarm board, marks of the timeline, charts' scales and decimation. */
import { describe, expect, it } from 'vitest';
import {
  type AlarmEvent,
  alarmBoard,
  createFrame,
  createLayout,
  createPlume,
  decodePlume,
  encodePlume,
  Quality,
} from '../../models/contract/index.ts';
import { bulk } from '../../twin-ui/panels/bulk.ts';
import { FrameStore } from '../../twin-ui/player/index.ts';
import { instants, marksOf } from '../../twin-ui/state/marks.ts';

const event = (alarm: string, s: number, from: AlarmEvent['from'], to: AlarmEvent['to'], priority = 1): AlarmEvent => ({
  alarm,
  timeUs: s * 1e6,
  frameSeq: s,
  from,
  to,
  priority,
  score: 2,
  by: 'wave',
  because: 'a front',
});
const by = (e: AlarmEvent, action: NonNullable<AlarmEvent['action']>): AlarmEvent => ({
  ...e,
  action,
  who: 'Li',
  comment: 'seen',
});
const states = (events: AlarmEvent[], s: number) => alarmBoard(events, s * 1e6).map((r) => `${r.alarm} ${r.list}`);

describe('the alarm board', () => {
  const raised = event('A', 10, 'normal', 'unacknowledged');
  const acked = by(event('A', 12, 'unacknowledged', 'acknowledged'), 'acknowledge');
  it('shows an alarm while it is not normal, and keeps what wants an answer apart', () => {
    const gone = event('A', 20, 'acknowledged', 'normal');
    expect(states([raised, acked, gone], 9)).toEqual([]);
    expect(states([raised, acked, gone], 10)).toEqual(['A active']);
    expect(states([raised, acked, gone], 12)).toEqual(['A acked']);
    expect(states([raised, acked, gone], 20)).toEqual([]);
    expect(states([raised, event('A', 11, 'unacknowledged', 'returned')], 11)).toEqual(['A active']);
  });

  it('shows who did what, and keeps the detector’s own evidence', () => {
    const [row] = alarmBoard([raised, acked], 15e6);
    expect(row).toMatchObject({ raisedUs: 10e6, operated: { who: 'Li', comment: 'seen', timeUs: 12e6 } });
    expect(row!.event).toBe(raised);
    const again = event('A', 30, 'returned', 'unacknowledged');
    expect(alarmBoard([raised, acked, again], 30e6)[0]!.operated).toBeUndefined();
  });

  it('keeps what is hidden on a list of its own', () => {
    for (const to of ['shelved', 'suppressed', 'out-of-service'] as const)
      expect(states([raised, event('A', 15, 'unacknowledged', to)], 15)).toEqual(['A shelved']);
  });

  it('stands by priority, the newest first among equals', () => {
    const events = [raised, event('B', 11, 'normal', 'unacknowledged', 3), event('C', 12, 'normal', 'unacknowledged')];
    expect(states(events, 20)).toEqual(['C active', 'A active', 'B active']);
  });
});

describe('the timeline', () => {
  const leak = { kind: 'leak.opened', ref: 'leak-1', unit: 'P-1', position_m: 1, area_m2: 1, growth_s: 0 } as const;
  it('draws the latency from the opening to the first alarm, and calls an alarm before it false', () => {
    const early = event('A', 5, 'normal', 'unacknowledged');
    const right = event('B', 40, 'normal', 'unacknowledged');
    const marks = marksOf([{ ...leak, timeUs: 30e6 }], [early, right], true);
    expect(marks.latencies).toEqual([{ leak: 'leak-1', fromUs: 30e6, toUs: 40e6 }]);
    expect(marks.alarms.map((a) => a.isFalse)).toEqual([true, false]);
    expect(instants(marks)).toEqual([5e6, 30e6, 40e6]);
  });

  it('calls nothing false where truth is not told', () => {
    expect(marksOf([], [event('A', 5, 'normal', 'unacknowledged')], false).alarms[0]!.isFalse).toBeUndefined();
  });
});

describe('the store', () => {
  const tag = { quantity: 'pressure', unit: 'bar', noise: 0, accuracy: 0, element: 'N', station: 'S' } as const;
  const layout = createLayout({
    plant: 'p',
    scanUs: 1e6,
    stations: [{ id: 'S', unitId: 1, clockAccuracy_s: 0 }],
    tags: [
      { ...tag, id: 'PT-1', range: [0, 10], width: 4, periodUs: 250_000 },
      { ...tag, id: 'PT-2', range: [0, 10], width: 1, periodUs: 1e6 },
    ],
  });
  const fill = (n: number, change: (frame: ReturnType<typeof createFrame>) => void = () => {}) => {
    const store = new FrameStore(layout);
    const frame = createFrame(layout);
    for (let seq = 1; seq <= n; seq += 1) {
      frame.seq = seq;
      frame.timeUs = seq * 1e6;
      frame.value.fill(5);
      frame.quality.fill(0);
      change(frame);
      store.put(frame);
    }
    return store;
  };

  it('loses no spike however few points are asked for', () => {
    const store = fill(10_000, (f) => {
      if (f.seq === 4321) f.value[2] = 9;
      if (f.seq === 7000) f.value[1] = 1;
    });
    const { least, most, timeUs } = store.series(0, 0, 10_000e6, 100);
    expect(timeUs.length).toBeLessThanOrEqual(101);
    expect(Math.max(...(most as number[]))).toBe(9);
    expect(Math.min(...(least as number[]))).toBe(1);
  });

  it('shows what may not be used as a gap with its flags', () => {
    const store = fill(50, (f) => {
      if (f.seq > 20 && f.seq <= 30) f.quality[1] = Quality.lost;
    });
    const { last, quality } = store.series(1, 0, 50e6, 50);
    expect(last.slice(20, 30).every((v) => v === null)).toBe(true);
    expect(quality[25]).toBe(Quality.lost);
    expect(store.usable(1, 25)).toBeNaN();
    expect(store.value(1, 25)).toBe(5);
  });

  it('is not flattened by one rogue value', () => {
    const store = fill(1000, (f) => {
      f.value[4] = 5 + Math.sin(f.seq);
      if (f.seq === 500) f.value[4] = 1e6;
    });
    const [low, high] = bulk(store.series(1, 0, 1000e6, 1000));
    expect(low).toBeGreaterThan(3);
    expect(high).toBeLessThan(8);
  });
});

describe('a plume on the wire', () => {
  it('comes back as it was sent, and a lie about its size is refused', () => {
    const plume = createPlume();
    Object.assign(plume, { seq: 7, timeUs: 3_600_000_000_123, windU_m_s: 2.5, windV_m_s: -1.25, count: 2 });
    plume.puffs.set([1, 2, 3, 4, 5, 6, 0, 10, 20, 30, 40, 50, 60, 1]);
    const bytes = encodePlume(plume);
    const back = createPlume();
    decodePlume(new DataView(bytes.buffer), back);
    expect(back).toEqual(plume);
    new DataView(bytes.buffer).setUint32(20, 1e9);
    expect(() => decodePlume(new DataView(bytes.buffer), back)).toThrow(RangeError);
  });
});

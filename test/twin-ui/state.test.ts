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
  type OperatorAction,
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
const act = (alarm: string, s: number, action: OperatorAction['action'], lasts_s?: number): OperatorAction => ({
  alarm,
  timeUs: s * 1e6,
  action,
  by: 'Li',
  comment: '',
  ...(lasts_s === undefined ? {} : { lasts_s }),
});
const states = (events: AlarmEvent[], actions: OperatorAction[], s: number) =>
  alarmBoard(events, actions, s * 1e6).map((r) => `${r.alarm} ${r.state}`);

describe('the alarm board', () => {
  const raised = event('A', 10, 'normal', 'unacknowledged');
  it('shows an alarm until it is both acknowledged and gone', () => {
    expect(states([raised], [], 9)).toEqual([]);
    expect(states([raised], [], 10)).toEqual(['A unacknowledged']);
    expect(states([raised], [act('A', 12, 'acknowledge')], 12)).toEqual(['A acknowledged']);
    const gone = event('A', 20, 'unacknowledged', 'returned');
    expect(states([raised, gone], [], 20)).toEqual(['A returned']);
    expect(states([raised, gone], [act('A', 25, 'acknowledge')], 25)).toEqual([]);
    expect(states([raised, gone], [act('A', 12, 'acknowledge')], 20)).toEqual([]);
  });

  it('wants a new acknowledgement for a new annunciation', () => {
    const events = [raised, event('A', 20, 'unacknowledged', 'returned'), event('A', 30, 'returned', 'unacknowledged')];
    expect(states(events, [act('A', 12, 'acknowledge')], 30)).toEqual(['A unacknowledged']);
  });

  it('brings a shelved alarm back when its time is over, and shelving alone acknowledges nothing', () => {
    const actions = [act('A', 15, 'shelve', 60)];
    expect(states([raised], actions, 15)).toEqual(['A shelved']);
    expect(states([raised], actions, 74)).toEqual(['A shelved']);
    expect(states([raised], actions, 75)).toEqual(['A unacknowledged']);
    expect(states([raised], [...actions, act('A', 20, 'unshelve')], 20)).toEqual(['A unacknowledged']);
  });

  it('stands by priority, the newest first among equals', () => {
    const events = [raised, event('B', 11, 'normal', 'unacknowledged', 3), event('C', 12, 'normal', 'unacknowledged')];
    expect(states(events, [], 20)).toEqual(['C unacknowledged', 'A unacknowledged', 'B unacknowledged']);
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

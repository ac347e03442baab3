/**
 * What stands on an operator's alarm list at a moment: the last state of each alarm by the journal, so that every window, live
 * or recorded, shows what the detector's alarm machine says. Nothing is decided here.
 */
import type { AlarmEvent, AlarmState } from './alarm.ts';

/** Lists that a person keeps apart (ISA-18.2, 11): what wants an answer, what has had one, and what is hidden. */
export type BoardList = 'active' | 'acked' | 'shelved';

export interface BoardRow {
  readonly alarm: string;
  readonly list: BoardList;
  readonly state: AlarmState;
  readonly priority: number;
  /** When it was annunciated last. */
  readonly raisedUs: number;
  /** The newest word of the detector on it: score, place, rate, evidence. */
  readonly event: AlarmEvent;
  /** What a person did to it last: who, when, why. */
  readonly operated?: AlarmEvent;
}

const LISTS: Readonly<Record<AlarmState, BoardList | undefined>> = {
  normal: undefined,
  unacknowledged: 'active',
  returned: 'active',
  'latched-unacknowledged': 'active',
  acknowledged: 'acked',
  latched: 'acked',
  shelved: 'shelved',
  suppressed: 'shelved',
  'out-of-service': 'shelved',
};

/** The list at plant time `timeUs`: highest priority first, newest first among equals. */
export function alarmBoard(events: readonly AlarmEvent[], timeUs: number): BoardRow[] {
  const rows = new Map<string, { state: AlarmState; raisedUs: number; event: AlarmEvent; operated?: AlarmEvent }>();
  for (const event of events) {
    if (event.timeUs > timeUs) break;
    const row = rows.get(event.alarm) ?? { state: event.to, raisedUs: event.timeUs, event };
    rows.set(event.alarm, row);
    if (event.to === 'unacknowledged' && event.from !== 'unacknowledged') {
      row.raisedUs = event.timeUs;
      delete row.operated;
    }
    row.state = event.to;
    if (event.action === undefined) row.event = event;
    else row.operated = event;
  }
  const board: BoardRow[] = [];
  for (const [alarm, { state, raisedUs, event, operated }] of rows) {
    const list = LISTS[state];
    if (list === undefined) continue;
    const { priority } = event;
    board.push({ alarm, list, state, priority, raisedUs, event, ...(operated ? { operated } : {}) });
  }
  return board.sort((x, y) => x.priority - y.priority || y.raisedUs - x.raisedUs || (x.alarm < y.alarm ? -1 : 1));
}

/** Messages of the WebSocket /ws/alarms: first all that was, then each as it comes. */
export type AlarmMessage =
  | { readonly type: 'alarms'; readonly events: readonly AlarmEvent[] }
  | { readonly type: 'alarm'; readonly event: AlarmEvent };

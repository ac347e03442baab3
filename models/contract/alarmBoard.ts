/**
 * What stands on an operator's alarm list at a moment: what the detector's events and the operators' actions make of each
 * alarm. A pure fold, so that the plant's server and every window, live or recorded, show the same list.
 *
 * An alarm is on the list while it is not normal. Acknowledging takes away the horn, shelving also takes it off the active
 * list until the plant time that the operator chose (ISA-18.2, 11.6 and 11.7); neither touches the journal.
 */
import { z } from 'zod';
import type { AlarmEvent } from './alarm.ts';

/** Longest time that an alarm may be shelved [s]: a shift. */
export const LONGEST_SHELF_S = 8 * 3600;

export const operatorActionSchema = z.strictObject({
  action: z.enum(['acknowledge', 'shelve', 'unshelve']),
  alarm: z.string().min(1).max(64),
  /** Who, as they call themselves. */
  by: z.string().trim().min(1).max(64),
  comment: z.string().max(400).default(''),
  /** Of shelving: how long, by the plant's clock. */
  lasts_s: z.number().positive().max(LONGEST_SHELF_S).optional(),
});
/** As an operator gives it. */
export type OperatorRequest = z.input<typeof operatorActionSchema>;
/** As it was taken: with the plant time of its arrival. */
export const operatorRecordSchema = operatorActionSchema.extend({ timeUs: z.int() });
export type OperatorAction = z.infer<typeof operatorRecordSchema>;

/** Messages of the WebSocket /ws/alarms: first all that was, then each as it comes. */
export type AlarmMessage =
  | { readonly type: 'alarms'; readonly events: readonly AlarmEvent[]; readonly actions: readonly OperatorAction[] }
  | { readonly type: 'alarm'; readonly event: AlarmEvent }
  | { readonly type: 'action'; readonly action: OperatorAction };

export type BoardState = 'unacknowledged' | 'acknowledged' | 'returned' | 'shelved';

export interface BoardRow {
  readonly alarm: string;
  readonly state: BoardState;
  readonly priority: number;
  /** When it was raised last. */
  readonly raisedUs: number;
  /** The newest word of the detector on it: score, place, rate, evidence. */
  readonly event: AlarmEvent;
  /** Who acknowledged or shelved it, when, and what they wrote. */
  readonly action?: OperatorAction;
  readonly shelvedUntilUs?: number;
}

interface Row {
  state: AlarmEvent['to'];
  raisedUs: number;
  event: AlarmEvent;
  acknowledged?: OperatorAction;
  shelved?: { readonly action: OperatorAction; readonly untilUs: number };
}

/** The list at plant time `timeUs`: highest priority first, newest first among equals. */
export function alarmBoard(
  events: readonly AlarmEvent[],
  actions: readonly OperatorAction[],
  timeUs: number,
): BoardRow[] {
  const rows = new Map<string, Row>();
  let a = 0;
  const act = (untilUs: number) => {
    for (; a < actions.length && actions[a]!.timeUs < untilUs; a += 1) take(rows, actions[a]!);
  };
  for (const event of events) {
    if (event.timeUs > timeUs) break;
    act(event.timeUs);
    const row = rows.get(event.alarm);
    const raised = event.to === 'unacknowledged' && event.from !== 'acknowledged';
    if (!row) rows.set(event.alarm, { state: event.to, raisedUs: event.timeUs, event });
    else {
      if (raised) {
        row.raisedUs = event.timeUs;
        delete row.acknowledged;
      }
      row.state = event.to;
      row.event = event;
    }
  }
  act(timeUs + 1);
  const board: BoardRow[] = [];
  for (const [alarm, row] of rows) {
    const shelf = row.shelved && row.shelved.untilUs > timeUs ? row.shelved : undefined;
    // Acknowledged and gone is normal again.
    const done = row.state === 'normal' || (row.state === 'returned' && row.acknowledged !== undefined);
    if (done && !shelf) continue;
    const action = shelf?.action ?? row.acknowledged;
    board.push({
      alarm,
      state: shelf
        ? 'shelved'
        : row.state === 'unacknowledged' && row.acknowledged
          ? 'acknowledged'
          : (row.state as BoardState),
      priority: row.event.priority,
      raisedUs: row.raisedUs,
      event: row.event,
      ...(action ? { action } : {}),
      ...(shelf ? { shelvedUntilUs: shelf.untilUs } : {}),
    });
  }
  return board.sort((x, y) => x.priority - y.priority || y.raisedUs - x.raisedUs || (x.alarm < y.alarm ? -1 : 1));
}

function take(rows: Map<string, Row>, action: OperatorAction): void {
  const row = rows.get(action.alarm);
  if (!row) return;
  if (action.action === 'acknowledge') row.acknowledged = action;
  else if (action.action === 'shelve')
    row.shelved = { action, untilUs: action.timeUs + Math.round((action.lasts_s ?? 3600) * 1e6) };
  else delete row.shelved;
}

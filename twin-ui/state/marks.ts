/** What happened in a run, as marks on its timeline. */
import { type AlarmEvent, isRaised, type TruthEvent } from '../../models/contract/index.ts';
import { type Priority, priorityOf } from '../design/tokens.ts';

export interface Span {
  readonly ref: string;
  readonly fromUs: number;
  /** Absent: it goes on. */
  readonly toUs?: number;
  readonly what: string;
}

export interface Point {
  readonly timeUs: number;
  readonly label: string;
}

export interface AlarmMark extends Point {
  readonly priority: Priority;
  readonly event: AlarmEvent;
  /** Undefined where truth is not told. */
  readonly isFalse?: boolean;
}

/** From a leak's opening to the alarm that found it. */
export interface Latency {
  readonly leak: string;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface Marks {
  readonly leaks: readonly Span[];
  readonly faults: readonly Span[];
  readonly disturbances: readonly Point[];
  readonly alarms: readonly AlarmMark[];
  readonly latencies: readonly Latency[];
}

/** @param knows whether truth is told at all */
export function marksOf(truth: readonly TruthEvent[], alarms: readonly AlarmEvent[], knows: boolean): Marks {
  const leaks: Span[] = [];
  const faults: Span[] = [];
  const disturbances: Point[] = [];
  const close = (spans: Span[], ref: string, toUs: number) => {
    const i = spans.findLastIndex((s) => s.ref === ref && s.toUs === undefined);
    if (i >= 0) spans[i] = { ...spans[i]!, toUs };
  };
  for (const e of truth) {
    if (e.kind === 'leak.opened') leaks.push({ ref: e.ref, fromUs: e.timeUs, what: e.ref });
    else if (e.kind === 'leak.closed') close(leaks, e.ref, e.timeUs);
    else if (e.kind === 'fault.began') faults.push({ ref: e.ref, fromUs: e.timeUs, what: `${e.target} ${e.form}` });
    else if (e.kind === 'fault.cleared') close(faults, e.ref, e.timeUs);
    else if (e.kind === 'disturbance') disturbances.push({ timeUs: e.timeUs, label: `${e.ref}: ${e.what}` });
  }
  const latencies: Latency[] = [];
  const found = new Set<Span>();
  const marks = alarms.filter(isRaised).map((event): AlarmMark => {
    const mark = { timeUs: event.timeUs, label: event.alarm, priority: priorityOf(event.priority), event };
    if (!knows) return mark;
    // The matching rule, as far as a window needs it: the earliest leak that is open and not yet found. The judge's is the card.
    const open = leaks.filter((l) => l.fromUs <= event.timeUs && (l.toUs ?? Number.POSITIVE_INFINITY) >= event.timeUs);
    const fresh = open.find((l) => !found.has(l));
    if (fresh) {
      found.add(fresh);
      latencies.push({ leak: fresh.ref, fromUs: fresh.fromUs, toUs: event.timeUs });
    }
    return { ...mark, isFalse: open.length === 0 };
  });
  return { leaks, faults, disturbances, alarms: marks, latencies };
}

/** All instants of note, in order, each once. */
export function instants({ leaks, faults, disturbances, alarms }: Marks): number[] {
  const all = [
    ...leaks.flatMap((l) => [l.fromUs, ...(l.toUs === undefined ? [] : [l.toUs])]),
    ...faults.flatMap((f) => [f.fromUs, ...(f.toUs === undefined ? [] : [f.toUs])]),
    ...disturbances.map((d) => d.timeUs),
    ...alarms.map((a) => a.timeUs),
  ];
  return [...new Set(all)].sort((a, b) => a - b);
}

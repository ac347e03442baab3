/**
 * All alarms of a detector together, as events: each alarm's machine, and over them what the `alarms` part of the recipe asks for:
 * incidents, inhibition, floods, re-alarms, degraded inputs. Everything that happens is an event; what is hidden is one too.
 *
 * Within an incident the first alarm is annunciated, and later ones only where their priority is higher than all that was
 * heard of it: at most as many annunciations as there are priorities.
 */
import type { AlarmEvent, Frame, Operated, OperatorAction, Score } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import { createFlood } from './flood.ts';
import { createIncidents } from './incidents.ts';
import { createMachine, type Machine, type MachineSettings, SUPPRESSED_BY, type Transition } from './machine.ts';
import type { AlarmPart, AlarmsSpec } from './spec.ts';

/** An alarm as its method declares it. */
export interface AlarmPoint extends MachineSettings {
  readonly alarm: string;
  readonly priority: number;
  /** The method. */
  readonly by: string;
  /** Tags that it cannot do without, by their index. */
  readonly inputs: readonly number[];
}

export interface Plantside {
  /** 1: the tag may be used (tags). */
  readonly usable: Uint8Array;
  readonly tagIds: readonly string[];
}

export interface Annunciator {
  reset(): void;
  /** Before the alarms of a frame: shelves that are over, floods that end. */
  begin(frame: Frame, out: AlarmEvent[]): void;
  /** One alarm's score of this frame, in the order of the points. */
  step(alarm: number, frame: Frame, score: Score, out: AlarmEvent[]): void;
  /** A person acts, on an alarm or on all of an incident, at this frame. */
  operate(action: OperatorAction, at: { readonly seq: number; readonly timeUs: number }): Operated<AlarmEvent>;
}

const LOWEST_PRIORITY = 4;
const FLOOD_ALARM = 'FLOOD';
const QUIET: Score = { value: 0 };

export function createAnnunciator(
  points: readonly AlarmPoint[],
  spec: AlarmsSpec | undefined,
  plant: Plantside,
  arena: Arena,
): Annunciator {
  const part = (i: number): AlarmPart | undefined => spec?.of[points[i]!.alarm];
  const machines = points.map((p, i): Machine => {
    const own = part(i);
    const reAlarm = own?.['re-alarm'];
    return createMachine(
      own
        ? {
            ...p,
            latch: own.latch,
            shelfLimit_us: Math.round(own['shelve-limit'] * 1e6),
            ...(reAlarm === undefined ? {} : { reAlarm_us: Math.round(reAlarm * 1e6) }),
          }
        : p,
      arena,
    );
  });
  const indexOf = new Map(points.map((p, i) => [p.alarm, i]));
  const inhibitors = points.map((_, i) => (part(i)?.['suppress-while'] ?? []).map((id) => indexOf.get(id)!));
  const grouping = spec?.incidents;
  const incidents =
    grouping &&
    createIncidents(
      { apart: grouping.apart, margin_m: grouping.margin, linger_us: Math.round(grouping.linger * 1e6) },
      points.length,
      arena,
    );
  const flooding = spec?.flood;
  const flood =
    flooding &&
    createFlood(
      {
        beginsAbove: flooding['begins-above'],
        endsBelow: flooding['ends-below'],
        window_us: Math.round(flooding.window * 1e6),
      },
      arena,
    );

  const lostOf = (i: number) => {
    let lost = 0;
    for (const tag of points[i]!.inputs) if (plant.usable[tag] !== 1) lost += 1;
    return lost;
  };
  const incidentName = (i: number) => {
    const slot = incidents?.slotOf(i) ?? -1;
    return slot < 0 ? undefined : `I-${incidents!.numberOf(slot)}`;
  };

  function priorityOf(i: number, lost: number): number {
    const { priority } = points[i]!;
    return lost > 0 && part(i)?.degraded === 'lower' ? Math.min(LOWEST_PRIORITY, priority + 1) : priority;
  }

  function degradedText(i: number): string {
    const { inputs } = points[i]!;
    const gone = inputs.filter((tag) => plant.usable[tag] !== 1).map((tag) => plant.tagIds[tag]!);
    const names = gone.length > 6 ? `${gone.slice(0, 6).join(', ')}, …` : gone.join(', ');
    return `${gone.length} of ${inputs.length} inputs lost: ${names}`.slice(0, 200);
  }

  function event(
    i: number,
    at: { readonly seq: number; readonly timeUs: number },
    moved: Transition | (Omit<Transition, 'again'> & { readonly again?: 'further' }),
    score: Score,
    because: string,
    lost = 0,
  ): AlarmEvent {
    const { alarm, by } = points[i]!;
    const incident = incidentName(i);
    return {
      alarm,
      timeUs: at.timeUs,
      frameSeq: at.seq,
      from: moved.from,
      to: moved.to,
      priority: priorityOf(i, lost),
      score: score.value,
      ...(score.where ? { where: { ...score.where } } : {}),
      ...(score.rate ? { rate: { ...score.rate } } : {}),
      ...(score.onsetUs !== undefined && Number.isFinite(score.onsetUs) ? { onsetUs: score.onsetUs } : {}),
      by,
      because,
      ...(moved.under === undefined ? {} : { under: moved.under }),
      ...(moved.again === undefined ? {} : { again: moved.again }),
      ...(incident === undefined ? {} : { incident }),
      ...(lost > 0 ? { degraded: degradedText(i) } : {}),
    };
  }

  function heard(i: number, timeUs: number, lost: number): void {
    flood?.count(timeUs);
    const slot = incidents?.slotOf(i) ?? -1;
    if (slot >= 0) incidents!.heard(slot, priorityOf(i, lost));
  }

  // What `gate` needs, set before each machine's step: a closure per scan would be an allocation per scan.
  let now = 0;
  let asked = 0;
  let where: Score['where'];
  let lostNow = 0;
  const gate = (): number => {
    let flags = 0;
    if (incidents) {
      const slot = incidents.join(asked, now, where);
      if (priorityOf(asked, lostNow) >= incidents.heardPriority(slot)) flags |= SUPPRESSED_BY.incident;
    }
    if (flood?.on && priorityOf(asked, lostNow) > flooding!.keep) flags |= SUPPRESSED_BY.flood;
    return flags;
  };

  function further(i: number, frame: Frame, score: Score, lost: number, out: AlarmEvent[]): void {
    const machine = machines[i]!;
    const because = score.because ?? 'something further';
    const slot = incidents?.join(i, frame.timeUs, score.where);
    if (slot !== undefined && priorityOf(i, lost) >= incidents!.heardPriority(slot)) {
      const { state, core } = machine;
      out.push(event(i, frame, { from: state, to: state, ...covered(state, core) }, score, because, lost));
      return;
    }
    const moved = machine.renew();
    out.push(event(i, frame, { ...moved, again: 'further' }, score, because, lost));
    if (moved.to === 'unacknowledged') heard(i, frame.timeUs, lost);
  }

  function takeIn(flag: number, on: boolean, i: number, frame: Frame, because: string, out: AlarmEvent[]): void {
    const moved = machines[i]!.cover(flag, on);
    if (!moved) return;
    out.push(event(i, frame, moved, QUIET, because));
    if (moved.to === 'unacknowledged' && moved.from !== moved.to) heard(i, frame.timeUs, 0);
  }

  function targets(name: string): number[] {
    const own = indexOf.get(name);
    if (own !== undefined) return [own];
    return points.map((_, i) => i).filter((i) => incidentName(i) === name && machines[i]!.core !== 'normal');
  }

  return {
    reset() {
      for (const m of machines) m.reset();
      incidents?.reset();
      flood?.reset();
    },
    begin(frame, out) {
      for (let i = 0; i < machines.length; i += 1) {
        const moved = machines[i]!.expire(frame.timeUs);
        if (!moved) continue;
        out.push(event(i, frame, moved, QUIET, 'its time on the shelf is over'));
        if (moved.to === 'unacknowledged') heard(i, frame.timeUs, 0);
      }
      if (!flood?.step(frame.timeUs)) return;
      out.push(floodEvent(flood.on, frame, flooding!));
      if (flood.on) return;
      for (let i = 0; i < machines.length; i += 1)
        takeIn(SUPPRESSED_BY.flood, false, i, frame, 'the flood of alarms is over', out);
    },
    step(i, frame, score, out) {
      const machine = machines[i]!;
      const by = inhibitors[i]!;
      if (by.length > 0) {
        let standing = -1;
        for (const j of by) if (machines[j]!.active) standing = j;
        const why = standing < 0 ? 'what suppressed it is over' : `suppressed while ${points[standing]!.alarm} stands`;
        takeIn(SUPPRESSED_BY.design, standing >= 0, i, frame, why, out);
      }
      const lost = spec ? lostOf(i) : 0;
      const usable = lost === 0 || lost < points[i]!.inputs.length;
      now = frame.timeUs;
      asked = i;
      where = score.where;
      lostNow = lost;
      const wasActive = machine.active;
      const moved = machine.step(frame.timeUs, score.value, usable, gate);
      if (moved) {
        if (wasActive && !machine.active) incidents?.leave(i, frame.timeUs);
        const said = score.because ?? (machine.active ? 'the condition holds' : 'the condition is gone');
        out.push(event(i, frame, moved, score, moved.again ? 'still there, and acknowledged long ago' : said, lost));
        if (moved.to === 'unacknowledged') heard(i, frame.timeUs, lost);
      } else if (score.further === true && machine.active) further(i, frame, score, lost, out);
    },
    operate(action, at) {
      const list = targets(action.alarm);
      if (list.length === 0)
        return {
          ok: false,
          because: `${action.alarm} is no alarm of this detector and no incident that stands (alarms: ${points.map((p) => p.alarm).join(', ')})`,
        };
      const events: AlarmEvent[] = [];
      const refused: string[] = [];
      for (const i of list) {
        const moved = machines[i]!.operate(action, at.timeUs);
        if (typeof moved === 'string') {
          refused.push(`${points[i]!.alarm}: ${moved}`);
          continue;
        }
        const { who, comment } = action;
        const made = event(i, at, moved, QUIET, SENTENCES[action.action]);
        events.push({
          ...made,
          action: action.action,
          who,
          ...(comment === undefined ? {} : { comment }),
        });
        if (moved.to === 'unacknowledged' && moved.from !== 'unacknowledged') heard(i, at.timeUs, 0);
      }
      return events.length > 0 ? { ok: true, events } : { ok: false, because: refused.join('; ') };
    },
  };
}

const SENTENCES: Readonly<Record<OperatorAction['action'], string>> = {
  acknowledge: 'acknowledged',
  shelve: 'shelved',
  unshelve: 'taken off the shelf',
  suppress: 'suppressed by a person',
  unsuppress: 'no longer suppressed by a person',
  'out-of-service': 'taken out of service',
  'return-to-service': 'returned to service',
  reset: 'reset',
  comment: 'a remark',
};

function covered(state: AlarmEvent['to'], core: AlarmEvent['to']): { under?: AlarmEvent['to'] } {
  return state === core ? {} : { under: core };
}

function floodEvent(on: boolean, frame: Frame, flooding: NonNullable<AlarmsSpec['flood']>): AlarmEvent {
  return {
    alarm: FLOOD_ALARM,
    timeUs: frame.timeUs,
    frameSeq: frame.seq,
    // Nobody has to answer it: it is a state of the alarm system, not of the plant.
    from: on ? 'normal' : 'acknowledged',
    to: on ? 'acknowledged' : 'normal',
    priority: LOWEST_PRIORITY,
    score: 0,
    by: 'alarms',
    because: on
      ? `more than ${flooding['begins-above']} alarms were annunciated within ${flooding.window} s; only priorities up to ${flooding.keep} are, until fewer than ${flooding['ends-below']}`
      : `fewer than ${flooding['ends-below']} alarms were annunciated within ${flooding.window} s`,
  };
}

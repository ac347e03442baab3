/**
 * One alarm after ISA-18.2-2016 and IEC 62682 (alarm state transition diagram), pure on (state, event, frame time).
 *
 * Two layers. The core goes on whatever people do: normal → unacknowledged → acknowledged → normal, or → returned (unacknowledged)
 * where the condition goes first; a latched alarm waits for its reset. Over it lie shelf, suppression and out of service: they
 * hide the core, stop the horn and lose nothing. What shows is the strongest cover, else the core.
 *
 *   what comes and goes beneath a cover without ever having been heard needs no acknowledgement; what was heard keeps needing it
 *   what stands unacknowledged when its cover is taken away is annunciated then
 */
import { ALARM_STATES, type AlarmState, isActive, type OperatorAction } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import { createCondition, type Delays } from './condition.ts';

export interface MachineSettings extends Delays {
  /** The alarm stays when its condition is gone, until it is reset. */
  readonly latch?: boolean;
  /** What stands acknowledged for so long with its condition there is annunciated again; absent: never [µs]. */
  readonly reAlarm_us?: number;
  /** Longest time on the shelf [µs]; 0: it may not be shelved. */
  readonly shelfLimit_us?: number;
}

/** Why an alarm is suppressed; flags. */
export const SUPPRESSED_BY = { person: 1, design: 2, incident: 4, flood: 8 } as const;

export interface Transition {
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** Where `to` is a cover: the core state beneath. */
  readonly under?: AlarmState;
  readonly again?: 'reminder';
}

export interface Machine {
  /** What shows. */
  readonly state: AlarmState;
  readonly core: AlarmState;
  readonly active: boolean;
  readonly hidden: boolean;
  reset(): void;
  /**
   * Feeds one score; returns the transition that it caused, if any.
   * @param usable false: inputs are lost, the condition stays as it was
   * @param gate asked where the alarm is about to be raised: flags of SUPPRESSED_BY under which it comes, 0 for none
   */
  step(timeUs: number, score: number, usable?: boolean, gate?: () => number): Transition | undefined;
  /** Something further is found while the alarm stands: it is unacknowledged anew, and in the open where logic alone hid it. */
  renew(): Transition;
  /** Takes an alarm off its shelf when its time is over. */
  expire(timeUs: number): Transition | undefined;
  /** Lays or takes away the covers of logic (design, flood). */
  cover(flag: number, on: boolean): Transition | undefined;
  /** Does what a person asks, or says in words why not. */
  operate(action: OperatorAction, timeUs: number): Transition | string;
}

export const DEFAULT_SHELF_LIMIT_US = 8 * 3600e6;

const code = (state: AlarmState) => ALARM_STATES.indexOf(state);
const PER_ACTIVATION = SUPPRESSED_BY.incident | SUPPRESSED_BY.flood;

export function createMachine(settings: MachineSettings, arena: Arena): Machine {
  const condition = createCondition(settings, arena);
  const core = arena.u8(1); // index in ALARM_STATES
  const suppressed = arena.u8(1); // flags of SUPPRESSED_BY
  const outOfService = arena.u8(1);
  const shelved = arena.u8(1);
  const heard = arena.u8(1); // 1: what is or was the matter has been annunciated
  const shelvedUntilUs = arena.f64(1);
  const acknowledgedUs = arena.f64(1);
  const latch = settings.latch ?? false;
  const limitUs = settings.shelfLimit_us ?? DEFAULT_SHELF_LIMIT_US;

  const coreOf = () => ALARM_STATES[core[0]!]!;
  const hidden = () => outOfService[0] === 1 || shelved[0] === 1 || suppressed[0] !== 0;
  const shown = (): AlarmState =>
    outOfService[0] === 1
      ? 'out-of-service'
      : shelved[0] === 1
        ? 'shelved'
        : suppressed[0] !== 0
          ? 'suppressed'
          : coreOf();
  const go = (to: AlarmState) => {
    core[0] = code(to);
  };

  /** The transition from what was shown before; what now stands in the open unacknowledged has been heard. */
  function since(from: AlarmState): Transition {
    const to = shown();
    if (to === 'unacknowledged') heard[0] = 1;
    return hidden() ? { from, to, under: coreOf() } : { from, to };
  }

  function raise(flags: number): void {
    const pending = coreOf() === 'returned' || coreOf() === 'latched-unacknowledged';
    suppressed[0] = (suppressed[0]! & ~PER_ACTIVATION) | flags;
    // An earlier occurrence that was heard and not acknowledged is not forgotten by one that nobody hears.
    if (!pending) heard[0] = 0;
    go('unacknowledged');
  }

  function clear(): void {
    const owed = coreOf() === 'unacknowledged' && (heard[0] === 1 || latch);
    go(latch ? (owed ? 'latched-unacknowledged' : 'latched') : owed ? 'returned' : 'normal');
    suppressed[0] = suppressed[0]! & ~PER_ACTIVATION;
  }

  function acknowledge(timeUs: number): string | undefined {
    const now = coreOf();
    if (now === 'unacknowledged') go('acknowledged');
    else if (now === 'returned') go('normal');
    else if (now === 'latched-unacknowledged') go('latched');
    else return `there is nothing to acknowledge: it is ${now}`;
    acknowledgedUs[0] = timeUs;
    // All that was heard has been answered.
    heard[0] = 0;
    // The incident's horn has been answered for this alarm too; from here on it is a standing alarm like any other.
    suppressed[0] = suppressed[0]! & ~PER_ACTIVATION;
    return undefined;
  }

  function shelve(timeUs: number, for_s: number): string | undefined {
    if (limitUs === 0) return 'it may not be shelved';
    if (for_s * 1e6 > limitUs) return `it may be shelved for at most ${limitUs / 1e6} s, not ${for_s} s`;
    shelved[0] = 1;
    shelvedUntilUs[0] = timeUs + Math.round(for_s * 1e6);
    return undefined;
  }

  function set(flags: Uint8Array, mask: number, on: boolean, what: string): string | undefined {
    if (((flags[0]! & mask) !== 0) === on) return `it is ${on ? 'already' : 'not'} ${what}`;
    flags[0] = on ? flags[0]! | mask : flags[0]! & ~mask;
    return undefined;
  }

  function act(action: OperatorAction, timeUs: number): string | undefined {
    switch (action.action) {
      case 'acknowledge':
        return acknowledge(timeUs);
      case 'shelve':
        return shelve(timeUs, action.for_s);
      case 'unshelve':
        return set(shelved, 1, false, 'shelved');
      case 'suppress':
        return set(suppressed, SUPPRESSED_BY.person, true, 'suppressed by a person');
      case 'unsuppress':
        return set(suppressed, SUPPRESSED_BY.person, false, 'suppressed by a person');
      case 'out-of-service':
        return set(outOfService, 1, true, 'out of service');
      case 'return-to-service':
        return set(outOfService, 1, false, 'out of service');
      case 'reset':
        if (coreOf() === 'latched-unacknowledged') return 'it is latched and must be acknowledged before its reset';
        if (coreOf() !== 'latched') return `there is nothing to reset: it is ${coreOf()}`;
        go('normal');
        return undefined;
      case 'comment':
        return undefined;
    }
  }

  return {
    get state() {
      return shown();
    },
    get core() {
      return coreOf();
    },
    get active() {
      return isActive(coreOf());
    },
    get hidden() {
      return hidden();
    },
    reset() {
      go('normal');
    },
    step(timeUs, score, usable = true, gate) {
      const there = condition.step(timeUs, score, usable);
      const before = coreOf();
      if (there === 1 && !isActive(before)) {
        const from = shown();
        raise(gate ? gate() : 0);
        return since(from);
      }
      if (there === 0 && isActive(before)) {
        const from = shown();
        clear();
        return since(from);
      }
      const reAlarm_us = settings.reAlarm_us ?? 0;
      if (before === 'acknowledged' && reAlarm_us > 0 && timeUs - acknowledgedUs[0]! >= reAlarm_us) {
        const from = shown();
        go('unacknowledged');
        const moved = since(from);
        return moved.to === 'unacknowledged' ? { ...moved, again: 'reminder' } : moved;
      }
      return undefined;
    },
    renew() {
      const from = shown();
      suppressed[0] = suppressed[0]! & ~PER_ACTIVATION;
      go('unacknowledged');
      return since(from);
    },
    expire(timeUs) {
      if (shelved[0] === 0 || timeUs < shelvedUntilUs[0]!) return undefined;
      const from = shown();
      shelved[0] = 0;
      return since(from);
    },
    cover(flag, on) {
      if (((suppressed[0]! & flag) !== 0) === on) return undefined;
      const from = shown();
      suppressed[0] = on ? suppressed[0]! | flag : suppressed[0]! & ~flag;
      return since(from);
    },
    operate(action, timeUs) {
      const from = shown();
      return act(action, timeUs) ?? since(from);
    },
  };
}

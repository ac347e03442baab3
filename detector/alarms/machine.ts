/**
 * The alarm state machine of one alarm, pure on frame time: on-delay, off-delay and deadband between a method's score and
 * the states of ISA-18.2. The condition holds at score ≥ 1 and is gone below 1 − deadband; in between it stays as it was.
 */
import type { AlarmState } from '../../models/contract/index.ts';
import { ALARM_STATES } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';

export interface MachineSettings {
  readonly onDelay_us: number;
  readonly offDelay_us: number;
  readonly deadband: number;
}

export interface Machine {
  readonly state: AlarmState;
  reset(): void;
  /** Feeds one score; returns the transition that it caused, if any. */
  step(timeUs: number, score: number): { from: AlarmState; to: AlarmState } | undefined;
}

const NORMAL = ALARM_STATES.indexOf('normal');
const UNACKNOWLEDGED = ALARM_STATES.indexOf('unacknowledged');
const RETURNED = ALARM_STATES.indexOf('returned');

export function createMachine(settings: MachineSettings, arena: Arena): Machine {
  const code = arena.u8(1); // index in ALARM_STATES
  const condition = arena.u8(1); // 1: the condition holds
  const sinceUs = arena.f64(1); // since when it has been so [µs]
  const active = () => code[0] === UNACKNOWLEDGED;
  return {
    get state() {
      return ALARM_STATES[code[0]!]!;
    },
    reset() {
      code[0] = NORMAL;
    },
    step(timeUs, score) {
      const holds = score >= 1 || (condition[0] === 1 && score > 1 - settings.deadband);
      if (holds !== (condition[0] === 1)) {
        condition[0] = holds ? 1 : 0;
        sinceUs[0] = timeUs;
      }
      const lasted = timeUs - sinceUs[0]!;
      const from = code[0]!;
      if (holds && !active() && lasted >= settings.onDelay_us) code[0] = UNACKNOWLEDGED;
      else if (!holds && active() && lasted >= settings.offDelay_us) code[0] = RETURNED;
      return code[0] === from ? undefined : { from: ALARM_STATES[from]!, to: ALARM_STATES[code[0]!]! };
    },
  };
}

/**
 * Control compiled: what reads which tag, what moves what, in the order in which it is reckoned. It does not change during a
 * run. Values stand in SI where they meet an actuator, in the tag's own unit where they meet a measurement.
 */
import type { Command, Control } from '../../models/contract/index.ts';

/** A tag that control looks at: its newest sample. */
export interface SourceModel {
  readonly tag: number;
  readonly column: number;
}

/** What loops and selectors move. */
export interface TargetModel {
  readonly element: string;
  readonly property: 'speed' | 'opening' | 'setPoint';
  /** The loop that moves it; −1: a selector does. */
  readonly loop: number;
  /** −1: a loop does. */
  readonly select: number;
  /** Effects of interlocks and shutdown that set the same. */
  readonly heldBy: readonly number[];
}

export interface LoopModel {
  readonly id: string;
  readonly source: number;
  readonly low: number; // of the instrument, in the tag's unit
  readonly span: number;
  readonly unit: string;
  /** +1 reverse: the output rises when the measurement falls; −1 direct. */
  readonly sense: 1 | -1;
  readonly gain: number;
  readonly integral_s: number; // 0: none
  readonly derivative_s: number;
  readonly filter: number;
  readonly outputLow: number; // SI
  readonly outputSpan: number; // SI
  readonly outputUnit: string;
  readonly rate_per_s: number; // of the output's span
  readonly ramp_per_s: number; // of the set point, in the tag's unit
  readonly target: number; // −1: none of its own
  readonly select: number; // −1: none
  readonly secondary: number; // loop whose set point it moves, −1: none
  readonly primary: number; // loop that moves its set point, −1: none
  readonly setPoint0: number; // in the tag's unit; NaN: as measured at the start
  readonly mode0: number;
  readonly onBad: 'hold' | 'manual' | 'safe';
  readonly safe: number; // of the output's span
}

export const MODE = { manual: 0, auto: 1, cascade: 2 } as const;

export interface SelectModel {
  readonly id: string;
  readonly target: number;
  /** +1 takes the highest, −1 the lowest. */
  readonly sense: 1 | -1;
  readonly hand: boolean;
  readonly loops: readonly number[];
}

/** An interlock or a shutdown system. */
export interface GroupModel {
  readonly id: string;
  readonly kind: 'interlock' | 'shutdown';
  readonly causes: readonly number[];
  readonly effects: readonly number[];
  readonly permissive: readonly string[];
  readonly bypassUs: number;
}

export interface CauseModel {
  /** Its name inside its group, for people. */
  readonly id: string;
  readonly group: number;
  /** Empty: the push-button. */
  readonly sources: readonly number[];
  readonly firstChannel: number;
  readonly votes: number;
  /** +1 above, −1 below. */
  readonly sense: 1 | -1;
  readonly limit: number; // in the tag's unit
  readonly clears: number;
  readonly preAlarm: number; // NaN: none
  readonly forUs: number;
  readonly latched: boolean;
  readonly onBad: 'hold' | 'trip' | 'ignore';
}

export interface EffectModel {
  readonly id: string;
  readonly group: number;
  readonly element: string;
  readonly property: Control['property'];
  readonly value: number; // SI
  readonly afterUs: number;
  readonly causes: readonly number[];
  readonly command: Command;
  /** A loop's own set point, output or mode. */
  readonly loop: number; // −1: an actuator
}

/** What a tag of control reads. */
export const READS = {
  plant: 0,
  mode: 1,
  output: 2,
  setPoint: 3,
  group: 4,
  cause: 5,
  bypassed: 6,
  preAlarm: 7,
} as const;

export interface ControlModel {
  readonly sources: readonly SourceModel[];
  readonly loops: readonly LoopModel[];
  /** Loops in the order in which they are reckoned: primaries first. */
  readonly order: readonly number[];
  readonly selects: readonly SelectModel[];
  readonly targets: readonly TargetModel[];
  readonly groups: readonly GroupModel[];
  readonly causes: readonly CauseModel[];
  readonly effects: readonly EffectModel[];
  readonly channels: number;
  readonly scan_s: number;
  readonly tagReads: Uint8Array; // (nTag)
  readonly tagIndex: Int32Array; // loop, group or cause (nTag)
  readonly controls: readonly Control[];
}

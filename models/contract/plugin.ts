/**
 * One shape for every kind of plug-in (leak form, instrument, fault, feature, method, criterion), and the interfaces of
 * the detector's parts. A plug-in's `schema` reads its YAML; `bind` makes the thing or says what is wrong.
 */
import type { z } from 'zod';
import type { AlarmEvent } from './alarm.ts';
import type { AsBuilt } from './asBuilt.ts';
import type { Frame, FrameLayout } from './frame.ts';
import type { Operated, OperatorAction } from './operate.ts';
import type { Result } from './problem.ts';
import type { ControlWrite } from './responsePlan.ts';

export interface PlugIn<T, Ctx, Raw = unknown> {
  readonly kind: string;
  /** One sentence for `leaktwin describe`. */
  readonly summary: string;
  /** Paper, standard or equation. */
  readonly reference?: string;
  readonly schema: z.ZodType<Raw>;
  bind(raw: Raw, context: Ctx): Result<T>;
}

/** Any transport turned into ordered frames. */
export interface FrameSource {
  open(): Promise<{ layout: FrameLayout; asBuilt?: AsBuilt }>;
  /** The next frame, or undefined at the end. The frame belongs to the source until the next call. */
  next(): Promise<Frame | undefined>;
  /** Posts events of this frame, then says that it is done with. */
  ack(seq: number, events: readonly AlarmEvent[]): Promise<void>;
  /**
   * Writes to the plant's controls, before the ack of the frame that gave the reason. Absent: this transport carries none.
   * @returns what was refused, a sentence each, in the order of the writes; empty text where one was taken
   */
  write?(writes: readonly ControlWrite[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Takes what a method computed for one frame. Score first, learn second. */
export interface Score {
  /** The method's number; an alarm condition where it is at or above 1 (score = statistic / threshold). */
  value: number;
  where?: NonNullable<AlarmEvent['where']>;
  rate?: NonNullable<AlarmEvent['rate']>;
  onsetUs?: number;
  because?: string;
  /** True in the scan in which something further is found while the condition stands: a second leak beside the first. */
  further?: boolean;
  /** Share of what the method watches on which it could have raised an alarm now: 0 inhibited, below 1 degraded. */
  able?: number;
}

/** For how long a running detector could do its work; frames of the warm-up are in none of the counts. */
export interface Availability {
  readonly frames: number;
  /** Time that a frame stands for [µs]. */
  readonly frameUs: number;
  /** Every method could have raised an alarm on all that it watches. */
  readonly whole: number;
  /** No method could have raised one on anything. */
  readonly inhibited: number;
}

/** A running detector. `step` is pure in (state, frame): same frames, same events. */
export interface Pipeline {
  readonly recipe: string;
  step(frame: Frame): readonly AlarmEvent[];
  /** What a person does, at the frame that was stepped last. Absent: this detector takes no actions. */
  operate?(action: OperatorAction): Operated<AlarmEvent>;
  /** Absent of detectors that do not say it. */
  availability?(): Availability;
  save(): Uint8Array;
  load(bytes: Uint8Array): void;
}

/**
 * What the common part of a plant (instruments, clock, wire) asks of its physics, and what a kind of plant must bring.
 */
import type { z } from 'zod';
import type { AsBuilt, Command, Control, Problem, Result, TruthEvent } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import type { LeakModel } from './model.ts';
import type { CommonSpec } from './spec.ts';

/** A place where a leak may open: a fraction of a pipe, or a distance along the line. */
export interface LeakSite {
  readonly id: string;
  readonly pipe: string;
  readonly fraction: number;
  readonly dischargeCoefficient: number;
  /** Pressure head of what lies outside [m of the liquid], default 0. */
  readonly backHead_m?: number;
  /** Area of a leak that is open already when the plant starts, and has been for long [m²]. */
  readonly openArea_m2?: number;
}

export interface CompilePlantOptions {
  readonly seed: number;
  readonly leaks?: readonly LeakSite[];
  /** Overrides the plant's own tick. */
  readonly tick_s?: number;
  readonly friction?: 'fixed' | 'per-pipe' | 'per-cell';
  /** As-built data equal the simulator's own, clocks and instruments keep their errors. */
  readonly exact?: boolean;
  /** Instruments without noise, jitter, steps of a converter or report by exception: what the judge's bound is taken from. */
  readonly noiseless?: boolean;
}

/** Commands that move physics; faults belong to the instruments, and what only a loop or an interlock has to the control. */
export type PhysicsCommand =
  | Exclude<Command, { kind: 'fault' | 'fault.clear' | 'set' }>
  | (Omit<Extract<Command, { kind: 'set' }>, 'property'> & {
      readonly property: 'speed' | 'opening' | 'setPoint' | 'product';
    });

export interface Physics {
  /** Moves everything to `timeUs`, one tick further. */
  step(timeUs: number): void;
  /** True value behind a tag now, SI. */
  trueValue(tag: number): number;
  /** What a flow tag in standard volume shows over the truth, when it corrects by a measured temperature [K] and gauge pressure [Pa, none: 0]. */
  standardRatio?(tag: number, temperature_K: number, pressure_Pa: number | undefined): number;
  /** Does it, or says in a sentence why not and does nothing. Pushes the truth of what it did. */
  apply(command: PhysicsCommand, timeUs: number, truth: TruthEvent[]): string | undefined;
  /** One `leak.rate` per open leak, once a scan. */
  report(timeUs: number, truth: TruthEvent[]): void;
  /** Present value of a control, SI; 0 or 1 for run and trip. */
  controlValue(control: Pick<Control, 'element' | 'property'>): number;
  /** Area of a leak that lets this mass rate out with the plant as it stands [m²]; a sentence where nothing drives it. */
  leakArea_m2(leak: string, massRate_kg_s: number): number | string;
  /** Everything that changes, in order; a snapshot is a copy of these. */
  save(): Uint8Array[];
  load(parts: readonly Uint8Array[]): void;
  /** What two equal runs have alike, where that is not all of `save`: memory of a foreign engine may hold more. */
  identity?(): Uint8Array[];
  /** Why the physics of this run cannot be trusted; empty where it can. */
  violations(): string[];
  /** Releases what the garbage collector does not. */
  close?(): void;
}

/** What a spec says without its physics being at work. */
export interface Outline {
  readonly leaks: readonly LeakModel[];
  readonly controls: readonly Control[];
  readonly asBuilt: AsBuilt;
  /** Distance along the line of where a tag sits [m]. */
  positionOf(at: string): number | undefined;
}

/** What a kind makes of a spec. */
export interface Built<P extends Physics = Physics> extends Outline {
  readonly physics: P;
}

/** A kind of plant: one per room. */
export interface PlantKind<S extends CommonSpec, P extends Physics = Physics> {
  readonly kind: string;
  readonly summary: string;
  readonly schema: z.ZodType<S>;
  /** Reads what the plant names beside its file (`doc.file`) into the spec. */
  gather?(doc: Located<S>): Result<Located<S>>;
  check(doc: Located<S>): Problem[];
  /** What of the plant may be commanded; undefined where a mistake that `check` tells of leaves that open. */
  controls(spec: S): readonly Control[] | undefined;
  /** Loads what `build` needs and cannot wait for; awaited before a plant is built. */
  prepare?(): Promise<void>;
  /** As `build`, for those who need no physics; absent: only the physics knows. */
  outline?(spec: S, options: CompilePlantOptions): Outline;
  /** Brings the physics to rest, tags in the order of `spec.instruments`. Throws a sentence where there is no steady state. */
  build(spec: S, options: CompilePlantOptions): Built<P>;
}

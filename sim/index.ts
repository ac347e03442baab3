/**
 * The facade of a plant: compile, command, step, snapshot. Everything outside `sim` uses a plant through this.
 */
import type { Command, Control, Frame, FrameLayout, TruthEvent } from '../models/contract/index.ts';
import { digestBytes } from '../models/kernel/index.ts';
import { type ControlModel, compileControl, createControl, hasControl } from './control/index.ts';
import type { GasPhysics, GasPlantSpec } from './gas/index.ts';
import { applyFault, primeInstruments } from './instruments/index.ts';
import { KINDS, kindOf, type PlantSpec } from './kinds.ts';
import type { LiquidPhysics, LiquidSpec } from './liquid/index.ts';
import {
  type CompilePlantOptions,
  compilePlant,
  createPlantState,
  type Outline,
  type Physics,
  type PlantKind,
  type PlantModel,
  type PlantState,
} from './plant/index.ts';
import { stepPlant } from './step.ts';
import type { TanksPhysics, TanksSpec } from './tanks/index.ts';
import type { TransientPhysics, WaterPhysics, WaterSpec } from './water/index.ts';

export {
  type AirSpec,
  type InAir,
  type InAirPhysics,
  type SiteCamera,
  type SitePlume,
  sitePlume,
} from './dispersion/index.ts';
export type { GasPhysics, GasPlantSpec } from './gas/index.ts';
export { GASES } from './instruments/gas/index.ts';
export { asLiquid, KINDS, type KindName, type LocatedPlant, type PlantSpec, parsePlant, readPlant } from './kinds.ts';
export type { LiquidPhysics, LiquidSpec } from './liquid/index.ts';
export { type Pictured, plantScene } from './picture/index.ts';
export type { CompilePlantOptions, EmitterSite, LeakSite, Physics, PlantModel } from './plant/index.ts';
export { blowArea_m2, diggingForce_N, type PipeWall, punctureResistance_N, type Tooth } from './site/index.ts';
export type { StorePhysics, StoreSpec } from './store/index.ts';
export type { TanksPhysics, TanksSpec } from './tanks/index.ts';
export type { TransientPhysics, WaterPhysics, WaterSpec } from './water/index.ts';

/** What people write, by kind, air included. */
export const gasSchema = KINDS.gas.schema;
export const liquidSchema = KINDS.liquid.schema;
export const storeSchema = KINDS.store.schema;
export const tanksSchema = KINDS.tanks.schema;
export const waterSchema = KINDS.water.schema;

export interface Sim<P extends Physics = Physics> {
  readonly model: PlantModel;
  readonly state: PlantState;
  readonly physics: P;
  readonly layout: FrameLayout;
  readonly timeUs: number;
  /** Applies commands now, before the next tick. Returns one sentence per command that could not be done. */
  apply(commands: readonly Command[]): string[];
  /** One tick. True where `frame` now holds a new scan. */
  step(frame: Frame): boolean;
  /** Ticks until the next scan is in `frame`. */
  scan(frame: Frame): void;
  /** Truth since the last drain. The judge's channel; a detector never gets it. */
  drainTruth(): TruthEvent[];
  /** Present value of a control, SI; 0 or 1 for run and trip. */
  controlValue(control: Pick<Control, 'element' | 'property'>): number;
  snapshot(): Uint8Array;
  restore(bytes: Uint8Array): void;
  fingerprint(): string;
  /** Why the physics of this run cannot be trusted; empty where it can. */
  violations(): string[];
  close(): void;
}

/** A plant of liquid lines, with its physics to look into. */
export type LiquidSim = Sim<LiquidPhysics>;

/** A tank farm, with its physics to look into. */
export type TanksSim = Sim<TanksPhysics>;

/** A plant of gas lines, with its physics to look into. */
export type GasSim = Sim<GasPhysics>;

/** A water network in extended-period hydraulics, with its physics to look into. */
export type WaterSim = Sim<WaterPhysics>;

/** A water network in its waves, with its physics to look into. */
export type TransientSim = Sim<TransientPhysics>;

/** The spec of a water network that is to run in waves. */
export type TransientSpec = WaterSpec & { readonly solver: 'transient' };

/** Loads what a kind of plant needs before `createSim`; to be awaited before each, and costs nothing where nothing is needed. */
export async function preparePlant(spec: PlantSpec): Promise<void> {
  await kindOf(spec).prepare?.();
}

/** What can be known of a plant without its physics where its kind allows that; nothing needs to be prepared for it. */
export function compileModel(spec: PlantSpec, options: CompilePlantOptions): PlantModel {
  const kind = kindOf(spec);
  const outline = kind.outline?.(spec, options) ?? kind.build(spec, options);
  return compilePlant(spec, kind.kind, withControls(outline, controlOf(spec, outline)), options);
}

function controlOf(spec: PlantSpec, { controls, instruments = [] }: Outline): ControlModel | undefined {
  if (!hasControl(spec)) return undefined;
  // Gas detectors may vote too.
  return compileControl({ ...spec, instruments: [...spec.instruments, ...instruments] }, controls);
}

/** Control's registers come behind the plant's own, whose addresses stay. */
function withControls(outline: Outline, control: ControlModel | undefined): Outline {
  return control ? { ...outline, controls: [...outline.controls, ...control.controls] } : outline;
}

/** Compiles a plant, brings it to rest and hands out its facade. Throws a sentence where no steady state exists. */
export function createSim(spec: LiquidSpec, options: CompilePlantOptions): LiquidSim;
export function createSim(spec: TanksSpec, options: CompilePlantOptions): TanksSim;
export function createSim(spec: GasPlantSpec, options: CompilePlantOptions): GasSim;
export function createSim(spec: TransientSpec, options: CompilePlantOptions): TransientSim;
export function createSim(spec: WaterSpec, options: CompilePlantOptions): WaterSim;
export function createSim(spec: PlantSpec, options: CompilePlantOptions): Sim;
export function createSim(spec: PlantSpec, options: CompilePlantOptions): Sim {
  return create(kindOf(spec), spec, options);
}

function create<S extends PlantSpec, P extends Physics>(
  kind: PlantKind<S, P>,
  spec: S,
  options: CompilePlantOptions,
): Sim<P> {
  const built = kind.build(spec, options);
  const { physics } = built;
  const controlModel = controlOf(spec, built);
  const model = compilePlant(spec, kind.kind, withControls(built, controlModel), options);
  const control = controlModel && createControl(controlModel, model, physics);
  const state = createPlantState(model);
  let truth: TruthEvent[] = [];
  for (const { id, openArea_m2 } of model.leaks) {
    if (openArea_m2 <= 0) continue;
    const why = physics.apply({ kind: 'leak.open', leak: id, area_m2: openArea_m2, growth_s: 0 }, 0, truth);
    if (why !== undefined) throw new Error(why);
  }
  control?.prime();
  primeInstruments(model, control ?? physics, state);
  const own = control ? [control.state.buffer, state.buffer] : [state.buffer];
  const ownParts = () => own.map((buffer) => new Uint8Array(buffer));
  const parts = () => [...physics.save(), ...ownParts()];
  const joined = (all: readonly Uint8Array[]) => {
    const bytes = new Uint8Array(all.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const part of all) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  };
  return {
    model,
    state,
    physics,
    layout: model.layout,
    get timeUs() {
      return state.clock[0]!;
    },
    apply(commands) {
      const refused: string[] = [];
      for (const command of commands) {
        const why =
          command.kind === 'fault' || command.kind === 'fault.clear'
            ? applyFault(model, physics, state, command, truth)
            : command.kind === 'weather'
              ? physics.weather
                ? physics.weather.apply(command, state.clock[0]!, truth)
                : 'this plant has no weather'
              : command.kind === 'demand'
                ? physics.applyDemand
                  ? physics.applyDemand(command, state.clock[0]!, truth)
                  : 'this plant has no customers whose demand could change'
                : command.kind === 'emission' || command.kind === 'patrol'
                  ? physics.applyToAir
                    ? physics.applyToAir(command, state.clock[0]!, truth)
                    : 'this plant has no air'
                  : control
                    ? control.apply(command, state.clock[0]!, truth)
                    : applyPlain(physics, command, state.clock[0]!, truth);
        if (why !== undefined) refused.push(why);
      }
      return refused;
    },
    step: (frame) => stepPlant(model, physics, control, state, frame, truth),
    scan(frame) {
      while (!stepPlant(model, physics, control, state, frame, truth));
    },
    drainTruth() {
      const drained = truth;
      truth = [];
      return drained;
    },
    controlValue: (asked) => (control ?? physics).controlValue(asked),
    snapshot: () => joined(parts()),
    restore(bytes) {
      const sizes = parts().map((p) => p.length);
      const expected = sizes.reduce((n, s) => n + s, 0);
      if (bytes.length !== expected)
        throw new RangeError(`a snapshot of ${bytes.length} bytes does not fit a plant of ${expected}`);
      let at = 0;
      const cut = sizes.map((size) => {
        at += size;
        return bytes.subarray(at - size, at);
      });
      physics.load(cut.slice(0, -own.length));
      own.forEach((buffer, i) => {
        new Uint8Array(buffer).set(cut[cut.length - own.length + i]!);
      });
    },
    fingerprint: () => digestBytes(joined(physics.identity ? [...physics.identity(), ...ownParts()] : parts())),
    violations: () => [...physics.violations(), ...(control?.violations() ?? [])],
    close: () => physics.close?.(),
  };
}

/** A plant without control knows what every physics knows. */
function applyPlain(
  physics: Physics,
  command: Exclude<Command, { kind: 'fault' | 'fault.clear' | 'weather' | 'demand' | 'emission' | 'patrol' }>,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  if (command.kind !== 'set') return physics.apply(command, timeUs, truth);
  const { property } = command;
  if (property !== 'speed' && property !== 'opening' && property !== 'setPoint' && property !== 'product')
    return `${command.element} has no ${property} to set`;
  return physics.apply({ ...command, property }, timeUs, truth);
}

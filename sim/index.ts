/**
 * The facade of a plant: compile, command, step, snapshot. Everything outside `sim` uses a plant through this.
 */
import type { Command, Frame, FrameLayout, TruthEvent } from '../models/contract/index.ts';
import { FLAG, massBalanceError_m3, solveSteady } from '../models/physics/index.ts';
import { applyCommand } from './commands.ts';
import { primeInstruments } from './instruments/index.ts';
import {
  type CompilePlantOptions,
  compilePlant,
  createPlantState,
  fingerprintState,
  type PlantModel,
  type PlantSpec,
  type PlantState,
  restoreState,
  snapshotState,
} from './plant/index.ts';
import { stepPlant } from './step.ts';

export {
  type CompilePlantOptions,
  type LeakSite,
  type LocatedPlant,
  type PlantModel,
  type PlantSpec,
  parsePlant,
  plantSchema,
  readPlant,
} from './plant/index.ts';

export interface Sim {
  readonly model: PlantModel;
  readonly state: PlantState;
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
  snapshot(): Uint8Array;
  restore(bytes: Uint8Array): void;
  fingerprint(): string;
  /** Pressure head over a leak's place [m]: what drives its discharge. */
  leakHead_m(leak: string): number;
  /** Why the physics of this run cannot be trusted; empty where it can. */
  violations(): string[];
}

/** Compiles a plant, brings it to rest and hands out its facade. Throws a sentence where no steady state exists. */
export function createSim(spec: PlantSpec, options: CompilePlantOptions): Sim {
  const model = compilePlant(spec, options);
  const state = createPlantState(model);
  const steady = solveSteady(model.network, state.network);
  if (!steady.converged)
    throw new Error(`plant ${model.name}: no steady state was found at the start (${steady.iterations} iterations)`);
  for (let p = 0; p < model.pumpLink.length; p += 1) {
    state.pumpSet[p] = model.pumpSpeed0[p]!;
    state.pumpWanted[p] = model.pumpSpeedRunning[p]!;
  }
  for (let c = 0; c < model.controllerLink.length; c += 1) {
    const node = model.controllerNode[c]!;
    const n = model.network;
    state.controllerSet_Pa[c] =
      n.density_kg_m3 * n.gravity_m_s2 * (state.network.nodeHead_m[node]! - n.nodeElevation_m[node]!);
    state.controllerIntegral[c] = state.network.valveOpening[model.controllerLink[c]!]!;
    state.controllerAuto[c] = 1;
  }
  let truth: TruthEvent[] = [];
  state.leakOpenUs.fill(-1);
  for (const { id, openArea_m2 } of model.leaks) {
    if (openArea_m2 <= 0) continue;
    const why = applyCommand(model, state, { kind: 'leak.open', leak: id, area_m2: openArea_m2, growth_s: 0 }, truth);
    if (why !== undefined) throw new Error(why);
  }
  primeInstruments(model, state);
  const sim: Sim = {
    model,
    state,
    layout: model.layout,
    get timeUs() {
      return state.clock[0]!;
    },
    apply(commands) {
      const refused: string[] = [];
      for (const command of commands) {
        const why = applyCommand(model, state, command, truth);
        if (why !== undefined) refused.push(why);
      }
      return refused;
    },
    step: (frame) => stepPlant(model, state, frame, truth),
    scan(frame) {
      while (!stepPlant(model, state, frame, truth));
    },
    drainTruth() {
      const drained = truth;
      truth = [];
      return drained;
    },
    snapshot: () => snapshotState(state),
    restore: (bytes) => restoreState(state, bytes),
    fingerprint: () => fingerprintState(state),
    leakHead_m(id) {
      const leak = model.leaks.find((l) => l.id === id);
      if (!leak) throw new Error(`there is no leak "${id}"`);
      return state.network.nodeHead_m[leak.node]! - leak.elevation_m;
    },
    violations() {
      const found: string[] = [];
      const flags = state.network.flags;
      if (flags[FLAG.frictionNumber]! >= 0.5)
        found.push(
          `friction number R|Q|/B reached ${flags[FLAG.frictionNumber]!.toFixed(2)}: the step is too long for this friction`,
        );
      if (flags[FLAG.unconverged]! > 0)
        found.push(`${flags[FLAG.unconverged]} steps in which a node or station did not converge`);
      if (flags[FLAG.belowVapourChecks]! > 0)
        found.push(
          `pressure fell below vapour pressure at ${flags[FLAG.belowVapourChecks]} checks: column separation is not modelled`,
        );
      // Receipts reach the tanks from outside the network, so its own ledger does not know them.
      const receipts_m3 = state.receipt_m3.reduce((sum, v) => sum + v, 0);
      const defect_m3 = Math.abs(massBalanceError_m3(model.network, state.network) + receipts_m3);
      if (!(defect_m3 < 1)) found.push(`the mass balance is open by ${defect_m3.toPrecision(3)} m3`);
      return found;
    },
  };
  return sim;
}

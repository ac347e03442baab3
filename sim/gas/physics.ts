/**
 * Gas lines as the physics of a plant: steady start, the order of a tick, true values, invariants.
 */
import { type Control, ProblemError, plainProblem, type TruthEvent } from '../../models/contract/index.ts';
import {
  GAS_FLAG,
  gasBalanceError_kg,
  gasInventory_kg,
  solveGasSteady,
  stepGas,
} from '../../models/physics/gas/index.ts';
import { type Built, type Physics, type PhysicsCommand, type PlantKind, reportLeaks } from '../plant/index.ts';
import { checkGas } from './check.ts';
import { applyGas } from './command.ts';
import { compileGas } from './compile.ts';
import { gasEmissions } from './emissions.ts';
import { moveEquipment } from './equipment.ts';
import { buildControls, drawAsBuilt, positionsOf } from './layout.ts';
import { leakAreaFor_m2, lostVolume_m3, pulseLeaks } from './leaks.ts';
import { type GasPlantModel, SOURCE } from './model.ts';
import { ATMOSPHERE_Pa } from './network.ts';
import { type GasPlantSpec, gasSchema } from './spec.ts';
import { createGasPlantState, type GasPlantState } from './state.ts';

/** The balance closes to rounding; more than this of all gas in the line and something is wrong. */
const OPEN_BALANCE = 1e-7;

export interface GasPhysics extends Physics {
  readonly model: GasPlantModel;
  readonly state: GasPlantState;
}

export const GAS: PlantKind<GasPlantSpec, GasPhysics> = {
  kind: 'gas',
  summary: 'lines of gas with line pack, compressors, block valves, regulators and daily demand',
  schema: gasSchema,
  check: checkGas,
  controls: buildControls,
  build(spec, options): Built<GasPhysics> {
    const { model, pipes } = compileGas(spec, options);
    const physics = createGasPhysics(spec.plant, model);
    return {
      physics,
      leaks: model.leaks,
      controls: buildControls(spec),
      asBuilt: drawAsBuilt(spec, model, physics.state, pipes, options.exact ?? false),
      positionOf: positionsOf(spec),
    };
  },
};

function createGasPhysics(name: string, model: GasPlantModel): GasPhysics {
  const state = createGasPlantState(model);
  const { network } = model;
  const net = state.network;
  const steady = solveGasSteady(network, net);
  if (steady.sentence !== undefined || !steady.converged)
    throw new ProblemError([
      plainProblem(
        name,
        '',
        `no steady state at the start. ${steady.sentence ?? ''}`.trim(),
        'a plant that can stand still',
      ),
    ]);

  const emissions = gasEmissions(model, state);
  const leakIndex = (id: string) => model.leaks.findIndex((l) => l.id === id);

  function standing(element: string, property: Control['property']): number {
    if (property === 'setPoint') return state.settingWanted_Pa[model.settingId.indexOf(element)]! - ATMOSPHERE_Pa;
    if (property === 'opening') {
      const draw = model.drawId.indexOf(element);
      return draw >= 0 ? state.drawSet[draw]! : net.positionSet[network.linkIndex.get(element)!]!;
    }
    const c = model.compressorId.indexOf(element);
    if (property === 'trip') return state.compressorTripped[c]!;
    return property === 'run' ? state.compressorOn[c]! : state.compressorLoad[c]!;
  }

  return {
    model,
    state,
    step(timeUs) {
      moveEquipment(model, state, timeUs);
      pulseLeaks(model, state, timeUs);
      stepGas(network, net);
    },
    trueValue(tag) {
      const e = model.tagElement[tag]!;
      switch (model.tagSource[tag]) {
        case SOURCE.nodePressure:
          return net.pointPressure_Pa[e]! - ATMOSPHERE_Pa;
        case SOURCE.nodeTemperature:
          return net.pointTemperature_K[e]!;
        case SOURCE.pipeStart:
          return net.pipeInFlow_kg_s[e]! / model.standardDensity_kg_m3;
        case SOURCE.pipeEnd:
          return net.pipeOutFlow_kg_s[e]! / model.standardDensity_kg_m3;
        case SOURCE.link:
          return net.linkFlow_kg_s[e]! / model.standardDensity_kg_m3;
        case SOURCE.draw:
          return net.delivered_kg_s[e]! / model.standardDensity_kg_m3;
        case SOURCE.drawOpening:
          return state.draw[e]!;
        case SOURCE.running:
          return state.compressorOn[e] === 1 && state.compressorTripped[e] === 0 ? 1 : 0;
        case SOURCE.power:
          return net.linkPower_W[e]!;
        default:
          return net.position[e]!;
      }
    },
    apply: (command: PhysicsCommand, timeUs: number, truth: TruthEvent[]) =>
      applyGas(model, state, command, timeUs, truth),
    sources: emissions.sources,
    emissions: emissions.fill,
    report(timeUs, truth) {
      const rate_kg_s = (l: number) => net.leakFlow_kg_s[l]!;
      reportLeaks(model.leaks, state.leakOpenUs, rate_kg_s, (l) => lostVolume_m3(model, state, l), timeUs, truth);
    },
    controlValue: (control) => standing(control.element, control.property),
    leakArea_m2(id, massRate_kg_s) {
      const l = leakIndex(id);
      return l < 0 ? `there is no leak "${id}"` : leakAreaFor_m2(model, state, l, massRate_kg_s);
    },
    save: () => [new Uint8Array(net.buffer.slice(0)), new Uint8Array(state.buffer.slice(0))],
    load(parts) {
      new Uint8Array(net.buffer).set(parts[0]!);
      new Uint8Array(state.buffer).set(parts[1]!);
    },
    violations() {
      const found: string[] = [];
      const emptied = net.flags[GAS_FLAG.emptied]!;
      if (emptied > 0) found.push(`a part of the line was emptied at ${emptied} steps`);
      const lost = net.flags[GAS_FLAG.notANumber]!;
      if (lost > 0) found.push(`the flow was not a number at ${lost} steps`);
      const pack_kg = gasInventory_kg(network, net);
      const defect = Math.abs(gasBalanceError_kg(network, net)) / pack_kg;
      if (!(defect < OPEN_BALANCE)) found.push(`the mass balance is open by ${defect.toPrecision(3)} of all gas`);
      return found;
    },
  };
}

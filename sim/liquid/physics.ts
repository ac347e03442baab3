/**
 * Liquid lines as the physics of a plant: steady start, the order of a tick, true values, invariants.
 */
import { type Control, ProblemError, plainProblem, type TruthEvent } from '../../models/contract/index.ts';
import {
  FLAG,
  massBalanceError_m3,
  orificeArea_m2,
  solveSteady,
  stepCharacteristics,
} from '../../models/physics/index.ts';
import { type Built, type Physics, type PhysicsCommand, type PlantKind, reportLeaks } from '../plant/index.ts';
import { checkLiquid } from './check.ts';
import { applyLiquid, tankIndex } from './command.ts';
import { compileLiquid } from './compile.ts';
import { liquidEmissions } from './emissions.ts';
import { fillTanks, holdTankLevels, moveEquipment, nodePressure_Pa } from './equipment.ts';
import { moveHeat, standardFlow_m3_s, standardRatio } from './heat.ts';
import { buildControls, drawAsBuilt, positionsOf } from './layout.ts';
import { drainLeaks, growLeaks } from './leaks.ts';
import { type LiquidModel, SOURCE } from './model.ts';
import { type LiquidSpec, liquidSchema } from './spec.ts';
import { createLiquidState, type LiquidState } from './state.ts';

/** More than this and the run is invalid: the explicit friction term alone leaves about a litre a day. */
const OPEN_BALANCE_M3 = 1;

export interface LiquidPhysics extends Physics {
  readonly model: LiquidModel;
  readonly state: LiquidState;
  /** Pressure head over a leak's place [m]: what drives its discharge. */
  leakHead_m(leak: string): number;
}

export const LIQUID: PlantKind<LiquidSpec, LiquidPhysics> = {
  kind: 'liquid',
  summary: 'lines of liquid with pressure waves, pump stations, valves and tanks',
  schema: liquidSchema,
  check: checkLiquid,
  controls: buildControls,
  build(spec, options): Built<LiquidPhysics> {
    const { model, pipes } = compileLiquid(spec, options);
    return {
      physics: createLiquidPhysics(spec, model),
      leaks: model.leaks,
      controls: buildControls(spec),
      asBuilt: drawAsBuilt(spec, pipes, options.exact ?? false),
      positionOf: positionsOf(spec),
    };
  },
};

function createLiquidPhysics(spec: LiquidSpec, model: LiquidModel): LiquidPhysics {
  const name = spec.plant;
  const state = createLiquidState(model);
  const { network } = model;
  const net = state.network;
  const steady = solveSteady(network, net);
  if (!steady.converged)
    throw new ProblemError([
      plainProblem(
        name,
        '',
        `no steady state at the start after ${steady.iterations} iterations`,
        'a plant that can stand still',
      ),
    ]);
  for (let p = 0; p < model.pumpLink.length; p += 1) {
    state.pumpSet[p] = model.pumpSpeed0[p]!;
    state.pumpWanted[p] = model.pumpSpeedRunning[p]!;
  }
  for (let c = 0; c < model.controllerLink.length; c += 1) {
    state.controllerSet_Pa[c] = nodePressure_Pa(model, state, model.controllerNode[c]!);
    state.controllerIntegral[c] = net.valveOpening[model.controllerLink[c]!]!;
    state.controllerAuto[c] = 1;
  }
  state.leakOpenUs.fill(-1);
  state.tankProduct.set(model.outside ? model.tankProduct0 : []);

  function standing(element: string, property: Control['property']): number {
    if (property === 'product') return state.tankProduct[tankIndex(model, element)]!;
    if (property === 'setPoint') return state.controllerSet_Pa[model.controllerId.indexOf(element)]!;
    const link = network.linkIndex.get(element)!;
    if (property === 'opening') return net.valveOpeningSet[link]!;
    if (property === 'trip') return net.pumpTripped[link]!;
    const pump = model.pumpLink.indexOf(link);
    if (property === 'run') return state.pumpSet[pump]! > 0 ? 1 : 0;
    return state.pumpWanted[pump]!;
  }

  const given = liquidEmissions(spec, model, state);
  let now = 0;

  function leakHead_m(id: string): number {
    const leak = model.leaks.find((l) => l.id === id);
    if (!leak) throw new Error(`there is no leak "${id}"`);
    return net.nodeHead_m[leak.node]! - network.orificeBase_m[leak.orifice]!;
  }

  /** A flow of the solver as its meter sees it: actual volume, or standard. */
  function metered(tag: number, flow_m3_s: number): number {
    if (!network.heat) return flow_m3_s;
    const node = model.tagNode[tag]!;
    if (model.tagStandard[tag] === 1) return standardFlow_m3_s(model, state, node, flow_m3_s);
    return flow_m3_s / net.heat.nodeDensity[node]!;
  }

  return {
    model,
    state,
    leakHead_m,
    ...(given ? { sources: given.sources, emissions: (out) => given.fill(out, now) } : {}),
    standardRatio: (tag, temperature_K, pressure_Pa) =>
      standardRatio(model, state, model.tagNode[tag]!, temperature_K, pressure_Pa),
    step(timeUs) {
      now = timeUs;
      moveEquipment(model, state, timeUs);
      moveHeat(model, state, timeUs);
      growLeaks(model, state, timeUs);
      holdTankLevels(model, state);
      fillTanks(model, state, timeUs);
      stepCharacteristics(network, net);
      drainLeaks(model, state);
    },
    trueValue(tag) {
      const e = model.tagElement[tag]!;
      switch (model.tagSource[tag]) {
        case SOURCE.nodePressure:
          return network.density_kg_m3 * network.gravity_m_s2 * (net.nodeHead_m[e]! - network.nodeElevation_m[e]!);
        case SOURCE.pipeStart:
          return metered(tag, net.sectionFlow_m3_s[network.sectionStart[e]!]!);
        case SOURCE.pipeEnd:
          return metered(tag, net.sectionFlow_m3_s[network.sectionStart[e + 1]! - 1]!);
        case SOURCE.link:
          return metered(tag, net.linkFlow_m3_s[e]!);
        case SOURCE.density:
          return network.density_kg_m3 * (network.heat ? net.heat.nodeDensity[e]! : 1);
        case SOURCE.temperature:
          if (network.heat) return net.heat.nodeTemperature_K[e]!;
          return (
            model.groundTemperature_K +
            (model.inletTemperature_K - model.groundTemperature_K) *
              Math.exp(-model.tagPosition_m[tag]! / model.coolingLength_m)
          );
        case SOURCE.tankLevel:
          return net.tankLevel_m[e]! / model.tankDensity[model.tagNode[tag]!]!;
        case SOURCE.speed:
          return net.pumpSpeed[e]!;
        case SOURCE.running:
          // The contactor, not the impeller: a tripped pump still turns.
          return net.pumpSpeedSet[e]! > 0 && net.pumpTripped[e] === 0 ? 1 : 0;
        default:
          return net.valveOpening[e]!;
      }
    },
    apply: (command: PhysicsCommand, timeUs: number, truth: TruthEvent[]) =>
      applyLiquid(model, state, command, timeUs, truth),
    report(timeUs, truth) {
      const rate_kg_s = (l: number) => net.orificeFlow_m3_s[model.leaks[l]!.orifice]! * model.density_kg_m3;
      reportLeaks(model.leaks, state.leakOpenUs, rate_kg_s, (l) => state.leakVolume_m3[l]!, timeUs, truth);
    },
    controlValue: (control) => standing(control.element, control.property),
    leakArea_m2(id, massRate_kg_s) {
      const leak = model.leaks.find((l) => l.id === id);
      if (!leak) return `there is no leak "${id}"`;
      const head_m = leakHead_m(id);
      // with heat the hole passes √(ρ/ρ0) as much of the reference volume
      const lighter = network.heat ? Math.sqrt(net.heat.nodeDensity[leak.node]!) : 1;
      const flow_m3_s = massRate_kg_s / model.density_kg_m3 / lighter;
      const area_m2 = orificeArea_m2(flow_m3_s, leak.dischargeCoefficient, head_m, network.gravity_m_s2);
      return area_m2 > 0 ? area_m2 : `the pressure head at its place is ${head_m.toFixed(1)} m`;
    },
    save: () => [new Uint8Array(net.buffer.slice(0)), new Uint8Array(state.buffer.slice(0))],
    load(parts) {
      new Uint8Array(net.buffer).set(parts[0]!);
      new Uint8Array(state.buffer).set(parts[1]!);
    },
    violations() {
      const found: string[] = [];
      const { flags } = net;
      const number = flags[FLAG.frictionNumber]!;
      if (number >= 0.5)
        found.push(`friction number R|Q|/B reached ${number.toFixed(2)}: the step is too long for this friction`);
      const unconverged = flags[FLAG.unconverged]!;
      if (unconverged > 0) found.push(`${unconverged} steps in which a node or station did not converge`);
      const below = flags[FLAG.belowVapourChecks]!;
      if (below > 0)
        found.push(`pressure fell below vapour pressure at ${below} checks: column separation is not modelled`);
      // Receipts reach the tanks from outside the network, so its own ledger does not know them.
      const receipts_m3 = state.receipt_m3.reduce((sum, v) => sum + v, 0);
      const defect_m3 = Math.abs(massBalanceError_m3(network, net) + receipts_m3);
      if (!(defect_m3 < OPEN_BALANCE_M3)) found.push(`the mass balance is open by ${defect_m3.toPrecision(3)} m3`);
      return found;
    },
  };
}

/**
 * A water network in its waves as the physics of a plant: the order of a tick, true values, invariants.
 *
 *   1. the file's controls act   2. holes grow   3. demands and taps are drawn   4. one step of the characteristics
 *
 * It starts where EPANET is at the start hour. Not modelled: column separation unless `cavitation` says so (the run becomes invalid), rules, controls by
 * pressure, valves by controls, tanks with volume curves: files with those are refused before.
 */
import { type Control, ProblemError, plainProblem } from '../../models/contract/index.ts';
import {
  FLAG,
  type InpNetwork,
  massBalanceError_m3,
  orificeArea_m2,
  solveSteady,
  stepCharacteristics,
} from '../../models/physics/index.ts';
import { type CompilePlantOptions, grownArea_m2, type Physics, reportLeaks } from '../plant/index.ts';
import { applyDemand } from './demandFactor.ts';
import type { WaterSpec } from './spec.ts';
import { applyTransient } from './transientCommand.ts';
import { compileTransient } from './transientCompile.ts';
import { followControls } from './transientControl.ts';
import { drawWater } from './transientDemand.ts';
import { createTransientState, type TransientModel, type TransientState, WAVE } from './transientModel.ts';
import { epanetAtStart } from './transientStart.ts';

const GRAVITY_M_S2 = 9.80665;
/** Largest difference of a head from EPANET's at the start [m]. */
const START_M = 1e-3;
/** Defect of the mass balance, relative to what flowed in: what explicit friction leaves. */
const OPEN_BALANCE = 1e-4;
/** A customer may stand in a passing wave; longer than this at negative pressure, no demand-driven figure means anything. */
const DRY_S = 30;
const NEGATIVE_M = -1e-6;

export interface TransientPhysics extends Physics {
  readonly solver: 'transient';
  readonly model: TransientModel;
  readonly state: TransientState;
  /** Defect of the mass balance since the start, relative to what flowed in. */
  massDefect(): number;
}

/** Takes the network to the start hour and to rest there. Throws a sentence where that cannot be done. */
export function buildTransient(spec: WaterSpec, inp: InpNetwork, options: CompilePlantOptions): TransientPhysics {
  const start = epanetAtStart(spec, inp, options);
  try {
    const compiled = { ...compileTransient(spec, inp, start, options), startError_m: 0 };
    const state = createTransientState(compiled);
    for (const leak of compiled.leaks) state.network.orificeArea_m2[leak.orifice] = leak.openArea_m2;
    drawWater(compiled, state, 0);
    const steady = solveSteady(compiled.network, state.network);
    if (!steady.converged)
      throw new ProblemError([
        plainProblem(
          spec.network.file,
          '',
          `no steady state at the start after ${steady.iterations} iterations`,
          'a network that can stand still',
        ),
      ]);
    const { model: engine, state: there } = start.epanet;
    let startError_m = 0;
    let at = '';
    engine.nodeIds.forEach((id, n) => {
      const own = compiled.network.nodeIndex.get(id);
      if (own === undefined) return;
      const off_m = Math.abs(state.network.nodeHead_m[own]! - there.nodeHead_m[n]!);
      if (off_m > startError_m) [startError_m, at] = [off_m, id];
    });
    if (startError_m > START_M)
      throw new ProblemError([
        plainProblem(
          spec.network.file,
          `JUNCTIONS/${at}`,
          `at the start a head that differs from EPANET's by ${startError_m.toPrecision(2)} m`,
          `no more than ${START_M} m`,
          'the transient solver does not know something in this file; solver: extended-period runs it',
        ),
      ]);
    return createTransientPhysics({ ...compiled, startError_m }, state, inp.demandModel === 'demand-driven');
  } finally {
    start.epanet.close();
  }
}

function createTransientPhysics(model: TransientModel, state: TransientState, demandDriven: boolean): TransientPhysics {
  const { network } = model;
  const net = state.network;
  const perMetre = model.density_kg_m3 * GRAVITY_M_S2;
  const pressureHead_m = (n: number) => net.nodeHead_m[n]! - network.nodeElevation_m[n]!;

  function growLeaks(timeUs: number): void {
    for (let l = 0; l < model.leaks.length; l += 1)
      net.orificeArea_m2[model.leaks[l]!.orifice] = grownArea_m2(state, l, timeUs);
  }

  /** Demands that EPANET would call meaningless make this run so too, unless it is a wave that passes. */
  function watchPressure(time_s: number): void {
    let dry = -1;
    for (let d = 0; d < model.drawNode.length && dry < 0; d += 1) {
      const n = model.drawNode[d]!;
      if (net.nodeDemandFlow_m3_s[n]! > 0 && pressureHead_m(n) < NEGATIVE_M) dry = n;
    }
    state.dry_s[0] = dry < 0 ? 0 : state.dry_s[0]! + model.tick_s;
    if (state.dry_s[0] <= state.worstDry[0]!) return;
    state.worstDry[0] = state.dry_s[0];
    state.worstDry[1] = dry;
    state.worstDry[2] = time_s - state.dry_s[0];
  }

  function flowed_m3(): number {
    const [fromReservoirs, demand, orifice] = net.ledger_m3 as unknown as [number, number, number];
    return Math.abs(fromReservoirs) + Math.abs(demand) + Math.abs(orifice);
  }

  function massDefect(): number {
    const flowed = flowed_m3();
    return flowed > 0 ? Math.abs(massBalanceError_m3(network, net)) / flowed : 0;
  }

  function standing(element: string, property: Control['property']): number {
    const p = model.pumpId.indexOf(element);
    switch (property) {
      case 'opening':
        return net.valveOpeningSet[network.linkIndex.get(element)!]!;
      case 'setPoint': {
        const valve = model.regulator.get(element);
        return valve ? (net.regulatorSetting[valve.link]! - valve.base_m) * perMetre : 0;
      }
      case 'trip':
        return net.pumpTripped[model.pumpLink[p]!]!;
      case 'run':
        return net.pumpSpeedSet[model.pumpLink[p]!]! > 0 ? 1 : 0;
      default:
        return state.pumpWanted[p]!;
    }
  }

  return {
    solver: 'transient',
    model,
    state,
    massDefect,
    step(timeUs) {
      const time_s = timeUs * 1e-6;
      followControls(model, state, time_s);
      growLeaks(timeUs);
      drawWater(model, state, time_s);
      stepCharacteristics(network, net);
      for (let l = 0; l < model.leaks.length; l += 1)
        if (state.leakOpenUs[l]! >= 0)
          state.leakVolume_m3[l]! += net.orificeFlow_m3_s[model.leaks[l]!.orifice]! * model.tick_s;
      if (demandDriven) watchPressure(time_s);
    },
    trueValue(tag) {
      const e = model.tagElement[tag]!;
      switch (model.tagSource[tag]) {
        case WAVE.pressure:
          return perMetre * pressureHead_m(e);
        case WAVE.pipeStart:
          return net.sectionFlow_m3_s[network.sectionStart[e]!]!;
        case WAVE.pipeEnd:
          return net.sectionFlow_m3_s[network.sectionStart[e + 1]! - 1]!;
        case WAVE.link:
          return net.linkFlow_m3_s[e]!;
        case WAVE.demand:
          return net.nodeDemandFlow_m3_s[e]!;
        case WAVE.level:
          return net.tankLevel_m[e]!;
        case WAVE.speed:
          return net.pumpSpeed[e]!;
        case WAVE.running:
          // The contactor, not the impeller: a tripped pump still turns.
          return net.pumpSpeedSet[e]! > 0 && net.pumpTripped[e] === 0 ? 1 : 0;
        case WAVE.opening:
          return net.valveOpening[e]!;
        default:
          return (net.regulatorSetting[e]! - setPointBase_m(e)) * perMetre;
      }
    },
    applyDemand(command, timeUs, truth) {
      applyDemand(state.demandFactor, command, timeUs, truth);
      return undefined;
    },
    apply: (command, timeUs, truth) => applyTransient(model, state, command, timeUs, truth),
    report(timeUs, truth) {
      const rate_kg_s = (l: number) => net.orificeFlow_m3_s[model.leaks[l]!.orifice]! * model.density_kg_m3;
      reportLeaks(model.leaks, state.leakOpenUs, rate_kg_s, (l) => state.leakVolume_m3[l]!, timeUs, truth);
    },
    controlValue: (control) => standing(control.element, control.property),
    leakArea_m2(id, massRate_kg_s) {
      const leak = model.leaks.find((l) => l.id === id);
      if (!leak) return `there is no leak "${id}"`;
      const head_m = net.nodeHead_m[leak.node]! - leak.elevation_m - leak.backHead_m;
      const flow_m3_s = massRate_kg_s / model.density_kg_m3;
      const area_m2 = orificeArea_m2(flow_m3_s, leak.dischargeCoefficient, head_m, GRAVITY_M_S2);
      if (!(area_m2 > 0)) return `the pressure head at its place is ${head_m.toFixed(1)} m`;
      return area_m2 <= leak.bore_m2
        ? area_m2
        : `it would need a hole of ${area_m2.toPrecision(3)} m2 in a pipe of ${leak.bore_m2.toPrecision(3)} m2`;
    },
    save: () => [new Uint8Array(net.buffer.slice(0)), new Uint8Array(state.buffer.slice(0))],
    load(parts) {
      new Uint8Array(net.buffer).set(parts[0]!);
      new Uint8Array(state.buffer).set(parts[1]!);
    },
    violations() {
      const found: string[] = [];
      const { flags } = net;
      if (flags[FLAG.frictionNumber]! >= 0.5)
        found.push(
          `friction number R|Q|/B reached ${flags[FLAG.frictionNumber]!.toFixed(2)}: the step is too long for this friction`,
        );
      if (flags[FLAG.unconverged]! > 0)
        found.push(`${flags[FLAG.unconverged]} steps in which a node or station did not converge`);
      if (flags[FLAG.belowVapourChecks]! > 0)
        found.push(
          `pressure fell below vapour pressure at ${flags[FLAG.belowVapourChecks]} checks: column separation is not modelled (transient.cavitation: none)`,
        );
      const [dry_s, node, since_s] = state.worstDry as unknown as [number, number, number];
      if (dry_s > DRY_S)
        found.push(
          `from ${since_s.toFixed(1)} s on ${network.nodeIds[node]} drew its demand at negative pressure for ${dry_s.toFixed(0)} s`,
        );
      const defect = massDefect();
      if (!(defect < OPEN_BALANCE)) found.push(`the mass balance is open by ${defect.toExponential(1)} of what flowed`);
      return found;
    },
  };

  function setPointBase_m(link: number): number {
    for (const valve of model.regulator.values()) if (valve.link === link) return valve.base_m;
    return 0;
  }
}

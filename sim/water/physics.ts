/**
 * A water network as the physics of a plant: the order of a tick, true values, invariants.
 *
 *   1. holes grow   2. EPANET advances by the flows of the last solve, event by event, to the end of the tick: tanks fill,
 *   volumes are accounted   3. demands are drawn   4. the hydraulics are solved at that time
 *
 * Between two solves all flows stand, as everywhere in EPANET: a command changes them at once, a hole's growth and a demand
 * at the next solve. Not modelled: pressure waves (the same .inp runs in the transient solver for them), water quality,
 * scans of a second.
 */
import type { Control } from '../../models/contract/index.ts';
import type { EpanetNetwork } from '../../models/physics/epanet/index.ts';
import { orificeArea_m2, readInp } from '../../models/physics/index.ts';
import { type Built, type Outline, type Physics, type PlantKind, reportLeaks } from '../plant/index.ts';
import { checkWater, gatherWater } from './check.ts';
import { applyWater } from './command.ts';
import { compileWater, leaksOf, networkOf } from './compile.ts';
import { applyDemand, demandFactorAt, IN_FORCE } from './demandFactor.ts';
import { fillStock } from './engines.ts';
import { faultAtStart } from './faultAtStart.ts';
import { buildControls, drawAsBuilt } from './layout.ts';
import { growLeaks } from './leaks.ts';
import { SOURCE, type WaterModel } from './model.ts';
import { type WaterSpec, waterSchema } from './spec.ts';
import { createWaterState, LEDGER, type WaterState } from './state.ts';
import { buildTransient, type TransientPhysics } from './transientPhysics.ts';

const GRAVITY_M_S2 = 9.80665;
/** Relative to what flowed. EPANET lets 1e-6 ft³/s through every closed link and says 0; two resting pumps make 2e-6 of it. */
const OPEN_BALANCE = 1e-5;
/** What the engine's memory may grow by: nothing is known to, and all snapshots of a plant are of one size. */
const SLACK_BYTES = 256 * 1024;

export interface WaterPhysics extends Physics {
  readonly solver: 'extended-period';
  readonly model: WaterModel;
  readonly state: WaterState;
  readonly network: EpanetNetwork;
  /** Defect of the mass balance, relative to what flowed. */
  massDefect(): number;
}

export const WATER: PlantKind<WaterSpec, WaterPhysics | TransientPhysics> = {
  kind: 'water',
  summary:
    'water distribution networks from an EPANET file with demands that vary, in extended-period hydraulics or in pressure waves',
  schema: waterSchema,
  gather: gatherWater,
  check: checkWater,
  controls(spec) {
    const read = readInp(spec.network.text);
    return read.ok ? buildControls(spec, read.value) : undefined;
  },
  prepare: fillStock,
  outline(spec, options): Outline {
    const inp = networkOf(spec);
    return {
      leaks: leaksOf(inp, options.leaks ?? []),
      controls: buildControls(spec, inp),
      asBuilt: drawAsBuilt(spec, inp, options.exact ?? false),
      positionOf: () => undefined,
    };
  },
  build(spec, options): Built<WaterPhysics | TransientPhysics> {
    if (spec.solver === 'transient')
      return { ...WATER.outline!(spec, options), physics: buildTransient(spec, networkOf(spec), options) };
    const { model, network } = compileWater(spec, networkOf(spec), options);
    return { ...WATER.outline!(spec, options), physics: createWaterPhysics(spec, model, network) };
  },
};

function createWaterPhysics(spec: WaterSpec, model: WaterModel, network: EpanetNetwork): WaterPhysics {
  const state = createWaterState(model);
  const { epanet } = model;
  const net = network.state;
  const perMetre = model.density_kg_m3 * GRAVITY_M_S2;
  state.demandIndex[0] = Number.NaN;
  drawDemands(0);
  if (!network.solve()) throw faultAtStart(spec, networkOf(spec), network.fault!);
  state.ledger_m3[LEDGER.tanksAtStart] = inTanks_m3();
  // By views: what lies between them in the buffer is the adapter's own business.
  const results = [
    net.clock,
    net.nodeHead_m,
    net.nodeDemand_m3_s,
    net.nodeDemandMultiplier,
    net.leakCoefficient,
    net.leakFlow_m3_s,
    net.linkFlow_m3_s,
    net.linkSetting,
    net.linkSetpoint,
    net.tankVolume_m3,
  ];
  const snapshotBytes = network.snapshot().length + SLACK_BYTES;

  function inTanks_m3(): number {
    let sum = 0;
    for (let t = 0; t < net.tankVolume_m3.length; t += 1) sum += net.tankVolume_m3[t]!;
    return sum;
  }

  function drawDemands(time_s: number): void {
    const index = model.demands.index(time_s);
    const factor = demandFactorAt(state.demandFactor, time_s * 1e6);
    if (index === state.demandIndex[0] && factor === state.demandFactor[IN_FORCE]) return;
    state.demandIndex[0] = index;
    state.demandFactor[IN_FORCE] = factor;
    model.demands.fill(index, net.nodeDemandMultiplier);
    if (factor !== 1) for (let n = 0; n < epanet.nNode; n += 1) net.nodeDemandMultiplier[n]! *= factor;
  }

  /** Volumes that the flows of the last solve carried in so many seconds. */
  function account(seconds: number): void {
    let inflow = 0;
    for (let i = 0; i < epanet.nSource; i += 1)
      if (epanet.nodeKind[epanet.sourceNode[i]!] === 1) inflow += net.sourceFlow_m3_s[i]!;
    let drawn = 0;
    let emitted = 0;
    for (let n = 0; n < epanet.nNode; n += 1) {
      // What EPANET calls the demand of a tank or reservoir is what flows into it.
      if (epanet.nodeKind[n] === 0) drawn += net.nodeDemand_m3_s[n]!;
      emitted += net.nodeEmitterFlow_m3_s[n]! + net.nodeLeakage_m3_s[n]!;
    }
    const ledger = state.ledger_m3;
    ledger[LEDGER.fromReservoirs] = ledger[LEDGER.fromReservoirs]! + inflow * seconds;
    ledger[LEDGER.drawn] = ledger[LEDGER.drawn]! + drawn * seconds;
    ledger[LEDGER.emitted] = ledger[LEDGER.emitted]! + emitted * seconds;
    for (let l = 0; l < model.leaks.length; l += 1)
      if (state.leakOpenUs[l]! >= 0) state.leakVolume_m3[l]! += net.leakFlow_m3_s[l]! * seconds;
  }

  function massDefect(): number {
    const [inflow, drawn, emitted, before] = state.ledger_m3 as unknown as [number, number, number, number];
    const flowed = inflow + drawn + emitted;
    return flowed > 0 ? Math.abs(inflow - drawn - emitted - (inTanks_m3() - before)) / flowed : 0;
  }

  function standing(element: string, property: Control['property']): number {
    const link = epanet.linkIndex.get(element)!;
    const p = model.pumpId.indexOf(element);
    switch (property) {
      case 'opening':
        return state.throttleOpening[model.throttleId.indexOf(element)]!;
      case 'setPoint':
        return net.linkSetpoint[link]! * perMetre;
      case 'trip':
        return state.pumpTripped[p]!;
      case 'run':
        return net.linkOpen[link]!;
      default:
        return net.linkSetpoint[link]!;
    }
  }

  return {
    solver: 'extended-period',
    model,
    state,
    network,
    massDefect,
    step(timeUs) {
      if (network.fault) return;
      growLeaks(model, state, network, timeUs);
      const end_s = Math.round(timeUs * 1e-6);
      while (net.clock[0]! < end_s) {
        const seconds = network.advance(end_s - net.clock[0]!);
        if (seconds <= 0) throw new Error('EPANET does not move on');
        account(seconds);
        drawDemands(net.clock[1]!);
        if (!network.solve()) return;
      }
    },
    trueValue(tag) {
      const e = model.tagElement[tag]!;
      switch (model.tagSource[tag]) {
        case SOURCE.pressure:
          return perMetre * (net.nodeHead_m[e]! - epanet.nodeElevation_m[e]!);
        case SOURCE.flow:
          return net.linkFlow_m3_s[e]!;
        case SOURCE.demand:
          return net.nodeDemand_m3_s[e]!;
        case SOURCE.level:
          return net.tankLevel_m[e]!;
        case SOURCE.speed:
          return net.linkOpen[e] === 0 ? 0 : net.linkSetting[e]!;
        case SOURCE.running:
          return net.linkOpen[e]!;
        case SOURCE.opening:
          return state.throttleOpening[e]!;
        default:
          return net.linkSetpoint[e]! * perMetre;
      }
    },
    apply(command, timeUs, truth) {
      if (network.fault) return `the run is invalid: ${network.fault.sentence}`;
      const why = applyWater(model, state, network, command, timeUs, truth);
      if (why !== undefined) return why;
      if (command.kind === 'leak.open' || command.kind === 'leak.close') growLeaks(model, state, network, timeUs);
      network.solve();
      return undefined;
    },
    applyDemand(command, timeUs, truth) {
      if (network.fault) return `the run is invalid: ${network.fault.sentence}`;
      applyDemand(state.demandFactor, command, timeUs, truth);
      drawDemands(net.clock[0]!);
      network.solve();
      return undefined;
    },
    report(timeUs, truth) {
      const rate_kg_s = (l: number) => net.leakFlow_m3_s[l]! * model.density_kg_m3;
      reportLeaks(model.leaks, state.leakOpenUs, rate_kg_s, (l) => state.leakVolume_m3[l]!, timeUs, truth);
    },
    controlValue: (control) => standing(control.element, control.property),
    leakArea_m2(id, massRate_kg_s) {
      const l = epanet.leakIndex.get(id);
      if (l === undefined) return `there is no leak "${id}"`;
      const node = epanet.leakNode[l]!;
      const head_m = net.nodeHead_m[node]! - epanet.nodeElevation_m[node]!;
      const area_m2 = orificeArea_m2(
        massRate_kg_s / model.density_kg_m3,
        model.leaks[l]!.dischargeCoefficient,
        head_m,
        GRAVITY_M_S2,
      );
      if (!(area_m2 > 0)) return `the pressure head at its place is ${head_m.toFixed(1)} m`;
      const bore_m2 = epanet.leakPipeArea_m2[l]!;
      return area_m2 <= bore_m2
        ? area_m2
        : `it would need a hole of ${area_m2.toPrecision(3)} m2 in a pipe of ${bore_m2.toPrecision(3)} m2`;
    },
    save() {
      const bytes = network.snapshot();
      if (bytes.length > snapshotBytes - 4) throw new Error('the engine has taken more memory than a snapshot holds');
      const part = new Uint8Array(snapshotBytes);
      new DataView(part.buffer).setUint32(0, bytes.length);
      part.set(bytes, 4);
      return [part, new Uint8Array(state.buffer.slice(0))];
    },
    load(parts) {
      const part = parts[0]!;
      const length = new DataView(part.buffer, part.byteOffset).getUint32(0);
      network.restore(part.slice(4, 4 + length));
      new Uint8Array(state.buffer).set(parts[1]!);
    },
    // The engine's memory also holds the wall time at which it was opened.
    identity: () => [
      ...results.map((r) => new Uint8Array(r.buffer, r.byteOffset, r.byteLength)),
      new Uint8Array(state.buffer),
    ],
    violations() {
      const found: string[] = [];
      if (network.fault) found.push(network.fault.sentence);
      const defect = massDefect();
      if (!(defect < OPEN_BALANCE)) found.push(`the mass balance is open by ${defect.toExponential(1)} of what flowed`);
      return found;
    },
    close: () => network.close(),
  };
}

/**
 * The state of a network: its arrays, what can be read off them, and the ledger of volumes.
 *
 *   V = Σ [A Δx + (g A/a²) Δx ((H_i + H_{i+1})/2 − z)]   line pack [m³], water and pipe wall stretched by pressure
 *   ΔV = Σ reservoir inflow − demands − orifices − boundary flows − spill
 *
 * Without friction the characteristics keep V exactly when storage and flows are both trapezoidal: adding C− of section i
 * and C+ of section i + 1 gives (g A Δx/2a²) Δ(H_i + H_{i+1}) = (Δt/2) Δ-trapezoid of (Q_i − Q_{i+1}). The explicit friction
 * term leaves (Δt/2B) R (Q_N|Q_N| − Q_0|Q_0|) per pipe and step, and unsteady friction its like, which `massBalanceError_m3`
 * shows. Cavities and surge protection close exactly.
 */
import { bindArena } from '../kernel/index.ts';
import { GAS_WORK, gasVolume_m3, startGas } from './cavity.ts';
import { heatArrays, initHeat } from './heat/compile.ts';
import { startHeat } from './heat/steady.ts';
import { heatVolume_m3 } from './heat/storage.ts';
import { FLAG_SIZE, LEDGER, LEDGER_SIZE, LINK, type NetworkModel, type NetworkState, NODE } from './model.ts';
import { DEVICE_WORK, startSurge, surgeVolume_m3 } from './surge.ts';
import { startUnsteady } from './unsteady.ts';

/** A state with the settings of the spec; heads and flows are zero until `solveSteady` (or the caller) writes them. */
export function createState(model: NetworkModel): NetworkState {
  const { nNode, nPipe, nLink, nOrifice, nSection, clusterLargest: m } = model;
  const { buffer, views } = bindArena((a) => ({
    demandMultiplier: a.f64(nNode),
    boundaryFlow_m3_s: a.f64(nNode),
    reservoirHead_m: a.f64(nNode),
    orificeArea_m2: a.f64(nOrifice),
    pumpSpeedSet: a.f64(nLink),
    pumpTripped: a.u8(nLink),
    valveOpeningSet: a.f64(nLink),
    regulatorSetting: a.f64(nLink),
    pumpSpeed: a.f64(nLink),
    valveOpening: a.f64(nLink),
    nodeHead_m: a.f64(nNode),
    nodeDemandFlow_m3_s: a.f64(nNode),
    nodeStorageFlow_m3_s: a.f64(nNode),
    tankSpillFlow_m3_s: a.f64(nNode),
    tankLevel_m: a.f64(nNode),
    orificeFlow_m3_s: a.f64(nOrifice),
    linkFlow_m3_s: a.f64(nLink),
    sectionHead_m: a.f64(nSection),
    sectionFlow_m3_s: a.f64(nSection),
    pipeFriction: a.f64(nPipe),
    pipeResistance_s2_m5: a.f64(nPipe),
    sectionResistance_s2_m5: a.f64(model.friction === 'per-cell' ? nSection : 0),
    steps: a.f64(1),
    ledger_m3: a.f64(LEDGER_SIZE),
    ledgerFlow_m3_s: a.f64(LEDGER_SIZE),
    flags: a.f64(FLAG_SIZE),
    gas: {
      sectionFlowOut_m3_s: a.f64(model.gas.sections ? nSection : 0),
      sectionCavity_m3: a.f64(model.gas.sections ? nSection : 0),
      nodeCavity_m3: a.f64(model.gas.nodes ? nNode : 0),
      nodeCavityFlow_m3_s: a.f64(model.gas.nodes ? nNode : 0),
      air_m4: a.f64(model.surge.n),
    },
    unsteady: {
      pipeFactor: a.f64(model.unsteady ? nPipe : 0),
      pipeMeanFlow_m3_s: a.f64(model.unsteady ? nPipe : 0),
      flowBefore_m3_s: a.f64(model.unsteady ? nSection : 0),
      flowOutBefore_m3_s: a.f64(model.unsteady && model.gas.sections ? nSection : 0),
      plus_m: a.f64(model.unsteady || model.gas.sections ? nSection : 0),
      minus_m: a.f64(model.unsteady || model.gas.sections ? nSection : 0),
    },
    surge: {
      flow_m3_s: a.f64(model.surge.n),
      gasVolume_m3: a.f64(model.surge.n),
      gasConstant: a.f64(model.surge.n),
      level_m: a.f64(model.surge.n),
      spilled_m3: a.f64(model.surge.n),
      lift: a.f64(model.surge.n),
      lifted: a.u8(model.surge.n),
      stepsAtLimit: a.f64(model.surge.n),
    },
    heat: heatArrays(model, a),
    endCharacteristic_m: a.f64(2 * nPipe),
    solver: a.f64(m * m + 4 * m + 2 * nLink + 4 + (model.attached ? (GAS_WORK + DEVICE_WORK) * m : 0)),
  }));
  const state: NetworkState = { buffer, numbers: new Float64Array(buffer), ...views };
  state.demandMultiplier.fill(1);
  state.boundaryFlow_m3_s.set(model.nodeBoundaryFlow_m3_s);
  state.orificeArea_m2.set(model.orificeArea0_m2);
  state.regulatorSetting.set(model.linkSetting);
  for (let n = 0; n < nNode; n++) {
    state.nodeHead_m[n] = model.nodeHead0_m[n];
    if (model.nodeKind[n] === NODE.reservoir) state.reservoirHead_m[n] = model.nodeHead0_m[n];
    if (model.nodeKind[n] === NODE.tank) state.tankLevel_m[n] = model.nodeHead0_m[n] - model.nodeElevation_m[n];
  }
  for (let l = 0; l < nLink; l++) {
    const position = model.linkPosition0[l];
    if (model.linkKind[l] === LINK.pump) {
      state.pumpSpeed[l] = position;
      state.pumpSpeedSet[l] = position;
    } else {
      state.valveOpening[l] = position;
      state.valveOpeningSet[l] = position;
    }
  }
  initHeat(model, state);
  return state;
}

/** A state over a copy of another's buffer: equal now, independent from here on. */
export function cloneState(model: NetworkModel, state: NetworkState): NetworkState {
  const copy = createState(model);
  new Uint8Array(copy.buffer).set(new Uint8Array(state.buffer));
  return copy;
}

/** Flow at the first section of a pipe [m³/s], positive from `from` to `to`. */
export function pipeStartFlow_m3_s(model: NetworkModel, state: NetworkState, pipe: number): number {
  return state.sectionFlow_m3_s[model.sectionStart[pipe]];
}

/** Flow at the last section of a pipe [m³/s], positive from `from` to `to`. */
export function pipeEndFlow_m3_s(model: NetworkModel, state: NetworkState, pipe: number): number {
  return state.sectionFlow_m3_s[model.sectionStart[pipe + 1] - 1];
}

/** Velocity [m/s] in a pipe at its end `atEnd` (0 start, 1 end): what a clamp-on meter next to the node would show. */
export function velocityAtPipeEnd_m_s(model: NetworkModel, state: NetworkState, pipe: number, atEnd: 0 | 1): number {
  const section = atEnd === 0 ? model.sectionStart[pipe] : model.sectionStart[pipe + 1] - 1;
  return state.sectionFlow_m3_s[section] / model.pipeArea_m2[pipe];
}

/** What all pipes hold [m³] at the density of zero gauge pressure (with heat: in standard volume), trapezoidal over the sections; cavities count as liquid here. */
export function linePack_m3(model: NetworkModel, state: NetworkState): number {
  let volume = model.heat ? heatVolume_m3(model, state) : 0;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const last = model.sectionStart[p + 1] - 1;
    const H = state.sectionHead_m;
    let sum = 0.5 * (H[first] + H[last]);
    for (let i = first + 1; i < last; i++) sum += H[i];
    const reaches = model.pipeReaches[p];
    const middle = 0.5 * (model.nodeElevation_m[model.pipeFrom[p]] + model.nodeElevation_m[model.pipeTo[p]]);
    const storage = model.timeStep_s * model.pipeConductance_m2_s[p];
    const plain = model.heat ? 0 : model.pipeArea_m2[p] * model.pipeLength_m[p];
    volume += plain + storage * (sum - reaches * middle);
  }
  return volume;
}

/** Line pack, tanks and surge protection together [m³], without the gas in pipes. */
export function storedVolume_m3(model: NetworkModel, state: NetworkState): number {
  let volume = linePack_m3(model, state);
  if (model.attached) volume += surgeVolume_m3(model, state) - gasVolume_m3(model, state);
  for (let n = 0; n < model.nNode; n++) volume += model.tankArea_m2[n] * state.tankLevel_m[n];
  return volume;
}

/** What came in minus what went out minus what is more in store, since the ledger was reset [m³]: 0 but for friction's share. */
export function massBalanceError_m3(model: NetworkModel, state: NetworkState): number {
  const L = state.ledger_m3;
  let net =
    L[LEDGER.reservoirIn] - L[LEDGER.demandOut] - L[LEDGER.orificeOut] - L[LEDGER.boundaryOut] - L[LEDGER.tankSpill];
  for (let d = 0; d < model.surge.n; d++) net -= state.surge.spilled_m3[d];
  return net - (storedVolume_m3(model, state) - L[LEDGER.storedAtReset]);
}

/**
 * Puts cavities, surge protection and the memory of unsteady friction in balance with the heads and flows in the state.
 * `solveSteady` does so; callers that write heads themselves must.
 */
export function startOptions(model: NetworkModel, state: NetworkState): void {
  startGas(model, state);
  startSurge(model, state);
  startUnsteady(model, state);
  startHeat(model, state);
}

/** Starts the ledger anew from the present heads and flows. `solveSteady` does so; callers that write heads themselves must. */
export function resetLedger(model: NetworkModel, state: NetworkState): void {
  state.ledger_m3.fill(0);
  state.surge.spilled_m3.fill(0);
  state.ledger_m3[LEDGER.storedAtReset] = storedVolume_m3(model, state);
  ledgerFlows(model, state, state.ledgerFlow_m3_s);
}

/** Writes the present flows that the ledger integrates [m³/s] to out, by LEDGER index. */
export function ledgerFlows(model: NetworkModel, state: NetworkState, out: Float64Array): void {
  let reservoir = 0;
  let demand = 0;
  let boundary = 0;
  let orifice = 0;
  for (let n = 0; n < model.nNode; n++) {
    demand += state.nodeDemandFlow_m3_s[n];
    boundary += state.boundaryFlow_m3_s[n];
    if (model.nodeKind[n] === NODE.reservoir) reservoir -= state.nodeStorageFlow_m3_s[n];
  }
  for (let o = 0; o < model.nOrifice; o++) orifice += state.orificeFlow_m3_s[o];
  out[LEDGER.reservoirIn] = reservoir;
  out[LEDGER.demandOut] = demand;
  out[LEDGER.orificeOut] = orifice;
  out[LEDGER.boundaryOut] = boundary;
}

/**
 * Column separation by the discrete gas cavity model, and the air of air valves. All free gas is lumped at computing
 * sections and nodes; between them the liquid is pure and waves keep their speed.
 *
 *   h V = C                                              isothermal gas; C = α0 A Δx h_atm of a section [m⁴]
 *   V = V° + Δt [ψ (Q_out − Q_in) + (1 − ψ) (Q_out° − Q_in°)]
 *   section:  H = C⁺ − B Q_in = C⁻ + B Q_out   ⇒   V = b1 + b2 h,  b2 h² + b1 h − C = 0
 *
 * H head [m], h = H − z − h_v head of the gas above the vapour's at the pipe's axis z [m], V volume [m³], α0 gas fraction at
 * atmospheric pressure, h_atm absolute head of the atmosphere [m], ψ weight, ° the last step. h stays positive: no pressure
 * falls below the vapour's, and where V is large h is nearly 0, a vapour cavity. C⁺, C⁻, B as in characteristics.ts. A
 * junction shares one cavity of half a reach of each of its pipes. Reservoirs and tanks hold none.
 *
 *   air valve:  h absolute, C = C° + Δt ṁ R T/(ρ g),  ṁ of a nozzle between atmosphere and pipe, choked below r* = 0.528
 *               ṁ R T/(ρ g) = Cd A h₁ √(R T) √(2κ/(κ−1) (r^{2/κ} − r^{(κ+1)/κ})),  r = p₂/p₁, κ = 1.4, index 1 upstream
 *
 * An air valve's node has pipes only and is solved within a bracket. Where a cavity meets openings or links, Newton takes
 * the hyperbola as h + w − √((h − w)² + 4c) = 0, w = sV, c = sC, whose slope is well-behaved on both branches (Chen & Harker 1993; Kanzow 1996).
 * Sources: Wylie 1984 (J. Fluids Eng. 106, 307–311); Wylie & Streeter (1993) §8-5 (gas cavities), §6-6 (air valves);
 * Bergant & Simpson 1999 (J. Hydraul. Eng. 125, 835–848); Liou 2000 (α0, ψ and the grid).
 */
import { FLAG, type GasModel, type NetworkModel, type NetworkState } from './model.ts';
import { openingFlow, settle, steadyOutflow } from './openings.ts';

export const ATMOSPHERE_PA = 101_325;
const GAMMA = 1.4;
/** R T of air at 15 °C [m²/s²]. */
const AIR_RT = 287.05 * 288.15;
const CHOKED_RATIO = (2 / (GAMMA + 1)) ** (GAMMA / (GAMMA - 1));
const AIR_ITERATIONS = 200;
/** 1 − r below which the nozzle's root is replaced by a line: its slope has no end there. */
const NEAR_ATMOSPHERE = 1e-4;

/** The larger root of b2 h² + b1 h − C = 0 for b2, C > 0: the head of gas whose volume is b1 + b2 h. */
export function gasHead_m(b1: number, b2: number, gas_m4: number): number {
  const root = Math.sqrt(b1 * b1 + 4 * b2 * gas_m4);
  return b1 > 0 ? (2 * gas_m4) / (b1 + root) : (root - b1) / (2 * b2);
}

export interface GasInput {
  readonly sections: boolean;
  readonly fraction: number;
  readonly weight: number;
  readonly specificWeight_Pa_m: number;
  readonly vapourHead_m: number;
  readonly nodeElevation_m: Float64Array;
  readonly isJunction: Uint8Array;
  readonly pipeFrom: Int32Array;
  readonly pipeTo: Int32Array;
  readonly pipeReachVolume_m3: Float64Array; // A Δx (nPipe)
  readonly airValveNodes: readonly (readonly [node: number, device: number])[];
}

/** Compiles the gas of sections and nodes. */
export function compileGas(input: GasInput): GasModel {
  const nNode = input.nodeElevation_m.length;
  const atmosphere_m = ATMOSPHERE_PA / input.specificWeight_Pa_m;
  const nodes = input.sections || input.airValveNodes.length > 0;
  const pipeGas_m4 = input.pipeReachVolume_m3.map((v) => input.fraction * v * atmosphere_m);
  const nodeGas_m4 = new Float64Array(nNode);
  const nodeGasBase_m = input.nodeElevation_m.map((z) => z + input.vapourHead_m);
  const nodeAirValve = new Int32Array(nNode).fill(-1);
  for (const [node, device] of input.airValveNodes) {
    nodeAirValve[node] = device;
    nodeGasBase_m[node] = input.nodeElevation_m[node] - atmosphere_m;
  }
  if (nodes) {
    for (let p = 0; p < pipeGas_m4.length; p++) {
      for (const n of [input.pipeFrom[p], input.pipeTo[p]]) {
        if (input.isJunction[n] === 1 && (input.sections || nodeAirValve[n] >= 0)) nodeGas_m4[n] += 0.5 * pipeGas_m4[p];
      }
    }
  }
  return {
    sections: input.sections,
    nodes,
    weight: input.weight,
    atmosphere_m,
    pipeGas_m4,
    nodeGas_m4,
    nodeGasBase_m,
    nodeAirValve,
  };
}

/** Gas in balance with the heads in the state, no flow into any cavity. */
export function startGas(model: NetworkModel, state: NetworkState): void {
  const { gas } = model;
  if (!gas.nodes) return;
  for (let n = 0; n < model.nNode; n++) {
    if (gas.nodeGas_m4[n] === 0) continue;
    const h = state.nodeHead_m[n] - gas.nodeGasBase_m[n];
    state.gas.nodeCavity_m3[n] = gas.nodeGas_m4[n] / Math.max(h, LEAST_START_HEAD);
    state.gas.nodeCavityFlow_m3_s[n] = 0;
    if (gas.nodeAirValve[n] >= 0) state.gas.air_m4[gas.nodeAirValve[n]] = gas.nodeGas_m4[n];
  }
  if (!gas.sections) return;
  state.gas.sectionFlowOut_m3_s.set(state.sectionFlow_m3_s);
  for (let p = 0; p < model.nPipe; p++) {
    const rise = model.pipeSlope_m[p];
    let base = model.nodeElevation_m[model.pipeFrom[p]] + model.vapourHead_m;
    for (let i = model.sectionStart[p] + 1; i < model.sectionStart[p + 1] - 1; i++) {
      base += rise;
      state.gas.sectionCavity_m3[i] = gas.pipeGas_m4[p] / Math.max(state.sectionHead_m[i] - base, LEAST_START_HEAD);
    }
  }
}

/** Head [m] that no gas is compressed beyond: keeps a rounded volume positive. */
const MOST_HEAD = 1e6;
/** A steady state below vapour pressure cannot be held; its cavities start small and `FLAG.belowVapour` tells. */
const LEAST_START_HEAD = 0.1;

/** Inner sections of pipe p from the characteristics that left their neighbours. */
export function solveSections(model: NetworkModel, state: NetworkState, p: number): void {
  const { plus_m: plus, minus_m: minus } = state.unsteady;
  const H = state.sectionHead_m;
  const arrives = state.sectionFlow_m3_s;
  const leaves = state.gas.sectionFlowOut_m3_s;
  const cavity = state.gas.sectionCavity_m3;
  const gas = model.gas.pipeGas_m4[p];
  const y = model.pipeConductance_m2_s[p];
  const now = model.gas.weight * model.timeStep_s;
  const before = (1 - model.gas.weight) * model.timeStep_s;
  const b2 = 2 * now * y;
  const rise = model.pipeSlope_m[p];
  const last = model.sectionStart[p + 1] - 1;
  let base = model.nodeElevation_m[model.pipeFrom[p]] + model.vapourHead_m;
  for (let i = model.sectionStart[p] + 1; i < last; i++) {
    base += rise;
    const fromLeft = plus[i - 1];
    const fromRight = minus[i + 1];
    const b1 = cavity[i] + before * (leaves[i] - arrives[i]) + b2 * (base - 0.5 * (fromLeft + fromRight));
    const h = gasHead_m(b1, b2, gas);
    const head = base + h;
    H[i] = head;
    cavity[i] = gas / h;
    arrives[i] = (fromLeft - head) * y;
    leaves[i] = (head - fromRight) * y;
  }
}

/** A junction with a cavity and nothing that depends on its head: the quadratic of a section. */
export function solveGasNode(model: NetworkModel, state: NetworkState, n: number, arrived: number): void {
  const S = model.nodeConductance[n];
  const base = model.gas.nodeGasBase_m[n];
  const now = model.gas.weight * model.timeStep_s;
  const before = (1 - model.gas.weight) * model.timeStep_s;
  const fills = arrived - steadyOutflow(model, state, n) - S * base; // at h = 0
  const { nodeCavity_m3: cavity, nodeCavityFlow_m3_s: flow } = state.gas;
  const h = gasHead_m(cavity[n] - before * flow[n] - now * fills, now * S, model.gas.nodeGas_m4[n]);
  cavity[n] = model.gas.nodeGas_m4[n] / h;
  flow[n] = fills - S * h;
  state.nodeHead_m[n] = base + h;
  settle(model, state, n);
}

/**
 * A junction with an air valve: Newton within a bracket on the head h of its air. What the pipes bring less what leaves falls
 * with h, what the air gives way for, V° − C(h)/h, rises.
 */
export function solveAirNode(model: NetworkModel, state: NetworkState, n: number, arrived: number): void {
  const S = model.nodeConductance[n];
  const base = model.gas.nodeGasBase_m[n];
  const now = model.gas.weight * model.timeStep_s;
  const fixed = arrived - steadyOutflow(model, state, n) - gasVolume(model, state, n, 0) / now;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let h = state.nodeHead_m[n] - base;
  let converged = false;
  for (let it = 0; it < AIR_ITERATIONS && !converged; it++) {
    const volume = airAt(model, state, n, h) / h;
    const probe = 1e-6 * h;
    const slope = S + (volume - airAt(model, state, n, h + probe) / (h + probe)) / (probe * now);
    const F = fixed - S * (base + h) - openingFlow(model, state, n, base + h) + volume / now;
    if (F >= 0) low = h;
    else high = h;
    let next = h + F / slope;
    converged = Math.abs(next - h) <= 1e-14 * h;
    if (converged) break;
    if (!(next > low && next < high) || it % 3 === 2)
      next = high === Number.POSITIVE_INFINITY ? 4 * h : low === 0 ? 0.25 * h : Math.sqrt(low * high);
    converged = next === h; // the bracket is closed
    h = next;
  }
  if (!converged) state.flags[FLAG.unconverged]++;
  const air = airAt(model, state, n, h);
  const fills = (gasVolume(model, state, n, 0) - air / h) / now;
  state.gas.air_m4[model.gas.nodeAirValve[n]] = air;
  state.gas.nodeCavity_m3[n] = air / h;
  state.gas.nodeCavityFlow_m3_s[n] = fills;
  state.nodeHead_m[n] = base + h;
  settle(model, state, n);
}

/** Scratch of a gas node in a cluster: h, q, conductance, flow at the present head. */
export const GAS_WORK = 4;

/** First guess: the last step's answer. */
export function gasGuess(model: NetworkModel, state: NetworkState, n: number, work: Float64Array, at: number): void {
  work[at] = model.gas.nodeGas_m4[n] / state.gas.nodeCavity_m3[n];
  work[at + 1] = state.gas.nodeCavityFlow_m3_s[n];
  state.nodeHead_m[n] = model.gas.nodeGasBase_m[n] + work[at];
}

/** Adds the tangent of a node's gas to its row: it takes q = flow + y δ when the head moves by δ. */
export function addGas(
  model: NetworkModel,
  state: NetworkState,
  n: number,
  work: Float64Array,
  at: number,
  diagonal: number,
  right: number,
): void {
  const now = model.gas.weight * model.timeStep_s;
  const S = model.nodeConductance[n];
  const h = work[at];
  const scale = 1 / (S * now);
  const w = scale * gasVolume(model, state, n, work[at + 1]);
  const c = scale * model.gas.nodeGas_m4[n];
  const d = h - w;
  const r = Math.sqrt(d * d + 4 * c);
  const riseH = d >= 0 ? (4 * c) / (r + d) : r - d;
  const riseW = d >= 0 ? r + d : (4 * c) / (r - d);
  const misfit = h + w > 0 ? (4 * (h * w - c)) / (h + w + r) : h + w - r;
  const y = (S * riseH) / riseW;
  const flow = work[at + 1] + (S * misfit * r) / riseW;
  work[at + 2] = y;
  work[at + 3] = flow;
  work[diagonal] += y;
  work[right] -= flow;
}

/** Moves a node's gas along its tangent by the head's correction δ [m]; returns the change of its flow [m³/s]. */
export function moveGas(work: Float64Array, at: number, correction: number): number {
  const before = work[at + 1];
  work[at] += correction;
  work[at + 1] = work[at + 3] + work[at + 2] * correction;
  return Math.abs(work[at + 1] - before);
}

/** Takes the answer of the cluster's Newton. */
export function settleGas(model: NetworkModel, state: NetworkState, n: number, work: Float64Array, at: number): void {
  const V = gasVolume(model, state, n, work[at + 1]);
  state.gas.nodeCavity_m3[n] = Math.max(V, model.gas.nodeGas_m4[n] / MOST_HEAD);
  state.gas.nodeCavityFlow_m3_s[n] = work[at + 1];
}

/** Volume at the end of the step when q fills it [m³]. */
function gasVolume(model: NetworkModel, state: NetworkState, n: number, q: number): number {
  const weight = model.gas.weight;
  const mean = weight * q + (1 - weight) * state.gas.nodeCavityFlow_m3_s[n];
  return state.gas.nodeCavity_m3[n] - model.timeStep_s * mean;
}

/** h V of an air valve's air at the end of a step that ends with absolute head h [m⁴]. */
function airAt(model: NetworkModel, state: NetworkState, n: number, h: number): number {
  const device = model.gas.nodeAirValve[n];
  const air = state.gas.air_m4[device] + model.timeStep_s * airInflow(model, device, h);
  return Math.max(air, model.gas.nodeGas_m4[n]);
}

/** Air let in (positive) or out at absolute head h, as h V per second [m⁴/s]. */
export function airInflow(model: NetworkModel, device: number, head_m: number): number {
  const outside = model.gas.atmosphere_m;
  const h = Math.max(head_m, 0);
  const speed = Math.sqrt(AIR_RT);
  if (h <= outside) return model.surge.airIn_m2[device] * speed * outside * nozzle(h / outside);
  return -model.surge.airOut_m2[device] * speed * h * nozzle(outside / h);
}

/** ṁ √(R T)/(Cd A p₁) of a nozzle at pressure ratio r. */
function nozzle(ratio: number): number {
  const r = Math.min(Math.max(ratio, CHOKED_RATIO), 1 - NEAR_ATMOSPHERE);
  const steepest = ratio > r ? (1 - ratio) / NEAR_ATMOSPHERE : 1;
  return steepest * Math.sqrt(((2 * GAMMA) / (GAMMA - 1)) * (r ** (2 / GAMMA) - r ** ((GAMMA + 1) / GAMMA)));
}

/** Gas, vapour and air in pipes and at nodes [m³], as the ledger counts it: exact for every ψ. */
export function gasVolume_m3(model: NetworkModel, state: NetworkState): number {
  if (!model.gas.nodes) return 0;
  const { sectionFlowOut_m3_s: leaves, sectionCavity_m3: cavity, nodeCavity_m3, nodeCavityFlow_m3_s } = state.gas;
  const lag = (model.gas.weight - 0.5) * model.timeStep_s;
  let volume = 0;
  for (let n = 0; n < model.nNode; n++) volume += nodeCavity_m3[n] + lag * nodeCavityFlow_m3_s[n];
  for (let i = 0; i < cavity.length; i++) volume += cavity[i] - lag * (leaves[i] - state.sectionFlow_m3_s[i]);
  return volume;
}

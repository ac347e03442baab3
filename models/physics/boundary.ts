/**
 * Nodes at the end of a step: continuity where pipes, demands, leaks, tanks and links meet.
 *
 *   Σ (C_e − H)/B_e = q0 + c √(H − z) + Σ Cd A √(2g) (H − z_k)^n + dV/dt ± links
 *
 * C_e is the characteristic that arrives at pipe end e. Without links this is one equation: linear, a quadratic in √(H − z), or a
 * bracketed Newton. Links without length join nodes into clusters, solved together by Newton on heads and link flows
 * (eliminating flows: Todini & Pilati 1988) with a warm start from the last step.
 *
 *   tank     A dL/dt = q, trapezoidal: H = H_old + Δt (q_old + q)/(2A). Full: H stays and q spills. Empty: q = 0.
 */
import { evaluateLink, SHUT } from './elements.ts';
import { FLAG, LEDGER, type NetworkModel, type NetworkState, NODE } from './model.ts';
import { rootHead } from './orifice.ts';

const NODE_ITERATIONS = 60;
const CLUSTER_ITERATIONS = 60;
/** Flow change [m³/s], relative to the largest flow of the cluster, at which Newton stops; the next would be its square. */
const FLOW_TOLERANCE = 1e-8;
const LEAST_FLOW = 1e-9;
/** Least slope of an opening's head over flow [s/m²]. */
const OPENING_SLOPE = 1e-6;
/** Head [m] that lifts a check valve off its seat. */
const OPENING_HEAD = 1e-9;

/** Tank modes within a step. */
const STORES = 0;
const FULL = 1;
const EMPTY = 2;

/** Heads of all nodes and flows of all links, demands and orifices from the characteristics that arrived. */
export function solveNodes(model: NetworkModel, state: NetworkState): void {
  for (let n = 0; n < model.nNode; n++) {
    switch (model.nodeSolve[n]) {
      case 0:
        state.nodeHead_m[n] = (arriving(model, state, n) - steadyOutflow(model, state, n)) / model.nodeConductance[n];
        settle(model, state, n);
        break;
      case 1:
        oneRoot(model, state, n);
        settle(model, state, n);
        break;
      case 2:
        state.nodeHead_m[n] = bracket(model, state, n, arriving(model, state, n), 0);
        settle(model, state, n);
        break;
      case 3:
        state.nodeHead_m[n] = state.reservoirHead_m[n];
        settle(model, state, n);
        state.nodeStorageFlow_m3_s[n] = netInflow(model, state, n, arriving(model, state, n));
        break;
      case 4:
        tank(model, state, n);
        break;
    }
  }
  for (let k = 0; k < model.nCluster; k++) solveCluster(model, state, k);
}

/** Σ C_e/B_e: the inflow at H = 0 that the pipes bring [m³/s]. */
function arriving(model: NetworkModel, state: NetworkState, n: number): number {
  let sum = 0;
  for (let k = model.nodeEndStart[n]; k < model.nodeEndStart[n + 1]; k++) {
    const end = model.nodeEnds[k];
    sum += state.endCharacteristic_m[end] * model.pipeConductance_m2_s[end >> 1];
  }
  return sum;
}

/** Outflow that does not depend on the head [m³/s]. */
export function steadyOutflow(model: NetworkModel, state: NetworkState, n: number): number {
  return model.nodeDemand_m3_s[n] * state.demandMultiplier[n] + state.boundaryFlow_m3_s[n];
}

/** c of an orifice's q = c h^n at its present area. */
export function orificeCoefficient(model: NetworkModel, state: NetworkState, o: number): number {
  return model.orificeDischarge[o] * state.orificeArea_m2[o] * Math.sqrt(2 * model.gravity_m_s2);
}

function power(head: number, exponent: number): number {
  if (head <= 0) return 0;
  return exponent === 0.5 ? Math.sqrt(head) : head ** exponent;
}

/** Writes the flows of demands and orifices that belong to the node's head. */
export function settle(model: NetworkModel, state: NetworkState, n: number): void {
  const H = state.nodeHead_m[n];
  let demand = model.nodeDemand_m3_s[n] * state.demandMultiplier[n];
  const c = model.nodeDemandCoefficient[n];
  if (c > 0) demand += c * state.demandMultiplier[n] * power(H - model.nodeElevation_m[n], 0.5);
  state.nodeDemandFlow_m3_s[n] = demand;
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
    const o = model.nodeOrifices[k];
    state.orificeFlow_m3_s[o] = orificeCoefficient(model, state, o) * power(H - model.orificeBase_m[o], model.orificeExponent[o]);
  }
}

/** Demands, orifices and boundary flow as settled [m³/s]. */
function lateral(model: NetworkModel, state: NetworkState, n: number): number {
  let q = state.nodeDemandFlow_m3_s[n] + state.boundaryFlow_m3_s[n];
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) q += state.orificeFlow_m3_s[model.nodeOrifices[k]];
  return q;
}

function netInflow(model: NetworkModel, state: NetworkState, n: number, arrived: number): number {
  return arrived - model.nodeConductance[n] * state.nodeHead_m[n] - lateral(model, state, n);
}

/** All openings at one base: a quadratic in √(H − base). */
function oneRoot(model: NetworkModel, state: NetworkState, n: number): void {
  const S = model.nodeConductance[n];
  let c = model.nodeDemandCoefficient[n] * state.demandMultiplier[n];
  let base = model.nodeElevation_m[n];
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
    const o = model.nodeOrifices[k];
    base = model.orificeBase_m[o];
    c += orificeCoefficient(model, state, o);
  }
  const inflow = arriving(model, state, n) - steadyOutflow(model, state, n);
  const atBase = inflow - S * base;
  if (c <= 0 || atBase <= 0) state.nodeHead_m[n] = inflow / S;
  else {
    const x = rootHead(S, c, atBase);
    state.nodeHead_m[n] = base + x * x;
  }
}

/**
 * Root of inflow − (S + storage) H − openings(H), which falls with H, by Newton within a bracket.
 * `storage` [m²/s] is a tank's 2A/Δt; `inflow` then holds its other terms.
 */
function bracket(model: NetworkModel, state: NetworkState, n: number, inflow: number, storage: number): number {
  const S = model.nodeConductance[n] + storage;
  const fixed = inflow - steadyOutflow(model, state, n);
  let low = Number.NEGATIVE_INFINITY;
  let high = fixed / S; // no opening takes more than nothing
  let H = Math.min(state.nodeHead_m[n], high);
  for (let it = 0; it < NODE_ITERATIONS; it++) {
    let F = fixed - S * H;
    let slope = S;
    const c = model.nodeDemandCoefficient[n] * state.demandMultiplier[n];
    const x = H - model.nodeElevation_m[n];
    if (c > 0 && x > 0) {
      const r = Math.sqrt(x);
      F -= c * r;
      slope += (0.5 * c) / r;
    }
    for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
      const o = model.nodeOrifices[k];
      const xo = H - model.orificeBase_m[o];
      if (xo <= 0) continue;
      const q = orificeCoefficient(model, state, o) * power(xo, model.orificeExponent[o]);
      F -= q;
      slope += (model.orificeExponent[o] * q) / xo;
    }
    if (F >= 0) low = H;
    else high = H;
    let next = H + F / slope;
    if (!(next > low) && F < 0) next = 0.5 * (low + high);
    else if (next > high) next = 0.5 * (H + high);
    if (!Number.isFinite(next)) next = high - 1;
    const moved = Math.abs(next - H);
    H = next;
    if (moved <= 1e-13 * (1 + Math.abs(H))) return H;
  }
  state.flags[FLAG.unconverged]++;
  return H;
}

function tank(model: NetworkModel, state: NetworkState, n: number): void {
  const arrived = arriving(model, state, n);
  const z = model.nodeElevation_m[n];
  const level = state.tankLevel_m[n];
  let mode = STORES;
  if (level >= model.tankMaxLevel_m[n]) {
    state.nodeHead_m[n] = z + level;
    settle(model, state, n);
    if (netInflow(model, state, n, arrived) >= 0) mode = FULL;
  } else if (level <= model.tankMinLevel_m[n] && model.nodeConductance[n] > 0) {
    const H = bracket(model, state, n, arrived, 0);
    if (H < z + level) {
      mode = EMPTY;
      state.nodeHead_m[n] = H;
    }
  }
  if (mode === STORES) {
    const G = (2 * model.tankArea_m2[n]) / model.timeStep_s;
    const inflow = arrived + G * (z + level) + state.nodeStorageFlow_m3_s[n];
    state.nodeHead_m[n] = bracket(model, state, n, inflow, G);
  }
  settle(model, state, n);
  moveTank(model, state, n, mode, netInflow(model, state, n, arrived));
}

/** Level and spill from the inflow q [m³/s] at the step's end. */
function moveTank(model: NetworkModel, state: NetworkState, n: number, mode: number, q: number): void {
  const A = model.tankArea_m2[n];
  const half = 0.5 * model.timeStep_s;
  const stored = mode === STORES ? q : 0;
  const spill = mode === FULL ? q : 0;
  let level = state.tankLevel_m[n] + (half * (state.nodeStorageFlow_m3_s[n] + stored)) / A;
  let spilled = half * (spill + state.tankSpillFlow_m3_s[n]);
  if (level > model.tankMaxLevel_m[n]) {
    spilled += (level - model.tankMaxLevel_m[n]) * A;
    level = model.tankMaxLevel_m[n];
  }
  state.tankLevel_m[n] = level;
  state.nodeStorageFlow_m3_s[n] = stored;
  state.tankSpillFlow_m3_s[n] = spill;
  state.ledger_m3[LEDGER.tankSpill] += spilled;
  if (mode !== STORES) state.flags[FLAG.tankAtLimit]++;
}

/** Newton on one cluster: heads of its nodes, flows of its links and openings. */
function solveCluster(model: NetworkModel, state: NetworkState, k: number): void {
  const m = model.clusterLargest;
  const work = state.solver;
  const rhs = m * m;
  const arrived = rhs + m;
  const mode = arrived + m;
  const spare = mode + m;
  const linkWork = spare + 4;
  const firstNode = model.clusterNodeStart[k];
  const size = model.clusterNodeStart[k + 1] - firstNode;
  const firstLink = model.clusterLinkStart[k];
  const endLink = model.clusterLinkStart[k + 1];
  for (let i = 0; i < size; i++) {
    const n = model.clusterNodes[firstNode + i];
    work[arrived + i] = arriving(model, state, n);
    work[mode + i] = STORES;
    if (model.nodeKind[n] === NODE.reservoir) state.nodeHead_m[n] = state.reservoirHead_m[n];
    if (model.nodeKind[n] === NODE.tank) {
      if (state.tankLevel_m[n] >= model.tankMaxLevel_m[n]) work[mode + i] = FULL;
      else if (state.tankLevel_m[n] <= model.tankMinLevel_m[n]) work[mode + i] = EMPTY;
      if (work[mode + i] === FULL) state.nodeHead_m[n] = model.nodeElevation_m[n] + state.tankLevel_m[n];
    }
    openGuess(model, state, n);
  }

  let converged = false;
  for (let it = 0; it < CLUSTER_ITERATIONS && !converged; it++) {
    // matrix and right-hand side
    for (let i = 0; i < size; i++) {
      const row = i * m;
      for (let j = 0; j < i; j++) work[row + j] = 0;
      const n = model.clusterNodes[firstNode + i];
      if (isFixed(model, n, work[mode + i])) {
        work[row + i] = 1;
        work[rhs + i] = 0;
        continue;
      }
      work[row + i] = model.nodeConductance[n];
      work[rhs + i] = work[arrived + i] - steadyOutflow(model, state, n);
      addOpenings(model, state, n, work, row + i, rhs + i);
      work[rhs + i] -= work[row + i] * state.nodeHead_m[n];
      if (model.nodeConductance[n] === 0) work[row + i] += SHUT; // a node between two shut valves keeps its head
      if (model.nodeKind[n] === NODE.tank && work[mode + i] === STORES) {
        const G = (2 * model.tankArea_m2[n]) / model.timeStep_s;
        const rise = state.nodeHead_m[n] - model.nodeElevation_m[n] - state.tankLevel_m[n];
        work[row + i] += G;
        work[rhs + i] += state.nodeStorageFlow_m3_s[n] - G * rise;
      }
    }
    for (let c = firstLink; c < endLink; c++) {
      const l = model.clusterLinks[c];
      const Q = state.linkFlow_m3_s[l];
      evaluateLink(model, state, l, Q, work, spare);
      const y = 1 / work[spare + 1];
      const flow0 = Q + y * (state.nodeHead_m[model.linkFrom[l]] - state.nodeHead_m[model.linkTo[l]] - work[spare]);
      work[linkWork + 2 * l] = y;
      work[linkWork + 2 * l + 1] = flow0;
      const i = model.nodeSlot[model.linkFrom[l]];
      const j = model.nodeSlot[model.linkTo[l]];
      const fixedI = isFixed(model, model.linkFrom[l], work[mode + i]);
      const fixedJ = isFixed(model, model.linkTo[l], work[mode + j]);
      if (!fixedI) {
        work[i * m + i] += y;
        work[rhs + i] -= flow0;
      }
      if (!fixedJ) {
        work[j * m + j] += y;
        work[rhs + j] += flow0;
      }
      if (!fixedI && !fixedJ) work[i > j ? i * m + j : j * m + i] -= y;
    }
    solveDense(work, m, size, rhs);

    // new heads and flows
    let largest = 0;
    let change = 0;
    for (let i = 0; i < size; i++) {
      const n = model.clusterNodes[firstNode + i];
      state.nodeHead_m[n] += work[rhs + i];
      change = Math.max(change, moveOpenings(model, state, n));
    }
    for (let c = firstLink; c < endLink; c++) {
      const l = model.clusterLinks[c];
      const correction = work[rhs + model.nodeSlot[model.linkFrom[l]]] - work[rhs + model.nodeSlot[model.linkTo[l]]];
      const Q = work[linkWork + 2 * l + 1] + work[linkWork + 2 * l] * correction;
      change = Math.max(change, linkChange(model, l, state.linkFlow_m3_s[l], Q));
      largest = Math.max(largest, Math.abs(Q));
      state.linkFlow_m3_s[l] = Q;
    }
    converged = change <= FLOW_TOLERANCE * largest + LEAST_FLOW;
    if (converged) converged = !tankLeavesLimit(model, state, k, work, mode, arrived);
  }
  if (!converged) state.flags[FLAG.unconverged]++;

  for (let i = 0; i < size; i++) {
    const n = model.clusterNodes[firstNode + i];
    if (model.nodeKind[n] === NODE.junction) continue;
    const q = clusterInflow(model, state, k, n, work[arrived + i]);
    if (model.nodeKind[n] === NODE.tank) moveTank(model, state, n, work[mode + i], q);
    else state.nodeStorageFlow_m3_s[n] = q;
  }
}

function isFixed(model: NetworkModel, n: number, mode: number): boolean {
  return model.nodeKind[n] === NODE.reservoir || (model.nodeKind[n] === NODE.tank && mode === FULL);
}

/** Inflow of a cluster's node from its pipes, links and openings [m³/s]. */
function clusterInflow(model: NetworkModel, state: NetworkState, k: number, n: number, arrived: number): number {
  let q = netInflow(model, state, n, arrived);
  for (let c = model.clusterLinkStart[k]; c < model.clusterLinkStart[k + 1]; c++) {
    const l = model.clusterLinks[c];
    if (model.linkTo[l] === n) q += state.linkFlow_m3_s[l];
    if (model.linkFrom[l] === n) q -= state.linkFlow_m3_s[l];
  }
  return q;
}

/** A full tank that would give, or an empty one that would take, stores again; true if one did. */
function tankLeavesLimit(
  model: NetworkModel,
  state: NetworkState,
  k: number,
  work: Float64Array,
  mode: number,
  arrived: number,
): boolean {
  let left = false;
  const first = model.clusterNodeStart[k];
  for (let i = 0; i < model.clusterNodeStart[k + 1] - first; i++) {
    const n = model.clusterNodes[first + i];
    if (model.nodeKind[n] !== NODE.tank || work[mode + i] === STORES) continue;
    const leaves =
      work[mode + i] === FULL
        ? clusterInflow(model, state, k, n, work[arrived + i]) < 0
        : state.nodeHead_m[n] > model.nodeElevation_m[n] + state.tankLevel_m[n];
    if (!leaves) continue;
    work[mode + i] = STORES;
    left = true;
  }
  return left;
}

/** A first guess where an opening was shut: Newton on q = c √h starts badly from 0. */
function openGuess(model: NetworkModel, state: NetworkState, n: number): void {
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
    const o = model.nodeOrifices[k];
    if (state.orificeFlow_m3_s[o] <= 0) {
      const head = state.nodeHead_m[n] - model.orificeBase_m[o];
      state.orificeFlow_m3_s[o] = orificeCoefficient(model, state, o) * power(head, model.orificeExponent[o]);
    }
  }
  const c = model.nodeDemandCoefficient[n] * state.demandMultiplier[n];
  const constant = model.nodeDemand_m3_s[n] * state.demandMultiplier[n];
  if (c > 0 && state.nodeDemandFlow_m3_s[n] <= constant) {
    state.nodeDemandFlow_m3_s[n] = constant + c * power(state.nodeHead_m[n] - model.nodeElevation_m[n], 0.5);
  }
}

/** Conductance of an opening h = (q/c)^(1/n) at flow q, shut for q < 0; the flow at head `base` goes with `openingFlow0`. */
function openingConductance(c: number, exponent: number, q: number): number {
  if (q < 0) return SHUT;
  const h = openingHead(c, exponent, q);
  return 1 / Math.max(q > 0 ? h / (exponent * q) : 0, OPENING_SLOPE);
}

function openingHead(c: number, exponent: number, q: number): number {
  if (q < 0) return q / SHUT;
  const r = q / c;
  return exponent === 0.5 ? r * r : r ** (1 / exponent);
}

/** Adds a node's openings to the diagonal and right-hand side at the present flows. */
export function addOpenings(
  model: NetworkModel,
  state: NetworkState,
  n: number,
  work: Float64Array,
  diagonal: number,
  right: number,
): void {
  const c = model.nodeDemandCoefficient[n] * state.demandMultiplier[n];
  if (c > 0) {
    const q = state.nodeDemandFlow_m3_s[n] - model.nodeDemand_m3_s[n] * state.demandMultiplier[n];
    const y = openingConductance(c, 0.5, q);
    work[diagonal] += y;
    work[right] -= q - y * (model.nodeElevation_m[n] + openingHead(c, 0.5, q));
  }
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
    const o = model.nodeOrifices[k];
    const co = orificeCoefficient(model, state, o);
    if (co <= 0) continue;
    const q = state.orificeFlow_m3_s[o];
    const y = openingConductance(co, model.orificeExponent[o], q);
    work[diagonal] += y;
    work[right] -= q - y * (model.orificeBase_m[o] + openingHead(co, model.orificeExponent[o], q));
  }
}

/** Moves a node's opening flows to its new head along their tangents; returns the largest change [m³/s]. */
export function moveOpenings(model: NetworkModel, state: NetworkState, n: number): number {
  const H = state.nodeHead_m[n];
  let change = 0;
  const constant = model.nodeDemand_m3_s[n] * state.demandMultiplier[n];
  const c = model.nodeDemandCoefficient[n] * state.demandMultiplier[n];
  if (c > 0) {
    const q = state.nodeDemandFlow_m3_s[n] - constant;
    const step = openingConductance(c, 0.5, q) * (H - model.nodeElevation_m[n] - openingHead(c, 0.5, q));
    state.nodeDemandFlow_m3_s[n] = constant + q + step;
    change = openingChange(q, q + step);
  } else state.nodeDemandFlow_m3_s[n] = constant;
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
    const o = model.nodeOrifices[k];
    const co = orificeCoefficient(model, state, o);
    if (co <= 0) {
      state.orificeFlow_m3_s[o] = 0;
      continue;
    }
    const e = model.orificeExponent[o];
    const q = state.orificeFlow_m3_s[o];
    const step = openingConductance(co, e, q) * (H - model.orificeBase_m[o] - openingHead(co, e, q));
    state.orificeFlow_m3_s[o] = q + step;
    change = Math.max(change, openingChange(q, q + step));
  }
  return change;
}

/** How far a link's flow moved; without end if its check valve just opened, since the shut branch hides the real flow. */
export function linkChange(model: NetworkModel, l: number, before: number, after: number): number {
  if (model.linkCheck[l] === 1) return openingChange(before, after);
  return Math.abs(after - before);
}

function openingChange(before: number, after: number): number {
  return before < 0 && after > SHUT * OPENING_HEAD ? Number.POSITIVE_INFINITY : Math.abs(after - before);
}

/** Solves the symmetric positive definite system of `size` rows (stride m, lower triangle) by LDLᵀ; the answer replaces the right side. */
export function solveDense(a: Float64Array, m: number, size: number, rhs: number): void {
  for (let j = 0; j < size; j++) {
    const pivot = a[j * m + j];
    const inverse = 1 / pivot;
    for (let i = j + 1; i < size; i++) {
      const f = a[i * m + j] * inverse;
      if (f === 0) continue;
      for (let c = j + 1; c <= i; c++) a[i * m + c] -= f * a[c * m + j];
      a[rhs + i] -= f * a[rhs + j];
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    let x = a[rhs + i];
    for (let j = i + 1; j < size; j++) x -= a[j * m + i] * a[rhs + j];
    a[rhs + i] = x / a[i * m + i];
  }
}

/**
 * Clusters: nodes joined by links without length, solved together for the heads of the nodes and the flows of links, openings,
 * surge protection and cavities by Newton (flows eliminated, Todini & Pilati 1988), from the last step's answer. The unknowns are corrections, so
 * rounding stays as small as the residual. Matrices are dense and small; all room is in `state.solver`.
 */
import { arriving, EMPTY, FULL, moveTank, netInflow, STORES } from './boundary.ts';
import { addGas, GAS_WORK, gasGuess, moveGas, settleGas } from './cavity.ts';
import { evaluateLink, SHUT } from './elements.ts';
import { FLAG, type NetworkModel, type NetworkState, NODE } from './model.ts';
import { addOpenings, linkChange, moveOpenings, openGuess, steadyOutflow } from './openings.ts';
import { addDevice, DEVICE_WORK, moveDevice, settleDevice } from './surge.ts';

const CLUSTER_ITERATIONS = 60;
/** Flow change relative to the largest flow of the cluster at which Newton stops; the next would be its square. */
const FLOW_TOLERANCE = 1e-8;
/** Flow change [m³/s] that does not matter. */
const LEAST_FLOW = 1e-9;
/** The same where gas is: what fills a collapsing cavity matters down to its own volume. */
const LEAST_GAS_FLOW = 1e-12;

/** Heads and flows of all clusters from the characteristics that arrived. */
export function solveClusters(model: NetworkModel, state: NetworkState): void {
  for (let k = 0; k < model.nCluster; k++) solveCluster(model, state, k);
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
  const gasWork = linkWork + 2 * model.nLink; // GAS_WORK numbers per node
  const deviceWork = gasWork + GAS_WORK * m; // DEVICE_WORK numbers per node
  const { attached, clusterNodes, clusterLinks, nodeKind, nodeSlot, nodeConductance, linkFrom, linkTo } = model;
  const { nodeHead_m, linkFlow_m3_s } = state;
  const firstNode = model.clusterNodeStart[k];
  const size = model.clusterNodeStart[k + 1] - firstNode;
  const firstLink = model.clusterLinkStart[k];
  const endLink = model.clusterLinkStart[k + 1];
  for (let i = 0; i < size; i++) {
    const n = clusterNodes[firstNode + i];
    work[arrived + i] = arriving(model, state, n);
    work[mode + i] = STORES;
    if (nodeKind[n] === NODE.reservoir) nodeHead_m[n] = state.reservoirHead_m[n];
    if (nodeKind[n] === NODE.tank) {
      if (state.tankLevel_m[n] >= model.tankMaxLevel_m[n]) work[mode + i] = FULL;
      else if (state.tankLevel_m[n] <= model.tankMinLevel_m[n]) work[mode + i] = EMPTY;
      if (work[mode + i] === FULL) nodeHead_m[n] = model.nodeElevation_m[n] + state.tankLevel_m[n];
    }
    openGuess(model, state, n);
    if (!attached) continue;
    if (model.gas.nodeGas_m4[n] > 0) gasGuess(model, state, n, work, gasWork + GAS_WORK * i);
    const device = model.surge.nodeDevice[n];
    if (device >= 0) work[deviceWork + DEVICE_WORK * i] = state.surge.flow_m3_s[device];
  }

  let converged = false;
  for (let it = 0; it < CLUSTER_ITERATIONS && !converged; it++) {
    // matrix and right-hand side
    for (let i = 0; i < size; i++) {
      const row = i * m;
      for (let j = 0; j < i; j++) work[row + j] = 0;
      const n = clusterNodes[firstNode + i];
      if (isFixed(model, n, work[mode + i])) {
        work[row + i] = 1;
        work[rhs + i] = 0;
        continue;
      }
      work[row + i] = nodeConductance[n];
      work[rhs + i] = work[arrived + i] - steadyOutflow(model, state, n);
      addOpenings(model, state, n, work, row + i, rhs + i);
      work[rhs + i] -= work[row + i] * nodeHead_m[n];
      if (attached) {
        if (model.gas.nodeGas_m4[n] > 0) addGas(model, state, n, work, gasWork + GAS_WORK * i, row + i, rhs + i);
        const device = model.surge.nodeDevice[n];
        if (device >= 0)
          addDevice(model, state, n, device, work, deviceWork + DEVICE_WORK * i, row + i, rhs + i, spare);
      }
      if (nodeConductance[n] === 0) work[row + i] += SHUT; // a node between two shut valves keeps its head
      if (nodeKind[n] === NODE.tank && work[mode + i] === STORES) {
        const G = (2 * model.tankArea_m2[n]) / model.timeStep_s;
        const rise = nodeHead_m[n] - model.nodeElevation_m[n] - state.tankLevel_m[n];
        work[row + i] += G;
        work[rhs + i] += state.nodeStorageFlow_m3_s[n] - G * rise;
      }
    }
    for (let c = firstLink; c < endLink; c++) {
      const l = clusterLinks[c];
      const Q = linkFlow_m3_s[l];
      evaluateLink(model, state, l, Q, work, spare);
      const from = linkFrom[l];
      const to = linkTo[l];
      const y = 1 / work[spare + 1];
      const flow0 = Q + y * (nodeHead_m[from] - nodeHead_m[to] - work[spare]);
      work[linkWork + 2 * l] = y;
      work[linkWork + 2 * l + 1] = flow0;
      const i = nodeSlot[from];
      const j = nodeSlot[to];
      const fixedI = isFixed(model, from, work[mode + i]);
      const fixedJ = isFixed(model, to, work[mode + j]);
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
      const n = clusterNodes[firstNode + i];
      nodeHead_m[n] += work[rhs + i];
      change = Math.max(change, moveOpenings(model, state, n));
      if (!attached) continue;
      if (model.gas.nodeGas_m4[n] > 0) change = Math.max(change, moveGas(work, gasWork + GAS_WORK * i, work[rhs + i]));
      if (model.surge.nodeDevice[n] >= 0)
        change = Math.max(change, moveDevice(work, deviceWork + DEVICE_WORK * i, work[rhs + i]));
    }
    for (let c = firstLink; c < endLink; c++) {
      const l = clusterLinks[c];
      const correction = work[rhs + nodeSlot[linkFrom[l]]] - work[rhs + nodeSlot[linkTo[l]]];
      const Q = work[linkWork + 2 * l + 1] + work[linkWork + 2 * l] * correction;
      change = Math.max(change, linkChange(model, l, linkFlow_m3_s[l], Q));
      largest = Math.max(largest, Math.abs(Q));
      linkFlow_m3_s[l] = Q;
    }
    converged = change <= FLOW_TOLERANCE * largest + (attached ? LEAST_GAS_FLOW : LEAST_FLOW);
    if (converged) converged = !tankLeavesLimit(model, state, k, work, mode, arrived);
  }
  if (!converged) state.flags[FLAG.unconverged]++;

  for (let i = 0; i < size; i++) {
    const n = clusterNodes[firstNode + i];
    if (attached) {
      if (model.gas.nodeGas_m4[n] > 0) settleGas(model, state, n, work, gasWork + GAS_WORK * i);
      const device = model.surge.nodeDevice[n];
      if (device >= 0) settleDevice(model, state, device, work[deviceWork + DEVICE_WORK * i]);
    }
    if (nodeKind[n] === NODE.junction) continue;
    const q = clusterInflow(model, state, k, n, work[arrived + i]);
    if (nodeKind[n] === NODE.tank) moveTank(model, state, n, work[mode + i], q);
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

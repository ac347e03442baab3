/**
 * Nodes at the end of a step: continuity where pipes, demands, leaks, tanks and links meet.
 *
 *   Σ (C_e − H)/B_e = q0 + c √(H − z) + Σ Cd A √(2g) (H − z_k)^n + dV/dt ± links
 *
 * C_e is the characteristic that arrives at pipe end e. Without links this is one equation: linear, a quadratic in √(H − z), or a
 * bracketed Newton; a gas cavity makes it another quadratic (`cavity.ts`). Nodes that links join without length, and nodes where
 * devices or cavities meet openings, are solved as clusters (`cluster.ts`).
 *
 *   tank     A dL/dt = q, trapezoidal: H = H_old + Δt (q_old + q)/(2A). Full: H stays and q spills. Empty: q = 0.
 */
import { solveAirNode, solveGasNode } from './cavity.ts';
import { FLAG, LEDGER, type NetworkModel, type NetworkState } from './model.ts';
import { orificeCoefficient, power, settle, steadyOutflow } from './openings.ts';
import { rootHead } from './orifice.ts';

const NODE_ITERATIONS = 60;

/** Tank modes within a step. */
export const STORES = 0;
export const FULL = 1;
export const EMPTY = 2;

/** Heads, demands and orifice flows of all nodes outside clusters from the characteristics that arrived. */
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
      case 6:
        solveGasNode(model, state, n, arriving(model, state, n));
        break;
      case 7:
        solveAirNode(model, state, n, arriving(model, state, n));
        break;
    }
  }
}

/** Σ C_e/B_e: the inflow at H = 0 that the pipes bring [m³/s]. */
export function arriving(model: NetworkModel, state: NetworkState, n: number): number {
  let sum = 0;
  for (let k = model.nodeEndStart[n]; k < model.nodeEndStart[n + 1]; k++) {
    const end = model.nodeEnds[k];
    sum += state.endCharacteristic_m[end] * model.pipeConductance_m2_s[end >> 1];
  }
  return sum;
}

/** Demands, orifices and boundary flow as settled [m³/s]. */
function lateral(model: NetworkModel, state: NetworkState, n: number): number {
  let q = state.nodeDemandFlow_m3_s[n] + state.boundaryFlow_m3_s[n];
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++)
    q += state.orificeFlow_m3_s[model.nodeOrifices[k]];
  return q;
}

/** What is left for storage at a node without links [m³/s]. */
export function netInflow(model: NetworkModel, state: NetworkState, n: number, arrived: number): number {
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
    const full = model.nodeDemandFullHead_m[n];
    state.nodeHead_m[n] = x * x <= full ? base + x * x : (inflow - c * Math.sqrt(full)) / S;
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
      const full = model.nodeDemandFullHead_m[n];
      const r = Math.sqrt(Math.min(x, full));
      F -= c * r;
      if (x < full) slope += (0.5 * c) / r;
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
export function moveTank(model: NetworkModel, state: NetworkState, n: number, mode: number, q: number): void {
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

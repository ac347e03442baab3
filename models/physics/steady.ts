/**
 * Steady state of a network by the global gradient algorithm.
 *
 *   nodes   Σ Q_in − Σ Q_out = q(H)         links and pipes   H_from − H_to = h(Q)
 *   Newton  Q' = Q + (H'_from − H'_to − h)/h'(Q), which turns the nodes' equations into A (H' − H) = F, A symmetric positive
 *           definite; solving for corrections keeps rounding as small as the residual
 *
 * Heads [m], flows [m³/s]. The equations are those of the transient step (same elements, same friction per reach), so the
 * result is a fixed point of the step. Friction factors are iterated along. Regulators switch between active, open and shut
 * by EPANET's rules and leave their opening behind.
 * Sources: Todini & Pilati 1988; Rossman et al., EPANET 2.2 User Manual (2020) ch. 12.
 */
import { evaluateLink, SHUT } from './elements.ts';
import { startHeatField, steadyHeatField } from './heat/steady.ts';
import { FLAG, FRICTION, HOLDS, LINK, type NetworkModel, type NetworkState, NODE } from './model.ts';
import { addOpenings, linkChange, moveOpenings, settle, steadyOutflow } from './openings.ts';
import { checkGuards, pipeFactor, pipeViscosity, reachResistance, setPipeFactor } from './resistance.ts';
import { type Envelope, entry, makeEnvelope, solveEnvelope } from './sparse.ts';
import { resetLedger, startOptions } from './state.ts';

export interface SteadyOptions {
  /** Default 200. */
  readonly maxIterations?: number;
  /** Start from the flows in the state instead of from scratch; default false. */
  readonly warm?: boolean;
}

export interface SteadyReport {
  readonly converged: boolean;
  readonly iterations: number;
  /** Largest flow change of the last iteration [m³/s]. */
  readonly flowChange_m3_s: number;
  /** Largest violation of H_from − H_to = h(Q) over pipes and links [m]. */
  readonly headError_m: number;
}

/** Least slope of a pipe's loss used in Newton's matrix (not in the loss itself) [s/m²]. */
const PIPE_SLOPE = 1e-5;
/** Weight that pins a head held by a regulator. */
const PIN = 1e8;
/** Tolerances of regulator switching [m, m³/s], as EPANET's. */
const HEAD_TOLERANCE = 1.5e-4;
const FLOW_TOLERANCE = 2.8e-6;

/** Rounds of hydraulics and temperatures in turn, and the relative change of a density or weight at which they agree. */
const HEAT_ROUNDS = 60;
const HEAT_TOLERANCE = 1e-13;

const OPEN = 1;
const ACTIVE = 2;
const CLOSED = 0;

interface Work {
  readonly unknown: Int32Array; // unknown of a node, −1 where the head is given (nNode)
  readonly size: number;
  readonly envelope: Envelope;
  readonly diagonal: Float64Array; // contributions to the diagonal, then the right-hand side (2·size)
  readonly pipeFlow: Float64Array; // (nPipe)
  readonly conductance: Float64Array; // 1/h' of pipes, then links
  readonly flow0: Float64Array; // Q − h/h' of pipes, then links
  readonly status: Uint8Array; // of regulators (nLink)
  readonly spare: Float64Array;
}

/**
 * Solves the steady state for the settings in `state` (demands, areas, speeds, openings, heads) and writes heads, flows,
 * friction factors and resistances, so that the first transient step moves nothing. Resets step count, flags and ledger.
 */
export function solveSteady(model: NetworkModel, state: NetworkState, options: SteadyOptions = {}): SteadyReport {
  if (!model.heat) return solveHydraulics(model, state, options);
  startHeatField(model, state);
  let report = solveHydraulics(model, state, options);
  let iterations = report.iterations;
  let change = Number.POSITIVE_INFINITY;
  for (let round = 0; round < HEAT_ROUNDS && report.converged && change > HEAT_TOLERANCE; round++) {
    change = steadyHeatField(model, state);
    report = solveHydraulics(model, state, { ...options, warm: true });
    iterations += report.iterations;
  }
  return { ...report, iterations, converged: report.converged && change <= HEAT_TOLERANCE };
}

/** The steady state at the densities and viscosities of the state. */
function solveHydraulics(model: NetworkModel, state: NetworkState, options: SteadyOptions): SteadyReport {
  const w = prepare(model, state, options.warm === true);
  const limit = options.maxIterations ?? 200;
  let converged = false;
  let change = Number.POSITIVE_INFINITY;
  let it = 0;
  while (it < limit && !converged) {
    it++;
    const headChange = iterate(model, state, w);
    change = moveFlows(model, state, w);
    const switched = it % 2 === 0 || it > 10 ? switchRegulators(model, state, w) : true;
    const scale = largest(w.pipeFlow, largest(state.linkFlow_m3_s, 0));
    converged = it > 3 && !switched && headChange < 1e-9 && change <= 1e-8 * scale + 1e-9;
  }
  const headError_m = finish(model, state, w);
  return { converged, iterations: it, flowChange_m3_s: change, headError_m };
}

function prepare(model: NetworkModel, state: NetworkState, warm: boolean): Work {
  const unknown = new Int32Array(model.nNode).fill(-1);
  let size = 0;
  for (let n = 0; n < model.nNode; n++) {
    if (model.nodeKind[n] === NODE.junction) unknown[n] = size++;
    else if (model.nodeKind[n] === NODE.reservoir) state.nodeHead_m[n] = state.reservoirHead_m[n];
    else state.nodeHead_m[n] = model.nodeElevation_m[n] + state.tankLevel_m[n];
  }
  const couplings: [number, number][] = [];
  const couple = (a: number, b: number) => {
    if (unknown[a] >= 0 && unknown[b] >= 0) couplings.push([unknown[a], unknown[b]]);
  };
  for (let p = 0; p < model.nPipe; p++) couple(model.pipeFrom[p], model.pipeTo[p]);
  for (let l = 0; l < model.nLink; l++) couple(model.linkFrom[l], model.linkTo[l]);
  const w: Work = {
    unknown,
    size,
    envelope: makeEnvelope(size, couplings),
    diagonal: new Float64Array(2 * size),
    pipeFlow: new Float64Array(model.nPipe),
    conductance: new Float64Array(model.nPipe + model.nLink),
    flow0: new Float64Array(model.nPipe + model.nLink),
    status: new Uint8Array(model.nLink).fill(OPEN),
    spare: new Float64Array(2),
  };
  for (let p = 0; p < model.nPipe; p++) {
    w.pipeFlow[p] = warm ? state.sectionFlow_m3_s[model.sectionStart[p]] : 0.3 * model.pipeArea_m2[p];
  }
  for (let n = 0; n < model.nNode; n++) {
    if (!warm && unknown[n] >= 0) state.nodeHead_m[n] = model.nodeElevation_m[n] + 30;
    settle(model, state, n);
  }
  for (let l = 0; l < model.nLink; l++) {
    if (!warm) state.linkFlow_m3_s[l] = firstGuess(model, l);
    if (model.linkKind[l] === LINK.regulator) {
      state.valveOpening[l] = 1;
      const holds = model.linkHolds[l];
      if (holds === HOLDS.flow) state.linkFlow_m3_s[l] = state.regulatorSetting[l];
      w.status[l] = ACTIVE;
    }
  }
  return w;
}

function firstGuess(model: NetworkModel, l: number): number {
  if (model.linkKind[l] !== LINK.pump) return model.linkArea_m2[l] > 0 ? 0.3 * model.linkArea_m2[l] : 1e-3;
  const [from, to] = [model.tableStart[l], model.tableStart[l + 1]];
  if (to > from) return 0.5 * (model.tableX[from] + model.tableX[to - 1]);
  if (model.pumpPower_W[l] > 0) return model.pumpPower_W[l] / (model.density_kg_m3 * model.gravity_m_s2 * 30);
  if (model.pumpB[l] === 0) return 1e-2;
  return (model.pumpA_m[l] / (4 * model.pumpB[l])) ** (1 / model.pumpC[l]);
}

/** Builds and solves the nodes' equations; returns the largest head change [m]. */
function iterate(model: NetworkModel, state: NetworkState, w: Work): number {
  const { unknown, size, envelope, diagonal } = w;
  envelope.value.fill(0);
  diagonal.fill(0);
  for (let n = 0; n < model.nNode; n++) {
    const u = unknown[n];
    if (u < 0) continue;
    addOpenings(model, state, n, diagonal, u, size + u);
    diagonal[size + u] -= diagonal[u] * state.nodeHead_m[n] + steadyOutflow(model, state, n);
    diagonal[u] += SHUT; // a node between shut links keeps its head
  }
  for (let p = 0; p < model.nPipe; p++) {
    const Q = w.pipeFlow[p];
    const plain =
      model.pipeReaches[p] * reachResistance(model, p, pipeFactor(model, p, Q, pipeViscosity(model, state, p)));
    const R = model.heat ? plain * state.heat.pipeWeight[p] : plain;
    const rise = model.heat ? state.heat.pipeRise_m[p] : 0;
    const exponent = model.frictionKind[p] === FRICTION.hazenWilliams ? 1.852 : 2;
    const y = 1 / Math.max(exponent * R * Math.abs(Q), PIPE_SLOPE);
    join(state, w, p, model.pipeFrom[p], model.pipeTo[p], y, Q - y * (R * Q * Math.abs(Q) + rise));
  }
  for (let l = 0; l < model.nLink; l++) {
    const from = model.linkFrom[l];
    const to = model.linkTo[l];
    const Q = state.linkFlow_m3_s[l];
    if (model.linkKind[l] === LINK.regulator && regulatorTerms(model, state, w, l)) continue;
    evaluateLink(model, state, l, Q, w.spare, 0);
    const y = 1 / w.spare[1];
    join(state, w, model.nPipe + l, from, to, y, Q - y * w.spare[0]);
  }
  const rhs = diagonal.subarray(size);
  for (let u = 0; u < size; u++) envelope.value[entry(envelope, u, u)] += diagonal[u];
  solveEnvelope(envelope, rhs);
  let change = 0;
  for (let n = 0; n < model.nNode; n++) {
    const u = unknown[n];
    if (u < 0) continue;
    change = Math.max(change, Math.abs(rhs[u]));
    state.nodeHead_m[n] += rhs[u];
  }
  return change;
}

/** Adds a pipe or link Q' = flow0 + y (δ_from − δ_to), δ the corrections of the heads. */
function join(state: NetworkState, w: Work, k: number, from: number, to: number, y: number, tangent0: number): void {
  const flow0 = tangent0 + y * (state.nodeHead_m[from] - state.nodeHead_m[to]);
  w.conductance[k] = y;
  w.flow0[k] = flow0;
  const i = w.unknown[from];
  const j = w.unknown[to];
  if (i >= 0) {
    w.diagonal[i] += y;
    w.diagonal[w.size + i] -= flow0;
  }
  if (j >= 0) {
    w.diagonal[j] += y;
    w.diagonal[w.size + j] += flow0;
  }
  if (i >= 0 && j >= 0) w.envelope.value[entry(w.envelope, i, j)] -= y;
}

/** Terms of a regulator that is not simply open; false if it is. A held head is pinned and its flow follows from continuity. */
function regulatorTerms(model: NetworkModel, state: NetworkState, w: Work, l: number): boolean {
  const k = model.nPipe + l;
  const from = model.linkFrom[l];
  const to = model.linkTo[l];
  if (w.status[l] === CLOSED) {
    join(state, w, k, from, to, SHUT, 0);
    return true;
  }
  if (w.status[l] !== ACTIVE) return false;
  const Q = state.linkFlow_m3_s[l];
  const setting = state.regulatorSetting[l];
  const holds = model.linkHolds[l];
  if (holds === HOLDS.loss) {
    join(state, w, k, from, to, 1e3, -1e3 * setting);
    return true;
  }
  if (holds === HOLDS.flow) {
    join(state, w, k, from, to, 0, setting);
    return true;
  }
  const pinned = w.unknown[holds === HOLDS.downstreamHead ? to : from];
  const other = w.unknown[holds === HOLDS.downstreamHead ? from : to];
  w.conductance[k] = 0;
  w.flow0[k] = Q;
  if (pinned >= 0) {
    w.diagonal[pinned] += PIN;
    w.diagonal[w.size + pinned] += PIN * (setting - state.nodeHead_m[holds === HOLDS.downstreamHead ? to : from]);
  }
  if (other >= 0) w.diagonal[w.size + other] += holds === HOLDS.downstreamHead ? -Q : Q;
  return true;
}

/** New flows from the new heads; returns the largest change [m³/s]. */
function moveFlows(model: NetworkModel, state: NetworkState, w: Work): number {
  let change = 0;
  for (let p = 0; p < model.nPipe; p++) {
    const Q = w.flow0[p] + w.conductance[p] * (correction(w, model.pipeFrom[p]) - correction(w, model.pipeTo[p]));
    change = Math.max(change, Math.abs(Q - w.pipeFlow[p]));
    w.pipeFlow[p] = Q;
  }
  for (let n = 0; n < model.nNode; n++) if (w.unknown[n] >= 0) change = Math.max(change, moveOpenings(model, state, n));
  const pinned: number[] = [];
  for (let l = 0; l < model.nLink; l++) {
    const k = model.nPipe + l;
    if (isPinning(model, w, l)) {
      pinned.push(l);
      continue;
    }
    const Q = w.flow0[k] + w.conductance[k] * (correction(w, model.linkFrom[l]) - correction(w, model.linkTo[l]));
    change = Math.max(change, linkChange(model, l, state.linkFlow_m3_s[l], Q));
    state.linkFlow_m3_s[l] = Q;
  }
  for (const l of pinned) {
    const down = model.linkHolds[l] === HOLDS.downstreamHead;
    const n = down ? model.linkTo[l] : model.linkFrom[l];
    const before = state.linkFlow_m3_s[l];
    state.linkFlow_m3_s[l] = 0;
    const Q = (down ? -1 : 1) * inflow(model, state, w, n);
    state.linkFlow_m3_s[l] = Q;
    change = Math.max(change, Math.abs(Q - before));
  }
  return change;
}

function correction(w: Work, n: number): number {
  const u = w.unknown[n];
  return u < 0 ? 0 : w.diagonal[w.size + u];
}

function isPinning(model: NetworkModel, w: Work, l: number): boolean {
  return model.linkKind[l] === LINK.regulator && w.status[l] === ACTIVE && model.linkHolds[l] <= HOLDS.upstreamHead;
}

/** Net inflow of a node from pipes, links and openings [m³/s]. */
function inflow(model: NetworkModel, state: NetworkState, w: Work, n: number): number {
  let q = -(state.nodeDemandFlow_m3_s[n] + state.boundaryFlow_m3_s[n]);
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++)
    q -= state.orificeFlow_m3_s[model.nodeOrifices[k]];
  for (let k = model.nodeEndStart[n]; k < model.nodeEndStart[n + 1]; k++) {
    const end = model.nodeEnds[k];
    q += (end & 1 ? 1 : -1) * w.pipeFlow[end >> 1];
  }
  for (let l = 0; l < model.nLink; l++) {
    if (model.linkTo[l] === n) q += state.linkFlow_m3_s[l];
    if (model.linkFrom[l] === n) q -= state.linkFlow_m3_s[l];
  }
  return q;
}

/** EPANET's switching rules; true if some regulator changed. */
function switchRegulators(model: NetworkModel, state: NetworkState, w: Work): boolean {
  let switched = false;
  for (let l = 0; l < model.nLink; l++) {
    if (model.linkKind[l] !== LINK.regulator) continue;
    const next = nextStatus(model, state, w, l);
    if (next !== w.status[l]) switched = true;
    w.status[l] = next;
  }
  return switched;
}

function nextStatus(model: NetworkModel, state: NetworkState, w: Work, l: number): number {
  const from = state.nodeHead_m[model.linkFrom[l]];
  const to = state.nodeHead_m[model.linkTo[l]];
  const Q = state.linkFlow_m3_s[l];
  const setting = state.regulatorSetting[l];
  const status = w.status[l];
  const openLoss = model.linkLoss_s2_m5[l] * Q * Q;
  if (model.linkHolds[l] === HOLDS.flow) {
    if (status === ACTIVE)
      return from - to < model.linkLoss_s2_m5[l] * setting * setting - HEAD_TOLERANCE ? OPEN : ACTIVE;
    return Q > setting + FLOW_TOLERANCE ? ACTIVE : status;
  }
  if (model.linkHolds[l] === HOLDS.loss) return openLoss > setting ? OPEN : ACTIVE;
  if (Q < -FLOW_TOLERANCE && status !== CLOSED) return CLOSED;
  const downstream = model.linkHolds[l] === HOLDS.downstreamHead;
  if (status === ACTIVE) {
    if (downstream) return from - openLoss < setting - HEAD_TOLERANCE ? OPEN : ACTIVE;
    return to + openLoss > setting + HEAD_TOLERANCE ? OPEN : ACTIVE;
  }
  if (status === OPEN) {
    if (downstream) return to >= setting + HEAD_TOLERANCE ? ACTIVE : OPEN;
    return from < setting - HEAD_TOLERANCE ? ACTIVE : OPEN;
  }
  if (downstream) {
    if (from >= setting + HEAD_TOLERANCE && to < setting - HEAD_TOLERANCE) return ACTIVE;
    return from < setting - HEAD_TOLERANCE && from > to + HEAD_TOLERANCE ? OPEN : CLOSED;
  }
  if (to > setting + HEAD_TOLERANCE && from > to + HEAD_TOLERANCE) return OPEN;
  return from >= setting + HEAD_TOLERANCE && from > to + HEAD_TOLERANCE ? ACTIVE : CLOSED;
}

/** Writes the answer into the transient state; returns the largest head error [m]. */
function finish(model: NetworkModel, state: NetworkState, w: Work): number {
  const H = state.nodeHead_m;
  let error = 0;
  for (let n = 0; n < model.nNode; n++) {
    settle(model, state, n);
    state.nodeStorageFlow_m3_s[n] = w.unknown[n] < 0 ? inflow(model, state, w, n) : 0;
    state.tankSpillFlow_m3_s[n] = 0;
  }
  for (let l = 0; l < model.nLink; l++) {
    if (model.linkKind[l] === LINK.regulator) state.valveOpening[l] = openingOf(model, state, w, l);
    evaluateLink(model, state, l, state.linkFlow_m3_s[l], w.spare, 0);
    error = Math.max(error, Math.abs(H[model.linkFrom[l]] - H[model.linkTo[l]] - w.spare[0]));
  }
  for (let p = 0; p < model.nPipe; p++) {
    const Q = w.pipeFlow[p];
    setPipeFactor(model, state, p, pipeFactor(model, p, Q, pipeViscosity(model, state, p)));
    const loss = state.pipeResistance_s2_m5[p] * Q * Math.abs(Q);
    const first = model.sectionStart[p];
    const reaches = model.pipeReaches[p];
    const from = H[model.pipeFrom[p]];
    for (let i = 0; i <= reaches; i++) {
      state.sectionHead_m[first + i] = from - i * loss;
      state.sectionFlow_m3_s[first + i] = Q;
    }
    if (model.heat) layHeads(model, state, p, loss);
    const end = model.heat ? state.sectionHead_m[first + reaches] : from - reaches * loss;
    error = Math.max(error, Math.abs(end - H[model.pipeTo[p]]));
    state.sectionHead_m[first + reaches] = H[model.pipeTo[p]];
  }
  state.steps[0] = 0;
  startOptions(model, state);
  state.flags.fill(0);
  state.flags[FLAG.frictionNumber] = 0;
  checkGuards(model, state);
  resetLedger(model, state);
  return error;
}

/** Heads along a pipe whose reaches differ; `loss` [m] of a reach of mean resistance. */
function layHeads(model: NetworkModel, state: NetworkState, p: number, loss: number): void {
  const first = model.sectionStart[p];
  for (let r = first; r < first + model.pipeReaches[p]; r++)
    state.sectionHead_m[r + 1] = state.sectionHead_m[r] - loss * state.heat.reachWeight[r] - state.heat.reachRise_m[r];
}

/** The opening at which a regulator's loss law gives the steady flow. */
function openingOf(model: NetworkModel, state: NetworkState, w: Work, l: number): number {
  if (w.status[l] === OPEN) return 1;
  const Q = state.linkFlow_m3_s[l];
  if (w.status[l] === CLOSED || Q <= 0) return 0;
  state.valveOpening[l] = 1;
  evaluateLink(model, state, l, Q, w.spare, 0);
  const quadratic = model.linkLoss_s2_m5[l] * Q * Q;
  const drop = state.nodeHead_m[model.linkFrom[l]] - state.nodeHead_m[model.linkTo[l]] - (w.spare[0] - quadratic);
  return drop > quadratic ? Math.sqrt(quadratic / drop) : 1;
}

function largest(a: Float64Array, most: number): number {
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i]) > most) most = Math.abs(a[i]);
  return most;
}

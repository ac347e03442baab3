/**
 * Openings of a node: demands and holes whose flow follows from its head.
 *
 *   q = c (H − z)^n,  nothing below z        c = Cd A √(2g) for a hole, n = 0.5 but for emitters of another exponent
 *   q = c √(min(H − z, full))                a demand that is met above `full`: EPANET's pressure-driven analysis
 *   Newton in flows: h = (q/c)^(1/n), q' = q + (H' − z − h)/h'; a shut opening (q < 0) follows h = q/ε
 *
 * Taking the flow as the unknown keeps Newton calm where √ has no slope. Source: Todini & Pilati 1988; EPANET 2.2 manual §12.
 */
import { SHUT } from './elements.ts';
import type { NetworkModel, NetworkState } from './model.ts';

/** Least slope of an opening's head over flow [s/m²]. */
const OPENING_SLOPE = 1e-6;
/** Head [m] that lifts a check valve off its seat. */
const OPENING_HEAD = 1e-9;

/** Outflow that does not depend on the head [m³/s]. */
export function steadyOutflow(model: NetworkModel, state: NetworkState, n: number): number {
  return model.nodeDemand_m3_s[n] * state.demandMultiplier[n] + state.boundaryFlow_m3_s[n];
}

/** c of an orifice's q = c h^n at its present area. */
export function orificeCoefficient(model: NetworkModel, state: NetworkState, o: number): number {
  const c = model.orificeDischarge[o] * state.orificeArea_m2[o] * Math.sqrt(2 * model.gravity_m_s2);
  return model.heat ? c * Math.sqrt(state.heat.nodeDensity[model.orificeNode[o]]) : c;
}

/** h^n, nothing for h ≤ 0. */
export function power(head: number, exponent: number): number {
  if (head <= 0) return 0;
  return exponent === 0.5 ? Math.sqrt(head) : head ** exponent;
}

/** Outflow that depends on the head, at head H [m³/s]. */
export function openingFlow(model: NetworkModel, state: NetworkState, n: number, H: number): number {
  const c = model.nodeDemandCoefficient[n] * state.demandMultiplier[n];
  let q = c > 0 ? c * demandRoot(model, n, H) : 0;
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
    const o = model.nodeOrifices[k];
    q += orificeCoefficient(model, state, o) * power(H - model.orificeBase_m[o], model.orificeExponent[o]);
  }
  return q;
}

/** √(H − z) of a node's demand, between nothing and its full head. */
function demandRoot(model: NetworkModel, n: number, H: number): number {
  const head = H - model.nodeElevation_m[n];
  const full = model.nodeDemandFullHead_m[n];
  return head <= 0 ? 0 : Math.sqrt(Math.min(head, full));
}

/** Conductance of a demand at flow q: that of its opening, and none once it has all that it asks for. */
function demandConductance(c: number, q: number, full: number): number {
  return q >= c * Math.sqrt(full) ? SHUT : openingConductance(c, 0.5, q);
}

function demandHead(c: number, q: number, full: number): number {
  const most = c * Math.sqrt(full);
  return q >= most ? full + (q - most) / SHUT : openingHead(c, 0.5, q);
}

/** Writes the flows of demands and orifices that belong to the node's head. */
export function settle(model: NetworkModel, state: NetworkState, n: number): void {
  const H = state.nodeHead_m[n];
  let demand = model.nodeDemand_m3_s[n] * state.demandMultiplier[n];
  const c = model.nodeDemandCoefficient[n];
  if (c > 0) demand += c * state.demandMultiplier[n] * demandRoot(model, n, H);
  state.nodeDemandFlow_m3_s[n] = demand;
  for (let k = model.nodeOrificeStart[n]; k < model.nodeOrificeStart[n + 1]; k++) {
    const o = model.nodeOrifices[k];
    state.orificeFlow_m3_s[o] =
      orificeCoefficient(model, state, o) * power(H - model.orificeBase_m[o], model.orificeExponent[o]);
  }
}

/** A first guess where an opening was shut: Newton on q = c √h starts badly from 0. */
export function openGuess(model: NetworkModel, state: NetworkState, n: number): void {
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
    state.nodeDemandFlow_m3_s[n] = constant + c * demandRoot(model, n, state.nodeHead_m[n]);
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
    const full = model.nodeDemandFullHead_m[n];
    const y = demandConductance(c, q, full);
    work[diagonal] += y;
    work[right] -= q - y * (model.nodeElevation_m[n] + demandHead(c, q, full));
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
    const full = model.nodeDemandFullHead_m[n];
    const most = c * Math.sqrt(full);
    const step = demandConductance(c, q, full) * (H - model.nodeElevation_m[n] - demandHead(c, q, full));
    state.nodeDemandFlow_m3_s[n] = constant + q + step;
    // The flat branch hides the real flow as the shut one does.
    const fallsShort = q >= most && q + step < most - SHUT * OPENING_HEAD;
    change = fallsShort ? Number.POSITIVE_INFINITY : openingChange(q, q + step);
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

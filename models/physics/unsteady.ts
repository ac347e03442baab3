/**
 * Unsteady friction of Brunone in Vítkovský's form, and the sweep in two passes that options need.
 *
 *   J_u = k/(2 g) (∂V/∂t + a sign(V) |∂V/∂x|)        head loss per length beyond the quasi-steady one
 *   k = ½ √C*,   C* = 0.00476 laminar,   C* = 7.41 / Re^log10(14.3/Re^0.05) turbulent, smooth
 *
 * V velocity [m/s], a wave speed [m/s], k Brunone's coefficient, C* Vardy's shear decay coefficient. Explicit: on the
 * characteristic from section i to i + 1 at i, with V(t) − V(t − Δt) and the difference over the reach ahead. Times Δx = a Δt:
 *
 *   Δx J_u = ½ k B (Q_i − Q_i° + sign(Q_i) |Q_{i+1} − Q_i|)
 *
 * A wave that stops flow in its own direction of travel is not damped, so a first surge stays Joukowsky's. k follows a slow
 * mean of each pipe's |Q|, set by the steady state and held with `fixed` friction: an oscillation through zero keeps the
 * turbulence of the flow before it.
 * Sources: Brunone, Golia & Greco 1991; Vardy & Brown 1996 (C*; J. Hydraul. Res. 34); Bergant, Simpson & Vítkovský 2001
 * (J. Hydraul. Res. 39, 249–257); Vítkovský et al. 2006 (J. Hydraul. Eng. 132, 696–708: where it deviates).
 */

import { solveSections } from './cavity.ts';
import type { NetworkModel, NetworkState } from './model.ts';

/** The slow mean's memory, in times of a wave's way there and back. */
const MEMORY_PERIODS = 50;
const LAMINAR_LIMIT = 2000;
const LAMINAR_DECAY = 0.00476;

/** Vardy's shear decay coefficient C* of a smooth pipe. */
export function shearDecay(reynoldsNumber: number): number {
  if (reynoldsNumber <= LAMINAR_LIMIT) return LAMINAR_DECAY;
  return 7.41 / reynoldsNumber ** Math.log10(14.3 / reynoldsNumber ** 0.05);
}

/** Brunone's coefficient k = ½ √C* at a Reynolds number. */
export function brunoneFactor(reynoldsNumber: number): number {
  return 0.5 * Math.sqrt(shearDecay(reynoldsNumber));
}

/** Sets k by the flows in the state and forgets accelerations. */
export function startUnsteady(model: NetworkModel, state: NetworkState): void {
  if (!model.unsteady) return;
  const u = state.unsteady;
  u.flowBefore_m3_s.set(state.sectionFlow_m3_s);
  if (model.gas.sections) u.flowOutBefore_m3_s.set(state.gas.sectionFlowOut_m3_s);
  for (let p = 0; p < model.nPipe; p++) {
    u.pipeMeanFlow_m3_s[p] = meanFlow(model, state, p);
    u.pipeFactor[p] = factorAt(model, p, u.pipeMeanFlow_m3_s[p]);
  }
}

/** Lets k follow the flows; called with the refresh of friction factors. */
export function refreshUnsteady(model: NetworkModel, state: NetworkState): void {
  if (!model.unsteady || model.friction === 'fixed' || state.steps[0] === 0) return;
  const u = state.unsteady;
  for (let p = 0; p < model.nPipe; p++) {
    const share = Math.min(1, model.frictionRefreshSteps / (2 * MEMORY_PERIODS * model.pipeReaches[p]));
    u.pipeMeanFlow_m3_s[p] += share * (meanFlow(model, state, p) - u.pipeMeanFlow_m3_s[p]);
    u.pipeFactor[p] = factorAt(model, p, u.pipeMeanFlow_m3_s[p]);
  }
}

function meanFlow(model: NetworkModel, state: NetworkState, p: number): number {
  const Q = state.sectionFlow_m3_s;
  const first = model.sectionStart[p];
  const last = model.sectionStart[p + 1] - 1;
  return 0.25 * (Math.abs(Q[first]) + 2 * Math.abs(Q[(first + last) >> 1]) + Math.abs(Q[last]));
}

function factorAt(model: NetworkModel, p: number, flow: number): number {
  const re = (flow / model.pipeArea_m2[p]) * (model.pipeDiameter_m[p] / model.kinematicViscosity_m2_s);
  return brunoneFactor(re);
}

/** Inner sections of all pipes where cavities or unsteady friction are on: characteristics first, sections after. */
export function sweepWithOptions(model: NetworkModel, state: NetworkState): void {
  const { plus_m: plus, minus_m: minus } = state.unsteady;
  const ends = state.endCharacteristic_m;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const last = model.sectionStart[p + 1] - 1;
    leave(model, state, p, first, last);
    if (model.unsteady) resist(model, state, p, first, last);
    ends[2 * p] = minus[first + 1];
    ends[2 * p + 1] = plus[last - 1];
    if (model.gas.sections) solveSections(model, state, p);
    else meet(state.sectionHead_m, state.sectionFlow_m3_s, plus, minus, first, last, model.pipeConductance_m2_s[p]);
  }
}

/** The characteristics that leave each section of pipe p: C+ to its right, C− to its left. */
function leave(model: NetworkModel, state: NetworkState, p: number, first: number, last: number): void {
  const { plus_m: plus, minus_m: minus } = state.unsteady;
  const H = state.sectionHead_m;
  const arrives = state.sectionFlow_m3_s;
  const leaves = model.gas.sections ? state.gas.sectionFlowOut_m3_s : arrives;
  const perCell = model.friction === 'per-cell';
  const R = perCell ? state.sectionResistance_s2_m5 : state.pipeResistance_s2_m5;
  const B = model.pipeImpedance_s_m2[p];
  const convection = (model.pipeConvection[p] * model.timeStep_s) / model.pipeArea_m2[p];
  for (let i = first; i <= last; i++) {
    const r = R[perCell ? i : p];
    const out = leaves[i];
    const back = arrives[i];
    plus[i] = H[i] + out * (B + convection - r * Math.abs(out));
    minus[i] = H[i] - back * (B - convection - r * Math.abs(back));
  }
}

/** Takes the unsteady loss of one reach from each characteristic, and remembers the flows. */
function resist(model: NetworkModel, state: NetworkState, p: number, first: number, last: number): void {
  const { plus_m: plus, minus_m: minus, flowBefore_m3_s: arrivedBefore } = state.unsteady;
  const arrives = state.sectionFlow_m3_s;
  const leaves = model.gas.sections ? state.gas.sectionFlowOut_m3_s : arrives;
  const leftBefore = model.gas.sections ? state.unsteady.flowOutBefore_m3_s : arrivedBefore;
  const half = 0.5 * state.unsteady.pipeFactor[p] * model.pipeImpedance_s_m2[p];
  for (let i = first; i <= last; i++) {
    const out = leaves[i];
    const back = arrives[i];
    const outChange = out - leftBefore[i];
    const backChange = back - arrivedBefore[i];
    leftBefore[i] = out;
    arrivedBefore[i] = back;
    if (i < last) plus[i] -= half * (outChange + Math.sign(out) * Math.abs(arrives[i + 1] - out));
    if (i > first) minus[i] += half * (backChange + Math.sign(back) * Math.abs(back - leaves[i - 1]));
  }
}

/** Sections without cavities. */
function meet(
  H: Float64Array,
  Q: Float64Array,
  plus: Float64Array,
  minus: Float64Array,
  first: number,
  last: number,
  conductance: number,
): void {
  const y = 0.5 * conductance;
  for (let i = first + 1; i < last; i++) {
    H[i] = 0.5 * (plus[i - 1] + minus[i + 1]);
    Q[i] = y * (plus[i - 1] - minus[i + 1]);
  }
}

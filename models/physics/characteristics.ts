/**
 * Method of characteristics on a network of reaches, explicit in friction.
 *
 *   C+   H_P = H_A + B Q_A − R Q_A|Q_A| − B Q_P        from the upstream neighbour A
 *   C−   H_P = H_B − B Q_B + R Q_B|Q_B| + B Q_P        from the downstream neighbour B
 *
 * H head [m], Q flow [m³/s], B = a/(g A) impedance [s/m²], R loss of one reach [s²/m⁵]. Waves cross one reach per step, so
 * nothing is interpolated. With θ ≠ 0 both characteristics gain V θ Δt (see `convectionSlope`).
 * Source: Wylie & Streeter, Fluid Transients in Systems (1993), §3-2; Chaudhry, Applied Hydraulic Transients (2014), §3.4.
 *
 * One step: 1. equipment moves · 2. friction factors and guards, if due · 3. inner sections, in place (with cavities or unsteady
 * friction: `unsteady.ts`, in two passes; with heat: `heat/sweep.ts`); the characteristics that reach the pipe ends are put aside · 4. nodes and clusters find their heads · 5. pipe ends follow · 6. the ledger adds up.
 */
import { solveNodes } from './boundary.ts';
import { solveClusters } from './cluster.ts';
import { moveEquipment } from './equipment.ts';
import { refreshHeat } from './heat/refresh.ts';
import { closeHeatStep, sweepHeat } from './heat/sweep.ts';
import { LEDGER, type NetworkModel, type NetworkState } from './model.ts';
import { refreshResistance } from './resistance.ts';
import { ledgerFlows } from './state.ts';
import { showValveFlows } from './surge.ts';
import { refreshUnsteady, sweepWithOptions } from './unsteady.ts';

/** Moves the network by one time step. Allocates nothing; the same state always gives the same next state. */
export function stepCharacteristics(model: NetworkModel, state: NetworkState): void {
  moveEquipment(model, state);
  const { heat } = model;
  if (heat && state.steps[0] > 0 && state.steps[0] % heat.refreshSteps === 0) refreshHeat(model, state);
  if (state.steps[0] % model.frictionRefreshSteps === 0) {
    refreshResistance(model, state);
    refreshUnsteady(model, state);
  }
  const options = model.unsteady || model.gas.sections;
  if (heat) sweepHeat(model, state);
  else if (options) sweepWithOptions(model, state);
  else sweepPipes(model, state);
  solveNodes(model, state);
  solveClusters(model, state);
  writeEnds(model, state);
  if (model.gas.sections) copyEnds(model, state);
  if (heat) closeHeatStep(model, state);
  if (model.surge.n > 0) showValveFlows(model, state);
  addToLedger(model, state);
  state.steps[0]++;
}

/** Inner sections of all pipes: step 3 alone, for benchmarks. */
export function sweepPipes(model: NetworkModel, state: NetworkState): void {
  const H = state.sectionHead_m;
  const Q = state.sectionFlow_m3_s;
  const ends = state.endCharacteristic_m;
  const perCell = model.friction === 'per-cell';
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const last = model.sectionStart[p + 1] - 1;
    const B = model.pipeImpedance_s_m2[p];
    const y = 0.5 * model.pipeConductance_m2_s[p];
    const convection = (model.pipeConvection[p] * model.timeStep_s) / model.pipeArea_m2[p];
    if (perCell || convection !== 0) {
      const R = perCell ? state.sectionResistance_s2_m5 : state.pipeResistance_s2_m5;
      sweepCells(H, Q, R, perCell, first, last, B, y, convection, ends, p);
    } else sweepReaches(H, Q, first, last, B, y, state.pipeResistance_s2_m5[p], ends, p);
  }
}

/** One pipe with one resistance. In place: the old C+ of the left neighbour travels along in a register. */
export function sweepReaches(
  H: Float64Array,
  Q: Float64Array,
  first: number,
  last: number,
  B: number,
  y: number,
  R: number,
  ends: Float64Array,
  p: number,
): void {
  let q = Q[first];
  let plusBefore = H[first] + q * (B - R * Math.abs(q));
  q = Q[first + 1];
  let u = q * (B - R * Math.abs(q));
  let h = H[first + 1];
  let plus = h + u;
  ends[2 * p] = h - u;
  for (let i = first + 1; i < last; i++) {
    q = Q[i + 1];
    h = H[i + 1];
    u = q * (B - R * Math.abs(q));
    const minus = h - u;
    H[i] = 0.5 * (plusBefore + minus);
    Q[i] = y * (plusBefore - minus);
    plusBefore = plus;
    plus = h + u;
  }
  ends[2 * p + 1] = plusBefore;
}

/** The same with a resistance per section and the convective term. */
function sweepCells(
  H: Float64Array,
  Q: Float64Array,
  R: Float64Array,
  perCell: boolean,
  first: number,
  last: number,
  B: number,
  y: number,
  convection: number,
  ends: Float64Array,
  p: number,
): void {
  const own = R[p];
  let q = Q[first];
  let plusBefore = H[first] + q * (B + convection - (perCell ? R[first] : own) * Math.abs(q));
  q = Q[first + 1];
  let u = q * (B - (perCell ? R[first + 1] : own) * Math.abs(q));
  let h = H[first + 1] + convection * q;
  let plus = h + u;
  ends[2 * p] = h - u;
  for (let i = first + 1; i < last; i++) {
    q = Q[i + 1];
    h = H[i + 1] + convection * q;
    u = q * (B - (perCell ? R[i + 1] : own) * Math.abs(q));
    const minus = h - u;
    H[i] = 0.5 * (plusBefore + minus);
    Q[i] = y * (plusBefore - minus);
    plusBefore = plus;
    plus = h + u;
  }
  ends[2 * p + 1] = plusBefore;
}

function writeEnds(model: NetworkModel, state: NetworkState): void {
  const ends = state.endCharacteristic_m;
  for (let p = 0; p < model.nPipe; p++) {
    const y = model.pipeConductance_m2_s[p];
    const first = model.sectionStart[p];
    const last = model.sectionStart[p + 1] - 1;
    const from = state.nodeHead_m[model.pipeFrom[p]];
    const to = state.nodeHead_m[model.pipeTo[p]];
    state.sectionHead_m[first] = from;
    state.sectionFlow_m3_s[first] = (from - ends[2 * p]) * y;
    state.sectionHead_m[last] = to;
    state.sectionFlow_m3_s[last] = (ends[2 * p + 1] - to) * y;
  }
}

/** At a pipe's ends nothing is between what arrives and what leaves: the cavity there is the node's. */
function copyEnds(model: NetworkModel, state: NetworkState): void {
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const last = model.sectionStart[p + 1] - 1;
    state.gas.sectionFlowOut_m3_s[first] = state.sectionFlow_m3_s[first];
    state.gas.sectionFlowOut_m3_s[last] = state.sectionFlow_m3_s[last];
  }
}

/** Trapezoid of the flows before and after the step. */
function addToLedger(model: NetworkModel, state: NetworkState): void {
  const half = 0.5 * model.timeStep_s;
  const before = state.ledgerFlow_m3_s;
  const volume = state.ledger_m3;
  for (let k = 0; k < LEDGER.tankSpill; k++) volume[k] += half * before[k];
  ledgerFlows(model, state, before);
  for (let k = 0; k < LEDGER.tankSpill; k++) volume[k] += half * before[k];
}

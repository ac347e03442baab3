/**
 * Resistance of the reaches and the guards that go with it.
 *
 *   R = (f L/D + ΣK) / (2 g A² N)      of one reach [s²/m⁵], so that its loss is R Q|Q|
 *   R |Q| / B < 0.5                    needed by the explicit friction of the characteristics
 *
 * f is refreshed from the present flows every `frictionRefreshSteps` steps: per pipe from its mean flow, or per section.
 */
import { factorOf } from './friction.ts';
import { refreshHeatFriction } from './heat/refresh.ts';
import { FLAG, type NetworkModel, type NetworkState } from './model.ts';

/** Re 4000 and more: in `fixed` mode a factor taken at rest would stay laminar for ever. */
const FIXED_LEAST_REYNOLDS = 4000;

/** Darcy factor of pipe p at a flow [m³/s], by the pipe's own law; `nu` kinematic viscosity [m²/s]. */
export function pipeFactor(
  model: NetworkModel,
  p: number,
  flow: number,
  nu: number = model.kinematicViscosity_m2_s,
): number {
  const D = model.pipeDiameter_m[p];
  let v = Math.abs(flow) / model.pipeArea_m2[p];
  if (model.friction === 'fixed') v = Math.max(v, (FIXED_LEAST_REYNOLDS * nu) / D);
  return factorOf(model.frictionKind[p], model.frictionParameter[p], v, D, nu, model.gravity_m_s2);
}

/** Resistance of one reach of pipe p [s²/m⁵] at Darcy factor f. */
export function reachResistance(model: NetworkModel, p: number, factor: number): number {
  const A = model.pipeArea_m2[p];
  const loss = (factor * model.pipeLength_m[p]) / model.pipeDiameter_m[p] + model.pipeMinorLoss[p];
  return loss / (2 * model.gravity_m_s2 * A * A * model.pipeReaches[p]);
}

/** Sets a pipe's factor and resistance, in all its sections where they are kept. */
export function setPipeFactor(model: NetworkModel, state: NetworkState, p: number, factor: number): void {
  const R = reachResistance(model, p, factor);
  state.pipeFriction[p] = factor;
  state.pipeResistance_s2_m5[p] = R;
  if (model.friction === 'per-cell')
    state.sectionResistance_s2_m5.fill(R, model.sectionStart[p], model.sectionStart[p + 1]);
}

/** Recomputes the factors from the present flows, then checks the guards. */
export function refreshResistance(model: NetworkModel, state: NetworkState): void {
  const Q = state.sectionFlow_m3_s;
  if (model.friction === 'per-pipe') {
    for (let p = 0; p < model.nPipe; p++) {
      const first = model.sectionStart[p];
      const last = model.sectionStart[p + 1] - 1;
      const flow = 0.25 * (Math.abs(Q[first]) + 2 * Math.abs(Q[(first + last) >> 1]) + Math.abs(Q[last]));
      setPipeFactor(model, state, p, pipeFactor(model, p, flow, pipeViscosity(model, state, p)));
    }
  } else if (model.friction === 'per-cell' && !model.heat) {
    for (let p = 0; p < model.nPipe; p++) refreshCells(model, state, p);
  }
  if (model.heat) refreshHeatFriction(model, state);
  checkGuards(model, state);
}

/** Mean kinematic viscosity in pipe p [m²/s]. */
export function pipeViscosity(model: NetworkModel, state: NetworkState, p: number): number {
  return model.heat ? state.heat.pipeViscosity_m2_s[p] : model.kinematicViscosity_m2_s;
}

function refreshCells(model: NetworkModel, state: NetworkState, p: number): void {
  const first = model.sectionStart[p];
  const end = model.sectionStart[p + 1];
  const A = model.pipeArea_m2[p];
  const D = model.pipeDiameter_m[p];
  const kind = model.frictionKind[p];
  const parameter = model.frictionParameter[p];
  const nu = model.kinematicViscosity_m2_s;
  const g = model.gravity_m_s2;
  const scale = 1 / (2 * g * A * A * model.pipeReaches[p]);
  const slenderness = (model.pipeLength_m[p] / D) * scale;
  const fittings = model.pipeMinorLoss[p] * scale;
  const R = state.sectionResistance_s2_m5;
  const Q = state.sectionFlow_m3_s;
  let flow = Number.NaN;
  let factor = 0;
  for (let i = first; i < end; i++) {
    if (Q[i] !== flow) {
      flow = Q[i];
      factor = factorOf(kind, parameter, flow / A, D, nu, g);
    }
    R[i] = slenderness * factor + fittings;
  }
  state.pipeFriction[p] = factor;
}

/** Largest R|Q|/B, and the number of sections below vapour pressure. */
export function checkGuards(model: NetworkModel, state: NetworkState): void {
  const perCell = model.friction === 'per-cell';
  const parted = model.gas.sections && state.steps[0] > 0;
  let worst = 0;
  let boiling = 0;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const end = model.sectionStart[p + 1];
    const rise = model.pipeSlope_m[p];
    const y = model.pipeConductance_m2_s[p];
    const R = state.pipeResistance_s2_m5[p];
    // cavities hold the vapour pressure themselves, but for a steady state that was below it
    let limit = parted ? Number.NEGATIVE_INFINITY : model.nodeElevation_m[model.pipeFrom[p]] + model.vapourHead_m;
    for (let i = first; i < end; i++) {
      const number = (perCell ? state.sectionResistance_s2_m5[i] : R) * Math.abs(state.sectionFlow_m3_s[i]) * y;
      if (number > worst) worst = number;
      if (state.sectionHead_m[i] < limit) boiling++;
      limit += rise;
    }
  }
  state.flags[FLAG.frictionNumber] = worst;
  state.flags[FLAG.belowVapour] = boiling;
  if (boiling > 0) state.flags[FLAG.belowVapourChecks]++;
}

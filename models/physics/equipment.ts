/**
 * Equipment that moves: pump speeds, valve strokes, regulators. Called once at the start of a step, so that what it writes
 * holds at the step's end.
 *
 *   I ω dω/dt = −P                      run-down of a tripped pump, P shaft power [W]; in energy form ω² −= 2 P Δt/I
 *   P = max(ρ g Q H/η, P_idle s³)       never less than what the impeller churns behind a shut valve
 *   dτ/dt = e τ/T                       a regulator's opening; e error relative to the head it throttles or its flow
 *
 * Relief valves move here too (`surge.ts`).
 * Source: Wylie & Streeter (1993) ch. 7 (run-down of pumps).
 */
import { HOLDS, LINK, type NetworkModel, type NetworkState } from './model.ts';
import { moveReliefValves } from './surge.ts';

/** Relative speed at which a running-down pump stands still. */
const STANDSTILL = 0.005;
/** Least opening that a regulator opens from. */
const CRACK = 0.01;

/** Moves all equipment by one time step. */
export function moveEquipment(model: NetworkModel, state: NetworkState): void {
  if (model.surge.n > 0) moveReliefValves(model, state);
  const dt = model.timeStep_s;
  for (let l = 0; l < model.nLink; l++) {
    switch (model.linkKind[l]) {
      case LINK.pump:
        if (state.pumpTripped[l] === 1 && model.pumpInertia_kg_m2[l] > 0) runDown(model, state, l, dt);
        else {
          const target = state.pumpTripped[l] === 1 ? 0 : state.pumpSpeedSet[l];
          state.pumpSpeed[l] = approach(state.pumpSpeed[l], target, model.linkRate_per_s[l] * dt);
        }
        break;
      case LINK.valve:
        state.valveOpening[l] = approach(state.valveOpening[l], state.valveOpeningSet[l], model.linkRate_per_s[l] * dt);
        break;
      case LINK.regulator:
        regulate(model, state, l, dt);
        break;
    }
  }
}

/** Hydraulic torque's shaft power of a pump now [W]. */
export function shaftPower_W(model: NetworkModel, state: NetworkState, l: number): number {
  const flow = state.linkFlow_m3_s[l];
  const gain = state.nodeHead_m[model.linkTo[l]] - state.nodeHead_m[model.linkFrom[l]];
  // ΔH and Q are those of the reference density: Δp Q_actual = ρ0 g ΔH Q ρ0/ρ
  const weight = (model.density_kg_m3 * model.gravity_m_s2) / (model.heat ? state.heat.linkDensity[l] : 1);
  const hydraulic = flow > 0 && gain > 0 ? (weight * flow * gain) / model.pumpEfficiency[l] : 0;
  return Math.max(hydraulic, model.pumpIdlePower_W[l] * state.pumpSpeed[l] ** 3);
}

function runDown(model: NetworkModel, state: NetworkState, l: number, dt: number): void {
  const rated = model.pumpRatedSpeed_rad_s[l];
  const speed = state.pumpSpeed[l];
  const energy =
    speed * speed - (2 * shaftPower_W(model, state, l) * dt) / (model.pumpInertia_kg_m2[l] * rated * rated);
  state.pumpSpeed[l] = energy > STANDSTILL * STANDSTILL ? Math.sqrt(energy) : 0;
}

function approach(value: number, target: number, most: number): number {
  const gap = target - value;
  return Math.abs(gap) <= most ? target : value + Math.sign(gap) * most;
}

function regulate(model: NetworkModel, state: NetworkState, l: number, dt: number): void {
  const setting = state.regulatorSetting[l];
  const from = state.nodeHead_m[model.linkFrom[l]];
  const to = state.nodeHead_m[model.linkTo[l]];
  let error: number;
  switch (model.linkHolds[l]) {
    case HOLDS.downstreamHead:
      error = (setting - to) / Math.max(1, Math.abs(from - to));
      break;
    case HOLDS.upstreamHead:
      error = (from - setting) / Math.max(1, Math.abs(from - to));
      break;
    case HOLDS.flow:
      error = 1 - state.linkFlow_m3_s[l] / Math.max(1e-9, setting);
      break;
    default:
      error = (from - to - setting) / Math.max(1, Math.abs(setting));
  }
  const limited = Math.min(1, Math.max(-1, error));
  const opening = state.valveOpening[l];
  const moved = opening + limited * Math.max(opening, CRACK) * model.linkRate_per_s[l] * dt;
  state.valveOpening[l] = Math.min(1, moved < CRACK * CRACK && limited < 0 ? 0 : moved);
}

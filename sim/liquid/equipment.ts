/**
 * What moves pumps, valves and tanks between two steps of the network: set points with their slow wander, the
 * back-pressure controller, and the receipts that keep a tank's level over days.
 *
 * Controller (PI, acting on the valve downstream): u = I + K e, dI/dt = K e / Ti, e = p − p_set; I is held while u is at a limit.
 * Wander: speed set point · (1 + σ w(t)), w linear between independent normals ten seconds apart, so its variance is
 * between 1/2 and 1 of σ².
 */
import type { LiquidModel } from './model.ts';
import type { LiquidState } from './state.ts';

const WANDER_US = 10_000_000;
const SMALLEST_OPENING = 0.02;

export function moveEquipment(model: LiquidModel, state: LiquidState, timeUs: number): void {
  switchPumps(model, state);
  const net = state.network;
  const dt_s = model.tickUs * 1e-6;

  const interval = Math.floor(timeUs / WANDER_US);
  const share = (timeUs - interval * WANDER_US) / WANDER_US;
  for (let p = 0; p < model.pumpLink.length; p += 1) {
    let speed = state.pumpSet[p]!;
    const sigma = model.pumpWander[p]!;
    if (speed > 0 && sigma > 0) {
      // The two normals of this interval are kept, not because they could change but because drawing costs more than reading.
      if (state.wanderIndex[p] !== interval + 1) {
        state.wanderIndex[p] = interval + 1;
        state.wanderFrom[p] = model.pumpStream[p]!.normal(interval);
        state.wanderTo[p] = model.pumpStream[p]!.normal(interval + 1);
      }
      speed *= 1 + sigma * (state.wanderFrom[p]! + share * (state.wanderTo[p]! - state.wanderFrom[p]!));
    }
    net.pumpSpeedSet[model.pumpLink[p]!] = speed;
  }

  for (let c = 0; c < model.controllerLink.length; c += 1) {
    if (state.controllerAuto[c] === 0) continue;
    const error_Pa = nodePressure_Pa(model, state, model.controllerNode[c]!) - state.controllerSet_Pa[c]!;
    const move = model.controllerGain_per_Pa[c]! * error_Pa;
    const integral = state.controllerIntegral[c]! + (move * dt_s) / model.controllerIntegral_s[c]!;
    const opening = integral + move;
    if (opening > SMALLEST_OPENING && opening < 1) state.controllerIntegral[c] = integral;
    net.valveOpeningSet[model.controllerLink[c]!] = Math.min(1, Math.max(SMALLEST_OPENING, opening));
  }
}

/** Duty and standby pumps between two levels; a tripped pump is passed over, and the duty moves on after each cycle. */
function switchPumps(model: LiquidModel, state: LiquidState): void {
  for (let s = 0; s < model.switches.length; s += 1) {
    const { tank, pumps, start_m, stop_m } = model.switches[s]!;
    const level_m = state.network.tankLevel_m[tank]!;
    if (level_m <= stop_m) {
      let ran = false;
      for (let k = 0; k < pumps.length; k += 1) {
        if (state.pumpSet[pumps[k]!]! > 0) ran = true;
        state.pumpSet[pumps[k]!] = 0;
      }
      if (ran) state.duty[s] = (state.duty[s]! + 1) % pumps.length;
      continue;
    }
    let wanted = 0;
    while (wanted < start_m.length && level_m >= start_m[wanted]!) wanted += 1;
    for (let k = 0; k < pumps.length && wanted > 0; k += 1) {
      const pump = pumps[(state.duty[s]! + k) % pumps.length]!;
      if (state.network.pumpTripped[model.pumpLink[pump]!] === 1) continue;
      if (state.pumpSet[pump] === 0) state.pumpSet[pump] = state.pumpWanted[pump]!;
      wanted -= 1;
    }
  }
}

/** What a catchment brings in this tick. */
export function fillTanks(model: LiquidModel, state: LiquidState, timeUs: number): void {
  for (let t = 0; t < model.tankNode.length; t += 1) {
    const inflow = model.tankInflow[t];
    if (!inflow) continue;
    const brought_m3 = inflow(timeUs) * model.tickUs * 1e-6;
    const node = model.tankNode[t]!;
    state.network.tankLevel_m[node] = state.network.tankLevel_m[node]! + brought_m3 / model.network.tankArea_m2[node]!;
    state.receipt_m3[t]! += brought_m3;
  }
}

/**
 * Receipts and deliveries from outside: inflow = −(what the line brings) + (level at start − level) A / τ, as one smooth flow.
 * Before the network's step, which then takes or brings the same: a steady tank ends the step where it began.
 */
export function holdTankLevels(model: LiquidModel, state: LiquidState): void {
  const net = state.network;
  const dt_s = model.tickUs * 1e-6;
  for (let t = 0; t < model.tankNode.length; t += 1) {
    const hold_s = model.tankHold_s[t]!;
    if (hold_s <= 0) continue;
    const node = model.tankNode[t]!;
    const area_m2 = model.network.tankArea_m2[node]!;
    const level_m = net.tankLevel_m[node]!;
    const share = 1 - Math.exp(-dt_s / hold_s);
    const towards_m3 = (model.tankLevel0_m[t]! - level_m) * area_m2 * share;
    const through_m3 = -net.nodeStorageFlow_m3_s[node]! * dt_s;
    net.tankLevel_m[node] = level_m + (towards_m3 + through_m3) / area_m2;
    state.receipt_m3[t]! += towards_m3 + through_m3;
  }
}

/** Gauge pressure at a node [Pa]: ρ g (H − z). */
export function nodePressure_Pa(model: LiquidModel, state: LiquidState, node: number): number {
  const n = model.network;
  return n.density_kg_m3 * n.gravity_m_s2 * (state.network.nodeHead_m[node]! - n.nodeElevation_m[node]!);
}

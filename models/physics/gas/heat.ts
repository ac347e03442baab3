/**
 * Heat in the gas (option `ground`): it is carried with the flow, exchanged with the ground and, if wanted, lost by expansion.
 *
 *   M cp dT/dt = Σ_in m_in cp (T_in − μ_JT (p_in − p) − T) + U S (T_g − T)
 *
 * M mass of a point [kg], m_in flows into it [kg/s] with the temperature where they come from (upwind; gas from outside: the
 * node's own), S its inner wall [m²], U overall coefficient [W/(m² K)], T_g ground [K], μ_JT Joule–Thomson coefficient [K/Pa].
 * Steady, along a pipe: T − T_g ∝ exp(−x U π D/(F cp)), Shukhov's law. The work of storing gas (T ∂p/∂t) is left out: wall and
 * ground take it up within minutes; during a rupture the gas near the hole is really colder than this.
 * A compressor heats its gas by T ((p2/p1)^m − 1)/η, m = (γ − 1)/γ, or to its after-cooler's outlet temperature.
 * Implicit in the point's own temperature, so that a node may pass on many times what it holds in one step.
 * Source: Osiadacz & Chaczykowski, Chem. Eng. J. 81 (2001) 41, simplified as said.
 */
import { GAS_LINK, type GasModel, type GasState } from './model.ts';
import { updateEquation } from './state.ts';

/** Advances temperatures and the equation of state over dt [s] by the flows of the step just made. */
export function stepHeat(model: GasModel, state: GasState, dt: number): void {
  gather(model, state);
  const { pointTemperature_K: T, arriving_kg_s: flow, arrivingHeat_K_kg_s: heat } = state;
  for (let n = 0; n < model.nPoint; n++) {
    const M = Math.max(0, state.pointMass_kg[n]);
    const k = dt * exchange(model, n);
    const weight = M + dt * flow[n] + k;
    if (weight > 0) T[n] = (M * T[n] + dt * heat[n] + k * model.pointGround_K[n]) / weight;
  }
  updateEquation(model, state);
}

/** Steady temperatures of the present flows, by sweeps with and against every reach; the largest change [K] they made. */
export function settleHeat(model: GasModel, state: GasState): number {
  const { pointTemperature_K: T, arriving_kg_s: flow, arrivingHeat_K_kg_s: heat } = state;
  const before = T.slice();
  for (let sweep = 0; sweep < 2000; sweep++) {
    let change = 0;
    for (let r = 0; r < model.nReach; r++) {
      for (let i = model.faceStart[r]; i < model.faceStart[r + 1] - 1; i++)
        change = Math.max(change, rest(model, state, r, i));
      for (let i = model.faceStart[r + 1] - 2; i >= model.faceStart[r]; i--)
        change = Math.max(change, rest(model, state, r, i));
    }
    gather(model, state);
    for (let n = 0; n < model.nHub; n++) {
      const k = exchange(model, n);
      if (!(flow[n] + k > 0)) continue;
      const next = (heat[n] + k * model.pointGround_K[n]) / (flow[n] + k);
      change = Math.max(change, Math.abs(next - T[n]));
      T[n] = next;
    }
    if (change < 1e-10) break;
  }
  updateEquation(model, state);
  let moved = 0;
  for (let n = 0; n < model.nPoint; n++) moved = Math.max(moved, Math.abs(T[n] - before[n]));
  return moved;
}

/** U S/cp of a point: the flow of gas that would carry as much heat [kg/s]. */
function exchange(model: GasModel, n: number): number {
  return (model.pointHeatTransfer_W_m2K[n] * model.pointWall_m2[n]) / model.gas.specificHeat_J_kgK;
}

/** Balances the inner point after face i of reach r; how far it moved [K]. */
function rest(model: GasModel, state: GasState, r: number, i: number): number {
  const { pointTemperature_K: T, pointPressure_Pa: p, faceFlow_kg_s: F } = state;
  const n = model.innerStart[r] + i - model.faceStart[r];
  const left = i === model.faceStart[r] ? model.reachFrom[r] : n - 1;
  const right = i === model.faceStart[r + 1] - 2 ? model.reachTo[r] : n + 1;
  const mu = model.gas.jouleThomson_K_Pa;
  const a = Math.max(0, F[i]);
  const b = Math.max(0, -F[i + 1]);
  const k = exchange(model, n);
  if (!(a + b + k > 0)) return 0;
  const heat = a * (T[left] - mu * (p[left] - p[n])) + b * (T[right] - mu * (p[right] - p[n]));
  const next = (heat + k * model.pointGround_K[n]) / (a + b + k);
  const moved = Math.abs(next - T[n]);
  T[n] = next;
  return moved;
}

/** Sums what flows into every point, and its heat. */
function gather(model: GasModel, state: GasState): void {
  const { pointTemperature_K: T, pointPressure_Pa: p, arriving_kg_s: flow, arrivingHeat_K_kg_s: heat } = state;
  const mu = model.gas.jouleThomson_K_Pa;
  flow.fill(0);
  heat.fill(0);
  for (let r = 0; r < model.nReach; r++) {
    const first = model.faceStart[r];
    const last = model.faceStart[r + 1] - 1;
    const inner = model.innerStart[r] - first;
    for (let i = first; i <= last; i++) {
      const F = state.faceFlow_kg_s[i];
      const a = i === first ? model.reachFrom[r] : inner + i - 1;
      const b = i === last ? model.reachTo[r] : inner + i;
      const from = F > 0 ? a : b;
      const to = F > 0 ? b : a;
      const m = Math.abs(F);
      flow[to] += m;
      heat[to] += m * (T[from] - mu * (p[from] - p[to]));
    }
  }
  for (let n = 0; n < model.nNode; n++) {
    const m = Math.max(0, state.supply_kg_s[n] - Math.min(0, state.delivered_kg_s[n]));
    flow[n] += m;
    heat[n] += m * model.nodeSupplyTemperature_K[n];
  }
  const exponent = 1 - 1 / model.gas.heatCapacityRatio;
  for (let l = 0; l < model.linkIds.length; l++) {
    const Q = state.linkFlow_kg_s[l];
    const from = Q > 0 ? model.linkFrom[l] : model.linkTo[l];
    const to = Q > 0 ? model.linkTo[l] : model.linkFrom[l];
    let warm = T[from];
    if (model.linkKind[l] !== GAS_LINK.compressor) warm -= mu * (p[from] - p[to]);
    else if (Q > 0 && state.position[l] > 0 && p[to] > p[from]) {
      const cooler = model.linkOutletTemperature_K[l];
      const rise = (warm * ((p[to] / p[from]) ** exponent - 1)) / model.linkEfficiency[l];
      warm = Number.isNaN(cooler) ? warm + rise : cooler;
    }
    flow[to] += Math.abs(Q);
    heat[to] += Math.abs(Q) * warm;
  }
}

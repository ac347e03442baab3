/**
 * One step of the pools: inflow, spreading, drain, overtopping, soaking, evaporation and heat.
 *
 *   inertia   d(r²)/dt = 2 √(2 g' V/π)                                Briscoe and Shaw (1980): U = √(2 g' h)
 *   viscosity d(r⁸)/dt = 8 · 128/243 · g' (V/π)³/ν      on land       Huppert (1982): r = 0.894 (g' V³ t/(3 ν))^⅛
 *             d(r⁴)/dt = 1.45⁴ (Δ g V²/√ν_w)^⅔          on water      Fay (1971): r = 1.45 (Δ g V² t^{3/2}/√ν_w)^{1/6}
 *   the slower law rules; V counts above the minimum thickness only; g' = g on land, Δ g on water, Δ = 1 − ρ/ρ_w
 *   drain     √h1 = √h0 − (Cd A/F) √(g/2) dt             exact for a floor F
 *   soak      F1² − (F0 + K dt) F1 − K dt (ψ + h) n = 0   Green and Ampt (1911), backward step; F depth of liquid soaked
 *   heat      Σ m c dT/dt = A [h_a (T_a − T) + (1 − a) S + σ (T_sky⁴ − T⁴) + q_ground − Σ L flux]
 *             q_ground = k (T_g − T)/√(π α t), water: U (T_w − T)
 *   flux of substance i: k_i (M_i x_i p_i/(R T)) C       Raoult; k and C in vapour.ts
 *
 * r radius, V volume, h mean depth, ν viscosity of the liquid, K conductivity, ψ suction head, n porosity. A pool never gets
 * thinner than its minimum: it draws back instead. A bund's pool is bounded by its free floor and runs over its wall.
 * Source: F. Briscoe, P. Shaw, Prog. Energy Combust. Sci. 6 (1980) 127; H. E. Huppert, J. Fluid Mech. 121 (1982) 43;
 * J. A. Fay (1971), MIT Fluid Mech. Lab. 71-6; TNO Yellow Book CPR 14E (2005) §3.5 (heat balance, minimum thickness).
 */
import { SURFACE, TANK_LEDGER, type TankFarmModel, type TankFarmState, WEATHER } from './model.ts';
import { evaporate } from './poolHeat.ts';
import { accumulate, density_kg_m3 } from './state.ts';
import { book } from './tanks.ts';

const WATER_KG_M3 = 998.2;
const WATER_VISCOSITY_M2_S = 1.004e-6;

/** Moves one pool by dt [s]. Pools must be stepped in `poolOrder`, so that an overflow arrives within the step. */
export function stepPool(model: TankFarmModel, state: TankFarmState, pool: number, dt: number): void {
  const n = model.nSubstance;
  const before = volume_m3(model, state, pool);
  state.poolDrained_kg_s[pool] = 0;
  state.poolOverflow_kg_s[pool] = 0;
  state.poolSoak_kg_s[pool] = 0;
  receive(model, state, pool);
  const after = volume_m3(model, state, pool);
  if (!(after > 0)) {
    dry(model, state, pool);
    return;
  }
  spread(model, state, pool, (before + after) / 2, after, dt);
  const floor = state.poolArea_m2[pool];
  let left = after - drained_m3(model, state, pool, after, (after - before) / 2, floor, dt);
  left -= overtopped_m3(model, state, pool, left, dt);
  soak(model, state, pool, left, dt);
  evaporate(model, state, pool, dt);
  const volume = volume_m3(model, state, pool);
  const thin = model.poolMinThickness_m[pool];
  if (volume < thin * state.poolArea_m2[pool]) state.poolArea_m2[pool] = volume / thin;
  state.poolDepth_m[pool] = state.poolArea_m2[pool] > 0 ? volume / state.poolArea_m2[pool] : 0;
  state.poolWetTime_s[pool] += dt;
  for (let s = 0; s < n; s++) if (state.poolMass_kg[pool * n + s] > 0) return;
  dry(model, state, pool);
}

/** Volume of a pool [m³]; volumes of substances add. */
export function volume_m3(model: TankFarmModel, state: TankFarmState, pool: number): number {
  const n = model.nSubstance;
  let sum = 0;
  for (let s = 0; s < n; s++) {
    const mass = state.poolMass_kg[pool * n + s];
    if (mass > 0) sum += mass / density_kg_m3(model, s, state.poolTemperature_K[pool]);
  }
  return sum;
}

/** Takes in what was poured, mixing temperatures. */
function receive(model: TankFarmModel, state: TankFarmState, pool: number): void {
  const n = model.nSubstance;
  let held = 0;
  let came = 0;
  for (let s = 0; s < n; s++) {
    const c = model.substanceHeatCapacity_J_kgK[s];
    held += c * state.poolMass_kg[pool * n + s];
    came += c * state.poolIn_kg[pool * n + s];
  }
  if (came === 0) return;
  state.poolTemperature_K[pool] = (held * state.poolTemperature_K[pool] + state.poolInHeat_J[pool]) / (held + came);
  for (let s = 0; s < n; s++) {
    const i = pool * n + s;
    if (state.poolIn_kg[i] !== 0) accumulate(state.poolMass_kg, state.poolMassCarry_kg, i, state.poolIn_kg[i]);
    state.poolIn_kg[i] = 0;
  }
  state.poolInHeat_J[pool] = 0;
}

function spread(
  model: TankFarmModel,
  state: TankFarmState,
  pool: number,
  middle: number,
  after: number,
  dt: number,
): void {
  const n = model.nSubstance;
  const area = state.poolArea_m2[pool];
  const thin = model.poolMinThickness_m[pool];
  let mass = 0;
  let viscosity = 0;
  for (let s = 0; s < n; s++) {
    const m = Math.max(0, state.poolMass_kg[pool * n + s]);
    mass += m;
    viscosity += m * model.substanceViscosity_m2_s[s];
  }
  viscosity /= mass;
  const floats = model.poolSurface[pool] === SURFACE.water;
  const buoyancy = floats ? Math.max(0, 1 - mass / after / WATER_KG_M3) : 1;
  const g = model.gravity_m_s2 * buoyancy;
  const moving = Math.max(0, middle - thin * area) / Math.PI;
  const r2 = area / Math.PI;
  const inertial = r2 + 2 * dt * Math.sqrt(2 * g * moving);
  let viscous: number;
  if (floats) {
    const fay = ((g * (Math.PI * moving) ** 2) / Math.sqrt(WATER_VISCOSITY_M2_S)) ** (2 / 3);
    viscous = Math.sqrt(r2 * r2 + dt * 1.45 ** 4 * fay);
  } else {
    viscous = (r2 ** 4 + (dt * 8 * (128 / 243) * g * moving ** 3) / viscosity) ** 0.25;
  }
  let wider = Math.PI * Math.min(inertial, viscous);
  if (thin > 0) wider = Math.min(wider, Math.max(area, after / thin));
  state.poolArea_m2[pool] = Math.min(wider, model.poolFloor_m2[pool]);
}

/** Lets the drain run: half the inflow before, half after; returns what left [m³]. */
function drained_m3(
  model: TankFarmModel,
  state: TankFarmState,
  pool: number,
  volume: number,
  halfIn: number,
  floor: number,
  dt: number,
): number {
  const orifice = model.poolDrain_m2[pool] * Math.max(0, Math.min(1, state.drainOpening[pool]));
  const start = volume - Math.max(0, halfIn);
  if (orifice === 0 || floor === 0 || start <= 0) return 0;
  const root = Math.sqrt(start / floor) - (orifice / floor) * Math.sqrt(model.gravity_m_s2 / 2) * dt;
  const gone = root > 0 ? start - floor * root * root : start;
  const mass = remove(model, state, pool, gone / volume, TANK_LEDGER.drained, -1);
  state.poolDrained_kg_s[pool] = mass / dt;
  return gone;
}

/** What stands above the wall runs over it; returns its volume [m³]. */
function overtopped_m3(model: TankFarmModel, state: TankFarmState, pool: number, volume: number, dt: number): number {
  const over = volume - model.poolFloor_m2[pool] * model.poolWall_m[pool];
  if (!(over > 0)) return 0;
  const mass = remove(model, state, pool, over / volume, TANK_LEDGER.lost, model.poolOverflow[pool]);
  state.poolOverflow_kg_s[pool] = mass / dt;
  return over;
}

function soak(model: TankFarmModel, state: TankFarmState, pool: number, volume: number, dt: number): void {
  const K = model.poolSoak[3 * pool];
  const area = state.poolArea_m2[pool];
  if (K === 0 || area === 0 || volume <= 0) return;
  const F0 = state.poolSoaked_m3[pool] / area;
  const drive = model.poolSoak[3 * pool + 1] + (volume / area) * model.poolSoak[3 * pool + 2];
  const b = F0 + K * dt;
  const F1 = (b + Math.sqrt(b * b + 4 * K * dt * drive)) / 2;
  const gone = Math.min(volume, (F1 - F0) * area);
  state.poolSoaked_m3[pool] += gone;
  state.poolSoak_kg_s[pool] = remove(model, state, pool, gone / volume, TANK_LEDGER.soaked, -1) / dt;
}

/** Takes a share of every substance out of a pool, into another pool or a row of the ledger; returns the mass [kg]. */
function remove(
  model: TankFarmModel,
  state: TankFarmState,
  pool: number,
  share: number,
  row: number,
  into: number,
): number {
  const n = model.nSubstance;
  let total = 0;
  for (let s = 0; s < n; s++) {
    const mass = state.poolMass_kg[pool * n + s] * Math.min(1, share);
    if (!(mass > 0)) continue;
    accumulate(state.poolMass_kg, state.poolMassCarry_kg, pool * n + s, -mass);
    total += mass;
    if (into < 0) book(model, state, row, s, mass);
    else {
      state.poolIn_kg[into * n + s] += mass;
      state.poolInHeat_J[into] += mass * model.substanceHeatCapacity_J_kgK[s] * state.poolTemperature_K[pool];
    }
  }
  return total;
}

function dry(model: TankFarmModel, state: TankFarmState, pool: number): void {
  const n = model.nSubstance;
  state.poolArea_m2[pool] = 0;
  state.poolDepth_m[pool] = 0;
  state.poolWetTime_s[pool] = 0;
  state.poolTemperature_K[pool] = state.weather[WEATHER.air_K];
  for (let s = 0; s < n; s++) state.poolVapour_kg_s[pool * n + s] = 0;
}

/**
 * Evaporation of a pool and the heat balance that limits it, as one implicit step: the temperature at the end of the step
 * satisfies the balance with the fluxes at that temperature (backward Euler, safeguarded Newton), so a film of a millimetre
 * is stable at any step. Equations and sources: see pools.ts and vapour.ts.
 */
import { SURFACE, TANK_LEDGER, type TankFarmModel, type TankFarmState, WEATHER } from './model.ts';
import { accumulate, substancePressure_Pa } from './state.ts';
import { book } from './tanks.ts';
import {
  airHeatTransfer_W_m2K,
  diffusivity_m2_s,
  driftFactor,
  epaMassTransfer_m_s,
  MASS_TRANSFER,
  mackayMatsugu_m_s,
  saturated_kg_m3,
  schmidt,
} from './vapour.ts';

const STEFAN_BOLTZMANN = 5.670374419e-8;
/** Pools and winds are held above these, where the correlations of mass transfer end [m], [m/s]. */
const SMALLEST_M = 0.1;
const STILL_M_S = 0.1;
const NEWTON_STEPS = 30;

/** Warms or cools a pool by dt [s] and takes what evaporates; writes `poolVapour_kg_s`. */
export function evaporate(model: TankFarmModel, state: TankFarmState, pool: number, dt: number): void {
  const n = model.nSubstance;
  const area = state.poolArea_m2[pool];
  let capacity = 0;
  for (let s = 0; s < n; s++) {
    state.poolVapour_kg_s[pool * n + s] = 0;
    capacity += Math.max(0, state.poolMass_kg[pool * n + s]) * model.substanceHeatCapacity_J_kgK[s];
  }
  if (area === 0 || capacity === 0) return;
  const T0 = state.poolTemperature_K[pool];
  const T = newTemperature_K(model, state, pool, T0, capacity / area / dt, dt);
  state.poolTemperature_K[pool] = T;
  fluxes(model, state, pool, T);
  for (let s = 0; s < n; s++) {
    const i = pool * n + s;
    const loss = Math.min(state.poolVapour_kg_s[i] * area * dt, Math.max(0, state.poolMass_kg[i]));
    state.poolVapour_kg_s[i] = loss / dt;
    if (loss === 0) continue;
    accumulate(state.poolMass_kg, state.poolMassCarry_kg, i, -loss);
    book(model, state, TANK_LEDGER.evaporated, s, loss);
  }
}

/** Root of C (T − T0) = q(T), q falling in T: the temperature after the step [K]. C in W/(m² K). */
function newTemperature_K(
  model: TankFarmModel,
  state: TankFarmState,
  pool: number,
  T0: number,
  C: number,
  dt: number,
): number {
  let low = 150;
  let high = 500;
  let T = T0;
  for (let k = 0; k < NEWTON_STEPS; k++) {
    const f = C * (T - T0) - heatFlux_W_m2(model, state, pool, T, dt);
    if (f > 0) high = T;
    else low = T;
    const slope = (C * (T + 1e-3 - T0) - heatFlux_W_m2(model, state, pool, T + 1e-3, dt) - f) / 1e-3;
    let next = T - f / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    const step = Math.abs(next - T);
    T = next;
    if (step < 1e-9) break;
  }
  return T;
}

/** Heat into a pool at a temperature [W/m²], what evaporation takes included; averaged over the step for the ground. */
export function heatFlux_W_m2(model: TankFarmModel, state: TankFarmState, pool: number, T: number, dt: number): number {
  const w = state.weather;
  const d = Math.max(SMALLEST_M, Math.sqrt((4 * state.poolArea_m2[pool]) / Math.PI));
  const air = airHeatTransfer_W_m2K(Math.max(STILL_M_S, w[WEATHER.wind_m_s]), d) * (w[WEATHER.air_K] - T);
  const sky = STEFAN_BOLTZMANN * (w[WEATHER.sky_K] ** 4 - T ** 4);
  const sun = (1 - model.poolAlbedo[pool]) * w[WEATHER.sun_W_m2];
  let below: number;
  if (model.poolSurface[pool] === SURFACE.water) below = model.poolWater_W_m2K[pool];
  else {
    const t = state.poolWetTime_s[pool];
    const roots = (2 * (Math.sqrt(t + dt) - Math.sqrt(t))) / dt;
    below = (model.poolGround_W_mK[pool] / Math.sqrt(Math.PI * model.poolGroundDiffusivity_m2_s[pool])) * roots;
  }
  fluxes(model, state, pool, T);
  let latent = 0;
  for (let s = 0; s < model.nSubstance; s++)
    latent += model.substanceLatentHeat_J_kg[s] * state.poolVapour_kg_s[pool * model.nSubstance + s];
  return air + sky + sun + below * (w[WEATHER.ground_K] - T) - latent;
}

/** Writes the fluxes [kg/(m² s)] at a temperature into `poolVapour_kg_s`, which `evaporate` turns into kg/s. */
function fluxes(model: TankFarmModel, state: TankFarmState, pool: number, T: number): void {
  const n = model.nSubstance;
  const w = state.weather;
  const atmosphere = w[WEATHER.pressure_Pa];
  const wind = Math.max(STILL_M_S, w[WEATHER.wind_m_s]);
  const d = Math.max(SMALLEST_M, Math.sqrt((4 * state.poolArea_m2[pool]) / Math.PI));
  let moles = 0;
  for (let s = 0; s < n; s++)
    moles += Math.max(0, state.poolMass_kg[pool * n + s]) / model.substanceMolarMass_kg_mol[s];
  let total = 0;
  for (let s = 0; s < n; s++) {
    const mass = Math.max(0, state.poolMass_kg[pool * n + s]);
    const share = mass / model.substanceMolarMass_kg_mol[s] / moles;
    // Partial pressures wait here until their sum gives the drift factor.
    state.poolVapour_kg_s[pool * n + s] = share > 0 ? share * substancePressure_Pa(model, s, T) : 0;
    total += state.poolVapour_kg_s[pool * n + s];
  }
  // EPA's formula is used as published, without the drift factor.
  const drift = model.poolMassTransfer[pool] === MASS_TRANSFER.epa ? 1 : driftFactor(total / atmosphere);
  for (let s = 0; s < n; s++) {
    const partial = state.poolVapour_kg_s[pool * n + s];
    if (partial === 0) continue;
    const M = model.substanceMolarMass_kg_mol[s];
    const k =
      model.poolMassTransfer[pool] === MASS_TRANSFER.epa
        ? epaMassTransfer_m_s(wind, M)
        : mackayMatsugu_m_s(wind, d, schmidt(diffusivity_m2_s(model.substanceDiffusivity_m2_s[s], T, atmosphere)));
    state.poolVapour_kg_s[pool * n + s] = k * saturated_kg_m3(M, partial, T) * drift;
  }
}

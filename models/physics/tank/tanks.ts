/**
 * One step of the tanks: lines, heat, leaks, overfill, vents.
 *
 *   dm/dt = ṁ_in − ṁ_out − Σ ρ Cd A √(2 g h)            h from the surface to the hole, or to the bund's surface if that is higher
 *   m c dT/dt = G_a (T_a − T) + G_g (T_g − T) + α A_s S + ṁ_in c (T_in − T)
 *   A_hole(t) = min(A_max, A0 + growth t)
 *   expelled gas = max(0, ΔV_liquid + V_gas ΔT_gas/T_gas), T_gas = (T + T_air)/2        vented tanks; see vapour.ts
 *
 * Leaks are taken at the middle of the step (second order; √h is linear in time for an upright cylinder, so the midpoint
 * rule is exact there up to the third power of the step); heat is the exact exponential for the coefficients of the step.
 * A hole never takes more than lies above it, a pump no more than lies above its suction. Nothing flows back in.
 * Source: Torricelli; API MPMS 19.1 and EPA AP-42 chapter 7.1 (breathing).
 */
import { discharge_m3_s } from '../orifice.ts';
import { ROOF, SURFACE, TANK_LEDGER, type TankFarmModel, type TankFarmState, WEATHER } from './model.ts';
import {
  accumulate,
  density_kg_m3,
  levelOfMass_m,
  massAtLevel_kg,
  refreshTank,
  strappedVolume_m3,
  substancePressure_Pa,
  tankShellFactor,
} from './state.ts';
import { rimLoss_kg_s, saturated_kg_m3, ventSaturation } from './vapour.ts';

/** Below this mass [kg] a tank counts as empty: it takes the temperature of what comes. */
const EMPTY_KG = 1e-9;

/** What the lines carry in this step: kg/s out of and into each tank, as far as tanks can give it. */
export function moveLines(model: TankFarmModel, state: TankFarmState, dt: number): void {
  state.tankIn_kg_s.fill(0);
  state.tankInHeat.fill(0);
  state.tankOut_kg_s.fill(0);
  for (let l = 0; l < model.nLine; l++) {
    const from = model.lineFrom[l];
    const to = model.lineTo[l];
    const T = from >= 0 ? state.tankTemperature_K[from] : state.lineSource_K[l];
    const rate = Math.max(0, Math.min(state.lineRate_m3_s[l], model.lineMaxRate_m3_s[l]));
    let flow = rate * density_kg_m3(model, model.lineSubstance[l], T);
    if (from >= 0) {
      const heel = massAtLevel_kg(model, from, model.tankSuctionLevel_m[from], T);
      // Lines before this one have taken their share already.
      flow = Math.min(flow, Math.max(0, (state.tankMass_kg[from] - heel) / dt));
      state.tankOut_kg_s[from] += flow;
    }
    if (to >= 0) {
      state.tankIn_kg_s[to] += flow;
      state.tankInHeat[to] += flow * T;
    }
    state.lineFlow_kg_s[l] = flow;
    const s = model.lineSubstance[l];
    if (from < 0) book(model, state, TANK_LEDGER.lineIn, s, flow * dt);
    else accumulate(state.tankMass_kg, state.tankMassCarry_kg, from, -flow * dt);
    if (to < 0) book(model, state, TANK_LEDGER.lineOut, s, flow * dt);
    else accumulate(state.tankMass_kg, state.tankMassCarry_kg, to, flow * dt);
  }
}

/** Heat, leaks, overfill and vapour of one tank over dt [s]; `moveLines` has moved its pumped mass already. */
export function stepTank(model: TankFarmModel, state: TankFarmState, tank: number, dt: number): void {
  const inflow = state.tankIn_kg_s[tank];
  const net = (inflow - state.tankOut_kg_s[tank]) * dt;
  const T0 = state.tankTemperature_K[tank];
  const volume0 = state.tankVolume_m3[tank];
  const middle = state.tankMass_kg[tank] - net / 2;

  const T1 = heated_K(model, state, tank, middle, dt);
  leak(model, state, tank, middle, (T0 + T1) / 2, dt);
  state.tankTemperature_K[tank] = T1;
  overfill(model, state, tank, T1, dt);
  vent(model, state, tank, volume0, dt);
  refreshTank(model, state, tank);
}

/** Temperature after dt [K]. */
function heated_K(model: TankFarmModel, state: TankFarmState, tank: number, mass: number, dt: number): number {
  const T = state.tankTemperature_K[tank];
  const c = model.substanceHeatCapacity_J_kgK[model.tankSubstance[tank]];
  const inflow = state.tankIn_kg_s[tank];
  if (mass < EMPTY_KG) return inflow > 0 ? state.tankInHeat[tank] / inflow : T;
  const full = Math.min(1, state.tankLevel_m[tank] / model.tankMaxLevel_m[tank]);
  const air = model.heatRoof_W_K[tank] + model.heatWall_W_K[tank] * full;
  const ground = model.heatGround_W_K[tank];
  const conductance = air + ground + inflow * c;
  const drive =
    air * (state.weather[WEATHER.air_K] - T) +
    ground * (state.weather[WEATHER.ground_K] - T) +
    model.heatSun_m2[tank] * state.weather[WEATHER.sun_W_m2] +
    c * (state.tankInHeat[tank] - inflow * T);
  // T + drive/G (1 − exp(−G dt/(m c))), which tends to T + drive dt/(m c) as G vanishes.
  const x = (conductance * dt) / (mass * c);
  return T + ((drive * dt) / (mass * c)) * (x < 1e-12 ? 1 : -Math.expm1(-x) / x);
}

/** Moves what the holes let out; `mass` and `T` are of the middle of the step without the leaks. */
function leak(model: TankFarmModel, state: TankFarmState, tank: number, mass: number, T: number, dt: number): void {
  const s = model.tankSubstance[tank];
  const density = density_kg_m3(model, s, T);
  let open = false;
  let early = 0;
  const level0 = levelOfMass_m(model, tank, Math.max(0, mass), T);
  for (let h = 0; h < model.nHole; h++) {
    if (model.holeTank[h] !== tank) continue;
    const area = state.holeArea_m2[h];
    const growth = state.holeGrowth_m2_s[h];
    state.holeFlow_kg_s[h] = 0;
    if (area <= 0 && growth <= 0) continue;
    open = true;
    const quarter = Math.min(model.holeMaxArea_m2[h], area + (growth * dt) / 4);
    const head = level0 - footOfHole_m(model, state, h);
    early += density * discharge_m3_s(model.holeDischarge[h], quarter, head, model.gravity_m_s2);
  }
  if (!open) return;
  const level = levelOfMass_m(model, tank, Math.max(0, mass - (early * dt) / 2), T);
  for (let h = 0; h < model.nHole; h++) {
    if (model.holeTank[h] !== tank) continue;
    const growth = state.holeGrowth_m2_s[h];
    const limit = model.holeMaxArea_m2[h];
    const before = state.holeArea_m2[h];
    if (growth > 0 && before < limit) state.holeArea_m2[h] = Math.min(limit, before + growth * dt);
    const area = (before + state.holeArea_m2[h]) / 2;
    if (area <= 0) continue;
    const foot = footOfHole_m(model, state, h);
    const above = state.tankMass_kg[tank] - massAtLevel_kg(model, tank, foot, T);
    const rate = discharge_m3_s(model.holeDischarge[h], area, level - foot, model.gravity_m_s2);
    // Where the middle of the step lies below the hole already, what stands above it is gone by the end.
    const wanted = level > foot ? density * rate * dt : above;
    const moved = Math.max(0, Math.min(wanted, above, state.tankMass_kg[tank]));
    if (moved === 0) continue;
    accumulate(state.tankMass_kg, state.tankMassCarry_kg, tank, -moved);
    state.holeFlow_kg_s[h] = moved / dt;
    pour(model, state, tank, moved, T);
  }
}

/** Level that a hole works against [m above the tank's bottom]: its own height, or the bund's surface if that is higher. */
function footOfHole_m(model: TankFarmModel, state: TankFarmState, hole: number): number {
  const tank = model.holeTank[hole];
  const pool = model.tankPool[tank];
  const height = model.holeHeight_m[hole];
  if (pool < 0 || model.poolSurface[pool] !== SURFACE.bund) return height;
  // Densities of tank and bund are taken as alike.
  return Math.max(height, state.poolDepth_m[pool] - model.tankBase_m[tank]);
}

/** What stands above the maximum level runs over the rim. */
function overfill(model: TankFarmModel, state: TankFarmState, tank: number, T: number, dt: number): void {
  const room = massAtLevel_kg(model, tank, model.tankMaxLevel_m[tank], T);
  const over = state.tankMass_kg[tank] - room;
  // A tank that starts full to the rim must not spill its own rounding.
  const spill = over > 1e-12 * room ? over : 0;
  state.tankSpill_kg_s[tank] = spill / dt;
  if (spill === 0) return;
  accumulate(state.tankMass_kg, state.tankMassCarry_kg, tank, -spill);
  pour(model, state, tank, spill, T);
}

/** Hands liquid to the pool below a tank, or to the outside. */
function pour(model: TankFarmModel, state: TankFarmState, tank: number, mass: number, T: number): void {
  const s = model.tankSubstance[tank];
  const pool = model.tankPool[tank];
  if (pool < 0) {
    book(model, state, TANK_LEDGER.lost, s, mass);
    return;
  }
  state.poolIn_kg[pool * model.nSubstance + s] += mass;
  state.poolInHeat_J[pool] += mass * model.substanceHeatCapacity_J_kgK[s] * T;
}

/** Vapour that leaves by the vent or the rim seal, taken from the liquid. */
function vent(model: TankFarmModel, state: TankFarmState, tank: number, volume0: number, dt: number): void {
  const roof = model.tankRoof[tank];
  state.tankVent_kg_s[tank] = 0;
  const s = model.tankSubstance[tank];
  const T = state.tankTemperature_K[tank];
  const gas0 = state.tankGas_K[tank];
  const gas = (T + state.weather[WEATHER.air_K]) / 2;
  state.tankGas_K[tank] = gas;
  if (roof === ROOF.closed || model.substanceAntoine[3 * s] === Number.NEGATIVE_INFINITY) return;
  const pressure = substancePressure_Pa(model, s, T);
  const M = model.substanceMolarMass_kg_mol[s];
  const atmosphere = state.weather[WEATHER.pressure_Pa];
  const floating = roof === ROOF.floating && state.tankLevel_m[tank] > model.roofLegs_m[tank];
  let rate: number;
  if (floating) {
    const r = model.rimSeal;
    const wind = state.weather[WEATHER.wind_m_s];
    const d = model.tankDiameter_m[tank];
    rate = rimLoss_kg_s(r[3 * tank], r[3 * tank + 1], r[3 * tank + 2], wind, d, M, pressure, atmosphere);
  } else {
    const volume = state.tankMass_kg[tank] / density_kg_m3(model, s, T);
    // Under a standing roof the vapour space ends at the roof.
    const ceiling = roof === ROOF.floating ? model.roofLegs_m[tank] : model.tankMaxLevel_m[tank];
    const space = strappedVolume_m3(model, tank, ceiling) * tankShellFactor(model, tank, T);
    const gasVolume = Math.max(0, space - volume);
    const risen = volume - volume0;
    const breathed = (gasVolume * (gas - gas0)) / gas0;
    const expelled = Math.max(0, risen + breathed);
    if (expelled === 0) return;
    const working = Math.max(0, risen);
    const breathing = Math.max(0, breathed);
    const height = Math.max(0, ceiling - state.tankLevel_m[tank]);
    const share =
      (working * model.tankVentFactor[tank] + breathing * ventSaturation(pressure, height)) / (working + breathing);
    rate = (expelled * share * saturated_kg_m3(M, Math.min(pressure, atmosphere), gas)) / dt;
  }
  const loss = Math.min(rate * dt, state.tankMass_kg[tank]);
  accumulate(state.tankMass_kg, state.tankMassCarry_kg, tank, -loss);
  state.tankVent_kg_s[tank] = loss / dt;
  book(model, state, TANK_LEDGER.vented, s, loss);
}

/** Writes a mass into the ledger. */
export function book(model: TankFarmModel, state: TankFarmState, row: number, substance: number, mass: number): void {
  accumulate(state.ledger_kg, state.ledgerCarry_kg, row * model.nSubstance + substance, mass);
}

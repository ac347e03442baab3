/**
 * A tick of a store: valves and fans move, holes and users draw, what is left cools or warms, pools boil, rooms breathe.
 *
 *   (m_l c_l + C) dT = U A (T_a − T) dt − L dm_evaporated          vapour that is drawn, and that fills the liquid's place
 *   m = m_l + ρ_v (V − m_l/ρ_l),  p = p_sat(T) while there is liquid, m R T/(M V) after it
 *   line   filled from the vessel while its valve is open, at most by G A_valve; emptied by its hole
 *   pool   spreads to 10 mm, within its bund; boils by the ground's heat k (T_g − T_b)/(L √(π a t)) and the air's 10 W/m²K
 *   room   V dc/dt = in − (Q_fan + Q_gaps) c;  the fan's goes through the scrubber, exact over the tick
 */

import { boilingOnGround_kg_m2s } from '../../models/physics/release/index.ts';
import { grownArea_m2 } from '../plant/index.ts';
import type { StoreModel, StoreState } from './model.ts';
import { flowOut, type Outflow, saturation_Pa, vapourDensity_kg_m3 } from './release.ts';

const GAS_CONSTANT = 8.314462618;
const CONCRETE = { conductivity_W_mK: 0.92, diffusivity_m2_s: 4.16e-7 } as const; // TNO Yellow Book CPR 14E, table 3.3
const POOL_DEPTH_m = 0.01;
const AIR_W_m2K = 10;
const VALVE_DISCHARGE = 0.6;

const out: Outflow = {
  rate_kg_s: 0,
  airborne_kg_s: 0,
  mist: 0,
  exitSpeed_m_s: 0,
  exitRadius_m: 0,
  exitTemperature_K: 0,
  exitPressure_Pa: 0,
};

/** Writes pressure, liquid and level of a vessel from its mass and temperature. */
export function settleVessel(m: StoreModel, s: StoreState, v: number): void {
  const vapour = m.vapours[v]!;
  const T = s.temperature_K[v]!;
  const mass = s.mass_kg[v]!;
  const volume = m.volume_m3[v]!;
  const rhoL = m.liquidDensity_kg_m3[v]!;
  const p = saturation_Pa(vapour, T);
  const rhoV = vapourDensity_kg_m3(vapour, p, T);
  const liquid = Math.max(0, (mass - rhoV * volume) / (1 - rhoV / rhoL));
  s.liquid_kg[v] = liquid;
  s.pressure_Pa[v] = liquid > 0 ? p : Math.max(1, (mass * GAS_CONSTANT * T) / (vapour.molarMass_kg_mol * volume));
  s.level_m[v] = (m.height_m[v]! * liquid) / rhoL / volume;
}

export function startStore(m: StoreModel, s: StoreState): void {
  for (let v = 0; v < m.vesselIds.length; v += 1) {
    const vapour = m.vapours[v]!;
    const T = m.temperature0_K[v]!;
    const rhoV = vapourDensity_kg_m3(vapour, saturation_Pa(vapour, T), T);
    s.temperature_K[v] = T;
    s.mass_kg[v] = m.volume_m3[v]! * (m.fill0[v]! * m.liquidDensity_kg_m3[v]! + (1 - m.fill0[v]!) * rhoV);
    settleVessel(m, s, v);
  }
  for (let l = 0; l < m.lineIds.length; l += 1) {
    s.openingSet[l] = m.opening0[l]!;
    s.opening[l] = m.opening0[l]!;
    s.lineMass_kg[l] = m.opening0[l]! > 0 ? fullLine_kg(m, s, l) : 0;
    s.lineFlow_kg_s[l] = m.opening0[l]! > 0 ? m.demand_kg_s[l]! : 0;
  }
  for (let r = 0; r < m.roomIds.length; r += 1) {
    s.fanSet[r] = m.fanRunning0[r]!;
    s.fan[r] = m.fanRunning0[r]!;
  }
  s.leakOpenUs.fill(-1);
  s.atStart_kg[0] = total_kg(s);
}

function fullLine_kg(m: StoreModel, s: StoreState, l: number): number {
  const v = m.lineVessel[l]!;
  const density =
    m.lineLiquid[l] === 1
      ? m.liquidDensity_kg_m3[v]!
      : vapourDensity_kg_m3(m.vapours[v]!, s.pressure_Pa[v]!, s.temperature_K[v]!);
  return m.lineVolume_m3[l]! * density;
}

/** Area of a leak in the tick that ends at `timeUs`, growing evenly. */
function areaOf(m: StoreModel, s: StoreState, k: number, timeUs: number): number {
  return grownArea_m2(s, k, timeUs - m.tick_s * 5e5);
}

export function stepStore(m: StoreModel, s: StoreState, timeUs: number, ambient_K: number): void {
  const dt = m.tick_s;
  for (let l = 0; l < m.lineIds.length; l += 1)
    s.opening[l] = towards(s.opening[l]!, s.openingSet[l]!, dt / m.stroke_s[l]!);
  for (let r = 0; r < m.roomIds.length; r += 1) s.fan[r] = towards(s.fan[r]!, s.fanSet[r]!, dt / m.fanStart_s[r]!);
  s.lineFlow_kg_s.fill(0);
  for (let v = 0; v < m.vesselIds.length; v += 1) stepVessel(m, s, v, timeUs, ambient_K);
  for (let v = 0; v < m.vesselIds.length; v += 1) boil(m, s, v, ambient_K);
  for (let r = 0; r < m.roomIds.length; r += 1) breathe(m, s, r);
}

function stepVessel(m: StoreModel, s: StoreState, v: number, timeUs: number, ambient_K: number): void {
  const dt = m.tick_s;
  const vapour = m.vapours[v]!;
  const rhoL = m.liquidDensity_kg_m3[v]!;
  let liquidOut = 0;
  let vapourOut = 0;
  const take = (asked_kg: number, liquid: boolean): number => {
    const there = liquid ? s.liquid_kg[v]! - liquidOut : s.mass_kg[v]! - liquidOut - vapourOut;
    const kg = Math.max(0, Math.min(asked_kg, 0.5 * there));
    if (liquid) liquidOut += kg;
    else vapourOut += kg;
    return kg;
  };
  for (let l = 0; l < m.lineIds.length; l += 1) {
    if (m.lineVessel[l] !== v) continue;
    const liquid = m.lineLiquid[l] === 1;
    const used = Math.min(s.lineMass_kg[l]! / dt, s.opening[l]! > 0 ? m.demand_kg_s[l]! : 0);
    s.lineMass_kg[l] = s.lineMass_kg[l]! - used * dt;
    s.left_kg[v] = s.left_kg[v]! + used * dt;
    s.gone_kg[v] = s.gone_kg[v]! + used * dt;
    for (let k = 0; k < m.leaks.length; k += 1) {
      const leak = m.leaks[k]!;
      if (leak.line !== l) continue;
      const held = s.lineMass_kg[l]!;
      const full = fullLine_kg(m, s, l);
      // What the valve lets in bounds what a large hole lets out; behind a shut one it empties.
      const fed = held > 1e-6 * full;
      flow(m, s, k, fed ? areaOf(m, s, k, timeUs) : 0, v, liquid, 0, true);
      lose(m, s, k, Math.min(out.rate_kg_s * dt, held), v);
      s.lineMass_kg[l] = held - s.leakRate_kg_s[k]! * dt;
    }
    const gate = s.opening[l]! * m.bore_m2[l]!;
    const wants = Math.max(0, fullLine_kg(m, s, l) - s.lineMass_kg[l]!);
    if (gate > 0 && wants > 0 && (!liquid || s.liquid_kg[v]! > 0)) {
      flow1(m, s, v, liquid, gate);
      const kg = take(Math.min(wants, out.rate_kg_s * dt), liquid);
      s.lineMass_kg[l] = s.lineMass_kg[l]! + kg;
      s.lineFlow_kg_s[l] = kg / dt;
    }
  }
  for (let k = 0; k < m.leaks.length; k += 1) {
    const leak = m.leaks[k]!;
    if (leak.vessel !== v || leak.line >= 0) continue;
    const head = s.level_m[v]! - leak.height_m;
    const liquid = head > 0 && s.liquid_kg[v]! > 0;
    flow(m, s, k, areaOf(m, s, k, timeUs), v, liquid, head, false);
    lose(m, s, k, take(out.rate_kg_s * dt, liquid), v);
  }
  const rhoV = vapourDensity_kg_m3(vapour, s.pressure_Pa[v]!, s.temperature_K[v]!);
  const evaporated = s.liquid_kg[v]! > 0 ? vapourOut + (liquidOut * rhoV) / rhoL : 0;
  const capacity =
    s.liquid_kg[v]! * vapour.liquidHeatCapacity_J_kgK +
    (s.mass_kg[v]! - s.liquid_kg[v]!) * vapour.gasHeatCapacity_J_kgK +
    m.shell_J_K[v]!;
  const heat = m.heat_W_K[v]! * (ambient_K - s.temperature_K[v]!) * dt - evaporated * vapour.latentHeat_J_kg;
  s.mass_kg[v] = Math.max(0, s.mass_kg[v]! - liquidOut - vapourOut);
  s.temperature_K[v] = Math.max(150, s.temperature_K[v]! + heat / Math.max(1, capacity));
  settleVessel(m, s, v);
}

function flow(
  m: StoreModel,
  s: StoreState,
  k: number,
  area: number,
  v: number,
  liquid: boolean,
  head: number,
  long: boolean,
) {
  flowOut(
    out,
    m.vapours[v]!,
    m.liquidDensity_kg_m3[v]!,
    s.pressure_Pa[v]!,
    s.temperature_K[v]!,
    liquid,
    head,
    long,
    area,
    m.leaks[k]!.dischargeCoefficient,
    m.mistPerFlash,
  );
}

/** What a valve lets pass into an empty line. */
function flow1(m: StoreModel, s: StoreState, v: number, liquid: boolean, area: number): void {
  const p = s.pressure_Pa[v]!;
  flowOut(
    out,
    m.vapours[v]!,
    m.liquidDensity_kg_m3[v]!,
    p,
    s.temperature_K[v]!,
    liquid,
    s.level_m[v]!,
    false,
    area,
    VALVE_DISCHARGE,
    1,
  );
}

/** Books what a leak gave, and where it goes. */
function lose(m: StoreModel, s: StoreState, k: number, kg: number, v: number): void {
  const dt = m.tick_s;
  const leak = m.leaks[k]!;
  const share = out.rate_kg_s > 0 ? out.airborne_kg_s / out.rate_kg_s : 0;
  s.leakRate_kg_s[k] = kg / dt;
  s.leakOut_kg[k] = s.leakOut_kg[k]! + kg;
  s.left_kg[v] = s.left_kg[v]! + kg;
  const airborne = kg * share;
  s.pool_kg[v] = s.pool_kg[v]! + kg - airborne;
  s.airborne_kg_s[k] = leak.room < 0 ? airborne / dt : 0;
  if (leak.room >= 0) s.roomGas_kg[leak.room] = s.roomGas_kg[leak.room]! + airborne;
  else s.gone_kg[v] = s.gone_kg[v]! + airborne;
  s.mist[k] = out.mist;
  s.exitSpeed_m_s[k] = kg > 0 ? out.exitSpeed_m_s : 0;
  s.exitRadius_m[k] = out.exitRadius_m;
  s.exitTemperature_K[k] = out.exitTemperature_K;
  s.exitPressure_Pa[k] = out.exitPressure_Pa;
}

function boil(m: StoreModel, s: StoreState, v: number, ambient_K: number): void {
  const dt = m.tick_s;
  const held = s.pool_kg[v]!;
  s.poolRate_kg_s[v] = 0;
  if (!(held > 0)) {
    s.poolArea_m2[v] = 0;
    s.poolAge_s[v] = 0;
    return;
  }
  const vapour = m.vapours[v]!;
  const wide = Math.min(m.bund_m2[v]!, held / (m.liquidDensity_kg_m3[v]! * POOL_DEPTH_m));
  const before = s.poolArea_m2[v]!;
  // Ground that is wetted anew is warm: the age is the mean over the area.
  if (wide > before) s.poolAge_s[v] = (s.poolAge_s[v]! * before) / wide;
  s.poolArea_m2[v] = Math.max(before, wide);
  s.poolAge_s[v] = s.poolAge_s[v]! + dt;
  const { conductivity_W_mK, diffusivity_m2_s } = CONCRETE;
  const ground = boilingOnGround_kg_m2s(vapour, ambient_K, conductivity_W_mK, diffusivity_m2_s, s.poolAge_s[v]!);
  const air = (AIR_W_m2K * Math.max(0, ambient_K - vapour.boilingPoint_K)) / vapour.latentHeat_J_kg;
  const kg = Math.min(held, (ground + air) * s.poolArea_m2[v]! * dt);
  s.pool_kg[v] = held - kg;
  s.poolRate_kg_s[v] = kg / dt;
  const room = m.vesselRoom[v]!;
  if (room >= 0) s.roomGas_kg[room] = s.roomGas_kg[room]! + kg;
  else s.gone_kg[v] = s.gone_kg[v]! + kg;
}

function breathe(m: StoreModel, s: StoreState, r: number): void {
  const dt = m.tick_s;
  const fan = m.fanFlow_m3_s[r]! * s.fan[r]!;
  const total = fan + m.leakage_m3_s[r]!;
  const held = s.roomGas_kg[r]!;
  const gone = total > 0 ? -held * Math.expm1((-total * dt) / m.roomVolume_m3[r]!) : 0;
  s.roomGas_kg[r] = held - gone;
  const byFan = total > 0 ? (gone * fan) / total : 0;
  s.stack_kg_s[r] = (byFan * (1 - m.scrubber[r]!)) / dt;
  s.door_kg_s[r] = (gone - byFan) / dt;
  s.gone_kg[0] = s.gone_kg[0]! + gone;
}

/** All that the store holds, and what has left it [kg]. */
export function total_kg(s: StoreState): number {
  let sum = 0;
  for (const list of [s.mass_kg, s.lineMass_kg, s.pool_kg, s.roomGas_kg, s.gone_kg]) for (const x of list) sum += x;
  return sum;
}

function towards(now: number, wanted: number, most: number): number {
  return now + Math.min(most, Math.max(-most, wanted - now));
}

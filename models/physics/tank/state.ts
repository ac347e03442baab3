/**
 * The state of a tank farm: its arrays, what can be read off them, and the ledger of masses.
 *
 *   ρ(T) = ρ15 CTL(T);  V = m/ρ;  V_table = V_liquid/CTSh + displaced/CTSh;  level from the table
 *   floating roof: floats and displaces m_roof/ρ; stands on its legs below; between, the liquid rises around it in (1 − f) A
 *   Σ held = held at reset + line in − line out − vented − evaporated − soaked − drained − lost     per substance
 *
 * Sums are compensated (Neumaier), so that a day of small flows out of a full tank closes to the last digits.
 */
import { bindArena } from '../../kernel/index.ts';
import { shellFactor, volumeCorrection } from './expansion.ts';
import { ROOF, TANK_LEDGER, TANK_LEDGER_SIZE, type TankFarmModel, type TankFarmState, WEATHER_SIZE } from './model.ts';
import { tableArea, tableLevel, tableVolume } from './strapping.ts';
import { vapourPressure_Pa } from './vapour.ts';

/** A state as the spec describes the start: tanks filled, pools dry, ledger at zero. */
export function createTankState(model: TankFarmModel): TankFarmState {
  const { nSubstance, nTank, nHole, nLine, nPool } = model;
  const { buffer, views } = bindArena((a) => ({
    weather: a.f64(WEATHER_SIZE),
    holeArea_m2: a.f64(nHole),
    holeGrowth_m2_s: a.f64(nHole),
    lineRate_m3_s: a.f64(nLine),
    lineSource_K: a.f64(nLine),
    drainOpening: a.f64(nPool),
    tankMass_kg: a.f64(nTank),
    tankMassCarry_kg: a.f64(nTank),
    tankTemperature_K: a.f64(nTank),
    tankLevel_m: a.f64(nTank),
    tankVolume_m3: a.f64(nTank),
    tankGas_K: a.f64(nTank),
    tankVent_kg_s: a.f64(nTank),
    tankSpill_kg_s: a.f64(nTank),
    holeFlow_kg_s: a.f64(nHole),
    lineFlow_kg_s: a.f64(nLine),
    poolMass_kg: a.f64(nPool * nSubstance),
    poolMassCarry_kg: a.f64(nPool * nSubstance),
    poolTemperature_K: a.f64(nPool),
    poolArea_m2: a.f64(nPool),
    poolDepth_m: a.f64(nPool),
    poolWetTime_s: a.f64(nPool),
    poolSoaked_m3: a.f64(nPool),
    poolVapour_kg_s: a.f64(nPool * nSubstance),
    poolDrained_kg_s: a.f64(nPool),
    poolOverflow_kg_s: a.f64(nPool),
    poolSoak_kg_s: a.f64(nPool),
    steps: a.f64(2),
    ledger_kg: a.f64(TANK_LEDGER_SIZE * nSubstance),
    ledgerCarry_kg: a.f64(TANK_LEDGER_SIZE * nSubstance),
    tankIn_kg_s: a.f64(nTank),
    tankInHeat: a.f64(nTank),
    tankOut_kg_s: a.f64(nTank),
    poolIn_kg: a.f64(nPool * nSubstance),
    poolInHeat_J: a.f64(nPool),
  }));
  const state: TankFarmState = { buffer, ...views };
  state.weather.set(model.weather0);
  state.holeArea_m2.set(model.holeArea0_m2);
  state.holeGrowth_m2_s.set(model.holeGrowth0_m2_s);
  state.lineRate_m3_s.set(model.lineRate0_m3_s);
  state.lineSource_K.set(model.lineSource0_K);
  for (let t = 0; t < nTank; t++) setTank(model, state, t, model.tankLevel0_m[t], model.tankTemperature0_K[t]);
  state.poolTemperature_K.fill(model.weather0[0]);
  resetTankLedger(model, state);
  return state;
}

/** A state over a copy of another's buffer: equal now, independent from here on. */
export function cloneTankState(model: TankFarmModel, state: TankFarmState): TankFarmState {
  const copy = createTankState(model);
  new Uint8Array(copy.buffer).set(new Uint8Array(state.buffer));
  return copy;
}

/** Fills or empties a tank to a level and temperature at once; call `resetTankLedger` when done. */
export function setTank(
  model: TankFarmModel,
  state: TankFarmState,
  tank: number,
  level_m: number,
  temperature_K: number,
): void {
  state.tankTemperature_K[tank] = temperature_K;
  state.tankMass_kg[tank] = massAtLevel_kg(model, tank, level_m, temperature_K);
  state.tankMassCarry_kg[tank] = 0;
  state.tankGas_K[tank] = (temperature_K + state.weather[0]) / 2;
  refreshTank(model, state, tank);
}

/** Density [kg/m³] of a substance's liquid. */
export function density_kg_m3(model: TankFarmModel, substance: number, temperature_K: number): number {
  return (
    model.substanceDensity15_kg_m3[substance] *
    volumeCorrection(model.substanceExpansion[substance], model.substanceAlpha_per_K[substance], temperature_K)
  );
}

/** Vapour pressure [Pa] of a substance; 0 where it has no Antoine equation. */
export function substancePressure_Pa(model: TankFarmModel, substance: number, temperature_K: number): number {
  const a = model.substanceAntoine;
  return vapourPressure_Pa(a[3 * substance], a[3 * substance + 1], a[3 * substance + 2], temperature_K);
}

/** Volume up to a level as the table has it, the shell at its reference temperature [m³]. */
export function strappedVolume_m3(model: TankFarmModel, tank: number, level_m: number): number {
  const { tableLevel_m, tableVolume_m3, tableArea_m2, tableStart: s } = model;
  return tableVolume(tableLevel_m, tableVolume_m3, tableArea_m2, s[tank], s[tank + 1], level_m);
}

/** Level of a volume in the table [m]. */
export function strappedLevel_m(model: TankFarmModel, tank: number, volume_m3: number): number {
  const { tableLevel_m, tableVolume_m3, tableArea_m2, tableStart: s } = model;
  return tableLevel(tableLevel_m, tableVolume_m3, tableArea_m2, s[tank], s[tank + 1], volume_m3);
}

/** Free surface dV/dh at a level, the shell at its reference temperature [m²]. */
export function strappedArea_m2(model: TankFarmModel, tank: number, level_m: number): number {
  const { tableLevel_m, tableVolume_m3, tableArea_m2, tableStart: s } = model;
  return tableArea(tableLevel_m, tableVolume_m3, tableArea_m2, s[tank], s[tank + 1], level_m);
}

/** CTSh of a tank's shell at the liquid's temperature. */
export function tankShellFactor(model: TankFarmModel, tank: number, temperature_K: number): number {
  return shellFactor(model.tankShellExpansion_per_K[tank], temperature_K, model.tankTableTemperature_K[tank]);
}

/** Level [m] of a mass of liquid in a tank, a floating roof's displacement included. */
export function levelOfMass_m(model: TankFarmModel, tank: number, mass_kg: number, temperature_K: number): number {
  const density = density_kg_m3(model, model.tankSubstance[tank], temperature_K);
  const shell = tankShellFactor(model, tank, temperature_K);
  const liquid = mass_kg / density / shell;
  if (model.tankRoof[tank] !== ROOF.floating) return strappedLevel_m(model, tank, liquid);
  const standing = strappedVolume_m3(model, tank, model.roofLegs_m[tank]);
  if (liquid <= standing) return strappedLevel_m(model, tank, liquid);
  const displaced = model.roofMass_kg[tank] / density / shell;
  const around = (liquid - standing) / (1 - model.roofShare[tank]);
  return strappedLevel_m(model, tank, Math.min(liquid + displaced, standing + around));
}

/** Mass [kg] of liquid in a tank at a level: the inverse of `levelOfMass_m`. */
export function massAtLevel_kg(model: TankFarmModel, tank: number, level_m: number, temperature_K: number): number {
  const density = density_kg_m3(model, model.tankSubstance[tank], temperature_K);
  const shell = tankShellFactor(model, tank, temperature_K);
  const table = strappedVolume_m3(model, tank, level_m);
  if (model.tankRoof[tank] !== ROOF.floating || level_m <= model.roofLegs_m[tank]) return table * shell * density;
  const standing = strappedVolume_m3(model, tank, model.roofLegs_m[tank]);
  const displaced = Math.min(model.roofMass_kg[tank] / density / shell, (table - standing) * model.roofShare[tank]);
  return (table - displaced) * shell * density;
}

/** Height of a floating roof's bottom above the tank's bottom [m]; its legs' height when it stands. */
export function roofHeight_m(model: TankFarmModel, state: TankFarmState, tank: number): number {
  if (model.tankRoof[tank] !== ROOF.floating) return Number.NaN;
  const density = density_kg_m3(model, model.tankSubstance[tank], state.tankTemperature_K[tank]);
  const displaced = model.roofMass_kg[tank] / density / tankShellFactor(model, tank, state.tankTemperature_K[tank]);
  const under = strappedVolume_m3(model, tank, state.tankLevel_m[tank]) - displaced / model.roofShare[tank];
  return Math.max(model.roofLegs_m[tank], strappedLevel_m(model, tank, under));
}

/** Volume of a tank's liquid at 15 °C [m³]. */
export function standardVolume_m3(model: TankFarmModel, state: TankFarmState, tank: number): number {
  return state.tankMass_kg[tank] / model.substanceDensity15_kg_m3[model.tankSubstance[tank]];
}

/** Writes level and volume that follow from a tank's mass and temperature. */
export function refreshTank(model: TankFarmModel, state: TankFarmState, tank: number): void {
  const T = state.tankTemperature_K[tank];
  state.tankVolume_m3[tank] = state.tankMass_kg[tank] / density_kg_m3(model, model.tankSubstance[tank], T);
  state.tankLevel_m[tank] = levelOfMass_m(model, tank, state.tankMass_kg[tank], T);
}

/** Adds x to sum[i] and keeps in carry[i] what rounding dropped. */
export function accumulate(sum: Float64Array, carry: Float64Array, i: number, x: number): void {
  const y = x + carry[i];
  const next = sum[i] + y;
  carry[i] = Math.abs(sum[i]) >= Math.abs(y) ? sum[i] - next + y : y - next + sum[i];
  sum[i] = next;
}

/** Mass of one substance in all tanks and pools, and on its way between them [kg]. */
export function heldMass_kg(model: TankFarmModel, state: TankFarmState, substance: number): number {
  const { nSubstance, nPool, nTank } = model;
  let sum = 0;
  let carry = 0;
  const add = (x: number) => {
    const next = sum + x;
    carry += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  };
  for (let t = 0; t < nTank; t++) {
    if (model.tankSubstance[t] !== substance) continue;
    add(state.tankMass_kg[t]);
    add(state.tankMassCarry_kg[t]);
  }
  for (let p = 0; p < nPool; p++) {
    add(state.poolMass_kg[p * nSubstance + substance]);
    add(state.poolMassCarry_kg[p * nSubstance + substance]);
    add(state.poolIn_kg[p * nSubstance + substance]);
  }
  return sum + carry;
}

/** Starts the ledger anew from what is held now. */
export function resetTankLedger(model: TankFarmModel, state: TankFarmState): void {
  state.ledger_kg.fill(0);
  state.ledgerCarry_kg.fill(0);
  for (let s = 0; s < model.nSubstance; s++)
    state.ledger_kg[TANK_LEDGER.heldAtReset * model.nSubstance + s] = heldMass_kg(model, state, s);
}

/** What is held minus what the ledger says should be [kg], for one substance; rounding only. */
export function tankMassError_kg(model: TankFarmModel, state: TankFarmState, substance: number): number {
  const n = model.nSubstance;
  const row = (r: number) => state.ledger_kg[r * n + substance] + state.ledgerCarry_kg[r * n + substance];
  const L = TANK_LEDGER;
  const out = row(L.lineOut) + row(L.vented) + row(L.evaporated) + row(L.soaked) + row(L.drained) + row(L.lost);
  return heldMass_kg(model, state, substance) - row(L.heldAtReset) - (row(L.lineIn) - out);
}

/**
 * The door of tanks and pools: a farm is written as a `TankFarmSpec`, compiled by `compileTankFarm` into a read-only
 * `TankFarmModel`, given a `TankFarmState` by `createTankState` and moved by `stepTanks`. What a gauge makes of a tank is in
 * `gauge.ts`. Nothing here knows plants, instruments or truth.
 */
export { checkTankFarm } from './check.ts';
export { compileTankFarm, type TankFarmOptions, type TankFarmResult } from './compile.ts';
export {
  alpha15_per_K,
  EXPANSION,
  REFERENCE_K,
  shellFactor,
  volumeCorrection,
  waterDensity_kg_m3,
} from './expansion.ts';
export * from './gauge.ts';
export { type CylinderHeat, cylinderHeat } from './heatPaths.ts';
export {
  ROOF,
  SURFACE,
  TANK_LEDGER,
  TANK_LEDGER_SIZE,
  type TankFarmModel,
  type TankFarmState,
  WEATHER,
  WEATHER_SIZE,
} from './model.ts';
export { heatFlux_W_m2 } from './poolHeat.ts';
export { shapeOf, type TankShape } from './shapes.ts';
export * from './spec.ts';
export {
  cloneTankState,
  createTankState,
  density_kg_m3,
  heldMass_kg,
  levelOfMass_m,
  massAtLevel_kg,
  resetTankLedger,
  roofHeight_m,
  setTank,
  standardVolume_m3,
  strappedArea_m2,
  strappedLevel_m,
  strappedVolume_m3,
  substancePressure_Pa,
  tankMassError_kg,
  tankShellFactor,
} from './state.ts';
export { stepTanks } from './step.ts';
export { type StrappingTable, strappingTable } from './strapping.ts';
export { SUBSTANCES } from './substances.ts';
export * from './vapour.ts';

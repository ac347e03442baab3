/** The door of the plant: what every kind shares. */
export { type Checker, checkCommon, checkTag, createChecker } from './check.ts';
export { compilePlant } from './compile.ts';
export {
  type ConditionSpec,
  type ControlSpec,
  type EffectSpec,
  type InterlockSpec,
  type LoopSpec,
  PUSH,
  type SelectSpec,
  type ShutdownSpec,
} from './controlSpec.ts';
export { id } from './id.ts';
export {
  closeALeak,
  closedLeak,
  grownArea_m2,
  leakOpened,
  openALeak,
  reportLeaks,
  setLeak,
  widerThanBore,
} from './leaks.ts';
export type { LeakModel, PlantModel } from './model.ts';
export type {
  AirCommand,
  Built,
  CompilePlantOptions,
  DemandCommand,
  EmissionRates,
  EmissionSource,
  EmitterSite,
  LeakSite,
  Outline,
  Physics,
  PhysicsCommand,
  PlantKind,
  Weather,
  WeatherCommand,
} from './physics.ts';
export { elevationOf, profileAt } from './profile.ts';
export { toldSet } from './settings.ts';
export { type CommonSpec, fieldShape, headShape, type InstrumentSpec, percent, timeSchema } from './spec.ts';
export { createPlantState, type PlantState } from './state.ts';

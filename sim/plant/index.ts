/** The door of the plant: spec, model, state. */
export { type CompilePlantOptions, compilePlant } from './compile.ts';
export { type LeakModel, type PlantModel, SOURCE } from './model.ts';
export type { LeakSite } from './network.ts';
export { type LocatedPlant, parsePlant, readPlant } from './read.ts';
export { type InstrumentSpec, type PlantSpec, plantSchema } from './spec.ts';
export { createPlantState, fingerprintState, type PlantState, restoreState, snapshotState } from './state.ts';

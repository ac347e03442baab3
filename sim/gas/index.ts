/** The door of the gas lines. */
export type { GasPlantModel } from './model.ts';
export { GAS, type GasPhysics } from './physics.ts';
export { type GasPlantSpec, gasSchema } from './spec.ts';
export type { GasPlantState } from './state.ts';

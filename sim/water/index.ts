/** The door of the water networks. */
export type { WaterModel } from './model.ts';
export { WATER, type WaterPhysics } from './physics.ts';
export { type WaterSpec, waterSchema } from './spec.ts';
export type { WaterState } from './state.ts';
export type { TransientPhysics } from './transientPhysics.ts';

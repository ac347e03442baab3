/** The door of the tank farms. */
export type { TanksModel } from './model.ts';
export { TANKS, type TanksPhysics } from './physics.ts';
export { type TanksSpec, tanksSchema } from './spec.ts';
export type { TanksState } from './state.ts';

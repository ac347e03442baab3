/** The door of the liquid lines. */
export type { LiquidModel } from './model.ts';
export { LIQUID, type LiquidPhysics } from './physics.ts';
export { type LiquidSpec, liquidSchema } from './spec.ts';
export type { LiquidState } from './state.ts';

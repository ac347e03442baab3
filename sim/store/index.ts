/** The door of the stores of liquefied gas. */
export { STORE, type StorePhysics } from './physics.ts';
export { type StoreSpec, storeSchema } from './spec.ts';

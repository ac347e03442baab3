/**
 * The door of the air: the contract between a site and its dispersion model (air.ts), the surface layer, tables of spread,
 * closed forms, and the model of Gaussian puffs. Particles have their own door in `particles/`.
 */
export type { AirModel, AirWeather } from './air.ts';
export { erf } from './erf.ts';
export * from './plume.ts';
export { createPuffs, type PuffModel, type PuffOptions } from './puffs.ts';
export * from './sigma.ts';
export * from './surfaceLayer.ts';
export * from './turbulence.ts';

/** The door of the particles: gas as parcels, the solids that stop them and the wind around those. */
export { type FlowGrid, flowAt } from './flow.ts';
export { conserveMass, divergence, type StaggeredWind } from './massConsistent.ts';
export { createParticles, type ParticleModel, type ParticleOptions } from './particles.ts';
export { cavityLength_m, frontLength_m } from './rockle.ts';
export { type BoxSolid, type CylinderSolid, createSolids, halfExtent_m, type Solid, type Solids } from './solids.ts';
export { type SteadySource, steadyConcentrations } from './steadyPlume.ts';
export type { Walls } from './walls.ts';
export { compileWindField, type WindField, type WindFieldOptions } from './windField.ts';

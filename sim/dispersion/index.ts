/** The door of the air over a plant. */
export type { PlantAir } from './air.ts';
export type { SiteCamera, SiteCameras } from './cameras.ts';
export { airTags } from './model.ts';
export { type SitePlume, sitePlume } from './plume.ts';
export { type AirSpec, airSchema, type InAir } from './spec.ts';
export { type InAirPhysics, withAir } from './withAir.ts';

/** The door of the site: its scene, what moves in it, and the questions that others ask of it. */
export { checkBeam, checkPlace, checkSite } from './check.ts';
export { type Colliders, createColliders } from './colliders.ts';
export {
  type Blow,
  blowArea_m2,
  diggingForce_N,
  type PipeWall,
  punctureResistance_N,
  type Tooth,
} from './excavator.ts';
export { compilePatrol, legBlocked, type Patrol } from './patrol.ts';
export { compileScene, type Scene, sceneWind } from './scene.ts';
export { type SiteSpec, siteSchema } from './spec.ts';

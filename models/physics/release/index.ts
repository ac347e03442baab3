/**
 * The door of releases into the air: how much leaves (flashing flows beside the orifices of ../gas), how it leaves (jets, mist,
 * plume rise, pools, soil), and what becomes of it while it is denser than air. Passive gas is ../air. Nothing here knows
 * plants, instruments or truth.
 */
export * from './aerosol.ts';
export * from './britterMcQuaid.ts';
export { type DenseAir, denseAirOf, windExponent } from './denseAir.ts';
export * from './denseCloud.ts';
export { type DensePlume, type DensePlumeSpec, densePlume, PASSIVE_RICHARDSON } from './densePlume.ts';
export * from './densePlumeField.ts';
export * from './harm.ts';
export * from './holes.ts';
export * from './jet.ts';
export {
  AIR_MOLAR_MASS,
  airDensity_kg_m3,
  type Mixture,
  type MixtureSpec,
  mix,
  releaseDensity_kg_m3,
} from './mixture.ts';
export * from './plumeRise.ts';
export * from './pool.ts';
export * from './schedule.ts';
export * from './soil.ts';
export { type ToxicLoad, VAPOURS, type Vapour, type VapourId } from './substances.ts';
export * from './twoPhase.ts';

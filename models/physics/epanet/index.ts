/**
 * The door of the EPANET adapter: any .inp file as an extended-period simulation in SI, with leaks, snapshots and seeded
 * demands. Its own door, so that the engine (WebAssembly) is loaded only by those who run water networks.
 */
export { flowUnits, inpUnits } from '../inpUnits.ts';
export { type DemandNoise, type DemandOptions, demandMoments, openDemands } from './demands.ts';
export { type EngineModule, LINK_TYPE, loadEngine } from './engine.ts';
export type {
  EpanetFault,
  EpanetModel,
  EpanetOptions,
  EpanetState,
  EpanetUnits,
  LeakSite,
} from './model.ts';
export { EpanetNetwork, leakCoefficient } from './network.ts';
export { type EpanetResult, openEpanet, openEpanetIn } from './open.ts';

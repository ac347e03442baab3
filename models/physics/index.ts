/**
 * The door of the physics room: equations and solvers over arrays. A plant is written as a `NetworkSpec`, compiled by
 * `compileNetwork` into a read-only `NetworkModel`, given a `NetworkState` by `createState`, brought to rest by
 * `solveSteady` and moved by `stepCharacteristics`. Nothing here knows plants, instruments or truth.
 */

export { airInflow, gasHead_m, gasVolume_m3 } from './cavity.ts';
export { stepCharacteristics, sweepReaches } from './characteristics.ts';
export { shaftPower_W } from './equipment.ts';
export * from './fluid.ts';
export * from './friction.ts';
export * from './heat/index.ts';
export { readInp } from './inp.ts';
export { type SimpleControl, simpleControls } from './inpControls.ts';
export { type InpMoment, type InpOptions, inpToNetworkSpec } from './inpNetwork.ts';
export type { InpNetwork, InpProblem, InpResult, InpStatus } from './inpTypes.ts';
export {
  type CompileOptions,
  FLAG,
  LEDGER,
  LINK,
  type NetworkModel,
  type NetworkState,
  NODE,
  SURGE,
  type WaveSpeedReport,
} from './model.ts';
export { compileNetwork } from './network.ts';
export * from './orifice.ts';
export * from './sewer.ts';
export * from './spec.ts';
export {
  cloneState,
  createState,
  linePack_m3,
  massBalanceError_m3,
  pipeEndFlow_m3_s,
  pipeStartFlow_m3_s,
  resetLedger,
  startOptions,
  storedVolume_m3,
  velocityAtPipeEnd_m_s,
} from './state.ts';
export { type SteadyOptions, type SteadyReport, solveSteady } from './steady.ts';
export { surgeVolume_m3 } from './surge.ts';
export type {
  AirValveSpec,
  AirVesselSpec,
  ConnectionSpec,
  ReliefValveSpec,
  SurgeSpec,
  SurgeTankSpec,
} from './surgeSpec.ts';
export { brunoneFactor, shearDecay } from './unsteady.ts';

/**
 * The door of gas lines: a network is written as a `GasNetworkSpec`, compiled by `compileGasNetwork` into a read-only `GasModel`,
 * given a `GasState` by `createGasState`, brought to its steady flow by `solveGasSteady` and moved by `stepGas`. Releases
 * through holes stand alone in release.ts. Nothing here knows plants, instruments or truth.
 */
export { agaFactor } from './friction.ts';
export {
  GAS_FLAG,
  GAS_LEDGER,
  GAS_LINK,
  type GasCompileOptions,
  type GasModel,
  type GasState,
} from './model.ts';
export { compileGasNetwork, type GasCompileResult } from './network.ts';
export { compressibility, type Gas, gasOf, gasWaveSpeed_m_s } from './realGas.ts';
export * from './release.ts';
export type * from './spec.ts';
export {
  cloneGasState,
  compressorRuns,
  createGasState,
  gasBalanceError_kg,
  gasInventory_kg,
  linkRatio,
  pipeLinePack_kg,
  resetGasLedger,
  settleGasMasses,
} from './state.ts';
export { type GasSteadyOptions, type GasSteadyReport, solveGasSteady } from './steady.ts';
export { stepGas } from './step.ts';

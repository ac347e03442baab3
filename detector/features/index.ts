/** The door of features: what methods look at. */
export { type AirBlocks, createAirBlocks } from './airBlocks.ts';
export { type AirSite, type Candidate, type GasSensor, readAir, shareOf } from './airSite.ts';
export { BACKGROUNDS, type Background, type BackgroundSettings, createBackground } from './background.ts';
export { type Balance, createBalance } from './balance.ts';
export { type Compensation, createCompensation } from './compensation.ts';
export { createDeviation, type Deviation } from './deviation.ts';
export { createFronts, FRONTS_KEPT, type Fronts } from './fronts.ts';
export { type Line, readLine, type Section, type Span } from './line.ts';
export { createObserver, OBSERVED, type Observer } from './observer.ts';
export { createOperations, type Operations } from './operations.ts';
export { createPlumeCoupling, type PlumeCoupling } from './plumeCoupling.ts';
export {
  createSourceEvidence,
  type EvidenceSettings,
  type SourceEstimate,
  type SourceEvidence,
} from './sourceEvidence.ts';
export { createStationFlows, type FlowStation, type StationFlows, WINDOWS } from './stationFlows.ts';
export { createTankRate, type GaugedTank, readTanks, type TankRate } from './tankRate.ts';

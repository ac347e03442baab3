/** The door of features: what methods look at. */
export { type Balance, createBalance } from './balance.ts';
export { createDeviation, type Deviation } from './deviation.ts';
export { createFronts, FRONTS_KEPT, type Fronts } from './fronts.ts';
export { type Line, readLine, type Section, type Span } from './line.ts';
export { createOperations, type Operations } from './operations.ts';
export { createTankRate, type GaugedTank, readTanks, type TankRate } from './tankRate.ts';

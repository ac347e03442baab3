/** The door of the liquid: equipment, tanks' receipts and leaks around the network's own step. */
export { holdTankLevels, moveEquipment, nodePressure_Pa } from './equipment.ts';
export { drainLeaks, growLeaks, reportLeaks } from './leaks.ts';

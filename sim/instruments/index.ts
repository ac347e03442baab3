/** The door of the instruments: sampling, publication and faults. */
export { applyFault, type FaultCommand } from './fault.ts';
export { publishFrame } from './publish.ts';
export { primeInstruments, sampleInstruments, trueValue } from './sample.ts';

/** The door of the instruments: sampling and publication. */
export { publishFrame } from './publish.ts';
export { primeInstruments, sampleInstruments, trueValue } from './sample.ts';

/** The door of the fuzzer: random valid scenarios, the invariants of every run, and failures made small. */
export { type Case, writeCase, writeFailure } from './case.ts';
export { drawCase } from './draw.ts';
export { check, type Found, type FuzzResult, fuzz } from './fuzz.ts';
export type { Failure, Invariant, PlayedCase } from './invariants.ts';
export { type Shrunk, shrink } from './shrink.ts';

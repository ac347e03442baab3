/** The door of suites on many machines. */
export { type Distribution, distribute } from './distribute.ts';
export { REDELIVERY_S, takeJobs, type Working } from './takeJobs.ts';

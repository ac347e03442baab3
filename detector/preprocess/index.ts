/** The door of preprocessing. */
export { type Cleaner, type CleanSettings, createCleaner } from './clean.ts';

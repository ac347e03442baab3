/** The door of the kernel: arithmetic, units, chance, time, digests and statistics; pure and browser-safe. */
export { type Agreement, agreement } from './agreement.ts';
export { type Arena, bindArena } from './arena.ts';
export { hashIndex, hashText, type Stream, seeded } from './chance.ts';
export { canonicalJson, digestBytes, digestJson, RunningDigest } from './digest.ts';
export { betaI, gammaP, type Interval, logGamma, poissonInterval, proportionInterval } from './interval.ts';
export { formatSpan, formatTime, secondsToUs, type TimeUs, timeUs, US_PER_S, usToSeconds } from './time.ts';
export {
  type Dimension,
  fromUnit,
  nearest,
  parseQuantity,
  type QuantityError,
  type QuantityResult,
  SI_UNIT,
  toUnit,
  UNITS,
  unitsOf,
} from './units.ts';

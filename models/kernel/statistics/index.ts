/** Statistics: survival, comparison, resampling, detection limits, and how fast a change can be found at all. */
export { cholesky, solveColumns } from './cholesky.ts';
export { cusumLimit, growingDelay, stationaryDelay, worstCaseDelay } from './detection.ts';
export { addInformation, leastCovariance } from './fisher.ts';
export { glrLimit, sprtLimits } from './limits.ts';
export { fitLogistic, type LogisticFit, type Trial } from './logistic.ts';
export { chiSquaredQuantile, normalCdf, normalQuantile, studentCdf, studentQuantile } from './normal.ts';
export { holm, mcnemar, rateRatio, type SeedsAsked, seedsNeeded } from './paired.ts';
export { bootstrapMean, bootstrapPercentile, resample } from './resample.ts';
export { meanAndDeviation, quantileOf } from './sample.ts';
export { type Look, looksAt } from './sequential.ts';
export {
  type Lifetime,
  restrictedMean,
  type SurvivalCurve,
  type SurvivalQuantile,
  type SurvivalStep,
  survivalCurve,
  survivalQuantile,
} from './survival.ts';

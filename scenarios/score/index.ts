/** The door of the judge: it scores anybody's logs, and imports nothing but models. */
export { alarmFigures } from './alarmFigures.ts';
export { ALARM_HEADS, alarmRemarks, alarmRows } from './alarmTable.ts';
export { boundOf, boundText, DEFAULT_DEMAND_1_S, notBefore } from './bound.ts';
export { type DeclaredDelay, type InstrumentTiming, latencyBudgets, SHOWS, signalFloor } from './budget.ts';
export { type BudgetRow, budgetRows, budgetText, formatBudgets, formatBudgetsMarkdown } from './budgetText.ts';
export { type CardInputs, type FormatOptions, formatCard, formatSummary, makeCard, matchingInputs } from './card.ts';
export {
  type Comparison,
  type ComparisonRow,
  compareCards,
  formatComparison,
  type Regression,
  regressions,
} from './compare.ts';
export { judge, type RateVerdict } from './criteria.ts';
export {
  type DecisionCosts,
  type DecisionRow,
  type DecisionSource,
  type Decisions,
  decide,
  METHANE_GWP100,
} from './decision.ts';
export { DECISION_HEADS, decisionCells, renderDecisions } from './decisionPage.ts';
export { floorCards, type SummaryRow, summarise } from './ensemble.ts';
export {
  CRITERIA,
  type CriterionKind,
  type Expectation,
  expectationSchema,
  expectationsSchema,
  leakReferences,
} from './expectation.ts';
export { type FloorInputs, type FloorJournal, floorJournals, randomJournal } from './floors.ts';
export { type HtmlInputs, renderHtml } from './html.ts';
export {
  clairvoyantInformation,
  columnNoise,
  type LeakSignal,
  learnWhitener,
  leastScans,
  ORDER,
  realisableInformation,
  type Whitener,
} from './information.ts';
export { type Leak, type LossCurve, leaksOf, lossCurve, massRateAt, volumeAt } from './leak.ts';
export { FRONT_S, type PlaceBound, type WaveKnowledge, type WaveReceiver, waveBound } from './locationBound.ts';
export {
  DEFAULT_GRACE_US,
  DEFAULT_TWIN_TOLERANCE_US,
  type FalseAlarm,
  type Match,
  type Matching,
  type MatchingInputs,
  matchAlarms,
  type Repeat,
} from './matching.ts';
export { NEAREST_SENSOR } from './named.ts';
export { binomialCdf, censoredQuantile, quantileLimits, quantileRanks } from './quantile.ts';
export { formatJUnit, formatMarkdown, formatSummaryJUnit, formatSummaryMarkdown } from './report.ts';
export { type Segment, segmentsOf } from './segments.ts';
export {
  DECIDABLE,
  type Decidable,
  formatSequential,
  planLooks,
  type SequentialResult,
  untilDecided,
} from './sequential.ts';
export { singleBlindVerdicts, type UnitPoint } from './singleBlind.ts';
export { SourceInformation } from './sourceBound.ts';
export { operatingCurves, plainCards, segmentRates, yearly } from './suiteFigures.ts';
export { renderSuiteHtml, type SuitePageInputs } from './suitePage.ts';
export { type Trend, TrendBuilder } from './trend.ts';

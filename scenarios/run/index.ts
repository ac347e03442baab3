/** The door of runs: one scenario over any transport, many of them as a suite, recordings again, and logs of anybody. */
export { alarmLine } from './alarmText.ts';
export { cardsOfRecipe, readCards } from './cards.ts';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
export { type Check, checkDetector, conformanceMaterial, faultOfJournal, type Material } from './conformance.ts';
export { ORDEALS } from './conformanceFrames.ts';
export { loadPlugIn, pipelineSubject, programSubject, type Subject } from './conformanceSubject.ts';
export { jsonLines, reportHtml, writeText } from './finish.ts';
export { openHistory } from './history.ts';
export { type ImplantResult, implant } from './implant.ts';
export {
  codeDigest,
  DEFAULT_RECIPE,
  formatPace,
  type Pace,
  parsePace,
  readInputs,
  resolveInputs,
  type ScenarioInputs,
  TRANSPORTS,
  type Transport,
} from './inputs.ts';
export { runJob } from './job.ts';
export { everyListener, notifying } from './listeners.ts';
export { isFolder, readAlarms, readExpected, readRunSpan, readTruth } from './logs.ts';
export { announcePlan, type NotifyFlags, openNotifier, readNotifyRules } from './notify.ts';
export { OperatorDesk } from './operatorDesk.ts';
export { shownPath } from './paths.ts';
export { asScorer, SCORERS, type Scorer, scorePublished } from './publishedData.ts';
export { type Replay, type ReplayRequest, replay } from './replay.ts';
export { ResponseDesk, unfitResponse, writeInProcess } from './respond.ts';
export { AILMENTS, type Ailment, type RobustnessRow, robustness } from './robustness.ts';
export { type RunListener, type RunOutcome, type RunRequest, type RunStart, runScenario } from './runner.ts';
export { readSuite, type Suite, type SuiteChoices, simulatedUs, suiteSchema } from './suite.ts';
export { stopwatch, turn, utcNowUs } from './wallclock.ts';
export { webSocketUrl } from './wired.ts';
export { type Crew, hireCrew, runSuite, type SuiteRun, serveJobs, WORKER_FLAG } from './workers.ts';

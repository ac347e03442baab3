/** The door of the historian: storage and retrieval of telemetry, alarms, operator actions and runs. */
export { Archive, type CheckReport, type Choice, glob, type RunSummary, type Span, type TagOfRun } from './archive.ts';
export { isoTime, LEVEL_US, LEVELS, type Level, type Loss } from './catalogue.ts';
export { Historian, type HistorianOptions, RunFeed, type RunInfo } from './historian.ts';
export { lockHistory } from './lock.ts';
export {
  type AsOfRow,
  asOf,
  type EventChoice,
  events,
  type HistoryEvent,
  type RolledUp,
  type RollupChoice,
  type RollupRow,
  rollup,
  type Series,
  type SeriesChoice,
  series,
} from './query.ts';
export { type Recorded, recordFrames } from './record.ts';
export { type Retention, type Retired, Store } from './store.ts';
export { type Exported, exportHistory, type Imported, importSamples } from './transfer.ts';

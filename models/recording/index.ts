/** The door of recordings: run folders written and read, and foreign CSV files with their mappings. Node only. */
export { CSV_MAPPING_SCHEMA, type CsvMapping, type CsvMappingSpec, readCsvMapping } from './csvMapping.ts';
export { type CsvReport, checkCsv, openCsv, type TimedRow, type TimedRows } from './csvTable.ts';
export { csvTruth } from './csvTruth.ts';
export { exportCsv } from './exportCsv.ts';
export { RECORDING_FILES, type RunManifest } from './format.ts';
export { type FrameRange, openRun, type Recording } from './reader.ts';
export { isSiteRecording, readSiteRecording, type SitePart, type SiteRecording } from './site/index.ts';
export { RunWriter, type RunWriterOptions } from './writer.ts';

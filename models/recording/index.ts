/**
 * The door of recordings: run folders written and read, foreign CSV files with their mappings, and what the historian shares
 * with them: frames as Parquet through DuckDB. Node only.
 */
export { BLOCK_ROWS, Block, type BlockShape, blockShape } from './block.ts';
export { CSV_MAPPING_SCHEMA, type CsvMapping, type CsvMappingSpec, readCsvMapping } from './csvMapping.ts';
export { type CsvReport, checkCsv, openCsv, type TimedRow, type TimedRows } from './csvTable.ts';
export { compileTimeFormat } from './csvTime.ts';
export { csvTruth } from './csvTruth.ts';
export { connect } from './database.ts';
export { exportCsv } from './exportCsv.ts';
export {
  frameColumns,
  PARQUET,
  parquetOf,
  quoteName,
  quoteText,
  RECORDING_FILES,
  type RunManifest,
  storageProblem,
} from './format.ts';
export { writeParquet } from './parquetFile.ts';
export { type FrameRange, framesOfChunk, openRun, type Recording } from './reader.ts';
export { isSiteRecording, readSiteRecording, type SitePart, type SiteRecording } from './site/index.ts';
export { vectorBytes } from './vectors.ts';
export { RunWriter, type RunWriterOptions } from './writer.ts';

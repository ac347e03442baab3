/**
 * Rows of the historian's tables as Parquet files: wide frames, roll-ups, and events with the columns that people look
 * for beside the event itself as canonical JSON, so that nothing depends on the list of columns.
 */
import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { FrameLayout } from '../../models/contract/index.ts';
import { BLOCK_ROWS, type Block, frameColumns, vectorBytes, writeParquet } from '../../models/recording/index.ts';
import { ROLLUP_COLUMNS, type RollupRows } from './rollup.ts';

export const EVENT_COLUMNS = [
  /** Place in the order of arrival, over the whole history. */
  { name: 'ordinal', type: 'BIGINT' },
  /** UTC. */
  { name: 'time_us', type: 'BIGINT' },
  /** Plant time. */
  { name: 'plant_us', type: 'BIGINT' },
  { name: 'kind', type: 'VARCHAR' },
  { name: 'key', type: 'VARCHAR' },
  { name: 'who', type: 'VARCHAR' },
  { name: 'frame_seq', type: 'BIGINT' },
  { name: 'from_state', type: 'VARCHAR' },
  { name: 'to_state', type: 'VARCHAR' },
  { name: 'priority', type: 'INTEGER' },
  { name: 'event', type: 'VARCHAR' },
] as const;

export interface EventRow {
  readonly ordinal: number;
  readonly timeUs: number;
  readonly plantUs: number;
  readonly kind: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** The event as canonical JSON. */
  readonly json: string;
}

export function writeFrames(
  connection: DuckDBConnection,
  path: string,
  layout: FrameLayout,
  blocks: readonly Block[],
): Promise<void> {
  const columns = frameColumns(layout);
  return writeParquet(connection, path, columns, (appender) => {
    const types = columns.map((_, i) => appender.columnType(i));
    for (const block of blocks) {
      const chunk = DuckDBDataChunk.create(types, block.rows);
      block.fill(chunk);
      appender.appendDataChunk(chunk);
    }
  });
}

/** Sorted by tag and time, so that a query for one tag reads little. */
export function writeRollup(connection: DuckDBConnection, path: string, rows: RollupRows): Promise<void> {
  return writeParquet(
    connection,
    path,
    ROLLUP_COLUMNS,
    (appender) => {
      const types = ROLLUP_COLUMNS.map((_, i) => appender.columnType(i));
      for (let from = 0; from < rows.rows; from += BLOCK_ROWS)
        appender.appendDataChunk(rollupChunk(types, rows, from, Math.min(from + BLOCK_ROWS, rows.rows)));
    },
    '(SELECT * FROM $table ORDER BY tag, t0_us)',
  );
}

function rollupChunk(
  types: Parameters<typeof DuckDBDataChunk.create>[0],
  rows: RollupRows,
  from: number,
  to: number,
): DuckDBDataChunk {
  const count = to - from;
  const chunk = DuckDBDataChunk.create(types, count);
  const put = (column: number, values: Uint32Array | Float32Array | Float64Array | BigInt64Array) => {
    const vector = chunk.getColumnVector(column);
    vectorBytes(vector).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    vector.flush();
  };
  const t0 = new BigInt64Array(count);
  for (let i = 0; i < count; i += 1) t0[i] = BigInt(rows.t0[from + i]!);
  put(0, rows.tag.subarray(from, to));
  put(1, t0);
  put(2, rows.n.subarray(from, to));
  put(3, rows.min.subarray(from, to));
  put(4, rows.max.subarray(from, to));
  put(5, rows.sum.subarray(from, to));
  const one = new Uint32Array(count);
  for (let q = 0; q < 5; q += 1) {
    for (let i = 0; i < count; i += 1) one[i] = rows.counts[5 * (from + i) + q]!;
    put(6 + q, one);
  }
  return chunk;
}

export function writeEvents(connection: DuckDBConnection, path: string, rows: readonly EventRow[]): Promise<void> {
  return writeParquet(connection, path, EVENT_COLUMNS, (appender) => {
    for (const row of rows) {
      const { event } = row;
      appender.appendBigInt(BigInt(row.ordinal));
      appender.appendBigInt(BigInt(row.timeUs));
      appender.appendBigInt(BigInt(row.plantUs));
      appender.appendVarchar(row.kind);
      appendText(appender, event['alarm'] ?? event['key'] ?? event['ref'] ?? event['id']);
      appendText(appender, event['who'] ?? event['by']);
      const seq = event['frameSeq'];
      if (typeof seq === 'number') appender.appendBigInt(BigInt(seq));
      else appender.appendNull();
      appendText(appender, event['from']);
      appendText(appender, event['to']);
      const priority = event['priority'];
      if (Number.isInteger(priority)) appender.appendInteger(priority as number);
      else appender.appendNull();
      appender.appendVarchar(row.json);
      appender.endRow();
    }
  });
}

function appendText(appender: DuckDBAppender, value: unknown): void {
  if (typeof value === 'string') appender.appendVarchar(value);
  else appender.appendNull();
}

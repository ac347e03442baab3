/**
 * One DuckDB in memory per process, used as an engine that writes and reads Parquet; it owns no file of its own. One
 * thread: the machine's other cores belong to the simulation and to other runs of a suite.
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

let instance: Promise<DuckDBInstance> | undefined;

/** The engine itself: loaded where something is recorded or read, as most processes of a suite do neither. */
export function duckDb(): Promise<typeof import('@duckdb/node-api')> {
  return import('@duckdb/node-api');
}

export async function connect(): Promise<DuckDBConnection> {
  instance ??= open();
  return (await instance).connect();
}

async function open(): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await duckDb();
  return DuckDBInstance.create(':memory:', { threads: '1' });
}

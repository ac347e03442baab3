/**
 * One DuckDB in memory per process, used as an engine that writes and reads Parquet; it owns no file of its own. One
 * thread: the machine's other cores belong to the simulation and to other runs of a suite.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

let instance: Promise<DuckDBInstance> | undefined;

export async function connect(): Promise<DuckDBConnection> {
  instance ??= DuckDBInstance.create(':memory:', { threads: '1' });
  return (await instance).connect();
}

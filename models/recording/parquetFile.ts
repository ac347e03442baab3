/** One Parquet file: filled in DuckDB's memory, encoded by its thread, and named only when it is whole. */
import { rename } from 'node:fs/promises';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { PARQUET, quoteName, quoteText } from './format.ts';

let tables = 0;

/**
 * Writes `path` by way of `path.part`.
 * @param select what to write of the table, such as an ORDER BY; `$table` stands for its name
 */
export async function writeParquet(
  connection: DuckDBConnection,
  path: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  fill: (appender: DuckDBAppender) => void,
  select = '$table',
): Promise<void> {
  tables += 1;
  const name = `table_${tables}`;
  await connection.run(
    `CREATE TEMP TABLE ${name} (${columns.map((c) => `${quoteName(c.name)} ${c.type}`).join(', ')})`,
  );
  try {
    const appender = await connection.createAppender(name);
    fill(appender);
    appender.closeSync();
    await connection.run(`COPY ${select.replace('$table', name)} TO ${quoteText(`${path}.part`)} (${PARQUET})`);
    await rename(`${path}.part`, path);
  } finally {
    await connection.run(`DROP TABLE ${name}`);
  }
}

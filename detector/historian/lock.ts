/**
 * One writer per history. The lock is the operating system's own, on a small database file that DuckDB holds open: it falls
 * with the process, however that ends. Within a process a list does the same, because such locks do not see their own owner.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { storageProblem } from '../../models/recording/index.ts';

const held = new Set<string>();

/** Throws a ProblemError that names the other process; returns what lets go. */
export async function lockHistory(folder: string): Promise<() => void> {
  const real = realpathSync(folder);
  const taken = (by: string) =>
    new ProblemError([
      plainProblem(
        folder,
        '',
        `a history that ${by} is writing`,
        'a history that nobody else writes',
        'ask that one by GET /api/history, or stop it',
      ),
    ]);
  if (held.has(real)) throw taken('this process already');
  held.add(real);
  try {
    const instance = await DuckDBInstance.create(join(real, 'lock.duckdb'), { threads: '1' });
    return () => {
      held.delete(real);
      instance.closeSync();
    };
  } catch (error) {
    held.delete(real);
    const pid = /lock is held in .*\(PID (\d+)\)/.exec((error as Error).message)?.[1];
    if (pid !== undefined || /Could not set lock/.test((error as Error).message))
      throw taken(pid === undefined ? 'another process' : `process ${pid}`);
    throw storageProblem(folder, error);
  }
}

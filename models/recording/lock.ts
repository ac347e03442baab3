/**
 * One writer per folder. The lock is the operating system's own, on a small database file that DuckDB holds open: it falls
 * with the process, however that ends. Within a process a list does the same, because such locks do not see their own owner.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ProblemError, plainProblem } from '../contract/index.ts';
import { storageProblem } from './format.ts';

const held = new Set<string>();

/** Takes a folder that exists; throws a ProblemError that names the other process; returns what lets go. @param what of the folder, with its article */
export async function lockFolder(folder: string, what: string, hint: string): Promise<() => void> {
  const real = realpathSync(folder);
  const taken = (by: string) =>
    new ProblemError([
      plainProblem(folder, '', `${what} that ${by} is writing`, `${what} that nobody else writes`, hint),
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
    const text = (error as Error).message;
    const pid = /lock is held in .*\(PID (\d+)\)/.exec(text)?.[1];
    if (pid !== undefined || /Could not set lock/.test(text))
      throw taken(pid === undefined ? 'another process' : `process ${pid}`);
    throw storageProblem(folder, error);
  }
}

/** One writer per history. */
import { lockFolder } from '../../models/recording/index.ts';

/** Throws a ProblemError that names the other process; returns what lets go. */
export function lockHistory(folder: string): Promise<() => void> {
  return lockFolder(folder, 'a history', 'ask that one by GET /api/history, or stop it');
}

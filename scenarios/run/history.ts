/**
 * A run's way into a history. A history that cannot be had (another process writes it, the disk is full) is told, and the
 * run goes on without: nobody's detection waits for an archive.
 */
import { Historian } from '../../detector/historian/index.ts';
import { ProblemError } from '../../models/contract/index.ts';

/** Undefined where no folder is given, or where the history cannot be had, which `tell` hears. */
export async function openHistory(
  folder: string | undefined,
  tell: (sentence: string) => void,
): Promise<Historian | undefined> {
  if (folder === undefined) return undefined;
  try {
    return await Historian.open(folder, { onNotice: tell });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    tell(`${error.message}\nThe run goes on; nothing of it goes into the history.`);
    return undefined;
  }
}

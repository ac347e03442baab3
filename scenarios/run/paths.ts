/** Paths as people want to read them: from where they stand, where that is shorter. */
import { relative } from 'node:path';

export function shownPath(path: string): string {
  const rel = relative(process.cwd(), path);
  return rel !== '' && !rel.startsWith('..') ? rel : path;
}

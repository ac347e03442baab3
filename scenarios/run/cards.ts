/** Cards that somebody kept: a suite's folder or file, or a baseline. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Card, ProblemError, plainProblem } from '../../models/contract/index.ts';
import { packageRoot } from '../../models/document/index.ts';

interface Kept {
  readonly suite: string;
  readonly runs: readonly Card[];
}

/** Reads the cards of a suite's folder, of its suite.json, or of a baseline, which may be one that comes with LeakTwin, by its name. Throws a ProblemError that names the file. */
export function readCards(path: string): Kept {
  const bad = (found: string, hint?: string): never => {
    throw new ProblemError([plainProblem(path, '', found, 'the folder or the JSON of a suite', hint)]);
  };
  if (!existsSync(path)) {
    const shipped = join(packageRoot, 'scenarios/baselines', `${path}.json`);
    if (/^[a-z0-9-]+$/.test(path) && existsSync(shipped)) return readCards(shipped);
    bad('nothing there', 'leaktwin suite <name> --out <folder> makes one');
  }
  const file = statSync(path).isDirectory() ? join(path, 'suite.json') : path;
  if (!existsSync(file)) bad('a folder without suite.json', 'leaktwin suite <name> --out <folder> makes one');
  let kept: unknown;
  try {
    kept = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    bad(`no JSON: ${(error as Error).message}`);
  }
  const { suite, runs } = (kept ?? {}) as Partial<Kept>;
  if (typeof suite !== 'string' || !Array.isArray(runs)) bad('JSON without "suite" and "runs"');
  return { suite: suite!, runs: runs! };
}

/** The cards of one recipe; every recipe in turn where none is named and both sides have the same. */
export function cardsOfRecipe(kept: Kept, path: string, recipe: string | undefined): readonly Card[] {
  const names = [...new Set(kept.runs.map((c) => c.recipe))];
  const wanted = recipe ?? (names.length === 1 ? names[0] : undefined);
  if (wanted === undefined)
    throw new ProblemError([
      plainProblem(
        path,
        '',
        `runs of ${names.length} recipes: ${names.join(', ')}`,
        'one of them',
        'say which with --a or --b',
      ),
    ]);
  const cards = kept.runs.filter((c) => c.recipe === wanted);
  if (cards.length === 0)
    throw new ProblemError([plainProblem(path, '', `no run of "${wanted}"`, `one of ${names.join(', ')}`)]);
  return cards;
}

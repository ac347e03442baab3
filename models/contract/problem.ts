/**
 * What a user wrote wrong: a Problem says where, what was found, what was expected, and a hint. A validator returns all
 * of them at once. Errors that we made are thrown instead; the two are never mixed.
 */
export interface Problem {
  readonly file: string;
  /** 1-based; 0 where the mistake has no place in a file (a flag, a missing file). */
  readonly line: number;
  readonly column: number;
  /** Where in the document, such as `timeline[2].diameter`. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** `file:12:5: timeline[2].diameter: found 8 without a unit, expected a length …. Hint: …` */
export function formatProblem(p: Problem): string {
  const place = p.line > 0 ? `${p.file}:${p.line}:${p.column}` : p.file;
  const path = p.path === '' ? '' : `${p.path}: `;
  const hint = p.hint ? ` (hint: ${p.hint})` : '';
  return `${place}: ${path}found ${p.found}, expected ${p.expected}${hint}`;
}

/** Carries problems through code that cannot go on; the command line prints them and exits 2. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ProblemError';
    this.problems = problems;
  }
}

/** A problem with no place inside a file: a flag, a missing file, an unknown name. */
export function plainProblem(file: string, path: string, found: string, expected: string, hint?: string): Problem {
  return { file, line: 0, column: 0, path, found, expected, ...(hint ? { hint } : {}) };
}

export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.problems);
}

/**
 * Where documents live: a path that the user gives, or a name in one of the library folders that ship with the package.
 * Node only; the one owner of reading text files for YAML.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Problem, plainProblem, type Result } from '../contract/index.ts';
import { nearest } from '../kernel/index.ts';

/** The folder of the installed package: the nearest one above this file whose package.json is ours. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'leaktwin')
      return folder;
    const up = dirname(folder);
    if (up === folder) throw new Error('the package folder of leaktwin was not found above its own code');
    folder = up;
  }
})();

/** Folders of the package that hold named documents. */
export const LIBRARY = {
  plant: 'models/plants',
  recipe: 'models/recipes',
  response: 'models/responses',
  scenario: 'scenarios/library',
  suite: 'scenarios/suites',
} as const;
export type LibraryKind = keyof typeof LIBRARY;

export function libraryNames(kind: LibraryKind): string[] {
  const folder = join(packageRoot, LIBRARY[kind]);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((f) => f.endsWith('.yaml'))
    .map((f) => f.slice(0, -5))
    .sort();
}

export interface TextFile {
  /** As it should be shown: relative to the working directory where that is shorter. */
  readonly file: string;
  readonly path: string;
  readonly text: string;
}

/** A document by path (anything with a slash or an ending) or by name, first beside `near`, then in the library. */
export function findDocument(kind: LibraryKind, name: string, near?: string): Result<TextFile> {
  const isPath = /[\\/]/.test(name) || /\.ya?ml$/.test(name);
  const candidates = isPath
    ? [near ? resolve(dirname(near), name) : resolve(name), resolve(name)]
    : [...(near ? [join(dirname(near), `${name}.yaml`)] : []), join(packageRoot, LIBRARY[kind], `${name}.yaml`)];
  const path = candidates.find((c) => existsSync(c));
  if (path === undefined) {
    const near2 = nearest(name, libraryNames(kind));
    const known = libraryNames(kind);
    return fail(
      plainProblem(
        isPath ? name : `${kind} "${name}"`,
        '',
        isPath ? 'no such file' : `no ${kind} of that name`,
        isPath ? `a readable YAML file` : `a path, or one of ${known.join(', ')}`,
        near2 ? `did you mean "${near2}"?` : undefined,
      ),
    );
  }
  return readTextFile(path);
}

/** A file that a document names by its path from there; `file` is that document's, as it is shown. */
export function readBeside(file: string, name: string): Result<TextFile> {
  return readTextFile(resolve(dirname(file), name));
}

const LARGEST_BYTES = 64 * 1024 * 1024;

export function readTextFile(path: string): Result<TextFile> {
  const rel = relative(process.cwd(), path);
  const file = rel !== '' && !rel.startsWith('..') ? rel : path;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > LARGEST_BYTES) {
      return fail(
        plainProblem(
          file,
          '',
          `${Math.round(bytes.length / 1e6)} MB`,
          `at most ${LARGEST_BYTES / 1024 / 1024} MiB of text`,
        ),
      );
    }
    return { ok: true, value: { file, path, text: bytes.toString('utf8').replace(/^\uFEFF/, '') } };
  } catch (error) {
    return fail(plainProblem(file, '', (error as Error).message, 'a readable file'));
  }
}

function fail(problem: Problem): { ok: false; problems: Problem[] } {
  return { ok: false, problems: [problem] };
}

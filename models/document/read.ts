/**
 * YAML to a validated value, with a place in the file for every mistake and all mistakes at once. Pure: text in, Result out.
 */
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem, Result } from '../contract/index.ts';
import { nearest } from '../kernel/index.ts';
import { placeInSchema } from './schema.ts';
import { aliasProblem, syntaxProblems } from './syntax.ts';

export interface Located<T> {
  readonly value: T;
  readonly file: string;
  /** Makes a problem at a path of the document, for checks that a schema cannot express. */
  problemAt(path: readonly PropertyKey[], found: string, expected: string, hint?: string): Problem;
}

/** A document as it was written, before any schema has looked at it. */
export interface OpenDocument {
  readonly file: string;
  readonly raw: unknown;
  /** A problem at the value of a path. */
  readonly problemAt: ProblemAt;
  /** A problem at the key itself. */
  readonly keyAt: ProblemAt;
}

export function readDocument<S extends z.ZodType>(file: string, text: string, schema: S): Result<Located<z.output<S>>> {
  const open = openDocument(file, text);
  return open.ok ? validateDocument(open.value, schema) : open;
}

/** The syntax of a document; what it says is for `validateDocument`, maybe after parts of other documents were put in. */
export function openDocument(file: string, text: string): Result<OpenDocument> {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true });
  const place = (offset: number) => {
    const p = lines.linePos(offset);
    return { line: Math.max(1, p.line), column: Math.max(1, p.col) };
  };
  const syntax = syntaxProblems(file, text, doc, lines);
  if (syntax.length > 0) return { ok: false, problems: syntax };
  const problemAt: ProblemAt = (path, found, expected, hint) => ({
    file,
    ...place(offsetOf(doc.contents, path)),
    path: formatPath(path),
    found,
    expected,
    ...(hint ? { hint } : {}),
  });
  const keyAt: ProblemAt = (path, found, expected, hint) => ({
    ...problemAt(path, found, expected, hint),
    ...place(offsetOf(doc.contents, path, 'key')),
  });
  try {
    return { ok: true, value: { file, raw: doc.toJS({ maxAliasCount: 100 }), problemAt, keyAt } };
  } catch (error) {
    if (error instanceof ReferenceError) return { ok: false, problems: [aliasProblem(file)] };
    throw error;
  }
}

/** Every mistake of a document, in the order of its lines; of several files in the order in which they were met. */
export function validateDocument<S extends z.ZodType>(open: OpenDocument, schema: S): Result<Located<z.output<S>>> {
  const { file, raw, problemAt, keyAt } = open;
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (parsed.success) return { ok: true, value: { value: parsed.data, file, problemAt } };
  const document: Complained = { at: problemAt, keyAt, root: raw, schema };
  const problems = parsed.error.issues.flatMap((issue) => issueProblems(issue as Issue, [], document));
  problems.sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : 0));
  return { ok: false, problems };
}

type Issue = z.core.$ZodIssue & { readonly input?: unknown };
type ProblemAt = Located<unknown>['problemAt'];

/** The document that a complaint is about, and what it was held against. */
interface Complained {
  /** A problem at the value of a path. */
  readonly at: ProblemAt;
  /** A problem at the key itself. */
  readonly keyAt: ProblemAt;
  readonly root: unknown;
  readonly schema: z.ZodType;
}

const MUST_BE_WRITTEN = 'it has no default, so it must be written';

function issueProblems(issue: Issue, base: readonly PropertyKey[], doc: Complained): Problem[] {
  const { at, root, schema } = doc;
  const path = [...base, ...issue.path];
  const value = valueAt(root, path);
  const found = show('input' in issue ? issue.input : value);
  const missing = (expected: string): Problem[] => {
    const described = placeInSchema(schema, path, root).description ?? expected;
    return [at(path, 'nothing', `the key "${String(path.at(-1))}": ${described}`, MUST_BE_WRITTEN)];
  };
  switch (issue.code) {
    case 'custom': {
      const p = (issue.params ?? {}) as { found?: string; expected?: string; hint?: string };
      return [at(path, p.found ?? found, p.expected ?? issue.message, p.hint)];
    }
    case 'unrecognized_keys': {
      const known = placeInSchema(schema, path, root).keys;
      const written = Object.keys((value ?? {}) as object);
      return issue.keys.map((key) => {
        const near = nearest(
          key,
          known.filter((k) => !written.includes(k)),
        );
        const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'no such key';
        return doc.keyAt(
          [...path, key],
          `unknown key "${key}"`,
          expected,
          near ? `did you mean "${near}"?` : 'remove it',
        );
      });
    }
    case 'invalid_type': {
      if (value === undefined && path.length > 0) return missing(article(issue.expected));
      const keys = path.length === 0 ? placeInSchema(schema, path, root).keys : [];
      if (keys.length > 0)
        return [at(path, value === null ? 'an empty document' : found, `a map with the keys ${keys.join(', ')}`)];
      const expected = placeInSchema(schema, path, root).description ?? article(issue.expected);
      return [at(path, found, expected, typeHint(issue.expected, value))];
    }
    case 'invalid_value': {
      const allowed = issue.values.map((v) => String(v));
      const expected = allowed.length === 1 ? `"${allowed[0]}"` : `one of ${allowed.join(', ')}`;
      if (value === undefined) return missing(expected);
      const near = typeof value === 'string' ? nearest(value, allowed) : undefined;
      return [at(path, found, expected, near ? `did you mean "${near}"?` : undefined)];
    }
    case 'too_small': {
      const least = `${issue.minimum}${issue.inclusive === false ? ' (exclusive)' : ''}`;
      return [at(path, found, `at least ${least}${counted(issue.origin, issue.minimum)}`)];
    }
    case 'too_big':
      return [at(path, found, `at most ${issue.maximum}${counted(issue.origin, issue.maximum)}`)];
    case 'invalid_union':
      return unionProblems(issue, path, found, value, doc, missing);
    case 'invalid_key':
      return [doc.keyAt(path, `the key "${String(path.at(-1))}"`, 'a key of the allowed form')];
    default:
      return [at(path, found, issue.message)];
  }
}

function unionProblems(
  issue: z.core.$ZodIssueInvalidUnion & { readonly input?: unknown },
  path: readonly PropertyKey[],
  found: string,
  value: unknown,
  doc: Complained,
  missing: (expected: string) => Problem[],
): Problem[] {
  const { at, root, schema } = doc;
  const kinds = [
    ...new Set(issue.errors.flat().map((i) => (i.code === 'invalid_type' ? article(i.expected) : i.message))),
  ].join(' or ');
  if (value === undefined) return missing(kinds);
  const discriminator = (issue as { discriminator?: string }).discriminator;
  if (discriminator) {
    const options = (issue as { options?: unknown[] }).options?.map(String);
    const key = path.at(-1) === discriminator ? path : [...path, discriminator];
    const written = valueAt(root, key);
    const near = typeof written === 'string' && options ? nearest(written, options) : undefined;
    const expected = options ? `one of ${options.join(', ')}` : `a known "${discriminator}"`;
    return [at(key, show(written), expected, near ? `did you mean "${near}"?` : undefined)];
  }
  // The branch with the fewest complaints is the one that the writer meant.
  const best = [...issue.errors].sort((a, b) => cost(a) - cost(b))[0];
  if (!best || best.length === 0) return [at(path, found, issue.message)];
  if (best.every((i) => i.code === 'invalid_type' && i.path.length === 0))
    return [at(path, found, placeInSchema(schema, path, root).description ?? kinds)];
  return best.flatMap((i) => issueProblems(i as Issue, path, doc));
}

/** What a limit counts: items of a list, characters of a text; nothing for numbers. */
function counted(origin: string, limit: number | bigint): string {
  const one = Number(limit) === 1;
  if (origin === 'array' || origin === 'set') return one ? ' item' : ' items';
  if (origin === 'string') return one ? ' character' : ' characters';
  return '';
}

function typeHint(expected: string, value: unknown): string | undefined {
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `write "${String(value)}" in quotes if it is a text`;
  if (expected === 'boolean' && typeof value === 'string') return 'without quotes; YAML 1.2 has no yes, no, on or off';
  if (expected === 'array' && value !== null && typeof value === 'object') return 'each item begins with "- "';
  return undefined;
}

function cost(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce(
    (n, i) =>
      n + (i.code === 'invalid_type' && i.path.length === 0 ? 100 : i.code === 'unrecognized_keys' ? i.keys.length : 1),
    0,
  );
}

/** Offset of the node at a path; of its nearest existing ancestor where the path ends early. */
function offsetOf(root: Node | null, path: readonly PropertyKey[], of: 'value' | 'key' = 'value'): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [i, key] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((p) => isPair(p) && isScalar(p.key) && String(p.key.value) === String(key));
      if (!pair) return offset;
      const last = i === path.length - 1;
      const keyNode = pair.key as Node;
      const valueNode = pair.value as Node | null;
      const scalar = valueNode && (isScalar(valueNode) || isSeq(valueNode) || isMap(valueNode));
      offset =
        (last && of === 'value' && scalar && valueNode.range && valueNode.range[1] > valueNode.range[0]
          ? valueNode.range[0]
          : keyNode.range?.[0]) ?? offset;
      node = valueNode;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)] as Node | undefined;
      if (!item) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.map((k, i) => (typeof k === 'number' ? `[${k}]` : i === 0 ? String(k) : `.${String(k)}`)).join('');
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"` : String(value);
}

function article(expected: string): string {
  const names: Record<string, string> = {
    object: 'a map',
    array: 'a list',
    record: 'a map',
    string: 'text',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return names[expected] ?? (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}

/**
 * YAML to a validated value, with a place in the file for every mistake and all mistakes at once. Pure: text in, Result out.
 */
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem, Result } from '../contract/index.ts';
import { nearest } from '../kernel/index.ts';

export interface Located<T> {
  readonly value: T;
  readonly file: string;
  /** Makes a problem at a path of the document, for checks that a schema cannot express. */
  problemAt(path: readonly PropertyKey[], found: string, expected: string, hint?: string): Problem;
}

export function readDocument<S extends z.ZodType>(file: string, text: string, schema: S): Result<Located<z.output<S>>> {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true });
  const place = (offset: number) => {
    const p = lines.linePos(offset);
    return { line: Math.max(1, p.line), column: Math.max(1, p.col) };
  };
  if (doc.errors.length > 0) {
    return {
      ok: false,
      problems: doc.errors.map((e) => ({
        file,
        ...place(e.pos[0]),
        path: '',
        found: yamlFound(e.code, e.message),
        expected: 'valid YAML',
        ...(e.code === 'DUPLICATE_KEY' ? { hint: 'each key may stand once in a map' } : {}),
      })),
    };
  }
  const problemAt = (path: readonly PropertyKey[], found: string, expected: string, hint?: string): Problem => ({
    file,
    ...place(offsetOf(doc.contents, path)),
    path: formatPath(path),
    found,
    expected,
    ...(hint ? { hint } : {}),
  });
  const raw: unknown = doc.toJS({ maxAliasCount: 100 });
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (parsed.success) return { ok: true, value: { value: parsed.data, file, problemAt } };
  const problems = parsed.error.issues.flatMap((issue) => issueProblems(issue as Issue, [], problemAt, raw));
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, problems };
}

type Issue = z.core.$ZodIssue & { readonly input?: unknown };
type ProblemAt = Located<unknown>['problemAt'];

function issueProblems(issue: Issue, base: readonly PropertyKey[], at: ProblemAt, root: unknown): Problem[] {
  const path = [...base, ...issue.path];
  const found = 'input' in issue ? show(issue.input) : show(valueAt(root, path));
  switch (issue.code) {
    case 'custom': {
      const p = (issue.params ?? {}) as { found?: string; expected?: string; hint?: string };
      return [at(path, p.found ?? found, p.expected ?? issue.message, p.hint)];
    }
    case 'unrecognized_keys': {
      return issue.keys.map((key) => {
        const known = knownKeys(issue);
        const near = nearest(key, known);
        const hint = near
          ? `did you mean "${near}"?`
          : known.length > 0
            ? `known keys: ${known.join(', ')}`
            : 'remove it';
        return at([...path, key], `unknown key "${key}"`, 'only keys that are described in the schema', hint);
      });
    }
    case 'invalid_type':
      if (valueAt(root, path) === undefined) {
        return [
          at(
            path,
            'nothing',
            `the key "${String(path.at(-1))}" (${article(issue.expected)})`,
            'it has no default, so it must be written',
          ),
        ];
      }
      return [at(path, found, article(issue.expected))];
    case 'invalid_value': {
      const allowed = issue.values.map((v) => String(v));
      const value = valueAt(root, path);
      if (value === undefined)
        return [at(path, 'nothing', `the key "${String(path.at(-1))}": one of ${allowed.join(', ')}`)];
      const near = typeof value === 'string' ? nearest(value, allowed) : undefined;
      return [
        at(
          path,
          found,
          allowed.length === 1 ? `"${allowed[0]}"` : `one of ${allowed.join(', ')}`,
          near ? `did you mean "${near}"?` : undefined,
        ),
      ];
    }
    case 'too_small':
      return [at(path, found, `at least ${issue.minimum}${issue.inclusive === false ? ' (exclusive)' : ''}`)];
    case 'too_big':
      return [at(path, found, `at most ${issue.maximum}`)];
    case 'invalid_union': {
      if (valueAt(root, path) === undefined)
        return [at(path, 'nothing', `the key "${String(path.at(-1))}"`, 'it has no default, so it must be written')];
      const note = (issue as { note?: string; discriminator?: string }).discriminator;
      if (note) {
        const options = (issue as { options?: unknown[] }).options;
        const value = valueAt(root, [...path, note]);
        const key = path.at(-1) === note ? path : [...path, note];
        return [
          at(
            key,
            value === undefined ? 'nothing' : show(value),
            options ? `one of ${options.join(', ')}` : `a known "${note}"`,
          ),
        ];
      }
      // The branch with the fewest complaints is the one that the writer meant.
      const best = [...issue.errors].sort((a, b) => cost(a) - cost(b))[0];
      if (!best || best.length === 0) return [at(path, found, issue.message)];
      if (best.every((i) => i.code === 'invalid_type' && i.path.length === 0)) {
        const kinds = [
          ...new Set(issue.errors.flat().map((i) => (i.code === 'invalid_type' ? article(i.expected) : i.message))),
        ];
        return [at(path, found, kinds.join(' or '))];
      }
      return best.flatMap((i) => issueProblems(i as Issue, path, at, root));
    }
    case 'invalid_key':
      return [at(path, found, 'a key of the allowed form')];
    default:
      return [at(path, found, issue.message)];
  }
}

function cost(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce(
    (n, i) =>
      n + (i.code === 'invalid_type' && i.path.length === 0 ? 100 : i.code === 'unrecognized_keys' ? i.keys.length : 1),
    0,
  );
}

function knownKeys(issue: Issue): string[] {
  const inst = (issue as { inst?: { _zod?: { def?: { shape?: Record<string, unknown> } } } }).inst;
  return Object.keys(inst?._zod?.def?.shape ?? {});
}

/** Offset of the node at a path; of its nearest existing ancestor where the path ends early. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
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
        (last && scalar && valueNode.range && valueNode.range[1] > valueNode.range[0]
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
  return typeof value === 'string'
    ? `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`
    : `${typeof value} ${String(value)}`;
}

function article(expected: string): string {
  const names: Record<string, string> = {
    object: 'a map',
    array: 'a list',
    record: 'a map',
    string: 'text',
    int: 'a whole number',
  };
  return names[expected] ?? (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}

function yamlFound(code: string, message: string): string {
  const first = message.split('\n')[0] ?? code;
  return first.charAt(0).toLowerCase() + first.slice(1);
}

/**
 * A scenario put together before it is checked: parameters in the place of `$name`, and the entries of fragments in the place of
 * `- include: …`. What comes from a fragment keeps its own file and line in every complaint.
 *
 *   parameters: { size: 1 % of flow }                    rate: $size
 *   - include: pump-cycle.yaml                           a file beside this one: { fragment, about, parameters, timeline }
 *     as: morning                                        names in it become morning.…
 *     with: { first: 7 h }                               its parameters
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Problem, Result } from '../../models/contract/index.ts';
import { type OpenDocument, openDocument, readTextFile } from '../../models/document/index.ts';
import { nearest } from '../../models/kernel/index.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
export const parametersSchema = z.record(z.string().regex(NAME, 'a name of letters, digits, dashes'), z.unknown());

/** Values of parameters other than those in the file. */
export type Settings = Readonly<Record<string, unknown>>;

/** `crude-leak[size=2 % of flow, place=10 km]`: a scenario with other values of its parameters. */
export function variantName(scenario: string, settings: Settings): string {
  const parts = Object.entries(settings).map(([name, value]) => `${name}=${String(value)}`);
  return parts.length === 0 ? scenario : `${scenario}[${parts.join(', ')}]`;
}

export function readVariant(text: string): { readonly name: string; readonly settings: Settings } {
  const parts = /^(.*?)\[(.*=.*)\]$/.exec(text);
  if (!parts) return { name: text, settings: {} };
  const settings = parts[2]!.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
  return { name: parts[1]!, settings: Object.fromEntries(settings) };
}

type Path = readonly PropertyKey[];
type Raw = Record<string, unknown>;
/** Where an entry of the whole timeline was written. */
interface Origin {
  readonly document: OpenDocument;
  readonly index: number;
}

const MOST_ENTRIES = 100_000;
const LISTED: readonly string[] = ['fragment', 'about', 'parameters', 'timeline'];
const CALLED: readonly string[] = ['include', 'as', 'with'];

/** `path`: where the scenario lies, from where fragments are looked for. */
export function putTogether(document: OpenDocument, path: string, settings: Settings): Result<OpenDocument> {
  const problems: Problem[] = [];
  if (!isMap(document.raw)) return { ok: true, value: document };
  const { parameters, timeline, matrix, ...rest } = document.raw;
  const values = settle(document, parameters, settings, (name, hint) =>
    document.problemAt(['parameters'], `"${name}"`, 'a parameter of the scenario', hint),
  );
  problems.push(...values.problems);
  const origins: Origin[] = [];
  const entries: unknown[] = [];
  const body = fill(rest, values.map, document, [], problems);
  if (Array.isArray(timeline)) spread(document, path, timeline, values.map, '', [resolve(path)]);
  if (problems.length > 0) return { ok: false, problems };
  const raw = {
    ...(body as Raw),
    ...(parameters === undefined ? {} : { parameters }),
    ...(timeline === undefined ? {} : { timeline: Array.isArray(timeline) ? entries : timeline }),
    ...(matrix === undefined ? {} : { matrix }),
  };
  const routed =
    (how: 'problemAt' | 'keyAt'): OpenDocument['problemAt'] =>
    (at, ...said) => {
      const origin = at[0] === 'timeline' && typeof at[1] === 'number' ? origins[at[1]] : undefined;
      return origin
        ? origin.document[how](['timeline', origin.index, ...at.slice(2)], ...said)
        : document[how](at, ...said);
    };
  return { ok: true, value: { file: document.file, raw, problemAt: routed('problemAt'), keyAt: routed('keyAt') } };

  function spread(from: OpenDocument, near: string, list: unknown[], known: Settings, prefix: string, chain: string[]) {
    list.forEach((written, index) => {
      const at: Path = ['timeline', index];
      const entry = fill(written, known, from, at, problems);
      if (isMap(entry) && 'include' in entry) include(from, near, entry, at, prefix, chain);
      else if (entries.length < MOST_ENTRIES) {
        origins.push({ document: from, index });
        entries.push(prefix === '' ? entry : renamed(entry, prefix));
      }
    });
  }

  function include(from: OpenDocument, near: string, entry: Raw, at: Path, prefix: string, chain: string[]) {
    const report = (key: string, found: string, expected: string, hint?: string) =>
      void problems.push(from.problemAt([...at, key], found, expected, hint));
    for (const key of Object.keys(entry).filter((k) => !CALLED.includes(k)))
      report(key, `unknown key "${key}"`, `one of ${CALLED.join(', ')}`, 'when things happen is said in the fragment');
    const { include: name, as, with: given } = entry;
    if (typeof name !== 'string') return report('include', 'no path', 'the path of a fragment, from this file');
    if (as !== undefined && (typeof as !== 'string' || !NAME.test(as)))
      return report('as', JSON.stringify(as), 'a name of letters, digits and dashes');
    const file = resolve(dirname(near), name);
    if (chain.includes(file)) {
      const names = [...chain.slice(chain.indexOf(file)), file].map((f) => f.split(/[\\/]/).at(-1));
      return report('include', `a circle: ${names.join(' → ')}`, 'fragments that do not include themselves');
    }
    const text = readTextFile(file);
    if (!text.ok) return report('include', `"${name}", which cannot be read`, 'the path of a fragment, from this file');
    const open = openDocument(text.value.file, text.value.text);
    if (!open.ok) return void problems.push(...open.problems);
    const fragment = open.value;
    if (!isMap(fragment.raw) || typeof fragment.raw.fragment !== 'string' || !Array.isArray(fragment.raw.timeline))
      return report('include', `"${name}"`, 'a file with the keys fragment and timeline');
    for (const key of Object.keys(fragment.raw).filter((k) => !LISTED.includes(k)))
      problems.push(fragment.keyAt([key], `unknown key "${key}"`, `one of ${LISTED.join(', ')}`));
    const inside = settle(fragment, fragment.raw.parameters, isMap(given) ? given : {}, (n, hint) =>
      from.problemAt([...at, 'with', n], `"${n}"`, `a parameter of ${name}`, hint),
    );
    problems.push(...inside.problems);
    const deeper = as === undefined ? prefix : `${prefix}${as}.`;
    spread(fragment, file, fragment.raw.timeline, inside.map, deeper, [...chain, file]);
  }
}

/** Defaults of a document under what was given; a name that it does not know is told by `unknown`. */
function settle(
  document: OpenDocument,
  defaults: unknown,
  given: Settings,
  unknown: (name: string, hint: string) => Problem,
): { readonly map: Settings; readonly problems: Problem[] } {
  const known: Raw = isMap(defaults) ? defaults : {};
  const problems = Object.keys(given)
    .filter((n) => !(n in known))
    .map((n) => unknown(n, hintOf(n, known)));
  for (const [name, value] of Object.entries(known))
    if (value === null)
      problems.push(document.problemAt(['parameters', name], 'an empty value', 'what it is unless somebody says else'));
  return { map: { ...known, ...given }, problems };
}

function hintOf(name: string, known: Readonly<Record<string, unknown>>): string {
  const near = nearest(name, Object.keys(known));
  return near ? `did you mean "${near}"?` : `known: ${Object.keys(known).join(', ') || 'none'}`;
}

/** Everything with `$name` replaced; a text that is more than that stays as it is. */
function fill(value: unknown, known: Settings, document: OpenDocument, at: Path, problems: Problem[]): unknown {
  if (typeof value === 'string') {
    const name = /^\$([A-Za-z][A-Za-z0-9_-]*)$/.exec(value)?.[1];
    if (name === undefined) return value;
    if (name in known) return known[name];
    problems.push(document.problemAt(at, `"${value}"`, 'a name under "parameters"', hintOf(name, known)));
    return value;
  }
  if (Array.isArray(value)) return value.map((v, i) => fill(v, known, document, [...at, i], problems));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v, known, document, [...at, k], problems)]));
}

/** Names of a fragment that is included under a name of its own, and what refers to them. */
function renamed(entry: unknown, prefix: string): unknown {
  if (!isMap(entry)) return entry;
  const out: Raw = { ...entry };
  for (const key of ['id', 'leak', 'fault', 'close', 'clear'])
    if (typeof out[key] === 'string') out[key] = `${prefix}${out[key]}`;
  if (isMap(out.after) && typeof out.after.of === 'string')
    out.after = { ...out.after, of: `${prefix}${out.after.of}` };
  return out;
}

function isMap(value: unknown): value is Raw {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The files of one recorded transient case: parameters, pipes, nodes, series and the network they came from. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type InpNetwork, readInp } from '../../models/physics/index.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface CaseFiles {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, unknown>; // keys of nested objects joined by dots
  readonly pipes: Table;
  readonly nodes: Table;
  readonly series: Table;
  readonly inp?: InpNetwork;
  readonly inpProblem?: string;
}

/** The folder itself where it holds cases; else those right below it that hold whole ones. */
export function caseFolders(folder: string): string[] {
  if (caseNames(folder).length > 0) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => join(folder, e.name))
    .filter((f) => caseNames(f).some((name) => existsSync(join(f, `${name}.pipes.csv`))))
    .sort();
}

/** Names of the cases in a folder: every `.json` with a series beside it. */
export function caseNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((f) => f.endsWith('.json') && existsSync(join(folder, f.replace(/json$/, 'csv'))))
    .map((f) => f.slice(0, -5))
    .sort();
}

/** Reads a case; throws with a sentence when a file is missing or broken. */
export function readCase(folder: string, name: string): CaseFiles {
  const parameters = new Map<string, unknown>();
  flatten(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')), '', parameters);
  const table = (suffix: string) => parseTable(readFileSync(join(folder, `${name}${suffix}`), 'utf8'));
  const files = { name, parameters, pipes: table('.pipes.csv'), nodes: table('.nodes.csv'), series: table('.csv') };
  const net = parameters.get('net') ?? parameters.get('network');
  if (typeof net !== 'string') return files;
  const base = basename(net);
  const places = [folder, join(folder, 'networks'), join(folder, '..', 'networks'), join(folder, '..')];
  const path = places.map((p) => join(p, base)).find((p) => existsSync(p));
  if (!path) return { ...files, inpProblem: `${base} was found neither beside the case nor in a networks folder` };
  const inp = readInp(readFileSync(path, 'utf8'), base);
  if (inp.ok) return { ...files, inp: inp.value };
  const p = inp.problems[0];
  return { ...files, inpProblem: `${p.file}:${p.line}:${p.column}: found ${p.found}, expected ${p.expected}` };
}

/** A column of numbers; undefined where there is none of these names. */
export function numbers(table: Table, ...names: readonly string[]): Float64Array | undefined {
  const c = table.columns.findIndex((name) => names.includes(name));
  return c < 0 ? undefined : Float64Array.from(table.rows, (row) => Number(row[c]));
}

/** A column of text. */
export function texts(table: Table, name: string): string[] {
  const c = table.columns.indexOf(name);
  return table.rows.map((row) => row[c] ?? '');
}

function parseTable(text: string): Table {
  const lines = text.split(/\r?\n/).filter((l) => l.trim() !== '');
  const cells = lines.map((l) => l.split(',').map((x) => x.trim()));
  return { columns: cells[0] ?? [], rows: cells.slice(1) };
}

function flatten(value: unknown, path: string, into: Map<string, unknown>): void {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, path === '' ? key : `${path}.${key}`, into);
  } else if (Array.isArray(value) && value.some((x) => x !== null && typeof x === 'object' && !Array.isArray(x))) {
    value.forEach((inner, i) => {
      flatten(inner, `${path}.${i}`, into);
    });
  } else into.set(path, value);
}

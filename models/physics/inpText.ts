/**
 * The text of EPANET files: rows of tokens by section, numbers, times, curves.
 * Format: EPANET 2.2 User Manual (2020), appendix C.
 */
import type { inpUnits } from './inpUnits.ts';

export interface Token {
  readonly text: string;
  readonly column: number;
}

export interface Row {
  readonly line: number;
  readonly raw: string;
  readonly tokens: readonly Token[];
}

/** Sections that EPANET knows. */
export const SECTIONS = [
  'TITLE',
  'JUNCTIONS',
  'RESERVOIRS',
  'TANKS',
  'PIPES',
  'PUMPS',
  'VALVES',
  'CONTROLS',
  'RULES',
  'DEMANDS',
  'SOURCES',
  'EMITTERS',
  'PATTERNS',
  'CURVES',
  'QUALITY',
  'STATUS',
  'ROUGHNESS',
  'ENERGY',
  'REACTIONS',
  'MIXING',
  'REPORT',
  'TIMES',
  'OPTIONS',
  'COORDINATES',
  'VERTICES',
  'LABELS',
  'BACKDROP',
  'TAGS',
  'LEAKAGE',
  'END',
];

/** A number as EPANET writes it. */
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A valve's setting in SI per unit of the file, by its type. */
export function valveScale(type: string, u: ReturnType<typeof inpUnits>): number {
  if (type === 'PRV' || type === 'PSV' || type === 'PBV') return 1 / u.pressure_per_m;
  return type === 'FCV' ? u.flow_m3_s : 1;
}

/** dV/dh of a volume curve at a level, in the file's units. */
export function curveArea(curve: readonly (readonly [number, number])[], level: number): number {
  if (curve.length < 2) return 0;
  let i = 0;
  while (i < curve.length - 2 && level > curve[i + 1][0]) i++;
  return (curve[i + 1][1] - curve[i][1]) / (curve[i + 1][0] - curve[i][0]);
}

/** Seconds of `1:30`, `1:30:15`, `1.5`, with SEC, MIN, HOURS, DAYS, AM or PM behind. */
export function clock(text: string, unit: string): number | undefined {
  const parts = text.split(':');
  if (parts.some((p) => !/^\d*\.?\d*$/.test(p) || p === '' || p === '.')) return undefined;
  const [h, m = 0, s = 0] = parts.map(Number);
  if (parts.length > 1) {
    const base = h * 3600 + m * 60 + s;
    if (unit === 'PM' && h < 12) return base + 43200;
    return unit === 'AM' && h === 12 ? base - 43200 : base;
  }
  if (unit.startsWith('SEC')) return h;
  if (unit.startsWith('MIN')) return h * 60;
  if (unit.startsWith('DAY')) return h * 86400;
  if (unit === 'AM') return (h % 12) * 3600;
  if (unit === 'PM') return ((h % 12) + 12) * 3600;
  return h * 3600;
}

/** A line without its comment. */
export function uncommented(line: string): string {
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"') quoted = !quoted;
    if (line[i] === ';' && !quoted) return line.slice(0, i);
  }
  return line;
}

/** Words of a line; quotes hold blanks together. */
export function tokenise(line: string): Token[] {
  const tokens: Token[] = [];
  for (const m of uncommented(line).matchAll(/"([^"]*)"?|[^\s"]+/g))
    tokens.push({ text: m[1] ?? m[0], column: m.index + 1 });
  return tokens;
}

/** "did you mean" by case or by one letter. */
export function hint(name: string, known: Iterable<string>): string | undefined {
  for (const k of known)
    if (k !== name && k.toLowerCase() === name.toLowerCase()) return `names are case-sensitive: "${k}" exists`;
  return undefined;
}

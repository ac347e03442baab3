/**
 * What EPANET's report says about a file that it rejects, as problems with line and column. The report quotes the line:
 *
 *   Error 203: undefined node X in [PIPES] section:
 *    P2 A X 100 100 100 0 Open
 *
 * and for faults of the whole network names the element ("… for tank node 2"). A problem keeps EPANET's number and sentence.
 */
import { readInp } from '../inp.ts';
import type { InpProblem } from '../inpTypes.ts';
import { sectionRows } from './split.ts';

/** What would have been right, by EPANET's error number. */
const EXPECTED: Readonly<Record<number, string>> = {
  201: 'a line in the form of this section',
  202: 'a number in its range',
  203: 'a node that [JUNCTIONS], [RESERVOIRS] or [TANKS] define',
  204: 'a link that [PIPES], [PUMPS] or [VALVES] define',
  205: 'a pattern that [PATTERNS] defines',
  206: 'a curve that [CURVES] defines',
  207: 'a link that can be controlled: no check valve, no GPV',
  208: 'a required pressure above the minimum pressure',
  209: 'a value in range for a node',
  211: 'a value in range for a link',
  213: 'a value that this option knows',
  214: 'at most 1024 characters in a line',
  215: 'a name of its own for every node, every link',
  217: 'a pump with its energy data',
  219: 'a junction between the valve and the reservoir or tank',
  220: 'a pipe between the two valves',
  221: 'IF, AND, OR, THEN, ELSE, PRIORITY in this order',
  222: 'two different end nodes',
  223: 'at least two nodes, one of them a junction',
  224: 'at least one reservoir or tank: the network has no source',
  225: 'minimum level ≤ initial level ≤ maximum level, and a volume curve that covers them',
  226: 'a head curve or a power',
  227: 'a head curve that falls with flow',
  230: 'x-values that increase',
  231: 'points for the curve',
  232: 'multipliers for the pattern',
  233: 'a link at every node',
  234: 'a link at every node',
  299: 'a section that EPANET knows',
};

/** Sections in which an element that the sentence names is defined. */
const HOME: Readonly<Record<string, string>> = {
  tank: 'TANKS',
  node: 'JUNCTIONS',
  pump: 'PUMPS',
  curve: 'CURVES',
  pattern: 'PATTERNS',
  link: 'PIPES',
  valve: 'VALVES',
};

interface Complaint {
  readonly code: number;
  readonly sentence: string;
  readonly section: string;
  readonly quoted: string;
}

/** The problems of a rejected file; `code` is what EPANET returned. */
export function reportProblems(text: string, file: string, report: string, code: number): InpProblem[] {
  const lines = text.split(/\r\n|\n|\r/);
  let complaints = complaintsOf(report);
  const special = complaints.filter((c) => c.code !== 200 && c.code !== 233 && c.code !== 110);
  if (special.length > 0) complaints = special;
  if (complaints.length === 0)
    complaints = [{ code, sentence: 'the input was rejected without a reason', section: '', quoted: '' }];
  const ours = readInp(text, file);
  const own = ours.ok ? [] : ours.problems;
  const taken = new Set<number>();
  return complaints.map((c) => place(c, lines, file, own, taken));
}

function complaintsOf(report: string): Complaint[] {
  const lines = report.split('\n').map((l) => l.trim());
  const found: Complaint[] = [];
  lines.forEach((line, i) => {
    const m = /^(?:Input )?Error (\d+): *(.*?):?$/.exec(line);
    if (!m) return;
    const section = /in \[(\w+)\]/.exec(m[2])?.[1] ?? (/ of Rule /.test(m[2]) ? 'RULES' : '');
    const next = lines[i + 1] ?? '';
    const quotes = (section !== '' || m[1] === '299') && !/^(Input )?Error /.test(next);
    const sentence = m[2]
      .replace(/function call contains /, '')
      .replace(/\s+/g, ' ')
      .trim();
    found.push({ code: Number(m[1]), sentence, section, quoted: quotes ? next : '' });
  });
  return found.filter((c, i) => found.findIndex((d) => d.sentence === c.sentence && d.quoted === c.quoted) === i);
}

function place(
  c: Complaint,
  lines: readonly string[],
  file: string,
  own: readonly InpProblem[],
  taken: Set<number>,
): InpProblem {
  const word = subject(c);
  const row = c.quoted === '' ? definition(c.sentence, lines) : quotedLine(c, lines, taken);
  if (row >= 0) taken.add(row);
  const column = row < 0 ? 0 : columnOf(lines[row], word);
  const better = own.find((p) => p.line === row + 1);
  const name = row < 0 ? '' : (lines[row].trim().split(/[\s,;]+/)[0] ?? '');
  const section = c.section || (row >= 0 ? sectionAt(lines, row) : '');
  return {
    file,
    line: row + 1,
    column: better?.column ?? column,
    path: better?.path ?? [section, name].filter((x) => x !== '' && !x.startsWith('[')).join('/'),
    found: `EPANET error ${c.code}: ${c.sentence}`,
    expected: better?.expected ?? EXPECTED[c.code] ?? 'input that EPANET accepts',
    ...(better?.hint ? { hint: better.hint } : {}),
  };
}

/** The word that a sentence complains about: the last before "in [SECTION]". */
function subject(c: Complaint): string {
  return /(\S+) in (?:\[|following)/.exec(c.sentence)?.[1] ?? c.sentence.split(' ').at(-1) ?? '';
}

function quotedLine(c: Complaint, lines: readonly string[], taken: ReadonlySet<number>): number {
  const wanted = squeeze(c.quoted);
  const matches = lines.flatMap((l, i) => (squeeze(l).startsWith(wanted) && !taken.has(i) ? [i] : []));
  const inSection = matches.filter((i) => c.section === '' || sectionAt(lines, i).startsWith(c.section.slice(0, 4)));
  const candidates = inSection.length > 0 ? inSection : matches;
  // Of two equal lines the later one is the duplicate.
  return (c.code === 215 ? candidates.at(-1) : candidates[0]) ?? -1;
}

/** Line where the element that a sentence ends with is defined. */
function definition(sentence: string, lines: readonly string[]): number {
  const m = /(tank|node|pump|curve|pattern|link|valve)(?: node)?(?: with ID:)? +(\S+)$/i.exec(sentence);
  if (!m) return -1;
  for (const section of [HOME[m[1].toLowerCase()], 'JUNCTIONS', 'RESERVOIRS', 'TANKS', 'PIPES', 'PUMPS', 'VALVES']) {
    const row = sectionRows(lines, section).find((r) => r.tokens[0] === m[2]);
    if (row) return row.line;
  }
  return -1;
}

function sectionAt(lines: readonly string[], row: number): string {
  for (let i = row; i >= 0; i--) {
    const m = /^\s*\[\s*(\w+)/.exec(lines[i]);
    if (m) return m[1].toUpperCase();
  }
  return '';
}

function columnOf(line: string, word: string): number {
  for (const m of line.matchAll(/[^\s,]+/g)) if (m[0] === word) return m.index + 1;
  return line.length - line.trimStart().length + 1;
}

const squeeze = (line: string) => line.replace(/[\s,]+/g, ' ').trim();

/**
 * Leak sites become nodes of the text, before EPANET sees it: nodes cannot be added once the solver is open.
 *
 * A pipe with sites at fractions f1 < f2 < … becomes pipes of lengths f1·L, (f2 − f1)·L, …; its minor loss is shared in the
 * same proportions. The first part keeps the name, so that controls, rules and [STATUS] still mean it, and with it the
 * status: a check valve or a shut valve stands at the pipe's start. Elevations are interpolated between the end nodes; at a
 * reservoir, which has none, the other end's counts.
 */
import { hint } from '../inpText.ts';
import type { InpProblem } from '../inpTypes.ts';
import type { LeakSite } from './model.ts';

interface InpRow {
  readonly line: number; // from 0
  readonly tokens: readonly string[];
}

export interface SplitText {
  readonly text: string;
  readonly problems: readonly InpProblem[];
}

const LONGEST_ID = 31;

/** The rows of a section as EPANET reads them: headers by four letters, blanks, tabs and commas between words. */
export function sectionRows(lines: readonly string[], section: string): InpRow[] {
  const rows: InpRow[] = [];
  let inside = false;
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i].replace(/;.*$/, '');
    const header = /^\s*\[\s*(\w+)/.exec(text);
    if (header) {
      const name = header[1].slice(0, 4).toUpperCase();
      if (name.startsWith('END')) break;
      inside = section.startsWith(name);
      continue;
    }
    if (!inside) continue;
    const tokens = Array.from(text.matchAll(/"([^"]*)"|[^\s,"]+/g), (m) => m[1] ?? m[0]);
    if (tokens.length > 0) rows.push({ line: i, tokens });
  }
  return rows;
}

/** The text with a node and another pipe for every site inside a pipe. */
export function splitPipes(text: string, sites: readonly LeakSite[], file: string): SplitText {
  const lines = text.split(/\r\n|\n|\r/);
  const junctions = sectionRows(lines, 'JUNCTIONS');
  const tanks = sectionRows(lines, 'TANKS');
  const fixed = new Set([...sectionRows(lines, 'RESERVOIRS'), ...tanks].map((r) => r.tokens[0]));
  const pipes = new Map(sectionRows(lines, 'PIPES').map((r) => [r.tokens[0], r]));
  const elevation = new Map([...junctions, ...tanks].map((r) => [r.tokens[0], Number(r.tokens[1] ?? 0)]));
  const nodes = new Set([...junctions.map((r) => r.tokens[0]), ...fixed]);
  const links = new Set(['PIPES', 'PUMPS', 'VALVES'].flatMap((s) => sectionRows(lines, s).map((r) => r.tokens[0])));
  const problems: InpProblem[] = [];
  const wanted = new Map<string, { id: string; fraction: number }[]>();

  sites.forEach((site, i) => {
    const say = (key: string, found: string, expected: string, hinted?: string, row?: InpRow) =>
      problems.push({
        file,
        line: row ? row.line + 1 : 0,
        column: row ? 1 : 0,
        path: `leaks[${i}].${key}`,
        found,
        expected,
        ...(hinted ? { hint: hinted } : {}),
      });
    if (sites.findIndex((s) => s.id === site.id) < i) say('id', `"${site.id}" again`, 'a name of its own');
    if ('node' in site) {
      if (fixed.has(site.node)) say('node', `"${site.node}", whose head is fixed`, 'a junction');
      else if (!nodes.has(site.node)) say('node', `"${site.node}"`, 'a junction of the file', hint(site.node, nodes));
      return;
    }
    if (nodes.has(site.id)) say('id', `"${site.id}"`, 'a name that no node of the file has');
    if (site.id.length > LONGEST_ID || !/^[^\s,;"]+$/.test(site.id))
      say('id', `"${site.id}"`, `at most ${LONGEST_ID} characters without blanks, commas, quotes or semicolons`);
    const row = pipes.get(site.pipe);
    if (!row) say('pipe', `"${site.pipe}"`, 'a pipe of the file', hint(site.pipe, pipes.keys()));
    if (!(site.fraction > 0 && site.fraction < 1))
      say('fraction', `${site.fraction}`, 'a number between 0 and 1', 'for a leak at an end, name the node');
    if (row) wanted.set(site.pipe, [...(wanted.get(site.pipe) ?? []), { id: site.id, fraction: site.fraction }]);
  });
  for (const [pipe, list] of wanted) {
    list.sort((a, b) => a.fraction - b.fraction);
    for (let k = 1; k < list.length; k++) {
      if (list[k].fraction !== list[k - 1].fraction) continue;
      const found = `"${list[k - 1].id}" and "${list[k].id}" at ${list[k].fraction} of "${pipe}"`;
      problems.push({ file, line: 0, column: 0, path: 'leaks', found, expected: 'one site at one place' });
    }
  }
  if (problems.length > 0) return { text, problems };

  const additions: string[] = [];
  const copies = new Map<string, string[]>();
  const out = lines.slice();
  for (const [id, list] of wanted) {
    const row = pipes.get(id) as InpRow;
    const { parts, rows } = pipeParts(row.tokens, list, links);
    out[row.line] = rows.join('\n');
    copies.set(id, parts.slice(1));
    const [z1, z2] = [row.tokens[1], row.tokens[2]].map((n) => elevation.get(n));
    for (const { id: node, fraction } of list) {
      const z = z1 === undefined || z2 === undefined ? (z1 ?? z2 ?? 0) : z1 + fraction * (z2 - z1);
      additions.push(` ${node} ${z} 0`);
    }
  }
  // Background leakage is per length: each part leaks like the whole.
  for (const row of sectionRows(lines, 'LEAKAGE')) {
    const parts = copies.get(row.tokens[0]) ?? [];
    out[row.line] = [out[row.line], ...parts.map((p) => ` ${[p, ...row.tokens.slice(1)].join(' ')}`)].join('\n');
  }
  if (additions.length === 0) return { text, problems };
  // Behind the file's own junctions, so that these keep their indices, and before the pipes that name them.
  const first = Math.min(...Array.from(wanted.keys(), (id) => pipes.get(id)?.line ?? 0));
  const last = junctions.findLast((r) => r.line < first);
  if (last) out[last.line] = [out[last.line], ...additions].join('\n');
  else out.unshift('[JUNCTIONS]', ...additions, '[TITLE]');
  return { text: out.join('\n'), problems };
}

/** A pipe's row as the rows of its parts. */
function pipeParts(tokens: readonly string[], list: readonly { id: string; fraction: number }[], links: Set<string>) {
  const [id, from, to, length, diameter, roughness] = tokens;
  const numeric = tokens[6] !== undefined && Number.isFinite(Number(tokens[6]));
  const minor = numeric ? Number(tokens[6]) : 0;
  const status = (numeric ? tokens[7] : tokens[6]) ?? 'Open';
  const cuts = [0, ...list.map((s) => s.fraction), 1];
  const ends = [from, ...list.map((s) => s.id), to];
  const parts: string[] = [];
  const rows: string[] = [];
  for (let k = 0; k + 1 < cuts.length; k++) {
    const share = cuts[k + 1] - cuts[k];
    const name = k === 0 ? id : freshName(id, k + 1, links);
    links.add(name);
    parts.push(name);
    const state = k === 0 ? status : 'Open';
    const cells = [name, ends[k], ends[k + 1], Number(length) * share, diameter, roughness, minor * share, state];
    rows.push(` ${cells.join(' ')}`);
  }
  return { parts, rows };
}

function freshName(id: string, part: number, taken: ReadonlySet<string>): string {
  const tail = `~${part}`;
  const stem = id.slice(0, LONGEST_ID - tail.length);
  if (!taken.has(stem + tail)) return stem + tail;
  for (let n = 1; ; n++) {
    const name = `~${n}${tail}`;
    if (!taken.has(name)) return name;
  }
}

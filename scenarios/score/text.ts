/**
 * Words and numbers as the judge prints them: in a terminal, in Markdown, in XML and in HTML. One place, so that a figure
 * reads the same everywhere.
 */

import type { VerdictStatus } from '../../models/contract/index.ts';
import type { Interval } from '../../models/kernel/index.ts';

/** Three significant digits and no trailing zeros; whole from 1000 up: `61.2`, `0.3`, `18500`, `1.2e-7`. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : 'not a number';
  const text = Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}

export function count(n: number, one: string, many: string): string {
  return `${n === 0 ? 'no' : n} ${n === 1 ? one : many}`;
}

/** Units as they are read aloud next to a number; `per day` needs no space after a slash. */
export function withUnit(text: string, unit: string): string {
  if (unit === '') return text;
  if (unit === 'probability') return `P = ${text}`;
  if (unit === 'per day') return `${text} /day`;
  return `${text} ${unit === 'm3' ? 'm³' : unit}`;
}

/** The number of a verdict or a summary row; what is missing has a word of its own per criterion. */
export function actualText(v: { criterion: string; actual: number | null; unit: string }): string {
  if ((v.criterion === 'detected' || v.criterion === 'named') && v.unit === '')
    return v.actual === null ? '–' : v.actual > 0 ? 'yes' : 'no';
  if (v.actual === null) return v.criterion === 'latency' ? 'never' : '–';
  return withUnit(number(v.actual), v.unit);
}

export function limitText(v: { criterion: string; unit: string }, limit: number | null | undefined): string {
  if (limit === null || limit === undefined) return '';
  if (v.criterion === 'named' && v.unit === 'leaks') return `> ${number(limit)}`;
  if (v.criterion === 'detected' || v.criterion === 'named') return v.unit === '' ? 'yes' : `P ≥ ${number(limit)}`;
  return `≤ ${withUnit(number(limit), v.unit)}`;
}

export function intervalText(interval: Interval | undefined): string {
  return interval === undefined ? '' : `[${number(interval.low)}, ${number(interval.high)}]`;
}

/** A mark, a letter and a word for each status: never colour alone. */
export const STATUS: Readonly<Record<VerdictStatus, { mark: string; letter: string; word: string }>> = {
  pass: { mark: '✓', letter: 'P', word: 'pass' },
  acceptable: { mark: '≈', letter: 'A', word: 'acceptable' },
  fail: { mark: '✕', letter: 'F', word: 'fail' },
  'not-applicable': { mark: '·', letter: 'N', word: 'no verdict' },
};

/** `false alarms`, `volume lost`: criteria are written with dashes in YAML only. */
export function criterionText(criterion: string): string {
  if (criterion.startsWith('efficiency-')) return `η ${criterion.slice('efficiency-'.length)}`;
  return criterion.replaceAll('-', ' ');
}

/** Text for XML 1.0 and HTML, in content and in quoted attributes. Characters that XML forbids become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids just these
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}

/** Text for Markdown: a name that somebody chose must not become markup, a column or a mention. */
export function md(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|#~@]/g, (c) => (c === '@' ? '@\u200b' : `\\${c}`))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Words broken into lines of at most `width`; a longer word keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

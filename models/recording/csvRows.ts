/**
 * CSV text to rows of fields, as a stream: quotes (RFC 4180), CRLF, LF or CR, a byte-order mark, any one-character delimiter.
 * A row knows its line, so that a problem can say where it is. Memory holds one piece of the file and one row.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { type Problem, ProblemError, plainProblem } from '../contract/index.ts';

export interface CsvRow {
  /** 1-based line on which the row begins. */
  readonly line: number;
  readonly fields: readonly string[];
  /** 1-based column of each field, where quotes make them differ from the sum of the lengths. */
  readonly columns?: readonly number[];
}

/** A field beyond this is an unclosed quote or no CSV at all. */
const LONGEST_ROW = 1024 * 1024;
const PIECE = 256 * 1024;

/** A file as problems should name it. */
export function shownPath(path: string): string {
  const rel = relative(process.cwd(), path);
  return rel !== '' && !rel.startsWith('..') ? rel : path;
}

/** The 1-based column of a field in its line. */
export function fieldColumn(row: CsvRow, index: number): number {
  if (row.columns) return row.columns[index] ?? 1;
  let column = 1;
  for (let i = 0; i < index && i < row.fields.length; i += 1) column += row.fields[i]!.length + 1;
  return column;
}

/** The first text of a file, for sniffing, and whether it is all of it; throws a ProblemError where there is no text to read. */
export async function headOf(path: string): Promise<{ text: string; whole: boolean }> {
  const file = shownPath(path);
  const fail = (found: string, expected: string, hint?: string) =>
    new ProblemError([plainProblem(file, '', found, expected, hint)]);
  const info = await stat(path).catch(() => undefined);
  if (!info) throw fail('no such file', 'a readable CSV file');
  if (!info.isFile()) throw fail('a folder', 'a readable CSV file');
  const pieces: Buffer[] = [];
  try {
    for await (const piece of createReadStream(path, { end: PIECE - 1 })) pieces.push(piece as Buffer);
  } catch (error) {
    throw fail((error as Error).message, 'a readable CSV file');
  }
  const bytes = Buffer.concat(pieces);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw fail('UTF-16 text', 'UTF-8 text', 'save it as CSV UTF-8');
  }
  if (bytes.includes(0)) throw fail('binary data', 'CSV text');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') throw fail('an empty file', 'a header and rows');
  return { text, whole: bytes.length < PIECE };
}

/** Rows in batches, a piece of the file at a time; empty lines are passed over. */
export async function* csvRows(path: string, delimiter: string): AsyncGenerator<readonly CsvRow[], void, undefined> {
  const decoder = new TextDecoder('utf-8');
  const file = shownPath(path);
  let rest = '';
  let line = 1;
  for await (const piece of createReadStream(path, { highWaterMark: PIECE })) {
    const cut = takeRows(file, rest + decoder.decode(piece as Buffer, { stream: true }), delimiter, line, false);
    rest = cut.rest;
    line = cut.line;
    if (cut.rows.length > 0) yield cut.rows;
  }
  const last = takeRows(file, rest + decoder.decode(), delimiter, line, true);
  if (last.rows.length > 0) yield last.rows;
}

/** Cuts whole rows off a text; `rest` is the row that has no end yet. */
export function takeRows(
  file: string,
  text: string,
  delimiter: string,
  firstLine: number,
  atEnd: boolean,
): { rows: CsvRow[]; rest: string; line: number } {
  const rows: CsvRow[] = [];
  let at = 0;
  let line = firstLine;
  // Each mark is looked for once, not once a row: most texts have few of one of them.
  const nextLf = finder(text, '\n');
  const nextCr = finder(text, '\r');
  const nextQuote = finder(text, '"');
  while (at < text.length) {
    const lf = nextLf(at);
    const cr = nextCr(at);
    const end = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
    if (end < 0 && !atEnd) break;
    const stop = end < 0 ? text.length : end;
    // A CR at the very end of a piece may be half of a CRLF.
    if (!atEnd && text.charCodeAt(stop) === 13 && stop + 1 === text.length) break;
    const quote = nextQuote(at);
    if (quote < 0 || quote >= stop) {
      if (stop > at) rows.push({ line, fields: text.slice(at, stop).split(delimiter) });
      at = behindEnd(text, stop);
      line += 1;
      continue;
    }
    const row = quotedRow(text, at, delimiter, line, atEnd);
    if (row === 'unclosed') throw unclosed(file, line, quote - at + 1);
    if (row === undefined) break;
    rows.push(row.row);
    at = row.next;
    line = row.line;
  }
  const rest = text.slice(at);
  if (rest.length > LONGEST_ROW) {
    const quote = rest.indexOf('"');
    if (quote >= 0) throw unclosed(file, line, quote + 1);
    throw new ProblemError([
      {
        file,
        line,
        column: 1,
        path: '',
        found: `a row of more than ${LONGEST_ROW >> 20} MiB`,
        expected: 'rows that end in a line break',
      },
    ]);
  }
  return { rows, rest, line };
}

function unclosed(file: string, line: number, column: number): ProblemError {
  const problem: Problem = {
    file,
    line,
    column,
    path: '',
    found: 'a quote that is never closed',
    expected: 'a closing quote',
    hint: 'a quote inside quotes is written twice',
  };
  return new ProblemError([problem]);
}

function finder(text: string, mark: string): (from: number) => number {
  let found = text.indexOf(mark);
  return (from) => {
    if (found >= 0 && found < from) found = text.indexOf(mark, from);
    return found;
  };
}

function behindEnd(text: string, end: number): number {
  return text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
}

/** A row that has quotes in it, character by character; undefined where the text ends before the row does. */
function quotedRow(
  text: string,
  start: number,
  delimiter: string,
  line: number,
  atEnd: boolean,
): { row: CsvRow; next: number; line: number } | 'unclosed' | undefined {
  const fields: string[] = [];
  const columns: number[] = [];
  let at = start;
  let lineStart = start;
  let lines = line;
  for (;;) {
    columns.push(at - lineStart + 1);
    let field = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) return atEnd || text.length - start > LONGEST_ROW ? 'unclosed' : undefined;
        const inside = text.slice(at, close);
        for (let n = inside.indexOf('\n'); n >= 0; n = inside.indexOf('\n', n + 1)) {
          lines += 1;
          lineStart = at + n + 1;
        }
        field += inside;
        at = close + 1;
        if (text[at] !== '"') break;
        field += '"';
        at += 1;
      }
    }
    const from = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
    if (at >= text.length && !atEnd) return undefined;
    fields.push(field + text.slice(from, at));
    if (text[at] !== delimiter) break;
    at += 1;
  }
  if (!atEnd && text[at] === '\r' && at + 1 === text.length) return undefined;
  return { row: { line, fields, columns }, next: behindEnd(text, at), line: lines + 1 };
}

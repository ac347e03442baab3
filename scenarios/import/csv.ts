/**
 * CSV as companies export it: comma, semicolon or tab; quotes of RFC 4180; a byte-order mark; comment lines with #. Every
 * cell knows its line and column, so that a mistake in a spreadsheet of a thousand rows can be found.
 */
import type { Problem, Result } from '../../models/contract/index.ts';

export interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface CsvTable {
  readonly file: string;
  readonly delimiter: string;
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

export function cellProblem(
  file: string,
  cell: Cell,
  path: string,
  found: string,
  expected: string,
  hint?: string,
): Problem {
  return { file, line: cell.line, column: cell.column, path, found, expected, ...(hint ? { hint } : {}) };
}

/** Reads a table whose first row names its columns. */
export function readCsv(file: string, text: string): Result<CsvTable> {
  const delimiter = delimiterOf(text);
  const problems: Problem[] = [];
  const rows = splitRows(file, text, delimiter, problems).filter(
    (row) => row.some((c) => c.text !== '') && !row[0]!.text.startsWith('#'),
  );
  const header = rows[0];
  const nowhere: Cell = { text: '', line: 1, column: 1 };
  if (problems.length === 0 && !header)
    problems.push(cellProblem(file, nowhere, '', 'an empty file', 'a header row and data rows'));
  else if (problems.length === 0 && rows.length === 1)
    problems.push(cellProblem(file, header![0]!, '', 'a header without data rows', 'at least one data row'));
  for (const row of rows.slice(1)) {
    const surplus = row.slice(header!.length).find((c) => c.text !== '');
    if (surplus) {
      problems.push(
        cellProblem(
          file,
          surplus,
          '',
          `${row.length} cells`,
          `${header!.length} as in the header`,
          `text that contains "${delimiter}" stands in quotes`,
        ),
      );
    }
  }
  if (problems.length > 0 || !header) return { ok: false, problems };
  return { ok: true, value: { file, delimiter, header, rows: rows.slice(1) } };
}

/** The delimiter that splits the first row with content into the most cells. */
function delimiterOf(text: string): string {
  const first = text.split(/\r?\n/).find((l) => l.trim() !== '' && !l.startsWith('#')) ?? '';
  const count = (d: string) => first.split(d).length;
  return [',', ';', '\t'].reduce((best, d) => (count(d) > count(best) ? d : best), ',');
}

function splitRows(file: string, text: string, delimiter: string, problems: Problem[]): Cell[][] {
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let line = 1;
  let lineStart = text.startsWith('\uFEFF') ? 1 : 0;
  let at = lineStart;
  while (at < text.length) {
    const place = { line, column: at - lineStart + 1 };
    let value = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end === -1) {
          problems.push(
            cellProblem(
              file,
              { text: '', ...place },
              '',
              'a quote that is never closed',
              'a closing quote',
              'a quote inside quotes is written twice',
            ),
          );
          return rows;
        }
        value += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        value += '"';
        at += 1;
      }
      line += value.split('\n').length - 1;
      if (value.includes('\n')) lineStart = text.lastIndexOf('\n', at - 1) + 1;
    }
    // What follows a closing quote belongs to the cell too; strict readers would refuse it, spreadsheets do not.
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') value += text[at++];
    row.push({ text: value.trim(), ...place });
    if (text[at] === delimiter) {
      at += 1;
      if (at === text.length) row.push({ text: '', line, column: at - lineStart + 1 });
      continue;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    rows.push(row);
    row = [];
    line += 1;
    lineStart = at;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

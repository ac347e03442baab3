/** Small tables beside a recording (places of sensors, of equipment, releases), read whole; headers are looked up by name, whatever their case. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, plainProblem } from '../../contract/index.ts';
import { csvRows, shownPath } from '../csvRows.ts';

export interface SmallTable {
  readonly path: string;
  /** As problems name it. */
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly line: number;
  /** Empty where the table has no such column or the row no such cell. */
  text(column: string): string;
  /** NaN where it is no number. */
  number(column: string): number;
}

export async function readTable(path: string): Promise<SmallTable> {
  const header: string[] = [];
  const rows: TableRow[] = [];
  for await (const batch of csvRows(path, ',')) {
    for (const row of batch) {
      if (header.length === 0) {
        header.push(...row.fields.map((f) => f.replace(/^\uFEFF/, '').trim()));
        continue;
      }
      const text = (column: string) => {
        const at = header.findIndex((h) => h.toLowerCase() === column.toLowerCase());
        return at < 0 ? '' : (row.fields[at] ?? '').trim();
      };
      rows.push({
        line: row.line,
        text,
        number: (column) => (/\d/.test(text(column)) ? Number(text(column)) : Number.NaN),
      });
    }
  }
  return { path, file: shownPath(path), header, rows };
}

export function hasColumns(table: SmallTable, ...names: readonly string[]): boolean {
  return names.every((n) => table.header.some((h) => h.toLowerCase() === n));
}

/** Every CSV of a folder, in the order of names; one that cannot be read is left out. */
export async function tablesOf(folder: string): Promise<SmallTable[]> {
  const tables: SmallTable[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!/\.csv$/i.test(name)) continue;
    const table = await readTable(join(folder, name)).catch(() => undefined);
    if (table && table.rows.length > 0) tables.push(table);
  }
  return tables;
}

export function cellProblem(table: SmallTable, row: TableRow, column: string, expected: string): Problem {
  const found = row.text(column) === '' ? 'nothing' : `"${row.text(column)}"`;
  return { ...plainProblem(table.file, column, found, expected), line: row.line, column: 1 };
}

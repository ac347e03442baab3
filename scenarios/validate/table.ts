/** Rows of a validation and their table: measured error against its criterion. */

export interface ValidationRow {
  readonly case: string;
  readonly metric: string;
  /** Measured value; NaN where the row was skipped. */
  readonly actual: number;
  /** Largest value that passes. */
  readonly target: number;
  readonly unit: string;
  readonly status: 'pass' | 'fail' | 'skipped';
  readonly note?: string;
}

export interface Validation {
  readonly cases: ValidationRow[];
}

/** A row that passes when |actual| ≤ target. */
export function judge(
  name: string,
  metric: string,
  actual: number,
  target: number,
  unit: string,
  note?: string,
): ValidationRow {
  const status = Number.isFinite(actual) && Math.abs(actual) <= target ? 'pass' : 'fail';
  return { case: name, metric, actual, target, unit, status, ...(note === undefined ? {} : { note }) };
}

/** A case that could not be held against its reference, and why. */
export function skipped(name: string, metric: string, note: string): ValidationRow {
  return { case: name, metric, actual: Number.NaN, target: Number.NaN, unit: '', status: 'skipped', note };
}

/** The rows as an aligned table for people. */
export function formatValidation(rows: readonly ValidationRow[]): string {
  const figure = (x: number) => (Number.isFinite(x) ? x.toPrecision(3) : '–');
  const cells = [
    ['status', 'case', 'metric', 'actual', 'target', 'unit', 'note'],
    ...rows.map((r) => [r.status, r.case, r.metric, figure(r.actual), figure(r.target), r.unit, r.note ?? '']),
  ];
  const widths = cells[0].map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  return cells
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

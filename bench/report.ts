/**
 * What every bench tells, in one shape: figures by name, each with its unit and, where it has one, its ratio to another figure
 * of the same run. With `--json` one line for programs, else a table for people.
 */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly against?: string;
}

export interface Report {
  readonly bench: string;
  readonly rows: readonly Row[];
  /** What was measured: seeds, sizes, digests. */
  readonly [about: string]: unknown;
}

const DIGITS = 4;

export const wantsJson = (): boolean => process.argv.includes('--json');

/** A figure to as many digits as a run of a few seconds is good for. */
export const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

/** A row as a line. */
export function rowText({ name, value, unit, ratio, against }: Row, width = 0): string {
  const compared = ratio === undefined ? '' : `${ratio.toPrecision(3)} × ${against}`;
  return `${name.padEnd(width)} ${String(rounded(value)).padStart(12)} ${unit.padEnd(20)} ${compared}`.trimEnd();
}

/** The end of every bench. */
export function printReport(report: Report): void {
  if (wantsJson()) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const { bench, rows, ...about } = report;
  const width = Math.max(0, ...rows.map((r) => r.name.length));
  const known = Object.keys(about).length > 0 ? `  ${JSON.stringify(about)}` : '';
  process.stdout.write(`${bench}${known}\n${rows.map((r) => `  ${rowText(r, width)}\n`).join('')}`);
}

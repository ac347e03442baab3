/** Tables for people (aligned columns) and for spreadsheets (RFC 4180). */
export type Cell = string | number;

/** Columns as wide as their widest cell, numbers to the right, two spaces between. */
export function textTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows].map((r) => r.map(String));
  const width = head.map((_, c) => Math.max(...cells.map((r) => r[c]?.length ?? 0)));
  const right = head.map((_, c) => rows.length > 0 && rows.every((r) => typeof r[c] === 'number'));
  const line = (r: readonly string[]) =>
    r
      .map((text, c) => (right[c] ? text.padStart(width[c]!) : text.padEnd(width[c]!)))
      .join('  ')
      .trimEnd();
  return [line(cells[0]!), width.map((w) => '-'.repeat(w)).join('  '), ...cells.slice(1).map(line)].join('\n');
}

export function csvTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((r) => r.map(cell).join(',')).join('\n');
}

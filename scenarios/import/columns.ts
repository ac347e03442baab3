/**
 * Columns of a company's table: found by any of the names that the trade gives them, with the unit from the header
 * ("KP [mi]", "Elevation (ft)", "OD_in"), from the cell itself ("20 in"), or from the name ("Milepost" counts miles).
 */
import type { Problem, Result } from '../../models/contract/index.ts';
import { type Dimension, fromUnit, nearest, parseQuantity, toUnit, UNITS, unitsOf } from '../../models/kernel/index.ts';
import { type Cell, type CsvTable, cellProblem } from './csv.ts';

export interface ColumnSpec<Role extends string> {
  readonly role: Role;
  /** Names as people write them; case, spaces and punctuation do not matter. The first is the one to recommend. */
  readonly names: readonly string[];
  readonly dimension?: Dimension;
  readonly required?: boolean;
  /** Unit of a trade, for headers that give none; used only where the user named the trade. */
  readonly usual?: Readonly<Record<Trade, string>>;
  /** Units that a name implies by itself. */
  readonly implied?: Readonly<Record<string, string>>;
}

export type Trade = 'si' | 'us';

/** A measured value as the company wrote it, and in SI. */
export interface Measure {
  readonly value: number;
  readonly unit: string;
  readonly si: number;
}

export interface Sheet<Role extends string> {
  readonly file: string;
  readonly rows: readonly SheetRow<Role>[];
  readonly has: (role: Role) => boolean;
  readonly unit: (role: Role) => string | undefined;
  /** Header cells that no role claims. */
  readonly unused: readonly string[];
}

export class SheetRow<Role extends string> {
  readonly cells: readonly Cell[];
  readonly #table: CsvTable;
  readonly #columns: ReadonlyMap<Role, Column>;
  readonly #problems: Problem[];

  constructor(table: CsvTable, columns: ReadonlyMap<Role, Column>, cells: readonly Cell[], problems: Problem[]) {
    this.#table = table;
    this.#columns = columns;
    this.cells = cells;
    this.#problems = problems;
  }

  /** The cell of a role; an empty one at the row's start where the table has no such column. */
  cell(role: Role): Cell {
    const column = this.#columns.get(role);
    const first = this.cells[0]!;
    return (column && this.cells[column.index]) ?? { text: '', line: first.line, column: first.column };
  }

  text(role: Role): string {
    return this.cell(role).text;
  }

  complain(role: Role, found: string, expected: string, hint?: string): void {
    const name = this.#columns.get(role)?.title ?? role;
    this.#problems.push(cellProblem(this.#table.file, this.cell(role), name, found, expected, hint));
  }

  /** A number, undefined where the cell is empty or wrong (then the complaint is made). */
  number(role: Role): number | undefined {
    const text = this.text(role);
    if (text === '') return undefined;
    const value = readNumber(text, this.#table.delimiter);
    if (value === undefined) this.complain(role, `"${text}"`, 'a number');
    return value;
  }

  /** A value with a dimension, in the unit of its cell or of its column. */
  measure(role: Role): Measure | undefined {
    const text = this.text(role);
    const column = this.#columns.get(role);
    if (text === '' || !column?.dimension) return undefined;
    const own = /^([-+\d.,eE]+)\s*([^\d\s.,].*)$/.exec(text);
    const value = readNumber(own?.[1] ?? text, this.#table.delimiter);
    const unit = own ? (unitNamed(own[2]!, column.dimension) ?? own[2]!) : column.unit;
    if (value === undefined) {
      this.complain(role, `"${text}"`, `a number${column.unit ? ` in ${column.unit}` : ''}`);
      return undefined;
    }
    if (unit === undefined) {
      this.complain(
        role,
        `${text} without a unit`,
        `a unit in the header, such as "${column.title} [${unitsOf(column.dimension)[0]}]"`,
      );
      return undefined;
    }
    const read = parseQuantity(`${value} ${unit}`, column.dimension);
    if (!read.ok) {
      this.complain(role, `"${text}"`, read.expected, read.hint);
      return undefined;
    }
    return { value, unit, si: read.value };
  }

  /** A required cell that is empty is complained about. */
  require(role: Role, expected: string): boolean {
    if (this.text(role) !== '') return true;
    this.complain(role, 'an empty cell', expected);
    return false;
  }
}

interface Column {
  readonly index: number;
  /** As the header writes it, without its unit. */
  readonly title: string;
  readonly dimension?: Dimension;
  readonly unit?: string;
}

/** Finds the columns of a table. `trade` gives units to headers without one; without it such a header is a mistake. */
export function openSheet<Role extends string>(
  table: CsvTable,
  specs: readonly ColumnSpec<Role>[],
  trade: Trade | undefined,
  problems: Problem[],
): Result<Sheet<Role>> {
  const columns = new Map<Role, Column>();
  const before = problems.length;
  const unused: Cell[] = [];
  table.header.forEach((cell, index) => {
    const match = matchHeader(cell.text, specs);
    if (!match) {
      if (cell.text !== '') unused.push(cell);
      return;
    }
    const { spec, title, unitText } = match;
    const other = columns.get(spec.role);
    if (other) {
      problems.push(
        cellProblem(
          table.file,
          cell,
          '',
          `a second column "${cell.text}"`,
          `one column of ${spec.names[0]}`,
          `"${other.title}" is one too`,
        ),
      );
      return;
    }
    let unit: string | undefined;
    if (spec.dimension) {
      unit = unitText === undefined ? spec.implied?.[plain(title)] : unitNamed(unitText, spec.dimension);
      if (unitText !== undefined && unit === undefined) {
        const units = unitsOf(spec.dimension);
        problems.push(
          cellProblem(
            table.file,
            cell,
            '',
            `the unit "${unitText}" in "${cell.text}"`,
            `a unit of ${spec.dimension}: ${units.slice(0, 8).join(', ')}`,
            suggestion(unitText, units),
          ),
        );
        unit = units[0];
      }
      unit ??= trade && spec.usual?.[trade];
    }
    columns.set(spec.role, {
      index,
      title,
      ...(spec.dimension ? { dimension: spec.dimension } : {}),
      ...(unit ? { unit } : {}),
    });
  });
  for (const spec of specs) {
    if (!spec.required || columns.has(spec.role)) continue;
    const names = spec.names.map((n) => n.toLowerCase());
    const near = unused.map((c) => c.text).find((t) => nearest(plain(t), names.map(plain)) !== undefined);
    problems.push(
      cellProblem(
        table.file,
        table.header[0]!,
        '',
        `no column of ${spec.names[0]}`,
        `a column named ${spec.names.slice(0, 6).join(', ')}`,
        near ? `did you mean that by "${near}"?` : `columns found: ${table.header.map((c) => c.text).join(', ')}`,
      ),
    );
  }
  if (problems.length > before) return { ok: false, problems };
  return {
    ok: true,
    value: {
      file: table.file,
      rows: table.rows.map((cells) => new SheetRow(table, columns, cells, problems)),
      has: (role) => columns.has(role),
      unit: (role) => columns.get(role)?.unit,
      unused: unused.map((c) => c.text),
    },
  };
}

function matchHeader<Role extends string>(header: string, specs: readonly ColumnSpec<Role>[]) {
  const bracket = /^(.*?)[\s_,]*[[(]\s*([^\])]*?)\s*[\])]\s*$/.exec(header);
  const tail = /^(.*?)[\s_,]+([^\s_,]+)$/.exec(header);
  // The whole name first: the "m" of "Span m" is a unit, the "ID" of "Tag ID" is not.
  for (const [title, unitText] of [
    [header, undefined],
    [bracket?.[1], bracket?.[2]],
    [tail?.[1], tail?.[2]],
  ] as const) {
    if (title === undefined) continue;
    const spec = specs.find((s) => s.names.some((n) => plain(n) === plain(title)));
    if (!spec) continue;
    if (title === tail?.[1] && unitText === tail?.[2] && unitText !== undefined && unitText !== bracket?.[2]) {
      if (!spec.dimension || unitNamed(unitText, spec.dimension) === undefined) continue;
    }
    return { spec, title: title.trim(), unitText: unitText === '' ? undefined : unitText };
  }
  return undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9%]/g, '');
}

/** How units are written in control rooms, besides the symbols that the kernel knows. */
const ALIASES: Readonly<Record<string, string>> = {
  barg: 'bar',
  kpag: 'kPa',
  mpag: 'MPa',
  'kg/cm2': 'kgf/cm2',
  bph: 'bbl/h',
  'bbl/hr': 'bbl/h',
  'bbls/h': 'bbl/h',
  'bbls/hr': 'bbl/h',
  'bbl/hour': 'bbl/h',
  bpd: 'bbl/d',
  'bbl/day': 'bbl/d',
  'm3/hr': 'm3/h',
  'm³/h': 'm3/h',
  'm³/hr': 'm3/h',
  cmh: 'm3/h',
  'm³/s': 'm3/s',
  'm3/day': 'm3/d',
  'gal/min': 'gpm',
  usgpm: 'gpm',
  '°c': 'degC',
  '℃': 'degC',
  'deg c': 'degC',
  celsius: 'degC',
  '°f': 'degF',
  '℉': 'degF',
  'deg f': 'degF',
  fahrenheit: 'degF',
  inch: 'in',
  inches: 'in',
  '"': 'in',
  feet: 'ft',
  foot: 'ft',
  "'": 'ft',
  miles: 'mi',
  metres: 'm',
  meters: 'm',
  metre: 'm',
  meter: 'm',
  kilometre: 'km',
  kilometres: 'km',
  kilometer: 'km',
  kilometers: 'km',
  millimetre: 'mm',
  millimeter: 'mm',
  percent: '%',
  pct: '%',
};

/** The kernel's symbol for what a table calls a unit; undefined where it is none of that dimension. */
export function unitNamed(text: string, dimension: Dimension): string | undefined {
  const word = text.trim();
  const known = unitsOf(dimension);
  if (known.includes(word)) return word;
  const alias = ALIASES[word.toLowerCase()];
  if (alias !== undefined && known.includes(alias)) return alias;
  // "PSIG" and "Deg_C" are what tag lists shout; a case may be ignored where only one unit fits.
  const fits = known.filter((u) => u.toLowerCase() === word.toLowerCase());
  return fits.length === 1 ? fits[0] : undefined;
}

function suggestion(text: string, units: readonly string[]): string | undefined {
  const near = nearest(text, units);
  return near ? `did you mean "${near}"?` : undefined;
}

/** 1234.5, "1,234.5" and, where semicolons separate, "1234,5". */
function readNumber(text: string, delimiter: string): number | undefined {
  let plainText = text.trim();
  if (delimiter === ';' && /^[-+]?\d+,\d+$/.test(plainText)) plainText = plainText.replace(',', '.');
  else if (/^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plainText)) plainText = plainText.replaceAll(',', '');
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(plainText)) return undefined;
  return Number(plainText);
}

/** A place along the line: a number in its column's unit, or a station such as 12+345.6. */
export function readLocation<Role extends string>(
  row: SheetRow<Role>,
  role: Role,
  unit: string | undefined,
): Measure | undefined {
  const text = row.text(role);
  const station = /^(-?\d+)\+(\d+)(\.\d+)?$/.exec(text.replace(/^(kp|mp|sta\.?)\s*/i, ''));
  if (!station) return row.measure(role);
  // 12+345.6 counts thousands (km and m); 123+45.6 counts hundreds (US stations of 100 ft).
  const digits = station[2]!.length;
  if (digits !== 2 && digits !== 3) {
    row.complain(role, `"${text}"`, 'a station such as 12+345.6 (km + m) or 123+45.6 (hundreds of feet)');
    return undefined;
  }
  const fine = digits === 3 ? 'm' : unit === 'm' ? 'm' : 'ft';
  const value = Number(`${station[1]}${station[2]}${station[3] ?? ''}`);
  const si = fromUnit(value, fine);
  // A station written in a column of kilometres is shown in kilometres, like its neighbours.
  if (unit === undefined || unit === fine) return { value, unit: fine, si };
  return { value: Number(toUnit(si, unit).toFixed(6)), unit, si };
}

/** True where a unit belongs to the US trade. */
export function isUsUnit(unit: string): boolean {
  return unit in UNITS && /^(mi|mile|ft|in|yd|psi|psig|ksi|bbl|gal|gpm|degF|F|mph)\b/.test(unit);
}

/**
 * A company's existing Modbus map: where its RTUs keep which tag today. The plant gets the unit ids from it; the map itself
 * is written beside the plant, for a detector that later reads the real RTUs.
 */
import type { Problem, Result } from '../../models/contract/index.ts';
import { WORD_ORDERS, type WordOrder } from '../../models/contract/index.ts';
import { nearest } from '../../models/kernel/index.ts';
import { type ColumnSpec, openSheet, type SheetRow } from './columns.ts';
import { readCsv } from './csv.ts';
import type { ImportedTag } from './tags.ts';

export const MAP_TABLES = ['input', 'holding', 'coil', 'discrete'] as const;
export type MapTable = (typeof MAP_TABLES)[number];
export const MAP_TYPES = ['float32', 'float64', 'int16', 'uint16', 'int32', 'uint32', 'bool'] as const;
export type MapType = (typeof MAP_TYPES)[number];

export interface MappedTag {
  readonly tag: string;
  readonly unitId: number;
  readonly table: MapTable;
  /** As on the wire, from 0. */
  readonly address: number;
  readonly type: MapType;
  /** Value in the tag's unit = raw · scale + offset. */
  readonly scale: number;
  readonly offset: number;
  readonly order: WordOrder;
}

export interface ModbusMap {
  readonly tags: readonly MappedTag[];
  readonly unused: readonly string[];
}

type Role = 'tag' | 'unit' | 'table' | 'address' | 'type' | 'scale' | 'offset' | 'order';

const COLUMNS: readonly ColumnSpec<Role>[] = [
  { role: 'tag', names: ['tag', 'tag name', 'tag id', 'tagname', 'point', 'point name'], required: true },
  {
    role: 'unit',
    names: ['unit id', 'unit', 'slave', 'slave id', 'modbus id', 'node', 'device', 'station id'],
    required: true,
  },
  { role: 'table', names: ['table', 'register type', 'area', 'function', 'kind'] },
  { role: 'address', names: ['address', 'register', 'register address', 'modbus address', 'addr'], required: true },
  { role: 'type', names: ['type', 'data type', 'format', 'datatype'] },
  { role: 'scale', names: ['scale', 'gain', 'factor', 'multiplier'] },
  { role: 'offset', names: ['offset', 'bias'] },
  { role: 'order', names: ['word order', 'byte order', 'order', 'endianness', 'swap'] },
];

const TABLES: Readonly<Record<string, MapTable>> = {
  input: 'input',
  'input register': 'input',
  '3x': 'input',
  '4': 'input',
  fc4: 'input',
  ir: 'input',
  holding: 'holding',
  'holding register': 'holding',
  '4x': 'holding',
  '3': 'holding',
  fc3: 'holding',
  hr: 'holding',
  coil: 'coil',
  '0x': 'coil',
  '1': 'coil',
  fc1: 'coil',
  discrete: 'discrete',
  'discrete input': 'discrete',
  '1x': 'discrete',
  '2': 'discrete',
  fc2: 'discrete',
  di: 'discrete',
};
const TYPES: Readonly<Record<string, MapType>> = {
  float32: 'float32',
  float: 'float32',
  real: 'float32',
  f32: 'float32',
  single: 'float32',
  float64: 'float64',
  double: 'float64',
  f64: 'float64',
  lreal: 'float64',
  int16: 'int16',
  int: 'int16',
  i16: 'int16',
  short: 'int16',
  uint16: 'uint16',
  uint: 'uint16',
  u16: 'uint16',
  word: 'uint16',
  int32: 'int32',
  dint: 'int32',
  i32: 'int32',
  long: 'int32',
  uint32: 'uint32',
  udint: 'uint32',
  u32: 'uint32',
  dword: 'uint32',
  bool: 'bool',
  bit: 'bool',
};
const ORDERS: Readonly<Record<string, WordOrder>> = {
  abcd: 'ABCD',
  big: 'ABCD',
  'big endian': 'ABCD',
  'high word first': 'ABCD',
  no: 'ABCD',
  cdab: 'CDAB',
  'word swap': 'CDAB',
  swapped: 'CDAB',
  'low word first': 'CDAB',
  yes: 'CDAB',
  badc: 'BADC',
  'byte swap': 'BADC',
  dcba: 'DCBA',
  little: 'DCBA',
  'little endian': 'DCBA',
};
const WORDS_OF: Readonly<Record<MapType, number>> = {
  float32: 2,
  float64: 4,
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  bool: 1,
};

export function readModbusMap(file: string, text: string, tags: readonly ImportedTag[]): Result<ModbusMap> {
  const table = readCsv(file, text);
  if (!table.ok) return table;
  const problems: Problem[] = [];
  const sheet = openSheet(table.value, COLUMNS, undefined, problems);
  if (!sheet.ok) return sheet;
  const mapped: MappedTag[] = [];
  const taken = new Map<string, string>();
  const known = new Map(tags.map((t) => [t.tag, t]));
  const stationUnit = new Map<string, { unitId: number; tag: string }>();
  for (const row of sheet.value.rows) {
    const m = readRow(row);
    const name = row.text('tag');
    const tag = known.get(name);
    if (!tag) {
      const near = nearest(name, [...known.keys()]);
      row.complain(
        'tag',
        name === '' ? 'an empty cell' : `"${name}"`,
        'a tag of the tag list',
        near ? `did you mean "${near}"?` : undefined,
      );
    }
    if (!m || !tag) continue;
    if (mapped.some((other) => other.tag === m.tag)) row.complain('tag', `"${m.tag}"`, 'each tag once');
    const station = stationUnit.get(tag.station);
    if (station && station.unitId !== m.unitId) {
      row.complain(
        'unit',
        `unit id ${m.unitId} for station ${tag.station}`,
        `${station.unitId}, as ${station.tag} of the same station has`,
        'a station is one Modbus unit: give the tags of another unit another station',
      );
    } else if (!station) stationUnit.set(tag.station, { unitId: m.unitId, tag: m.tag });
    for (let w = 0; w < WORDS_OF[m.type]; w += 1) {
      const key = `${m.unitId}/${m.table}/${m.address + w}`;
      const owner = taken.get(key);
      if (owner !== undefined && owner !== m.tag) {
        row.complain(
          'address',
          `${m.table} register ${m.address + w} of unit ${m.unitId}`,
          'a register of its own',
          `${owner} has it`,
        );
        break;
      }
      taken.set(key, m.tag);
    }
    mapped.push(m);
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { tags: mapped, unused: sheet.value.unused } };
}

function readRow(row: SheetRow<Role>): MappedTag | undefined {
  const unitId = whole(row, 'unit', 1, 247);
  const written = whole(row, 'address', 0, 465_536);
  const type = choice(row, 'type', TYPES, MAP_TYPES) ?? 'float32';
  const order = choice(row, 'order', ORDERS, WORD_ORDERS) ?? 'ABCD';
  const named = choice(row, 'table', TABLES, MAP_TABLES);
  const scale = row.number('scale');
  const offset = row.number('offset');
  if (scale === 0) row.complain('scale', '0', 'a factor other than zero');
  if (unitId === undefined || written === undefined || scale === 0) return undefined;
  const { table, address } = conventional(written, named);
  return { tag: row.text('tag'), unitId, table, address, type, scale: scale ?? 1, offset: offset ?? 0, order };
}

/** 30001 and 400001 are the numbers of the first input and holding register in the old convention: address 0 on the wire. */
function conventional(written: number, named: MapTable | undefined): { table: MapTable; address: number } {
  const families: readonly [number, MapTable][] = [
    [3, 'input'],
    [4, 'holding'],
    [1, 'discrete'],
  ];
  for (const [digit, table] of families) {
    if (named !== undefined && named !== table) continue;
    for (const base of [digit * 100_000, digit * 10_000]) {
      const size = base >= 100_000 ? 65_536 : 9_999;
      if (written > base && written <= base + size) return { table, address: written - base - 1 };
    }
  }
  return { table: named ?? 'holding', address: written };
}

function whole(row: SheetRow<Role>, role: 'unit' | 'address', least: number, most: number): number | undefined {
  if (!row.require(role, 'a whole number')) return undefined;
  const value = row.number(role);
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  row.complain(role, `"${row.text(role)}"`, `a whole number from ${least} to ${most}`);
  return undefined;
}

function choice<T extends string>(
  row: SheetRow<Role>,
  role: 'type' | 'table' | 'order',
  names: Readonly<Record<string, T>>,
  all: readonly T[],
): T | undefined {
  const text = row.text(role);
  if (text === '') return undefined;
  const found = names[text.toLowerCase().replace(/[_-]/g, ' ')] ?? names[text.toLowerCase().replace(/s$/, '')];
  if (!found) {
    const near = nearest(text.toLowerCase(), Object.keys(names));
    row.complain(role, `"${text}"`, `one of ${all.join(', ')}`, near ? `did you mean "${near}"?` : undefined);
  }
  return found;
}

/**
 * A company's tag list: what is measured where, in what unit and range, how exactly. What a row leaves out is read from
 * the ISA-5.1 letters of its tag.
 */
import type { Problem, Quantity, Result } from '../../models/contract/index.ts';
import { type Dimension, nearest, unitsOf } from '../../models/kernel/index.ts';
import {
  type ColumnSpec,
  type Measure,
  openSheet,
  readLocation,
  type SheetRow,
  type Trade,
  unitNamed,
} from './columns.ts';
import { readCsv } from './csv.ts';
import { LOCATION_IMPLIED, LOCATION_NAMES } from './profile.ts';

export interface ImportedTag {
  readonly tag: string;
  readonly description: string;
  readonly quantity: Quantity;
  readonly unit: string;
  readonly range: readonly [number, number];
  /** Of span, 0…1; undefined where the list gives none. */
  readonly accuracy: number | undefined;
  readonly kp: Measure;
  readonly station: string;
  /** Says a mistake about this row that only the whole line shows. */
  readonly complain: (role: Role, found: string, expected: string, hint?: string) => void;
}

export interface TagList {
  readonly tags: readonly ImportedTag[];
  readonly unused: readonly string[];
  readonly problems: Problem[];
}

type Role = 'tag' | 'description' | 'quantity' | 'unit' | 'low' | 'high' | 'accuracy' | 'kp' | 'station';

const COLUMNS: readonly ColumnSpec<Role>[] = [
  { role: 'tag', names: ['tag', 'tag name', 'tag id', 'tagname', 'point', 'point name', 'instrument'], required: true },
  { role: 'description', names: ['description', 'desc', 'service', 'text'] },
  { role: 'quantity', names: ['quantity', 'measures', 'variable', 'type', 'measurement', 'signal'] },
  { role: 'unit', names: ['unit', 'units', 'eu', 'engineering unit', 'engineering units', 'uom'], required: true },
  {
    role: 'low',
    names: ['range low', 'low', 'lrv', 'min', 'range min', 'lower range', 'eu low', 'eu min', 'zero'],
    required: true,
  },
  {
    role: 'high',
    names: ['range high', 'high', 'urv', 'max', 'range max', 'upper range', 'eu high', 'eu max', 'full scale'],
    required: true,
  },
  {
    role: 'accuracy',
    names: ['accuracy', 'accuracy %', 'accuracy % of span', 'acc', 'accuracy pct', 'accuracy percent'],
    dimension: 'fraction',
    usual: { si: '%', us: '%' },
    implied: {
      accuracy: '%',
      'accuracy%': '%',
      'accuracy%ofspan': '%',
      acc: '%',
      accuracypct: '%',
      accuracypercent: '%',
    },
  },
  {
    role: 'kp',
    names: LOCATION_NAMES.filter((n) => n !== 'station'),
    dimension: 'length',
    required: true,
    usual: { si: 'km', us: 'mi' },
    implied: LOCATION_IMPLIED,
  },
  { role: 'station', names: ['station', 'rtu', 'site', 'plc', 'station name'], required: true },
];

const WORDS: Readonly<Record<string, Quantity>> = {
  pressure: 'pressure',
  press: 'pressure',
  flow: 'flow',
  'flow rate': 'flow',
  flowrate: 'flow',
  temperature: 'temperature',
  temp: 'temperature',
  level: 'level',
  speed: 'speed',
  'pump speed': 'speed',
  opening: 'opening',
  position: 'opening',
  'valve position': 'opening',
  travel: 'opening',
  running: 'running',
  'run status': 'running',
  status: 'running',
};
const LETTERS: Readonly<Record<string, Quantity>> = {
  P: 'pressure',
  F: 'flow',
  T: 'temperature',
  L: 'level',
  S: 'speed',
  Z: 'opening',
  X: 'running',
};
const DIMENSION: Partial<Record<Quantity, Dimension>> = {
  pressure: 'pressure',
  flow: 'flow',
  temperature: 'temperature',
  level: 'length',
  speed: 'fraction',
  opening: 'fraction',
};
/** What a name in a plant may look like; the plant's own schema says the same. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

export function readTags(file: string, text: string, trade: Trade | undefined): Result<TagList> {
  const table = readCsv(file, text);
  if (!table.ok) return table;
  const problems: Problem[] = [];
  const sheet = openSheet(table.value, COLUMNS, trade, problems);
  if (!sheet.ok) return sheet;
  const tags: ImportedTag[] = [];
  const lines = new Map<string, number>();
  for (const row of sheet.value.rows) {
    const tag = readTag(row, sheet.value.unit('kp'));
    const name = row.text('tag');
    const before = lines.get(name);
    if (before !== undefined) row.complain('tag', `"${name}"`, 'each tag once', `line ${before} has it`);
    else if (name !== '') lines.set(name, row.cell('tag').line);
    if (tag) tags.push(tag);
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { tags, unused: sheet.value.unused, problems } };
}

function readTag(row: SheetRow<Role>, kpUnit: string | undefined): ImportedTag | undefined {
  for (const role of ['tag', 'station'] as const) {
    if (row.require(role, `a name`) && !NAME.test(row.text(role)))
      row.complain(role, `"${row.text(role)}"`, 'letters, digits, dots, dashes and underscores, at most 40');
  }
  const name = row.text('tag');
  const quantity = readQuantity(row, name);
  const unit = quantity ? readUnit(row, quantity) : undefined;
  const low = row.require('low', 'the low end of the range') ? row.number('low') : undefined;
  const high = row.require('high', 'the high end of the range') ? row.number('high') : undefined;
  if (low !== undefined && high !== undefined && !(high > low))
    row.complain('high', `a range from ${low} to ${high}`, 'a range that rises');
  const accuracy = row.measure('accuracy');
  if (accuracy && !(accuracy.si >= 0 && accuracy.si <= 0.2))
    row.complain('accuracy', `"${row.text('accuracy')}"`, 'a share of span between 0 and 20 %');
  const kp = row.require('kp', 'a place along the line') ? readLocation(row, 'kp', kpUnit) : undefined;
  if (!quantity || unit === undefined || low === undefined || high === undefined || !kp) return undefined;
  return {
    tag: name,
    description: row.text('description'),
    quantity,
    unit,
    range: [low, high],
    accuracy: accuracy?.si,
    kp,
    station: row.text('station'),
    complain: (role, found, expected, hint) => row.complain(role, found, expected, hint),
  };
}

function readQuantity(row: SheetRow<Role>, name: string): Quantity | undefined {
  const text = row.text('quantity').toLowerCase();
  const known = Object.keys(WORDS);
  if (text !== '') {
    const quantity = WORDS[text];
    if (!quantity) {
      const near = nearest(text, known);
      row.complain(
        'quantity',
        `"${row.text('quantity')}"`,
        `one of ${[...new Set(Object.values(WORDS))].join(', ')}`,
        near ? `did you mean "${near}"?` : undefined,
      );
    }
    return quantity;
  }
  const quantity = LETTERS[name.charAt(0).toUpperCase()];
  if (!quantity)
    row.complain(
      'quantity',
      `an empty cell, and "${name}" begins with no letter of ISA-5.1 that is known`,
      `one of ${[...new Set(Object.values(WORDS))].join(', ')}`,
    );
  return quantity;
}

function readUnit(row: SheetRow<Role>, quantity: Quantity): string | undefined {
  const text = row.text('unit');
  const dimension = DIMENSION[quantity];
  if (!dimension) return '';
  // Drives report revolutions; the plant knows a speed as a share of the rated one, and the writer converts.
  if (quantity === 'speed' && unitNamed(text, 'rotation') === 'rpm') return 'rpm';
  const unit = unitNamed(text, dimension);
  if (unit !== undefined && unit !== '1' && unit !== 'ppm') return unit;
  const units = unitsOf(dimension).filter((u) => u !== '1' && u !== 'ppm');
  const near = nearest(text, units);
  row.complain(
    'unit',
    text === '' ? 'an empty cell' : `"${text}"`,
    `a unit of ${quantity}: ${units.slice(0, 8).join(', ')}`,
    near ? `did you mean "${near}"?` : undefined,
  );
  return undefined;
}

/**
 * Mappings: how a foreign CSV becomes frames and truth, as a small YAML. What a mapping leaves out is read off the file's
 * first rows (delimiter, decimal sign, time format, scan, noise); without any mapping every numeric column becomes a tag.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { plainProblem, QUANTITIES, type Quantity, type Result } from '../contract/index.ts';
import {
  addIssue,
  duration,
  type Located,
  packageRoot,
  quantity,
  readDocument,
  readTextFile,
} from '../document/index.ts';
import { type Dimension, nearest, UNITS } from '../kernel/index.ts';
import { compileTimeFormat } from './csvTime.ts';

/** Dimensions in which a quantity may be given; the rest may have any unit or none. */
const DIMENSIONS: Partial<Record<Quantity, readonly Dimension[]>> = {
  pressure: ['pressure', 'length'],
  flow: ['flow', 'mass-flow'],
  temperature: ['temperature'],
  level: ['length', 'fraction'],
  concentration: ['fraction', 'explosive-share'],
  column: ['gas-column', 'explosive-column'],
  'wind-speed': ['speed'],
  'wind-direction': ['angle'],
  'air-pressure': ['pressure'],
};

const unit = z.string().superRefine((text, ctx) => {
  if (text === '' || text in UNITS) return;
  const near = nearest(text, Object.keys(UNITS));
  addIssue(ctx, {
    found: `the unit "${text}"`,
    expected: 'a known unit, or "" where there is none',
    ...(near ? { hint: `did you mean "${near}"?` } : {}),
  });
});

const columnSchema = z
  .strictObject({
    /** Header of the column; case and spaces around do not matter. Its number, from "1", where the file has no header. */
    column: z.string().min(1),
    /** Tag id, ISA-5.1 where it can be; the header where absent. */
    tag: z.string().min(1).optional(),
    quantity: z.enum(QUANTITIES).default('other'),
    unit: unit.default(''),
    /** Instrument range in `unit`. */
    range: z.tuple([z.number(), z.number()]).optional(),
    /** Standard deviation of a sample in `unit`; estimated from the first rows where absent. */
    noise: z.number().nonnegative().optional(),
    accuracy: z.number().nonnegative().default(0),
    position: quantity('length').optional(),
    station: z.string().min(1).optional(),
    element: z.string().optional(),
  })
  .superRefine((c, ctx) => {
    const allowed = DIMENSIONS[c.quantity];
    const dimension = UNITS[c.unit]?.dimension;
    if (allowed && dimension && !allowed.includes(dimension)) {
      addIssue(
        ctx,
        {
          found: `"${c.unit}", which is a ${dimension}`,
          expected: `a unit of ${allowed.join(' or ')} for a ${c.quantity}`,
        },
        ['unit'],
      );
    }
    if (c.range && !(c.range[0] < c.range[1])) {
      addIssue(
        ctx,
        { found: `${c.range[0]} to ${c.range[1]}`, expected: 'a range whose first number is the smaller one' },
        ['range'],
      );
    }
  });

const labelSchema = z.strictObject({
  column: z.string().min(1),
  /** The number that says "now". */
  value: z.number().default(1),
  /** In which files (names without .csv; * for anything) the label is a leak; elsewhere it is a disturbance, at which an alarm is false. */
  'leak-in': z.array(z.string().min(1)).default(['*']),
  /** Name of the leak or disturbance; `-2`, `-3` … follow for later intervals. */
  ref: z.string().min(1).default('leak'),
  /** The plant's unit that a leak is on. */
  unit: z.string().default(''),
  position: quantity('length').default(0),
  /** What it is where it is no leak. */
  what: z.string().default('labelled'),
});

export const CSV_MAPPING_SCHEMA = z.strictObject({
  mapping: z.string().min(1),
  about: z.string().optional(),
  delimiter: z.string().length(1).optional(),
  decimal: z.enum(['.', ',']).optional(),
  /** False where the first row is data already: columns are then named by their number, from "1". */
  header: z.boolean().default(true),
  time: z.strictObject({
    column: z.string().min(1),
    /** iso, minutes, seconds, milliseconds, microseconds, or a pattern of YYYY MM DD hh mm ss. */
    format: z
      .string()
      .superRefine((text, ctx) => {
        const compiled = compileTimeFormat(text);
        if (typeof compiled === 'string') addIssue(ctx, { found: `"${text}"`, expected: compiled });
      })
      .optional(),
  }),
  /** The scan grid that rows are put on. */
  scan: duration({ positive: true }).optional(),
  /** A longer gap is not filled with missing frames: time jumps. */
  'longest-gap': duration({ positive: true }).default(86_400_000_000 as never),
  columns: z.array(columnSchema).min(1),
  labels: z.array(labelSchema).default([]),
});

export type CsvMappingSpec = z.output<typeof CSV_MAPPING_SCHEMA>;
/** A mapping with the places of its parts, so that a column that a file lacks is reported where it was written. */
export type CsvMapping = Located<CsvMappingSpec>;

/** A mapping by path, or by name from those that ship with the package. */
export function readCsvMapping(pathOrName: string): Result<CsvMapping> {
  const folder = join(packageRoot, 'models/mappings');
  const isPath = /[\\/]/.test(pathOrName) || /\.ya?ml$/.test(pathOrName);
  const path = isPath ? resolve(pathOrName) : join(folder, `${pathOrName}.yaml`);
  if (!existsSync(path)) {
    const known = existsSync(folder)
      ? readdirSync(folder).flatMap((f) => (f.endsWith('.yaml') ? [f.slice(0, -5)] : []))
      : [];
    const near = nearest(pathOrName, known);
    const hint = near ? `did you mean "${near}"?` : undefined;
    return {
      ok: false,
      problems: [
        plainProblem(
          isPath ? pathOrName : `mapping "${pathOrName}"`,
          '',
          'no such mapping',
          `a path, or one of ${known.join(', ')}`,
          hint,
        ),
      ],
    };
  }
  const read = readTextFile(path);
  if (!read.ok) return read;
  const mapping = readDocument(read.value.file, read.value.text, CSV_MAPPING_SCHEMA);
  if (!mapping.ok) return mapping;
  const problems = twins(mapping.value);
  return problems.length > 0 ? { ok: false, problems } : mapping;
}

function twins({ value, problemAt }: CsvMapping) {
  const seen = new Map<string, number>();
  return value.columns.flatMap((c, i) => {
    const id = (c.tag ?? c.column).toLowerCase();
    const first = seen.get(id);
    seen.set(id, first ?? i);
    if (first === undefined) return [];
    return [
      problemAt(
        ['columns', i, c.tag === undefined ? 'column' : 'tag'],
        `"${c.tag ?? c.column}" a second time`,
        'a tag id of its own for each column',
      ),
    ];
  });
}

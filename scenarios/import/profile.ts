/**
 * The stationing of a line: where it runs, how high, and of what pipe. Rows say what begins at their distance: outside
 * diameter, wall and grade hold until the next row that changes them, and an empty cell repeats the one above.
 */
import type { Problem, Result } from '../../models/contract/index.ts';
import { type ColumnSpec, type Measure, openSheet, readLocation, type SheetRow, type Trade } from './columns.ts';
import { readCsv } from './csv.ts';

export interface ProfilePoint {
  readonly kp: Measure;
  readonly elevation: Measure;
}

/** A stretch of one kind of pipe. */
export interface PipeClass {
  readonly from_m: number;
  readonly outsideDiameter: Measure;
  readonly wall: Measure;
  readonly roughness?: Measure;
  readonly grade?: string;
}

export interface Profile {
  readonly points: readonly ProfilePoint[];
  /** In order along the line; the first begins at the first point. */
  readonly classes: readonly PipeClass[];
  /** Unit in which the company counts distance. */
  readonly kpUnit: string;
  readonly unused: readonly string[];
}

type Role = 'kp' | 'elevation' | 'od' | 'wall' | 'roughness' | 'grade';

export const LOCATION_NAMES = [
  'KP',
  'milepost',
  'MP',
  'station',
  'stationing',
  'chainage',
  'distance',
  'location',
  'mile',
  'kilometre post',
];
export const LOCATION_IMPLIED = { kp: 'km', kilometrepost: 'km', milepost: 'mi', mp: 'mi', mile: 'mi' };

const COLUMNS: readonly ColumnSpec<Role>[] = [
  {
    role: 'kp',
    names: LOCATION_NAMES,
    dimension: 'length',
    required: true,
    usual: { si: 'km', us: 'mi' },
    implied: LOCATION_IMPLIED,
  },
  {
    role: 'elevation',
    names: ['elevation', 'elev', 'height', 'ground elevation', 'z', 'altitude'],
    dimension: 'length',
    required: true,
    usual: { si: 'm', us: 'ft' },
  },
  {
    role: 'od',
    names: ['outside diameter', 'OD', 'outer diameter', 'diameter', 'pipe OD', 'nominal OD'],
    dimension: 'length',
    required: true,
    usual: { si: 'mm', us: 'in' },
  },
  {
    role: 'wall',
    names: ['wall thickness', 'wall', 'WT', 'thickness', 'wall thk', 't'],
    dimension: 'length',
    required: true,
    usual: { si: 'mm', us: 'in' },
  },
  {
    role: 'roughness',
    names: ['roughness', 'absolute roughness'],
    dimension: 'length',
    usual: { si: 'mm', us: 'in' },
  },
  { role: 'grade', names: ['grade', 'pipe grade', 'material', 'steel grade'] },
];

export function readProfile(file: string, text: string, trade: Trade | undefined): Result<Profile> {
  const table = readCsv(file, text);
  if (!table.ok) return table;
  const problems: Problem[] = [];
  const sheet = openSheet(table.value, COLUMNS, trade, problems);
  if (!sheet.ok) return sheet;
  const points: ProfilePoint[] = [];
  const classes: PipeClass[] = [];
  let od: Measure | undefined;
  let wall: Measure | undefined;
  for (const row of sheet.value.rows) {
    const kp = row.require('kp', 'a distance') ? readLocation(row, 'kp', sheet.value.unit('kp')) : undefined;
    const elevation = row.require('elevation', 'an elevation') ? row.measure('elevation') : undefined;
    od = positive(row, 'od', od);
    wall = positive(row, 'wall', wall);
    const last = points.at(-1);
    if (kp && last && !(kp.si > last.kp.si)) {
      row.complain(
        'kp',
        `${row.text('kp')} after ${last.kp.value} ${last.kp.unit}`,
        'distances that grow',
        'sort the rows, and remove repeated ones',
      );
      continue;
    }
    if (od && wall && od.si <= 2 * wall.si)
      row.complain(
        'wall',
        `${wall.value} ${wall.unit}`,
        `less than half of the outside diameter ${od.value} ${od.unit}`,
      );
    const roughness = row.measure('roughness');
    if (!kp || !elevation || !od || !wall) continue;
    points.push({ kp, elevation });
    const grade = row.text('grade');
    const before = classes.at(-1);
    const same =
      before &&
      Math.abs(before.outsideDiameter.si - od.si) < 1e-6 &&
      Math.abs(before.wall.si - wall.si) < 1e-6 &&
      (roughness === undefined || before.roughness?.si === roughness.si) &&
      (grade === '' || before.grade === grade);
    if (same) continue;
    const kept = roughness ?? before?.roughness;
    const keptGrade = grade || before?.grade;
    classes.push({
      from_m: kp.si,
      outsideDiameter: od,
      wall,
      ...(kept ? { roughness: kept } : {}),
      ...(keptGrade ? { grade: keptGrade } : {}),
    });
  }
  const first = sheet.value.rows[0]!;
  if (problems.length === 0 && points.length < 2)
    first.complain('kp', `${points.length} usable row`, 'at least two points along the line');
  if (problems.length > 0) return { ok: false, problems };
  const kpUnit = points[0]!.kp.unit;
  return { ok: true, value: { points, classes, kpUnit, unused: sheet.value.unused } };
}

/** A positive measure; the one above where the cell is empty. */
function positive(row: SheetRow<Role>, role: 'od' | 'wall', above: Measure | undefined): Measure | undefined {
  if (row.text(role) === '') {
    if (!above) row.complain(role, 'an empty cell', 'a value in the first row; empty cells below repeat it');
    return above;
  }
  const value = row.measure(role);
  if (value && !(value.si > 0)) {
    row.complain(role, `"${row.text(role)}"`, 'a length above zero');
    return above;
  }
  return value ?? above;
}

/** Elevation at a distance [m], flat beyond the ends. */
export function elevationAt(points: readonly ProfilePoint[], kp_m: number): number {
  let before = points[0]!;
  for (const p of points) {
    if (p.kp.si >= kp_m) {
      const span = p.kp.si - before.kp.si;
      return span === 0
        ? p.elevation.si
        : before.elevation.si + ((kp_m - before.kp.si) / span) * (p.elevation.si - before.elevation.si);
    }
    before = p;
  }
  return before.elevation.si;
}

/** Leaves out points that lie within `tolerance_m` of the line between those that stay (Douglas and Peucker 1973). */
export function simplify(points: readonly ProfilePoint[], tolerance_m: number): ProfilePoint[] {
  const keep = new Set([0, points.length - 1]);
  const stack: [number, number][] = [[0, points.length - 1]];
  while (stack.length > 0) {
    const [a, b] = stack.pop()!;
    const ends = [points[a]!, points[b]!];
    let worst = tolerance_m;
    let at = -1;
    for (let i = a + 1; i < b; i += 1) {
      const off = Math.abs(points[i]!.elevation.si - elevationAt(ends, points[i]!.kp.si));
      if (off > worst) {
        worst = off;
        at = i;
      }
    }
    if (at > 0) {
      keep.add(at);
      stack.push([a, at], [at, b]);
    }
  }
  return points.filter((_, i) => keep.has(i));
}

/**
 * A site with point sensors and metered releases, as the methane test centre's public extracts have it:
 *
 *   observations*.csv      time_utc, wind_dir_rad (where it goes, anticlockwise from east), wind_speed_m_s, ch4_ppm_<sensor> …
 *   *sensor*.csv           name, lat, lon, height
 *   *source*.csv           name, lat, lon, height: the named groups of equipment; or points with a `group`
 *   *release*.csv          tc_ExpStartDatetime, tc_ExpEndDatetime, tc_Latitude, tc_Longitude, tc_C1MassFlow [g/h] … (optional)
 *
 * Tables are known by their columns, not by their names alone. Local metres are east and north of the sensors' mean, on
 * the WGS 84 ellipsoid's radii of curvature there.
 */
import { basename } from 'node:path';
import { type AirAsBuilt, ProblemError, plainProblem, type TruthEvent } from '../../contract/index.ts';
import { openCsv } from '../csvTable.ts';
import { compileTimeFormat, type TimeReader } from '../csvTime.ts';
import { airOnly, METHANE, mappingOf, releaseEvents, type SitePart, type SiteRecording } from './recording.ts';
import { cellProblem, hasColumns, type SmallTable } from './table.ts';

const GAS_COLUMN = /^ch4_ppm_(.+)$/i;
/** The extracts have no data sheet: a network of low-cost sensors is taken to agree within a quarter of the air's 2 ppm. */
const ACCURACY_PPM = 0.5;
/** A release belongs to the nearest named group, if that is no farther. */
const GROUP_REACH_M = 30;
const DEFAULT_HEIGHT_M = 2;
const iso = compileTimeFormat('iso') as TimeReader;

type Place = [number, number, number];

export function isPointSensors(tables: readonly SmallTable[]): boolean {
  return tables.some(isObservations);
}

function isObservations(t: SmallTable): boolean {
  return hasColumns(t, 'wind_dir_rad', 'wind_speed_m_s') && t.header.some((h) => GAS_COLUMN.test(h));
}

export async function readPointSensors(folder: string, tables: readonly SmallTable[]): Promise<SiteRecording> {
  const name = basename(folder);
  const observations = tables.filter(isObservations);
  const gas = observations[0]!.header.filter((h) => GAS_COLUMN.test(h));
  const ids = gas.map((h) => GAS_COLUMN.exec(h)![1]!);
  const located = tables.filter((t) => hasColumns(t, 'name', 'lat', 'lon'));
  const nameOf = (t: SmallTable) => basename(t.path).toLowerCase();
  const sensorTable = located.find((t) => ids.every((id) => t.rows.some((r) => r.text('name') === id)));
  if (!sensorTable)
    throw new ProblemError([
      plainProblem(
        folder,
        '',
        `no table with the places of ${ids.join(', ')}`,
        'a CSV with name, lat, lon and height of every sensor, such as sensor_locations.csv',
      ),
    ]);
  const sources = located.filter((t) => t !== sensorTable && /source|equipment/.test(nameOf(t)));
  const remarks: string[] = [];
  const problems = observations.length === 0 ? [] : badPlaces(sensorTable);
  if (problems.length > 0) throw new ProblemError(problems);
  const { toLocal } = localFrame(sensorTable, ids);
  const placeOf = (id: string): Place => toLocal(sensorTable.rows.find((r) => r.text('name') === id)!);

  // A table of groups by name is what an operator has; single points are gathered to their groups where there is no other.
  const named = sources.find((t) => !hasColumns(t, 'group'));
  const points = sources.find((t) => hasColumns(t, 'group'));
  const skipped: string[] = [];
  const usable = (t: SmallTable) =>
    t.rows.filter((r) => {
      const good = Number.isFinite(r.number('lat')) && Number.isFinite(r.number('lon')) && r.text('name') !== '';
      if (!good) skipped.push(`${t.file}:${r.line}`);
      return good;
    });
  const equipment: AirAsBuilt['equipment'] = named
    ? usable(named).map((r) => ({ id: r.text('name'), place_m: toLocal(r) }))
    : points
      ? groupsOf(usable(points).map((r) => ({ group: r.text('group'), place_m: toLocal(r) })))
      : [];
  if (skipped.length > 0) remarks.push(`${skipped.length} rows without a place were left out: ${skipped.join(', ')}`);
  if (equipment.length === 0) remarks.push('no named equipment: a source may stand anywhere');

  const columns = [
    { column: 'wind_speed_m_s', tag: 'WIND-SPEED', quantity: 'wind-speed', unit: 'm/s', range: [0, 50], noise: 0.1 },
    { column: 'wind_dir_rad', tag: 'WIND-DIR', quantity: 'wind-direction', unit: 'rad', range: [0, 7], noise: 0.05 },
    ...gas.map((column, i) => ({
      column,
      tag: `AT-${ids[i]!}`,
      quantity: 'concentration',
      unit: 'ppm',
      range: [0, 10_000],
      accuracy: ACCURACY_PPM,
      element: ids[i]!,
    })),
  ];
  const parts: SitePart[] = [];
  let firstUs: number | undefined;
  for (const t of observations) {
    const time = t.header.find((h) => /^time/i.test(h)) ?? t.header[0]!;
    const mapping = mappingOf(name, { mapping: name, time: { column: time }, columns });
    const startUs = t.rows.map((r) => iso(r.text(time))).find((v) => !Number.isNaN(v)) ?? 0;
    firstUs ??= startUs;
    parts.push({ path: t.path, mapping, offsetUs: startUs - firstUs });
  }
  parts.sort((a, b) => a.offsetUs - b.offsetUs);
  const shift = parts[0]!.offsetUs;
  const ordered = parts.map((p) => ({ ...p, offsetUs: p.offsetUs - shift }));
  return {
    name,
    about: `${ids.length} gas sensors, one wind and ${equipment.length} named groups of equipment.`,
    asBuilt: airOnly(name, {
      gas: METHANE,
      sensors: ids.map((id) => ({ tag: `AT-${id}`, place_m: placeOf(id) })),
      equipment,
      wind: { speed: 'WIND-SPEED', direction: 'WIND-DIR', reads: 'towards-anticlockwise-of-east' },
    }),
    parts: ordered,
    remarks,
    problems: [],
    units: points
      ? usable(points).flatMap((r) => {
          const unit = /^(.+-.+)\d$/.exec(r.text('name'))?.[1];
          return unit === undefined ? [] : [{ unit, place_m: toLocal(r) }];
        })
      : [],
    truth: () =>
      truthOf(
        tables.filter((t) => t.header.some((h) => /ExpStart/i.test(h))),
        ordered,
        equipment,
        toLocal,
      ),
  };
}

/** Releases that overlap the recording; one that ran already when it began is open from its first instant. */
async function truthOf(
  tables: readonly SmallTable[],
  parts: readonly SitePart[],
  equipment: AirAsBuilt['equipment'],
  toLocal: (r: SmallTable['rows'][number], lat: string, lon: string) => Place,
): Promise<TruthEvent[]> {
  if (tables.length === 0) return [];
  const last = parts.at(-1)!;
  const table = await openCsv(last.path, last.mapping);
  let endUs = 0;
  for await (const batch of table.rows()) endUs = Math.max(endUs, last.offsetUs + (batch.at(-1)?.timeUs ?? 0));
  const startUs = table.report.startUs! - last.offsetUs;
  const releases = tables.flatMap((t) =>
    t.rows.flatMap((r) => {
      const fromUs = iso(r.text('tc_ExpStartDatetime')) - startUs;
      const toUs = iso(r.text('tc_ExpEndDatetime')) - startUs;
      const rate_g_h = r.number('tc_C1MassFlow');
      if (!(fromUs < endUs && toUs > 0 && rate_g_h > 0)) return [];
      const place_m = toLocal(r, 'tc_Latitude', 'tc_Longitude');
      const group = nearestTo(equipment, place_m) ?? r.text('tc_EquipmentGroupID');
      const point = r.text('tc_EPID') || r.text('tc_EquipmentGroupID') || 'release';
      const unit = r.text('tc_EquipmentUnitID');
      return [
        { point, unit, source: group, fromUs: Math.max(0, fromUs), toUs, massRate_kg_s: rate_g_h / 3.6e6, place_m },
      ];
    }),
  );
  releases.sort((a, b) => a.fromUs - b.fromUs);
  const seen = new Map<string, number>();
  return releases
    .flatMap(({ point, ...r }) => {
      const n = (seen.get(point) ?? 0) + 1;
      seen.set(point, n);
      return releaseEvents({ ref: n === 1 ? point : `${point}#${n}`, ...r }, endUs);
    })
    .sort((a, b) => a.timeUs - b.timeUs);
}

function nearestTo(equipment: AirAsBuilt['equipment'], [x, y]: Place): string | undefined {
  let best: string | undefined;
  let distance = GROUP_REACH_M;
  for (const e of equipment) {
    const d = Math.hypot(e.place_m[0] - x, e.place_m[1] - y);
    if (d < distance) {
      distance = d;
      best = e.id;
    }
  }
  return best;
}

function groupsOf(points: readonly { group: string; place_m: Place }[]): AirAsBuilt['equipment'] {
  return [...new Set(points.map((p) => p.group))].map((id) => {
    const own = points.filter((p) => p.group === id).map((p) => p.place_m);
    const mean = (k: 0 | 1 | 2) => own.reduce((s, p) => s + p[k], 0) / own.length;
    const place_m: Place = [mean(0), mean(1), mean(2)];
    const square = own.reduce((s, p) => s + (p[0] - place_m[0]) ** 2 + (p[1] - place_m[1]) ** 2, 0);
    return { id, place_m, radius_m: Math.sqrt(square / own.length) };
  });
}

function badPlaces(t: SmallTable) {
  return t.rows.flatMap((r) =>
    ['lat', 'lon'].flatMap((c) =>
      Number.isFinite(r.number(c)) ? [] : [cellProblem(t, r, c, 'degrees, such as 40.5957')],
    ),
  );
}

/** Radii of curvature of WGS 84 (a = 6,378,137 m, e² = 0.00669438) at the sensors' mean latitude. */
function localFrame(t: SmallTable, ids: readonly string[]) {
  const own = t.rows.filter((r) => ids.includes(r.text('name')));
  const mean = (c: string) => own.reduce((s, r) => s + r.number(c), 0) / own.length;
  const lat0 = mean('lat');
  const lon0 = mean('lon');
  const degree = Math.PI / 180;
  const e2 = 0.00669438;
  const w = 1 - e2 * Math.sin(lat0 * degree) ** 2;
  const north_m = (6_378_137 * (1 - e2)) / w ** 1.5;
  const east_m = (6_378_137 / Math.sqrt(w)) * Math.cos(lat0 * degree);
  return {
    toLocal: (r: SmallTable['rows'][number], lat = 'lat', lon = 'lon'): Place => {
      const height = r.number('height');
      return [
        (r.number(lon) - lon0) * degree * east_m,
        (r.number(lat) - lat0) * degree * north_m,
        Number.isFinite(height) ? height : DEFAULT_HEIGHT_M,
      ];
    },
  };
}

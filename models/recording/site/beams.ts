/**
 * A site with an open-path laser, as the Chilbolton experiment has it:
 *
 *   geometry.json      instruments { line_of_sight_sensor: [x, y, z], reflector_1: [x, y, z] … } and
 *                      sources { source_N_location: [x, y, z], source_N_emission_rate: kg/s } (optional)
 *   source_N*.csv      minute, wind_speed_m_s, wind_dir_deg_asfile (where it goes, anticlockwise from east),
 *                      ch4_ppm_reflector_1 …: path averages; source N runs throughout
 *
 * Several such files are one recording after another, a day apart: their own distance in time is not told.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type AirAsBuilt, ProblemError, plainProblem } from '../../contract/index.ts';
import { readDocument } from '../../document/index.ts';
import { shownPath } from '../csvRows.ts';
import { openCsv } from '../csvTable.ts';
import { airOnly, METHANE, mappingOf, releaseEvents, type SiteRecording } from './recording.ts';
import type { SmallTable } from './table.ts';

export const GEOMETRY = 'geometry.json';
const BEAM_COLUMN = /^ch4_ppm_(reflector_.+)$/i;
const DAY_US = 86_400_000_000;
/** One analyser for all beams: they agree as well as its own error says, 0.02 ppm of path average (its 1 σ, measured). */
const ACCURACY_PPM = 0.02;
/** A source may stand so far outside the instruments' own rectangle. */
const MARGIN_M = 20;

const place = z.tuple([z.number(), z.number(), z.number()]);
const geometrySchema = z.looseObject({
  instruments: z.record(z.string(), place),
  sources: z.record(z.string(), z.union([place, z.number()])).default({}),
});

export async function readBeams(folder: string, tables: readonly SmallTable[], only?: string): Promise<SiteRecording> {
  const name = basename(folder);
  const path = join(folder, GEOMETRY);
  const read = readDocument(shownPath(path), readFileSync(path, 'utf8'), geometrySchema);
  if (!read.ok) throw new ProblemError(read.problems);
  const { instruments, sources } = read.value.value;
  const emitter = Object.entries(instruments).find(([id]) => /sensor/i.test(id))?.[1];
  const files = tables.filter(
    (t) => t.header.some((h) => BEAM_COLUMN.test(h)) && (only === undefined || basename(t.path) === only),
  );
  if (!emitter || files.length === 0)
    throw new ProblemError([
      plainProblem(
        folder,
        '',
        emitter ? 'no CSV with columns such as ch4_ppm_reflector_1' : `no sensor in ${GEOMETRY}`,
        'the place of the laser, its reflectors, and a CSV of path averages',
      ),
    ]);
  const beams = files[0]!.header.filter((h) => BEAM_COLUMN.test(h)).map((h) => BEAM_COLUMN.exec(h)![1]!);
  const lost = beams.filter((b) => !instruments[b]);
  if (lost.length > 0)
    throw new ProblemError([
      plainProblem(shownPath(path), 'instruments', `no ${lost.join(', ')}`, 'every reflector that a column names'),
    ]);
  const direction = files[0]!.header.find((h) => /^wind_dir/i.test(h)) ?? 'wind_dir_deg_asfile';
  const mapping = mappingOf(name, {
    mapping: name,
    time: { column: 'minute', format: 'minutes' },
    scan: '1 min',
    columns: [
      { column: 'wind_speed_m_s', tag: 'WIND-SPEED', quantity: 'wind-speed', unit: 'm/s', range: [0, 50], noise: 0.1 },
      {
        column: direction,
        tag: 'WIND-DIR',
        quantity: 'wind-direction',
        unit: /rad/i.test(direction) ? 'rad' : 'deg',
        range: [0, 360],
        noise: 3,
      },
      ...beams.map((b) => ({
        column: `ch4_ppm_${b}`,
        tag: `AT-${b}`,
        quantity: 'concentration',
        unit: 'ppm',
        range: [0, 10_000],
        noise: ACCURACY_PPM,
        accuracy: ACCURACY_PPM,
        element: b,
      })),
    ],
  });
  const parts = files.map((t, i) => ({ path: t.path, mapping, offsetUs: i * DAY_US }));
  const ends = [emitter, ...beams.map((b) => instruments[b]!)];
  const span = (k: 0 | 1, f: (...v: number[]) => number) => f(...ends.map((p) => p[k]));
  const air: AirAsBuilt = {
    gas: METHANE,
    sensors: beams.map((b) => ({ tag: `AT-${b}`, place_m: emitter, to_m: instruments[b]! })),
    equipment: [],
    bounds_m: [
      span(0, Math.min) - MARGIN_M,
      span(1, Math.min) - MARGIN_M,
      span(0, Math.max) + MARGIN_M,
      span(1, Math.max) + MARGIN_M,
    ],
    wind: { speed: 'WIND-SPEED', direction: 'WIND-DIR', reads: 'towards-anticlockwise-of-east' },
  };
  return {
    name,
    about: `An open-path laser with ${beams.length} beams and one wind.`,
    asBuilt: airOnly(name, air),
    parts,
    remarks: parts.length > 1 ? [`${parts.length} recordings are set a day apart: their distance is not told`] : [],
    problems: [],
    async truth() {
      const lists = await Promise.all(
        parts.map(async (p) => {
          const numbers = /source((?:_\d+)+)(?![\da-z])/i.exec(basename(p.path))?.[1]?.split('_').filter(Boolean) ?? [];
          const table = await openCsv(p.path, p.mapping);
          let lastUs = 0;
          for await (const batch of table.rows()) lastUs = Math.max(lastUs, batch.at(-1)?.timeUs ?? 0);
          return numbers.flatMap((n) => {
            const at = sources[`source_${n}_location`];
            const rate = sources[`source_${n}_emission_rate`];
            if (!Array.isArray(at) || typeof rate !== 'number') return [];
            const span = { fromUs: p.offsetUs, toUs: p.offsetUs + lastUs };
            return releaseEvents({ ref: `source_${n}`, ...span, massRate_kg_s: rate, place_m: at }, span.toUs);
          });
        }),
      );
      return lists.flat();
    },
  };
}

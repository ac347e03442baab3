/** The door of foreign recordings of a site's air: a folder in any of the formats that are known here. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ProblemError, plainProblem } from '../../contract/index.ts';
import { shownPath } from '../csvRows.ts';
import { RECORDING_FILES } from '../format.ts';
import { GEOMETRY, readBeams } from './beams.ts';
import { isPointSensors, readPointSensors } from './pointSensors.ts';
import type { SiteRecording } from './recording.ts';
import { tablesOf } from './table.ts';

export type { SitePart, SiteRecording } from './recording.ts';

/** True of a folder that is no run of ours, and of a CSV beside a geometry. */
export function isSiteRecording(path: string): boolean {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isDirectory()) return !existsSync(join(path, RECORDING_FILES.manifest));
  return info !== undefined && existsSync(join(dirname(path), GEOMETRY));
}

/** Throws a ProblemError where the folder is in no format that is known. */
export async function readSiteRecording(path: string): Promise<SiteRecording> {
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const tables = await tablesOf(folder);
  if (existsSync(join(folder, GEOMETRY))) return readBeams(folder, tables, isFolder ? undefined : basename(path));
  if (isPointSensors(tables)) return readPointSensors(folder, tables);
  throw new ProblemError([
    plainProblem(
      shownPath(folder),
      '',
      tables.length === 0
        ? 'a folder without a readable CSV'
        : `a folder with ${tables.map((t) => basename(t.path)).join(', ')}`,
      `a run of ours (${RECORDING_FILES.manifest}), observations with wind_dir_rad, wind_speed_m_s and ch4_ppm_* beside places of sensors and sources, or ${GEOMETRY} beside path averages`,
    ),
  ]);
}

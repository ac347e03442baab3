/**
 * Source terms: orifices, choked gas, flashing flows, jets, plume rise, dense clouds at their source and leaks in the ground,
 * against closed forms and the worked examples of a folder. An example that cannot be read is skipped and stops no other.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { validateReleases } from './gasReleases.ts';
import { validateJets } from './plumeJets.ts';
import { RELEASE_FORMS } from './releaseClosedForms.ts';
import { skipped, type Validation, type ValidationRow } from './table.ts';

/** Validates source terms; `dataDir` holds worked examples as JSON, itself or in a folder `worked_examples`. */
export function validateRelease(dataDir?: string): Validation {
  const cases: ValidationRow[] = [];
  for (const [name, rows] of RELEASE_FORMS) {
    try {
      cases.push(...rows());
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      cases.push({ case: name, metric: 'all', actual: Number.NaN, target: 0, unit: '', status: 'fail', note });
    }
  }
  if (dataDir !== undefined) cases.push(...examples(dataDir));
  return { cases };
}

function examples(dataDir: string): ValidationRow[] {
  const places = ['.', 'worked_examples', join('dispersion', 'worked_examples')].map((p) => join(dataDir, p));
  const files = places
    .filter((p) => existsSync(p))
    .flatMap((p) =>
      readdirSync(p)
        .filter((f) => f.endsWith('.json'))
        .sort()
        .map((f) => join(p, f)),
    );
  const rows = files.flatMap((file) => {
    try {
      return [...validateReleases(file), ...validateJets(file)];
    } catch (error) {
      return [skipped(file, 'examples', error instanceof Error ? error.message : String(error))];
    }
  });
  return rows.length > 0
    ? rows
    : [skipped('worked examples', 'all', `no example of a release was found in ${dataDir}`)];
}

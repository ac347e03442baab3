/**
 * `leaktwin validate plume`: models of the air against Project Prairie Grass, worked examples, dense
 * spills and closed forms. Without a
 * folder the closed forms run alone.
 */
import { createPuffs } from '../../models/physics/air/index.ts';
import { createParticles } from '../../models/physics/air/particles/index.ts';
import { workedExamples } from './gasFolder.ts';
import { validateReleases } from './gasReleases.ts';
import { validatePlumeClosedForms } from './plumeClosedForms.ts';
import { denseFolder, validateDense, validateJets } from './plumeDense.ts';
import { validatePlumeExamples } from './plumeExamples.ts';
import { type AirTrial, prairieFolder, readPrairie, validatePrairie } from './plumePrairie.ts';
import { skipped, type Validation, type ValidationRow } from './table.ts';

/** Puffs as a site runs them, each run's σθ that of its ten minutes. */
const PUFFS: AirTrial = {
  name: 'puffs',
  step_s: 1,
  average_s: 20,
  create: (_, reach_m) => createPuffs({ species: 1, extent_m: 1.5 * reach_m }),
};
/** Parcels of one pulse: an arc's figure has some per cent of chance in it. */
const PARCELS = 4000;
const PARTICLES: AirTrial = {
  name: 'particles',
  step_s: 0.5,
  average_s: 0,
  create: (_, reach_m) => {
    const far = 1.2 * reach_m;
    return createParticles({
      seed: 1,
      capacity: PARCELS + 1,
      // Wide across, where the kernel costs nothing, narrow upwards, where it smooths.
      kernel: { share: 0.5, upShare: 0.1 },
      // The pulse is released over the first half second.
      parcelsPerSecond: 2 * PARCELS,
      domain: { x0_m: -far / 2, y0_m: -3 * far, x1_m: far, y1_m: 3 * far },
    });
  },
};
const TRIALS: readonly AirTrial[] = [PUFFS, PARTICLES];

/** Rows of a folder in the reference's form (or of none: closed forms). A broken part is a row, never the end of the rest. */
export function validatePlume(dataDir?: string): Validation {
  const cases: ValidationRow[] = [];
  const attempt = (name: string, rows: () => readonly ValidationRow[]) => {
    try {
      cases.push(...rows());
    } catch (error) {
      cases.push(skipped(name, 'read', error instanceof Error ? error.message : String(error)));
    }
  };
  attempt('closed forms', validatePlumeClosedForms);
  if (dataDir === undefined) {
    cases.push(skipped('field data', 'prairie-grass', 'no --data folder was given: closed forms alone'));
    return { cases };
  }
  const prairie = prairieFolder(dataDir);
  if (prairie === undefined)
    cases.push(skipped('prairie-grass', 'agreement', `no runs_met.csv in or below ${dataDir}`));
  else {
    attempt('prairie-grass', () => {
      const data = readPrairie(prairie);
      return TRIALS.flatMap((trial) => validatePrairie(data, trial));
    });
  }
  const examples = workedExamples(dataDir);
  if (examples === undefined) cases.push(skipped('worked examples', 'answers', `no examples.json near ${dataDir}`));
  else {
    attempt('worked examples', () => validatePlumeExamples(examples));
    attempt('worked examples', () => validateReleases(examples));
    attempt('worked examples', () => validateJets(examples));
  }
  const dense = denseFolder(dataDir);
  if (dense === undefined)
    cases.push(skipped('dense gas', 'agreement', `no trial_conditions.csv in or below ${dataDir}`));
  else attempt('dense gas', () => validateDense(dense));
  return { cases };
}

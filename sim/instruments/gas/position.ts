/**
 * Where a moving instrument is, as its satellite receiver says: metres east and north of the site's origin. Its error is the
 * tag's `accuracy` and `noise`.
 */
import type { GasForm, Surroundings } from './form.ts';

function coordinate(form: string, summary: string, of: (around: Surroundings) => number): GasForm {
  return {
    form,
    summary,
    measures: 'other',
    dimensions: ['length'],
    create: () => ({ size: 0, start() {}, step: of }),
  };
}

export const EAST = coordinate('east', 'how far east of the origin a moving instrument is', (a) => a.x_m);
export const NORTH = coordinate('north', 'how far north of the origin a moving instrument is', (a) => a.y_m);

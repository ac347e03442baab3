/**
 * Tanks and pools against closed forms, independent quadrature and published figures. There are no recorded tank cases yet:
 * a folder is accepted and a row says that it was not read. A case that throws is reported as failed and stops no other.
 */

import { skipped, type Validation, type ValidationRow } from './table.ts';
import { validateTankFlow } from './tankFlow.ts';
import { validateTankGauge } from './tankGauge.ts';
import { validateTankHeat } from './tankHeat.ts';
import { validateTankPools } from './tankPools.ts';

/** Validates tanks, bunds, pools and gauging; one row per case and metric. `dataDir` is not read. */
export function validateTank(dataDir?: string): Validation {
  const cases: ValidationRow[] = [];
  for (const part of [validateTankFlow, validateTankHeat, validateTankPools, validateTankGauge]) {
    for (const [name, rows] of part()) {
      try {
        cases.push(...rows());
      } catch (error) {
        const note = error instanceof Error ? error.message : String(error);
        cases.push({ case: name, metric: 'all', actual: Number.NaN, target: 0, unit: '', status: 'fail', note });
      }
    }
  }
  if (dataDir !== undefined)
    cases.push(
      skipped(
        'folder of cases',
        'all',
        'tanks are held against closed forms; no file format of tank cases is known yet',
      ),
    );
  return { cases };
}

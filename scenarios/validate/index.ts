/** The door of validation: physics against published cases and closed forms. */
import type { Validation } from './table.ts';

export { validateGas } from './gas.ts';
export { validatePlume } from './plume.ts';
export { validateRelease } from './release.ts';
export { formatValidation, type Validation, type ValidationRow } from './table.ts';
/** Loads the water engine only when it is asked for. */
export async function validateNetwork(dataDir?: string): Promise<Validation> {
  const { validateNetwork: validate } = await import('./network.ts');
  return validate(dataDir);
}

export { validateTank } from './tank.ts';
export { validateTransient } from './transient.ts';

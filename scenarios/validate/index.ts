/** The door of validation: physics against published cases and closed forms. */
export { validateGas } from './gas.ts';
export { formatValidation, type Validation, type ValidationRow } from './table.ts';
export { validateTank } from './tank.ts';
export { validateTransient } from './transient.ts';

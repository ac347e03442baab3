/** The door of validation: physics against published cases and closed forms. */
export { formatValidation, type ValidationRow } from './table.ts';
export { validateTransient } from './transient.ts';

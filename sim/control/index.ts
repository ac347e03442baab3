/** The door of control: loops, interlocks and shutdown, for every kind of plant. */
export { hasControl } from './bind.ts';
export { checkControl } from './check.ts';
export { type Control, compileControl, createControl } from './control.ts';
export type { ControlModel } from './model.ts';

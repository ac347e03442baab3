/** The door of alarms. */
export { type AlarmPoint, type Annunciator, createAnnunciator } from './annunciator.ts';
export {
  createMachine,
  DEFAULT_SHELF_LIMIT_US,
  type Machine,
  type MachineSettings,
  SUPPRESSED_BY,
  type Transition,
} from './machine.ts';
export { type AlarmsSpec, alarmsProblems, alarmsSchema, rationalPriority } from './spec.ts';

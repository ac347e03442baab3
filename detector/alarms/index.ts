/** The door of alarms. */
export { createMachine, type Machine, type MachineSettings } from './machine.ts';

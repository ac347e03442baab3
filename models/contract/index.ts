/** The door of the contract: everything that crosses a folder or a wire. */
export * from './alarm.ts';
export * from './asBuilt.ts';
export * from './card.ts';
export * from './command.ts';
export * from './control.ts';
export * from './frame.ts';
export * from './incident.ts';
export * from './mailbox.ts';
export * from './message.ts';
export * from './operate.ts';
export * from './plugin.ts';
export * from './problem.ts';
export * from './registers.ts';
export * from './responsePlan.ts';
export * from './truth.ts';

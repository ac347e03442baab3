/** The door of the contract: everything that crosses a folder or a wire. */
export * from './alarm.ts';
export * from './alarmBoard.ts';
export * from './asBuilt.ts';
export * from './card.ts';
export * from './command.ts';
export * from './frame.ts';
export * from './incident.ts';
export * from './mailbox.ts';
export * from './message.ts';
export * from './operate.ts';
export * from './plugin.ts';
export * from './plume.ts';
export * from './problem.ts';
export * from './registers.ts';
export * from './runs.ts';
export * from './scene.ts';
export * from './truth.ts';

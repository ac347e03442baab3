/** The door of the live twin. */
export { type AlarmRoom, addAlarms } from './alarms.ts';
export { inCi } from './ci.ts';
export { addHistory } from './history.ts';
export { addPage, type LiveState } from './page.ts';
export { USUAL_PORTS, usualPort } from './ports.ts';
export { addRuns, type RunsOptions } from './runs.ts';
export { bearerOf, sameSecret } from './secret.ts';
export { addWindow, WINDOW_FOLDER } from './window.ts';

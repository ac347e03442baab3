/** The door of the live twin. */
export { type AlarmRoom, addAlarms } from './alarms.ts';
export { inCi } from './ci.ts';
export { addHistory } from './history.ts';
export { openLog, type ServeLog } from './log.ts';
export { Metrics, type MetricsSources } from './metrics.ts';
export { addPage, type LiveState } from './page.ts';
export { USUAL_PORTS, usualPort } from './ports.ts';
export { addResponse } from './response.ts';
export { addRuns, type RunsOptions } from './runs.ts';
export { bearerOf, sameSecret } from './secret.ts';
export { addWindow, WINDOW_FOLDER } from './window.ts';

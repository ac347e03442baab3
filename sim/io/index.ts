/** The door of the plant's sockets: Modbus, REST, WebSocket and truth, at a pace. */
export type { Drive } from './drive.ts';
export type { Pace } from './pace.ts';
export type { RunEnd } from './run.ts';
export { type PlantServer, type PlantServerOptions, startPlantServer } from './server.ts';

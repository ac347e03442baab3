/** The door of the ingest: any transport to ordered frames with quality. */
export { csvSource } from './csv.ts';
export { type InprocPlant, inprocSource } from './inproc.ts';
export { type ModbusSourceOptions, modbusSource } from './modbus.ts';
export { recordingSource } from './recording.ts';
export { type SiteSource, siteSource } from './site.ts';
export { type WebSocketSourceOptions, websocketSource } from './websocket.ts';

/** The door of the Modbus room: what a plant needs to publish registers and to take writes. */
export {
  type Answer,
  arrayBank,
  type BitTable,
  type CoilTable,
  type ConnectionId,
  type DeviceIdentification,
  DONE,
  deviceIdentification,
  Exception,
  type ExceptionCode,
  HELD,
  type HoldingTable,
  type IdentificationTexts,
  type RegisterBank,
  type RegisterTable,
  type UnitMap,
  type WritableTable,
} from './bank.ts';
export type { ModbusServerOptions, ModbusServerStats, UnknownUnit } from './options.ts';
export type { Writable } from './pdu.ts';
export { ModbusServer } from './server.ts';

/** What a Modbus client is made of: sockets that open within a limit, words as bytes, and writes to a plant's controls. */
import { connect as connectSocket, type Socket } from 'node:net';
import modbusSerial from 'modbus-serial';
import {
  type ControlWrite,
  controlAddress,
  putFloat,
  type UnitImage,
  type WordOrder,
} from '../../models/contract/index.ts';

export const ModbusRTU = modbusSerial.default;
export type Bus = InstanceType<typeof ModbusRTU>;
export type Request = (bus: Bus) => void;

/** The connection is gone, in a sentence; a polling master tries again. */
export class Lost extends Error {}

/** FC5 of a coil, or FC16 of both halves of a set point, to the unit that has it; undefined where none has. */
export function controlRequest(
  units: readonly UnitImage[],
  { element, property, value }: ControlWrite,
  order: WordOrder,
  taken: (error: unknown) => void,
): Request | undefined {
  for (const unit of units) {
    const at = controlAddress(unit, element, property);
    if (!at) continue;
    if (at.table === 'coil') return (bus) => bus.writeFC5(unit.unitId, at.address, value !== 0, taken as never);
    const words = new Uint16Array(2);
    putFloat(words, 0, value, order);
    // The types know arrays only; a Buffer is copied in one go.
    const bytes = bigEndian(words) as unknown as number[];
    return (bus) => bus.writeFC16(unit.unitId, at.address, bytes, taken as never);
  }
  return undefined;
}

export function codeOf(error: unknown): number | undefined {
  return (error as { modbusCode?: number } | null)?.modbusCode;
}

export function bigEndian(words: Uint16Array): Buffer {
  const bytes = Buffer.alloc(2 * words.length);
  for (let i = 0; i < words.length; i += 1) bytes.writeUInt16BE(words[i]!, 2 * i);
  return bytes;
}

/** A connection, or a sentence within the limit. */
export function openSocket(host: string, port: number, limit_ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Lost(`the plant at ${host}:${port} did not accept a connection within ${limit_ms} ms`));
    }, limit_ms);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const why = error.code === 'ECONNREFUSED' ? 'nothing listens there; is the plant running?' : error.message;
      reject(new Lost(`the plant at ${host}:${port} cannot be reached: ${why}`));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      // From here 'close' tells what must be told.
      socket.removeAllListeners('error');
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

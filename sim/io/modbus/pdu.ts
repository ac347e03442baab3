/**
 * One Modbus request in, one reply out: the state diagrams of the MODBUS Application Protocol Specification V1.1b3,
 * section 6, without sockets. Functions 1, 2, 3, 4, 5, 6, 15, 16, 22, 23 and 43/14; every other one is exception 1.
 *
 * Every diagram asks in the same order, and so does this file: is the function known (else 1), is the length right and
 * are quantity, byte count and value legal (else 3), is the whole range inside the table (else 2), did the device do it
 * (else what the device says: 4, 6, …). A PDU that is too short or too long for its function is exception 3.
 * Nothing is allocated per request, because a lockstep round of a large plant is dozens of requests.
 */
import {
  type Answer,
  type BitTable,
  type CoilTable,
  type ConnectionId,
  type DeviceIdentification,
  DONE,
  Exception,
  HELD,
  type HoldingTable,
  type RegisterBank,
  type RegisterTable,
  type WritableTable,
} from './bank.ts';

/** The longest PDU (section 4.1): 256 bytes of a serial frame less address and checksum. */
export const PDU_MAX = 253;
/** Limits of one request, by function. */
export const READ_BITS_MAX = 2000;
export const WRITE_BITS_MAX = 1968;
export const READ_REGISTERS_MAX = 125;
export const WRITE_REGISTERS_MAX = 123;
export const READ_WRITE_REGISTERS_MAX = 121;

/** Says whether a connection may write a range; the bank is asked only if it may. */
export type Writable = (
  connection: ConnectionId,
  unit: number,
  table: WritableTable,
  address: number,
  quantity: number,
) => boolean;

/** One request and the place for its reply. The caller keeps one and fills it again for each request. */
export interface Exchange {
  connection: ConnectionId;
  unit: number;
  /** The request's PDU is `request[start … start+length-1]`, length 1 … 253. */
  request: Uint8Array;
  start: number;
  length: number;
  /** The reply's PDU goes to `reply` from `at`; 253 bytes must be free there. */
  reply: Uint8Array;
  at: number;
  /** Left out: everything may be written. */
  writable?: Writable;
  /** Told of an exception thrown by a bank; the master is told code 4. */
  onFault?(fault: unknown): void;
}

// Lent to read and write hooks for the length of one call. Views by quantity are kept, so that lending costs nothing.
const wordsIn = new Uint16Array(READ_REGISTERS_MAX);
const wordsOut = new Uint16Array(WRITE_REGISTERS_MAX);
const bitsIn = new Uint8Array(READ_BITS_MAX);
const bitsOut = new Uint8Array(WRITE_BITS_MAX);
const wordViews: Uint16Array[] = [];
const bitViews: Uint8Array[] = [];
for (let n = 0; n <= WRITE_REGISTERS_MAX; n++) wordViews.push(wordsOut.subarray(0, n));

const LEGAL_CODES: ReadonlySet<number> = new Set(Object.values(Exception));
const NO_REGISTERS: HoldingTable = { size: 0 };
const NO_BITS: CoilTable = { size: 0 };

/**
 * Answers one request.
 * @param written the answer to this same request's write, once it was HELD: the write is not asked for again.
 * @returns bytes of reply written at `exchange.at`, or HELD when the bank's write hook said so (nothing is written then).
 */
export function handlePdu(bank: RegisterBank, exchange: Exchange, written?: Answer): number {
  try {
    switch (exchange.request[exchange.start]) {
      case 0x01:
        return readBits(bank.coils ?? NO_BITS, exchange);
      case 0x02:
        return readBits(bank.discrete ?? NO_BITS, exchange);
      case 0x03:
        return readRegisters(bank.holding ?? NO_REGISTERS, exchange);
      case 0x04:
        return readRegisters(bank.input ?? NO_REGISTERS, exchange);
      case 0x05:
        return writeCoil(bank.coils ?? NO_BITS, exchange, written);
      case 0x06:
        return writeRegister(bank.holding ?? NO_REGISTERS, exchange, written);
      case 0x0f:
        return writeCoils(bank.coils ?? NO_BITS, exchange, written);
      case 0x10:
        return writeRegisters(bank.holding ?? NO_REGISTERS, exchange, written);
      case 0x16:
        return maskRegister(bank.holding ?? NO_REGISTERS, exchange, written);
      case 0x17:
        return readWriteRegisters(bank.holding ?? NO_REGISTERS, exchange, written);
      case 0x2b:
        return identify(bank.identification, exchange);
      default:
        return putException(exchange, Exception.illegalFunction);
    }
  } catch (fault) {
    // A bank that throws is broken, and its master must hear so; the next request is served as ever.
    exchange.onFault?.(fault);
    return putException(exchange, Exception.deviceFailure);
  }
}

/** Writes the exception reply to the exchange's request. @returns its length, 2 */
export function putException(exchange: Exchange, code: number): number {
  exchange.reply[exchange.at] = exchange.request[exchange.start] | 0x80;
  // A code that the specification does not know comes from a broken hook: the device has failed.
  exchange.reply[exchange.at + 1] = LEGAL_CODES.has(code) ? code : Exception.deviceFailure;
  return 2;
}

// Functions 1 and 2.
function readBits(table: BitTable, exchange: Exchange): number {
  const { request, start, reply, at } = exchange;
  if (exchange.length !== 5) return putException(exchange, Exception.illegalDataValue);
  const address = word(request, start + 1);
  const quantity = word(request, start + 3);
  if (quantity < 1 || quantity > READ_BITS_MAX) return putException(exchange, Exception.illegalDataValue);
  if (address + quantity > table.size) return putException(exchange, Exception.illegalDataAddress);

  let bits = table.bits;
  let first = address;
  if (!bits) {
    const answer = table.read!(address, quantity, bitsIn, exchange.unit, exchange.connection);
    if (answer !== DONE) return putException(exchange, answer);
    bits = bitsIn;
    first = 0;
  } else if (bits.length < table.size) {
    // The owner swapped in an array that is too short: zeros must not pass for states.
    return putException(exchange, Exception.deviceFailure);
  }
  const bytes = (quantity + 7) >> 3;
  reply[at] = request[start];
  reply[at + 1] = bytes;
  for (let i = 0; i < bytes; i++) {
    // The first bit is the lowest of the first byte; what is left of the last byte is zero.
    let packed = 0;
    const end = Math.min(8, quantity - i * 8);
    for (let b = 0; b < end; b++) if (bits[first + i * 8 + b]) packed |= 1 << b;
    reply[at + 2 + i] = packed;
  }
  return 2 + bytes;
}

// Functions 3 and 4.
function readRegisters(table: RegisterTable, exchange: Exchange): number {
  const { request, start } = exchange;
  if (exchange.length !== 5) return putException(exchange, Exception.illegalDataValue);
  const address = word(request, start + 1);
  const quantity = word(request, start + 3);
  if (quantity < 1 || quantity > READ_REGISTERS_MAX) return putException(exchange, Exception.illegalDataValue);
  if (address + quantity > table.size) return putException(exchange, Exception.illegalDataAddress);
  return putRegisters(table, exchange, address, quantity);
}

// Function 5.
function writeCoil(table: CoilTable, exchange: Exchange, written: Answer | undefined): number {
  const { request, start } = exchange;
  if (exchange.length !== 5) return putException(exchange, Exception.illegalDataValue);
  const address = word(request, start + 1);
  const value = word(request, start + 3);
  if (value !== 0x0000 && value !== 0xff00) return putException(exchange, Exception.illegalDataValue);
  if (address >= table.size) return putException(exchange, Exception.illegalDataAddress);
  bitsOut[0] = value === 0 ? 0 : 1;
  const answer = written ?? askCoils(table, exchange, address, 1);
  return answer === DONE ? putEcho(exchange, 5) : refuse(exchange, answer);
}

// Function 6.
function writeRegister(table: HoldingTable, exchange: Exchange, written: Answer | undefined): number {
  const { request, start } = exchange;
  if (exchange.length !== 5) return putException(exchange, Exception.illegalDataValue);
  const address = word(request, start + 1);
  if (address >= table.size) return putException(exchange, Exception.illegalDataAddress);
  wordsOut[0] = word(request, start + 3);
  const answer = written ?? askRegisters(table, exchange, address, 1);
  return answer === DONE ? putEcho(exchange, 5) : refuse(exchange, answer);
}

// Function 15.
function writeCoils(table: CoilTable, exchange: Exchange, written: Answer | undefined): number {
  const { request, start, length } = exchange;
  if (length < 6) return putException(exchange, Exception.illegalDataValue);
  const address = word(request, start + 1);
  const quantity = word(request, start + 3);
  const bytes = request[start + 5];
  if (quantity < 1 || quantity > WRITE_BITS_MAX || bytes !== (quantity + 7) >> 3 || length !== 6 + bytes) {
    return putException(exchange, Exception.illegalDataValue);
  }
  if (address + quantity > table.size) return putException(exchange, Exception.illegalDataAddress);
  for (let i = 0; i < quantity; i++) bitsOut[i] = (request[start + 6 + (i >> 3)] >> (i & 7)) & 1;
  const answer = written ?? askCoils(table, exchange, address, quantity);
  return answer === DONE ? putEcho(exchange, 5) : refuse(exchange, answer);
}

// Function 16.
function writeRegisters(table: HoldingTable, exchange: Exchange, written: Answer | undefined): number {
  const { request, start, length } = exchange;
  if (length < 6) return putException(exchange, Exception.illegalDataValue);
  const address = word(request, start + 1);
  const quantity = word(request, start + 3);
  const bytes = request[start + 5];
  if (quantity < 1 || quantity > WRITE_REGISTERS_MAX || bytes !== quantity * 2 || length !== 6 + bytes) {
    return putException(exchange, Exception.illegalDataValue);
  }
  if (address + quantity > table.size) return putException(exchange, Exception.illegalDataAddress);
  for (let i = 0; i < quantity; i++) wordsOut[i] = word(request, start + 6 + 2 * i);
  const answer = written ?? askRegisters(table, exchange, address, quantity);
  return answer === DONE ? putEcho(exchange, 5) : refuse(exchange, answer);
}

// Function 22: result = (current AND and-mask) OR (or-mask AND NOT and-mask).
function maskRegister(table: HoldingTable, exchange: Exchange, written: Answer | undefined): number {
  const { request, start } = exchange;
  if (exchange.length !== 7) return putException(exchange, Exception.illegalDataValue);
  const address = word(request, start + 1);
  const and = word(request, start + 3);
  const or = word(request, start + 5);
  if (address >= table.size) return putException(exchange, Exception.illegalDataAddress);
  let answer: number | undefined = written;
  if (answer === undefined) {
    const read = takeRegisters(table, exchange, address, 1);
    if (read !== DONE) return putException(exchange, read);
    wordsOut[0] = (wordsIn[0] & and) | (or & ~and);
    answer = askRegisters(table, exchange, address, 1);
  }
  return answer === DONE ? putEcho(exchange, 7) : refuse(exchange, answer);
}

// Function 23: the write comes before the read, and both ranges are judged before either is touched.
function readWriteRegisters(table: HoldingTable, exchange: Exchange, written: Answer | undefined): number {
  const { request, start, length } = exchange;
  if (length < 10) return putException(exchange, Exception.illegalDataValue);
  const readAddress = word(request, start + 1);
  const readQuantity = word(request, start + 3);
  const writeAddress = word(request, start + 5);
  const writeQuantity = word(request, start + 7);
  const bytes = request[start + 9];
  if (
    readQuantity < 1 ||
    readQuantity > READ_REGISTERS_MAX ||
    writeQuantity < 1 ||
    writeQuantity > READ_WRITE_REGISTERS_MAX ||
    bytes !== writeQuantity * 2 ||
    length !== 10 + bytes
  ) {
    return putException(exchange, Exception.illegalDataValue);
  }
  if (readAddress + readQuantity > table.size || writeAddress + writeQuantity > table.size) {
    return putException(exchange, Exception.illegalDataAddress);
  }
  for (let i = 0; i < writeQuantity; i++) wordsOut[i] = word(request, start + 10 + 2 * i);
  const answer = written ?? askRegisters(table, exchange, writeAddress, writeQuantity);
  return answer === DONE ? putRegisters(table, exchange, readAddress, readQuantity) : refuse(exchange, answer);
}

// Function 43, MEI type 14. Codes 1, 2, 3 stream a category (basic, regular, extended), 4 gives one object.
function identify(identification: DeviceIdentification | undefined, exchange: Exchange): number {
  const { request, start, length, reply, at } = exchange;
  if (!identification) return putException(exchange, Exception.illegalFunction);
  if (length < 2) return putException(exchange, Exception.illegalDataValue);
  if (request[start + 1] !== 0x0e) return putException(exchange, Exception.illegalFunction);
  if (length !== 4) return putException(exchange, Exception.illegalDataValue);
  const code = request[start + 2];
  const from = request[start + 3];
  if (code < 1 || code > 4) return putException(exchange, Exception.illegalDataValue);

  // Asked for more than the device has, it answers with what it has; so the last id of a category is enough to know.
  const objects = identification.objects;
  const lastId = code === 1 ? 0x02 : code === 2 ? 0x7f : 0xff;
  let i = objects.findIndex((object) => object.id === from);
  if (code === 4 && i < 0) return putException(exchange, Exception.illegalDataAddress);
  // A stream asked from an object that it does not hold begins again with object 0.
  if (i < 0 || from > lastId) i = 0;

  reply[at] = 0x2b;
  reply[at + 1] = 0x0e;
  reply[at + 2] = code;
  reply[at + 3] = identification.conformity;
  reply[at + 4] = 0x00;
  reply[at + 5] = 0x00;
  let count = 0;
  let end = at + 7;
  for (; i < objects.length && objects[i].id <= lastId; i++) {
    if (code === 4 && count === 1) break;
    const { id, text } = objects[i];
    if (end + 2 + text.length > at + PDU_MAX) {
      // An object is never cut: the master comes back for the next one by its id.
      reply[at + 4] = 0xff;
      reply[at + 5] = id;
      break;
    }
    reply[end] = id;
    reply[end + 1] = text.length;
    reply.set(text, end + 2);
    end += 2 + text.length;
    count += 1;
  }
  reply[at + 6] = count;
  return end - at;
}

function askRegisters(table: HoldingTable, exchange: Exchange, address: number, quantity: number): number {
  if (!table.write) return Exception.illegalDataAddress;
  const { writable, connection, unit } = exchange;
  if (writable && !writable(connection, unit, 'holding', address, quantity)) return Exception.illegalDataAddress;
  return table.write(address, wordViews[quantity], unit, connection);
}

function askCoils(table: CoilTable, exchange: Exchange, address: number, quantity: number): number {
  if (!table.write) return Exception.illegalDataAddress;
  const { writable, connection, unit } = exchange;
  if (writable && !writable(connection, unit, 'coils', address, quantity)) return Exception.illegalDataAddress;
  bitViews[quantity] ??= bitsOut.subarray(0, quantity);
  return table.write(address, bitViews[quantity], unit, connection);
}

// Reads into `wordsIn`.
function takeRegisters(table: RegisterTable, exchange: Exchange, address: number, quantity: number): Answer {
  const words = table.words;
  if (!words) return table.read!(address, quantity, wordsIn, exchange.unit, exchange.connection);
  if (words.length < table.size) return Exception.deviceFailure;
  for (let i = 0; i < quantity; i++) wordsIn[i] = words[address + i];
  return DONE;
}

function putRegisters(table: RegisterTable, exchange: Exchange, address: number, quantity: number): number {
  const { reply, at } = exchange;
  let words = table.words;
  if (!words) {
    const answer = table.read!(address, quantity, wordsIn, exchange.unit, exchange.connection);
    if (answer !== DONE) return putException(exchange, answer);
    words = wordsIn;
    address = 0;
  } else if (words.length < table.size) {
    // The owner swapped in an array that is too short: zeros must not pass for measurements.
    return putException(exchange, Exception.deviceFailure);
  }
  reply[at] = exchange.request[exchange.start];
  reply[at + 1] = quantity * 2;
  for (let i = 0, p = at + 2; i < quantity; i++, p += 2) {
    const value = words[address + i];
    reply[p] = value >> 8;
    reply[p + 1] = value;
  }
  return 2 + quantity * 2;
}

// Functions 5, 6, 15, 16 and 22 answer with the head of the request.
function putEcho(exchange: Exchange, bytes: number): number {
  const { request, start, reply, at } = exchange;
  for (let i = 0; i < bytes; i++) reply[at + i] = request[start + i];
  return bytes;
}

function refuse(exchange: Exchange, answer: number): number {
  return answer === HELD ? HELD : putException(exchange, answer);
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

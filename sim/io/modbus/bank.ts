/**
 * What a Modbus unit shows and what may be written to it: the contract between the server and the owner of the
 * registers (the plant's stations and the gateway). The server never keeps a value: it reads the owner's arrays while it
 * answers one request. An owner that rewrites or swaps its arrays synchronously publishes them whole, because nothing
 * else runs between two requests; a single read is therefore never torn.
 *
 * Tables, limits and exception codes: MODBUS Application Protocol Specification V1.1b3, sections 4.3, 6 and 7.
 */

/** Names one TCP connection for the life of the server: 1, 2, 3, … in the order of acceptance, never reused. */
export type ConnectionId = number;

/** The exception codes of section 7 that a server of ours may send. */
export const Exception = {
  illegalFunction: 0x01,
  illegalDataAddress: 0x02,
  illegalDataValue: 0x03,
  deviceFailure: 0x04,
  acknowledge: 0x05,
  busy: 0x06,
  memoryParity: 0x08,
  gatewayPathUnavailable: 0x0a,
  gatewayTargetFailed: 0x0b,
} as const;
export type ExceptionCode = (typeof Exception)[keyof typeof Exception];

/** The hook did what was asked. */
export const DONE = 0;
/**
 * The hook has begun something that takes time (a plant step in a worker). The reply, and every later request of the same
 * connection, waits until `server.resume(connection, answer)`. Other connections go on.
 */
export const HELD = -1;

/** What a finished read or write says: done, or the exception to send. */
export type Answer = typeof DONE | ExceptionCode;

/** The two tables that a master may write. */
export type WritableTable = 'holding' | 'coils';

/** A contiguous block of 16-bit registers from address 0. Give `words` (fastest) or `read`. */
export interface RegisterTable {
  /** Registers in the table; a request beyond it is exception 2. */
  readonly size: number;
  /** Live contents, (size). The owner may rewrite it, or put another array here, between requests. */
  words?: Uint16Array;
  /** Fills `out[0 … quantity-1]`; called once per request, with the whole range inside `size`. */
  read?(address: number, quantity: number, out: Uint16Array, unit: number, from: ConnectionId): Answer;
}

/** Registers that a master may write. Without `write` the table is read only, and a write is exception 2. */
export interface HoldingTable extends RegisterTable {
  /**
   * Called once per request with the whole range, so that a write of many registers is atomic; the hook stores what it
   * accepts. `values` (quantity) is lent for the call only: copy what must outlive it. It may step the plant and publish
   * before it returns: requests that follow in the same segment then read the new scan.
   */
  write?(address: number, values: Uint16Array, unit: number, from: ConnectionId): Answer | typeof HELD;
}

/** A contiguous block of bits from address 0, one byte each (0: off, anything else: on). Give `bits` or `read`. */
export interface BitTable {
  /** Bits in the table. */
  readonly size: number;
  /** Live contents, (size). */
  bits?: Uint8Array;
  /** Fills `out[0 … quantity-1]` with 0 or 1. */
  read?(address: number, quantity: number, out: Uint8Array, unit: number, from: ConnectionId): Answer;
}

/** Bits that a master may write; the rules of `HoldingTable.write` hold. */
export interface CoilTable extends BitTable {
  write?(address: number, values: Uint8Array, unit: number, from: ConnectionId): Answer | typeof HELD;
}

/** Everything behind one unit id. A table that is left out has size 0: any address in it is exception 2. */
export interface RegisterBank {
  readonly input?: RegisterTable;
  readonly holding?: HoldingTable;
  readonly coils?: CoilTable;
  readonly discrete?: BitTable;
  /** Answers function 43/14; without it that function is exception 1. */
  readonly identification?: DeviceIdentification;
}

/**
 * Unit id (0–255) to bank. On TCP no id is special by itself: 255 and 0, which the Implementation Guide gives to a device
 * that is addressed by its IP alone, are banks like any other (our gateway is 255) or, left out, unknown units.
 */
export type UnitMap = ReadonlyMap<number, RegisterBank>;

/** One object of a device identification: its id and its ASCII text. */
export interface IdentificationObject {
  readonly id: number;
  readonly text: Uint8Array;
}

/** The objects in the order of their ids, and the conformity level (0x81 basic, 0x82 regular, 0x83 extended). */
export interface DeviceIdentification {
  readonly conformity: 0x81 | 0x82 | 0x83;
  readonly objects: readonly IdentificationObject[];
}

/** The texts of section 6.21, by name; `extended` holds private objects, ids 0x80 to 0xFF. */
export interface IdentificationTexts {
  readonly vendorName: string;
  readonly productCode: string;
  readonly revision: string;
  readonly vendorUrl?: string;
  readonly productName?: string;
  readonly modelName?: string;
  readonly userApplicationName?: string;
  readonly extended?: Readonly<Record<number, string>>;
}

/** The longest text that fits in one reply: 253 bytes of PDU less 7 of header less 2 of the object's own head. */
export const IDENTIFICATION_TEXT_MAX = 244;

/** Compiles texts for function 43/14. Throws on what no reply could carry: a programmer's error, not a user's. */
export function deviceIdentification(texts: IdentificationTexts): DeviceIdentification {
  const named = [
    texts.vendorName,
    texts.productCode,
    texts.revision,
    texts.vendorUrl,
    texts.productName,
    texts.modelName,
    texts.userApplicationName,
  ];
  const objects: IdentificationObject[] = [];
  const add = (id: number, text: string | undefined) => {
    if (text === undefined) return;
    if (!/^[ -~]*$/.test(text) || text.length > IDENTIFICATION_TEXT_MAX) {
      throw new Error(
        `identification object ${id} must be at most ${IDENTIFICATION_TEXT_MAX} printable ASCII characters: ${text}`,
      );
    }
    objects.push({ id, text: Uint8Array.from(text, (c) => c.charCodeAt(0)) });
  };
  named.forEach((text, id) => {
    add(id, text);
  });
  const extended = Object.entries(texts.extended ?? {}).map(([id, text]) => [Number(id), text] as const);
  for (const [id, text] of extended.sort((a, b) => a[0] - b[0])) {
    if (!Number.isInteger(id) || id < 0x80 || id > 0xff) throw new Error(`extended object id ${id} is not 0x80 … 0xFF`);
    add(id, text);
  }
  const last = objects[objects.length - 1].id;
  return { conformity: last >= 0x80 ? 0x83 : last > 2 ? 0x82 : 0x81, objects };
}

/** A bank over plain arrays, all of it writable where Modbus allows: for tests, benchmarks and simple stations. */
export function arrayBank(contents: {
  input?: Uint16Array;
  holding?: Uint16Array;
  coils?: Uint8Array;
  discrete?: Uint8Array;
  identification?: DeviceIdentification;
}): RegisterBank {
  const { input, holding, coils, discrete, identification } = contents;
  return {
    input: input && { size: input.length, words: input },
    discrete: discrete && { size: discrete.length, bits: discrete },
    holding: holding && {
      size: holding.length,
      words: holding,
      write(address, values) {
        holding.set(values, address);
        return DONE;
      },
    },
    coils: coils && {
      size: coils.length,
      bits: coils,
      write(address, values) {
        coils.set(values, address);
        return DONE;
      },
    },
    identification,
  };
}

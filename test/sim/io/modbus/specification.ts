/**
 * A second reading of the MODBUS Application Protocol Specification V1.1b3, section 6, written from the text as rows of a
 * table and sharing nothing with the server: which lengths a request may have, what its numbers must satisfy, and what
 * the device then does. Fuzz tests hold the server to it byte by byte.
 */

/** What a device holds. Bits are 0 or 1. `identification` is the objects in order, all of them basic. */
export interface Memory {
  input: number[];
  holding: number[];
  coils: number[];
  discrete: number[];
  identification?: string[];
}

type Table = 'input' | 'holding' | 'coils' | 'discrete';

interface Row {
  /** Bytes of a legal request, from its own bytes. */
  length: (pdu: number[]) => number;
  /** Exception 3 unless true. */
  legal?: (pdu: number[]) => boolean;
  /** Exception 2 unless these ranges exist. */
  ranges?: (pdu: number[]) => [Table, number, number][];
  act: (memory: Memory, pdu: number[]) => number[];
}

const u16 = (pdu: number[], at: number) => pdu[at] * 256 + pdu[at + 1];
const bytesOf = (words: number[]) => words.flatMap((word) => [Math.floor(word / 256), word % 256]);
const wordsOf = (bytes: number[]) => bytes.flatMap((_, i) => (i % 2 === 0 ? [bytes[i] * 256 + bytes[i + 1]] : []));
const packed = (bits: number[]) => {
  const bytes = new Array<number>(Math.ceil(bits.length / 8)).fill(0);
  bits.forEach((bit, i) => {
    bytes[Math.floor(i / 8)] += bit * 2 ** (i % 8);
  });
  return bytes;
};

const readBits = (table: 'coils' | 'discrete'): Row => ({
  length: () => 5,
  legal: (pdu) => u16(pdu, 3) >= 1 && u16(pdu, 3) <= 0x7d0,
  ranges: (pdu) => [[table, u16(pdu, 1), u16(pdu, 3)]],
  act: (memory, pdu) => {
    const bytes = packed(memory[table].slice(u16(pdu, 1), u16(pdu, 1) + u16(pdu, 3)));
    return [pdu[0], bytes.length, ...bytes];
  },
});

const readWords = (table: 'input' | 'holding'): Row => ({
  length: () => 5,
  legal: (pdu) => u16(pdu, 3) >= 1 && u16(pdu, 3) <= 0x7d,
  ranges: (pdu) => [[table, u16(pdu, 1), u16(pdu, 3)]],
  act: (memory, pdu) => {
    const bytes = bytesOf(memory[table].slice(u16(pdu, 1), u16(pdu, 1) + u16(pdu, 3)));
    return [pdu[0], bytes.length, ...bytes];
  },
});

const rows: Record<number, Row> = {
  1: readBits('coils'),
  2: readBits('discrete'),
  3: readWords('holding'),
  4: readWords('input'),
  5: {
    length: () => 5,
    legal: (pdu) => u16(pdu, 3) === 0x0000 || u16(pdu, 3) === 0xff00,
    ranges: (pdu) => [['coils', u16(pdu, 1), 1]],
    act: (memory, pdu) => {
      memory.coils[u16(pdu, 1)] = pdu[3] === 0xff ? 1 : 0;
      return pdu;
    },
  },
  6: {
    length: () => 5,
    ranges: (pdu) => [['holding', u16(pdu, 1), 1]],
    act: (memory, pdu) => {
      memory.holding[u16(pdu, 1)] = u16(pdu, 3);
      return pdu;
    },
  },
  15: {
    length: (pdu) => 6 + (pdu[5] ?? 0),
    legal: (pdu) => u16(pdu, 3) >= 1 && u16(pdu, 3) <= 0x7b0 && pdu[5] === Math.ceil(u16(pdu, 3) / 8),
    ranges: (pdu) => [['coils', u16(pdu, 1), u16(pdu, 3)]],
    act: (memory, pdu) => {
      for (let i = 0; i < u16(pdu, 3); i++) {
        memory.coils[u16(pdu, 1) + i] = Math.floor(pdu[6 + Math.floor(i / 8)] / 2 ** (i % 8)) % 2;
      }
      return pdu.slice(0, 5);
    },
  },
  16: {
    length: (pdu) => 6 + (pdu[5] ?? 0),
    legal: (pdu) => u16(pdu, 3) >= 1 && u16(pdu, 3) <= 0x7b && pdu[5] === u16(pdu, 3) * 2,
    ranges: (pdu) => [['holding', u16(pdu, 1), u16(pdu, 3)]],
    act: (memory, pdu) => {
      memory.holding.splice(u16(pdu, 1), u16(pdu, 3), ...wordsOf(pdu.slice(6)));
      return pdu.slice(0, 5);
    },
  },
  22: {
    length: () => 7,
    ranges: (pdu) => [['holding', u16(pdu, 1), 1]],
    act: (memory, pdu) => {
      let result = 0;
      for (let bit = 1; bit < 0x10000; bit *= 2) {
        const kept = u16(pdu, 3) & bit;
        if ((kept ? memory.holding[u16(pdu, 1)] : u16(pdu, 5)) & bit) result += bit;
      }
      memory.holding[u16(pdu, 1)] = result;
      return pdu;
    },
  },
  23: {
    length: (pdu) => 10 + (pdu[9] ?? 0),
    legal: (pdu) =>
      u16(pdu, 3) >= 1 && u16(pdu, 3) <= 0x7d && u16(pdu, 7) >= 1 && u16(pdu, 7) <= 0x79 && pdu[9] === u16(pdu, 7) * 2,
    ranges: (pdu) => [
      ['holding', u16(pdu, 1), u16(pdu, 3)],
      ['holding', u16(pdu, 5), u16(pdu, 7)],
    ],
    act: (memory, pdu) => {
      memory.holding.splice(u16(pdu, 5), u16(pdu, 7), ...wordsOf(pdu.slice(10)));
      const bytes = bytesOf(memory.holding.slice(u16(pdu, 1), u16(pdu, 1) + u16(pdu, 3)));
      return [pdu[0], bytes.length, ...bytes];
    },
  },
};

/** The reply that the specification demands, and the change to `memory` that it demands. */
export function specified(memory: Memory, pdu: number[]): number[] {
  const exception = (code: number) => [pdu[0] | 0x80, code];
  if (pdu[0] === 43) return specifiedIdentification(memory, pdu);
  const row = rows[pdu[0]];
  if (!row) return exception(1);
  if (pdu.length !== row.length(pdu) || row.legal?.(pdu) === false) return exception(3);
  for (const [table, address, quantity] of row.ranges?.(pdu) ?? []) {
    if (address + quantity > memory[table].length) return exception(2);
  }
  return row.act(memory, pdu);
}

function specifiedIdentification(memory: Memory, pdu: number[]): number[] {
  const objects = memory.identification;
  if (!objects) return [0xab, 1];
  if (pdu.length >= 2 && pdu[1] !== 14) return [0xab, 1];
  if (pdu.length !== 4 || pdu[2] < 1 || pdu[2] > 4) return [0xab, 3];
  if (pdu[2] === 4 && pdu[3] >= objects.length) return [0xab, 2];
  const first = pdu[3] < objects.length ? pdu[3] : 0;
  const sent = pdu[2] === 4 ? [first] : objects.map((_, id) => id).filter((id) => id >= first);
  const list = sent.flatMap((id) => [id, objects[id].length, ...Buffer.from(objects[id])]);
  return [43, 14, pdu[2], 0x81, 0, 0, sent.length, ...list];
}

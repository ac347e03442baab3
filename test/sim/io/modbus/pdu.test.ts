/**
 * Every function and every exception of our Modbus server, byte by byte. The worked examples are those printed in the
 * MODBUS Application Protocol Specification V1.1b3 (sections 6.1 to 6.21), with the device's contents set to match.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Answer,
  arrayBank,
  deviceIdentification,
  HELD,
  type RegisterBank,
} from '../../../../sim/io/modbus/bank.ts';
import { type Exchange, handlePdu } from '../../../../sim/io/modbus/pdu.ts';
import { nearlyLegal } from './requests.ts';
import { type Memory, specified } from './specification.ts';

const bytes = (hex: string) => [...Buffer.from(hex.replaceAll(' ', ''), 'hex')];
const hex = (pdu: ArrayLike<number>) =>
  Buffer.from(Array.from(pdu))
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');

/** Asks a bank, with the request and the reply at odd places of larger buffers, and guards what lies around them. */
function ask(bank: RegisterBank, pdu: number[], with_: Partial<Exchange> = {}, written?: Answer): number[] | 'held' {
  const request = Uint8Array.from([0xee, 0xee, 0xee, ...pdu, 0xee]);
  const reply = new Uint8Array(300).fill(0xdd);
  const exchange = { connection: 1, unit: 1, request, start: 3, length: pdu.length, reply, at: 7, ...with_ };
  const length = handlePdu(bank, exchange, written);
  expect(reply.subarray(0, 7).every((byte) => byte === 0xdd)).toBe(true);
  expect(reply.subarray(7 + Math.max(0, length)).every((byte) => byte === 0xdd)).toBe(true);
  return length === HELD ? 'held' : [...reply.subarray(7, 7 + length)];
}
const answers = (bank: RegisterBank, request: string, with_: Partial<Exchange> = {}) => {
  const answer = ask(bank, bytes(request), with_);
  return answer === 'held' ? answer : hex(answer);
};

test('the worked examples of the specification are answered as printed there', () => {
  const coils = new Uint8Array(2000);
  const discrete = new Uint8Array(2000);
  const holding = new Uint16Array(200);
  const input = new Uint16Array(200);
  const put = (bits: Uint8Array, at: number, packed: number[], count: number) => {
    for (let i = 0; i < count; i++) bits[at + i] = (packed[i >> 3] >> (i & 7)) & 1;
  };
  put(coils, 0x13, [0xcd, 0x6b, 0x05], 19);
  put(discrete, 0xc4, [0xac, 0xdb, 0x35], 22);
  holding.set([0x022b, 0x0000, 0x0064], 0x6b);
  holding.set([0x00fe, 0x0acd, 0x0001, 0x0003, 0x000d, 0x00ff], 3);
  input[8] = 0x000a;
  const bank = arrayBank({ input, holding, coils, discrete });

  expect(answers(bank, '01 0013 0013')).toBe('01 03 cd 6b 05');
  expect(answers(bank, '02 00c4 0016')).toBe('02 03 ac db 35');
  expect(answers(bank, '03 006b 0003')).toBe('03 06 02 2b 00 00 00 64');
  expect(answers(bank, '04 0008 0001')).toBe('04 02 00 0a');
  expect(answers(bank, '05 00ac ff00')).toBe('05 00 ac ff 00');
  expect(coils[0xac]).toBe(1);
  expect(answers(bank, '06 0001 0003')).toBe('06 00 01 00 03');
  expect(holding[1]).toBe(3);
  expect(answers(bank, '0f 0013 000a 02 cd01')).toBe('0f 00 13 00 0a');
  expect([...coils.subarray(0x13, 0x1d)]).toEqual([1, 0, 1, 1, 0, 0, 1, 1, 1, 0]);
  expect(answers(bank, '10 0001 0002 04 000a 0102')).toBe('10 00 01 00 02');
  expect([...holding.subarray(1, 3)]).toEqual([0x0a, 0x0102]);
  expect(answers(bank, '17 0003 0006 000e 0003 06 00ff 00ff 00ff')).toBe('17 0c 00 fe 0a cd 00 01 00 03 00 0d 00 ff');
  expect([...holding.subarray(14, 17)]).toEqual([0xff, 0xff, 0xff]);
  holding[4] = 0x12;
  expect(answers(bank, '16 0004 00f2 0025')).toBe('16 00 04 00 f2 00 25');
  expect(holding[4]).toBe(0x17);
});

test('quantities, byte counts, values, addresses and lengths meet the exception that their state diagram gives', () => {
  const bank = arrayBank({
    input: new Uint16Array(300),
    holding: new Uint16Array(300),
    coils: new Uint8Array(3000),
    discrete: new Uint8Array(3000),
  });
  const words = (n: number) => 'ab'.repeat(n * 2);
  const table: [string, string][] = [
    // Functions that are not there, function 0, and a request with the exception bit.
    ...['00', '07', '08 0000 1234', '0b', '0c', '11', '14 00', '15 00', '18 0000', '2a', '41', '7f'].map(
      (request): [string, string] => [request, hex([Number.parseInt(request.slice(0, 2), 16) | 0x80, 1])],
    ),
    ['83 0000 0001', '83 01'],
    ['ff', 'ff 01'],
    // Reads of bits: 1 … 2000.
    ...['01', '02'].flatMap((f): [string, string][] => [
      [`${f} 0000 0000`, `8${f[1]} 03`],
      [`${f} 0000 07d1`, `8${f[1]} 03`],
      [`${f} ffff 07d1`, `8${f[1]} 03`],
      [`${f} 0bb8 0001`, `8${f[1]} 02`],
      [`${f} 0bb7 0002`, `8${f[1]} 02`],
      [`${f} ffff 0001`, `8${f[1]} 02`],
      [`${f} 0000 00`, `8${f[1]} 03`],
      [`${f} 0000 0001 00`, `8${f[1]} 03`],
      [f, `8${f[1]} 03`],
    ]),
    // Reads of registers: 1 … 125.
    ...['03', '04'].flatMap((f): [string, string][] => [
      [`${f} 0000 0000`, `8${f[1]} 03`],
      [`${f} 0000 007e`, `8${f[1]} 03`],
      [`${f} 012c 0001`, `8${f[1]} 02`],
      [`${f} 00b0 007d`, `8${f[1]} 02`],
      [`${f} ffff ffff`, `8${f[1]} 03`],
      [`${f} ffff 007d`, `8${f[1]} 02`],
      [`${f} 0000`, `8${f[1]} 03`],
      [`${f} 0000 0001 00`, `8${f[1]} 03`],
    ]),
    ['05 0000 0001', '85 03'],
    ['05 0000 ff01', '85 03'],
    ['05 ffff 1234', '85 03'],
    ['05 0bb8 ff00', '85 02'],
    ['05 0000 ff', '85 03'],
    ['06 012c 0000', '86 02'],
    ['06 0000 0000 00', '86 03'],
    ['0f 0000 0000 00', '8f 03'],
    ['0f 0000 0008 02 0000', '8f 03'],
    ['0f 0000 0009 01 00', '8f 03'],
    [`0f 0000 07b1 f7 ${'00'.repeat(0xf7)}`, '8f 03'],
    ['0f 0bb8 0001 01 01', '8f 02'],
    ['0f 0000 0008 01', '8f 03'],
    ['0f 0000 0008 01 00 00', '8f 03'],
    ['0f 0000', '8f 03'],
    ['10 0000 0000 00', '90 03'],
    [`10 0000 007c f8 ${words(123)}`, '90 03'],
    ['10 0000 0002 02 0000', '90 03'],
    ['10 0000 0001 04 0000 0000', '90 03'],
    ['10 012b 0002 04 0000 0000', '90 02'],
    ['10 0000 0001 02 00', '90 03'],
    ['10 0000 0001 02 0000 00', '90 03'],
    ['10', '90 03'],
    ['16 012c 0000 0000', '96 02'],
    ['16 0000 0000', '96 03'],
    ['16 0000 0000 0000 00', '96 03'],
    ['17 0000 0000 0000 0001 02 0000', '97 03'],
    ['17 0000 007e 0000 0001 02 0000', '97 03'],
    ['17 0000 0001 0000 0000 00', '97 03'],
    [`17 0000 0001 0000 007a f4 ${words(121)}`, '97 03'],
    ['17 0000 0001 0000 0001 04 0000 0000', '97 03'],
    ['17 012c 0001 0000 0001 02 0000', '97 02'],
    ['17 0000 0001 012c 0001 02 0000', '97 02'],
    ['17 0000 0001 0000 0001 02', '97 03'],
    ['17 0000', '97 03'],
    ['2b 0e 01 00', 'ab 01'],
  ];
  for (const [request, reply] of table) expect(answers(bank, request), request).toBe(reply);
  console.log(`${table.length} exceptions as in the state diagrams`);
});

test('the largest legal requests fill a PDU exactly and are served', () => {
  const holding = Uint16Array.from({ length: 300 }, (_, i) => i * 211);
  const coils = Uint8Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const bank = arrayBank({ input: holding, holding, coils, discrete: coils });
  expect(answers(bank, '01 0000 07d0')).toHaveLength(252 * 3 - 1);
  expect(answers(bank, '04 0000 007d').slice(0, 5)).toBe('04 fa');
  expect(answers(bank, `10 0000 007b f6 ${'5aa5'.repeat(123)}`)).toBe('10 00 00 00 7b');
  expect(holding.subarray(0, 123).every((word) => word === 0x5aa5)).toBe(true);
  expect(answers(bank, `0f 0000 07b0 f6 ${'ff'.repeat(246)}`)).toBe('0f 00 00 07 b0');
  expect(coils.subarray(0, 1968).every((bit) => bit === 1)).toBe(true);
  expect(answers(bank, `17 0000 007d 0000 0079 f2 ${'1234'.repeat(121)}`)).toBe(
    hex([
      0x17,
      250,
      ...Array(121).fill([0x12, 0x34]).flat(),
      0x5a,
      0xa5,
      0x5a,
      0xa5,
      ...[123, 124].flatMap((i) => [(i * 211) >> 8, (i * 211) & 255]),
    ]),
  );
});

test('a write of many registers reaches the bank as one call, whole and inside the table', () => {
  const calls: [number, number[], number, number][] = [];
  const bank: RegisterBank = {
    holding: {
      size: 10,
      words: new Uint16Array(10),
      write(address, values, unit, from) {
        calls.push([address, [...values], unit, from]);
        return 0;
      },
    },
  };
  answers(bank, '10 0002 0003 06 0001 0002 0003', { unit: 9, connection: 4 });
  answers(bank, '17 0000 0001 0007 0002 04 000a 000b');
  answers(bank, '06 0005 0007');
  expect(calls).toEqual([
    [2, [1, 2, 3], 9, 4],
    [7, [10, 11], 1, 1],
    [5, [7], 1, 1],
  ]);
});

test('read hooks give the values, and what a bank refuses reaches the master as the bank says', () => {
  const bank: RegisterBank = {
    input: {
      size: 100,
      read(address, quantity, out) {
        if (address === 50) return 6;
        for (let i = 0; i < quantity; i++) out[i] = address + i;
        return 0;
      },
    },
    discrete: {
      size: 100,
      read(address, quantity, out) {
        if (address === 50) return 6;
        for (let i = 0; i < quantity; i++) out[i] = (address + i) % 2;
        return 0;
      },
    },
    holding: { size: 10, words: new Uint16Array(10), write: (address) => (address === 3 ? 6 : address === 4 ? 4 : 0) },
    coils: { size: 10, bits: new Uint8Array(10) },
  };
  expect(answers(bank, '04 0007 0002')).toBe('04 04 00 07 00 08');
  expect(answers(bank, '04 0032 0002')).toBe('84 06');
  expect(answers(bank, '02 0001 0003')).toBe('02 01 05');
  expect(answers(bank, '02 0032 0003')).toBe('82 06');
  expect(answers(bank, '06 0003 0001')).toBe('86 06');
  expect(answers(bank, '16 0004 0001 0001')).toBe('96 04');
  expect(answers(bank, '17 0000 0001 0003 0001 02 0000')).toBe('97 06');
  // Read only: a table without a write hook.
  expect(answers(bank, '05 0001 ff00')).toBe('85 02');
  expect(answers(bank, '0f 0001 0001 01 01')).toBe('8f 02');
});

test('a role that may not write hears exception 2 and the bank is not asked', () => {
  const asked: unknown[] = [];
  let writes = 0;
  const count = (): Answer => {
    writes += 1;
    return 0;
  };
  const bank: RegisterBank = {
    holding: { size: 10, words: new Uint16Array(10), write: () => count() },
    coils: { size: 10, bits: new Uint8Array(10), write: () => count() },
  };
  const writable: Exchange['writable'] = (...what) => {
    asked.push(what);
    return what[3] < 2;
  };
  expect(answers(bank, '10 0000 0002 04 0000 0000', { writable, unit: 7, connection: 3 })).toBe('10 00 00 00 02');
  expect(answers(bank, '10 0002 0002 04 0000 0000', { writable })).toBe('90 02');
  expect(answers(bank, '0f 0005 0003 01 07', { writable })).toBe('8f 02');
  expect(answers(bank, '16 0009 0000 0000', { writable })).toBe('96 02');
  expect(asked).toEqual([
    [3, 7, 'holding', 0, 2],
    [1, 1, 'holding', 2, 2],
    [1, 1, 'coils', 5, 3],
    [1, 1, 'holding', 9, 1],
  ]);
  expect(writes).toBe(1);
});

test('a bank that throws, answers nonsense or swaps in too short an array is a failed device, never a crash or zeros', () => {
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => faults.push(fault);
  const bank: RegisterBank = {
    input: { size: 10, words: new Uint16Array(9) },
    discrete: { size: 10, bits: new Uint8Array(9) },
    coils: {
      size: 10,
      bits: new Uint8Array(10),
      write: () => {
        throw new Error('the valve is stuck');
      },
    },
    holding: { size: 10, words: new Uint16Array(10), write: () => 99 as Answer },
  };
  expect(answers(bank, '04 0000 0001', { onFault })).toBe('84 04');
  expect(answers(bank, '02 0000 0001', { onFault })).toBe('82 04');
  expect(answers(bank, '05 0000 ff00', { onFault })).toBe('85 04');
  expect(answers(bank, '06 0000 0000', { onFault })).toBe('86 04');
  expect(faults.map(String)).toEqual(['Error: the valve is stuck']);
});

test('a held write writes nothing until its answer is there, and is not asked for twice', () => {
  let calls = 0;
  const words = Uint16Array.of(7, 8, 9);
  const write = (): typeof HELD => {
    calls += 1;
    return HELD;
  };
  const bank: RegisterBank = { holding: { size: 3, words, write } };
  for (const [request, reply] of [
    ['06 0000 0001', '06 00 00 00 01'],
    ['10 0000 0001 02 0005', '10 00 00 00 01'],
    ['16 0000 00ff 0000', '16 00 00 00 ff 00 00'],
    ['17 0000 0003 0000 0001 02 0005', '17 06 00 07 00 08 00 09'],
  ]) {
    calls = 0;
    expect(ask(bank, bytes(request))).toBe('held');
    expect(hex(ask(bank, bytes(request), {}, 0) as number[])).toBe(reply);
    expect(hex(ask(bank, bytes(request), {}, 6) as number[])).toBe(hex([bytes(request)[0] | 0x80, 6]));
    expect(calls).toBe(1);
  }
});

const ascii = (text: string) => hex(Buffer.from(text));

test('device identification: basic, regular, extended and individual access, by the conformity that the device has', () => {
  const basic = arrayBank({
    identification: deviceIdentification({ vendorName: 'LeakTwin', productCode: 'LT', revision: '1.0' }),
  });
  const three = `03 00 08 ${ascii('LeakTwin')} 01 02 ${ascii('LT')} 02 03 ${ascii('1.0')}`;
  expect(answers(basic, '2b 0e 01 00')).toBe(`2b 0e 01 81 00 00 ${three}`);
  // Asked for more than it has, a device answers with what it has, and echoes the code.
  expect(answers(basic, '2b 0e 02 00')).toBe(`2b 0e 02 81 00 00 ${three}`);
  expect(answers(basic, '2b 0e 03 00')).toBe(`2b 0e 03 81 00 00 ${three}`);
  // A stream from an unknown object begins again at object 0; from a known one it goes on there.
  expect(answers(basic, '2b 0e 01 63')).toBe(`2b 0e 01 81 00 00 ${three}`);
  expect(answers(basic, '2b 0e 01 02')).toBe(`2b 0e 01 81 00 00 01 02 03 ${ascii('1.0')}`);
  expect(answers(basic, '2b 0e 04 01')).toBe(`2b 0e 04 81 00 00 01 01 02 ${ascii('LT')}`);
  expect(answers(basic, '2b 0e 04 03')).toBe('ab 02');
  expect(answers(basic, '2b 0e 00 00')).toBe('ab 03');
  expect(answers(basic, '2b 0e 05 00')).toBe('ab 03');
  expect(answers(basic, '2b 0e 01')).toBe('ab 03');
  expect(answers(basic, '2b 0e 01 00 00')).toBe('ab 03');
  expect(answers(basic, '2b')).toBe('ab 03');
  expect(answers(basic, '2b 0d 00 00')).toBe('ab 01');

  const all = arrayBank({
    identification: deviceIdentification({
      vendorName: 'V',
      productCode: 'P',
      revision: 'R',
      vendorUrl: 'U',
      modelName: 'M',
      extended: { 129: 'Y', 128: 'X' },
    }),
  });
  expect(answers(all, '2b 0e 01 00')).toBe('2b 0e 01 83 00 00 03 00 01 56 01 01 50 02 01 52');
  expect(answers(all, '2b 0e 02 00')).toBe('2b 0e 02 83 00 00 05 00 01 56 01 01 50 02 01 52 03 01 55 05 01 4d');
  expect(answers(all, '2b 0e 03 05')).toBe('2b 0e 03 83 00 00 03 05 01 4d 80 01 58 81 01 59');
  expect(answers(all, '2b 0e 04 81')).toBe('2b 0e 04 83 00 00 01 81 01 59');
  expect(answers(all, '2b 0e 04 04')).toBe('ab 02');
  // An object of another category is not in the stream.
  expect(answers(all, '2b 0e 01 80')).toBe('2b 0e 01 83 00 00 03 00 01 56 01 01 50 02 01 52');
});

test('an identification longer than one reply is fetched by following "more follows", each object whole and once', () => {
  const texts: Record<number, string> = {};
  for (let id = 0x80; id <= 0xff; id++) texts[id] = 'x'.repeat((id * 37) % 245);
  const bank = arrayBank({
    identification: deviceIdentification({
      vendorName: 'a'.repeat(244),
      productCode: '',
      revision: 'c',
      extended: texts,
    }),
  });
  const got = new Map<number, string>();
  let next = 0;
  let replies = 0;
  for (;;) {
    const reply = ask(bank, [0x2b, 0x0e, 3, next]) as number[];
    replies += 1;
    expect(reply.length).toBeLessThanOrEqual(253);
    expect(reply[6]).toBeGreaterThan(0);
    for (let i = 0, at = 7; i < reply[6]; i++) {
      expect(got.has(reply[at])).toBe(false);
      got.set(reply[at], Buffer.from(reply.slice(at + 2, at + 2 + reply[at + 1])).toString());
      at += 2 + reply[at + 1];
    }
    if (reply[4] === 0) {
      expect(reply[5]).toBe(0);
      break;
    }
    expect(reply[4]).toBe(0xff);
    next = reply[5];
  }
  expect(got.size).toBe(3 + 128);
  for (const [id, text] of Object.entries(texts)) expect(got.get(Number(id))).toBe(text);
  expect(got.get(0)).toBe('a'.repeat(244));
  console.log(`131 objects in ${replies} replies`);
});

test('identification that no reply could carry is refused when it is compiled', () => {
  const texts = { vendorName: 'V', productCode: 'P', revision: 'R' };
  expect(() => deviceIdentification({ ...texts, vendorName: 'a'.repeat(245) })).toThrow(/at most 244/);
  expect(() => deviceIdentification({ ...texts, vendorName: 'Brünn' })).toThrow(/printable ASCII/);
  expect(() => deviceIdentification({ ...texts, extended: { 7: 'x' } })).toThrow(/not 0x80/);
});

test('any request gets the reply, and leaves the contents, that a second reading of the specification demands', () => {
  let requests = 0;
  let exceptions = 0;
  fc.assert(
    fc.property(fc.array(nearlyLegal, { minLength: 1, maxLength: 12 }), (script) => {
      const memory: Memory = {
        input: Array.from({ length: 90 }, (_, i) => i * 701),
        holding: Array.from({ length: 80 }, (_, i) => (i * 977) & 0xffff),
        coils: Array.from({ length: 70 }, (_, i) => (i % 3 ? 0 : 1)),
        discrete: Array.from({ length: 60 }, (_, i) => (i % 5 ? 1 : 0)),
        identification: ['LeakTwin', 'LT', '1.0'],
      };
      const holding = Uint16Array.from(memory.holding);
      const coils = Uint8Array.from(memory.coils);
      const bank = arrayBank({
        input: Uint16Array.from(memory.input),
        discrete: Uint8Array.from(memory.discrete),
        holding,
        coils,
        identification: deviceIdentification({ vendorName: 'LeakTwin', productCode: 'LT', revision: '1.0' }),
      });
      for (const pdu of script) {
        const reply = ask(bank, pdu) as number[];
        expect(hex(reply), hex(pdu)).toBe(hex(specified(memory, pdu)));
        requests += 1;
        if (reply[0] & 0x80) exceptions += 1;
      }
      expect([...holding]).toEqual(memory.holding);
      expect([...coils]).toEqual(memory.coils);
    }),
    { numRuns: 1500 },
  );
  console.log(`${requests} requests, ${exceptions} exceptions, all as specified`);
});

/** The register map: what is put into it is read out of it, in every word order, and torn reads are seen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allImages,
  type Control,
  createFrame,
  createLayout,
  describeImage,
  digestPrefix,
  GATEWAY_UNIT,
  gatewayImage,
  getFloat,
  getFrame,
  getInt64,
  getUint32,
  putFloat,
  putFrame,
  putInt64,
  putUint32,
  stationImage,
  WORD_ORDERS,
} from '../../../models/contract/index.ts';
import { anyFrame, bits, smallSpec } from './layouts.ts';

const CONTROLS: Control[] = [
  { station: 'RTU-1', element: 'PU-1', property: 'speed', unit: '%', description: 'speed' },
  { station: 'RTU-1', element: 'PU-1', property: 'run', unit: '', description: 'run' },
  { station: 'RTU-2', element: 'V-1', property: 'opening', unit: '%', description: 'opening' },
  { station: 'RTU-1', element: 'PU-1', property: 'trip', unit: '', description: 'trip' },
  { station: 'RTU-1', element: 'PIC-1', property: 'setPoint', unit: 'bar', description: 'set point' },
];

describe('a scan in registers', () => {
  it.each(WORD_ORDERS)('%s: all stations together, and the gateway alone, give the frame back to the bit', (order) => {
    fc.assert(
      fc.property(anyFrame, ({ layout, frame }) => {
        const images = allImages(layout, []);
        const byStations = createFrame(layout);
        const byGateway = createFrame(layout);
        for (const image of images) {
          const registers = new Uint16Array(image.registers).fill(0xaaaa);
          putFrame(registers, image, layout, frame, order);
          expect(digestPrefix(registers)).toBe(layout.digest.slice(0, 16));
          const into = image.unitId === GATEWAY_UNIT ? byGateway : byStations;
          expect(getFrame(registers, image, layout, into, order)).toBe(true);
        }
        expect(bits(byStations)).toEqual(bits(frame));
        expect(bits(byGateway)).toEqual(bits(frame));
      }),
      { numRuns: 80, seed: 1 },
    );
  });

  it('read across a publication is torn, wherever the cut was, and leaves the frame alone', () => {
    const layout = createLayout(smallSpec());
    const image = gatewayImage(layout, []);
    const [a, b] = [new Uint16Array(image.registers), new Uint16Array(image.registers)];
    const frame = createFrame(layout);
    frame.seq = 0x1ffff;
    putFrame(a, image, layout, frame, 'ABCD');
    frame.seq = 0x20000;
    frame.value.fill(5);
    putFrame(b, image, layout, frame, 'ABCD');
    for (let cut = 7; cut <= image.seqEndAt; cut += 1) {
      const read = Uint16Array.from(a, (w, i) => (i < cut ? w : b[i]!));
      const into = createFrame(layout);
      expect(getFrame(read, image, layout, into, 'ABCD'), `cut at ${cut}`).toBe(false);
      expect(bits(into)).toEqual(bits(createFrame(layout)));
    }
  });

  it('leaves the registers of other units alone: each image is as long as it says', () => {
    const layout = createLayout(smallSpec());
    for (const image of allImages(layout, CONTROLS)) {
      const room = new Uint16Array(image.registers + 8).fill(0xbeef);
      putFrame(room, image, layout, createFrame(layout), 'ABCD');
      expect([...room.slice(image.registers)]).toEqual(Array(8).fill(0xbeef));
      expect(room.slice(0, image.registers).includes(0xbeef)).toBe(false);
    }
  });
});

describe('numbers in registers', () => {
  // 1060 is 44 84 80 00 as float32.
  it.each([
    ['ABCD', 0x4484, 0x8000],
    ['CDAB', 0x8000, 0x4484],
    ['BADC', 0x8444, 0x0080],
    ['DCBA', 0x0080, 0x8444],
  ] as const)('%s puts the bytes of 1060 where its name says', (order, first, second) => {
    const registers = new Uint16Array(2);
    putFloat(registers, 0, 1060, order);
    expect([...registers]).toEqual([first, second]);
    expect(getFloat(registers, 0, order)).toBe(1060);
  });

  it('integers come back over their whole range', () => {
    const r = new Uint16Array(6);
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 0xffffffff }), (n, u) => {
        putInt64(r, 0, n);
        putUint32(r, 4, u);
        expect(getInt64(r, 0)).toBe(n);
        expect(getUint32(r, 4)).toBe(u);
        // An independent path: the platform's own 64-bit integers.
        const view = new DataView(new ArrayBuffer(8));
        for (let i = 0; i < 4; i += 1) view.setUint16(2 * i, r[i]!);
        expect(view.getBigInt64(0)).toBe(BigInt(n));
      }),
      { numRuns: 1000, seed: 2 },
    );
  });
});

describe('the printed map', () => {
  it('has a row for every register that holds something, none twice, each where the value lies', () => {
    const layout = createLayout(smallSpec());
    const words = { u16: 1, u32: 2, i64: 4, f32: 2, bool: 1, text: 123 } as const;
    for (const image of allImages(layout, CONTROLS)) {
      const rows = describeImage(layout, image);
      const owner = new Map<number, string>();
      for (const row of rows.filter((r) => r.table === 'input'))
        for (let i = 0; i < words[row.type]; i += 1) {
          expect(owner.get(row.address + i), `register ${row.address + i}`).toBeUndefined();
          owner.set(row.address + i, row.tag);
        }
      expect([...owner.keys()].sort((x, y) => x - y)).toEqual(Array.from({ length: image.registers }, (_, i) => i));
      const frame = createFrame(layout);
      for (let c = 0; c < layout.columns; c += 1) frame.value[c] = 1 + c;
      const registers = new Uint16Array(image.registers);
      putFrame(registers, image, layout, frame, 'ABCD');
      for (const t of image.tags) {
        const own = rows.filter((r) => r.tag === layout.tags[t]!.id && r.type === 'f32');
        expect(own.map((r) => getFloat(registers, r.address, 'ABCD'))).toEqual(
          own.map((_, k) => 1 + layout.column[t]! + k),
        );
      }
    }
  });

  it('numbers coils and set points one behind another, only those of its own station', () => {
    const layout = createLayout(smallSpec());
    const rows = describeImage(layout, stationImage(layout, 0, CONTROLS));
    const written = rows.filter((r) => r.table === 'coil' || r.address >= 160).map((r) => [r.table, r.address, r.tag]);
    expect(written).toEqual([
      ['holding', 160, 'PU-1'],
      ['coil', 0, 'PU-1'],
      ['coil', 1, 'PU-1'],
      ['holding', 162, 'PIC-1'],
    ]);
    expect(describeImage(layout, stationImage(layout, 1, CONTROLS)).filter((r) => r.table === 'coil')).toEqual([]);
  });
});

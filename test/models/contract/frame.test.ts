/** Frames as bytes, layouts as digests. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyFrame,
  createFrame,
  createLayout,
  decodeFrame,
  encodeFrame,
  FrameDigest,
  frameByteLength,
  type LayoutSpec,
  layoutSchema,
  layoutSpec,
} from '../../../models/contract/index.ts';
import { digestBytes } from '../../../models/kernel/index.ts';
import { anyFrame, bits, smallSpec } from './layouts.ts';

describe('a frame as bytes', () => {
  it('comes back to the bit, at any offset: NaN, both zeros, subnormals and times below zero included', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(9), ({ layout, frame }, offset) => {
        const view = new DataView(new ArrayBuffer(offset + frameByteLength(layout)));
        expect(encodeFrame(frame, view, offset)).toBe(view.byteLength);
        const back = createFrame(layout);
        expect(decodeFrame(view, back, offset)).toBe(view.byteLength);
        expect(bits(back)).toEqual(bits(frame));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('stands as the head of the file says: big-endian, in layout order, without padding', () => {
    const layout = createLayout(smallSpec());
    const frame = createFrame(layout);
    frame.seq = 0x01020304;
    frame.timeUs = 2 ** 32 + 5;
    frame.stationTimeUs.set([-1, 256]);
    frame.quality.set([1, 2, 4]);
    frame.value.set([1, -2, 0.5, -0, 1060, 9]);
    const bytes = new Uint8Array(frameByteLength(layout));
    encodeFrame(frame, new DataView(bytes.buffer));
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
    expect(hex).toBe(
      [
        '01020304',
        '0000000100000005',
        'ffffffffffffffff',
        '0000000000000100',
        '010204',
        '3f800000c00000003f00000080000000',
        '44848000',
        '41100000',
      ].join(''),
    );
  });

  it('cut short at any byte is a RangeError, never a frame', () => {
    fc.assert(
      fc.property(
        anyFrame,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        ({ layout, frame }, part) => {
          const bytes = new Uint8Array(frameByteLength(layout));
          encodeFrame(frame, new DataView(bytes.buffer));
          const cut = bytes.slice(0, Math.floor(part * bytes.length));
          expect(() => decodeFrame(new DataView(cut.buffer), createFrame(layout))).toThrow(RangeError);
        },
      ),
      { numRuns: 100, seed: 2 },
    );
  });

  it('a copy is equal and independent', () => {
    fc.assert(
      fc.property(anyFrame, ({ layout, frame }) => {
        const copy = createFrame(layout);
        copyFrame(frame, copy);
        expect(bits(copy)).toEqual(bits(frame));
        const before = bits(copy);
        frame.value.fill(7);
        frame.quality.fill(7);
        frame.stationTimeUs.fill(7);
        expect(bits(copy)).toEqual(before);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('the digest of a run is SHA-256 over all frames one behind another', () => {
    fc.assert(
      fc.property(anyFrame, fc.integer({ min: 1, max: 4 }), ({ layout, frame }, n) => {
        const digest = new FrameDigest(layout);
        const size = frameByteLength(layout);
        const all = new Uint8Array(n * size);
        for (let i = 0; i < n; i += 1) {
          frame.seq = i;
          digest.add(frame);
          encodeFrame(frame, new DataView(all.buffer), i * size);
        }
        expect(digest.hex()).toBe(digestBytes(all));
      }),
      { numRuns: 50, seed: 4 },
    );
  });
});

describe('a layout', () => {
  const digest = (spec: LayoutSpec) => createLayout(spec).digest;

  it('crosses a wire as JSON and is the same on the other side', () => {
    const layout = createLayout(smallSpec());
    const there = createLayout(layoutSchema.parse(JSON.parse(JSON.stringify(layoutSpec(layout)))));
    expect(there).toEqual(layout);
    expect(layout.column).toEqual([0, 4, 5]);
    expect(layout.stationOf).toEqual([0, 1, 0]);
    expect(layout.columns).toBe(6);
  });

  it('has another digest after any change that a reader could trip over, and the same after none', () => {
    const base = digest(smallSpec());
    expect(digest(structuredClone(smallSpec()))).toBe(base);
    const seen = new Set([base]);
    const variants: [string, (s: LayoutSpec) => void][] = [
      ['plant', (s) => (s.plant = 'other')],
      ['scan', (s) => (s.scanUs = 2_000_000)],
      ['station order', (s) => s.stations.reverse()],
      ['station unit', (s) => (s.stations[0]!.unitId = 9)],
      ['station place', (s) => (s.stations[1]!.position_m = 0)],
      ['clock', (s) => (s.stations[1]!.clockAccuracy_s = 1e-6)],
      ['tag order', (s) => s.tags.reverse()],
      ['tag gone', (s) => s.tags.pop()],
      ...(
        [
          ['id', 'PT-9'],
          ['station', 'RTU-2'],
          ['quantity', 'other'],
          ['unit', 'psi'],
          ['range', [0, 61]],
          ['width', 5],
          ['periodUs', 250_001],
          ['noise', 0.011],
          ['accuracy', 0.021],
          ['element', 'N-2'],
          ['position_m', 0],
        ] as const
      ).map(([key, value]): [string, (s: LayoutSpec) => void] => [
        `tag ${key}`,
        (s) => Object.assign(s.tags[0]!, { [key]: value }),
      ]),
    ];
    for (const [what, change] of variants) {
      const spec = smallSpec();
      change(spec);
      const changed = digest(spec);
      expect(seen.has(changed), what).toBe(false);
      seen.add(changed);
    }
    console.log(`${seen.size} layouts, ${seen.size} digests`);
  });

  it('that names a station which it lacks is our mistake and throws', () => {
    const spec = smallSpec();
    spec.tags[1]!.station = 'RTU-3';
    expect(() => createLayout(spec)).toThrow('tag FT-1 names station RTU-3, which the layout lacks');
  });
});

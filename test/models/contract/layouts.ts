/** Layouts and frames drawn at random, for the properties of codecs. */
import fc from 'fast-check';
import {
  createFrame,
  createLayout,
  type Frame,
  type FrameLayout,
  type LayoutSpec,
} from '../../../models/contract/index.ts';

/** A small fixed layout: two stations, a wide pressure, a flow and a level. */
export function smallSpec(): LayoutSpec {
  const tag = { range: [0, 60] as [number, number], noise: 0.01, accuracy: 0.02 };
  return {
    plant: 'small',
    scanUs: 1_000_000,
    stations: [
      { id: 'RTU-1', unitId: 1, position_m: 0, clockAccuracy_s: 0.004 },
      { id: 'RTU-2', unitId: 2, clockAccuracy_s: 0 },
    ],
    tags: [
      {
        ...tag,
        id: 'PT-1',
        station: 'RTU-1',
        quantity: 'pressure',
        unit: 'bar',
        width: 4,
        periodUs: 250_000,
        element: 'N-1',
      },
      {
        ...tag,
        id: 'FT-1',
        station: 'RTU-2',
        quantity: 'flow',
        unit: 'm3/h',
        width: 1,
        periodUs: 1_000_000,
        element: 'P-1',
      },
      {
        ...tag,
        id: 'LT-1',
        station: 'RTU-1',
        quantity: 'level',
        unit: 'm',
        width: 1,
        periodUs: 1_000_000,
        element: 'TK-1',
      },
    ],
  };
}

export const anyLayout: fc.Arbitrary<FrameLayout> = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.tuple(fc.nat(3), fc.constantFrom(1, 1, 2, 5, 20)), { minLength: 1, maxLength: 12 }),
  )
  .map(([nStation, tags]) =>
    createLayout({
      plant: 'drawn',
      scanUs: 1_000_000,
      stations: Array.from({ length: nStation }, (_, i) => ({ id: `S-${i}`, unitId: i + 1, clockAccuracy_s: 0 })),
      tags: tags.map(([station, width], i) => ({
        id: `T-${i}`,
        station: `S-${station % nStation}`,
        quantity: 'other',
        unit: '',
        range: [0, 1],
        width,
        periodUs: 1_000_000 / width,
        noise: 0,
        accuracy: 0,
        element: 'E',
      })),
    }),
  );

/** Any float32 there is: both zeros, subnormals, infinities, NaN. */
const anyFloat = fc.oneof(
  fc.float(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.401298464324817e-45),
);
const anyTime = fc.oneof(
  fc.integer({ min: -(10 ** 15), max: 10 ** 15 }),
  fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);

export const anyFrame: fc.Arbitrary<{ layout: FrameLayout; frame: Frame }> = anyLayout.chain((layout) =>
  fc
    .record({
      seq: fc.oneof(fc.nat(), fc.constantFrom(0, 0xffff, 0x10000, 0xffffffff)),
      timeUs: anyTime,
      stations: fc.array(anyTime, { minLength: layout.stations.length, maxLength: layout.stations.length }),
      values: fc.array(anyFloat, { minLength: layout.columns, maxLength: layout.columns }),
      quality: fc.array(fc.integer({ min: 0, max: 255 }), {
        minLength: layout.tags.length,
        maxLength: layout.tags.length,
      }),
    })
    .map(({ seq, timeUs, stations, values, quality }) => {
      const frame = createFrame(layout);
      frame.seq = seq;
      frame.timeUs = timeUs;
      frame.stationTimeUs.set(stations);
      frame.value.set(values);
      frame.quality.set(quality);
      return { layout, frame };
    }),
);

/** Everything in a frame as bytes, so that NaN equals NaN and −0 differs from 0. */
export function bits(frame: Frame): unknown {
  return {
    seq: frame.seq,
    timeUs: frame.timeUs,
    stations: [...frame.stationTimeUs].map((t) => t + 0),
    values: [...new Uint32Array(frame.value.buffer, frame.value.byteOffset, frame.value.length)],
    quality: [...frame.quality],
  };
}

/** Small layouts and frames that the recording tests share. */
import { createFrame, createLayout, type Frame, type FrameLayout } from '../../../models/contract/index.ts';

/** Two stations; a 4 Hz pressure, scalars, and names that SQL would like to confuse. */
export function smallLayout(): FrameLayout {
  const tag = (id: string, station: string, width: number) => ({
    id,
    station,
    quantity: 'pressure' as const,
    unit: 'bar',
    range: [0, 100] as [number, number],
    width,
    periodUs: 1_000_000 / width,
    noise: 0.01,
    accuracy: 0,
    element: 'N-1',
  });
  return createLayout({
    plant: 'small',
    scanUs: 1_000_000,
    stations: [
      { id: 'RTU-1', unitId: 1, clockAccuracy_s: 0 },
      { id: 'it\'s "2"', unitId: 2, clockAccuracy_s: 0 },
    ],
    tags: [tag('PT-101', 'RTU-1', 4), tag('pt-101', 'it\'s "2"', 1), tag('seq', 'RTU-1', 1), tag('FT "1"', 'RTU-1', 2)],
  });
}

const SPECIAL = [
  0x7fc00000, 0x7fc00001, 0xffc00000, 0x7f800001, 0x80000000, 0, 1, 0x7f800000, 0xff800000, 0x3f800000, 0xffffffff,
];

/** A frame whose words are every kind of float32 that a careless path would change. */
export function strangeFrame(layout: FrameLayout, i: number): Frame {
  const frame = createFrame(layout);
  frame.seq = i;
  frame.timeUs = i * layout.scanUs;
  frame.stationTimeUs[0] = -i * 1_000_003;
  frame.stationTimeUs[1] = Number.MAX_SAFE_INTEGER - i;
  const words = new Uint32Array(frame.value.buffer);
  for (let c = 0; c < words.length; c += 1)
    words[c] = (i + c) % 3 === 0 ? Math.imul(i * 31 + c + 1, 0x9e3779b1) : SPECIAL[(i * 7 + c) % SPECIAL.length]!;
  for (let t = 0; t < frame.quality.length; t += 1) frame.quality[t] = (i * 5 + t) & 31;
  return frame;
}

export function wordsOf(frame: Frame): string {
  return [
    frame.seq,
    frame.timeUs,
    ...frame.stationTimeUs,
    ...new Uint32Array(frame.value.buffer),
    ...frame.quality,
  ].join(' ');
}

/** Frames that are functions of their sequence number, NaN bits and signed zeros included, so that any test can make them again. */
import {
  type AlarmEvent,
  createFrame,
  createLayout,
  type Frame,
  type FrameLayout,
  Quality,
} from '../../../models/contract/index.ts';
import { hashIndex } from '../../../models/kernel/index.ts';

export const EPOCH_US = Date.UTC(2026, 0, 5, 22) * 1000;

export function madeLayout(tags = 6, scanUs = 1_000_000): FrameLayout {
  const stations = ['A', 'B'].map((id, i) => ({ id: `RTU-${id}`, unitId: i + 1, clockAccuracy_s: 0.01 }));
  return createLayout({
    plant: 'made',
    scanUs,
    stations,
    tags: Array.from({ length: tags }, (_, i) => {
      const width = i === 1 ? 4 : 1;
      return {
        id: `${i % 2 === 0 ? 'PT' : 'FT'}-${101 + i}`,
        station: i % 2 === 0 ? 'RTU-A' : 'RTU-B',
        quantity: i % 2 === 0 ? ('pressure' as const) : ('flow' as const),
        unit: i % 2 === 0 ? 'bar' : 'm3/h',
        range: [0, 100] as [number, number],
        width,
        periodUs: scanUs / width,
        noise: 0.01,
        accuracy: 0.1,
        element: `N-${i}`,
      };
    }),
  });
}

const QUALITIES = [
  Quality.good,
  Quality.good,
  Quality.good,
  Quality.held,
  Quality.clipped,
  Quality.failed,
  Quality.lost,
];

/** Frame `seq` of the made plant, in `frame`. */
export function makeFrame(layout: FrameLayout, seq: number, frame: Frame = createFrame(layout)): Frame {
  frame.seq = seq;
  frame.timeUs = seq * layout.scanUs;
  frame.stationTimeUs.forEach((_, s) => {
    frame.stationTimeUs[s] = frame.timeUs + 500 * s;
  });
  const words = new Uint32Array(frame.value.buffer);
  for (let c = 0; c < words.length; c += 1) {
    const h = hashIndex(7, c, seq) >>> 0;
    if (h % 97 === 0) words[c] = 0x7fc0_0000 | (h & 0xffff);
    else if (h % 89 === 0) words[c] = 0x8000_0000;
    else frame.value[c] = 40 + (h % 10_007) / 1000;
  }
  for (let t = 0; t < frame.quality.length; t += 1) frame.quality[t] = QUALITIES[(hashIndex(8, t, seq) >>> 0) % 7]!;
  return frame;
}

/** The bytes of a frame, for comparison bit by bit. */
export function bitsOf(frame: Frame): string {
  const value = Buffer.from(frame.value.buffer, frame.value.byteOffset, frame.value.byteLength).toString('hex');
  return `${frame.seq} ${frame.timeUs} ${[...frame.stationTimeUs]} ${value} ${Buffer.from(frame.quality).toString('hex')}`;
}

export function madeAlarm(frame: Frame): AlarmEvent {
  const { seq: frameSeq, timeUs } = frame;
  const change = { from: 'normal', to: 'unacknowledged' } as const;
  return {
    alarm: 'LD-MADE',
    timeUs,
    frameSeq,
    ...change,
    priority: 1,
    score: 1 + frameSeq / 7,
    by: 'made',
    because: 'ä',
  };
}

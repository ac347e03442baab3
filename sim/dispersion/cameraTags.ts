/** The tags of a camera: pixels counted one by one, and the largest column. */
import type { InstrumentSpec } from '../plant/index.ts';
import type { CameraSpec } from './cameraSpec.ts';

export function tagsOf(c: CameraSpec): InstrumentSpec[] {
  const bits = Math.max(8, Math.ceil(Math.log2(c.pixels[0] * c.pixels[1] + 1)));
  const common = {
    station: c.station,
    at: c.tag,
    lag: 0,
    noise: 0,
    accuracy: 0,
    drift: 0,
    jitter: 0,
    basis: 'actual' as const,
    'report-at-least': 60,
  };
  const pixels: InstrumentSpec = {
    ...common,
    tag: c.tag,
    measures: 'other',
    unit: '',
    // One count of the converter is one pixel.
    range: [0, 2 ** bits - 1],
    bits,
  };
  return c.column ? [pixels, { ...common, ...c.column, measures: 'column', bits: 16 }] : [pixels];
}

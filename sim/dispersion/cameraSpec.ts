/** Cameras that look over a site, as people write them. */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { GASES } from '../instruments/gas/index.ts';
import { fieldShape, id } from '../plant/index.ts';

const point = z.strictObject({
  x: quantity('length'),
  y: quantity('length'),
  z: quantity('length').prefault('0 m'),
});
const common = fieldShape.instruments.element.shape;

export const cameraSchema = z.strictObject({
  /** Its pixels that see gas, or a pool. */
  tag: id,
  station: id,
  form: z.enum(['infrared-camera', 'visible-camera']),
  /** What an infrared camera's columns are of. */
  gas: z.enum(Object.keys(GASES) as [string, ...string[]]).optional(),
  place: point,
  'look-at': point,
  /** Horizontal. */
  'field-of-view': quantity('angle', { positive: true }).prefault('40 deg'),
  /** Across and down. */
  pixels: z.tuple([z.int().min(8).max(320), z.int().min(8).max(256)]).default([64, 48]),
  /** Beyond it nothing is looked for. */
  sight: quantity('length', { positive: true, max: 2000 }).prefault('300 m'),
  /** Between pictures. */
  period: quantity('time', { positive: true, max: 3600 }).prefault('10 s'),
  /** A second tag: the largest column among its pixels. */
  column: z.strictObject({ tag: id, unit: common.unit, range: common.range }).optional(),
});

export type CameraSpec = z.output<typeof cameraSchema>;

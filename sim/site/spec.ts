/**
 * The scene of a site as people write it: what stands on it, who moves through it. Metres east, north and up from the
 * site's origin, ground at 0; headings are compass bearings (0 deg: the length runs north, 90 deg: east).
 */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { id } from '../plant/index.ts';

const place = { x: quantity('length'), y: quantity('length') };
const corner = z.strictObject(place);
const size = () => quantity('length', { positive: true });
/** A compass bearing in degrees. */
const heading = z.number().min(-360).max(360).default(90);

const line = { from: corner, to: corner };

export const siteSchema = z.strictObject({
  buildings: z
    .array(z.strictObject({ id, ...place, length: size(), width: size(), height: size(), 'heading-deg': heading }))
    .default([]),
  /** Upright tanks and columns; with `base` on legs. */
  tanks: z
    .array(
      z.strictObject({
        id,
        ...place,
        diameter: size(),
        height: size(),
        base: quantity('length', { min: 0 }).prefault('0 m'),
      }),
    )
    .default([]),
  /** The tier of pipes of a rack: gas passes below it. */
  racks: z
    .array(
      z.strictObject({
        id,
        ...line,
        width: size(),
        bottom: quantity('length', { min: 0 }),
        top: size(),
      }),
    )
    .default([]),
  /** Chain-link lets gas and light through; a solid one is a wall. Both stop a vehicle. */
  fences: z
    .array(
      z.strictObject({
        id,
        ...line,
        height: size(),
        thickness: size().prefault('0.2 m'),
        kind: z.enum(['chain-link', 'solid']).default('chain-link'),
      }),
    )
    .default([]),
  /** Four walls around a rectangle. */
  bunds: z
    .array(
      z.strictObject({
        id,
        ...place,
        length: size(),
        width: size(),
        height: size(),
        thickness: size().prefault('0.3 m'),
        'heading-deg': heading,
      }),
    )
    .default([]),
  /** To be seen, in nobody's way. */
  roads: z.array(z.strictObject({ id, ...line, width: size() })).default([]),
  /** A robot or vehicle that repeats its round. */
  patrols: z
    .array(
      z.strictObject({
        id,
        speed: quantity('speed', { positive: true }),
        /** Of the sniffer's inlet. */
        inlet: size().prefault('1 m'),
        radius: size().prefault('0.5 m'),
        /** Stands at each stop. */
        pause: quantity('time', { min: 0 }).prefault('0 s'),
        route: z.array(corner).min(2),
      }),
    )
    .default([]),
});

export type SiteSpec = z.output<typeof siteSchema>;

/**
 * A store of liquefied gas as people write it: vessels of saturated liquid under its own vapour pressure, lines that draw liquid or
 * vapour through a remote valve, and rooms whose air goes through a scrubber. What it means is compiled beside.
 */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import type { VAPOURS } from '../../models/physics/release/index.ts';
import { fieldShape, headShape, id, percent, timeSchema } from '../plant/index.ts';

/** What the detectors know too, by their names. */
export const STORED = {
  chlorine: 'chlorine',
  ammonia: 'ammonia',
  propane: 'propane',
  butane: 'butane',
} as const satisfies Record<string, keyof typeof VAPOURS>;
const names = Object.keys(STORED) as [keyof typeof STORED, ...(keyof typeof STORED)[]];

export const storeSchema = z.strictObject({
  kind: z.literal('store'),
  ...headShape,
  time: timeSchema('1 s', '5 s', 10),
  /** Temperature of what stands around, where the plant has no air. */
  ambient: quantity('temperature', { positive: true }).prefault('15 degC'),
  rooms: z
    .array(
      z.strictObject({
        id,
        volume: quantity('volume', { positive: true }),
        fan: z.strictObject({
          id,
          station: id,
          flow: quantity('flow', { positive: true }),
          running: z.boolean().default(true),
          'start-time': quantity('time', { positive: true }).prefault('10 s'),
        }),
        /** Of what the fan draws, the share that is taken out; 0 %: none stands there. */
        scrubber: percent().prefault('0 %'),
        /** Through doors and gaps, without the fan. */
        leakage: quantity('flow', { min: 0 }).prefault('0 m3/h'),
      }),
    )
    .default([]),
  vessels: z
    .array(
      z.strictObject({
        id,
        holds: z.enum(names),
        volume: quantity('volume', { positive: true }),
        /** By volume, of liquid. */
        fill: percent(0.95),
        temperature: quantity('temperature', { positive: true }),
        height: quantity('length', { positive: true }),
        'liquid-density': quantity('density', { positive: true }).optional(),
        /** Steel that warms and cools with what it holds. */
        'shell-kg': z.number().min(0).default(0),
        'heat-W-K': z.number().min(0).default(0),
        /** Where the ground under it keeps what rains out; absent: 100 m2. */
        bund: quantity('area', { positive: true }).prefault('100 m2'),
        /** It stands in there. */
        room: id.optional(),
      }),
    )
    .min(1),
  lines: z
    .array(
      z.strictObject({
        id,
        from: id,
        draws: z.enum(['liquid', 'vapour']),
        bore: quantity('length', { positive: true }),
        length: quantity('length', { positive: true }),
        /** What is used up at its far end while its valve is open. */
        demand: quantity('mass-flow', { min: 0 }).prefault('0 kg/h'),
        /** At the vessel. */
        valve: z.strictObject({
          id,
          station: id,
          opening: percent().prefault('100 %'),
          'stroke-time': quantity('time', { positive: true }).prefault('3 s'),
        }),
        room: id.optional(),
      }),
    )
    .default([]),
  /** Mist that stays airborne per mass that flashes; 1 is Kletz's rule. */
  'mist-per-flash': z.number().min(0).max(20).default(1),
  ...fieldShape,
  'as-built': z.strictObject({ seed: z.int().default(1), diameter: percent().prefault('0 %') }).prefault({}),
});

export type StoreSpec = z.output<typeof storeSchema>;

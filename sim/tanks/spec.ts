/**
 * A tank farm as people write it: products, tanks in bunds, pumped transfers and the weather over it all. What it means is
 * compiled beside. Keys that end in a unit (`mass-kg`, `wall-W-m2K`) take a bare number in it.
 */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { SUBSTANCES } from '../../models/physics/tank/index.ts';
import { weatherSchema } from '../dispersion/weather/index.ts';
import { fieldShape, headShape, id, percent, timeSchema } from '../plant/index.ts';

const products = Object.keys(SUBSTANCES) as (keyof typeof SUBSTANCES)[];

const roofSchema = z.strictObject({
  /** closed: gives nothing to the air; vented: breathes; floating: lies on the liquid, stands on its legs below. */
  kind: z.enum(['closed', 'vented', 'floating']),
  'mass-kg': z.number().positive().optional(),
  legs: quantity('length', { min: 0 }).optional(),
});

const heatSchema = z.strictObject({
  'roof-W-m2K': z.number().min(0).default(3),
  'wall-W-m2K': z.number().min(0).default(6),
  'ground-W-m2K': z.number().min(0).default(0.5),
  /** Share of sunlight that the paint takes in: 0.17 new white, 0.54 grey (AP-42 table 7.1-6). */
  absorptance: percent().prefault('20 %'),
});

export const tanksSchema = z.strictObject({
  kind: z.literal('tanks'),
  ...headShape,
  time: timeSchema('1 s', '5 s', 60),
  weather: weatherSchema.prefault({}),
  products: z
    .array(
      z.strictObject({
        id,
        /** The liquid whose other properties it has. */
        like: z.enum(products as [(typeof products)[number], ...typeof products]),
        /** At 15 °C. */
        density: quantity('density', { positive: true }).optional(),
      }),
    )
    .min(1),
  bunds: z
    .array(
      z.strictObject({
        id,
        floor: quantity('area', { positive: true }),
        wall: quantity('length', { positive: true }),
        /** Where the floor falls to and the level sensor hangs; its level counts from the sump's bottom. */
        sump: z.strictObject({
          area: quantity('area', { positive: true }),
          depth: quantity('length', { min: 0 }),
          /** What the floor keeps on the way to it: film and puddles. */
          'held-back': quantity('volume', { min: 0 }).prefault('0 m3'),
        }),
        drain: z
          .strictObject({
            id,
            station: id,
            diameter: quantity('length', { positive: true }),
            opening: percent().prefault('0 %'),
            'stroke-time': quantity('time', { positive: true }).prefault('20 s'),
          })
          .optional(),
        /** What runs over the wall gathers there; absent: it is lost. */
        'overflow-to': id.optional(),
      }),
    )
    .default([]),
  tanks: z
    .array(
      z.strictObject({
        id,
        product: id,
        diameter: quantity('length', { positive: true }),
        height: quantity('length', { positive: true }),
        /** Above it the liquid runs over the rim; absent: the height. */
        'max-level': quantity('length', { positive: true }).optional(),
        'suction-level': quantity('length', { min: 0 }).prefault('0 m'),
        level: quantity('length', { min: 0 }),
        temperature: quantity('temperature', { positive: true }),
        bund: id.optional(),
        roof: roofSchema.prefault({ kind: 'vented' }),
        heat: heatSchema.prefault({}),
      }),
    )
    .min(1),
  transfers: z
    .array(
      z.strictObject({
        id,
        station: id,
        /** Absent: it comes from outside, or goes there. */
        from: id.optional(),
        to: id.optional(),
        /** What the pump moves at 100 % speed. */
        rate: quantity('flow', { positive: true }),
        speed: quantity('fraction', { min: 0, max: 1.3 }).prefault('100 %'),
        running: z.boolean(),
        'start-time': quantity('time', { positive: true }).prefault('30 s'),
        /** Of the speed, one standard deviation. */
        'speed-wander': percent(0.1).prefault('0 %'),
        /** Of what comes from outside. */
        'source-temperature': quantity('temperature', { positive: true }).prefault('15 degC'),
        /** Switches, apart from the gauges, that trip the pump. */
        'trip-above': quantity('length', { positive: true }).optional(),
        'trip-below': quantity('length', { min: 0 }).optional(),
      }),
    )
    .default([]),
  ...fieldShape,
  'as-built': z
    .strictObject({
      seed: z.int().default(1),
      /** Of the strapping tables, by volume. */
      strapping: percent().prefault('0 %'),
      density: percent().prefault('0 %'),
    })
    .prefault({}),
});

export type TanksSpec = z.output<typeof tanksSchema>;

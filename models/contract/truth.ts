/**
 * Truth: what really happened, on its own channel. A detector never sees it; the judge sees nothing else.
 */
import { z } from 'zod';

export const truthEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('leak.opened'),
    timeUs: z.int(),
    ref: z.string(),
    unit: z.string(),
    position_m: z.number(),
    area_m2: z.number(),
    growth_s: z.number(),
    /** On a site with air: east, north and up from its origin. */
    place_m: z.tuple([z.number(), z.number(), z.number()]).optional(),
    /** The group of equipment that it is on, by its as-built name. */
    source: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('leak.closed'), timeUs: z.int(), ref: z.string(), volume_m3: z.number() }),
  /** Once a scan while the leak runs: the rate now and all that has been lost since it opened. */
  z.strictObject({
    kind: z.literal('leak.rate'),
    timeUs: z.int(),
    ref: z.string(),
    massRate_kg_s: z.number(),
    volume_m3: z.number(),
  }),
  /** Once a scan while a source gives gas to the air: a hole, a pool, a vent; `leak` where one feeds it. */
  z.strictObject({
    kind: z.literal('air.release'),
    timeUs: z.int(),
    ref: z.string(),
    species: z.string(),
    massRate_kg_s: z.number(),
    place_m: z.tuple([z.number(), z.number(), z.number()]),
  }),
  /** A confounder began: an alarm that it raises is false. */
  z.strictObject({ kind: z.literal('disturbance'), timeUs: z.int(), ref: z.string(), what: z.string() }),
  z.strictObject({
    kind: z.literal('fault.began'),
    timeUs: z.int(),
    ref: z.string(),
    target: z.string(),
    form: z.string(),
  }),
  z.strictObject({ kind: z.literal('fault.cleared'), timeUs: z.int(), ref: z.string() }),
]);
export type TruthEvent = z.infer<typeof truthEventSchema>;

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

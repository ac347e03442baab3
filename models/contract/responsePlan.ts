/**
 * What is to be done about a confirmed leak, as one document: to people as HTML and Markdown, to a city's system and to the
 * channels of notification as this JSON. Times beside `timeUs` are seconds from the confirmation; places are metres of the
 * site, or longitude and latitude (WGS 84, as GeoJSON has them) where the owner has said where the plant lies.
 */
import { z } from 'zod';

export const RESPONSE_PLAN_FORMAT = 'leaktwin.response-plan/1';

const lonLat = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const metres = z.tuple([z.number(), z.number()]);
const seconds = z.number().nonnegative();
const volume = z.number().nonnegative();

const isolationSchema = z.strictObject({
  possible: z.boolean(),
  /** Elements to shut, the smallest set. */
  close: z.array(z.string()),
  isolatedVolume_m3: volume,
  isolatedLength_m: z.number().nonnegative(),
  losesSupply: z.array(z.string()),
  openSources: z.array(z.string()),
  /** Shutting the first element on every side instead. */
  enclosing: z.strictObject({ close: z.array(z.string()), isolatedVolume_m3: volume }),
});

const stepSchema = z.strictObject({
  element: z.string(),
  action: z.enum(['stop', 'close']),
  /** Begins so long after the confirmation, and takes so long. */
  at_s: seconds,
  takes_s: seconds,
  because: z.string(),
});

const zoneSchema = z.strictObject({
  /** Such as "AEGL-2 60 min" or "LEL". */
  level: z.string(),
  /** Share by volume. */
  concentration: z.number().positive(),
  reach_m: z.number().nonnegative(),
  area_m2: z.number().nonnegative(),
  /** Closed ring, metres east and north of the release. */
  outline_m: z.array(metres),
  outline: z.array(lonLat).optional(),
  people: z.int().nonnegative(),
  inside: z.array(z.string()),
});

const resourceSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  contact: z.string(),
  /** Along the road, absent where the place of the leak is not known. */
  distance_m: z.number().nonnegative().optional(),
  arrives_s: seconds.optional(),
});

export const responsePlanSchema = z.strictObject({
  format: z.literal(RESPONSE_PLAN_FORMAT),
  plant: z.string(),
  incident: z.string(),
  /** Counts the changes of the plan of this incident, from 1. */
  revision: z.int().positive(),
  timeUs: z.int(),
  /** The same by the calendar, where the scenario or the owner says when the plant began. */
  time: z.string().optional(),
  confirmed: z.strictObject({ atUs: z.int(), by: z.array(z.string()), need: z.int().positive() }),
  leak: z.strictObject({
    position_m: z.number().optional(),
    sigma_m: z.number().nonnegative().optional(),
    place_m: z.tuple([z.number(), z.number(), z.number()]).optional(),
    at: lonLat.optional(),
    /** The pipe or equipment. */
    element: z.string().optional(),
    massRate_kg_s: z.number().nonnegative().optional(),
    sigma_kg_s: z.number().nonnegative().optional(),
    onsetUs: z.int().optional(),
  }),
  isolation: isolationSchema.optional(),
  shutdown: z.strictObject({
    steps: z.array(stepSchema),
    isolatedAfter_s: seconds,
    rule: z.string(),
    source: z.string(),
    /** Whether the detector does it itself. */
    automatic: z.boolean(),
  }),
  spill: z
    .strictObject({
      soFar_m3: volume,
      untilIsolation_m3: volume,
      /** What runs out by its own weight when all is shut, and what could at the most. */
      afterIsolation_m3: volume,
      atMost_m3: volume,
      emptied_s: seconds,
      /** For every hour in which nothing is done. */
      perHourOfDelay_m3: volume,
    })
    .optional(),
  hazard: z
    .strictObject({
      substance: z.string(),
      source_kg_s: z.number().nonnegative(),
      wind_m_s: z.number().nonnegative(),
      from_rad: z.number(),
      stability: z.enum(['A', 'B', 'C', 'D', 'E', 'F']),
      /** Where the weather is from: the plant's mast, or what the response document assumes. */
      weather: z.enum(['measured', 'assumed']),
      zones: z.array(zoneSchema),
    })
    .optional(),
  resources: z.array(resourceSchema),
  notify: z.array(
    z.strictObject({
      name: z.string(),
      role: z.string(),
      by: z.array(z.string()),
      within_s: seconds,
      because: z.string(),
    }),
  ),
  checklist: z.array(z.strictObject({ at_s: seconds, what: z.string(), who: z.string() })),
  restart: z.array(z.string()),
  /** What this plan could not do, a sentence each. */
  warnings: z.array(z.string()),
});
export type ResponsePlan = z.infer<typeof responsePlanSchema>;
export type HazardZone = z.infer<typeof zoneSchema>;
export type ShutdownStep = ResponsePlan['shutdown']['steps'][number];

/** One action on the plant, in the order in which it was done: the journal of what was written to it. */
export const actionEventSchema = z.strictObject({
  timeUs: z.int(),
  frameSeq: z.int().nonnegative(),
  incident: z.string(),
  /** `wrote`: it went out; `waits`: a permissive does not hold yet; `held`: a person has the element; `refused`: the plant said no. */
  what: z.enum(['confirmed', 'wrote', 'waits', 'held', 'released', 'refused', 'returned']),
  element: z.string().optional(),
  property: z.string().optional(),
  /** On the wire: a share in %, or 0 and 1 of a coil. */
  value: z.number().optional(),
  who: z.string().max(64).optional(),
  because: z.string().max(400),
});
export type ActionEvent = z.infer<typeof actionEventSchema>;

/** A value for a set point or a coil of the plant, by its element and property as the register map has them. */
export interface ControlWrite {
  readonly element: string;
  readonly property: string;
  readonly value: number;
}

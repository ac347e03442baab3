/**
 * Commands: the only way to change a plant from outside. The same for a scenario, an instructor, a REST call and a Modbus
 * write; a plant applies them at the start of its next tick. SI throughout.
 */
import { z } from 'zod';

export const FAULT_FORMS = [
  'bias',
  'drift',
  'stuck',
  'spikes',
  'drop-out',
  'communication-loss',
  // of gas detectors: sensitivity lost, light taken away, visibility of the fog that a beam passes
  'poisoned',
  'beam-block',
  'fog',
] as const;

/** Pasquill's classes: A very unstable … D neutral … F very stable. */
export const STABILITIES = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
export type Stability = (typeof STABILITIES)[number];

export const commandSchema = z.discriminatedUnion('kind', [
  /**
   * Opens a compiled leak. Area goes from 0 to `area_m2` over `growth_s` (0: at once), linearly. One that pulses is open
   * for `open_s` of every `period_s` from then on, as a valve that chatters or a tank that breathes, and shut between.
   */
  z.strictObject({
    kind: z.literal('leak.open'),
    leak: z.string(),
    area_m2: z.number().positive(),
    growth_s: z.number().nonnegative(),
    pulse: z.strictObject({ period_s: z.number().positive(), open_s: z.number().positive() }).optional(),
  }),
  z.strictObject({ kind: z.literal('leak.close'), leak: z.string() }),
  /**
   * Set points: pump speed and valve opening as fractions, set points of controllers and loops in SI. Of a loop also its
   * output (SI of what it moves, in manual) and mode (0 manual, 1 auto, 2 cascade); of an interlock its bypass (1, 0) and
   * reset; of a shutdown system its push-button (1 pressed, 0 pulled out) and reset; of a tank the product that it gives, by its index.
   */
  z.strictObject({
    kind: z.literal('set'),
    element: z.string(),
    property: z.enum(['speed', 'opening', 'setPoint', 'product', 'output', 'mode', 'bypass', 'reset', 'push']),
    value: z.number(),
  }),
  z.strictObject({ kind: z.literal('pump'), element: z.string(), action: z.enum(['start', 'stop', 'trip']) }),
  z.strictObject({
    kind: z.literal('fault'),
    fault: z.string(),
    /** A tag, or a station for communication-loss. */
    target: z.string(),
    form: z.enum(FAULT_FORMS),
    /** Bias and spike size in the tag's unit; drift in unit per hour; poisoned and beam-block a share; fog a visibility [m]. */
    size: z.number().optional(),
    /** Mean time between spikes [s]. */
    every_s: z.number().positive().optional(),
  }),
  z.strictObject({ kind: z.literal('fault.clear'), fault: z.string(), target: z.string() }),
  /** From now on the weather is this, where it is said, and as the plant has it where not. */
  z.strictObject({
    kind: z.literal('weather'),
    /** Mean at 10 m; 0 is a calm. */
    wind_m_s: z.number().nonnegative().max(75).optional(),
    /** Where it comes from, clockwise from north. */
    from_rad: z.number().optional(),
    stability: z.enum(STABILITIES).optional(),
    /** Standard deviation of the gusts, of the mean wind. */
    gusts: z.number().min(0).max(1).optional(),
    /** Standard deviation of the direction's slow wander. */
    meander_rad: z.number().min(0).max(Math.PI).optional(),
    temperature_K: z.number().positive().optional(),
    /** Relative. */
    humidity: z.number().min(0).max(1).optional(),
    /** Share of the sky. */
    cloud: z.number().min(0).max(1).optional(),
    /** Time that the change takes, evenly; 0: at once. */
    over_s: z.number().nonnegative().optional(),
  }),
  /** Customers of a water network draw `factor` times what they otherwise would, reached evenly over `over_s` (0: at once). */
  z.strictObject({
    kind: z.literal('demand'),
    factor: z.number().min(0).max(100),
    over_s: z.number().nonnegative(),
  }),
  /** Something beside the plant gives gas to its air from now on; 0 ends it. */
  z.strictObject({
    kind: z.literal('emission'),
    emission: z.string(),
    massRate_kg_s: z.number().nonnegative(),
  }),
  /** A robot or vehicle sets out on its round, or stops where it is. */
  z.strictObject({ kind: z.literal('patrol'), patrol: z.string(), running: z.boolean() }),
]);

export type Command = z.infer<typeof commandSchema>;
export type FaultForm = (typeof FAULT_FORMS)[number];

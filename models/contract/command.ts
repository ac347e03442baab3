/**
 * Commands: the only way to change a plant from outside. The same for a scenario, an instructor, a REST call and a Modbus
 * write; a plant applies them at the start of its next tick. SI throughout.
 */
import { z } from 'zod';

export const FAULT_FORMS = ['bias', 'drift', 'stuck', 'spikes', 'drop-out', 'communication-loss'] as const;

export const commandSchema = z.discriminatedUnion('kind', [
  /** Opens a compiled leak. Area goes from 0 to `area_m2` over `growth_s` (0: at once), linearly. */
  z.strictObject({
    kind: z.literal('leak.open'),
    leak: z.string(),
    area_m2: z.number().positive(),
    growth_s: z.number().nonnegative(),
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
    /** Bias and spike size in the tag's unit; drift in unit per hour. */
    size: z.number().optional(),
    /** Mean time between spikes [s]. */
    every_s: z.number().positive().optional(),
  }),
  z.strictObject({ kind: z.literal('fault.clear'), fault: z.string(), target: z.string() }),
]);

export type Command = z.infer<typeof commandSchema>;
export type FaultForm = (typeof FAULT_FORMS)[number];

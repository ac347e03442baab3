/**
 * A water network as people write it: an EPANET file that says what the network is, and beside it what EPANET knows nothing
 * of: stations, instruments, and how demands vary. What it means is compiled beside.
 */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { fieldShape, headShape, percent, timeSchema } from '../plant/index.ts';
import { transientSchema } from './transientSpec.ts';

const multiplier = z.number().min(0).max(100);

export const waterSchema = z.strictObject({
  kind: z.literal('water'),
  ...headShape,
  /** extended-period: EPANET, minute by minute. transient: pressure waves on the same network, some hundredths of a second at a time. */
  solver: z.enum(['extended-period', 'transient']).default('extended-period'),
  /** What the transient solver must know beside the file. */
  transient: transientSchema.prefault({}),
  /** EPANET counts whole seconds; a scan of seconds would only repeat its hydraulics of the last minute. Waves want steps of at most 0.1 s. */
  time: timeSchema('1 min', '5 min', 3600).prefault({}),
  /** An EPANET file, by its path from this one. Its own patterns, controls, rules and options hold. */
  network: z
    .string()
    .regex(/\.inp$/i, 'the name of an .inp file')
    .transform((file): { readonly file: string; readonly text: string } => ({ file, text: '' })),
  density: quantity('density', { positive: true }).prefault('999.7 kg/m3'),
  /** How demands vary on top of the file's patterns; time 0 is Monday, midnight. */
  demands: z
    .strictObject({
      /** Standard deviation of one node's demand around its pattern, of the mean. */
      variation: percent(3).prefault('0 %'),
      /** Share of that variance that all nodes have in common: weather, habits. */
      shared: percent().prefault('20 %'),
      'correlation-time': quantity('time', { min: 0 }).prefault('1 h'),
      /** A new draw so often. */
      every: quantity('time', { positive: true }).prefault('5 min'),
      /** Over the day, evenly spaced from midnight, joined by straight lines. */
      daily: z.array(multiplier).min(1).max(288).default([1]),
      /** Monday to Sunday. */
      weekly: z.array(multiplier).length(7).optional(),
    })
    .prefault({}),
  ...fieldShape,
  'as-built': z
    .strictObject({
      /** The plant's own seed: calibration errors and as-built errors are drawn from it, not from the run's. */
      seed: z.int().default(1),
      roughness: percent().prefault('0 %'),
      diameter: percent().prefault('0 %'),
    })
    .prefault({}),
});

export type WaterSpec = z.output<typeof waterSchema>;

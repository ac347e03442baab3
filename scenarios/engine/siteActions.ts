/** What happens on a site beside the plant itself: emissions, excavators, patrols. */
import { z } from 'zod';
import { addIssue, quantity } from '../../models/document/index.ts';
import { drawable } from './draw.ts';
import { pulseSchema } from './pulse.ts';
import { id, placeSchema, trigger } from './trigger.ts';

const onSite = z.strictObject({
  x: quantity('length'),
  y: quantity('length'),
  z: quantity('length', { min: 0 }).prefault('0.5 m'),
});

/** Something beside the plant gives gas to its air: exhaust, paint, a spill that dries. */
export const emissionAction = z
  .strictObject({
    ...trigger,
    emission: id,
    species: z.string(),
    rate: drawable('mass-flow', { positive: true }),
    place: onSite,
    /** It moves there in a straight line, over this time. */
    to: onSite.optional(),
    over: quantity('time', { positive: true }).optional(),
    radius: quantity('length', { positive: true, max: 50 }).prefault('0.5 m'),
    /** How long it lasts; absent: to the end. */
    for: drawable('time', { positive: true }).optional(),
    /** Time in which the rate grows from nothing. */
    growth: quantity('time', { min: 0 }).prefault('0 s'),
    /** Comes and goes: open for so long of every so long. */
    pulse: pulseSchema.optional(),
    /** What the judge takes it for: a confounder, whose alarm is false, or a leak that is to be found. */
    is: z.enum(['disturbance', 'leak']).default('disturbance'),
  })
  .superRefine((e, ctx) => {
    if ((e.to === undefined) === (e.over === undefined)) return;
    const [has, wants] = e.to === undefined ? ['over', 'to'] : ['to', 'over'];
    addIssue(ctx, { found: `"${has}" without "${wants}"`, expected: 'both, or neither' }, [has]);
  });

/** A machine digs onto a pipe: it opens a leak, or the pipe withstands. */
export const excavatorAction = z
  .strictObject({
    ...trigger,
    excavator: id,
    on: placeSchema,
    /** Of the machine, in tonnes: it strikes with its largest digging force. */
    'mass-t': z.number().positive().max(200).optional(),
    /** Of the blow, in kilojoules, over the tooth's path of 10 cm. */
    'energy-kJ': z.number().positive().max(1e4).optional(),
    tooth: z
      .strictObject({ length: quantity('length', { positive: true }), width: quantity('length', { positive: true }) })
      .prefault({ length: '90 mm', width: '6 mm' }),
    /** Of the pipe, where the plant does not say. */
    wall: quantity('length', { positive: true }).optional(),
    /** Ultimate tensile strength. */
    strength: quantity('pressure', { positive: true }).prefault('520 MPa'),
    'discharge-coefficient': quantity('fraction', { positive: true, max: 1 }).prefault('0.8'),
  })
  .superRefine((e, ctx) => {
    if ((e['mass-t'] === undefined) !== (e['energy-kJ'] === undefined)) return;
    const both = e['mass-t'] !== undefined;
    addIssue(ctx, {
      found: both ? 'mass-t and energy-kJ' : 'a blow without a force',
      expected: 'one of mass-t, energy-kJ',
    });
  });

export const patrolAction = z.strictObject({
  ...trigger,
  /** A round of the plant's site. */
  patrol: id,
  for: drawable('time', { positive: true }).optional(),
});

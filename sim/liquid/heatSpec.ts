/** Heat and products of a liquid plant as people write them, under `fluid:`. */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { id } from '../plant/index.ts';

/** A difference of temperature, in K. */
const difference = () => quantity('temperature', { min: 0, max: 60 });

/** How the density moves with temperature: by a group of API Table 54, or by a coefficient per K. */
const expansion = z.union([
  z.enum(['crude', 'product', 'lubricant']),
  z.strictObject({ 'per-K': z.number().min(0).max(0.01) }),
]);
const viscosities = z
  .array(z.tuple([quantity('temperature', { positive: true }), quantity('kinematic-viscosity', { positive: true })]))
  .min(1)
  .max(2);

export const heatShape = {
  /** Name of the liquid that the line is filled with, where products follow each other. */
  product: id.prefault('base'),
  /** Temperatures along the line; density and viscosity of the fluid are then those at 15 degC. */
  heat: z
    .strictObject({
      expansion: expansion.prefault('crude'),
      /** One viscosity, or two between which ASTM D341 draws its line; absent: the fluid's own, at any temperature. */
      viscosities: viscosities.optional(),
      /** W/(m2 K) of the liquid through wall and soil to the ground, by the bore; instead of the cooling length. */
      'heat-transfer': z.number().positive().max(1000).optional(),
      /** J/(kg K). */
      'heat-capacity': z.number().positive().max(10_000).prefault(1950),
      /** Of what enters from tanks. */
      'inlet-swing': z
        .strictObject({
          /** Amplitude of a daily sine, at its mean when the plant starts. */
          daily: difference().prefault('0 K'),
          /** Slow noise: one standard deviation of its knots. */
          noise: difference().prefault('0 K'),
          /** Time between the knots of the noise. */
          over: quantity('time', { positive: true, max: 86_400 }).prefault('2 h'),
        })
        .prefault({}),
      /** Amplitude of the ground's yearly sine at the pipe's depth, at its mean when the plant starts. */
      'ground-swing': difference().prefault('0 K'),
      /** Ground temperature along the line, for pipes by their middle; absent: the fluid's ground temperature. */
      ground: z
        .array(z.strictObject({ kp: quantity('length'), temperature: quantity('temperature', { positive: true }) }))
        .min(1)
        .optional(),
      refresh: quantity('time', { positive: true, max: 60 }).prefault('5 s'),
    })
    .optional(),
  /** Other liquids that tanks may hold. They need `heat`. */
  products: z
    .array(
      z.strictObject({
        id,
        name: z.string().optional(),
        /** At 15 degC, as all of a product. */
        density: quantity('density', { positive: true }),
        viscosities,
        expansion: expansion.prefault('product'),
        'bulk-modulus': quantity('pressure', { positive: true }),
        'vapour-pressure': quantity('pressure', { min: 0 }).optional(),
      }),
    )
    .max(7)
    .default([]),
};

/**
 * As-built data: what a pipeline company knows of its own line, and all that a detector may know beside the frames.
 * It differs from what the simulator runs on by a seeded draw within the declared uncertainties (none in exact mode).
 */
import { z } from 'zod';

export const asBuiltSchema = z.strictObject({
  plant: z.string(),
  /** True where the data equal the simulator's own: a method that wins only here has not won. */
  exact: z.boolean(),
  designFlow_m3_s: z.number().positive(),
  fluid: z.strictObject({
    density_kg_m3: z.number().positive(),
    kinematicViscosity_m2_s: z.number().positive(),
    bulkModulus_Pa: z.number().positive(),
  }),
  nodes: z.array(z.strictObject({ id: z.string(), elevation_m: z.number(), position_m: z.number().optional() })),
  pipes: z.array(
    z.strictObject({
      id: z.string(),
      from: z.string(),
      to: z.string(),
      length_m: z.number().positive(),
      insideDiameter_m: z.number().positive(),
      wallThickness_m: z.number().positive(),
      roughness_m: z.number().nonnegative(),
      waveSpeed_m_s: z.number().positive(),
      /** Distance along the line of its `from` end. */
      start_m: z.number(),
    }),
  ),
  links: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['pump', 'valve', 'check-valve']),
      from: z.string(),
      to: z.string(),
    }),
  ),
  /** Declared uncertainties, one standard deviation, relative. */
  uncertainty: z.strictObject({
    waveSpeed: z.number().nonnegative(),
    roughness: z.number().nonnegative(),
    diameter: z.number().nonnegative(),
    density: z.number().nonnegative(),
  }),
});
export type AsBuilt = z.infer<typeof asBuiltSchema>;

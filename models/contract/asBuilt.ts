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
  /** Absent where a plant has not one liquid but several, or none. */
  fluid: z
    .strictObject({
      density_kg_m3: z.number().positive(),
      kinematicViscosity_m2_s: z.number().positive(),
      bulkModulus_Pa: z.number().positive(),
      /** Where temperatures are known: density and bulk modulus are then those at 15 °C. */
      heat: z
        .strictObject({
          /** α of ρ = ρ15 exp(−α ΔT (1 + 0.8 α ΔT)) (API MPMS 11.1). */
          expansion15_per_K: z.number().nonnegative(),
          ground_K: z.number().positive(),
          /** Length over which the excess over the ground falls to 1/e at design flow. */
          coolingLength_m: z.number().positive(),
          /** Flow tags that publish standard volume (15 °C, no gauge pressure). */
          standardFlows: z.array(z.string()),
        })
        .optional(),
      /** What may follow each other in the line, the line's own first; absent where there is one liquid. */
      products: z.array(z.strictObject({ id: z.string(), density15_kg_m3: z.number().positive() })).optional(),
    })
    .optional(),
  nodes: z.array(z.strictObject({ id: z.string(), elevation_m: z.number(), position_m: z.number().optional() })),
  pipes: z.array(
    z.strictObject({
      id: z.string(),
      from: z.string(),
      to: z.string(),
      length_m: z.number().positive(),
      insideDiameter_m: z.number().positive(),
      /** Of lines; nobody keeps it of the pipes of a town. */
      wallThickness_m: z.number().positive().optional(),
      roughness_m: z.number().nonnegative().optional(),
      /** Where a water network is reckoned by these: a coefficient C, or an n. */
      hazenWilliams: z.number().positive().optional(),
      manning: z.number().positive().optional(),
      waveSpeed_m_s: z.number().positive().optional(),
      /** Distance along the line of its `from` end; absent in a network. */
      start_m: z.number().optional(),
    }),
  ),
  links: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['pump', 'valve', 'check-valve', 'compressor', 'regulator']),
      from: z.string(),
      to: z.string(),
    }),
  ),
  /** Upright cylindrical tanks. */
  tanks: z
    .array(
      z.strictObject({
        id: z.string(),
        product: z.string(),
        density15_kg_m3: z.number().positive(),
        /** Formula of the liquid's expansion: constant, API Table 54 or water; the coefficient is at 15 °C. */
        expansion: z.enum(['constant', 'api-54', 'water']),
        expansion_per_K: z.number(),
        diameter_m: z.number().positive(),
        height_m: z.number().positive(),
        maxLevel_m: z.number().positive(),
        shellExpansion_per_K: z.number(),
        /** Of a floating roof. */
        roofMass_kg: z.number().positive().optional(),
        roofLegs_m: z.number().nonnegative().optional(),
        bund: z.string().optional(),
      }),
    )
    .optional(),
  /** Pumped lines between tanks; absent ends are outside. */
  transfers: z
    .array(z.strictObject({ id: z.string(), from: z.string().optional(), to: z.string().optional() }))
    .optional(),
  bunds: z
    .array(
      z.strictObject({
        id: z.string(),
        /** Free of tanks. */
        floor_m2: z.number().positive(),
        sumpArea_m2: z.number().positive(),
        sumpDepth_m: z.number().nonnegative(),
        drain: z.string().optional(),
      }),
    )
    .optional(),
  /** Declared uncertainties, one standard deviation, relative. */
  uncertainty: z.strictObject({
    waveSpeed: z.number().nonnegative(),
    roughness: z.number().nonnegative(),
    diameter: z.number().nonnegative(),
    density: z.number().nonnegative(),
    expansion: z.number().nonnegative().optional(),
    bulkModulus: z.number().nonnegative().optional(),
    coolingLength: z.number().nonnegative().optional(),
  }),
});
export type AsBuilt = z.infer<typeof asBuiltSchema>;

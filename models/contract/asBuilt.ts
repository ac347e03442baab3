/**
 * As-built data: what a pipeline company knows of its own line, and all that a detector may know beside the frames.
 * It differs from what the simulator runs on by a seeded draw within the declared uncertainties (none in exact mode).
 */
import { z } from 'zod';

const place = z.tuple([z.number(), z.number(), z.number()]);

const airSchema = z.strictObject({
  gas: z.strictObject({
    id: z.string(),
    molarMass_kg_mol: z.number().positive(),
    /** Lower explosive limit, a share by volume; absent for what does not burn. */
    lowerLimit: z.number().positive().max(1).optional(),
  }),
  /** Gas instruments: a point, or the two ends of a beam. */
  sensors: z.array(z.strictObject({ tag: z.string(), place_m: place, to_m: place.optional() })),
  /** What may leak, by name; the radius holds the flanges and valves of a group. */
  equipment: z.array(z.strictObject({ id: z.string(), place_m: place, radius_m: z.number().nonnegative().optional() })),
  /** Where a source may stand that has no name: west, south, east, north. */
  bounds_m: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  /** One standard deviation each way of the places above; absent: they are taken as true. */
  uncertainty_m: z.strictObject({ equipment: z.number().nonnegative(), sensors: z.number().nonnegative() }).optional(),
  /** What stands on the site, for plans: corners in order, or the middle of a round thing. */
  outlines: z
    .array(
      z.strictObject({
        id: z.string(),
        kind: z.enum(['building', 'tank', 'bund', 'rack', 'fence', 'road']),
        corners_m: z.array(z.tuple([z.number(), z.number()])).min(1),
        radius_m: z.number().positive().optional(),
      }),
    )
    .optional(),
  wind: z
    .strictObject({
      speed: z.string(),
      direction: z.string(),
      /** What the vane says: where the wind comes from, clockwise from north, or where it goes, anticlockwise from east. */
      reads: z.enum(['from-clockwise-of-north', 'towards-anticlockwise-of-east']),
      height_m: z.number().positive().optional(),
    })
    .optional(),
  /** Tags of the weather that gas instruments may answer to. */
  weather: z
    .strictObject({
      temperature: z.string().optional(),
      humidity: z.string().optional(),
      pressure: z.string().optional(),
    })
    .optional(),
});
export type AirAsBuilt = z.infer<typeof airSchema>;

export const asBuiltSchema = z.strictObject({
  plant: z.string(),
  /** True where the data equal the simulator's own: a method that wins only here has not won. */
  exact: z.boolean(),
  /** Absent where nothing but air is watched. */
  designFlow_m3_s: z.number().positive().optional(),
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
  /** What its owner knows of the air over a site; metres east, north and up from the site's origin. */
  air: airSchema.optional(),
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

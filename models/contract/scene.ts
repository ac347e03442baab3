/**
 * What a plant looks like: where its pipes, machines, tanks, buildings and instruments stand, made from the plant and its
 * as-built data, so that it holds nothing that a control room does not know. A plant has one or more places to look at: its
 * line, straightened; its network in plan; its site. Metres throughout: x along the line or east, y north, z up.
 */
import { z } from 'zod';

const point = z.tuple([z.number(), z.number(), z.number()]);
const corner = z.tuple([z.number(), z.number()]);

const scenePipeSchema = z.strictObject({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  /** Along the pipe, `from` end first. */
  path_m: z.array(point).min(2),
  insideDiameter_m: z.number().positive(),
  length_m: z.number().positive(),
  /** Distance along the line of its `from` end. */
  start_m: z.number().optional(),
  /** True where nobody has written down its way, only what it joins. */
  schematic: z.boolean().optional(),
});

const sceneMachineSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['pump', 'compressor', 'fan', 'valve', 'check-valve', 'regulator']),
  place_m: point,
  /** Anticlockwise from east, the way the flow goes. */
  heading_rad: z.number(),
  from: z.string().optional(),
  to: z.string().optional(),
});

const sceneTankSchema = z.strictObject({
  id: z.string(),
  place_m: point,
  diameter_m: z.number().positive(),
  height_m: z.number().positive(),
});

const sceneSolidSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['building', 'tank', 'rack', 'fence', 'bund', 'road', 'room', 'equipment']),
  /** Corners in order, or the middle of a round thing. */
  corners_m: z.array(corner).min(1),
  radius_m: z.number().positive().optional(),
  bottom_m: z.number(),
  top_m: z.number(),
});

const sceneInstrumentSchema = z.strictObject({
  tag: z.string(),
  place_m: point,
  /** The other end of a beam. */
  to_m: point.optional(),
});

const sceneCameraSchema = z.strictObject({
  tag: z.string(),
  place_m: point,
  lookAt_m: point,
  fieldOfView_rad: z.number().positive(),
});

const scenePlaceSchema = z.strictObject({
  id: z.enum(['line', 'network', 'site']),
  /** West, south, low, east, north, high: all that is drawn. */
  bounds_m: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
  nodes: z.array(z.strictObject({ id: z.string(), place_m: point, position_m: z.number().optional() })),
  pipes: z.array(scenePipeSchema),
  machines: z.array(sceneMachineSchema),
  tanks: z.array(sceneTankSchema),
  solids: z.array(sceneSolidSchema),
  instruments: z.array(sceneInstrumentSchema),
  cameras: z.array(sceneCameraSchema),
});

const sceneControlSchema = z.strictObject({
  station: z.string(),
  element: z.string(),
  property: z.string(),
  unit: z.string(),
  description: z.string(),
});

export const sceneSchema = z.strictObject({
  plant: z.string(),
  about: z.string(),
  kind: z.string(),
  places: z.array(scenePlaceSchema).min(1),
  /** Elevation against distance, of a line. */
  profile_m: z.array(corner).optional(),
  /** Density by which a pressure is a head. */
  density_kg_m3: z.number().positive().optional(),
  gas: z
    .strictObject({ id: z.string(), molarMass_kg_mol: z.number().positive(), lowerLimit: z.number().optional() })
    .optional(),
  wind: z
    .strictObject({
      speed: z.string(),
      direction: z.string(),
      reads: z.enum(['from-clockwise-of-north', 'towards-anticlockwise-of-east']),
    })
    .optional(),
  controls: z.array(sceneControlSchema),
});

export type PlantScene = z.infer<typeof sceneSchema>;
export type ScenePlace = z.infer<typeof scenePlaceSchema>;
export type ScenePipe = z.infer<typeof scenePipeSchema>;
export type SceneMachine = z.infer<typeof sceneMachineSchema>;
export type SceneTank = z.infer<typeof sceneTankSchema>;
export type SceneSolid = z.infer<typeof sceneSolidSchema>;
export type SceneInstrument = z.infer<typeof sceneInstrumentSchema>;
export type ScenePoint = z.infer<typeof point>;

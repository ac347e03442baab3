/**
 * A plant as people write it: YAML with units, read into SI. What may be written stands here and nowhere else; what it
 * means for physics and instruments is compiled in compile.ts.
 */
import { z } from 'zod';
import { FAULT_FORMS, QUANTITIES } from '../../models/contract/index.ts';
import { quantity } from '../../models/document/index.ts';
import { UNITS } from '../../models/kernel/index.ts';

const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name of letters, digits, dots, dashes and underscores')
  .max(40);
const percent = (max = 1) => quantity('fraction', { min: 0, max });

const pipeShape = {
  'outside-diameter': quantity('length', { positive: true }),
  wall: quantity('length', { positive: true }),
  roughness: quantity('length', { min: 0 }),
  'youngs-modulus': quantity('pressure', { positive: true }),
  'poisson-ratio': quantity('fraction', { min: 0, max: 0.5 }),
  /** anchored: buried or anchored throughout; upstream: anchored at one end only; joints: expansion joints throughout. */
  restraint: z.enum(['anchored', 'upstream', 'joints']),
};

const curvePoint = z.tuple([quantity('flow', { min: 0 }), quantity('length', { min: 0 })]);
const endpoints = { id, from: id, to: id };

export const plantSchema = z.strictObject({
  plant: id,
  about: z.string().min(1),
  field: z.string().optional(),
  'design-flow': quantity('flow', { positive: true }),
  time: z.strictObject({
    step: quantity('time', { positive: true, max: 10 }).prefault('50 ms'),
    scan: quantity('time', { positive: true, max: 3600 }).prefault('1 s'),
  }),
  friction: z.enum(['fixed', 'per-pipe', 'per-cell']).default('per-pipe'),
  fluid: z.strictObject({
    name: z.string().default('liquid'),
    density: quantity('density', { positive: true }),
    viscosity: quantity('kinematic-viscosity', { positive: true }),
    'bulk-modulus': quantity('pressure', { positive: true }),
    /** Absolute. */
    'vapour-pressure': quantity('pressure', { min: 0 }).prefault('1 kPa'),
    'inlet-temperature': quantity('temperature', { positive: true }).prefault('15 degC'),
    'ground-temperature': quantity('temperature', { positive: true }).prefault('15 degC'),
    /** Length over which the excess over ground temperature falls to 1/e. */
    'cooling-length': quantity('length', { positive: true }).prefault('50 km'),
  }),
  /** Elevation against distance, for nodes and leaks that give none. */
  profile: z
    .array(z.strictObject({ kp: quantity('length'), elevation: quantity('length') }))
    .min(2)
    .optional(),
  'pipe-defaults': z.strictObject(pipeShape).partial().optional(),
  nodes: z
    .array(z.strictObject({ id, kp: quantity('length').optional(), elevation: quantity('length').optional() }))
    .min(1),
  tanks: z
    .array(
      z.strictObject({
        id,
        kp: quantity('length').optional(),
        elevation: quantity('length').optional(),
        diameter: quantity('length', { positive: true }),
        level: quantity('length', { min: 0 }),
        'max-level': quantity('length', { positive: true }),
        /** Receipts and deliveries from outside that bring the level back over this time. */
        'hold-level-over': quantity('time', { positive: true }).optional(),
      }),
    )
    .default([]),
  pipes: z
    .array(
      z.strictObject({
        ...endpoints,
        length: quantity('length', { positive: true }).optional(),
        'wave-speed': quantity('speed', { positive: true }).optional(),
        ...z.strictObject(pipeShape).partial().shape,
      }),
    )
    .min(1),
  pumps: z
    .array(
      z.strictObject({
        ...endpoints,
        curve: z.array(curvePoint).min(1).max(50),
        'rated-speed': quantity('rotation', { positive: true }).prefault('1480 rpm'),
        inertia: quantity('inertia', { positive: true }).optional(),
        efficiency: percent().prefault('78 %'),
        /** Time from standstill to rated speed under power. */
        'start-time': quantity('time', { positive: true }).prefault('20 s'),
        running: z.boolean(),
        speed: quantity('fraction', { min: 0, max: 1.3 }).prefault('100 %'),
        'check-valve': z.boolean().default(true),
        /** Slow wander of the speed around its set point, one standard deviation. */
        'speed-wander': percent(0.1).prefault('0 %'),
      }),
    )
    .default([]),
  valves: z
    .array(
      z.strictObject({
        ...endpoints,
        diameter: quantity('length', { positive: true }),
        'loss-coefficient': quantity('fraction', { min: 0 }),
        characteristic: z.enum(['linear', 'equal-percentage']).default('linear'),
        opening: percent(),
        'stroke-time': quantity('time', { positive: true }).prefault('30 s'),
      }),
    )
    .default([]),
  'check-valves': z
    .array(
      z.strictObject({
        ...endpoints,
        diameter: quantity('length', { positive: true }),
        'loss-coefficient': quantity('fraction', { min: 0 }),
      }),
    )
    .default([]),
  controllers: z
    .array(
      z.strictObject({
        id,
        /** Holds the pressure at `node` by moving `valve`, which lies downstream of it. The set point is the steady pressure. */
        kind: z.literal('back-pressure'),
        valve: id,
        node: id,
        /** Opening (fraction of stroke) per bar of error. */
        'gain-per-bar': z.number().positive(),
        'integral-time': quantity('time', { positive: true }),
      }),
    )
    .default([]),
  stations: z
    .array(
      z.strictObject({
        id,
        unit: z.int().min(1).max(247),
        kp: quantity('length').optional(),
        /** Error of the clock: one standard deviation, drawn by the seed of the run. */
        'clock-offset': quantity('time', { min: 0 }).prefault('0 s'),
        /** One standard deviation, as a fraction of time (1 ppm is 86 ms a day). */
        'clock-drift': quantity('fraction', { min: 0 }).prefault('0 ppm'),
        /** Age of the newest sample when the scan is published. */
        'poll-latency': quantity('time', { min: 0 }).prefault('0 s'),
      }),
    )
    .min(1),
  instruments: z
    .array(
      z.strictObject({
        tag: id,
        station: id,
        measures: z.enum(QUANTITIES),
        /** The node, pipe, pump, valve or tank; a flow at a pipe's start is written `P-1`, at its end `P-1/end`. */
        at: z.string(),
        unit: z.string().refine((u) => u in UNITS || u === '', { message: 'a known unit' }),
        range: z.tuple([z.number(), z.number()]),
        /** Samples per second inside a scan; absent: one sample per scan. */
        rate: quantity('frequency', { positive: true }).optional(),
        lag: quantity('time', { min: 0 }).prefault('0 s'),
        /** Repeatability of one sample, one standard deviation, of span. */
        noise: percent().prefault('0 %'),
        /** Calibration error, one standard deviation, of span; drawn once by the plant's seed. */
        accuracy: percent().prefault('0 %'),
        /** One standard deviation, of span per year. */
        drift: percent().prefault('0 %'),
        bits: z.int().min(8).max(32).default(16),
        /** Of the sampling instant, one standard deviation. */
        jitter: quantity('time', { min: 0 }).prefault('0 s'),
        /** Report by exception: of span. Absent: reported every scan. */
        deadband: percent().optional(),
        /** Longest silence under report by exception. */
        'report-at-least': quantity('time', { positive: true }).prefault('60 s'),
      }),
    )
    .min(1),
  'as-built': z
    .strictObject({
      /** The plant's own seed: calibration errors and as-built errors are drawn from it, not from the run's. */
      seed: z.int().default(1),
      'wave-speed': percent().prefault('0 %'),
      roughness: percent().prefault('0 %'),
      diameter: percent().prefault('0 %'),
      density: percent().prefault('0 %'),
    })
    .prefault({}),
});

export type PlantSpec = z.output<typeof plantSchema>;
export type InstrumentSpec = PlantSpec['instruments'][number];
export { FAULT_FORMS };

/**
 * A plant of liquid lines as people write it: pipes with waves, pumps, valves, tanks. What it means is compiled beside.
 */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { fieldShape, headShape, id, percent, timeSchema } from '../plant/index.ts';
import { heatShape } from './heatSpec.ts';
import { surgeShape } from './surge.ts';

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

export const liquidSchema = z.strictObject({
  kind: z.literal('liquid').default('liquid'),
  ...headShape,
  time: timeSchema('50 ms', '1 s', 10),
  friction: z.enum(['fixed', 'per-pipe', 'per-cell']).default('per-pipe'),
  /** gas-cavity: the column may part where the liquid would boil (discrete gas cavities). */
  cavitation: z.enum(['none', 'gas-cavity']).default('none'),
  /** Friction that follows acceleration; none: that of steady flow at each moment. */
  'unsteady-friction': z.enum(['none', 'brunone-vitkovsky']).default('none'),
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
    /** Of what leaks, the share that evaporates where it comes out, and as which gas the air knows it. */
    vapour: z
      .strictObject({
        like: z.enum(['crude', 'gasoline', 'diesel', 'hexane', 'benzene', 'toluene', 'ethanol']),
        share: percent(),
      })
      .optional(),
    ...heatShape,
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
        /** What it holds, of `fluid.products`; absent: the liquid of the line. */
        product: id.optional(),
        level: quantity('length', { min: 0 }),
        'max-level': quantity('length', { positive: true }),
        /** Receipts and deliveries from outside that bring the level back over this time. */
        'hold-level-over': quantity('time', { positive: true }).optional(),
        /** Gravity inflow from a catchment, such as a sewer's. */
        inflow: z
          .strictObject({
            mean: quantity('flow', { min: 0 }),
            /** Daily swing around the mean, highest at 14:00. */
            daily: percent().prefault('0 %'),
            /** Slow noise of the flow, one standard deviation, of the mean. */
            noise: percent().prefault('0 %'),
            /** Storm water: triangles on top of the dry-weather flow. */
            storms: z
              .strictObject({
                /** Chance of one in six hours. */
                chance: percent(),
                /** Peak, of the mean. */
                peak: quantity('fraction', { min: 0, max: 20 }),
                lasts: quantity('time', { positive: true, max: 21_600 }),
              })
              .optional(),
            /** The full main that it comes through, where it ages and turns septic. */
            septic: z
              .strictObject({
                diameter: quantity('length', { positive: true }),
                length: quantity('length', { positive: true }),
                'bod5-mg-L': z.number().positive().max(5000).default(250),
                ph: z.number().min(4).max(10).default(7.2),
                /** Of its hydrogen sulphide, what escapes through the hatch. */
                stripped: percent().prefault('1 %'),
              })
              .optional(),
            /** Water that seeps through the ground into the sewer: always, and late from storms. */
            leachate: z
              .strictObject({
                mean: quantity('flow', { min: 0 }),
                /** Of a storm's volume, what seeps in beside it. */
                'of-storms': percent().prefault('0 %'),
                /** Time in which what has seeped into the ground drains to 1/e. */
                recedes: quantity('time', { positive: true, max: 43_200 }).prefault('6 h'),
              })
              .optional(),
          })
          .optional(),
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
  ...surgeShape,
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
  'level-switches': z
    .array(
      z.strictObject({
        id,
        tank: id,
        /** Duty first; the duty moves on after every cycle. */
        pumps: z.array(id).min(1).max(8),
        /** Levels at which the duty, the first standby, … start; one per pump, rising. */
        start: z.array(quantity('length', { min: 0 })).min(1),
        /** Level at which all stop. */
        stop: quantity('length', { min: 0 }),
      }),
    )
    .default([]),
  ...fieldShape,
  'as-built': z
    .strictObject({
      /** The plant's own seed: calibration errors and as-built errors are drawn from it, not from the run's. */
      seed: z.int().default(1),
      'wave-speed': percent().prefault('0 %'),
      roughness: percent().prefault('0 %'),
      diameter: percent().prefault('0 %'),
      density: percent().prefault('0 %'),
      expansion: percent().prefault('0 %'),
      'bulk-modulus': percent().prefault('0 %'),
      'cooling-length': percent().prefault('0 %'),
    })
    .prefault({}),
});

export type LiquidSpec = z.output<typeof liquidSchema>;

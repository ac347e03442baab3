/**
 * A plant of gas lines as people write it: supplies at a given pressure, compressors, pipes, block valves, regulators and
 * what customers draw. Pressures are gauge; flows are of standard volume (at `gas.standard-…`), so `m3/h` here means
 * standard cubic metres per hour. What it means is compiled beside.
 */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { fieldShape, headShape, id, percent, timeSchema } from '../plant/index.ts';

const pipeShape = {
  'outside-diameter': quantity('length', { positive: true }),
  wall: quantity('length', { positive: true }),
  roughness: quantity('length', { positive: true }),
};
const endpoints = { id, from: id, to: id };
const place = { id, kp: quantity('length').optional(), elevation: quantity('length').optional() };
/** How far a control room's set point may move per minute; the machine follows it no faster. */
const perMinute = quantity('pressure', { positive: true }).prefault('2 bar');

export const gasSchema = z.strictObject({
  kind: z.literal('gas'),
  ...headShape,
  time: timeSchema('1 s', '1 s', 60),
  /** Longest cell of the grid. */
  cell: quantity('length', { positive: true }).prefault('500 m'),
  /** isothermal: at ground temperature throughout; ground: the gas carries heat and exchanges it with the ground. */
  heat: z.enum(['isothermal', 'ground']).default('ground'),
  friction: z.enum(['roughness', 'aga']).default('roughness'),
  gas: z.strictObject({
    name: z.string().default('natural gas'),
    /** Molar mass over that of air. */
    'specific-gravity': quantity('fraction', { positive: true, max: 3 }),
    compressibility: z.enum(['ideal', 'papay', 'cnga', 'dranchuk-abou-kassem']).default('papay'),
    'heat-capacity-ratio': quantity('fraction', { min: 1.01, max: 1.99 }).prefault('1.3'),
    /** Dynamic viscosity in microPa s. */
    'viscosity-uPa-s': z.number().positive().default(11),
    /** Joule–Thomson cooling in K per bar. */
    'cooling-K-per-bar': z.number().min(0).max(2).default(0),
    /** Of the overall heat transfer at the pipe's inner wall, in W per m2 and K. */
    'heat-transfer-W-per-m2-K': z.number().min(0).default(2),
    'ground-temperature': quantity('temperature', { positive: true }).prefault('10 degC'),
    'standard-temperature': quantity('temperature', { positive: true }).prefault('15 degC'),
    /** Absolute. */
    'standard-pressure': quantity('pressure', { positive: true }).prefault('101.325 kPa'),
  }),
  /** Elevation against distance, for nodes that give none and along the pipes. */
  profile: z
    .array(z.strictObject({ kp: quantity('length'), elevation: quantity('length') }))
    .min(2)
    .optional(),
  'pipe-defaults': z.strictObject(pipeShape).partial().optional(),
  /** Where the pressure is given: the grid that feeds the line. */
  supplies: z
    .array(
      z.strictObject({
        ...place,
        pressure: quantity('pressure', { positive: true }),
        temperature: quantity('temperature', { positive: true }).optional(),
      }),
    )
    .min(1),
  nodes: z
    .array(
      z.strictObject({
        ...place,
        /** Station piping besides the pipes that end here. */
        'volume-m3': z.number().min(0).optional(),
      }),
    )
    .min(1),
  pipes: z
    .array(
      z.strictObject({
        ...endpoints,
        length: quantity('length', { positive: true }).optional(),
        ...z.strictObject(pipeShape).partial().shape,
      }),
    )
    .min(1),
  compressors: z
    .array(
      z.strictObject({
        ...endpoints,
        /** The pressure controller of its discharge: what a control room moves. */
        controller: id,
        'discharge-pressure': quantity('pressure', { positive: true }),
        'set-point-per-minute': perMinute,
        running: z.boolean().default(true),
        'max-ratio': quantity('fraction', { min: 1 }).prefault('2'),
        'max-power': quantity('power', { positive: true }).optional(),
        efficiency: quantity('fraction', { positive: true, max: 1 }).prefault('80 %'),
        'ramp-time': quantity('time', { min: 0 }).prefault('3 min'),
        'trip-time': quantity('time', { min: 0 }).prefault('20 s'),
        /** By-pass with a check valve, open while the machine stands. */
        bypass: z.boolean().default(true),
        /** What the after-cooler leaves; absent: none. */
        'outlet-temperature': quantity('temperature', { positive: true }).optional(),
      }),
    )
    .default([]),
  valves: z
    .array(
      z.strictObject({
        ...endpoints,
        diameter: quantity('length', { positive: true }),
        'loss-coefficient': quantity('fraction', { min: 0 }).prefault('0.2'),
        opening: percent().prefault('100 %'),
        'stroke-time': quantity('time', { min: 0 }).prefault('60 s'),
      }),
    )
    .default([]),
  regulators: z
    .array(
      z.strictObject({
        ...endpoints,
        diameter: quantity('length', { positive: true }),
        'loss-coefficient': quantity('fraction', { min: 0 }).prefault('1'),
        'downstream-pressure': quantity('pressure', { positive: true }),
        'set-point-per-minute': perMinute,
      }),
    )
    .default([]),
  /** What customers draw: flow × day profile × wander × opening of the customer's own valve. */
  withdrawals: z
    .array(
      z.strictObject({
        id,
        node: id,
        flow: quantity('flow', { positive: true }),
        opening: percent().prefault('100 %'),
        /** From nothing to the full flow. */
        'ramp-time': quantity('time', { positive: true }).prefault('5 min'),
        /** Share of the flow by the hour of the day, linear between; absent: always all of it. */
        day: z
          .array(
            z.strictObject({
              at: quantity('time', { min: 0, max: 86_400 }),
              share: quantity('fraction', { min: 0, max: 3 }),
            }),
          )
          .min(1)
          .optional(),
        /** Slow noise, one standard deviation, with a new value every `wander-every`. */
        wander: percent(0.3).prefault('0 %'),
        'wander-every': quantity('time', { positive: true }).prefault('5 min'),
      }),
    )
    .min(1),
  /** Withdrawals give way below it (gauge): well under what a low-pressure main has. */
  'starvation-pressure': quantity('pressure', { positive: true }).optional(),
  /** Hour of the day at which a run begins. */
  'starts-at': quantity('time', { min: 0, max: 86_400 }).prefault('0 h'),
  ...fieldShape,
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

export type GasPlantSpec = z.output<typeof gasSchema>;

/** What an EPANET file does not say and pressure waves need: how fast they are, how machines stop, how customers open taps. */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { percent } from '../plant/index.ts';

export const transientSchema = z.strictObject({
  /** Time of the network (of its patterns, and of its tanks by its controls) at which the run starts; a multiple of `demands.every`. */
  start: quantity('time', { min: 0, max: 31 * 86_400 }).prefault('0 h'),
  'wave-speed': quantity('speed', { positive: true, min: 50, max: 2000 }).prefault('1000 m/s'),
  /** Of single pipes. */
  'wave-speeds': z
    .array(z.strictObject({ pipe: z.string(), speed: quantity('speed', { positive: true, min: 50, max: 2000 }) }))
    .default([]),
  /** Largest change of a wave speed that the grid may ask for; pipes that would need more change their length to waves instead. */
  'wave-speed-limit': percent(0.5).prefault('10 %'),
  friction: z.enum(['fixed', 'per-pipe', 'per-cell']).default('per-pipe'),
  'unsteady-friction': z.enum(['none', 'brunone-vitkovsky']).default('none'),
  /** gas-cavity: the column may part where water would boil (discrete gas cavities); without it such a run is invalid. */
  cavitation: z.enum(['none', 'gas-cavity']).default('none'),
  pumps: z
    .strictObject({
      /** Time from standstill to rated speed and back, under power. */
      'start-time': quantity('time', { positive: true }).prefault('15 s'),
      /** Of pump, motor and water; a tripped pump runs down by it. */
      inertia: quantity('inertia', { positive: true }).prefault('1.5 kg*m2'),
      'rated-speed': quantity('rotation', { positive: true }).prefault('1480 rpm'),
    })
    .prefault({}),
  /** Time that throttle valves, pressure valves and shut-off valves take from open to shut. */
  'valve-stroke': quantity('time', { positive: true }).prefault('30 s'),
  /** Taps and tanks of single customers, on top of `demands`: one after another at every node that draws. */
  pulses: z
    .strictObject({
      rate: quantity('frequency', { positive: true, max: 1 / 120 }),
      /** Mean of their flows, which are spread evenly from half to one and a half of it. */
      flow: quantity('flow', { positive: true }),
      lasts: quantity('time', { positive: true, max: 60 }).prefault('30 s'),
      /** Time to open, and to close. */
      edge: quantity('time', { positive: true, max: 20 }).prefault('1 s'),
    })
    .optional(),
});

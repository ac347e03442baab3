/**
 * What every plant has, of whatever kind: its name, its clock, its stations with their RTUs, and its instruments. YAML with
 * units, read into SI. What a kind adds stands in its own room.
 */
import { z } from 'zod';
import { QUANTITIES } from '../../models/contract/index.ts';
import { quantity } from '../../models/document/index.ts';
import { UNITS } from '../../models/kernel/index.ts';
import { controlShape } from './controlSpec.ts';
import { id } from './id.ts';

export const percent = (max = 1) => quantity('fraction', { min: 0, max });

/** The keys that open every plant file. */
export const headShape = {
  plant: id,
  about: z.string().min(1),
  field: z.string().optional(),
  'design-flow': quantity('flow', { positive: true }),
};

/** The clock of a plant. */
export function timeSchema(step: string, scan: string, longestStep_s: number) {
  return z.strictObject({
    step: quantity('time', { positive: true, max: longestStep_s }).prefault(step),
    scan: quantity('time', { positive: true, max: 3600 }).prefault(scan),
  });
}

/** Stations and instruments. */
export const fieldShape = {
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
        /** Of a flow: volume as it flows, or at 15 degC and no gauge pressure by the readings of two other tags. */
        basis: z.enum(['actual', 'standard']).default('actual'),
        /** Tags that correct a flow in standard volume. */
        temperature: id.optional(),
        pressure: id.optional(),
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
  ...controlShape,
};

const headSchema = z.strictObject({ ...headShape, time: timeSchema('1 s', '1 s', 3600), ...fieldShape });

/** What the instruments and the wire need of a plant. */
export type CommonSpec = z.output<typeof headSchema> & { readonly 'as-built': { readonly seed: number } };
export type InstrumentSpec = CommonSpec['instruments'][number];

/**
 * What a scenario expects: the entries under `expect:`, each a map of one key, the criterion. People write units; what
 * leaves here is SI, with one `criterion` to switch on.
 */
import { z } from 'zod';
import { addIssue, duration, quantity } from '../../models/document/index.ts';
import type { TimeUs } from '../../models/kernel/index.ts';

export const CRITERIA = ['latency', 'detected', 'false-alarms', 'location', 'named', 'rate', 'volume-lost'] as const;
export type CriterionKind = (typeof CRITERIA)[number];

export type Expectation =
  | { readonly criterion: 'latency'; readonly of: string; readonly withinUs: TimeUs; readonly acceptableUs?: TimeUs }
  | { readonly criterion: 'detected'; readonly of: string }
  | { readonly criterion: 'false-alarms'; readonly atMost_1_s: number; readonly acceptable_1_s?: number }
  | {
      readonly criterion: 'location';
      readonly of: string;
      readonly within_m: number;
      readonly acceptable_m?: number;
    }
  /** The group of equipment that the alarm suspects is the one that leaks. */
  | { readonly criterion: 'named'; readonly of: string }
  /** Fractions of the true rate: 0.3 is 30 %. */
  | { readonly criterion: 'rate'; readonly of: string; readonly within: number; readonly acceptable?: number }
  | {
      readonly criterion: 'volume-lost';
      readonly of: string;
      readonly within_m3: number;
      readonly acceptable_m3?: number;
    };

const leak = z.string().min(1).describe('the leak, by the name that the timeline gives it');

/** `acceptable` is a second, wider limit; a narrower one would never be reached and is surely a slip. */
function wider(limit: string) {
  return (raw: Readonly<Record<string, unknown>>, ctx: z.RefinementCtx): void => {
    const a = raw['acceptable'];
    const b = raw[limit];
    if (typeof a === 'number' && typeof b === 'number' && a < b) {
      addIssue(
        ctx,
        { found: `a limit tighter than "${limit}"`, expected: `one that is at least as wide as "${limit}"` },
        ['acceptable'],
      );
    }
  };
}

function within<L extends z.ZodType<number>>(limit: L, what: string) {
  return z
    .strictObject({ of: leak, within: limit, acceptable: limit.optional() })
    .superRefine(wider('within'))
    .describe(what);
}

const shape = {
  latency: within(
    duration({ positive: true }),
    'time from the opening of the leak to the first alarm that matches it',
  ).optional(),
  detected: z.strictObject({ of: leak }).describe('the leak is found at all').optional(),
  'false-alarms': z
    .strictObject({
      'at-most': quantity('frequency', { min: 0 }),
      acceptable: quantity('frequency', { min: 0 }).optional(),
    })
    .superRefine(wider('at-most'))
    .describe('false alarms per leak-free time')
    .optional(),
  location: within(
    quantity('length', { positive: true }),
    'distance between the place given and the true one',
  ).optional(),
  named: z.strictObject({ of: leak }).describe('the alarm names the group of equipment that leaks').optional(),
  rate: within(
    quantity('fraction', { positive: true }),
    'error of the leak rate given, relative to the true rate',
  ).optional(),
  'volume-lost': within(quantity('volume', { positive: true }), 'volume lost before the leak was found').optional(),
} satisfies Record<CriterionKind, z.ZodType>;

/** One entry of `expect:`. */
export const expectationSchema = z
  .strictObject(shape)
  .superRefine((raw, ctx) => {
    const keys = Object.keys(raw);
    if (keys.length === 1) return;
    addIssue(ctx, {
      found: keys.length === 0 ? 'an empty map' : `${keys.length} criteria in one entry (${keys.join(', ')})`,
      expected: `one of ${CRITERIA.join(', ')}`,
      hint: keys.length === 0 ? undefined : 'begin each criterion with a dash of its own',
    });
  })
  // For editors: the JSON Schema cannot see what superRefine checks.
  .meta({ minProperties: 1, maxProperties: 1 })
  .transform((raw): Expectation => {
    if (raw.latency) {
      const { of, within: withinUs, acceptable: acceptableUs } = raw.latency;
      return { criterion: 'latency', of, withinUs, ...(acceptableUs === undefined ? {} : { acceptableUs }) };
    }
    if (raw.named) return { criterion: 'named', of: raw.named.of };
    if (raw.detected) return { criterion: 'detected', of: raw.detected.of };
    if (raw.location) {
      const { of, within: within_m, acceptable: acceptable_m } = raw.location;
      return { criterion: 'location', of, within_m, ...(acceptable_m === undefined ? {} : { acceptable_m }) };
    }
    if (raw.rate) return { criterion: 'rate', ...raw.rate };
    if (raw['volume-lost']) {
      const { of, within: within_m3, acceptable: acceptable_m3 } = raw['volume-lost'];
      return { criterion: 'volume-lost', of, within_m3, ...(acceptable_m3 === undefined ? {} : { acceptable_m3 }) };
    }
    const { 'at-most': atMost_1_s, acceptable: acceptable_1_s } = raw['false-alarms']!;
    return { criterion: 'false-alarms', atMost_1_s, ...(acceptable_1_s === undefined ? {} : { acceptable_1_s }) };
  });

/** The whole list. */
export const expectationsSchema = z.array(expectationSchema);

/** Every leak that is named and where, relative to the list: the scenario reader knows whether its timeline has it. */
export function leakReferences(
  expectations: readonly Expectation[],
): { readonly ref: string; readonly path: readonly PropertyKey[] }[] {
  return expectations.flatMap((e, i) => ('of' in e ? [{ ref: e.of, path: [i, e.criterion, 'of'] }] : []));
}

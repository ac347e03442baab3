/** What comes and goes: open for so long of every so long, from its beginning on. */
import { z } from 'zod';
import { addIssue, quantity } from '../../models/document/index.ts';

export const pulseSchema = z
  .strictObject({ open: quantity('time', { positive: true }), every: quantity('time', { positive: true }) })
  .superRefine(({ open, every }, ctx) => {
    if (open > every) addIssue(ctx, { found: `${open} s`, expected: `at most every ${every} s` }, ['open']);
  });

export interface Pulse {
  readonly period_s: number;
  readonly open_s: number;
}

/** As a command or a source has it; nothing for what runs through. */
export function pulseOf(spec: z.output<typeof pulseSchema> | undefined): { readonly pulse?: Pulse } {
  return spec === undefined ? {} : { pulse: { period_s: spec.every, open_s: spec.open } };
}

/**
 * What a person may do to an alarm (ISA-18.2, 11: operate). An action is an event like any other: it takes effect at a
 * frame, and what it changes goes into the journal with who and why.
 */
import { z } from 'zod';

export const OPERATOR_ACTIONS = [
  'acknowledge',
  'shelve',
  'unshelve',
  'suppress',
  'unsuppress',
  'out-of-service',
  'return-to-service',
  'reset',
  'comment',
] as const;

const who = z.string().trim().min(1).max(64).describe('who does it');
const alarm = z.string().min(1).max(64).describe('alarm id');
const words = z.string().trim().min(1).max(400);
const comment = words.optional().describe('a remark for the journal');

export const operatorActionSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('acknowledge'), alarm, who, comment }),
  /** For at most what the alarm allows; it comes back by itself. */
  z.strictObject({
    action: z.literal('shelve'),
    alarm,
    who,
    for_s: z.number().positive().describe('seconds'),
    comment: words.describe('the reason'),
  }),
  z.strictObject({ action: z.literal('unshelve'), alarm, who, comment }),
  z.strictObject({ action: z.literal('suppress'), alarm, who, comment: words.describe('the reason') }),
  z.strictObject({ action: z.literal('unsuppress'), alarm, who, comment }),
  z.strictObject({ action: z.literal('out-of-service'), alarm, who, comment: words.describe('the reason') }),
  z.strictObject({ action: z.literal('return-to-service'), alarm, who, comment }),
  /** Lets go of a latched alarm that has been acknowledged. */
  z.strictObject({ action: z.literal('reset'), alarm, who, comment }),
  z.strictObject({ action: z.literal('comment'), alarm, who, comment: words.describe('the remark') }),
]);
export type OperatorAction = z.infer<typeof operatorActionSchema>;

/** What an action did, or the sentence that says why it could not be done. `alarm` may name an incident: all that is part of it. */
export type Operated<E> =
  | { readonly ok: true; readonly events: readonly E[] }
  | { readonly ok: false; readonly because: string };

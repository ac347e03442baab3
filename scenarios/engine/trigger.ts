/** What entries of a timeline share: names, when they happen, places on the plant. */
import { z } from 'zod';
import { addIssue, duration } from '../../models/document/index.ts';
import { choose } from './choose.ts';
import { drawable } from './draw.ts';

export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name of letters, digits, dots, dashes and underscores')
  .max(40);

const byPipe = z.strictObject({ pipe: id, fraction: drawable('fraction', { min: 0, max: 1 }) });
const byKp = z.strictObject({ kp: drawable('length') });
export const placeSchema = choose(
  (raw, ctx) => {
    const keys = raw !== null && typeof raw === 'object' ? Object.keys(raw) : [];
    if (keys.includes('kp')) return byKp;
    if (keys.includes('pipe')) return byPipe;
    const found = keys.length > 0 ? `a map of ${keys.join(', ')}` : (JSON.stringify(raw) ?? 'nothing');
    addIssue(ctx, { found, expected: 'a place: { pipe: P-1, fraction: 0.4 } or { kp: 31.2 km }' });
    return undefined;
  },
  z.union([byPipe, byKp]),
);

/** When an entry happens: exactly one of these, or every. */
export const trigger = {
  id: id.optional(),
  at: drawable('time', { min: 0 }).optional(),
  after: z.strictObject({ of: id, by: drawable('time', { min: 0 }).default(0) }).optional(),
  when: z
    .strictObject({
      tag: z.string(),
      below: z.union([z.string(), z.number()]).optional(),
      above: z.union([z.string(), z.number()]).optional(),
      for: duration().prefault('0 s'),
    })
    .superRefine((w, ctx) => {
      if ((w.below === undefined) !== (w.above === undefined)) return;
      addIssue(ctx, {
        found: w.below === undefined ? 'no limit' : 'two limits',
        expected: 'either "below" or "above"',
      });
    })
    .optional(),
};

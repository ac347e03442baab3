/** What happens again and again on a timeline. */
import { z } from 'zod';
import { addIssue, duration } from '../../models/document/index.ts';
import { drawable, extremes } from './draw.ts';

/** Again and again: at `from`, then every `interval`, until the count, the time or the scenario ends. */
export const repeatSchema = z
  .strictObject({
    interval: drawable('time', { positive: true }),
    from: drawable('time', { min: 0 }).optional(),
    count: z.int().min(1).max(10_000).optional(),
    until: duration({ positive: true }).optional(),
    /** Drawn anew for each time, and added to it. */
    jitter: drawable('time').default(0),
  })
  .superRefine((r, ctx) => {
    for (const s of extremes(r.interval))
      if (s < SHORTEST_INTERVAL_S)
        addIssue(ctx, { found: `an interval of ${s} s`, expected: `at least ${SHORTEST_INTERVAL_S} s` }, ['interval']);
  });
const SHORTEST_INTERVAL_S = 0.1;
export type Repeat = z.output<typeof repeatSchema>;

/** A fault's own `every` is the mean time between its spikes; a map with an interval is a trigger. */
export function isRepeat(every: unknown): every is Repeat {
  return every !== null && typeof every === 'object' && !Array.isArray(every) && !('draw' in every);
}

/**
 * Zod types for what people write with a unit. The input is text ("8 mm"), the output is SI.
 */
import { z } from 'zod';
import { type Dimension, parseQuantity, secondsToUs, type TimeUs } from '../kernel/index.ts';

/** What a custom issue carries, so that a Problem can say found, expected and hint. */
export interface IssueParams {
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}

export interface Limits {
  readonly min?: number;
  readonly max?: number;
  /** Strictly above zero. */
  readonly positive?: boolean;
}

export function addIssue(ctx: z.RefinementCtx, params: IssueParams, path?: PropertyKey[]): void {
  ctx.addIssue({
    code: 'custom',
    message: `found ${params.found}, expected ${params.expected}`,
    params: { ...params },
    ...(path ? { path } : {}),
  });
}

/** A quantity of one dimension, as SI number. */
export function quantity(dimension: Dimension, limits: Limits = {}) {
  return z
    .union([z.string(), z.number()])
    .transform((raw, ctx): number => {
      const read = parseQuantity(raw, dimension);
      if (!read.ok) {
        addIssue(ctx, read);
        return z.NEVER;
      }
      const v = read.value;
      if (limits.positive && !(v > 0)) addIssue(ctx, { found: `"${raw}"`, expected: `a ${dimension} above zero` });
      else if (limits.min !== undefined && v < limits.min)
        addIssue(ctx, { found: `"${raw}"`, expected: `a ${dimension} of at least ${limits.min} (SI)` });
      else if (limits.max !== undefined && v > limits.max)
        addIssue(ctx, { found: `"${raw}"`, expected: `a ${dimension} of at most ${limits.max} (SI)` });
      return v;
    })
    .describe(`a ${dimension} with its unit`);
}

/** A span or instant of simulated time, as integer microseconds. */
export function duration(limits: Limits = {}) {
  return quantity('time', { min: 0, ...limits }).transform((s): TimeUs => secondsToUs(s));
}

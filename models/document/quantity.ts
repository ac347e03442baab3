/**
 * Zod types for what people write with a unit. The input is text ("8 mm"), the output is SI.
 */
import { z } from 'zod';
import { type Dimension, parseQuantity, secondsToUs, type TimeUs, toUnit, UNITS } from '../kernel/index.ts';

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
      const found = typeof raw === 'string' ? `"${raw}"` : String(raw);
      const limit = (si: number) => inUnitOf(raw, si);
      if (limits.positive && !(v > 0)) addIssue(ctx, { found, expected: `a ${dimension} above zero` });
      else if (limits.min !== undefined && v < limits.min)
        addIssue(ctx, { found, expected: `a ${dimension} of at least ${limit(limits.min)}` });
      else if (limits.max !== undefined && v > limits.max)
        addIssue(ctx, { found, expected: `a ${dimension} of at most ${limit(limits.max)}` });
      return v;
    })
    .describe(expectedOf(dimension));
}

/** The sentence that a reader of quantities uses for what it wanted; asking it for nothing makes it say so. */
function expectedOf(dimension: Dimension): string {
  const refused = parseQuantity(null, dimension);
  return refused.ok ? dimension : refused.expected;
}

/** A limit in the unit that the user wrote, so that the two can be compared at a glance. */
function inUnitOf(raw: string | number, si: number): string {
  const unit = typeof raw === 'string' ? (/[\d.]\s*([^\d\s.].*)$/.exec(raw)?.[1]?.trim() ?? '') : '';
  const shown = unit in UNITS ? toUnit(si, unit) : si;
  return `${Number(shown.toPrecision(6))}${unit in UNITS ? ` ${unit}` : ''}`;
}

/** A span or instant of simulated time, as integer microseconds. */
export function duration(limits: Limits = {}) {
  return quantity('time', { min: 0, ...limits }).transform((s): TimeUs => secondsToUs(s));
}

/**
 * Numbers that may be drawn: `8 mm`, or `{ draw: uniform, from: 4 mm, to: 10 mm }`. A draw is a function of (seed, name),
 * never of the order in which a file is read, so that an entry which is added or moved shifts nobody else's luck.
 *
 * uniform: from + u (to − from) · normal: mean + sd z · log-normal: median · e^(σ z) · choice: one of a list, all alike.
 * latin-hypercube: from + (π(seed mod n) + u)/n (to − from), π a permutation of the n strata that belongs to the name alone: any n
 * seeds in a row meet every stratum once, and different draws are paired at random (McKay, Beckman & Conover, Technometrics 21, 1979).
 * Where a drawn value lies outside its limits it is drawn again, at the next index of the same stream.
 */
import { z } from 'zod';
import { addIssue, type Limits } from '../../models/document/index.ts';
import {
  type Dimension,
  parseQuantity,
  type QuantityError,
  type Stream,
  secondsToUs,
  seeded,
  UNITS,
} from '../../models/kernel/index.ts';
import { choose } from './choose.ts';

export const DRAWS = ['uniform', 'normal', 'log-normal', 'choice', 'latin-hypercube'] as const;

const raw = z.union([z.string(), z.number()]);
/** Written, with its unit, and not yet read: what unit it needs may only be known with the plant. */
const rawDraw = {
  uniform: z.strictObject({ draw: z.literal('uniform'), from: raw, to: raw }),
  normal: z.strictObject({ draw: z.literal('normal'), mean: raw, sd: raw }),
  'log-normal': z.strictObject({ draw: z.literal('log-normal'), median: raw, sigma: z.number().positive() }),
  choice: z.strictObject({ draw: z.literal('choice'), of: z.array(raw).min(1) }),
  'latin-hypercube': z.strictObject({
    draw: z.literal('latin-hypercube'),
    from: raw,
    to: raw,
    strata: z.int().min(2).max(100_000).describe('as many as the suite has seeds'),
  }),
};
/** What a draw is written with. */
export function drawKeys(draw: (typeof DRAWS)[number]): readonly string[] {
  return Object.keys(rawDraw[draw].shape).filter((k) => k !== 'draw');
}
type RawDraw = z.output<(typeof rawDraw)[keyof typeof rawDraw]>;
export type Raw = string | number | RawDraw;

/** Text with a unit, or a draw; to be bound to a dimension by `bindRaw`. */
export const rawSchema = choose(
  (value, ctx) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return raw;
    const kind = (value as { draw?: unknown }).draw;
    if (DRAWS.includes(kind as never)) return rawDraw[kind as keyof typeof rawDraw];
    addIssue(
      ctx,
      { found: kind === undefined ? 'a map without "draw"' : `"${kind}"`, expected: `one of ${DRAWS.join(', ')}` },
      kind === undefined ? [] : ['draw'],
    );
    return undefined;
  },
  z.union([raw, ...Object.values(rawDraw)]),
);

/** SI, except where `bindRaw` was given a reader of its own. */
export type Drawable =
  | number
  | { readonly draw: 'uniform'; readonly from: number; readonly to: number; readonly limits: Limits }
  | { readonly draw: 'normal'; readonly mean: number; readonly sd: number; readonly limits: Limits }
  | { readonly draw: 'log-normal'; readonly median: number; readonly sigma: number; readonly limits: Limits }
  | { readonly draw: 'choice'; readonly of: readonly number[] }
  | { readonly draw: 'latin-hypercube'; readonly from: number; readonly to: number; readonly strata: number };

export type Read = (text: string | number) => { ok: true; value: number } | ({ ok: false } & QuantityError);

/** What is wrong with a written number, and where below it. */
export interface RawIssue extends QuantityError {
  readonly path: readonly PropertyKey[];
}

/** Reads a written number or draw; a spread (`sd`) is read by `spread`, because 2 degC of it is 2 K and not 275. */
export function bindRaw(written: Raw, read: Read, limits: Limits = {}, spread: Read = read): Drawable | RawIssue[] {
  const issues: RawIssue[] = [];
  const take = (text: string | number, path: PropertyKey[], by: Read = read, within: Limits = limits): number => {
    const r = by(text);
    if (!r.ok) {
      const { found, expected, hint } = r;
      issues.push({ found, expected, hint, path });
      return 0;
    }
    const wrong = outside(r.value, within);
    if (wrong !== undefined) issues.push({ found: `"${text}"`, expected: wrong, path });
    return r.value;
  };
  let bound: Drawable;
  if (typeof written !== 'object') bound = take(written, []);
  else if (written.draw === 'uniform' || written.draw === 'latin-hypercube') {
    const from = take(written.from, ['from']);
    const to = take(written.to, ['to']);
    if (issues.length === 0 && to < from)
      issues.push({ found: `"${written.to}"`, expected: `no less than "from", ${written.from}`, path: ['to'] });
    bound =
      written.draw === 'uniform'
        ? { draw: 'uniform', from, to, limits }
        : { draw: 'latin-hypercube', from, to, strata: written.strata };
  } else if (written.draw === 'normal') {
    bound = {
      draw: 'normal',
      mean: take(written.mean, ['mean']),
      sd: take(written.sd, ['sd'], spread, { min: 0 }),
      limits,
    };
  } else if (written.draw === 'log-normal') {
    const median = take(written.median, ['median'], read, { ...limits, positive: true });
    bound = { draw: 'log-normal', median, sigma: written.sigma, limits };
  } else bound = { draw: 'choice', of: written.of.map((x, i) => take(x, ['of', i])) };
  return issues.length > 0 ? issues : bound;
}

function outside(v: number, { positive, min, max }: Limits): string | undefined {
  if (positive && !(v > 0)) return 'a value above zero';
  if (min !== undefined && v < min) return `at least ${Number(min.toPrecision(9))} (SI)`;
  if (max !== undefined && v > max) return `at most ${Number(max.toPrecision(9))} (SI)`;
  return undefined;
}

/** A drawable quantity of a known dimension, read while the file is read. */
export function drawable(dimension: Dimension, limits: Limits = {}) {
  return rawSchema
    .transform((written, ctx): Drawable => {
      const bound = bindRaw(written as Raw, (t) => parseQuantity(t, dimension), limits);
      if (!Array.isArray(bound)) return bound;
      for (const issue of bound) addIssue(ctx, issue, [...issue.path]);
      return z.NEVER;
    })
    .describe(`a ${dimension} with its unit, or a draw of one`);
}

/** A difference in a dimension: degrees are counted, not placed on a scale, and it may be negative. */
export function readDifference(dimension: Dimension): Read {
  return (text) => {
    const r = parseQuantity(text, dimension);
    if (!r.ok) return r;
    const unit = String(text)
      .replace(/^[\s+-]*[\d.]+(?:[eE][+-]?\d+)?\s*/, '')
      .trim();
    return { ok: true, value: r.value - (UNITS[unit]?.offset ?? 0) };
  };
}

const ATTEMPTS = 1000;

/** The value of a draw; `undefined` where a thousand attempts lay outside its limits. */
export function drawValue(d: Drawable, stream: Stream, of: { seed: number; name: string }): number | undefined {
  if (typeof d === 'number') return d;
  if (d.draw === 'latin-hypercube')
    return d.from + ((stratum(d.strata, of.seed, of.name) + stream.uniform(0)) / d.strata) * (d.to - d.from);
  if (d.draw === 'choice') return d.of[Math.floor(stream.uniform(0) * d.of.length)];
  for (let i = 0; i < ATTEMPTS; i += 1) {
    const v =
      d.draw === 'uniform'
        ? d.from + stream.uniform(i) * (d.to - d.from)
        : d.draw === 'normal'
          ? d.mean + d.sd * stream.normal(i)
          : d.median * Math.exp(d.sigma * stream.normal(i));
    if (outside(v, d.limits) === undefined) return v;
  }
  return undefined;
}

/** The stratum of a seed: a shuffle (Fisher–Yates) that all seeds share. */
function stratum(strata: number, seed: number, name: string): number {
  const chance = seeded(strata).stream('latin-hypercube').stream(name);
  const order = Array.from({ length: strata }, (_, i) => i);
  for (let i = strata - 1; i > 0; i -= 1) {
    const j = Math.floor(chance.uniform(i) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order[((seed % strata) + strata) % strata]!;
}

/** Least and greatest value that is written or bounded; a normal has none. */
export function extremes(d: Drawable): readonly number[] {
  if (typeof d === 'number') return [d];
  if (d.draw === 'uniform' || d.draw === 'latin-hypercube') return [d.from, d.to];
  return d.draw === 'choice' ? d.of : [];
}

/** Seconds of a drawn time to the microsecond. */
export function drawnUs(seconds: number): number {
  return secondsToUs(seconds);
}

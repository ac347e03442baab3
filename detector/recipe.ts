/**
 * A detector as YAML. What may be written stands here; the methods say what each setting means.
 */
import { z } from 'zod';
import { type Problem, plainProblem, type Result } from '../models/contract/index.ts';
import { findDocument, quantity, readDocument } from '../models/document/index.ts';
import { digestJson } from '../models/kernel/index.ts';

const alarm = {
  /** Alarm id in the journal. */
  alarm: z
    .string()
    .regex(/^[A-Z][A-Z0-9-]*$/, 'capitals, digits and dashes')
    .max(40),
  priority: z.int().min(1).max(4).default(2),
  /** The condition must last this long before the alarm is raised. */
  'on-delay': quantity('time', { min: 0 }).prefault('0 s'),
  /** The condition must be gone this long before the alarm returns. */
  'off-delay': quantity('time', { min: 0 }).prefault('60 s'),
  /** Share of the threshold by which the score must fall before the condition counts as gone. */
  deadband: quantity('fraction', { min: 0, max: 0.9 }).prefault('10 %'),
};

/** What a statistical method looks at: the line's volume balance, or each tag's deviation from what it learned. */
const on = z.enum(['balance', 'tags']);
/** Tags to look at with `on: tags`; absent: every usable one. */
const tags = z.array(z.string()).min(1).optional();
const allowance = z
  .strictObject({
    /** Volume that line-pack errors may fake in quiet operation. */
    least: quantity('volume', { min: 0 }).prefault('0 m3'),
    /** Further allowance per volume by which the line pack moved in ten seconds, its recent peak. */
    'per-activity': z.number().nonnegative().default(0),
    /** Time over which that peak is forgotten. */
    forget: quantity('time', { positive: true }).prefault('5 min'),
  })
  .prefault({});

const methodSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('threshold'),
    on,
    tags,
    ...alarm,
    /** In standard deviations of what was learned. */
    sigma: z.number().positive(),
  }),
  z.strictObject({
    method: z.literal('ewma'),
    on,
    tags,
    ...alarm,
    /** Weight of the newest scan. */
    weight: quantity('fraction', { min: 1e-5, max: 1 }),
    sigma: z.number().positive(),
  }),
  z.strictObject({
    method: z.literal('cusum'),
    /** The line's balance, each tag's deviation, or what each tank misses beyond its metered transfers. */
    on: z.enum(['balance', 'tags', 'tanks']),
    tags,
    ...alarm,
    /** Size to detect: of design flow for the balance and for tanks, in standard deviations for tags. The slack is half of it. */
    detects: z.union([quantity('fraction', { positive: true })]),
    /** Design rate of false alarms in white noise; sets the threshold. */
    'false-alarms': quantity('frequency', { positive: true }),
    allowance,
    /** Ask the pressure gradients whether the flow really splits, so that a failing meter is no leak. */
    corroborate: z.boolean().default(true),
  }),
  z.strictObject({
    method: z.literal('wave'),
    ...alarm,
    /** Half of the matched filter: samples before and behind the front. */
    window: quantity('time', { positive: true, max: 10 }).prefault('1.5 s'),
    /** A hole that takes longer than this to open makes no front. */
    slowest: quantity('time', { min: 0, max: 60 }).prefault('10 s'),
    /** Front in standard deviations of the filter's own output. */
    sigma: z.number().positive().default(6),
    /** No front may have been seen anywhere for this long before. */
    quiet: quantity('time', { min: 0 }).prefault('90 s'),
    /** Fronts from beyond a station differ by the whole travel time; nearer than this to it is not called a leak. */
    margin: quantity('time', { min: 0 }).prefault('300 ms'),
    /** How long the alarm condition stands after a front. */
    hold: quantity('time', { positive: true }).prefault('10 min'),
  }),
  z.strictObject({ method: z.literal('null') }),
  z.strictObject({
    method: z.literal('random'),
    ...alarm,
    rate: quantity('frequency', { positive: true }),
    seed: z.int().default(1),
  }),
]);

export const recipeSchema = z.strictObject({
  recipe: z.string().regex(/^[a-z0-9][a-z0-9+._-]*$/, 'small letters, digits and + . _ -'),
  about: z.string().min(1),
  /** Time in which means and noises are learned and no alarm is raised. */
  'warm-up': quantity('time', { min: 0 }).prefault('15 min'),
  preprocess: z
    .strictObject({
      hampel: z
        .strictObject({ window: z.int().min(3).max(31).default(7), threshold: z.number().positive().default(6) })
        .prefault({}),
      /** A noisy tag that repeats to the bit for so long is stuck. */
      'stuck-after': quantity('time', { positive: true }).prefault('10 s'),
      /** A gap no longer than this is bridged with the last good value; beyond it methods abstain. */
      'hold-gaps': quantity('time', { min: 0 }).prefault('5 s'),
    })
    .prefault({}),
  methods: z.array(methodSchema).min(1),
});

export type RecipeSpec = z.output<typeof recipeSchema>;
export type MethodSpec = RecipeSpec['methods'][number];
export type MethodOf<K extends MethodSpec['method']> = Extract<MethodSpec, { method: K }>;

export interface Recipe {
  readonly name: string;
  readonly spec: RecipeSpec;
  readonly digest: string;
}

export function parseRecipe(file: string, text: string): Result<Recipe> {
  const read = readDocument(file, text, recipeSchema);
  if (!read.ok) return read;
  const { value: spec, problemAt } = read.value;
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  spec.methods.forEach((m, i) => {
    if (!('alarm' in m)) return;
    const before = seen.get(m.alarm);
    if (before !== undefined)
      problems.push(
        problemAt(
          ['methods', i, 'alarm'],
          `"${m.alarm}"`,
          'an alarm id of its own',
          `methods[${before}] already raises it`,
        ),
      );
    seen.set(m.alarm, i);
  });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { name: spec.recipe, spec, digest: digestJson(spec) } };
}

/** A recipe by path, or by the name of one that ships. */
export function readRecipe(nameOrPath: string): Result<Recipe> {
  const found = findDocument('recipe', nameOrPath);
  return found.ok ? parseRecipe(found.value.file, found.value.text) : found;
}

/** A method that this plant cannot feed: no line, no wide pressures. */
export function unfit(recipe: Recipe, path: string, found: string, expected: string): Problem {
  return plainProblem(`recipe ${recipe.name}`, path, found, expected);
}

/**
 * A detector as YAML. What may be written stands here; the methods say what each setting means.
 */
import { z } from 'zod';
import { type Problem, plainProblem, type Result, rungName } from '../models/contract/index.ts';
import { addIssue, findDocument, quantity, readDocument } from '../models/document/index.ts';
import { type Dimension, digestJson, parseQuantity } from '../models/kernel/index.ts';
import { alarmsProblems, alarmsSchema } from './alarms/index.ts';
import { BACKGROUNDS } from './features/index.ts';

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

const GAS_DIMENSIONS = ['fraction', 'explosive-share', 'gas-column', 'explosive-column'] as const satisfies Dimension[];

/** A level of gas in any of the units that gas instruments have: 50 ppm, 20 %LEL, 500 ppm*m, 1 LEL*m. */
const gasLevel = z
  .string()
  .transform((raw, ctx): { dimension: (typeof GAS_DIMENSIONS)[number]; value: number } => {
    for (const dimension of GAS_DIMENSIONS) {
      const read = parseQuantity(raw, dimension);
      if (read.ok && read.value > 0) return { dimension, value: read.value };
    }
    addIssue(ctx, {
      found: `"${raw}"`,
      expected: 'a level of gas above zero: "50 ppm", "20 %LEL", "500 ppm*m", "1 LEL*m"',
    });
    return z.NEVER;
  })
  .meta({ examples: ['20 %LEL', '50 ppm', '500 ppm*m', '1 LEL*m'] });

const background = z
  .strictObject({
    /** spike-free: median of blocks that were no spikes; low-quantile: lower quantile of all. */
    kind: z.enum(BACKGROUNDS).default('spike-free'),
    window: quantity('time', { positive: true }).prefault('1 h'),
    /** In standard deviations of the background's own lower half. */
    spike: z.number().positive().default(4),
    /** What stands above for longer than this becomes the background. */
    hold: quantity('time', { positive: true }).prefault('4 h'),
    /** By which the air itself strays between blocks. */
    floor: quantity('fraction', { positive: true }).prefault('0.1 ppm'),
  })
  .prefault({})
  .transform(({ kind, window, spike, hold, floor }) => ({ kind, window_s: window, spike, hold_s: hold, floor }));

/** Gas and wind are averaged over this before anything is made of them. */
const average = quantity('time', { positive: true }).prefault('1 min');
/** Learn for so long, in quiet, what temperature, humidity and pressure do to each instrument, and take it off. */
const learnWeather = quantity('time', { positive: true }).optional();

/** The balance's line pack: from the stations' pressures alone, or from the transient model that they drive. */
const linePack = z.enum(['stations', 'model']).default('stations');

/** What charts for a change of unknown size share. */
const unknownSize = {
  on,
  tags,
  ...alarm,
  'line-pack': linePack,
  /** Design rate of false alarms in white noise, all channels together; sets the limit. */
  'false-alarms': quantity('frequency', { positive: true }),
};

/** Sizes that a bank covers: of design flow for the balance, in standard deviations for tags. */
const sizeRange = {
  from: quantity('fraction', { positive: true }),
  to: quantity('fraction', { positive: true }),
};

function rangeRises(m: { readonly from: number; readonly to: number }, ctx: z.RefinementCtx): void {
  if (!(m.to > m.from)) addIssue(ctx, { found: `${m.to}`, expected: `more than "from", which is ${m.from}` }, ['to']);
}

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
    'line-pack': linePack,
    /** Ask the pressure gradients whether the flow really splits, so that a failing meter is no leak. */
    corroborate: z.boolean().default(true),
    /** Watch on while the alarm stands, for a further step of the balance: a second leak beside the first. */
    're-arm': z.boolean().optional(),
  }),
  z.strictObject({
    method: z.literal('glr'),
    ...unknownSize,
    /** Longest stretch over which a change is looked for. */
    window: quantity('time', { positive: true }).prefault('10 min'),
  }),
  z.strictObject({ method: z.literal('mixture'), ...unknownSize, ...sizeRange }).superRefine(rangeRises),
  z
    .strictObject({
      method: z.literal('sprt'),
      ...unknownSize,
      ...sizeRange,
      /** Chance to call a leak none in one test; the next test begins at once. */
      miss: quantity('fraction', { min: 1e-6, max: 0.4 }).prefault('5 %'),
    })
    .superRefine(rangeRises),
  z.strictObject({
    method: z.literal('page-hinkley'),
    ...unknownSize,
    /** Size to detect, as in `cusum`. */
    detects: quantity('fraction', { positive: true }),
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
    /** Watch on while the alarm stands, for a wave from elsewhere: a second leak beside the first. */
    're-arm': z.boolean().optional(),
  }),
  z.strictObject({
    method: z.literal('rttm'),
    ...alarm,
    /** Step of the model's own grid. */
    grid: quantity('time', { min: 0.02, max: 0.2 }).prefault('100 ms'),
    /** How far the two sides of a station must part, in standard deviations of their mean over any of the windows. */
    sigma: z.number().positive().default(7),
    /** The same where the pressures alone tell of a wave at a station with a meter: the meter then only confirms. */
    'confirm-sigma': z.number().positive().default(4.5),
    /** Further allowance, as a share of what flows at the station have moved by lately. */
    'per-activity': quantity('fraction', { min: 0 }).prefault('4 %'),
    /** Allowance of windows of ten seconds and more, as a share of the design flow: interfaces of batches pass by. */
    least: quantity('fraction', { min: 0 }).prefault('0.15 %'),
    /** How long the alarm condition stands after a wave. */
    hold: quantity('time', { positive: true }).prefault('10 min'),
  }),
  z
    .strictObject({
      method: z.literal('gas-level'),
      tags,
      ...alarm,
      level: gasLevel,
      /** Over zero as the instrument shows it, or over its background. */
      over: z.enum(['zero', 'background']).default('zero'),
      /** The level is a rise within this time. */
      within: quantity('time', { positive: true }).optional(),
      /** Over the background or as a rise, the level is at least so many standard deviations of the background. */
      sigma: z.number().positive().default(5),
      /** So many instruments of a group must be at the level at once; one that has failed has no vote. */
      votes: z.int().min(1).default(1),
      /** Groups that vote among themselves; absent: all tags are one group. */
      groups: z.array(z.array(z.string()).min(1)).min(1).optional(),
      /** Also say what is suspected, however unsure, by the evidence of a `gas-source` earlier in the recipe. */
      suspect: z.enum(['none', 'plume', 'nearest-sensor']).default('none'),
      background,
      average,
      'learn-weather': learnWeather,
    })
    .superRefine((m, ctx) => {
      m.groups?.forEach((g, i) => {
        if (g.length < m.votes)
          addIssue(ctx, { found: `${g.length} tags`, expected: `at least the ${m.votes} that must vote` }, [
            'groups',
            i,
          ]);
      });
      if (m.groups && m.tags) addIssue(ctx, { found: '"tags" beside "groups"', expected: 'one of them' }, ['tags']);
    }),
  z.strictObject({
    method: z.literal('gas-source'),
    ...alarm,
    /** Bayes factor of a release against none, at which the alarm is raised. */
    evidence: z.number().min(2).default(1000),
    /** How sure the place must be: probability of the named equipment, or one less the share of the ground that the posterior's radius is. */
    certainty: quantity('fraction', { min: 0, max: 0.999 }).prefault('90 %'),
    /** Time over which evidence is forgotten. */
    forget: quantity('time', { positive: true }).prefault('1 h'),
    /** Blocks within this time are one observation. */
    correlation: quantity('time', { positive: true }).prefault('5 min'),
    'least-rate': quantity('mass-flow', { positive: true }).prefault('0.03 kg/h'),
    'most-rate': quantity('mass-flow', { positive: true }).prefault('3000 kg/h'),
    'place-by': z.enum(['plume', 'nearest-sensor']).default('plume'),
    background,
    average,
    'learn-weather': learnWeather,
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
  /** How alarms are told and why each is there; absent: each by itself, as it comes. */
  alarms: alarmsSchema.optional(),
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
  const raised = new Map<string, { priority: number; index: number }>();
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
    raised.set(m.alarm, { priority: m.priority, index: i });
  });
  if (spec.alarms) problems.push(...alarmsProblems(spec.alarms, raised, problemAt));
  const firstSource = spec.methods.findIndex((m) => m.method === 'gas-source');
  spec.methods.forEach((m, i) => {
    if (m.method !== 'gas-level' || m.suspect === 'none' || (firstSource >= 0 && firstSource < i)) return;
    problems.push(
      problemAt(['methods', i, 'suspect'], `"${m.suspect}"`, 'a gas-source method before this one in the recipe'),
    );
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

/** Factors on the rate of false alarms that a recipe is designed for: what its operating curve is drawn from. */
export const LADDER = [1e-3, 1e-1, 1, 1e1, 1e3] as const;

/**
 * The same recipe designed for another rate of false alarms, `factor` times its own: the demand of a CUSUM, a limit L in standard
 * deviations by the Gaussian tail (L² − 2 ln f), a Bayes factor by Ville's inequality (B/f). Undefined where nothing in it has such a threshold.
 */
export function atRate(recipe: Recipe, factor: number): Recipe | undefined {
  if (factor === 1) return recipe;
  let moved = false;
  const methods = recipe.spec.methods.map((m): MethodSpec => {
    if (m.method === 'cusum') {
      moved = true;
      return { ...m, 'false-alarms': m['false-alarms'] * factor };
    }
    if (m.method === 'wave' || m.method === 'threshold' || m.method === 'ewma') {
      moved = true;
      return { ...m, sigma: Math.sqrt(Math.max(1, m.sigma ** 2 - 2 * Math.log(factor))) };
    }
    if (m.method === 'gas-source') {
      moved = true;
      return { ...m, evidence: Math.max(2, m.evidence / factor) };
    }
    return m;
  });
  if (!moved) return undefined;
  const spec = { ...recipe.spec, methods };
  return { name: rungName(recipe.name, factor), spec, digest: digestJson(spec) };
}

/**
 * The same recipe with places by the nearest sensor instead of by the plume: what it is worth to know the wind. Undefined where
 * nothing in it gives a place that way.
 */
export function nearestSensorRule(recipe: Recipe): Recipe | undefined {
  if (!recipe.spec.methods.some((m) => m.method === 'gas-source')) return undefined;
  const methods = recipe.spec.methods.map((m) =>
    m.method === 'gas-source'
      ? { ...m, 'place-by': 'nearest-sensor' as const }
      : m.method === 'gas-level' && m.suspect !== 'none'
        ? { ...m, suspect: 'nearest-sensor' as const }
        : m,
  );
  const spec = { ...recipe.spec, methods };
  return { name: 'nearest-sensor', spec, digest: digestJson(spec) };
}

/**
 * A scenario as people write it: YAML with units, read into SI where the unit is known without the plant, and left as
 * written where it is not (a pressure or a level under `when`, a fault's size in its tag's unit). What the words refer to
 * is checked against the plant in bind.ts.
 */
import { z } from 'zod';
import { FAULT_FORMS, type Problem, type Result } from '../../models/contract/index.ts';
import {
  addIssue,
  duration,
  findDocument,
  type Located,
  openDocument,
  quantity,
  validateDocument,
} from '../../models/document/index.ts';
import { nearest, parseQuantity } from '../../models/kernel/index.ts';
import type { Fitting } from '../../models/physics/release/index.ts';
import { expectationsSchema, leakReferences } from '../score/index.ts';
import { choose } from './choose.ts';
import { bindRaw, type Drawable, drawable, type Raw, rawSchema } from './draw.ts';
import { parametersSchema, putTogether, readVariant, type Settings, variantName } from './include.ts';
import { demandSchema, isProfile, readProfile, weatherSchema } from './profile.ts';
import { pulseSchema } from './pulse.ts';
import { isRepeat, repeatSchema } from './repeat.ts';
import { emissionAction, excavatorAction, patrolAction } from './siteActions.ts';
import { id, placeSchema, trigger } from './trigger.ts';
import { weatherActionSchema } from './weather.ts';

/** A rate of a leak: a share of the plant's design flow, a mass per time or a volume per time. */
export interface RateDraw {
  readonly of: 'share' | 'mass' | 'volume';
  readonly value: Drawable;
}

function rateKind(text: string | number): RateDraw['of'] {
  if (typeof text === 'number' || /\bof flow\s*$/.test(text) || /%\s*$/.test(text)) return 'share';
  return parseQuantity(text, 'flow').ok ? 'volume' : 'mass';
}

function readRate(text: string | number, of: RateDraw['of']) {
  const expected = 'a rate, such as "1 % of flow", "3 kg/s" or "12 m3/h"';
  if (of === 'share') {
    const share = typeof text === 'string' ? /^(.*)\bof flow\s*$/.exec(text)?.[1] : undefined;
    const read = share === undefined ? undefined : parseQuantity(share.trim(), 'fraction');
    if (read?.ok) return read;
    const hint = typeof text === 'string' && /%\s*$/.test(text) ? `write "${text.trim()} of flow"` : undefined;
    return {
      ok: false as const,
      found: typeof text === 'number' ? `${text} without a unit` : `"${text}"`,
      expected,
      hint,
    };
  }
  const read = parseQuantity(text, of === 'mass' ? 'mass-flow' : 'flow');
  return read.ok ? read : { ...read, expected };
}

const rate = rawSchema
  .transform((written, ctx): RateDraw => {
    const raw = written as Raw;
    const first =
      typeof raw !== 'object'
        ? raw
        : raw.draw === 'uniform' || raw.draw === 'latin-hypercube'
          ? raw.from
          : raw.draw === 'normal'
            ? raw.mean
            : raw.draw === 'choice'
              ? raw.of[0]!
              : raw.median;
    const of = rateKind(first);
    const value = bindRaw(raw, (t) => readRate(t, of), { positive: true });
    if (!Array.isArray(value)) return { of, value };
    for (const issue of value) addIssue(ctx, issue, [...issue.path]);
    return z.NEVER;
  })
  .describe('a rate: "1 % of flow" (of the design flow), a mass per time or a volume per time, or a draw of one');

export const repeats = { every: repeatSchema.optional() };

const FITTINGS = [
  'flange-fibre',
  'flange-spiral',
  'ring-joint',
  'small-bore',
  'valve-packing',
  'pump-seal',
  'tanker-hose',
] as const satisfies readonly Fitting[];
/** Whose severe leak goes with their bore. */
const BY_BORE: readonly Fitting[] = ['flange-fibre', 'flange-spiral', 'tanker-hose'];

const leakAction = z
  .strictObject({
    ...trigger,
    leak: id,
    form: z.enum(['orifice']).default('orifice'),
    on: placeSchema,
    diameter: drawable('length', { positive: true }).optional(),
    area: drawable('area', { positive: true }).optional(),
    rate: rate.optional(),
    /** A fitting that leaks as IEC 60079-10-1 and the HSE size it, instead of a size. */
    fitting: z.enum(FITTINGS).optional(),
    severity: z.enum(['steady', 'eroding', 'severe']).optional(),
    /** Of the hose or flange; severe leaks of these ask for it. */
    bore: quantity('length', { positive: true }).optional(),
    /** Time over which the area grows from nothing, linearly; 0: at once. */
    growth: drawable('time', { min: 0 }).default(0),
    /** Comes and goes: open for so long of every so long, shut between. */
    pulse: pulseSchema.optional(),
    'discharge-coefficient': quantity('fraction', { positive: true, max: 1 }).prefault('0.6'),
    /** Gauge pressure outside the pipe. */
    'back-pressure': quantity('pressure', { min: 0 }).prefault('0 Pa'),
    'close-after': drawable('time', { positive: true }).optional(),
  })
  .superRefine((leak, ctx) => {
    const sizes = (['diameter', 'area', 'rate', 'fitting'] as const).filter((k) => leak[k] !== undefined);
    const { fitting, severity = 'eroding', bore } = leak;
    for (const key of ['severity', 'bore'] as const)
      if (fitting === undefined && leak[key] !== undefined)
        addIssue(ctx, { found: `"${key}" without a fitting`, expected: 'it only with "fitting"', hint: 'remove it' }, [
          key,
        ]);
    if (fitting !== undefined && bore === undefined && severity === 'severe' && BY_BORE.includes(fitting))
      addIssue(ctx, { found: `a severe leak of a ${fitting} without its bore`, expected: '"bore", such as "80 mm"' });
    if (sizes.length === 1) return;
    addIssue(
      ctx,
      {
        found: sizes.length === 0 ? 'a leak without a size' : sizes.join(' and '),
        expected: 'one of diameter, area, rate, fitting',
      },
      sizes.length === 0 ? [] : [sizes[1]!],
    );
  });

export const DISTURBANCES = [
  'pump-start',
  'pump-stop',
  'pump-trip',
  'valve-move',
  'set-point-change',
  'speed-change',
  'batch-change',
] as const;

const disturbanceAction = z
  .strictObject({
    ...trigger,
    ...repeats,
    disturbance: z.enum(DISTURBANCES),
    target: id,
    /** Where it goes: a fraction for valves and speeds, a pressure for set points. */
    to: rawSchema.optional(),
    /** How far it moves from where it is then. */
    by: rawSchema.optional(),
    /** Time that the move takes, in even steps of a second. */
    over: drawable('time', { min: 0 }).default(0),
  })
  .superRefine((d, ctx) => {
    const moves = ['to', 'by'].filter((k) => d[k as 'to' | 'by'] !== undefined);
    if (d.disturbance.startsWith('pump-')) {
      for (const key of [...moves, ...(d.over !== 0 ? ['over'] : [])])
        addIssue(ctx, { found: `"${key}" of a ${d.disturbance}`, expected: 'only a target', hint: 'remove it' }, [key]);
    } else if (moves.length !== 1) {
      addIssue(
        ctx,
        {
          found: moves.length === 0 ? `a ${d.disturbance} that goes nowhere` : 'both',
          expected: 'either "to" or "by"',
        },
        moves.length === 0 ? [] : ['by'],
      );
    }
  });

const meanTime = drawable('time', { positive: true });
const SIZED_FAULTS: readonly string[] = ['bias', 'drift', 'spikes', 'poisoned', 'beam-block', 'fog'];
const SIZE_OF: Readonly<Partial<Record<string, string>>> = {
  poisoned: 'the share of sensitivity that is lost, such as "60 %"',
  fog: 'a visibility, such as "50 m"',
};

const faultAction = z
  .strictObject({
    ...trigger,
    fault: id,
    tag: z.string().optional(),
    station: z.string().optional(),
    form: z.enum(FAULT_FORMS),
    /** In the tag's dimension; a drift's is per hour ("0.1 bar per h"); "2 % of span" for any tag. */
    size: rawSchema.optional(),
    /** Mean time between spikes; or a trigger. */
    every: choose((raw) => (isRepeat(raw) ? repeatSchema : meanTime), z.union([meanTime, repeatSchema])).optional(),
    /** How long it lasts; absent: to the end. */
    for: drawable('time', { positive: true }).optional(),
  })
  .superRefine((f, ctx) => {
    const wants = f.form === 'communication-loss' ? 'station' : 'tag';
    const other = wants === 'tag' ? 'station' : 'tag';
    if (f[wants] === undefined)
      addIssue(ctx, { found: `a ${f.form} without a ${wants}`, expected: `the ${wants} that it strikes` });
    if (f[other] !== undefined)
      addIssue(ctx, { found: `a ${f.form} on a ${other}`, expected: `a ${wants}`, hint: 'remove it' }, [other]);
    const sized = SIZED_FAULTS.includes(f.form);
    // A beam is blocked wholly where nothing else is said.
    if (f.form !== 'beam-block' && sized !== (f.size !== undefined))
      addIssue(
        ctx,
        sized
          ? { found: `a ${f.form} without a size`, expected: SIZE_OF[f.form] ?? 'a size in the unit of the tag' }
          : { found: `the size of a ${f.form}`, expected: 'none', hint: 'remove it' },
        sized ? [] : ['size'],
      );
    if (f.every !== undefined && !isRepeat(f.every) && f.form !== 'spikes')
      addIssue(ctx, { found: `"every" of a ${f.form}`, expected: 'it only with spikes', hint: 'remove it' }, ['every']);
  });

const closeAction = z.strictObject({ ...trigger, close: id });
const clearAction = z.strictObject({ ...trigger, clear: id });
const setAction = z.strictObject({
  ...trigger,
  ...repeats,
  set: z.record(z.string(), rawSchema).refine((s) => Object.keys(s).length > 0, 'at least one element'),
});

/** The weather turns: an alarm that this raises is false. */
const weatherAction = z.strictObject({ ...trigger, weather: weatherActionSchema });

export const ACTIONS = {
  leak: leakAction,
  close: closeAction,
  disturbance: disturbanceAction,
  set: setAction,
  fault: faultAction,
  clear: clearAction,
  weather: weatherAction,
  emission: emissionAction,
  excavator: excavatorAction,
  patrol: patrolAction,
} as const;
export const ACTION_NAMES = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];
export const TRIGGERS = ['at', 'after', 'when', 'every'] as const;
/** What may happen again: a leak opens once, and closing or clearing it again would say nothing. */
const REPEATED: readonly string[] = ['disturbance', 'set', 'fault'];

const entrySchema = choose(
  (raw, ctx) => {
    if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
      addIssue(ctx, { found: raw === null ? 'an empty value' : `${typeof raw} ${String(raw)}`, expected: 'a map' });
      return undefined;
    }
    const keys = Object.keys(raw);
    const actions = ACTION_NAMES.filter((a) => keys.includes(a));
    const { every } = raw as { every?: unknown };
    // A fault may have an `every` that is no trigger.
    const triggers = TRIGGERS.filter(
      (t) => keys.includes(t) && (t !== 'every' || !actions.includes('fault') || isRepeat(every)),
    );
    const once = actions.filter((a) => !REPEATED.includes(a));
    if (triggers.includes('every') && once.length > 0) {
      const hint = 'write one entry for each time';
      addIssue(ctx, { found: `"every" of a ${once[0]}`, expected: `it only of ${REPEATED.join(', ')}`, hint }, [
        'every',
      ]);
      return undefined;
    }
    if (triggers.length !== 1) {
      addIssue(
        ctx,
        {
          found: triggers.length === 0 ? 'an entry that never happens' : triggers.join(' and '),
          expected: 'exactly one of at, after, when, every',
        },
        triggers.length === 0 ? [] : [triggers[1]!],
      );
    }
    if (actions.length !== 1) {
      const stray = keys.find((k) => !(TRIGGERS as readonly string[]).includes(k) && nearest(k, ACTION_NAMES));
      const near = actions.length === 0 && stray !== undefined ? nearest(stray, ACTION_NAMES) : undefined;
      addIssue(
        ctx,
        {
          found: actions.length === 0 ? (stray ? `"${stray}"` : 'an entry that does nothing') : actions.join(' and '),
          expected: `exactly one of ${ACTION_NAMES.join(', ')}`,
          ...(near ? { hint: `did you mean "${near}"?` } : {}),
        },
        actions.length > 1 ? [actions[1]!] : near ? [stray!] : [],
      );
      return undefined;
    }
    return ACTIONS[actions[0]!];
  },
  z.union([
    leakAction,
    closeAction,
    disturbanceAction,
    setAction,
    faultAction,
    clearAction,
    weatherAction,
    emissionAction,
    excavatorAction,
    patrolAction,
  ]),
);

export const scenarioSchema = z.strictObject({
  scenario: id,
  about: z.string().min(1),
  /** A plant by name, or by path beside this file. */
  plant: z.string().min(1),
  duration: duration({ positive: true, max: 366 * 86_400 }),
  seed: z.int().default(1),
  /** The physics step where it is not the plant's own. */
  step: quantity('time', { positive: true, max: 10 }).optional(),
  /** What the weather is from the start, where it is not the plant's own. */
  weather: weatherSchema.optional(),
  /** How much more or less than usual customers of a water network draw. */
  demand: demandSchema.optional(),
  /** How long after its closing a leak may still be found. */
  grace: duration().optional(),
  /** Values that the rest of the file names as `$name`; `matrix` and `name[parameter=value]` change them. */
  parameters: parametersSchema.default({}),
  timeline: z.array(entrySchema).default([]),
  expect: expectationsSchema.default([]),
  /** What a suite of this scenario alone runs. */
  matrix: z
    .strictObject({
      recipe: z.array(z.string().min(1)).min(1).optional(),
      repeat: z.int().min(1).max(100_000).optional(),
      /** Every value of each with every value of the others. */
      parameters: z.record(z.string(), z.array(z.union([z.string(), z.number()])).min(1)).optional(),
    })
    .optional(),
});

export type ScenarioSpec = z.output<typeof scenarioSchema>;
export type EntrySpec = ScenarioSpec['timeline'][number];
export type LocatedScenario = Located<ScenarioSpec> & { readonly path?: string };

/** A scenario's text to its spec; every mistake with its place, references inside the file included. */
export function parseScenario(
  file: string,
  text: string,
  path?: string,
  settings: Settings = {},
): Result<LocatedScenario> {
  const open = openDocument(file, text);
  if (!open.ok) return open;
  const whole = putTogether(open.value, path ?? file, settings);
  if (!whole.ok) return whole;
  const read = validateDocument(whole.value, scenarioSchema);
  if (!read.ok) return read;
  const { value: spec } = read.value;
  const names = Object.keys(spec.matrix?.parameters ?? {});
  const strange = names.filter((n) => !(n in spec.parameters));
  if (strange.length > 0)
    return {
      ok: false,
      problems: strange.map((n) =>
        read.value.problemAt(
          ['matrix', 'parameters', n],
          `"${n}"`,
          'a name under "parameters"',
          hintOf(n, spec.parameters),
        ),
      ),
    };
  const problems = checkNames(read.value);
  const withFiles = (['weather', 'demand'] as const).flatMap((kind) => {
    const given = spec[kind];
    if (given === undefined || !isProfile(given)) return [];
    const filled = readProfile(given, kind, path ?? file, read.value);
    if (!filled.ok) problems.push(...filled.problems);
    return filled.ok ? [[kind, filled.value] as const] : [];
  });
  if (problems.length > 0) return { ok: false, problems };
  const named = {
    ...read.value,
    value: { ...spec, ...Object.fromEntries(withFiles), scenario: variantName(spec.scenario, settings) },
  };
  return { ok: true, value: path === undefined ? named : { ...named, path } };
}

function hintOf(name: string, known: Readonly<Record<string, unknown>>): string {
  const near = nearest(name, Object.keys(known));
  return near ? `did you mean "${near}"?` : `known: ${Object.keys(known).join(', ') || 'none'}`;
}

/** A scenario by path, or by name from the library; `name[parameter=value, …]` with other values of its parameters. */
export function readScenario(nameOrPath: string, near?: string): Result<LocatedScenario> {
  const { name, settings } = readVariant(nameOrPath);
  const found = findDocument('scenario', name, near);
  return found.ok ? parseScenario(found.value.file, found.value.text, found.value.path, settings) : found;
}

/** All scenarios of a matrix over parameters, by name; the scenario alone where it has none. */
export function variantsOf({ value: { scenario, matrix } }: LocatedScenario): readonly Settings[] {
  if (scenario.endsWith(']')) return [{}];
  return combinations(matrix?.parameters ?? {});
}

/** Every value of each parameter with every value of the others. */
export function combinations(parameters: Readonly<Record<string, readonly (string | number)[]>>): readonly Settings[] {
  return Object.entries(parameters).reduce<readonly Settings[]>(
    (all, [name, values]) => all.flatMap((s) => values.map((v) => ({ ...s, [name]: v }))),
    [{}],
  );
}

/** The name by which others speak of an entry, where it has one. */
export function entryName(entry: EntrySpec): string | undefined {
  if (entry.id !== undefined) return entry.id;
  if ('leak' in entry) return entry.leak;
  if ('emission' in entry) return entry.emission;
  if ('excavator' in entry) return entry.excavator;
  return 'fault' in entry ? entry.fault : undefined;
}

/** What needs no plant: names given twice, references to entries, leaks and faults. */
function checkNames({ value: spec, problemAt }: Located<ScenarioSpec>): Problem[] {
  const problems: Problem[] = [];
  const named = new Map<string, number>();
  const kinds = { leak: [] as string[], fault: [] as string[] };
  spec.timeline.forEach((entry, i) => {
    const own: [string, string][] = [];
    if (entry.id !== undefined) own.push([entry.id, 'id']);
    if ('leak' in entry) own.push([entry.leak, 'leak']);
    if ('fault' in entry) own.push([entry.fault, 'fault']);
    if ('emission' in entry) own.push([entry.emission, 'emission']);
    if ('excavator' in entry) own.push([entry.excavator, 'excavator']);
    for (const [name, key] of own) {
      const before = named.get(name);
      if (before !== undefined && before !== i)
        problems.push(
          problemAt(['timeline', i, key], `"${name}"`, 'a new name', `timeline[${before}] already bears it`),
        );
      named.set(name, i);
    }
    if ('leak' in entry) kinds.leak.push(entry.leak);
    if ('emission' in entry && entry.is === 'leak') kinds.leak.push(entry.emission);
    if ('excavator' in entry) kinds.leak.push(entry.excavator);
    if ('fault' in entry) kinds.fault.push(entry.fault);
  });
  const need = (path: PropertyKey[], name: string, known: readonly string[], what: string) => {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    const hint = near
      ? `did you mean "${near}"?`
      : known.length > 0
        ? `known: ${known.join(', ')}`
        : 'the timeline has none';
    problems.push(problemAt(path, `"${name}"`, what, hint));
  };
  spec.timeline.forEach((entry, i) => {
    if (entry.after) {
      const others = [...named].filter(([, at]) => at !== i).map(([name]) => name);
      need(['timeline', i, 'after', 'of'], entry.after.of, others, 'the name of another entry of the timeline');
    }
    if ('close' in entry) need(['timeline', i, 'close'], entry.close, kinds.leak, 'a leak of the timeline');
    if ('clear' in entry) need(['timeline', i, 'clear'], entry.clear, kinds.fault, 'a fault of the timeline');
  });
  for (const { ref, path } of leakReferences(spec.expect))
    need(['expect', ...path], ref, kinds.leak, 'a leak of the timeline');
  problems.push(...circles(spec, named, problemAt));
  return problems;
}

/** Entries that wait for each other would never happen. */
function circles(
  spec: ScenarioSpec,
  named: ReadonlyMap<string, number>,
  problemAt: Located<unknown>['problemAt'],
): Problem[] {
  return spec.timeline.flatMap((entry, i) => {
    const seen = new Set([i]);
    for (let at = entry.after && named.get(entry.after.of); at !== undefined; ) {
      if (at === i)
        return [
          problemAt(['timeline', i, 'after'], 'entries that wait for each other', 'a chain that begins somewhere'),
        ];
      if (seen.has(at)) return [];
      seen.add(at);
      const next: EntrySpec['after'] = spec.timeline[at]!.after;
      at = next && named.get(next.of);
    }
    return [];
  });
}

/**
 * A scenario and a plant made one: every name is looked up, every number that needed the plant's units is read, all
 * mistakes at once with their place in the scenario's file. What leaves here still holds draws; resolve.ts draws them.
 */
import type { Control, Problem, Result } from '../../models/contract/index.ts';
import type { Limits } from '../../models/document/index.ts';
import { nearest, parseQuantity, UNITS } from '../../models/kernel/index.ts';
import { fittingArea_m2 } from '../../models/physics/release/index.ts';
import type { EmitterSite } from '../../sim/index.ts';
import type { Expectation } from '../score/index.ts';
import { bindRaw, type Drawable, extremes, type Raw, type Read, readDifference } from './draw.ts';
import { bindEmission } from './emission.ts';
import { bindExcavator } from './excavator.ts';
import type { PlantContext } from './plant.ts';
import { type DemandCommand, isProfile, profileCommands } from './profile.ts';
import { type Pulse, pulseOf } from './pulse.ts';
import { readPublished, readSize } from './readTag.ts';
import { isRepeat } from './repeat.ts';
import type { EntrySpec, LocatedScenario, RateDraw } from './spec.ts';
import type { WeatherCommand } from './weather.ts';

/** Properties of elements that a scenario may move. */
export type Property = Exclude<Control['property'], 'run' | 'trip'>;

export type BoundTrigger =
  | { readonly kind: 'at'; readonly at: Drawable }
  | { readonly kind: 'after'; readonly of: string; readonly by: Drawable }
  | {
      readonly kind: 'every';
      readonly interval: Drawable;
      readonly from: Drawable | undefined;
      readonly count: number | undefined;
      readonly untilUs: number;
      readonly jitter: Drawable;
    }
  | {
      readonly kind: 'when';
      readonly tag: string;
      readonly sense: 'below' | 'above';
      /** In the tag's own unit, as it is published. */
      readonly limit: number;
      readonly forUs: number;
    };

export type BoundAction =
  | {
      readonly kind: 'leak';
      readonly leak: string;
      readonly place: { readonly pipe: string; readonly fraction: Drawable } | { readonly kp: Drawable };
      readonly size:
        | { readonly kind: 'diameter'; readonly value: Drawable }
        | { readonly kind: 'area'; readonly value: Drawable }
        | { readonly kind: 'rate'; readonly value: RateDraw };
      readonly growth: Drawable;
      readonly pulse?: Pulse;
      readonly dischargeCoefficient: number;
      readonly backPressure_Pa: number;
      readonly closeAfter?: Drawable;
    }
  | { readonly kind: 'close'; readonly leak: string }
  | { readonly kind: 'emission'; readonly site: EmitterSite; readonly rate: Drawable; readonly lasts?: Drawable }
  | { readonly kind: 'patrol'; readonly patrol: string; readonly lasts?: Drawable }
  /** What the truth says beside the plant's own. */
  | { readonly kind: 'note'; readonly ref: string; readonly what: string }
  | { readonly kind: 'pump'; readonly element: string; readonly action: 'start' | 'stop' | 'trip' }
  | {
      readonly kind: 'move';
      readonly element: string;
      readonly property: Property;
      readonly how: 'to' | 'by';
      readonly value: Drawable;
      readonly over: Drawable;
    }
  | {
      readonly kind: 'fault';
      readonly fault: string;
      readonly target: string;
      readonly form: Extract<EntrySpec, { fault: string }>['form'];
      /** In the tag's own unit; a drift's per hour. */
      readonly size?: Drawable;
      readonly every?: Drawable;
      readonly lasts?: Drawable;
    }
  | { readonly kind: 'clear'; readonly fault: string }
  | WeatherCommand
  | DemandCommand;

export interface BoundEntry {
  /** Stable name of the entry: what its draws are seeded with. */
  readonly name: string;
  /** Where it stands in the file. */
  readonly path: readonly PropertyKey[];
  readonly trigger: BoundTrigger;
  /** Several where a `set` names several elements. */
  readonly actions: readonly BoundAction[];
}

export interface BoundScenario {
  readonly located: LocatedScenario;
  readonly plant: PlantContext;
  readonly entries: readonly BoundEntry[];
  readonly expect: readonly Expectation[];
}

export function bindScenario(located: LocatedScenario, plant: PlantContext): Result<BoundScenario> {
  const { value: spec, problemAt } = located;
  const problems: Problem[] = [];
  const report = (path: readonly PropertyKey[], found: string, expected: string, hint?: string) => {
    problems.push(problemAt(path, found, expected, hint));
  };
  if (spec.step !== undefined) {
    const ticks = plant.layout.scanUs / (spec.step * 1e6);
    if (Math.abs(ticks - Math.round(ticks)) > 1e-9)
      report(['step'], `${spec.step} s`, `a step that divides the plant's scan of ${plant.layout.scanUs / 1e6} s`);
  }
  const used = new Map<string, number>();
  const needWeather = (path: readonly PropertyKey[]) => {
    if (!plant.hasWeather) report(path, 'a weather', 'a plant that stands in it', `${plant.layout.plant} has none`);
  };
  if (spec.weather) needWeather(['weather']);
  if (spec.demand && !plant.hasDemand)
    report(['demand'], 'a demand', 'a water network, whose customers draw', `${plant.layout.plant} is none`);
  const entries = spec.timeline.map((entry, i): BoundEntry => {
    const path = ['timeline', i];
    const trigger = bindTrigger(entry, path, spec.duration, plant, report);
    if ('weather' in entry) needWeather([...path, 'weather']);
    const actions = bindActions(entry, path, plant, report);
    const base = nameOf(entry, actions);
    const n = (used.get(base) ?? 0) + 1;
    used.set(base, n);
    return { name: n === 1 ? base : `${base}#${n}`, path, trigger, actions };
  });
  for (const kind of ['demand', 'weather'] as const) {
    const given = spec[kind];
    if (given === undefined) continue;
    const points = isProfile(given) ? profileCommands(given, spec.duration) : [{ at: 0, command: given }];
    entries.unshift(
      ...points.map(
        ({ at, command }, i): BoundEntry => ({
          name: i === 0 ? kind : `${kind}~${i + 1}`,
          path: [kind],
          trigger: { kind: 'at', at: at * 1e-6 },
          actions: [command],
        }),
      ),
    );
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { located, plant, entries, expect: spec.expect } };
}

export type Report = (path: readonly PropertyKey[], found: string, expected: string, hint?: string) => void;

/** Not its place in the list: that would change with every entry written above it. */
function nameOf(entry: EntrySpec, actions: readonly BoundAction[]): string {
  if (entry.id !== undefined) return entry.id;
  if ('leak' in entry) return entry.leak;
  if ('fault' in entry) return entry.fault;
  if ('disturbance' in entry) return `${entry.disturbance}/${entry.target}`;
  if ('emission' in entry) return entry.emission;
  if ('excavator' in entry) return entry.excavator;
  if ('patrol' in entry) return `patrol/${entry.patrol}`;
  if ('close' in entry) return `close/${entry.close}`;
  if ('clear' in entry) return `clear/${entry.clear}`;
  if ('weather' in entry) return 'weather-turns';
  return `set/${actions.map((a) => (a.kind === 'move' ? a.element : '')).join('+')}`;
}

function bindTrigger(
  entry: EntrySpec,
  path: readonly PropertyKey[],
  durationUs: number,
  plant: PlantContext,
  report: Report,
): BoundTrigger {
  if (entry.after) return { kind: 'after', of: entry.after.of, by: entry.after.by };
  if (entry.when) {
    const { tag, below, above, for: forUs } = entry.when;
    const sense = below === undefined ? 'above' : 'below';
    const at = [...path, 'when'];
    const t = plant.tag(tag);
    if (!t) missing([...at, 'tag'], tag, plant.tagIds, 'a tag', report);
    const read = t ? readPublished(t.unit)(below ?? above!) : undefined;
    if (read && !read.ok) report([...at, sense], read.found, read.expected, read.hint);
    return { kind: 'when', tag, sense, limit: read?.ok ? read.value : 0, forUs };
  }
  if ('every' in entry && isRepeat(entry.every)) {
    const { interval, from, count, until, jitter } = entry.every;
    for (const s of extremes(from ?? interval))
      if (s * 1e6 >= durationUs)
        report([...path, 'every'], `${s} s`, `a first time before the end of the scenario, ${durationUs / 1e6} s`);
    return { kind: 'every', interval, from, count, untilUs: Math.min(until ?? durationUs, durationUs), jitter };
  }
  const at = entry.at ?? 0;
  for (const s of extremes(at)) {
    if (s * 1e6 >= durationUs)
      report([...path, 'at'], `${s} s`, `a time before the end of the scenario, ${durationUs / 1e6} s`);
  }
  return { kind: 'at', at };
}

function bindActions(
  entry: EntrySpec,
  path: readonly PropertyKey[],
  plant: PlantContext,
  report: Report,
): readonly BoundAction[] {
  if ('leak' in entry) return [bindLeak(entry, path, plant, report)];
  if ('close' in entry) return [{ kind: 'close', leak: entry.close }];
  if ('clear' in entry) return [{ kind: 'clear', fault: entry.clear }];
  if ('weather' in entry) return [entry.weather];
  if ('fault' in entry) return [bindFault(entry, path, plant, report)];
  if ('emission' in entry) return [bindEmission(entry, path, plant, report)];
  if ('excavator' in entry) {
    bindPlace(entry.on, path, plant, report);
    return bindExcavator(entry, path, plant, report);
  }
  if ('patrol' in entry) {
    const rounds = (plant.spec.site?.patrols ?? []).map((p) => p.id);
    if (plant.spec.air === undefined || !rounds.includes(entry.patrol))
      missing([...path, 'patrol'], entry.patrol, plant.spec.air ? rounds : [], 'a patrol on the site', report);
    return [{ kind: 'patrol', patrol: entry.patrol, ...(entry.for === undefined ? {} : { lasts: entry.for }) }];
  }
  if ('disturbance' in entry) return bindDisturbance(entry, path, plant, report);
  return Object.entries(entry.set).flatMap(([name, raw]) => {
    const control = plant.control(name);
    if (control === undefined) {
      missing([...path, 'set', name], name, plant.movable, 'a pump, valve or controller', report);
      return [];
    }
    const { element } = control;
    const property = control.property as Property;
    const place = [...path, 'set', name];
    const value =
      property === 'product'
        ? bindProduct(raw, place, plant, report)
        : bindMove(raw as Raw, control, 'to', place, report);
    return [{ kind: 'move' as const, element, property, how: 'to' as const, value, over: 0 }];
  });
}

function bindLeak(
  entry: Extract<EntrySpec, { leak: string }>,
  path: readonly PropertyKey[],
  plant: PlantContext,
  report: Report,
): BoundAction {
  const { on } = entry;
  bindPlace(on, path, plant, report);
  const { diameter, area, rate, fitting, severity = 'eroding', bore } = entry;
  const fitted_m2 = fitting === undefined ? undefined : fittingArea_m2(fitting, severity, bore ?? 0);
  checkSize(fitted_m2 === undefined ? entry : { ...entry, area: fitted_m2 }, path, plant, report);
  return {
    kind: 'leak',
    leak: entry.leak,
    place: on,
    size:
      diameter !== undefined
        ? { kind: 'diameter', value: diameter }
        : area !== undefined || fitted_m2 !== undefined
          ? { kind: 'area', value: area ?? fitted_m2! }
          : { kind: 'rate', value: rate! },
    growth: entry.growth,
    ...pulseOf(entry.pulse),
    dischargeCoefficient: entry['discharge-coefficient'],
    backPressure_Pa: entry['back-pressure'],
    ...(entry['close-after'] === undefined ? {} : { closeAfter: entry['close-after'] }),
  };
}

function bindPlace(
  on: Extract<EntrySpec, { leak: string }>['on'],
  path: readonly PropertyKey[],
  plant: PlantContext,
  report: Report,
): void {
  if ('pipe' in on) {
    if (!plant.pipes.some((p) => p.id === on.pipe))
      missing(
        [...path, 'on', 'pipe'],
        on.pipe,
        plant.pipes.map((p) => p.id),
        'a pipe',
        report,
      );
  } else {
    for (const kp of extremes(on.kp)) {
      if (plant.pipeAt(kp)) continue;
      const from = Math.min(...plant.pipes.map((p) => p.start_m));
      const to = Math.max(...plant.pipes.map((p) => p.start_m + p.length_m));
      if (!Number.isFinite(from)) {
        report(
          [...path, 'on', 'kp'],
          `${kp / 1000} km`,
          'an element: this plant is no line',
          'write { pipe: …, fraction: … }',
        );
        continue;
      }
      report([...path, 'on', 'kp'], `${kp / 1000} km`, `a distance on the line, ${from / 1000} to ${to / 1000} km`);
    }
  }
}

/** A hole is no larger than what it is in, wherever and however large it is drawn. */
function checkSize(
  { on, diameter, area }: Extract<EntrySpec, { leak: string }>,
  path: readonly PropertyKey[],
  plant: PlantContext,
  report: Report,
): void {
  const places = 'pipe' in on ? [on.pipe] : extremes(on.kp).flatMap((kp) => plant.pipeAt(kp)?.pipe ?? []);
  const key = diameter !== undefined ? 'diameter' : 'area';
  for (const place of places) {
    const largest_m2 = plant.largestLeak_m2(place);
    for (const size of extremes(diameter ?? area ?? 0)) {
      const hole_m2 = diameter !== undefined ? (Math.PI / 4) * size ** 2 : size;
      if (hole_m2 <= largest_m2 * (1 + 1e-9)) continue;
      const [found, most] =
        diameter !== undefined
          ? [`${round(size * 1e3)} mm`, `${round(Math.sqrt((4 / Math.PI) * largest_m2) * 1e3)} mm`]
          : [`${round(size * 1e4)} cm2`, `${round(largest_m2 * 1e4)} cm2`];
      report([...path, key], found, `a hole of at most ${most}, the largest that ${place} can have`);
      return;
    }
  }
}

const round = (x: number) => Number(x.toPrecision(4));

function bindDisturbance(
  entry: Extract<EntrySpec, { disturbance: string }>,
  path: readonly PropertyKey[],
  plant: PlantContext,
  report: Report,
): readonly BoundAction[] {
  const { disturbance, target } = entry;
  const wanted: Property = MOVES[disturbance as keyof typeof MOVES] ?? 'speed';
  const kinds: Partial<Record<Property, string>> = {
    opening: 'a valve',
    setPoint: 'a controller',
    speed: 'a pump',
    product: 'a tank that may hold products',
  };
  const what = kinds[wanted]!;
  if (plant.property(target) !== wanted) {
    const known = plant.movable.filter((m) => plant.property(m) === wanted);
    missing([...path, 'target'], target, known, what, report);
    return [];
  }
  if (disturbance === 'pump-start' || disturbance === 'pump-stop' || disturbance === 'pump-trip')
    return [{ kind: 'pump', element: target, action: disturbance.slice(5) as 'start' | 'stop' | 'trip' }];
  const how = entry.to === undefined ? 'by' : 'to';
  const value =
    wanted === 'product'
      ? bindProduct(entry.to, [...path, 'to'], plant, report)
      : bindMove((entry.to ?? entry.by) as Raw, plant.control(target)!, how, [...path, how], report);
  return [{ kind: 'move', element: target, property: wanted, how, value, over: entry.over }];
}

const MOVES = { 'valve-move': 'opening', 'set-point-change': 'setPoint', 'batch-change': 'product' } as const;

/** A product by its name, as the index by which a plant is told. */
function bindProduct(raw: unknown, path: readonly PropertyKey[], plant: PlantContext, report: Report): Drawable {
  const products = plant.asBuilt.fluid?.products?.map((p) => p.id) ?? [];
  const k = products.indexOf(String(raw));
  if (k < 0) missing([...path], String(raw), products, 'a product of the plant', report);
  return Math.max(0, k);
}

const LIMITS: Partial<Readonly<Record<Control['property'], Limits>>> = {
  speed: { min: 0, max: 1.3 },
  opening: { min: 0, max: 1 },
};

/** What people write instead of numbers. */
const WORDS: Partial<Readonly<Record<Control['property'], Readonly<Record<string, number>>>>> = {
  opening: { open: 1, closed: 0 },
  mode: { manual: 0, auto: 1, cascade: 2 },
  bypass: { on: 1, off: 0 },
  push: { on: 1, off: 0 },
  reset: { on: 1 },
};

function bindMove(
  raw: Raw,
  { property, unit }: Control,
  how: 'to' | 'by',
  path: readonly PropertyKey[],
  report: Report,
): Drawable {
  const words = WORDS[property] ?? {};
  const dimension = UNITS[unit]?.dimension;
  const read: Read = (text) => {
    const word = words[text];
    if (how === 'to' && word !== undefined) return { ok: true, value: word };
    if (dimension === undefined) {
      const expected = `one of ${Object.keys(words).join(', ')}`;
      return Object.values(words).includes(Number(text))
        ? { ok: true, value: Number(text) }
        : { ok: false, found: `"${text}"`, expected };
    }
    return how === 'to' ? parseQuantity(text, dimension) : readDifference(dimension)(text);
  };
  const step: Read = dimension === undefined ? read : readDifference(dimension);
  return settled(bindRaw(raw, read, how === 'to' ? (LIMITS[property] ?? {}) : {}, step), path, report);
}

function bindFault(
  entry: Extract<EntrySpec, { fault: string }>,
  path: readonly PropertyKey[],
  plant: PlantContext,
  report: Report,
): BoundAction {
  const target = entry.station ?? entry.tag ?? '';
  const base = {
    kind: 'fault' as const,
    fault: entry.fault,
    target,
    form: entry.form,
    ...(entry.every === undefined || isRepeat(entry.every) ? {} : { every: entry.every }),
    ...(entry.for === undefined ? {} : { lasts: entry.for }),
  };
  if (entry.form === 'communication-loss') {
    if (!plant.stationIds.includes(target))
      missing([...path, 'station'], target, plant.stationIds, 'a station', report);
    return base;
  }
  const tag = plant.tag(target);
  if (!tag) {
    missing([...path, 'tag'], target, plant.tagIds, 'a tag', report);
    return base;
  }
  if (entry.size === undefined) return base;
  const perHour = entry.form === 'drift';
  const read: Read = (text) =>
    entry.form === 'poisoned' || entry.form === 'beam-block'
      ? parseQuantity(text, 'fraction')
      : entry.form === 'fog'
        ? parseQuantity(text, 'length')
        : readSize(text, tag.unit, tag.range, perHour);
  return { ...base, size: settled(bindRaw(entry.size as Raw, read), [...path, 'size'], report) };
}

function settled(bound: ReturnType<typeof bindRaw>, path: readonly PropertyKey[], report: Report): Drawable {
  if (!Array.isArray(bound)) return bound as Drawable;
  for (const issue of bound) report([...path, ...issue.path], issue.found, issue.expected, issue.hint);
  return 0;
}

function missing(
  path: readonly PropertyKey[],
  name: string,
  known: readonly string[],
  what: string,
  report: Report,
): void {
  const near = nearest(name, known);
  report(
    path,
    `"${name}"`,
    `${what} of the plant`,
    near
      ? `did you mean "${near}"?`
      : known.length > 0
        ? `known: ${known.slice(0, 12).join(', ')}`
        : 'the plant has none',
  );
}

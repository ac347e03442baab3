/**
 * The detector put together: frame → clean values → features → methods → alarm state machines → events. Pure in (state,
 * frame): all that changes lies in one buffer, so a pipeline can be saved, loaded and compared to the bit.
 */
import {
  type AlarmEvent,
  type AsBuilt,
  type Frame,
  type FrameLayout,
  type Pipeline,
  ProblemError,
  type Score,
} from '../models/contract/index.ts';
import { type Arena, bindArena } from '../models/kernel/index.ts';
import { type AlarmPoint, type Annunciator, createAnnunciator } from './alarms/index.ts';
import {
  type AirBlocks,
  type Background,
  type Balance,
  type Compensation,
  createAirBlocks,
  createBackground,
  createBalance,
  createCompensation,
  createDeviation,
  createFronts,
  createObserver,
  createOperations,
  createPlumeCoupling,
  createSourceEvidence,
  createStationFlows,
  createTankRate,
  type Deviation,
  type Fronts,
  type Observer,
  type Operations,
  type PlumeCoupling,
  readAir,
  readLine,
  readTanks,
  type SourceEvidence,
  type StationFlows,
  type TankRate,
} from './features/index.ts';
import { type Context, createMethod, type ExcessSettings, gasTags, type Running } from './methods/index.ts';
import { type Cleaner, createCleaner } from './preprocess/index.ts';
import { type MethodSpec, type Recipe, unfit } from './recipe.ts';

interface Stage {
  readonly method: Running;
  /** Its place among the alarms; −1: it raises none. */
  readonly alarm: number;
}

interface Built {
  readonly clean: Cleaner;
  readonly balances: readonly Balance[];
  readonly deviations: readonly Deviation[];
  readonly fronts: readonly Fronts[];
  readonly observers: readonly Observer[];
  readonly stationFlows: readonly StationFlows[];
  readonly operations: Operations | undefined;
  readonly tankRate: TankRate | undefined;
  readonly blocks: readonly AirBlocks[];
  readonly backgrounds: readonly Background[];
  readonly couplings: readonly PlumeCoupling[];
  readonly evidences: readonly SourceEvidence[];
  readonly stages: readonly Stage[];
  readonly annunciator: Annunciator;
  /** Frames seen; seq and plant time [µs] of the last one (3). */
  readonly frames: Float64Array;
  /** Frames after the warm-up, of those whole, and inhibited (3). */
  readonly watched: Float64Array;
}

/** Grid of the transient model where a balance asks for its line pack. */
const OBSERVER_GRID_S = 0.1;

/**
 * Builds a detector for a layout. As-built data may be missing (a bare recording): then only methods on tags fit.
 * Throws a ProblemError that names every method that this plant cannot feed.
 */
export function createPipeline(recipe: Recipe, layout: FrameLayout, asBuilt: AsBuilt | undefined): Pipeline {
  const problems = fitProblems(recipe, layout, asBuilt);
  if (problems.length > 0) throw new ProblemError(problems);
  const { buffer, views } = bindArena((arena) => build(recipe, layout, asBuilt, arena));
  const { clean, balances, deviations, fronts, operations, tankRate, stages, annunciator, frames, watched } = views;
  const { blocks, backgrounds, couplings, evidences, observers, stationFlows } = views;
  const warmUpFrames = Math.round((recipe.spec['warm-up'] * 1e6) / layout.scanUs);
  clean.reset();
  for (const b of balances) b.reset();
  for (const f of fronts) f.reset();
  for (const o of observers) o.reset();
  operations?.reset();
  tankRate?.reset();
  for (const e of evidences) e.reset();
  for (const s of stages) s.method.reset();
  annunciator.reset();
  const score: Score = { value: 0 };
  let events: AlarmEvent[] = [];

  return {
    recipe: recipe.name,
    step(frame: Frame) {
      const n = frames[0]!;
      frames[0] = n + 1;
      frames[1] = frame.seq;
      frames[2] = frame.timeUs;
      clean.step(frame);
      operations?.step(frame, clean);
      tankRate?.step(clean);
      for (const o of observers) o.step(frame, clean);
      for (const s of stationFlows) s.step(frame, clean);
      for (const b of balances) b.step(clean);
      for (const d of deviations) d.step(clean);
      for (const f of fronts) f.step(frame, clean);
      for (const b of blocks) b.step(frame, clean);
      for (const b of backgrounds) b.step();
      for (const c of couplings) c.step();
      for (const e of evidences) e.step(frame);
      // Most frames have none; a new list is made only after one that had.
      if (events.length > 0) events = [];
      annunciator.begin(frame, events);
      let least = 1;
      let most = 0;
      for (const stage of stages) {
        score.value = 0;
        score.where = undefined;
        score.rate = undefined;
        score.onsetUs = undefined;
        score.because = undefined;
        score.further = undefined;
        score.able = 1;
        stage.method.step(frame, score);
        if (stage.alarm < 0 || n < warmUpFrames) continue;
        least = Math.min(least, score.able);
        most = Math.max(most, score.able);
        annunciator.step(stage.alarm, frame, score, events);
      }
      if (n >= warmUpFrames) {
        watched[0] = watched[0]! + 1;
        if (most === 0) watched[2] = watched[2]! + 1;
        else if (least >= 1) watched[1] = watched[1]! + 1;
      }
      return events;
    },
    operate: (action) => annunciator.operate(action, { seq: frames[1]!, timeUs: frames[2]! }),
    availability: () => ({ frames: watched[0]!, frameUs: layout.scanUs, whole: watched[1]!, inhibited: watched[2]! }),
    save: () => new Uint8Array(buffer.slice(0)),
    load(bytes) {
      if (bytes.length !== buffer.byteLength)
        throw new RangeError(`a saved detector of ${bytes.length} bytes does not fit one of ${buffer.byteLength}`);
      new Uint8Array(buffer).set(bytes);
    },
  };
}

function build(recipe: Recipe, layout: FrameLayout, asBuilt: AsBuilt | undefined, arena: Arena): Built {
  const { spec } = recipe;
  const line = readLine(layout, asBuilt);
  const clean = createCleaner(
    layout,
    {
      hampelWindow: spec.preprocess.hampel.window | 1,
      hampelThreshold: spec.preprocess.hampel.threshold,
      stuckAfter_s: spec.preprocess['stuck-after'],
      holdGaps_s: spec.preprocess['hold-gaps'],
    },
    arena,
  );
  // Methods that ask for the same feature with the same settings share it.
  const shared = new Map<string, unknown>();
  const once = <T>(key: string, make: () => T): T => {
    if (!shared.has(key)) shared.set(key, make());
    return shared.get(key) as T;
  };
  const balances: Balance[] = [];
  const deviations: Deviation[] = [];
  const fronts: Fronts[] = [];
  const observers: Observer[] = [];
  const stationFlows: StationFlows[] = [];
  let operations: Operations | undefined;
  let tankRate: TankRate | undefined;
  const air = readAir(layout, asBuilt);
  const blocks: AirBlocks[] = [];
  const backgrounds: Background[] = [];
  const couplings: PlumeCoupling[] = [];
  const evidences: SourceEvidence[] = [];
  const blocksOf = (average_s: number) =>
    once(`blocks/${average_s}`, () => {
      const b = createAirBlocks(layout, air!, average_s, arena);
      blocks.push(b);
      return b;
    });
  const backgroundOf = ({ background, average_s, learnWeather_s }: ExcessSettings) =>
    once(`background/${JSON.stringify([background, average_s, learnWeather_s])}`, () => {
      const own = blocksOf(average_s);
      const compensation: Compensation | undefined =
        learnWeather_s === undefined ? undefined : createCompensation(own, learnWeather_s, arena);
      const b = createBackground(own, compensation, background, arena);
      backgrounds.push(b);
      return b;
    });
  const warmUp_s = spec['warm-up'];
  const observerOf = (grid_s: number) =>
    once(`observer/${grid_s}`, () => {
      const o = createObserver(layout, line!, { grid_s, warmUp_s }, arena);
      observers.push(o);
      return o;
    });
  const context: Context = {
    layout,
    asBuilt,
    line,
    arena,
    scan_s: layout.scanUs * 1e-6,
    warmUp_s,
    clean,
    balance: (forget_s, pack = 'stations') =>
      once(`balance/${forget_s}/${pack}`, () => {
        const model = pack === 'model' ? observerOf(OBSERVER_GRID_S) : undefined;
        const b = createBalance(layout, line!, { warmUp_s, forget_s }, arena, model);
        balances.push(b);
        return b;
      }),
    deviation: (tags) =>
      once(`deviation/${tags?.join(',') ?? '*'}`, () => {
        const indices = layout.tags.map((_, i) => i).filter((i) => !tags || tags.includes(layout.tags[i]!.id));
        const d = createDeviation(layout, indices, warmUp_s, arena);
        deviations.push(d);
        return d;
      }),
    fronts: (window_s, sigma, slowest_s) =>
      once(`fronts/${window_s}/${sigma}/${slowest_s}`, () => {
        const tags = [...new Set(line!.spans.flatMap((s) => [s.up, s.down]))].sort((a, b) => a - b);
        const f = createFronts(layout, tags, { window_s, sigma, slowest_s, warmUp_s }, arena);
        fronts.push(f);
        return f;
      }),
    observer: observerOf,
    stationFlows: (grid_s) =>
      once(`station-flows/${grid_s}`, () => {
        const s = createStationFlows(layout, observerOf(grid_s), warmUp_s, arena);
        stationFlows.push(s);
        return s;
      }),
    operations: () =>
      once('operations', () => {
        operations = createOperations(layout, arena);
        return operations;
      }),
    tankRate: () =>
      once('tank-rate', () => {
        tankRate = createTankRate(layout, readTanks(layout, asBuilt), warmUp_s, arena);
        return tankRate;
      }),
    air,
    background: backgroundOf,
    latestEvidence: () => evidences.at(-1),
    sourceEvidence: (settings) =>
      once(`source/${JSON.stringify(settings)}`, () => {
        const background = backgroundOf(settings);
        const coupling = once(`coupling/${settings.average_s}`, () => {
          const c = createPlumeCoupling(background.blocks, arena);
          couplings.push(c);
          return c;
        });
        const e = createSourceEvidence(background, coupling, settings, arena);
        evidences.push(e);
        return e;
      }),
  };
  const points: AlarmPoint[] = [];
  const stages = spec.methods.map((m): Stage => {
    const method = createMethod(m, context);
    if (m.method === 'null') return { method, alarm: -1 };
    points.push({
      alarm: m.alarm,
      priority: m.priority,
      by: m.method,
      onDelay_us: m['on-delay'] * 1e6,
      offDelay_us: m['off-delay'] * 1e6,
      deadband: m.deadband,
      inputs: inputsOf(m, context),
    });
    return { method, alarm: points.length - 1 };
  });
  const features = {
    observers,
    stationFlows,
    balances,
    deviations,
    fronts,
    operations,
    tankRate,
    blocks,
    backgrounds,
    couplings,
    evidences,
  };
  const annunciator = createAnnunciator(
    points,
    spec.alarms,
    { usable: clean.usable, tagIds: layout.tags.map((t) => t.id) },
    arena,
  );
  return { clean, ...features, stages, annunciator, frames: arena.f64(3), watched: arena.f64(3) };
}

/** Tags that a method cannot do without, by their index. */
function inputsOf(m: MethodSpec, { layout, line }: Context): number[] {
  if (m.method === 'gas-level') return [...gasTags(m, layout)];
  const named = 'tags' in m ? m.tags : undefined;
  const all = layout.tags.map((_, i) => i);
  if (named) return all.filter((i) => named.includes(layout.tags[i]!.id));
  const spans = line?.spans.flatMap((s) => [s.up, s.down]) ?? [];
  if (m.method === 'wave') return [...new Set(spans)];
  if (m.method === 'rttm' || ('on' in m && m.on === 'balance'))
    return [...new Set([...spans, ...(line?.sections.flatMap((s) => [s.inFlow, s.outFlow]) ?? [])])];
  return all;
}

function fitProblems(recipe: Recipe, layout: FrameLayout, asBuilt: AsBuilt | undefined) {
  const line = readLine(layout, asBuilt);
  const ids = new Set(layout.tags.map((t) => t.id));
  return recipe.spec.methods.flatMap((m, i) => {
    const path = `methods[${i}]`;
    const wanted = 'groups' in m && m.groups ? m.groups.flat() : 'tags' in m ? m.tags : undefined;
    if (wanted) {
      const missing = wanted.filter((t) => !ids.has(t));
      if (missing.length > 0)
        return [
          unfit(
            recipe,
            `${path}.tags`,
            missing.join(', '),
            `tags of ${layout.plant}: ${[...ids].slice(0, 20).join(', ')}`,
          ),
        ];
    }
    if ('on' in m && m.on === 'tanks' && readTanks(layout, asBuilt).length === 0) {
      return [
        unfit(
          recipe,
          path,
          `${layout.plant}, which has no tank with a level, a temperature and a meter on every transfer`,
          asBuilt ? 'a tank farm' : 'as-built data of a tank farm',
        ),
      ];
    }
    const needsAir =
      m.method === 'gas-source' || (m.method === 'gas-level' && (m.over === 'background' || m.within !== undefined));
    if (needsAir && !readAir(layout, asBuilt)) {
      return [
        unfit(
          recipe,
          path,
          `${layout.plant}, which has no gas instruments with places and a wind`,
          asBuilt ? 'a site whose as-built data tell of its air' : 'as-built data of a site',
        ),
      ];
    }
    if (m.method === 'gas-level' && gasTags(m, layout).length < m.votes) {
      return [
        unfit(
          recipe,
          path,
          `${layout.plant}, which has fewer gas instruments than must vote`,
          'concentration or column tags',
        ),
      ];
    }
    const needsBalance = 'on' in m && m.on === 'balance';
    if (needsBalance && (line?.sections.length ?? 0) === 0) {
      return [
        unfit(
          recipe,
          path,
          `${layout.plant}, which has no two flow meters with pressures between them`,
          asBuilt ? 'a metered line' : 'as-built data of a metered line',
        ),
      ];
    }
    if (
      (m.method === 'wave' || m.method === 'rttm') &&
      !line?.spans.some((s) => layout.tags[s.up]!.width >= 4 && layout.tags[s.down]!.width >= 4)
    ) {
      return [
        unfit(
          recipe,
          path,
          `${layout.plant}, which has no two neighbouring pressures with blocks of fast samples`,
          'pressures of at least 4 samples per scan and as-built data',
        ),
      ];
    }
    return [];
  });
}

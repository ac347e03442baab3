/**
 * Draws of one seed: a bound scenario to concrete instants, places and sizes. The draws are listed by name, because a
 * log that does not say what was drawn cannot be argued with.
 */
import type { FaultForm, Problem, Result } from '../../models/contract/index.ts';
import { digestJson, SI_UNIT, type Stream, secondsToUs, seeded, UNITS } from '../../models/kernel/index.ts';
import type { EmitterSite, LeakSite } from '../../sim/index.ts';
import type { Expectation } from '../score/index.ts';
import type { BoundAction, BoundScenario, Property } from './bind.ts';
import { type Drawable, drawValue } from './draw.ts';
import type { DemandCommand } from './profile.ts';
import type { Pulse } from './pulse.ts';
import type { WeatherCommand } from './weather.ts';

export type Trigger =
  | { readonly kind: 'at'; readonly atUs: number }
  | { readonly kind: 'after'; readonly of: string; readonly byUs: number }
  | {
      readonly kind: 'when';
      readonly tag: string;
      readonly sense: 'below' | 'above';
      readonly limit: number;
      readonly forUs: number;
    };

export type LeakSize =
  | { readonly kind: 'area'; readonly area_m2: number }
  /** To be turned into an area at the head that stands over the place when the run begins. */
  | { readonly kind: 'rate'; readonly massRate_kg_s: number };

export type Action =
  | {
      readonly kind: 'leak';
      readonly leak: string;
      readonly size: LeakSize;
      readonly growth_s: number;
      readonly pulse?: Pulse;
      readonly closeAfterUs?: number;
    }
  | { readonly kind: 'close'; readonly leak: string }
  | {
      readonly kind: 'emission';
      readonly emission: string;
      readonly massRate_kg_s: number;
      readonly lastsUs?: number;
      readonly isLeak: boolean;
    }
  | { readonly kind: 'patrol'; readonly patrol: string; readonly lastsUs?: number }
  | { readonly kind: 'note'; readonly ref: string; readonly what: string }
  | { readonly kind: 'pump'; readonly element: string; readonly action: 'start' | 'stop' | 'trip' }
  | {
      readonly kind: 'move';
      readonly element: string;
      readonly property: Property;
      readonly how: 'to' | 'by';
      readonly value: number;
      readonly overUs: number;
    }
  | {
      readonly kind: 'fault';
      readonly fault: string;
      readonly target: string;
      readonly form: FaultForm;
      readonly size?: number;
      readonly every_s?: number;
      readonly lastsUs?: number;
    }
  | { readonly kind: 'clear'; readonly fault: string }
  | WeatherCommand
  | DemandCommand;

export interface TimelineEvent {
  readonly name: string;
  readonly trigger: Trigger;
  readonly actions: readonly Action[];
}

export interface Draw {
  /** `leak-1/diameter` */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** All that a run of a scenario is, apart from the plant and the detector; equal digests, equal runs. */
export interface ResolvedScenario {
  readonly scenario: string;
  readonly about: string;
  readonly plant: string;
  readonly seed: number;
  readonly durationUs: number;
  readonly tick_s?: number;
  readonly graceUs?: number;
  readonly leaks: readonly LeakSite[];
  readonly emitters?: readonly EmitterSite[];
  readonly timeline: readonly TimelineEvent[];
  readonly draws: readonly Draw[];
  readonly expect: readonly Expectation[];
  readonly digest: string;
}

/** An entry that repeats does so at most this often in one scenario. */
const MOST_TIMES = 100_000;

export function resolveScenario(bound: BoundScenario, seed: number): Result<ResolvedScenario> {
  const { located, plant, entries } = bound;
  const spec = located.value;
  const problems: Problem[] = [];
  const draws: Draw[] = [];
  const leaks: LeakSite[] = [];
  const emitters: EmitterSite[] = [];
  const chance = seeded(seed).stream('scenario');
  const timeline = entries.flatMap((entry): readonly TimelineEvent[] => {
    /** Of an entry that repeats: which time it is; the first keeps the entry's own name. */
    let time = 1;
    const nameNow = () => (time === 1 ? entry.name : `${entry.name}~${time}`);
    const report = (found: string, expected: string) => {
      problems.push(located.problemAt(entry.path, `${found} (seed ${seed})`, expected));
    };
    const take = (key: string, d: Drawable, unit: string): number => {
      const name = `${nameNow()}/${key}`;
      const value = drawValue(d, stream(chance, name), { seed, name });
      if (value === undefined) {
        report(`a draw of ${key} that misses its limits every time`, 'a distribution that reaches them');
        return 0;
      }
      if (typeof d !== 'number') draws.push({ name, value, unit });
      return value;
    };
    const takeUs = (key: string, d: Drawable) => secondsToUs(take(key, d, 's'));
    const t = entry.trigger;
    if (t.kind === 'every') {
      const intervalUs = takeUs('interval', t.interval);
      const fromUs = t.from === undefined ? intervalUs : takeUs('from', t.from);
      const events: TimelineEvent[] = [];
      for (let k = 0; k < (t.count ?? Number.POSITIVE_INFINITY); k += 1) {
        const plainUs = fromUs + k * intervalUs;
        if (plainUs >= t.untilUs || events.length >= MOST_TIMES) break;
        time = k + 1;
        const atUs = Math.max(0, plainUs + takeUs('jitter', t.jitter));
        if (atUs >= spec.duration) continue;
        const actions = entry.actions.map((a) => resolveAction(a));
        events.push({ name: nameNow(), trigger: { kind: 'at', atUs }, actions });
      }
      return events;
    }
    const trigger: Trigger =
      t.kind === 'at'
        ? { kind: 'at', atUs: takeUs('at', t.at) }
        : t.kind === 'after'
          ? { kind: 'after', of: t.of, byUs: takeUs('by', t.by) }
          : t;
    if (trigger.kind === 'at' && trigger.atUs >= spec.duration)
      report(`a drawn time of ${trigger.atUs / 1e6} s`, 'a time before the end of the scenario');
    return [{ name: entry.name, trigger, actions: entry.actions.map((a) => resolveAction(a)) }];

    function resolveAction(a: BoundAction): Action {
      switch (a.kind) {
        case 'leak': {
          const place =
            'kp' in a.place
              ? plant.pipeAt(take('kp', a.place.kp, 'm'))
              : { pipe: a.place.pipe, fraction: take('fraction', a.place.fraction, '1') };
          if (!place) report('a drawn place beside the line', 'a place on a pipe');
          else {
            leaks.push({
              id: a.leak,
              ...place,
              dischargeCoefficient: a.dischargeCoefficient,
              backHead_m: a.backPressure_Pa > 0 ? a.backPressure_Pa / (plant.densityAt(place.pipe) * 9.80665) : 0,
            });
          }
          return {
            kind: 'leak',
            leak: a.leak,
            size: leakSize(a, take, place?.pipe ?? ''),
            growth_s: take('growth', a.growth, 's'),
            ...(a.pulse === undefined ? {} : { pulse: a.pulse }),
            ...(a.closeAfter === undefined ? {} : { closeAfterUs: takeUs('close-after', a.closeAfter) }),
          };
        }
        case 'emission': {
          emitters.push(a.site);
          return {
            kind: 'emission',
            emission: a.site.id,
            massRate_kg_s: take('rate', a.rate, 'kg/s'),
            isLeak: a.site.isLeak === true,
            ...(a.lasts === undefined ? {} : { lastsUs: takeUs('for', a.lasts) }),
          };
        }
        case 'patrol':
          return {
            kind: 'patrol',
            patrol: a.patrol,
            ...(a.lasts === undefined ? {} : { lastsUs: takeUs('for', a.lasts) }),
          };
        case 'move': {
          const { element, property, how, over } = a;
          const of = UNITS[plant.control(`${element}.${property}`)?.unit ?? ''];
          const unit = of ? SI_UNIT[of.dimension] : '1';
          const value = take(entry.actions.length > 1 ? `${element}` : how, a.value, unit);
          return { kind: 'move', element, property, how, value, overUs: takeUs('over', over) };
        }
        case 'fault': {
          const { size, every, lasts, ...rest } = a;
          return {
            ...rest,
            ...(size === undefined ? {} : { size: take('size', size, plant.tag(a.target)?.unit ?? '') }),
            ...(every === undefined ? {} : { every_s: take('every', every, 's') }),
            ...(lasts === undefined ? {} : { lastsUs: takeUs('for', lasts) }),
          };
        }
        default:
          return a;
      }
    }
  });
  if (problems.length > 0) return { ok: false, problems };

  function leakSize(
    a: Extract<BoundAction, { kind: 'leak' }>,
    take: (k: string, d: Drawable, u: string) => number,
    pipe: string,
  ): LeakSize {
    switch (a.size.kind) {
      case 'diameter':
        return { kind: 'area', area_m2: (Math.PI / 4) * take('diameter', a.size.value, 'm') ** 2 };
      case 'area':
        return { kind: 'area', area_m2: take('area', a.size.value, 'm2') };
      case 'rate': {
        const { of, value } = a.size.value;
        const v = take('rate', value, { share: '1', mass: 'kg/s', volume: 'm3/s' }[of]);
        const volume_m3_s = of === 'share' ? v * plant.designFlow_m3_s : v;
        return { kind: 'rate', massRate_kg_s: of === 'mass' ? v : volume_m3_s * plant.densityAt(pipe) };
      }
    }
  }

  const body = {
    scenario: spec.scenario,
    plant: plant.spec.plant,
    seed,
    durationUs: spec.duration as number,
    ...(spec.step === undefined ? {} : { tick_s: spec.step }),
    ...(spec.grace === undefined ? {} : { graceUs: spec.grace as number }),
    leaks,
    ...(emitters.length > 0 ? { emitters } : {}),
    timeline,
    draws,
    expect: spec.expect,
  };
  return { ok: true, value: { ...body, about: spec.about, digest: digestJson(body) } };
}

/** One stream per part of the name, so that `leak-1/diameter` is the same whoever asks. */
function stream(root: Stream, name: string): Stream {
  return name.split('/').reduce((s, part) => s.stream(part), root);
}

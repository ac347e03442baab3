/**
 * Random valid scenarios of a plant, by swarm testing: each case first draws which features it may use at all and then
 * draws its events from these alone, because a case that always uses everything never lets one of them run far (Groce et al.,
 * Swarm Testing, ISSTA 2012). A case is a function of (plant, seed, number).
 */
import { FAULT_FORMS } from '../../models/contract/index.ts';
import { type Stream, seeded, UNITS } from '../../models/kernel/index.ts';
import type { PlantContext } from '../engine/index.ts';

/** Drawn elsewhere, or only of some gas detectors, which each take a size of their own. */
const OTHER_FORMS: readonly string[] = ['communication-loss', 'poisoned', 'beam-block', 'fog'];
/** Faults that have no size. */
const SIZELESS: readonly string[] = ['stuck', 'drop-out'];

export type Entry = Record<string, unknown>;

/** A scenario as it would be written, before it is YAML. */
export interface Case {
  readonly scenario: string;
  readonly about: string;
  readonly plant: string;
  readonly duration: string;
  readonly seed: number;
  readonly timeline: readonly Entry[];
}

export const FEATURES = [
  'pumps',
  'speeds',
  'valves',
  'set-points',
  'faults',
  'communication',
  'leaks',
  'repeats',
] as const;
export type Feature = (typeof FEATURES)[number];

const SCANS = 240;
const MOST_EVENTS = 10;
const LARGEST_HOLE_MM = 25;

/** `plant`: by the name or path that the scenario is to bear. */
export function drawCase(context: PlantContext, plant: string, seed: number, number: number): Case {
  const chance = seeded(seed).stream('fuzz').stream(String(number));
  const dice = new Dice(chance);
  const scan_s = context.layout.scanUs / 1e6;
  const span_s = Math.max(60, Math.ceil((SCANS * scan_s) / 60) * 60);
  const possible = makers(context, span_s);
  const chosen = FEATURES.filter((f) => possible[f] !== undefined && dice.coin());
  const timeline: Entry[] = [];
  const events = chosen.length === 0 ? 0 : 1 + dice.below(MOST_EVENTS);
  for (let i = 0; i < events; i += 1) timeline.push(...possible[dice.one(chosen)]!(dice, i + 1));
  return {
    scenario: `fuzz-${seed}-${number}`,
    about: `Drawn by leaktwin fuzz: ${chosen.join(', ') || 'nothing happens'}.`,
    plant,
    duration: `${span_s / 60} min`,
    seed: 1 + dice.below(1_000_000),
    timeline,
  };
}

/** Draws one after the other from a stream that belongs to one case. */
class Dice {
  private n = 0;
  private readonly stream: Stream;
  constructor(stream: Stream) {
    this.stream = stream;
  }
  uniform(from = 0, to = 1): number {
    this.n += 1;
    return from + this.stream.uniform(this.n) * (to - from);
  }
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }
  coin(): boolean {
    return this.uniform() < 0.5;
  }
  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

type Maker = (dice: Dice, n: number) => Entry[];

const digits = (x: number, n = 3) => Number(x.toPrecision(n));

/** What this plant can do of each feature; absent where it can do nothing of it. */
function makers(plant: PlantContext, span_s: number): Partial<Record<Feature, Maker>> {
  const of = (property: string) => plant.movable.filter((m) => plant.property(m) === property);
  const [pumps, valves, setters] = [of('speed'), of('opening'), of('setPoint')];
  const when = (dice: Dice) => ({ at: `${Math.round(dice.uniform(0, 0.9 * span_s))} s` });
  const over = (dice: Dice) => (dice.coin() ? {} : { over: `${Math.round(dice.uniform(1, 0.1 * span_s))} s` });
  const percent = (dice: Dice, from: number, to: number) => `${Math.round(dice.uniform(from, to))} %`;
  const tags = plant.layout.tags.filter((t) => t.unit !== '' && UNITS[t.unit] !== undefined);
  const hole = (dice: Dice) => ({ diameter: `${digits(dice.uniform(1, LARGEST_HOLE_MM), 2)} mm` });
  // Differences of a set point: a tenth of what a pressure controller holds, at most.
  const differences = setters.filter((s) => UNITS[plant.control(s)?.unit ?? '']?.dimension === 'pressure');
  const turns = [...pumps.map((p) => ['pump-stop', p]), ...valves.map((v) => ['valve', v])] as const;
  return {
    ...(pumps.length === 0
      ? {}
      : {
          pumps: (dice: Dice) => [
            { ...when(dice), disturbance: dice.one(['pump-start', 'pump-stop', 'pump-trip']), target: dice.one(pumps) },
          ],
          speeds: (dice: Dice) => [
            {
              ...when(dice),
              disturbance: 'speed-change',
              target: dice.one(pumps),
              to: percent(dice, 60, 100),
              ...over(dice),
            },
          ],
        }),
    ...(valves.length === 0
      ? {}
      : {
          valves: (dice: Dice) => [
            {
              ...when(dice),
              disturbance: 'valve-move',
              target: dice.one(valves),
              to: percent(dice, 0, 100),
              ...over(dice),
            },
          ],
        }),
    ...(differences.length === 0
      ? {}
      : {
          'set-points': (dice: Dice) => [
            {
              ...when(dice),
              disturbance: 'set-point-change',
              target: dice.one(differences),
              by: `${digits(dice.uniform(-0.5, 0.5), 2)} bar`,
              ...over(dice),
            },
          ],
        }),
    faults: (dice, n) => {
      const form = dice.one(FAULT_FORMS.filter((f) => !OTHER_FORMS.includes(f)));
      const size = `${digits(dice.uniform(0.1, 20), 2)} % of span`;
      return [
        {
          ...when(dice),
          fault: `fault-${n}`,
          tag: dice.one(tags).id,
          form,
          ...(SIZELESS.includes(form) ? {} : { size: form === 'drift' ? `${size} per h` : size }),
          ...(form === 'spikes' ? { every: `${Math.round(dice.uniform(5, 60))} s` } : {}),
          ...(dice.coin() ? {} : { for: `${Math.round(dice.uniform(1, 0.5 * span_s))} s` }),
        },
      ];
    },
    communication: (dice, n) => [
      {
        ...when(dice),
        fault: `fault-${n}`,
        station: dice.one(plant.stationIds),
        form: 'communication-loss',
        ...(dice.coin() ? {} : { for: `${Math.round(dice.uniform(1, 0.5 * span_s))} s` }),
      },
    ],
    leaks: (dice, n) => [
      {
        ...when(dice),
        leak: `leak-${n}`,
        on: { pipe: dice.one(plant.pipes).id, fraction: percent(dice, 0, 100) },
        ...hole(dice),
        ...(dice.coin() ? {} : { growth: `${Math.round(dice.uniform(1, 0.3 * span_s))} s` }),
        ...(dice.coin() ? {} : { 'close-after': `${Math.round(dice.uniform(1, 0.5 * span_s))} s` }),
      },
    ],
    ...(turns.length === 0
      ? {}
      : {
          repeats: (dice: Dice) => {
            const [kind, target] = dice.one(turns);
            const every = {
              interval: `${Math.round(dice.uniform(0.05 * span_s, 0.5 * span_s))} s`,
              count: 1 + dice.below(5),
              jitter: { draw: 'uniform', from: '-3 s', to: '3 s' },
            };
            return kind === 'valve'
              ? [{ every, set: { [target!]: percent(dice, 10, 100) } }]
              : [{ every, disturbance: dice.one(['pump-stop', 'pump-start']), target }];
          },
        }),
  };
}

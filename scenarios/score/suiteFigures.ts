/**
 * What the pictures of a suite are drawn from: detection times with their censoring, sizes, false alarms with their exposure.
 * Only runs that are valid; a leak that was not found is "longer than it was watched", never left out.
 */
import { type Card, rungOf } from '../../models/contract/index.ts';
import { type Interval, poissonInterval } from '../../models/kernel/index.ts';
import { fitLogistic, type Lifetime, type SurvivalCurve, survivalCurve } from '../../models/kernel/statistics/index.ts';
import { count, number } from './text.ts';

const YEAR_S = 365.25 * 86_400;

/** One leak of one run under one recipe. */
export interface Detection extends Lifetime {
  readonly plant: string;
  readonly scenario: string;
  readonly recipe: string;
  readonly seed: number;
  readonly runId: string;
  readonly of: string;
  readonly massRate_kg_s: number | null;
  readonly target_s: number | null;
}

export function detections(cards: readonly Card[]): Detection[] {
  return cards.flatMap((card) => {
    if (card.status !== 'valid') return [];
    const { plant, scenario, recipe, seed, runId } = card;
    return (card.leaks ?? []).flatMap(({ of, massRate_kg_s, watched_s }) => {
      const v = card.verdicts.find((x) => x.criterion === 'latency' && x.of === of);
      if (!v) return [];
      const found = v.actual !== null;
      return [
        {
          plant,
          scenario,
          recipe,
          seed,
          runId,
          of,
          massRate_kg_s,
          target_s: v.target,
          found,
          time: found ? v.actual! : watched_s,
        },
      ];
    });
  });
}

/** Detection times of one leak of one scenario, a curve per recipe, and how soon it could have been found. */
export interface SurvivalPanel {
  readonly scenario: string;
  readonly of: string;
  readonly target_s: number | null;
  readonly curves: readonly { readonly recipe: string; readonly curve: SurvivalCurve; readonly watched_s: number }[];
  /** Means over the seeds; absent where no bound was asked for or nothing can be found. */
  readonly clairvoyant_s?: number;
  readonly realisable_s?: number;
}

export function survivalPanels(cards: readonly Card[]): SurvivalPanel[] {
  const all = detections(cards);
  const panels = new Map<string, Detection[]>();
  for (const d of all) {
    const key = `${d.scenario}\n${d.of}`;
    panels.set(key, [...(panels.get(key) ?? []), d]);
  }
  return [...panels.values()].map((of) => {
    const { scenario, of: leak, target_s } = of[0]!;
    const recipes = [...new Set(of.map((d) => d.recipe))];
    const bounds = cards
      .filter((c) => c.scenario === scenario && c.recipe === recipes[0])
      .flatMap((c) => c.bounds?.filter((b) => b.of === leak) ?? []);
    const clairvoyant = meanOf(bounds.flatMap((b) => b.clairvoyant.stationary_s ?? []));
    const realisable = meanOf(bounds.flatMap((b) => b.realisable?.stationary_s ?? []));
    return {
      scenario,
      of: leak,
      target_s,
      curves: recipes.map((recipe) => {
        const own = of.filter((d) => d.recipe === recipe);
        return { recipe, curve: survivalCurve(own), watched_s: Math.max(...own.map((d) => d.time)) };
      }),
      ...(clairvoyant === undefined ? {} : { clairvoyant_s: clairvoyant }),
      ...(realisable === undefined ? {} : { realisable_s: realisable }),
    };
  });
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((s, v) => s + v, 0) / values.length;
}

/** Size against detection time on one plant; present where sizes differ by a tenth at least. */
export interface PerformanceMap {
  readonly plant: string;
  readonly detections: readonly (Detection & { readonly massRate_kg_s: number })[];
  /** Size that each recipe finds in nine of ten runs; absent where all or none were found. */
  readonly limits: readonly { readonly recipe: string; readonly dl90_kg_s: number }[];
}

export function performanceMaps(cards: readonly Card[]): PerformanceMap[] {
  const sized = detections(cards).flatMap((d) => {
    const { massRate_kg_s } = d;
    return massRate_kg_s !== null && massRate_kg_s > 0 ? [{ ...d, massRate_kg_s }] : [];
  });
  return [...new Set(sized.map((d) => d.plant))].flatMap((plant) => {
    const own = sized.filter((d) => d.plant === plant);
    const sizes = own.map((d) => d.massRate_kg_s);
    if (Math.max(...sizes) < 1.1 * Math.min(...sizes)) return [];
    const limits = [...new Set(own.map((d) => d.recipe))].flatMap((recipe) => {
      const trials = own.filter((d) => d.recipe === recipe).map((d) => ({ size: d.massRate_kg_s, found: d.found }));
      const found = trials.filter((t) => t.found).length;
      if (found === 0 || found === trials.length || new Set(trials.map((t) => t.size)).size < 2) return [];
      const dl90_kg_s = fitLogistic(trials).sizeAt(0.9);
      return Number.isFinite(dl90_kg_s) ? [{ recipe, dl90_kg_s }] : [];
    });
    return [{ plant, detections: own, limits }];
  });
}

/** False alarms of one recipe on one plant, over all of its scenarios. */
export interface FalseAlarmRate {
  readonly plant: string;
  readonly recipe: string;
  readonly alarms: number;
  readonly exposure_s: number;
  /** Per year, with its exact interval. */
  readonly rate_1_yr: number;
  readonly interval: Interval;
  readonly yearly: string;
}

export function falseAlarmRates(cards: readonly Card[]): FalseAlarmRate[] {
  const groups = new Map<string, { plant: string; recipe: string; alarms: number; exposure_s: number }>();
  for (const { status, plant, recipe, verdicts } of cards) {
    if (status !== 'valid') continue;
    const key = `${plant}\n${recipe}`;
    const group = groups.get(key) ?? { plant, recipe, alarms: 0, exposure_s: 0 };
    groups.set(key, group);
    const v = verdicts.find((x) => x.criterion === 'false-alarms');
    group.alarms += v?.count ?? 0;
    group.exposure_s += v?.exposure_s ?? 0;
  }
  return [...groups.values()].flatMap((g) => {
    if (g.exposure_s <= 0) return [];
    const interval = poissonInterval(g.alarms, g.exposure_s / YEAR_S);
    return [{ ...g, rate_1_yr: (g.alarms * YEAR_S) / g.exposure_s, interval, yearly: yearly(g.alarms, g.exposure_s) }];
  });
}

/** False alarms of a recipe on a stretch of a plant's line or at a group of equipment, over all leak-free time of the plant. */
export function segmentRates(cards: readonly Card[]) {
  return falseAlarmRates(cards).flatMap(({ plant, recipe, exposure_s }) => {
    const counts = new Map<string, number>();
    for (const card of cards) {
      if (card.status !== 'valid' || card.plant !== plant || card.recipe !== recipe) continue;
      const segments = card.verdicts.find((v) => v.criterion === 'false-alarms')?.segments ?? [];
      for (const s of segments) counts.set(s.segment, (counts.get(s.segment) ?? 0) + s.count);
    }
    return [...counts].map(([segment, alarms]) => {
      const years = exposure_s / YEAR_S;
      return { plant, recipe, segment, alarms, rate_1_yr: alarms / years, interval: poissonInterval(alarms, years) };
    });
  });
}

/** Is "at most one false alarm a year" shown (95 %)? In a sentence, with what it would take. */
export function yearly(alarms: number, exposure_s: number): string {
  const hours = number(exposure_s / 3600);
  const { high } = poissonInterval(alarms, exposure_s / YEAR_S);
  const of = `${hours} simulated leak-free hours with ${count(alarms, 'false alarm', 'false alarms')}`;
  if (high <= 1) return `At most one a year is shown by ${of}.`;
  // The exposure at which this many alarms would just show it: the limit scales with 1 / time.
  const wanted = (high * exposure_s) / 3600;
  return `At most one a year is not shown by ${of}; with no more alarms it takes ${number(Math.ceil(wanted))} h.`;
}

/** Delay against false alarms, a point per recipe of a plant; only where several watched the same leaks. */
export interface OperatingPoint {
  readonly plant: string;
  readonly recipe: string;
  readonly rate: FalseAlarmRate;
  readonly found: number;
  readonly leaks: number;
  /** Over all leaks of the plant, a miss counted with the time that it was watched. */
  readonly meanDelay_s: number;
}

export function operatingPoints(cards: readonly Card[]): OperatingPoint[] {
  const all = detections(cards);
  const points = falseAlarmRates(cards).flatMap((rate) => {
    const own = all.filter((d) => d.plant === rate.plant && d.recipe === rate.recipe);
    if (own.length === 0) return [];
    return [
      {
        plant: rate.plant,
        recipe: rate.recipe,
        rate,
        found: own.filter((d) => d.found).length,
        leaks: own.length,
        meanDelay_s: meanOf(own.map((d) => d.time))!,
      },
    ];
  });
  return points.filter((p) => points.some((q) => q.plant === p.plant && q.recipe !== p.recipe));
}

/** Points of one recipe at several thresholds, from the strictest to the loosest design. */
export function operatingCurves(cards: readonly Card[]) {
  return operatingPoints(cards)
    .map(({ plant, recipe, rate, found, leaks, meanDelay_s }) => {
      const { rate_1_yr, interval, alarms, exposure_s } = rate;
      return { plant, ...rungOf(recipe), rate_1_yr, interval, alarms, exposure_s, found, leaks, meanDelay_s };
    })
    .sort(
      (a, b) =>
        (a.plant < b.plant ? -1 : a.plant > b.plant ? 1 : 0) ||
        (a.recipe < b.recipe ? -1 : a.recipe > b.recipe ? 1 : 0) ||
        a.factor - b.factor,
    );
}

/** Cards of recipes as they are written, without those at other thresholds. */
export function plainCards(cards: readonly Card[]): Card[] {
  return cards.filter((c) => rungOf(c.recipe).factor === 1);
}

/** What an engineer should look at first: misses, runs with the most false alarms, and the latest findings. */
export interface WorstCase {
  readonly card: Card;
  readonly what: string;
  readonly badness: number;
}

export function worstCases(cards: readonly Card[], most: number): WorstCase[] {
  const all = cards.flatMap((card): WorstCase[] => {
    if (card.status !== 'valid') return [{ card, what: `${card.status}: ${card.because}`, badness: 1e6 }];
    return card.verdicts.flatMap((v): WorstCase[] => {
      if (v.criterion === 'latency' && v.actual === null && v.status === 'fail')
        return [{ card, what: `${v.of} not found`, badness: 1e4 }];
      if (v.criterion === 'false-alarms' && (v.count ?? 0) > 0)
        return [{ card, what: count(v.count!, 'false alarm', 'false alarms'), badness: 10 * v.count! }];
      if (v.criterion === 'latency' && v.actual !== null && v.target !== null && v.actual > v.target)
        return [
          {
            card,
            what: `${v.of} found after ${number(v.actual)} s, ${number(v.actual / v.target)} × the target`,
            badness: v.actual / v.target,
          },
        ];
      return [];
    });
  });
  return all.sort((a, b) => b.badness - a.badness).slice(0, most);
}

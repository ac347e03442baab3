/**
 * A comparison that ends when it is decided: seeds are added in a few looks, and each look is held to the limit that
 * O'Brien–Fleming spending leaves it, so that looking often does not make chance look like a difference.
 */
import type { Card } from '../../models/contract/index.ts';
import { type Look, looksAt } from '../../models/kernel/statistics/index.ts';
import { type Comparison, type ComparisonRow, compareCards, formatComparison } from './compare.ts';
import { count, number } from './text.ts';

export const DECIDABLE = ['latency', 'detected', 'location', 'false-alarms'] as const;
export type Decidable = (typeof DECIDABLE)[number];

const LOOKS = 5;
const FEWEST_SEEDS = 5;

export interface PlannedLook extends Look {
  /** Seeds of each scenario seen by then. */
  readonly seeds: number;
}

/** At how many seeds a comparison within a budget is looked at, and how strictly. */
export function planLooks(budget: number, level = 0.95): PlannedLook[] {
  const seeds = Array.from({ length: LOOKS }, (_, i) => Math.ceil((budget * (i + 1)) / LOOKS)).filter(
    (n, i, all) => n >= Math.min(FEWEST_SEEDS, budget) && all.indexOf(n) === i,
  );
  return looksAt(
    seeds.map((n) => n / budget),
    level,
  ).map((look, i) => ({ ...look, seeds: seeds[i]! }));
}

export interface SequentialResult {
  readonly criterion: Decidable;
  readonly verdict: ComparisonRow['verdict'];
  /** Of each scenario, used and allowed. */
  readonly seeds: number;
  readonly budget: number;
  readonly looks: readonly (PlannedLook & { readonly effect: number | null; readonly foundP: number })[];
  readonly comparison: Comparison;
}

/**
 * Looks until `criterion` is decided or the budget is spent. `cardsAt(seeds)` gives the cards of A and B over so many seeds, or
 * undefined where the work was stopped.
 */
export async function untilDecided(
  criterion: Decidable,
  budget: number,
  cardsAt: (seeds: number) => Promise<{ readonly a: readonly Card[]; readonly b: readonly Card[] } | undefined>,
  options: { readonly level?: number; readonly effect?: number } = {},
): Promise<SequentialResult | undefined> {
  const plan = planLooks(budget, options.level);
  const seen: (PlannedLook & { effect: number | null; foundP: number })[] = [];
  for (const look of plan) {
    const cards = await cardsAt(look.seeds);
    if (!cards) return undefined;
    const comparison = compareCards(cards.a, cards.b, { ...options, level: 1 - look.p });
    const row = comparison.criteria.find((r) => r.criterion === criterion && r.scenario === 'all');
    seen.push({ ...look, effect: row?.effect ?? null, foundP: row?.p ?? 1 });
    const verdict = row?.verdict ?? 'unknown';
    if (verdict !== 'unknown' || look === plan.at(-1))
      return { criterion, verdict, seeds: look.seeds, budget, looks: seen, comparison };
  }
  return undefined;
}

export function formatSequential(r: SequentialResult): string {
  const lines = r.looks.map(
    (l) =>
      `  ${count(l.seeds, 'seed', 'seeds').padStart(10)}  B over A ${l.effect === null ? '–' : number(l.effect)}, p ${number(l.foundP)}, must be below ${l.p.toPrecision(2)}`,
  );
  const end =
    r.verdict === 'unknown'
      ? `Not decided within the budget of ${r.budget} seeds.`
      : `Decided after ${r.seeds} of ${r.budget} seeds: ${r.verdict}.`;
  return `${formatComparison(r.comparison)}\n${r.criterion} at each look (O'Brien–Fleming spending, two-sided)\n${lines.join('\n')}\n${end}\n`;
}

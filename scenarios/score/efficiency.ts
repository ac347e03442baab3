/**
 * How near a detector comes to what is possible.
 *
 *   η = mean of the stationary bound / mean latency        over an ensemble of seeds, never of one run
 *
 * Most single runs beat a bound of the mean. A leak that was not found counts with the time in which it could have been, so that
 * leaving out the hard ones does not pay. The interval is a bootstrap over seeds.
 */
import type { BoundFigure, Card, LeakBound } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { bootstrapPercentile } from '../../models/kernel/statistics/index.ts';
import type { SummaryRow } from './ensemble.ts';
import { number } from './text.ts';

type Row = Omit<SummaryRow, 'recipe' | 'scenario'>;

const FEWEST = 5;

/** Rows `efficiency-clairvoyant` and `efficiency-realisable` of each leak; none where no card carries a bound. */
export function efficiencies(cards: readonly Card[]): Row[] {
  const names = new Set(cards.flatMap((c) => (c.bounds ?? []).map((b) => b.of)));
  const rows: Row[] = [];
  for (const of of names) {
    rows.push(...efficiency(cards, of, 'clairvoyant', (b) => b.clairvoyant));
    rows.push(...efficiency(cards, of, 'realisable', (b) => b.realisable));
  }
  return rows;
}

interface Pair {
  readonly bound_s: number;
  readonly latency_s: number;
  readonly found: boolean;
}

function efficiency(
  cards: readonly Card[],
  of: string,
  kind: string,
  pick: (b: LeakBound) => BoundFigure | undefined,
): Row[] {
  const pairs: Pair[] = [];
  let hopeless = 0;
  for (const card of cards) {
    const bound = card.bounds?.find((b) => b.of === of);
    const figure = bound && pick(bound);
    const verdict = card.verdicts.find((v) => v.criterion === 'latency' && v.of === of);
    if (!bound || !figure || !verdict) continue;
    // Where not even the optimum finds it within the run, nobody can be blamed for not finding it.
    if (figure.stationary_s === null) hopeless += 1;
    else
      pairs.push({
        bound_s: figure.stationary_s,
        latency_s: verdict.actual ?? bound.watched_s,
        found: verdict.actual !== null,
      });
  }
  if (pairs.length === 0 && hopeless === 0) return [];
  const base = { criterion: `efficiency-${kind}`, of, target: null, status: 'not-applicable' as const, unit: '' };
  const aside =
    hopeless === 0
      ? ''
      : ` ${hopeless} of ${hopeless + pairs.length} leaks are beyond any detector within the run, set aside.`;
  if (pairs.length === 0)
    return [{ ...base, actual: null, runs: 0, because: `No leak could be found within its run.${aside}` }];
  const ratio = (indices: ArrayLike<number>) => {
    let bound = 0;
    let latency = 0;
    for (let i = 0; i < indices.length; i += 1) {
      const p = pairs[indices[i]!]!;
      bound += p.bound_s;
      latency += p.latency_s;
    }
    return bound / latency;
  };
  const n = pairs.length;
  const actual = ratio(pairs.map((_, i) => i));
  const interval =
    n < FEWEST ? undefined : bootstrapPercentile(n, ratio, seeded(n).stream(`efficiency/${kind}`), { draws: 2000 });
  const mean = (pickOne: (p: Pair) => number) => pairs.reduce((s, p) => s + pickOne(p), 0) / n;
  const missed = pairs.filter((p) => !p.found).length;
  const misses = missed === 0 ? '' : ` ${missed} of ${n} were not found and count with the rest of their run.`;
  return [
    {
      ...base,
      actual,
      ...(interval ? { interval } : {}),
      runs: n,
      because: `Stationary ${kind} bound ${number(mean((p) => p.bound_s))} s against a mean latency of ${number(mean((p) => p.latency_s))} s.${misses}${aside}`,
    },
  ];
}

/**
 * Is B better than A? Paired by scenario and seed, because both saw the same plant, leak and noise; the answer is better, worse or
 * not yet known, and how many more seeds would tell.
 *
 *   detected       McNemar's exact test over all leaks
 *   latency        mean ln(B/A) over leaks that both found, studentised bootstrap
 *   location       the same of the error plus one metre, so that a lucky zero does not decide
 *   false alarms   exact interval of the rate ratio
 *
 * Rows of single scenarios are corrected for their number (Holm); the pooled rows are not, each asks one question.
 */
import type { Card, Verdict } from '../../models/contract/index.ts';
import { type Interval, seeded } from '../../models/kernel/index.ts';
import {
  bootstrapMean,
  holm,
  mcnemar,
  meanAndDeviation,
  normalQuantile,
  rateRatio,
  seedsNeeded,
  studentCdf,
  studentQuantile,
} from '../../models/kernel/statistics/index.ts';
import { count, number } from './text.ts';

export type ComparisonVerdict = 'better' | 'worse' | 'unknown';

export interface ComparisonRow {
  readonly criterion: string;
  /** `all`, or one scenario. */
  readonly scenario: string;
  /** Of B against A. */
  readonly verdict: ComparisonVerdict;
  /** B over A for latency, location and false alarms; difference of shares for detected. Null where there is nothing to compare. */
  readonly effect: number | null;
  readonly interval?: Interval;
  readonly p: number;
  /** Pairs that this row stands on. */
  readonly pairs: number;
  /** Pairs in all with which the question would be decided; null where it is, or where no number would do. */
  readonly seedsNeeded: number | null;
  readonly because: string;
}

export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly pairs: number;
  /** Runs that have no partner, or are not valid in both. */
  readonly unpaired: number;
  readonly criteria: readonly ComparisonRow[];
}

export interface CompareOptions {
  readonly level?: number;
  /** The smallest relative difference of latency that must not be missed, default 0.1. */
  readonly effect?: number;
}

interface Pair {
  readonly scenario: string;
  readonly a: Card;
  readonly b: Card;
}

/** Compares the cards of two detectors. Cards of one recipe each; the caller picks them. */
export function compareCards(a: readonly Card[], b: readonly Card[], options: CompareOptions = {}): Comparison {
  const { level = 0.95, effect = 0.1 } = options;
  const key = (c: Card) => `${c.scenario}\n${c.seed}`;
  const partner = new Map(b.map((c) => [key(c), c]));
  const pairs: Pair[] = [];
  for (const card of a) {
    const other = partner.get(key(card));
    if (other && card.status === 'valid' && other.status === 'valid')
      pairs.push({ scenario: card.scenario, a: card, b: other });
  }
  const scenarios = [...new Set(pairs.map((p) => p.scenario))];
  const pooled = rowsOf(pairs, 'all', level, effect);
  const single = scenarios.length < 2 ? [] : scenarios.flatMap((s) => rowsOf(of(pairs, s), s, level, effect));
  return {
    a: a[0]?.recipe ?? '',
    b: b[0]?.recipe ?? '',
    pairs: pairs.length,
    unpaired: a.length + b.length - 2 * pairs.length,
    criteria: [...pooled, ...corrected(single, level)],
  };
}

const of = (pairs: readonly Pair[], scenario: string) => pairs.filter((p) => p.scenario === scenario);

/** A difference of one scenario among many counts only after Holm's correction of the rows of its criterion. */
function corrected(rows: readonly ComparisonRow[], level: number): ComparisonRow[] {
  const byCriterion = new Map<string, ComparisonRow[]>();
  for (const r of rows) byCriterion.set(r.criterion, [...(byCriterion.get(r.criterion) ?? []), r]);
  const adjusted = new Map<ComparisonRow, number>();
  for (const group of byCriterion.values())
    holm(group.map((r) => r.p)).forEach((p, i) => {
      adjusted.set(group[i]!, p);
    });
  return rows.map((r) => {
    const p = adjusted.get(r)!;
    return r.verdict !== 'unknown' && p > 1 - level ? { ...r, p, verdict: 'unknown' as const } : { ...r, p };
  });
}

function rowsOf(pairs: readonly Pair[], scenario: string, level: number, effect: number): ComparisonRow[] {
  return [
    detectedRow(pairs, scenario, level),
    ratioRow(pairs, scenario, level, effect, 'latency', (v) => v),
    ratioRow(pairs, scenario, level, effect, 'location', (v) => v + 1),
    falseAlarmRow(pairs, scenario, level),
  ].filter((r) => r.pairs > 0);
}

/** The same question in both cards: verdict of A and of B. */
function matched(pairs: readonly Pair[], criterion: string): { a: Verdict; b: Verdict }[] {
  return pairs.flatMap((p) =>
    p.a.verdicts.flatMap((va) => {
      if (va.criterion !== criterion) return [];
      const vb = p.b.verdicts.find((v) => v.criterion === criterion && v.of === va.of);
      return vb ? [{ a: va, b: vb }] : [];
    }),
  );
}

function detectedRow(pairs: readonly Pair[], scenario: string, level: number): ComparisonRow {
  // Every leak that opened has a latency verdict: a number, or never.
  const both = matched(pairs, 'latency').filter(({ a }) => !a.because.includes('never opened'));
  let onlyA = 0;
  let onlyB = 0;
  for (const { a, b } of both) {
    if (a.actual !== null && b.actual === null) onlyA += 1;
    if (a.actual === null && b.actual !== null) onlyB += 1;
  }
  const n = both.length;
  const p = mcnemar(onlyA, onlyB);
  const decided = p <= 1 - level;
  const differ = onlyA + onlyB;
  const apart = Math.abs(onlyA - onlyB);
  const z = normalQuantile((1 + level) / 2);
  return {
    criterion: 'detected',
    scenario,
    verdict: decided ? (onlyB > onlyA ? 'better' : 'worse') : 'unknown',
    effect: n === 0 ? null : (onlyB - onlyA) / n,
    p,
    pairs: n,
    seedsNeeded: decided || apart === 0 ? null : Math.ceil((n * z * z * differ) / (apart * apart)),
    because: `${onlyA} found by A alone, ${onlyB} by B alone, ${n - differ} alike.`,
  };
}

function ratioRow(
  pairs: readonly Pair[],
  scenario: string,
  level: number,
  effect: number,
  criterion: string,
  value: (actual: number) => number,
): ComparisonRow {
  const logs = matched(pairs, criterion).flatMap(({ a, b }) =>
    a.actual === null || b.actual === null || value(a.actual) <= 0 || value(b.actual) <= 0
      ? []
      : [Math.log(value(b.actual) / value(a.actual))],
  );
  const base = { criterion, scenario, pairs: logs.length };
  if (logs.length < 3)
    return {
      ...base,
      verdict: 'unknown',
      effect: logs.length === 0 ? null : Math.exp(logs.reduce((s, v) => s + v, 0) / logs.length),
      p: 1,
      seedsNeeded: null,
      because: `${count(logs.length, 'pair', 'pairs')} that both found: too few to say anything.`,
    };
  const { mean, interval, p } =
    level > MOST_OF_BOOTSTRAP
      ? studentMean(logs, level)
      : bootstrapMean(logs, seeded(logs.length).stream(`compare/${scenario}/${criterion}`), { level, draws: DRAWS });
  const verdict = interval.high < 0 ? 'better' : interval.low > 0 ? 'worse' : 'unknown';
  const { deviation } = meanAndDeviation(logs);
  const needed = seedsNeeded({ deviation, pilot: logs.length, effect: Math.log1p(effect), level });
  return {
    ...base,
    verdict,
    effect: Math.exp(mean),
    interval: { low: Math.exp(interval.low), high: Math.exp(interval.high), level },
    p,
    // More than there are already: a difference of that size would have been seen.
    seedsNeeded: verdict === 'unknown' && needed > logs.length ? needed : null,
    because:
      verdict === 'unknown' && needed <= logs.length
        ? `B over A is ${number(Math.exp(mean))}; a difference of ${number(100 * effect)} % would have been seen with ${needed} pairs.`
        : `B over A is ${number(Math.exp(mean))} in ${logs.length} pairs that both found; to see ${number(100 * effect)} % takes ${needed}.`,
  };
}

const DRAWS = 4000;
/** So many draws have no tail beyond this; the strict early looks of a sequential comparison use Student's t instead. */
const MOST_OF_BOOTSTRAP = 1 - 20 / DRAWS;

function studentMean(values: readonly number[], level: number) {
  const { mean, deviation } = meanAndDeviation(values);
  const error = deviation / Math.sqrt(values.length);
  const freedom = values.length - 1;
  const half = error === 0 ? 0 : studentQuantile((1 + level) / 2, freedom) * error;
  const p = error === 0 ? Number(mean === 0) : 2 * studentCdf(-Math.abs(mean / error), freedom);
  return { mean, interval: { low: mean - half, high: mean + half, level }, p };
}

function falseAlarmRow(pairs: readonly Pair[], scenario: string, level: number): ComparisonRow {
  let exposureA = 0;
  let exposureB = 0;
  let countA = 0;
  let countB = 0;
  for (const { a, b } of matched(pairs, 'false-alarms')) {
    if (a.exposure_s === undefined || b.exposure_s === undefined) continue;
    exposureA += a.exposure_s;
    exposureB += b.exposure_s;
    countA += a.count ?? 0;
    countB += b.count ?? 0;
  }
  const base = { criterion: 'false-alarms', scenario, pairs: exposureA > 0 ? pairs.length : 0 };
  if (exposureA <= 0 || exposureB <= 0)
    return {
      ...base,
      pairs: 0,
      verdict: 'unknown',
      effect: null,
      p: 1,
      seedsNeeded: null,
      because: 'No leak-free time.',
    };
  const { ratio, interval, p } = rateRatio(
    { count: countA, exposure: exposureA },
    { count: countB, exposure: exposureB },
    level,
  );
  const decided = p <= 1 - level;
  const worse = countB / exposureB > countA / exposureA;
  // At this ratio the counts must grow until their logarithms' errors fit between it and one.
  const z = normalQuantile((1 + level) / 2);
  const error = Math.sqrt(1 / Math.max(0.5, countA) + 1 / Math.max(0.5, countB));
  const distance = Math.abs(Math.log(Math.max(0.5, countB) / exposureB / (Math.max(0.5, countA) / exposureA)));
  const grow = distance > 0 ? ((z * error) / distance) ** 2 : Number.POSITIVE_INFINITY;
  return {
    ...base,
    verdict: decided ? (worse ? 'worse' : 'better') : 'unknown',
    effect: Number.isFinite(ratio) ? ratio : null,
    ...(Number.isFinite(interval.high) ? { interval } : {}),
    p,
    seedsNeeded:
      decided || countA + countB === 0 || !Number.isFinite(grow) ? null : Math.ceil(pairs.length * Math.max(1, grow)),
    because: `${count(countA, 'false alarm', 'false alarms')} of A in ${number(exposureA / 86_400)} days, ${countB === 0 ? 'none' : countB} of B in ${number(exposureB / 86_400)}.`,
  };
}

/** Regressions against accepted cards: what passed and no longer does, with the one command that shows it. */
export interface Regression {
  readonly scenario: string;
  readonly seed: number;
  readonly recipe: string;
  readonly criterion: string;
  readonly of: string;
  readonly was: string;
  readonly is: string;
  readonly command: string;
}

const RANK = { 'not-applicable': 0, pass: 1, acceptable: 2, fail: 3 } as const;

/** Verdicts that fell from pass or acceptable; runs without a partner say nothing. */
export function regressions(accepted: readonly Card[], now: readonly Card[]): Regression[] {
  const key = (c: Card) => `${c.scenario}\n${c.seed}\n${c.recipe}`;
  const before = new Map(accepted.map((c) => [key(c), c]));
  return now.flatMap((card) => {
    const was = before.get(key(card));
    if (!was) return [];
    const { scenario, seed, recipe } = card;
    const detector = card.transport === 'foreign' ? `--detector ${JSON.stringify(recipe)}` : `--recipe ${recipe}`;
    const command = `leaktwin run ${scenario} --seed ${seed} ${detector}`;
    const base = { scenario, seed, recipe, command };
    if (was.status === 'valid' && card.status !== 'valid')
      return [{ ...base, criterion: 'run', of: '', was: was.status, is: `${card.status}: ${card.because}` }];
    return card.verdicts.flatMap((v) => {
      const old = was.verdicts.find((o) => o.criterion === v.criterion && o.of === v.of);
      if (!old || old.status === 'not-applicable' || RANK[v.status] <= RANK[old.status]) return [];
      const say = (x: Verdict) =>
        `${x.status} (${x.actual === null ? 'no value' : `${number(x.actual)} ${x.unit}`.trim()})`;
      return [{ ...base, criterion: v.criterion, of: v.of, was: say(old), is: say(v) }];
    });
  });
}

const MARK = { better: '✓ better', worse: '✕ worse', unknown: '? not yet known' } as const;

/** The comparison as text of at most 100 columns. */
export function formatComparison(c: Comparison): string {
  const lines = [`B ${c.b} against A ${c.a} · ${count(c.pairs, 'pair', 'pairs')} of scenario and seed`];
  if (c.unpaired > 0) lines.push(`${count(c.unpaired, 'run has', 'runs have')} no valid partner and are left out.`);
  let scenario = '';
  for (const r of c.criteria) {
    if (r.scenario !== scenario) {
      scenario = r.scenario;
      lines.push('', scenario === 'all' ? 'all scenarios' : scenario);
    }
    const effect =
      r.effect === null
        ? ''
        : r.criterion === 'detected'
          ? `${number(100 * r.effect)} % points`
          : `× ${number(r.effect)}`;
    const limits = r.interval ? `[${number(r.interval.low)}, ${number(r.interval.high)}]` : '';
    const more = r.seedsNeeded === null ? '' : ` · ${r.seedsNeeded} pairs would tell`;
    lines.push(
      `  ${MARK[r.verdict].padEnd(16)} ${r.criterion.replaceAll('-', ' ').padEnd(13)} ${effect.padStart(12)}  ${limits.padEnd(17)} p ${number(r.p)}${more}`,
      `      ${r.because}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

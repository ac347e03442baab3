/**
 * Many cards of the same scenario and recipe become summary rows: counts with exact intervals, medians with
 * distribution-free ones. A miss is a censored value, later and worse than any that was measured, and never left out.
 */
import type { Card, Verdict, VerdictStatus } from '../../models/contract/index.ts';
import { type Interval, poissonInterval, proportionInterval } from '../../models/kernel/index.ts';
import { survivalCurve, survivalQuantile } from '../../models/kernel/statistics/index.ts';
import { poolAvailability } from './availability.ts';
import { claimRows } from './claims.ts';
import { type RateVerdict, statusOf } from './criteria.ts';
import { efficiencies } from './efficiency.ts';
import { censoredQuantile, quantileLimits } from './quantile.ts';
import { isSingleBlind, poolSingleBlind } from './singleBlind.ts';
import { detections, yearly } from './suiteFigures.ts';
import { count, number, withUnit } from './text.ts';

export interface SummaryRow {
  readonly recipe: string;
  readonly scenario: string;
  readonly criterion: string;
  readonly of: string;
  readonly status: VerdictStatus;
  readonly actual: number | null;
  readonly target: number | null;
  readonly acceptable?: number;
  /** Left out where it has no finite end: `because` says what is known then. */
  readonly interval?: Interval;
  readonly unit: string;
  /** Runs that this row stands on. */
  readonly runs: number;
  readonly because: string;
}

/**
 * Rows by scenario, recipe, criterion and leak, in the order in which the cards name them. Runs that are not comparable or
 * invalid enter no figure; each row says how many were set aside.
 */
export function summarise(cards: readonly Card[], level = 0.95): SummaryRow[] {
  const rows: SummaryRow[] = [];
  for (const group of groupBy(cards, (c) => `${c.scenario}\n${c.recipe}`)) {
    const valid = group.filter((c) => c.status === 'valid');
    const aside = group.length - valid.length;
    const note = aside === 0 ? '' : ` ${count(aside, 'run', 'runs')} not comparable or invalid, set aside.`;
    const { scenario, recipe } = group[0]!;
    const verdicts = valid.flatMap((c) => c.verdicts);
    for (const same of groupBy(verdicts, (v) => `${v.criterion}\n${v.of}`)) {
      const { criterion, of } = same[0]!;
      const add = (row: Pooled) =>
        rows.push({
          recipe,
          scenario,
          criterion: row.criterion ?? criterion,
          of,
          ...row.row,
          because: row.row.because + note,
        });
      if (criterion === 'false-alarms') add({ row: poolRate(same, level) });
      else if (criterion === 'availability') add({ row: poolAvailability(same) });
      else if (isSingleBlind(criterion)) add({ row: poolSingleBlind(same) });
      else if (criterion === 'detected') add({ row: poolDetected(same, level, 1) });
      // A count over all leaks of a recording has no pool; each leak's own has.
      else if (criterion === 'named' && of === '') continue;
      else if (criterion === 'named') add({ row: poolNamed(same, level) });
      else {
        const asked = verdicts.some((v) => v.criterion === 'detected' && v.of === of);
        // How many were found is half of what a median latency means.
        if (criterion === 'latency' && !asked) {
          add({ criterion: 'detected', row: poolDetected(same.map(foundOrNot), level, null) });
        }
        const median = poolMedian(same, level);
        const km = criterion === 'latency' ? survivalText(valid, of, level) : '';
        add({ row: { ...median, because: median.because + km } });
      }
    }
    for (const pooled of [...efficiencies(valid), ...claimRows(valid, level)])
      rows.push({ recipe, scenario, ...pooled, because: pooled.because + note });
    if (valid.length === 0) {
      rows.push({
        recipe,
        scenario,
        criterion: 'runs',
        of: '',
        status: 'not-applicable',
        actual: 0,
        target: null,
        unit: '',
        runs: 0,
        because: `No run is valid.${note}`,
      });
    }
  }
  return rows;
}

/** Each floor of each card as a card of its own, so that `summarise` shows what no skill looks like over many seeds. */
export function floorCards(cards: readonly Card[]): Card[] {
  return cards.flatMap((c) => c.floors.map((f) => ({ ...c, recipe: f.recipe, verdicts: f.verdicts, floors: [] })));
}

/** Detection times as a survival curve in a sentence; empty where no card knows how long its leak was watched. */
function survivalText(cards: readonly Card[], of: string, level: number): string {
  const times = detections(cards).filter((d) => d.of === of);
  if (times.length < 3) return '';
  const curve = survivalCurve(times, level);
  const at = (p: number) => {
    const { at: when, interval } = survivalQuantile(curve, p);
    if (!Number.isFinite(when)) return 'not reached';
    const high = Number.isFinite(interval.high) ? number(interval.high) : 'no upper limit';
    return `${number(when)} s${Number.isFinite(interval.low) ? ` [${number(interval.low)}, ${high}]` : ''}`;
  };
  return ` Kaplan–Meier: half by ${at(0.5)}, nine of ten by ${at(0.9)}.`;
}

type Figures = Omit<SummaryRow, 'recipe' | 'scenario' | 'criterion' | 'of'>;
interface Pooled {
  readonly criterion?: string;
  readonly row: Figures;
}

/** A miss has no number and failed, or failed nobody's target: what was not asked is only judged of leaks that opened. */
function isMiss(v: Verdict): boolean {
  return v.actual === null && (v.status === 'fail' || v.target === null);
}

function foundOrNot(v: Verdict): Verdict {
  return { ...v, criterion: 'detected', actual: isMiss(v) ? 0 : v.actual === null ? null : 1 };
}

function poolNamed(verdicts: readonly Verdict[], level: number): Figures {
  const row = poolDetected(verdicts, level, verdicts[0]!.target);
  return { ...row, because: row.because.replace('Found', 'Named rightly') };
}

function poolDetected(verdicts: readonly Verdict[], level: number, target: number | null): Figures {
  const judged = verdicts.filter((v) => v.actual !== null);
  const n = judged.length;
  const k = judged.filter((v) => v.actual === 1).length;
  if (n === 0)
    return {
      status: 'not-applicable',
      actual: null,
      target,
      unit: 'probability',
      runs: 0,
      because: 'The leak never opened.',
    };
  const interval = proportionInterval(k, n, level);
  const percent = number(100 * level);
  const shows =
    k === n
      ? `shows P ≥ ${number(interval.low)} (${percent} %, one-sided)`
      : k === 0
        ? `shows P ≤ ${number(interval.high)} (${percent} %, one-sided)`
        : `P between ${number(interval.low)} and ${number(interval.high)} (${percent} %)`;
  return {
    status: target === null ? 'not-applicable' : k === n ? 'pass' : 'fail',
    actual: k / n,
    target,
    interval,
    unit: 'probability',
    runs: n,
    because: `Found in ${k} of ${n}: ${shows}, Clopper–Pearson.`,
  };
}

function poolRate(verdicts: readonly Verdict[], level: number): Figures {
  const { target, acceptable, unit } = verdicts[0]!;
  const limits = { target, ...(acceptable === undefined ? {} : { acceptable }) };
  const counted = verdicts.filter(isRate);
  let n = 0;
  let exposure_s = 0;
  for (const v of counted) {
    n += v.count;
    exposure_s += v.exposure_s;
  }
  const without = verdicts.length - counted.length;
  const gap = without === 0 ? '' : ` ${count(without, 'card', 'cards')} without count and exposure, left out.`;
  const runs = counted.length;
  if (exposure_s === 0) {
    return {
      status: 'not-applicable',
      actual: null,
      ...limits,
      unit,
      runs,
      because: `There was no leak-free time to judge by.${gap}`,
    };
  }
  const days = exposure_s / 86_400;
  const interval = poissonInterval(n, days, level);
  const shows = n === 0 ? `; that shows only a rate below ${number(interval.high)} per day` : '';
  const percent = number(100 * level);
  return {
    status: statusOf(n / days, limits),
    actual: n / days,
    ...limits,
    interval,
    unit,
    runs,
    because: `${count(n, 'false alarm', 'false alarms')} in ${number(days)} leak-free days of ${count(runs, 'run', 'runs')}${shows} (${percent} %, exact Poisson). ${yearly(n, exposure_s)}${gap}`,
  };
}

function isRate(v: Verdict): v is RateVerdict {
  const r = v as Partial<RateVerdict>;
  return typeof r.count === 'number' && typeof r.exposure_s === 'number';
}

/** Median of what was measured, with every miss as a value beyond all others. */
function poolMedian(verdicts: readonly Verdict[], level: number): Figures {
  const { target, acceptable, unit, criterion } = verdicts[0]!;
  const limits = { target, ...(acceptable === undefined ? {} : { acceptable }) };
  const judged = verdicts.filter((v) => v.actual !== null || isMiss(v));
  const values = judged.flatMap((v) => (v.actual === null ? [] : [v.actual]));
  const n = judged.length;
  if (n === 0)
    return {
      status: 'not-applicable',
      actual: null,
      ...limits,
      unit,
      runs: 0,
      because: 'The question arose in no run.',
    };
  const censored = n - values.length;
  const median = censoredQuantile(values, censored, 0.5);
  const actual = Number.isFinite(median) ? median : null;
  const { low, high } = quantileLimits(values, censored, 0.5, level);
  const bounded = Number.isFinite(low) && Number.isFinite(high);
  const percent = number(100 * level);

  const parts = [
    actual === null ? `More than half of ${n} runs have no value` : `Median of ${count(n, 'run', 'runs')}`,
  ];
  const quantiles = ([0.1, 0.9] as const).map((p) => {
    const q = censoredQuantile(values, censored, p);
    return `${100 * p} % ${Number.isFinite(q) ? `within ${withUnit(number(q), unit)}` : 'not reached'}`;
  });
  if (n >= 5) parts.push(quantiles.join(', '));
  if (censored > 0) parts.push(`${count(censored, 'miss counts', 'misses count')} as beyond every value`);
  if (target !== null) {
    const good = values.filter((v) => v <= target).length;
    parts.push(`${good} of ${n} within the target`);
  }
  if (bounded) parts.push(`limits by order statistics, at least ${percent} %`);
  else if (Number.isFinite(low)) parts.push(`${percent} %: at least ${withUnit(number(low), unit)}, no upper limit`);
  else
    parts.push(
      `${n} ${n === 1 ? 'run is' : 'runs are'} too few for ${percent} % limits of the ${criterion.replaceAll('-', ' ')}`,
    );
  return {
    status: statusOf(actual, limits),
    actual,
    ...limits,
    ...(bounded ? { interval: { low, high, level } } : {}),
    unit,
    runs: n,
    because: `${parts.join('; ')}.`,
  };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const k = key(item);
    const group = groups.get(k);
    if (group) group.push(item);
    else groups.set(k, [item]);
  }
  return [...groups.values()];
}

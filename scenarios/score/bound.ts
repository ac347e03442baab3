/**
 * The counterfactual bound: how soon any detector at all could have found this leak, at the demanded rate of false alarms.
 *
 *   latency ≥ time to the scan in which Σ I reaches what the optimum gathers on average (models/kernel/statistics/detection.ts)
 *
 * The signal is what the leak did to every sample, so the travel of its wave, the lag of the instruments and the period of the
 * scan are in it and need no term of their own. Two noises, always named: clairvoyant and realisable (information.ts). Two optima, always
 * named: worst case (Lorden) and stationary, the smaller, for a detector that has been running for long.
 */
import type { BoundFigure, LeakBound } from '../../models/contract/index.ts';
import { growingDelay } from '../../models/kernel/statistics/index.ts';

const YEAR_S = 31_557_600;

/** Where a scenario demands no rate of false alarms: one a year. */
export const DEFAULT_DEMAND_1_S = 1 / YEAR_S;

/** Scans from which on the change may be said to begin: all early ones, then ever fewer. */
const STARTS = 40;

/**
 * Bound of one leak from the information of each scan, the first being the one that ends `firstScan_s` after the opening.
 * The optimum is told the shape of the signal but not when it begins; of all beginnings the one that lets it speak earliest counts, so that a
 * faint forerunner does not make the bound later than a detector that ignores it.
 */
export function boundOf(
  information: Float64Array,
  options: { readonly scan_s: number; readonly firstScan_s: number; readonly demand_1_s: number },
): BoundFigure {
  const { scan_s, firstScan_s, demand_1_s } = options;
  const arl0 = 1 / (demand_1_s * scan_s);
  const at = (kind: 'stationary' | 'worst-case') => {
    let best = Number.POSITIVE_INFINITY;
    const first = information.findIndex((x) => x > 0);
    if (first < 0) return best;
    for (const start of starts(first, information.length)) {
      if (start >= best) break;
      // Not before the end of the scan in which the change begins: a detector speaks at the end of one.
      best = Math.min(best, start + Math.max(1, growingDelay(information.subarray(start), arl0, kind)));
    }
    return best;
  };
  const seconds = (scans: number) => (Number.isFinite(scans) ? firstScan_s + (scans - 1) * scan_s : null);
  return { stationary_s: seconds(at('stationary')), worstCase_s: seconds(at('worst-case')) };
}

/**
 * A bound of detectors that know less than another: what nobody can, they cannot either, so the later of the two holds. By itself
 * a learned noise may promise a little more than there is: its least eigenvalues are drawn too small where scans are few.
 */
export function notBefore(clairvoyant: BoundFigure, realisable: BoundFigure): BoundFigure {
  const later = (a: number | null, b: number | null) => (a === null || b === null ? null : Math.max(a, b));
  return {
    stationary_s: later(clairvoyant.stationary_s, realisable.stationary_s),
    worstCase_s: later(clairvoyant.worstCase_s, realisable.worstCase_s),
  };
}

function starts(first: number, n: number): number[] {
  const list: number[] = [];
  for (let i = 0, step = 1; first + i < n; i += step) {
    list.push(first + i);
    if (list.length >= STARTS) step = Math.ceil(step * 1.25);
  }
  return list;
}

/** One line for people: `bound 3.0 s (clairvoyant), 5.0 s (realisable)`. */
export function boundText(bound: LeakBound): string {
  const say = (f: BoundFigure | undefined) =>
    f === undefined
      ? undefined
      : f.stationary_s === null
        ? 'none within the run'
        : `${Number(f.stationary_s.toPrecision(3))} s`;
  const parts = [`${say(bound.clairvoyant)} clairvoyant`];
  const realisable = say(bound.realisable);
  if (realisable) parts.push(`${realisable} realisable`);
  return `no detector on average before ${parts.join(', ')} (stationary optimum, ${Number((bound.demand_1_s * YEAR_S).toPrecision(3))} false alarms a year)`;
}

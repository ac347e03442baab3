/**
 * Scores that count samples, as two competitions of water networks do.
 *
 *   LeakDB     F₁, TPR and TNR over samples; early detection 2/(1 + e^{5 Δt/t_w}) of a leak, t_w its duration + 10 samples, 0 unless more than
 *              75 % of the rest of the leak is alarmed                    Vrachimis et al., CCWI/WDSA 2018, and their code
 *   BATADAL    ½ (1 − mean(TTD/Δt)) + ½ (TPR + TNR)/2                      Taormina et al., J. Water Resour. Plann. Manage. 144 (2018)
 *
 * Point-adjusted F₁ (a whole event counts as found when one of its samples is) is not offered: under it a random score looks like the state
 * of the art (Kim et al., AAAI 2022).
 */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** Labels and alarms sample by sample, 0 or 1. Throws where their lengths differ. */
export function confusion(labels: ArrayLike<number>, alarms: ArrayLike<number>): Confusion {
  if (labels.length !== alarms.length) throw new RangeError(`${labels.length} labels and ${alarms.length} alarms`);
  let truePositives = 0;
  let falsePositives = 0;
  let trueNegatives = 0;
  let falseNegatives = 0;
  for (let i = 0; i < labels.length; i += 1) {
    if (labels[i]! > 0) {
      if (alarms[i]! > 0) truePositives += 1;
      else falseNegatives += 1;
    } else if (alarms[i]! > 0) falsePositives += 1;
    else trueNegatives += 1;
  }
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** NaN where nothing was labelled (TPR), or everything (TNR). */
export function rates(c: Confusion): { readonly tpr: number; readonly tnr: number; readonly f1: number } {
  return {
    tpr: c.truePositives / (c.truePositives + c.falseNegatives),
    tnr: c.trueNegatives / (c.trueNegatives + c.falsePositives),
    f1: (2 * c.truePositives) / (2 * c.truePositives + c.falsePositives + c.falseNegatives),
  };
}

/** Stretches of ones, both ends inclusive. */
export function stretches(labels: ArrayLike<number>): { readonly first: number; readonly last: number }[] {
  const found: { first: number; last: number }[] = [];
  for (let i = 0; i < labels.length; i += 1) {
    if (!(labels[i]! > 0)) continue;
    const first = i;
    while (i + 1 < labels.length && labels[i + 1]! > 0) i += 1;
    found.push({ first, last: i });
  }
  return found;
}

const LEAKDB_SLACK = 10;
const LEAKDB_SHARE = 0.75;

/** LeakDB's early-detection score of one leak: 1 at once, towards 0 late, 0 where the alarm does not stand. */
export function leakdbEarly(
  leak: { readonly first: number; readonly last: number },
  alarms: ArrayLike<number>,
): number {
  let at = leak.first;
  while (at <= leak.last && !(alarms[at]! > 0)) at += 1;
  if (at > leak.last) return 0;
  let standing = 0;
  for (let i = at; i <= leak.last; i += 1) if (alarms[i]! > 0) standing += 1;
  if (standing / (leak.last - at + 1) <= LEAKDB_SHARE) return 0;
  const window = leak.last - leak.first + 1 + LEAKDB_SLACK;
  return 2 / (1 + Math.exp((5 * (at - leak.first)) / window));
}

export interface LeakdbScore {
  readonly f1: number;
  readonly tpr: number;
  readonly tnr: number;
  /** Mean over the leaks; NaN where there is none. */
  readonly early: number;
}

export function leakdbScore(labels: ArrayLike<number>, alarms: ArrayLike<number>): LeakdbScore {
  const leaks = stretches(labels);
  const { f1, tpr, tnr } = rates(confusion(labels, alarms));
  const early = leaks.reduce((sum, l) => sum + leakdbEarly(l, alarms), 0) / leaks.length;
  return { f1, tpr, tnr, early };
}

/** BATADAL's total score of attacks (stretches of labels); an attack that is never seen has TTD = Δt. */
export function batadalScore(labels: ArrayLike<number>, alarms: ArrayLike<number>): number {
  const attacks = stretches(labels);
  const late = attacks.map(({ first, last }) => {
    let at = first;
    while (at <= last && !(alarms[at]! > 0)) at += 1;
    return (at - first) / (last - first + 1);
  });
  const timely = 1 - late.reduce((s, v) => s + v, 0) / attacks.length;
  const { tpr, tnr } = rates(confusion(labels, alarms));
  return 0.5 * timely + 0.5 * ((tpr + tnr) / 2);
}

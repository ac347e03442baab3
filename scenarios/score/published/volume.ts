/**
 * Figures of a score series against labelled stretches that need no threshold.
 *
 *   range AUC-PR    labels spread beyond their ends by ℓ/2 samples with weight √(1 − d/ℓ); recall = min(1, Σ l p / P̄)·(share of stretches
 *                   touched), P̄ the mean of the labels' sums without and with the spread; precision = Σ l p / Σ p
 *   VUS-PR          its mean over ℓ = 0 … L
 *   event-wise F₁   a stretch is found when any alarm lies in it; an alarm event outside all stretches is false
 *
 * Source: Paparrizos et al., Volume Under the Surface, VLDB 2022 (definitions as in the authors' code).
 */
import { stretches } from './samples.ts';

const THRESHOLDS = 250;

/** Labels spread by ℓ/2 on both sides. */
export function spreadLabels(labels: ArrayLike<number>, spread: number): Float64Array {
  const out = Float64Array.from(labels as ArrayLike<number>);
  if (spread <= 0) return out;
  const half = Math.floor(spread / 2);
  for (const { first, last } of stretches(labels)) {
    for (let i = last; i < Math.min(last + half, out.length); i += 1) out[i]! += Math.sqrt(1 - (i - last) / spread);
    for (let i = Math.max(first - half, 0); i < first; i += 1) out[i]! += Math.sqrt(1 - (first - i) / spread);
  }
  return out.map((v) => Math.min(1, v));
}

/** Area under the range precision–recall curve for one spread; NaN where nothing is labelled. */
export function rangeAucPr(labels: ArrayLike<number>, score: ArrayLike<number>, spread: number): number {
  const n = labels.length;
  if (score.length !== n) throw new RangeError(`${n} labels and ${score.length} scores`);
  const wide = spreadLabels(labels, spread);
  const segments = stretches(wide);
  if (segments.length === 0) return Number.NaN;
  let plain = 0;
  let spreadSum = 0;
  for (let i = 0; i < n; i += 1) {
    plain += labels[i]! > 0 ? 1 : 0;
    spreadSum += wide[i]!;
  }
  const positives = (plain + spreadSum) / 2;
  // From the highest score down: prefix sums serve all thresholds.
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => score[b]! - score[a]! || a - b);
  const segmentOf = new Int32Array(n).fill(-1);
  segments.forEach((s, k) => {
    segmentOf.fill(k, s.first, s.last + 1);
  });
  const touched = new Uint8Array(segments.length);
  let existing = 0;
  let hits = 0;
  let taken = 0;
  let area = 0;
  let recallBefore = 0;
  for (let t = 1; t <= THRESHOLDS; t += 1) {
    const threshold = score[order[Math.min(n - 1, Math.ceil((t * n) / THRESHOLDS) - 1)]!]!;
    while (taken < n && score[order[taken]!]! >= threshold) {
      const i = order[taken]!;
      taken += 1;
      hits += wide[i]!;
      const k = segmentOf[i]!;
      if (k >= 0 && wide[i]! > 0 && touched[k] === 0) {
        touched[k] = 1;
        existing += 1;
      }
    }
    const recall = Math.min(1, hits / positives) * (existing / segments.length);
    area += (recall - recallBefore) * (hits / taken);
    recallBefore = recall;
  }
  return area;
}

/** Volume under the surface over spreads 0 … `longest` samples, in at most `slices` steps. */
export function vusPr(labels: ArrayLike<number>, score: ArrayLike<number>, longest: number, slices = 10): number {
  let sum = 0;
  let count = 0;
  for (let k = 0; k <= slices; k += 1) {
    sum += rangeAucPr(labels, score, Math.round((k * longest) / slices));
    count += 1;
  }
  return sum / count;
}

/** Event-wise precision, recall and F₁ of alarms (0 or 1) against labelled stretches. */
export function eventwise(
  labels: ArrayLike<number>,
  alarms: ArrayLike<number>,
): { readonly precision: number; readonly recall: number; readonly f1: number } {
  const events = stretches(labels);
  const raised = stretches(alarms);
  const meets = (a: { first: number; last: number }, b: { first: number; last: number }) =>
    a.first <= b.last && b.first <= a.last;
  const found = events.filter((e) => raised.some((r) => meets(e, r))).length;
  const outside = raised.filter((r) => !events.some((e) => meets(e, r))).length;
  const missed = events.length - found;
  return {
    precision: found / (found + outside),
    recall: found / events.length,
    f1: (2 * found) / (2 * found + outside + missed),
  };
}

/**
 * Affiliation precision and recall: how near alarms lie to the labelled stretches, against an alarm put at random.
 *
 *   A sample i is the span [i, i+1). Each stretch J has a zone E, up to half-way to its neighbours and the ends of the series;
 *   alarms P count in the zone in which they lie.
 *   precision of J = mean over x ∈ P∩E of 1 − (|J| + min(d, J₀−E₀) + min(d, E₁−J₁))/|E|,  d = dist(x, J); 1 inside J
 *   recall of J    = mean over y ∈ J of 1 − (min(d, y−E₀) + min(d, E₁−y))/|E|,              d = dist(y, P∩E); 0 without alarm
 *   precision      = mean over the zones with an alarm,  recall = mean over all zones
 *
 * Both are survival functions of the distance of an instant drawn evenly from the zone. All integrands are linear between a few
 * instants, so the integrals are exact. A random alarm scores near a half: read them beside that, not beside nought.
 *
 * Source: Huet, Navarro and Rossi, Local Evaluation of Time Series Anomaly Detection Algorithms, KDD 2022, sections 3 and 4.
 */
import { stretches } from './samples.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Affiliation {
  /** NaN where there is no alarm. */
  readonly precision: number;
  /** NaN where nothing is labelled. */
  readonly recall: number;
  /** Harmonic mean of both. */
  readonly f1: number;
}

/** Over series of labels and alarms sample by sample, 0 or 1; zones of all series count alike. Throws where lengths differ. */
export function affiliation(
  series: readonly { readonly labels: ArrayLike<number>; readonly alarms: ArrayLike<number> }[],
): Affiliation {
  const zones = series.flatMap(({ labels, alarms }) => {
    if (labels.length !== alarms.length) throw new RangeError(`${labels.length} labels and ${alarms.length} alarms`);
    return zonesOf(spans(labels), spans(alarms), labels.length);
  });
  const precisions = zones.filter((z) => z.alarms.length > 0).map(precisionOf);
  const precision = mean(precisions);
  const recall = mean(zones.map(recallOf));
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

interface Zone extends Span {
  readonly event: Span;
  /** Cut to the zone. */
  readonly alarms: readonly Span[];
}

function spans(flags: ArrayLike<number>): Span[] {
  return stretches(flags).map(({ first, last }) => ({ from: first, to: last + 1 }));
}

function zonesOf(events: readonly Span[], alarms: readonly Span[], length: number): Zone[] {
  return events.map((event, k) => {
    const before = events[k - 1];
    const after = events[k + 1];
    const from = before ? (before.to + event.from) / 2 : 0;
    const to = after ? (event.to + after.from) / 2 : length;
    const inside = alarms
      .map((a) => ({ from: Math.max(a.from, from), to: Math.min(a.to, to) }))
      .filter((a) => a.to > a.from);
    return { from, to, event, alarms: inside };
  });
}

function precisionOf({ from, to, event, alarms }: Zone): number {
  const before = event.from - from;
  const after = to - event.to;
  const near = Math.min(before, after);
  const survival = (x: number) => {
    const d = distance(x, event);
    if (d === 0) return 1;
    return 1 - (event.to - event.from + Math.min(d, before) + Math.min(d, after)) / (to - from);
  };
  // Where inside becomes outside, and where the nearer end of the zone is reached.
  const edges = [event.from, event.to, event.from - near, event.to + near];
  let sum = 0;
  let length = 0;
  for (const alarm of alarms) {
    sum += integral(alarm, edges, survival);
    length += alarm.to - alarm.from;
  }
  return sum / length;
}

function recallOf({ from, to, event, alarms }: Zone): number {
  if (alarms.length === 0) return 0;
  const nearest = (y: number) => Math.min(...alarms.map((a) => distance(y, a)));
  const survival = (y: number) => {
    const d = nearest(y);
    return 1 - (Math.min(d, y - from) + Math.min(d, to - y)) / (to - from);
  };
  const edges = alarms.flatMap((a, k) => {
    const next = alarms[k + 1];
    return [
      a.from,
      a.to,
      ...(next ? [(a.to + next.from) / 2] : []),
      // Where an end of the zone becomes as near as the alarm: y − E₀ = A₀ − y, E₁ − y = y − A₁.
      (from + a.from) / 2,
      (to + a.to) / 2,
    ];
  });
  return integral(event, edges, survival) / (event.to - event.from);
}

function distance(x: number, { from, to }: Span): number {
  return x < from ? from - x : x > to ? x - to : 0;
}

/** Exact for what is linear between edges. */
function integral(over: Span, edges: readonly number[], f: (x: number) => number): number {
  const cuts = [over.from, ...edges.filter((e) => e > over.from && e < over.to).sort((a, b) => a - b), over.to];
  let sum = 0;
  for (let i = 1; i < cuts.length; i += 1) {
    const width = cuts[i]! - cuts[i - 1]!;
    if (width > 0) sum += width * f((cuts[i]! + cuts[i - 1]!) / 2);
  }
  return sum;
}

function mean(values: readonly number[]): number {
  return values.reduce((s, v) => s + v, 0) / values.length;
}

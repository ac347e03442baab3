/**
 * What leaks have cost and which one to repair first: product, money, greenhouse gas and people, over any number of runs or
 * journals. Where a truth log is there the loss is what it says; where not (a real plant), it is the alarms' own estimate, and
 * the row says which.
 *
 *   cost     = mass · price + volume · clean-up (liquids) + time at rest · standstill
 *   CO2e     = mass of methane · 29.8                       GWP100 of fossil methane, IPCC AR6 WG1 (2021) table 7.15
 *   earlier  = V(t_found) − V(t_earlier)                    the same answer, so much sooner
 *   priority : class A people inside a hazard zone, B still running, C over; within a class by cost per day of waiting
 */
import {
  type AlarmEvent,
  type Card,
  incidentsOf,
  type ResponsePlan,
  type TruthEvent,
} from '../../models/contract/index.ts';
import { type Leak, type LossCurve, leaksOf, lossCurve, massRateAt, volumeAt } from './leak.ts';

export const METHANE_GWP100 = 29.8;

export interface DecisionCosts {
  readonly currency: string;
  readonly productPer_t: number;
  readonly cleanUpPer_m3: number;
  readonly standstillPer_h: number;
}

export interface DecisionSource {
  readonly name: string;
  readonly plant: string;
  readonly endUs: number;
  readonly density_kg_m3?: number;
  /** Share of methane in what leaks, by mass; 0 of liquids. */
  readonly methaneShare: number;
  readonly alarms: readonly AlarmEvent[];
  readonly truth: readonly TruthEvent[];
  readonly card?: Card;
  readonly plans: readonly ResponsePlan[];
}

export interface DecisionRow {
  readonly source: string;
  readonly plant: string;
  readonly leak: string;
  readonly by: 'truth' | 'estimate';
  readonly position_m: number | null;
  readonly lost_m3: number | null;
  readonly lost_kg: number;
  readonly cost: number | null;
  readonly co2e_t: number;
  /** From the opening, or the estimated onset; null where nobody found it. */
  readonly latency_s: number | null;
  readonly rate_kg_s: number;
  readonly running: boolean;
  readonly people: number;
  /** What response saved, where the run was also simulated without it. */
  readonly savedByResponse_m3: number | null;
  /** What detection would have saved: at the best that is possible, in half the time, at once. */
  readonly earlier: readonly {
    readonly when: string;
    readonly latency_s: number;
    readonly saved_m3: number;
    readonly saved_kg: number;
  }[];
  readonly class: 'A' | 'B' | 'C';
  readonly costPerDay: number | null;
  readonly curve?: LossCurve;
  readonly openedUs: number;
}

export interface Decisions {
  readonly costs: DecisionCosts | undefined;
  /** The most urgent first. */
  readonly rows: readonly DecisionRow[];
  readonly lost_kg: number;
  readonly lost_m3: number;
  readonly cost: number | null;
  readonly co2e_t: number;
}

export function decide(sources: readonly DecisionSource[], costs: DecisionCosts | undefined): Decisions {
  const rows = sources.flatMap((s) => rowsOf(s, costs));
  rows.sort(
    (a, b) =>
      (a.class < b.class ? -1 : a.class > b.class ? 1 : 0) || weight(b) - weight(a) || (a.leak < b.leak ? -1 : 1),
  );
  const sum = (of: (r: DecisionRow) => number | null) => rows.reduce((t, r) => t + (of(r) ?? 0), 0);
  return {
    costs,
    rows,
    lost_kg: sum((r) => r.lost_kg),
    lost_m3: sum((r) => r.lost_m3),
    cost: costs ? sum((r) => r.cost) : null,
    co2e_t: sum((r) => r.co2e_t),
  };
}

const weight = (r: DecisionRow) => r.costPerDay ?? r.rate_kg_s;

function rowsOf(source: DecisionSource, costs: DecisionCosts | undefined): DecisionRow[] {
  const leaks = leaksOf(source.truth, source.endUs);
  return leaks.length > 0 ? leaks.map((l) => ofTruth(source, l, costs)) : ofEstimates(source, costs);
}

function ofTruth(source: DecisionSource, leak: Leak, costs: DecisionCosts | undefined): DecisionRow {
  const curve = lossCurve(source.truth, leak);
  const lost_m3 = curve ? volumeAt(curve, leak.closedUs) : 0;
  const lost_kg = curve ? massOf(curve) : 0;
  const rate_kg_s = (curve && massRateAt(curve, leak.closedUs)) ?? 0;
  const latency_s =
    source.card?.verdicts.find((v) => v.criterion === 'latency' && v.of === leak.ref)?.actual ??
    firstAlarm(source, leak);
  const plan = planOf(source, leak.position_m);
  const bound = source.card?.bounds?.find((b) => b.of === leak.ref);
  const earlier: DecisionRow['earlier'][number][] = [];
  if (curve && latency_s !== null && lost_m3 > 0) {
    const found_m3 = volumeAt(curve, leak.openedUs + latency_s * 1e6);
    const at = (when: string, sooner_s: number) => {
      const saved_m3 = Math.max(0, found_m3 - volumeAt(curve, leak.openedUs + sooner_s * 1e6));
      earlier.push({ when, latency_s: sooner_s, saved_m3, saved_kg: (saved_m3 * lost_kg) / lost_m3 });
    };
    const best_s = bound?.clairvoyant.stationary_s;
    if (best_s !== undefined && best_s !== null && best_s < latency_s) at('the best that is possible', best_s);
    at('in half the time', latency_s / 2);
    at('at once', 0);
  }
  const alone = leaksOf(source.truth, source.endUs).length === 1;
  return finish(source, costs, {
    leak: leak.ref,
    by: 'truth',
    position_m: Number.isFinite(leak.position_m) ? leak.position_m : null,
    lost_m3,
    lost_kg,
    latency_s,
    rate_kg_s,
    running: !leak.closed && rate_kg_s > 0,
    people: plan?.hazard?.zones.at(-1)?.people ?? 0,
    // Of several leaks the counterfactual knows the sum only.
    savedByResponse_m3: alone ? (source.card?.response?.saved_m3 ?? null) : null,
    earlier,
    ...(curve ? { curve } : {}),
    openedUs: leak.openedUs,
  });
}

function ofEstimates(source: DecisionSource, costs: DecisionCosts | undefined): DecisionRow[] {
  return incidentsOf(source.alarms).map((i) => {
    const rate_kg_s = Math.max(0, i.rate?.massRate_kg_s ?? 0);
    const openedUs = i.onsetUs ?? i.first.timeUs;
    const running = i.standing.length > 0;
    const span_s = ((running ? source.endUs : i.lastUs) - openedUs) * 1e-6;
    const lost_kg = rate_kg_s * Math.max(0, span_s);
    return finish(source, costs, {
      leak: i.id,
      by: 'estimate',
      position_m: i.where?.position_m ?? null,
      lost_m3: source.density_kg_m3 === undefined ? null : lost_kg / source.density_kg_m3,
      lost_kg,
      latency_s: i.onsetUs === undefined ? null : (i.first.timeUs - i.onsetUs) * 1e-6,
      rate_kg_s,
      running,
      people: source.plans.find((p) => p.incident === i.id)?.hazard?.zones.at(-1)?.people ?? 0,
      savedByResponse_m3: null,
      earlier: [],
      openedUs,
    });
  });
}

function finish(
  source: DecisionSource,
  costs: DecisionCosts | undefined,
  row: Omit<DecisionRow, 'source' | 'plant' | 'cost' | 'co2e_t' | 'class' | 'costPerDay'>,
): DecisionRow {
  const liquid = source.methaneShare === 0;
  const perKg = costs
    ? costs.productPer_t / 1000 + (liquid && source.density_kg_m3 ? costs.cleanUpPer_m3 / source.density_kg_m3 : 0)
    : 0;
  const atRest_s = source.card?.response?.incidents[0]?.firstWriteUs;
  const standstill =
    costs && atRest_s !== undefined && atRest_s !== null
      ? (costs.standstillPer_h * (source.endUs - atRest_s)) / 3.6e9
      : 0;
  return {
    source: source.name,
    plant: source.plant,
    ...row,
    cost: costs ? row.lost_kg * perKg + standstill : null,
    co2e_t: (row.lost_kg * source.methaneShare * METHANE_GWP100) / 1000,
    class: row.people > 0 ? 'A' : row.running ? 'B' : 'C',
    costPerDay: costs ? row.rate_kg_s * 86_400 * perKg : null,
  };
}

/** ∫ rate dt by trapezoids over the log's own points [kg]. */
function massOf({ timeUs, massRate_kg_s }: LossCurve): number {
  let mass = 0;
  for (let i = 1; i < timeUs.length; i += 1) {
    const a = massRate_kg_s[i - 1] ?? massRate_kg_s[i] ?? 0;
    const b = massRate_kg_s[i] ?? a;
    mass += 0.5 * (a + b) * (timeUs[i]! - timeUs[i - 1]!) * 1e-6;
  }
  return mass;
}

function firstAlarm({ alarms }: DecisionSource, leak: Leak): number | null {
  const first = alarms.find((e) => e.to === 'unacknowledged' && e.timeUs >= leak.openedUs && e.timeUs <= leak.closedUs);
  return first ? (first.timeUs - leak.openedUs) * 1e-6 : null;
}

function planOf({ plans }: DecisionSource, position_m: number): ResponsePlan | undefined {
  const away = (p: ResponsePlan) => Math.abs((p.leak.position_m ?? Number.POSITIVE_INFINITY) - position_m);
  return [...plans].sort((a, b) => away(a) - away(b))[0];
}

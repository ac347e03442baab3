/**
 * Leaks as the truth log tells them: when each was open, where it was, and how much it had lost at any instant. Everything
 * that the judge says about a leak comes from here and from nothing that a detector wrote.
 */
import type { TruthEvent } from '../../models/contract/index.ts';

/** Gas that leaves within this of a leak's place is the leak's. */
const SAME_PLACE_m = 0.01;

/** One opening of a leak. A leak that is opened again after it closed is another leak of the same ref. */
export interface Leak {
  readonly ref: string;
  readonly unit: string;
  /** Distance along the line [m]. */
  readonly position_m: number;
  /** On a site: east, north and up from its origin, and the group of equipment that it is on. */
  readonly place_m?: readonly [number, number, number];
  readonly source?: string;
  readonly openedUs: number;
  /** The end of the run where it was never closed. */
  readonly closedUs: number;
  readonly closed: boolean;
  readonly growth_s: number;
}

/**
 * All openings by time, then by ref. A second opening of a leak that is still open changes nothing. Events of one instant
 * count in the order of the log: closed and opened again is two leaks, opened and closed is one of no length.
 */
export function leaksOf(truth: readonly TruthEvent[], endUs: number): Leak[] {
  const open = new Map<string, Omit<Leak, 'closedUs' | 'closed'>>();
  const leaks: Leak[] = [];
  const byTime = [...truth].sort((a, b) => a.timeUs - b.timeUs);
  for (const e of byTime) {
    if (e.kind === 'leak.opened' && !open.has(e.ref)) {
      const { ref, unit, position_m, growth_s, place_m, source } = e;
      open.set(ref, {
        ref,
        unit,
        position_m,
        ...(place_m ? { place_m } : {}),
        ...(source === undefined ? {} : { source }),
        openedUs: e.timeUs,
        growth_s,
      });
    } else if (e.kind === 'leak.closed') {
      const leak = open.get(e.ref);
      if (!leak) continue;
      open.delete(e.ref);
      leaks.push({ ...leak, closedUs: e.timeUs, closed: true });
    }
  }
  for (const leak of open.values()) leaks.push({ ...leak, closedUs: Math.max(endUs, leak.openedUs), closed: false });
  return leaks.sort((a, b) => a.openedUs - b.openedUs || (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0));
}

/** What a leak lost, by time; the arrays run together and begin at the opening with nothing lost. */
export interface LossCurve {
  readonly timeUs: readonly number[];
  readonly volume_m3: readonly number[];
  /** Rate of the leak at each time [kg/s]; undefined where the log only tells volumes. */
  readonly massRate_kg_s: readonly (number | undefined)[];
}

/** The loss curve of one opening; undefined where the log tells nothing of its loss. */
export function lossCurve(truth: readonly TruthEvent[], leak: Leak): LossCurve | undefined {
  const points: { timeUs: number; volume_m3: number; massRate_kg_s: number | undefined }[] = [];
  for (const e of truth) {
    if ((e.kind !== 'leak.rate' && e.kind !== 'leak.closed') || e.ref !== leak.ref) continue;
    if (e.timeUs < leak.openedUs || e.timeUs > leak.closedUs) continue;
    // A leak that opens at the instant at which its namesake closed must not inherit the other's volume.
    if (e.timeUs === leak.openedUs && e.kind === 'leak.closed') continue;
    points.push({
      timeUs: e.timeUs,
      volume_m3: e.volume_m3,
      massRate_kg_s: e.kind === 'leak.rate' ? e.massRate_kg_s : undefined,
    });
  }
  if (points.length === 0) return undefined;
  points.sort((a, b) => a.timeUs - b.timeUs);
  const firstRate = points.find((p) => p.massRate_kg_s !== undefined)?.massRate_kg_s;
  if (points[0]!.timeUs > leak.openedUs) {
    // An abrupt leak runs at its full rate from its first instant; a growing one starts from nothing.
    points.unshift({ timeUs: leak.openedUs, volume_m3: 0, massRate_kg_s: leak.growth_s > 0 ? 0 : firstRate });
  }
  return {
    timeUs: points.map((p) => p.timeUs),
    volume_m3: points.map((p) => p.volume_m3),
    massRate_kg_s: points.map((p) => p.massRate_kg_s),
  };
}

/**
 * What of a leak went into the air at an instant, by the log's own account of it: its hole where that gives gas, else the pool
 * that its liquid ran to. Undefined where the log tells of no gas at its place.
 */
export function airRateAt(
  truth: readonly TruthEvent[],
  leak: Leak,
  timeUs: number,
): { massRate_kg_s: number; species: readonly string[] } | undefined {
  const last = new Map<string, { massRate_kg_s: number; species: string }>();
  for (const e of truth) {
    if (e.kind !== 'air.release' || !ofLeak(e, leak)) continue;
    if (e.timeUs <= timeUs || !last.has(e.ref))
      last.set(e.ref, { massRate_kg_s: e.timeUs <= timeUs ? e.massRate_kg_s : 0, species: e.species });
  }
  if (last.size === 0) return undefined;
  const running = [...last.values()].filter((r) => r.massRate_kg_s > 0);
  return {
    massRate_kg_s: running.reduce((sum, r) => sum + r.massRate_kg_s, 0),
    species: [...new Set(running.map((r) => r.species))],
  };
}

function ofLeak(e: Extract<TruthEvent, { kind: 'air.release' }>, { ref, place_m }: Leak): boolean {
  if (e.ref === ref) return true;
  return place_m !== undefined && e.place_m.every((v, k) => Math.abs(v - place_m[k]!) < SAME_PLACE_m);
}

/** Volume lost by an instant [m3], linear between the log's points and constant outside them. */
export function volumeAt(curve: LossCurve, timeUs: number): number {
  return interpolate(curve.timeUs, curve.volume_m3, timeUs);
}

/** Rate at an instant [kg/s]; after the leak closed, the last rate that it had. Undefined where the log has no rates. */
export function massRateAt(curve: LossCurve, timeUs: number): number | undefined {
  const times: number[] = [];
  const rates: number[] = [];
  curve.massRate_kg_s.forEach((rate, i) => {
    if (rate === undefined) return;
    times.push(curve.timeUs[i]!);
    rates.push(rate);
  });
  return rates.length === 0 ? undefined : interpolate(times, rates, timeUs);
}

function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  if (at <= x[0]!) return y[0]!;
  const last = x.length - 1;
  if (at >= x[last]!) return y[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  const span = x[high]! - x[low]!;
  return span === 0 ? y[high]! : y[low]! + ((y[high]! - y[low]!) * (at - x[low]!)) / span;
}

/**
 * Which alarms speak of one leak. An alarm with a place belongs to the nearest open incident whose place it may share, else to
 * a fresh one that has none, else it begins an incident; an alarm without a place belongs to the newest open one.
 *
 *   may share a place:  |x1 − x2| ≤ apart · √(σ1² + σ2²) + margin
 *
 * An incident is open while an alarm of it stands, and for a while after. Its place is the surest that was told of it.
 */
import type { Score } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';

type Where = NonNullable<Score['where']>;

export interface IncidentSettings {
  readonly apart: number;
  readonly margin_m: number;
  readonly linger_us: number;
}

export interface Incidents {
  /** Takes an alarm in; the slot of its incident. */
  join(alarm: number, timeUs: number, where: Where | undefined): number;
  /** The alarm's condition is gone: it stands for nothing any more. */
  leave(alarm: number, timeUs: number): void;
  /** Number of the incident in a slot, from 1. */
  numberOf(slot: number): number;
  /** Highest priority of it that a person has heard, 1 the highest; 5 where none. */
  heardPriority(slot: number): number;
  heard(slot: number, priority: number): void;
  /** The alarm's newest incident, or −1. */
  slotOf(alarm: number): number;
  reset(): void;
}

/** Incidents remembered; the oldest makes room. */
const KEPT = 32;
const NO_PLACE = 0;
const ON_LINE = 1;
const ON_SITE = 2;
const UNHEARD = 5;

export function createIncidents(settings: IncidentSettings, alarms: number, arena: Arena): Incidents {
  const begun = arena.f64(1); // incidents ever begun
  const number = arena.f64(KEPT); // of the incident in the slot, 0: none
  const lastUs = arena.f64(KEPT); // when something was last told of it, or last returned
  const place = arena.f64(KEPT * 2); // along the line, or east and north [m]
  const sigma_m = arena.f64(KEPT);
  const kind = arena.u8(KEPT); // NO_PLACE, ON_LINE, ON_SITE
  const priority = arena.u8(KEPT); // highest that was heard
  const standing = arena.u8(KEPT * alarms); // 1: the alarm stands for it (slots, alarms)
  const newest = arena.i32(alarms); // the alarm's newest slot + 1

  const stands = (slot: number) => {
    for (let a = 0; a < alarms; a += 1) if (standing[slot * alarms + a] === 1) return true;
    return false;
  };
  const isOpen = (slot: number, timeUs: number) =>
    number[slot]! > 0 && (stands(slot) || timeUs - lastUs[slot]! <= settings.linger_us);

  const kindOf = (where: Where) => (where.place_m ? ON_SITE : ON_LINE);
  const xOf = (where: Where) => (where.place_m ? where.place_m[0] : where.position_m!);
  const yOf = (where: Where) => (where.place_m ? where.place_m[1] : 0);

  /** Distance in its own tolerance; at most 1 where both may be one place. */
  function distance(slot: number, where: Where): number {
    const away = Math.hypot(place[2 * slot]! - xOf(where), place[2 * slot + 1]! - yOf(where));
    return away / (settings.apart * Math.hypot(sigma_m[slot]!, where.sigma_m) + settings.margin_m || 1e-9);
  }

  function find(timeUs: number, where: Where | undefined): number {
    let best = -1;
    let nearest = 1;
    let placeless = -1;
    let latest = -1;
    for (let s = 0; s < KEPT; s += 1) {
      if (!isOpen(s, timeUs)) continue;
      if (kind[s] === NO_PLACE) {
        // What only stands there, said by nobody who knows where, is not what has just begun.
        if (timeUs - lastUs[s]! > settings.linger_us) continue;
        if (placeless < 0 || number[s]! > number[placeless]!) placeless = s;
      }
      if (latest < 0 || number[s]! > number[latest]!) latest = s;
      if (where && kind[s] === kindOf(where)) {
        const d = distance(s, where);
        if (d <= nearest) {
          nearest = d;
          best = s;
        }
      }
    }
    return where ? (best >= 0 ? best : placeless) : latest;
  }

  function begin(): number {
    let slot = 0;
    for (let s = 1; s < KEPT; s += 1) if (number[s]! < number[slot]!) slot = s;
    begun[0] = begun[0]! + 1;
    number[slot] = begun[0]!;
    kind[slot] = NO_PLACE;
    priority[slot] = UNHEARD;
    standing.fill(0, slot * alarms, (slot + 1) * alarms);
    return slot;
  }

  return {
    join(alarm, timeUs, where) {
      const found = find(timeUs, where);
      const slot = found >= 0 ? found : begin();
      if (where && (kind[slot] === NO_PLACE || where.sigma_m < sigma_m[slot]!)) {
        kind[slot] = kindOf(where);
        place[2 * slot] = xOf(where);
        place[2 * slot + 1] = yOf(where);
        sigma_m[slot] = where.sigma_m;
      }
      standing[slot * alarms + alarm] = 1;
      lastUs[slot] = timeUs;
      newest[alarm] = slot + 1;
      return slot;
    },
    leave(alarm, timeUs) {
      for (let s = 0; s < KEPT; s += 1) {
        if (standing[s * alarms + alarm] !== 1) continue;
        standing[s * alarms + alarm] = 0;
        lastUs[s] = timeUs;
      }
    },
    numberOf: (slot) => number[slot]!,
    heardPriority: (slot) => priority[slot]!,
    heard(slot, p) {
      priority[slot] = Math.min(priority[slot]!, p);
    },
    slotOf: (alarm) => newest[alarm]! - 1,
    reset() {
      priority.fill(UNHEARD);
    },
  };
}

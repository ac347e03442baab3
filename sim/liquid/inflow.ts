/**
 * Gravity inflow from a catchment, as a pure function of time:
 *
 *   q(t) = q0 (1 + a sin(2π (t/24 h − 1/3))) (1 + σ w(t)) + Σ i(t − t_s) + leachate
 *   i(t) = p q0 · triangle over the storm's length T, 1 at T/2            storm water
 *   leachate = m + f Σ r(t − t_s),   K dr/dt = i − r                       linear reservoir of storage time K
 *   r(t) = Σ_j c_j (s − K (1 − e^(−s/K))),  s = max(0, t − j T/2),  c = (1, −2, 1) · 2 p q0/T,  j = 0, 1, 2
 *
 * w is linear between independent normals five minutes apart. In each six hours a storm begins with a given chance, at a
 * uniform moment. The triangle is a unit hydrograph of the simplest form (SCS, NEH 630.16); the reservoir is Nash's cascade
 * (1957) of one. What seeps late from storms older than eight storage times, e⁻⁸ of it, is left out.
 */
import type { Stream } from '../../models/kernel/index.ts';

export type Inflow = (timeUs: number) => number;

export interface InflowSpec {
  readonly mean: number;
  readonly daily: number;
  readonly noise: number;
  readonly storms?: { readonly chance: number; readonly peak: number; readonly lasts: number } | undefined;
  readonly leachate?: { readonly mean: number; readonly 'of-storms': number; readonly recedes: number } | undefined;
}

const DAY_US = 86_400e6;
const SLOT_US = 21_600e6;
const WANDER_US = 300e6;
const STORAGE_TIMES = 8;

/** Response of a linear reservoir [s] to an inflow that grows by one per second, `age_s` after it began. */
function ramp(age_s: number, storage_s: number): number {
  return age_s > 0 ? age_s - storage_s * (1 - Math.exp(-age_s / storage_s)) : 0;
}

/** Inflow [m³/s] at a plant time [µs]; never negative. */
export function createInflow(spec: InflowSpec, stream: Stream): Inflow {
  const wander = stream.stream('wander');
  const storm = stream.stream('storm');
  const { storms, leachate } = spec;
  const storage_s = leachate && leachate['of-storms'] > 0 ? leachate.recedes : 0;
  /** Slots whose storms may still be felt. */
  const slots = storms ? 1 + Math.ceil(((storms.lasts + STORAGE_TIMES * storage_s) * 1e6) / SLOT_US) : 0;
  // What was drawn for the present interval and slot is kept: drawing costs more than reading, and the draws never change.
  let interval = Number.NaN;
  let from = 0;
  let to = 0;
  let slotNow = Number.NaN;
  let count = 0;
  const beganUs = new Float64Array(slots);

  return (timeUs) => {
    const dry = spec.mean * (1 + spec.daily * Math.sin(2 * Math.PI * (timeUs / DAY_US - 1 / 3)));
    return Math.max(0, dry * (1 + spec.noise * wandering(timeUs))) + (leachate?.mean ?? 0) + stormFlow(timeUs);
  };

  function wandering(timeUs: number): number {
    if (spec.noise === 0) return 0;
    const k = Math.floor(timeUs / WANDER_US);
    if (k !== interval) {
      interval = k;
      from = wander.normal(k);
      to = wander.normal(k + 1);
    }
    return from + (timeUs / WANDER_US - k) * (to - from);
  }

  function stormFlow(timeUs: number): number {
    if (!storms) return 0;
    const slot = Math.floor(timeUs / SLOT_US);
    if (slot !== slotNow) {
      slotNow = slot;
      count = 0;
      for (let s = Math.max(0, slot - slots + 1); s <= slot; s += 1)
        if (storm.uniform(2 * s) < storms.chance) beganUs[count++] = (s + storm.uniform(2 * s + 1)) * SLOT_US;
    }
    const peak = spec.mean * storms.peak;
    const half_s = storms.lasts / 2;
    let flow = 0;
    for (let k = 0; k < count; k += 1) {
      const age_s = (timeUs - beganUs[k]!) * 1e-6;
      if (age_s <= 0) continue;
      if (age_s < storms.lasts) flow += peak * (1 - Math.abs(age_s / half_s - 1));
      if (storage_s === 0) continue;
      const response =
        ramp(age_s, storage_s) - 2 * ramp(age_s - half_s, storage_s) + ramp(age_s - 2 * half_s, storage_s);
      flow += (leachate!['of-storms'] * peak * response) / half_s;
    }
    return flow;
  }
}

/**
 * Gravity inflow from a catchment, as a pure function of time:
 *
 *   q(t) = q0 (1 + a sin(2π (t/24 h − 1/3))) (1 + σ w(t)) + storms
 *
 * w is linear between independent normals five minutes apart. In each six hours a storm begins with a given chance, at a
 * uniform moment, and adds a triangle of its peak over its length (a unit hydrograph of the simplest form: SCS, NEH 630.16).
 */
import type { Stream } from '../../models/kernel/index.ts';

export type Inflow = (timeUs: number) => number;

export interface InflowSpec {
  readonly mean: number;
  readonly daily: number;
  readonly noise: number;
  readonly storms?: { readonly chance: number; readonly peak: number; readonly lasts: number } | undefined;
}

const DAY_US = 86_400e6;
const SLOT_US = 21_600e6;
const WANDER_US = 300e6;

/** Inflow [m³/s] at a plant time [µs]; never negative. */
export function createInflow(spec: InflowSpec, stream: Stream): Inflow {
  const wander = stream.stream('wander');
  const storm = stream.stream('storm');
  return (timeUs) => {
    const k = Math.floor(timeUs / WANDER_US);
    const share = timeUs / WANDER_US - k;
    const w = spec.noise > 0 ? wander.normal(k) + share * (wander.normal(k + 1) - wander.normal(k)) : 0;
    const dry = spec.mean * (1 + spec.daily * Math.sin(2 * Math.PI * (timeUs / DAY_US - 1 / 3))) * (1 + spec.noise * w);
    return Math.max(0, dry) + stormFlow(timeUs);
  };

  function stormFlow(timeUs: number): number {
    const { storms } = spec;
    if (!storms) return 0;
    const slot = Math.floor(timeUs / SLOT_US);
    const lastsUs = storms.lasts * 1e6;
    let flow = 0;
    // A storm of the slot before may still run.
    for (let s = Math.max(0, slot - 1); s <= slot; s += 1) {
      if (storm.uniform(2 * s) >= storms.chance) continue;
      const age = (timeUs - (s + storm.uniform(2 * s + 1)) * SLOT_US) / lastsUs;
      if (age > 0 && age < 1) flow += spec.mean * storms.peak * (1 - Math.abs(2 * age - 1));
    }
    return flow;
  }
}

/**
 * Line pack that heat moves, in standard volume, from thermometers along the line.
 *
 *   V_T = ∫ A (1 − β (T − 15 °C)) dx       ⇒   dV_T/dt = −β [q (T_up − T_down) − (q_d/L_c) ∫ (T − T_g) dx]
 *
 * The bracket is the heat that the flow brings into a span less what the ground takes: no thermometer has to be
 * differentiated, so its noise and its dead band stay small (0.1 K at one end is 0.008 % of the flow). Between two
 * thermometers the excess over the ground falls exponentially, so its mean is the logarithmic mean of the ends. What is wrong
 * by a constant (cooling length, ground, calibration) the balance learns with everything else.
 *
 * β expansion at 15 °C [1/K], q flow, q_d design flow [m³/s], L_c cooling length at design flow [m], T_g ground [K].
 * Source: energy equation of a line, e.g. API TR 1149 (2015) §4 (line pack by temperature), integrated over a span.
 */
import type { AsBuilt, FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import type { Cleaner } from '../preprocess/index.ts';
import type { Line } from './line.ts';

export interface LineHeat {
  readonly expansion_per_K: number;
  readonly ground_K: number;
  readonly coolingLength_m: number;
  /** Thermometer at a span's ends, −1 where there is none (spans). */
  readonly upTag: readonly number[];
  readonly downTag: readonly number[];
  /** Thermometer that corrects a meter of actual volume, −1: the meter corrects itself, or none stands there (tags). */
  readonly meterTag: readonly number[];
}

const REFERENCE_K = 288.15;
/** Thermometers are read over about this time. */
const SMOOTH_S = 300;
/** Distance [m] within which a thermometer belongs to a place. */
const NEAR_M = 1;

/** Undefined where as-built data or thermometers say nothing of heat. */
export function readLineHeat(
  layout: FrameLayout,
  asBuilt: AsBuilt,
  spans: readonly { readonly start_m: number; readonly length_m: number }[],
): LineHeat | undefined {
  const heat = asBuilt.fluid?.heat;
  if (!heat) return undefined;
  const thermometer = (position_m: number | undefined) =>
    layout.tags.findIndex(
      (t) =>
        t.quantity === 'temperature' &&
        t.position_m !== undefined &&
        position_m !== undefined &&
        Math.abs(t.position_m - position_m) <= NEAR_M,
    );
  const standard = new Set(heat.standardFlows);
  return {
    expansion_per_K: heat.expansion15_per_K,
    ground_K: heat.ground_K,
    coolingLength_m: heat.coolingLength_m,
    upTag: spans.map((s) => thermometer(s.start_m)),
    downTag: spans.map((s) => thermometer(s.start_m + s.length_m)),
    meterTag: layout.tags.map((t) => (t.quantity === 'flow' && !standard.has(t.id) ? thermometer(t.position_m) : -1)),
  };
}

export interface HeatPack {
  /** dV_T/dt of each span [m³/s] at the present flow; 0 where a thermometer is missing (spans). */
  readonly rate_m3_s: Float64Array;
  /** Flow of a meter in standard volume [m³/s]. */
  standardFlow_m3_s(clean: Cleaner, tag: number): number;
  /** `flow` is that of the span's section [m³/s, standard]. */
  step(clean: Cleaner, flowOfSpan: Float64Array): void;
}

export function createHeatPack(layout: FrameLayout, line: Line, heat: LineHeat, arena: Arena): HeatPack {
  const n = line.spans.length;
  const rate_m3_s = arena.f64(n);
  const smooth_K = arena.f64(layout.tags.length); // thermometers, smoothed; 0: not read yet (tags)
  const weight = 1 - Math.exp((-layout.scanUs * 1e-6) / SMOOTH_S);
  const thermometers = layout.tags.flatMap((t, i) => (t.quantity === 'temperature' ? [i] : []));
  const perMetre = line.designFlow_m3_s / heat.coolingLength_m;

  return {
    rate_m3_s,
    standardFlow_m3_s(clean, tag) {
      const t = heat.meterTag[tag]!;
      const T = t < 0 ? 0 : smooth_K[t]!;
      const flow = clean.value[tag]!;
      return T > 0 ? flow * (1 - heat.expansion_per_K * (T - REFERENCE_K)) : flow;
    },
    step(clean, flowOfSpan) {
      for (let k = 0; k < thermometers.length; k += 1) {
        const i = thermometers[k]!;
        if (clean.usable[i] !== 1) continue;
        const T = clean.value[i]!;
        smooth_K[i] = smooth_K[i]! > 0 ? smooth_K[i]! + weight * (T - smooth_K[i]!) : T;
      }
      for (let s = 0; s < n; s += 1) {
        const up = heat.upTag[s]! < 0 ? 0 : smooth_K[heat.upTag[s]!]!;
        const down = heat.downTag[s]! < 0 ? 0 : smooth_K[heat.downTag[s]!]!;
        if (!(up > 0 && down > 0)) continue;
        const lost = perMetre * line.spans[s]!.length_m * logMean(up - heat.ground_K, down - heat.ground_K);
        rate_m3_s[s] = -heat.expansion_per_K * (flowOfSpan[s]! * (up - down) - lost);
      }
    },
  };
}

/** Mean of an exponential between its ends; their plain mean where they are alike or lie on both sides of zero. */
function logMean(a: number, b: number): number {
  if (!(a * b > 0) || Math.abs(a - b) < 1e-3 * Math.abs(a)) return 0.5 * (a + b);
  return (a - b) / Math.log(a / b);
}

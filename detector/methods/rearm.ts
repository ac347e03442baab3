/**
 * A balance that goes on watching while its alarm stands. When a section's alarm has stood long enough for the line to settle, the mean of
 * what it misses becomes the base of a second chart, which asks by the same test whether still more is missing.
 *
 *   settle 3 τ, learn 2 τ (τ: over which flows are smoothed), then the base follows with 5 τ while the sum is near zero,
 *   so that a leak that grows slowly stays one leak
 */
import type { Arena } from '../../models/kernel/index.ts';
import type { Balance } from '../features/index.ts';
import { createLossChart, type LossChart } from './lossChart.ts';

const SMOOTHED_S = 60;
const SETTLE_S = 3 * SMOOTHED_S;
const LEARN_S = 2 * SMOOTHED_S;
const FOLLOW_S = 5 * SMOOTHED_S;
/** Share of the threshold below which the sum is taken for noise. */
const NOISE_SHARE = 0.3;

export interface Rearmed {
  readonly chart: LossChart;
  /** The section's alarm condition holds; true where it did not before. */
  rose(section: number, timeUs: number): boolean;
  fell(section: number): void;
  /** Sections that stand. */
  standing(): number;
  /** A further leak was found: its share becomes a part of the base. */
  again(section: number, timeUs: number): void;
  /** Returns whether the second chart speaks: the base is known. */
  step(section: number, timeUs: number, slack_m3_s: number, threshold_m3: number): boolean;
}

export function createRearmed(balance: Balance, scan_s: number, arena: Arena): Rearmed {
  const chart = createLossChart(balance, scan_s, arena);
  const n = balance.line.sections.length;
  const nSpan = balance.line.spans.length;
  const stands = arena.u8(n);
  const sinceUs = arena.f64(n); // when the section rose, or a further leak in it was found
  const learned = arena.f64(n); // scans of the base

  /** base ← base + weight · (now − base) */
  function learn(i: number, weight: number): void {
    const toward = (list: Float64Array, at: number, now: number) => {
      list[at] = list[at]! + weight * (now - list[at]!);
    };
    toward(chart.base_m3_s, i, balance.residual_m3_s[i]!);
    toward(chart.baseOut_m3_s, i, balance.flowOut_m3_s[i]!);
    for (let k = 0; k < nSpan; k += 1) toward(chart.baseSpan_m3_s, i * nSpan + k, balance.spanFlow_m3_s[k]!);
  }

  function begin(i: number, timeUs: number): void {
    sinceUs[i] = timeUs;
    learned[i] = 0;
    chart.restart(i);
  }

  return {
    chart,
    rose(i, timeUs) {
      if (stands[i] === 1) return false;
      stands[i] = 1;
      begin(i, timeUs);
      return true;
    },
    fell(i) {
      stands[i] = 0;
    },
    standing() {
      let count = 0;
      for (let i = 0; i < n; i += 1) count += stands[i]!;
      return count;
    },
    again: begin,
    step(i, timeUs, slack_m3_s, threshold_m3) {
      if (stands[i] !== 1) return false;
      const since_s = (timeUs - sinceUs[i]!) * 1e-6;
      if (since_s < SETTLE_S) return false;
      if (since_s < SETTLE_S + LEARN_S) {
        learned[i] = learned[i]! + 1;
        learn(i, 1 / learned[i]!);
        return false;
      }
      chart.step(i, timeUs, slack_m3_s, 3 * threshold_m3);
      if (chart.sum_m3[i]! < NOISE_SHARE * threshold_m3) learn(i, scan_s / FOLLOW_S);
      return true;
    },
  };
}

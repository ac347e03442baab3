/**
 * Page's sum of what a section misses, with all that goes with it: since when, how much, and whether the pressures agree.
 *
 *   S ← max(0, S + (r − r0 − k) dt),  r the balance's residual, k the slack
 *
 * The base (r0, and the span flows that belong to it) is zero for a section's first leak. Once that leak's alarm stands the base
 * is what it explains, and the same test on the rest asks for a further one.
 */
import type { Arena } from '../../models/kernel/index.ts';
import type { Balance } from '../features/index.ts';

export interface LossChart {
  /** Missing volume that counts [m³] (sections). */
  readonly sum_m3: Float64Array;
  /** When the sum last left zero [µs] (sections). */
  readonly onsetUs: Float64Array;
  /** What the residual was before the leak [m³/s] (sections). */
  readonly base_m3_s: Float64Array;
  /** What the outlet's meter then said [m³/s] (sections). */
  readonly baseOut_m3_s: Float64Array;
  /** Span flows then [m³/s] (sections, spans). */
  readonly baseSpan_m3_s: Float64Array;
  /** Begins anew at the next scan (sections). */
  restart(section: number): void;
  step(section: number, timeUs: number, slack_m3_s: number, most_m3: number): void;
  /** Mean missing since the onset [m³/s]. */
  meanRate(section: number, timeUs: number): number;
  elapsed_s(section: number, timeUs: number): number;
  /** A span's flow less its base [m³/s]. */
  spanFlow(section: number, span: number): number;
  /** Mean of (G_k − G_{k+1}) beyond its base since the onset, `after` counted within the section [m³/s]. */
  split(section: number, after: number, timeUs: number): number;
  /** By how much a span's flow has moved since the onset [m³/s]. */
  moved(section: number, span: number): number;
}

export function createLossChart(balance: Balance, scan_s: number, arena: Arena): LossChart {
  const { line } = balance;
  const n = line.sections.length;
  const nSpan = line.spans.length;
  const sum_m3 = arena.f64(n);
  const onsetUs = arena.f64(n);
  const base_m3_s = arena.f64(n);
  const baseOut_m3_s = arena.f64(n);
  const baseSpan_m3_s = arena.f64(n * nSpan);
  const missing_m3 = arena.f64(n); // all that is missing since the onset, while the sum is bounded
  const split_m3 = arena.f64(n * nSpan); // ∫ (G_k − G_{k+1}) dt since the onset (sections, spans)
  const onsetFlow = arena.f64(n * nSpan); // span flows then (sections, spans)

  const spanFlow = (i: number, k: number) => balance.spanFlow_m3_s[k]! - baseSpan_m3_s[i * nSpan + k]!;
  const elapsed_s = (i: number, timeUs: number) => Math.max(scan_s, (timeUs - onsetUs[i]!) * 1e-6);

  return {
    sum_m3,
    onsetUs,
    base_m3_s,
    baseOut_m3_s,
    baseSpan_m3_s,
    restart(i) {
      sum_m3[i] = 0;
      onsetUs[i] = Number.NaN;
    },
    step(i, timeUs, slack_m3_s, most_m3) {
      const residual = balance.residual_m3_s[i]! - base_m3_s[i]!;
      // Bounded, so that the alarm can return soon after a leak is closed.
      const next = Math.min(most_m3, sum_m3[i]! + (residual - slack_m3_s) * scan_s);
      // The first scan may already be above zero: it is an onset too.
      if (next <= 0 || Number.isNaN(onsetUs[i]!)) {
        sum_m3[i] = Math.max(0, next);
        onsetUs[i] = timeUs;
        missing_m3[i] = 0;
        for (let k = 0; k < nSpan; k += 1) onsetFlow[i * nSpan + k] = spanFlow(i, k);
        split_m3.fill(0, i * nSpan, (i + 1) * nSpan);
        return;
      }
      sum_m3[i] = next;
      missing_m3[i] = missing_m3[i]! + residual * scan_s;
      const { spans } = line.sections[i]!;
      for (let a = 0; a + 1 < spans.length; a += 1) {
        const at = i * nSpan + a;
        split_m3[at] = split_m3[at]! + (spanFlow(i, spans[a]!) - spanFlow(i, spans[a + 1]!)) * scan_s;
      }
    },
    meanRate: (i, timeUs) => missing_m3[i]! / elapsed_s(i, timeUs),
    elapsed_s,
    spanFlow,
    split: (i, a, timeUs) => split_m3[i * nSpan + a]! / elapsed_s(i, timeUs),
    moved: (i, k) => spanFlow(i, k) - onsetFlow[i * nSpan + k]!,
  };
}

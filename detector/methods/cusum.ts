/**
 * Page's cumulative sum (1954), designed for a stated rate of false alarms.
 *
 *   S ← max(0, S + x − k),  alarm at S ≥ h;  k half of the size to detect,  h ≈ ln(2k²·ARL0 + 1)/(2k) − 1.166 (Siegmund 1985)
 *
 * On the balance S is a volume [m³]: the leaked volume that the meters miss. White noise sets only a part of its
 * threshold; line-pack errors while the line is being packed or drained set the rest, as a stated allowance that grows
 * with the recent movement of the line pack. On tags it is two-sided and in standard deviations.
 */
import type { Frame, Score } from '../../models/contract/index.ts';
import type { Balance } from '../features/index.ts';
import type { MethodOf } from '../recipe.ts';
import { createLossChart, type LossChart } from './lossChart.ts';
import { type Context, cusumThreshold, type Running } from './method.ts';
import { createRearmed } from './rearm.ts';

type Spec = MethodOf<'cusum'>;

/** Share of the suspected leak by which the spans inside a section must disagree, or the flow beyond it must have moved. */
const SPLIT_SHARE = 0.12;
/**
 * What heat does to a line's own flow, as a share of the design flow per hour: half a kelvin in an hour moves the viscosity of a crude by 1.5 %,
 * the loss by 0.3 % and the flow that pumps and loss agree on by about a tenth of a percent.
 */
const HEAT_WANDER_1_H = 0.001;
/** After an operation, flows move for their own reasons. */
const SETTLE_US = 15 * 60e6;
/** What corroboration is worth meanwhile: one of its two proofs. */
const SETTLING_ABLE = 0.5;
/** Over which the balance smooths span flows and meters. */
const SMOOTHED_S = 60;

export function createCusum(spec: Spec, context: Context): Running {
  return spec.on === 'balance' ? onBalance(spec, context) : onTags(spec, context);
}

function onBalance(spec: Spec, context: Context): Running {
  const balance = context.balance(spec.allowance.forget, spec['line-pack']);
  const operations = context.operations();
  const { line } = balance;
  const n = line.sections.length;
  const scan_s = context.scan_s;
  const slack = (spec.detects * line.designFlow_m3_s) / 2;
  const arl = 1 / (spec['false-alarms'] * scan_s);
  const first = createLossChart(balance, scan_s, context.arena);
  const rearmed = spec['re-arm'] ? createRearmed(balance, scan_s, context.arena) : undefined;

  function threshold(i: number): number {
    const sigma = balance.sigma_m3_s[i]!;
    const noise_m3 = cusumThreshold(slack / sigma, arl) * sigma * scan_s;
    return noise_m3 + spec.allowance.least + spec.allowance['per-activity'] * balance.activity_m3[i]!;
  }

  return {
    reset() {
      first.onsetUs.fill(Number.NaN);
      rearmed?.chart.onsetUs.fill(Number.NaN);
    },
    step(frame, score) {
      let worst = -1;
      let other = -1;
      let ready = 0;
      // Soon after an operation the pressures' word on it is only half believed.
      const settling = spec.corroborate && frame.timeUs - operations.lastUs[0]! < SETTLE_US;
      for (let i = 0; i < n; i += 1) {
        ready += balance.ready[i]!;
        if (balance.ready[i] !== 1) {
          first.sum_m3[i] = 0;
          rearmed?.fell(i);
          continue;
        }
        const h = threshold(i);
        first.step(i, frame.timeUs, slack, 3 * h);
        balance.mayLearn[i] = first.sum_m3[i]! < 0.3 * h && frame.timeUs - operations.lastUs[0]! > SETTLE_US ? 1 : 0;
        const ratio = first.sum_m3[i]! / h;
        const counts = ratio < 1 || !spec.corroborate || corroborated(first, i, frame);
        if (ratio > score.value && counts) {
          score.value = ratio;
          worst = i;
        }
        if (!rearmed) continue;
        if (ratio < 1 - spec.deadband) rearmed.fell(i);
        else if (ratio >= 1 && counts && rearmed.rose(i, frame.timeUs)) other = i;
      }
      score.able = (ready / n) * (settling ? SETTLING_ABLE : 1);
      if (worst < 0 || score.value < 1) return;
      if (rearmed && other >= 0 && rearmed.standing() > 1) {
        // A section joins while another one stands: a leak of its own.
        explain(first, other, frame, score);
        score.further = true;
        return;
      }
      explain(first, worst, frame, score);
      if (!rearmed) return;
      for (let i = 0; i < n; i += 1) {
        if (balance.ready[i] !== 1) continue;
        const h = threshold(i);
        if (!rearmed.step(i, frame.timeUs, slack, h)) continue;
        if (rearmed.chart.sum_m3[i]! < h || (spec.corroborate && !corroborated(rearmed.chart, i, frame))) continue;
        explain(rearmed.chart, i, frame, score);
        score.further = true;
        rearmed.again(i, frame.timeUs);
      }
    },
  };

  /** Do the pressures agree that liquid is lost inside the section? */
  function corroborated(chart: LossChart, i: number, frame: Frame): boolean {
    const section = line.sections[i]!;
    const suspected = chart.meanRate(i, frame.timeUs);
    const needed = SPLIT_SHARE * suspected;
    for (const k of section.spans) if (balance.spanReady[k] !== 1) return false;
    for (let a = 0; a + 1 < section.spans.length; a += 1) {
      const up = section.spans[a]!;
      const down = section.spans[a + 1]!;
      const noise = Math.hypot(balance.spanNoise_m3_s[up]!, balance.spanNoise_m3_s[down]!);
      // Over the same time as the loss: a moment's disagreement proves nothing against hours of a meter's.
      if (chart.split(i, a, frame.timeUs) > Math.max(needed, 3 * noise)) return true;
    }
    if (frame.timeUs - operations.lastUs[0]! < SETTLE_US || chart.onsetUs[i]! - operations.lastUs[0]! < SETTLE_US)
      return false;
    const inlet = section.spans[0]!;
    const outlet = section.spans[section.spans.length - 1]!;
    // What the weather does to the line's own flow meanwhile is no leak's doing.
    const wander = line.heat ? (HEAT_WANDER_1_H * line.designFlow_m3_s * chart.elapsed_s(i, frame.timeUs)) / 3600 : 0;
    const noise = 4 * Math.max(balance.spanNoise_m3_s[inlet]!, balance.spanNoise_m3_s[outlet]!) + wander;
    const limit = Math.max(needed, noise);
    return -chart.moved(i, outlet) > limit || chart.moved(i, inlet) > limit;
  }

  function explain(chart: LossChart, i: number, frame: Frame, score: Score): void {
    const section = line.sections[i]!;
    // A leak that grows is now larger than its mean since the onset.
    const steady = chart.meanRate(i, frame.timeUs);
    const recent = balance.recent_m3_s[i]! - chart.base_m3_s[i]!;
    const rate = recent > 1.25 * steady ? recent : steady;
    const elapsed_s = chart.elapsed_s(i, frame.timeUs);
    const sigma =
      balance.sigma_m3_s[i]! / Math.sqrt(elapsed_s / scan_s) + (0.1 + 0.6 * Math.exp(-elapsed_s / SMOOTHED_S)) * rate;
    score.rate = { massRate_kg_s: rate * line.density_kg_m3, sigma_kg_s: sigma * line.density_kg_m3 };
    score.where = place(chart, balance, i, rate, scan_s, elapsed_s);
    score.onsetUs = chart.onsetUs[i]!;
    const base = chart.base_m3_s[i]!;
    score.because =
      `${section.id}: ${chart.sum_m3[i]!.toFixed(2)} m3 missing over ${Math.round(elapsed_s)} s against a threshold of ` +
      `${threshold(i).toFixed(2)} m3, about ${(rate * 3600).toFixed(1)} m3/h` +
      (base > 0 ? ` beyond the ${(base * 3600).toFixed(1)} m3/h that were missing before` : '');
  }
}

/**
 * Hydraulic-gradient intersection: up to the leak the spans carry what the inlet meter says, beyond it what the outlet
 * meter says, so the length that carries the inlet's flow is x − start = Σ L_k (G_k − Q_out)/q.
 */
function place(
  chart: LossChart,
  balance: Balance,
  i: number,
  rate: number,
  scan_s: number,
  elapsed_s: number,
): { position_m: number; sigma_m: number } {
  const { line } = balance;
  const section = line.sections[i]!;
  const length_m = section.end_m - section.start_m;
  const widest_m = length_m / Math.sqrt(12);
  // Before the spans have settled they say nothing of the place: the section's middle, and all of its length.
  if (elapsed_s < SMOOTHED_S) return { position_m: section.start_m + length_m / 2, sigma_m: widest_m };
  const out = balance.flowOut_m3_s[i]! - chart.baseOut_m3_s[i]!;
  let before_m = 0;
  for (const k of section.spans) before_m += (line.spans[k]!.length_m * (chart.spanFlow(i, k) - out)) / rate;
  // The outlet meter, smoothed over a minute, and the slow wander of the learned means are what blurs it.
  const meter_m3_s = (balance.sigma_m3_s[i]! / Math.SQRT2) * Math.sqrt(scan_s / (2 * SMOOTHED_S));
  const settling = Math.exp(-elapsed_s / (2 * SMOOTHED_S)) / Math.sqrt(12);
  const sigma_m = Math.min(
    widest_m,
    length_m * Math.hypot(meter_m3_s / rate, (0.05 * balance.sigma_m3_s[i]!) / rate, 0.05, settling),
  );
  return { position_m: section.start_m + Math.min(length_m, Math.max(0, before_m)), sigma_m };
}

function onTags(spec: Spec, context: Context): Running {
  const deviation = context.deviation(spec.tags);
  const n = deviation.tags.length;
  const k = spec.detects / 2;
  // Two sides and n tags share the rate of false alarms.
  const h = cusumThreshold(k, (2 * n) / (spec['false-alarms'] * context.scan_s));
  const up = context.arena.f64(n);
  const down = context.arena.f64(n);
  return {
    reset() {},
    step(_frame, score) {
      let worst = -1;
      let ready = 0;
      for (let i = 0; i < n; i += 1) {
        if (deviation.ready[i] !== 1) continue;
        ready += 1;
        const z = deviation.z[i]!;
        up[i] = Math.min(3 * h, Math.max(0, up[i]! + z - k));
        down[i] = Math.min(3 * h, Math.max(0, down[i]! - z - k));
        const ratio = Math.max(up[i]!, down[i]!) / h;
        if (ratio > score.value) {
          score.value = ratio;
          worst = i;
        }
      }
      score.able = ready / n;
      if (worst >= 0 && score.value >= 1) {
        const tag = context.layout.tags[deviation.tags[worst]!]!.id;
        score.because = `${tag}: cumulative sum ${(score.value * h).toFixed(1)} sigma against a threshold of ${h.toFixed(1)}`;
      }
    },
  };
}

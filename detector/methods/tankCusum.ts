/**
 * Page's cumulative sum (1954) on what each tank misses: S ← max(0, S + missing − slack dt), alarm at S ≥ h.
 *
 *   slack = detects · design flow/2 + per-activity · what the meters move
 *   h     = √2 σ √(2 ln(N/(f τ))) + least + settling time · what the meters move, its recent peak
 *
 * The imbalance is a level with noise, not a sum of noises: missing volume telescopes, so a tank at rest is exceeded only by
 * the difference of two noises, N/τ times a second (N tanks, τ the smoothing time), f the rate of false alarms.
 */
import type { Frame, Score } from '../../models/contract/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';

/** For which gauge and meter may disagree about a flow that began or ended. */
const SETTLE_S = 45;
const SMOOTH_S = 60;
/** Below this share of its threshold a sum is taken for noise, and the leak has not begun. */
const ONSET_SHARE = 0.25;

export function createTankCusum(spec: MethodOf<'cusum'>, context: Context): Running {
  const rate = context.tankRate();
  const n = rate.tanks.length;
  const { scan_s } = context;
  const rest_m3_s = (spec.detects * (context.asBuilt?.designFlow_m3_s ?? 0)) / 2;
  const share = spec.allowance['per-activity'];
  const quantile = Math.SQRT2 * Math.sqrt(2 * Math.log(Math.max(2, n / (spec['false-alarms'] * SMOOTH_S))));
  const fade = Math.exp(-scan_s / spec.allowance.forget);
  const sum_m3 = context.arena.f64(n);
  const onsetUs = context.arena.f64(n); // when the sum was last near zero (tanks)
  const peak_m3_s = context.arena.f64(n); // recent peak of what the meters move (tanks)
  const lost_m3 = context.arena.f64(n); // missing since the onset, without slack or bound (tanks)
  const excused_m3 = context.arena.f64(n); // allowance for settling at the last scan (tanks)

  const threshold = (i: number) => quantile * rate.sigma_m3[i]! + spec.allowance.least + SETTLE_S * peak_m3_s[i]!;

  return {
    reset() {
      onsetUs.fill(Number.NaN);
    },
    step(frame, score) {
      let worst = -1;
      let ready = 0;
      for (let i = 0; i < n; i += 1) {
        peak_m3_s[i] = Math.max(rate.moved_m3_s[i]!, peak_m3_s[i]! * fade);
        const h = threshold(i);
        // What the allowance has excused stays excused when it fades: a gauge that lags gives back what it seemed to hold.
        const excuse = SETTLE_S * peak_m3_s[i]!;
        sum_m3[i] = Math.max(0, sum_m3[i]! - Math.max(0, excused_m3[i]! - excuse));
        excused_m3[i] = excuse;
        ready += rate.ready[i]!;
        if (rate.ready[i] === 1) {
          const slack = (rest_m3_s + share * rate.moved_m3_s[i]!) * scan_s;
          // Bounded, so that the alarm can return soon after a leak is closed.
          const next = Math.max(0, Math.min(3 * h, sum_m3[i]! + rate.missing_m3[i]! - slack));
          sum_m3[i] = next;
          if (next < ONSET_SHARE * h || Number.isNaN(onsetUs[i]!)) {
            lost_m3[i] = 0;
            onsetUs[i] = frame.timeUs;
          } else lost_m3[i] = lost_m3[i]! + rate.missing_m3[i]!;
        }
        const ratio = sum_m3[i]! / h;
        if (ratio > score.value) {
          score.value = ratio;
          worst = i;
        }
      }
      score.able = ready / n;
      if (worst >= 0 && score.value >= 1) explain(worst, frame, score);
    },
  };

  function explain(i: number, frame: Frame, score: Score): void {
    const tank = rate.tanks[i]!;
    const elapsed_s = Math.max(scan_s, (frame.timeUs - onsetUs[i]!) * 1e-6);
    const lost_m3_s = Math.max(0, lost_m3[i]!) / elapsed_s;
    const sigma = Math.hypot(
      (Math.SQRT2 * rate.sigma_m3[i]!) / elapsed_s,
      share * rate.moved_m3_s[i]!,
      0.05 * lost_m3_s,
    );
    score.rate = { massRate_kg_s: lost_m3_s * tank.density15_kg_m3, sigma_kg_s: sigma * tank.density15_kg_m3 };
    score.onsetUs = onsetUs[i]!;
    score.because =
      `${tank.id}: ${lost_m3[i]!.toFixed(2)} m3 missing over ${Math.round(elapsed_s)} s, its sum ${score.value.toFixed(2)} times the threshold of ` +
      `${threshold(i).toFixed(2)} m3, about ${(lost_m3_s * 3600).toFixed(1)} m3/h`;
  }
}

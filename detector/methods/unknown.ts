/**
 * Charts for changes of unknown size on the balance or on tags: what `unknownSize.ts` makes of each channel's residual over its
 * noise. The theory's limits are for white noise; correlated residuals are scaled to the variance that their sums have,
 *
 *   σ_∞² = σ² (1 + ρ)/(1 − ρ)      ρ learned while the chart is calm, first order       (e.g. Basseville & Nikiforov 1993, §11.1)
 *
 * and never below the white one. On the balance one-sided (a leak is a loss), on tags two-sided.
 */
import type { Balance, Deviation } from '../features/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';
import { createGlr, createMixture, createPageHinkley, createSprtBank, type Statistic } from './unknownSize.ts';

type Spec = MethodOf<'glr'> | MethodOf<'mixture'> | MethodOf<'sprt'> | MethodOf<'page-hinkley'>;

/** Sizes of a bank, from the smallest to the largest by equal factors. */
const SIZES = 6;
/** Correlation is learned over about so many scans. */
const LEARN_SCANS = 3600;
/** Above this share of its limit a chart may be seeing a leak: nothing is learned. */
const CALM = 0.5;

export function createUnknown(spec: Spec, context: Context): Running {
  const balance: Balance | undefined = spec.on === 'balance' ? context.balance(300, spec['line-pack']) : undefined;
  const deviation: Deviation | undefined = spec.on === 'tags' ? context.deviation(spec.tags) : undefined;
  const n = balance ? balance.line.sections.length : deviation!.tags.length;
  const sides = balance ? 1 : 2;
  const { arena, scan_s } = context;
  const arl0 = (n * sides) / (spec['false-alarms'] * scan_s);
  // Sizes in σ of tags are as written. On the balance σ is learned, so they are brought to the σ that meters have by their data sheets.
  const unit = balance ? balance.line.designFlow_m3_s / meterNoise(context, balance) : 1;
  const statistic = statisticOf(spec, n * sides, arl0, unit, context);
  const correlation = arena.f64(n); // Σ z z' with forgetting (channels)
  const power = arena.f64(n); // Σ z² (channels)
  const before = arena.f64(n); // last z (channels)
  const peak = arena.f64(n);

  return {
    reset() {},
    step(_frame, score) {
      let worst = -1;
      let able = 0;
      for (let i = 0; i < n; i += 1) {
        const ready = balance ? balance.ready[i]! : deviation!.ready[i]!;
        if (ready !== 1) {
          for (let s = 0; s < sides; s += 1) statistic.restart(sides * i + s);
          before[i] = 0;
          continue;
        }
        able += 1;
        const raw = balance ? balance.residual_m3_s[i]! / balance.sigma_m3_s[i]! : deviation!.z[i]!;
        const rho = power[i]! > 0 ? Math.min(0.98, Math.max(0, correlation[i]! / power[i]!)) : 0;
        const z = raw / Math.sqrt((1 + rho) / (1 - rho));
        let ratio = statistic.step(sides * i, z);
        if (sides === 2) ratio = Math.max(ratio, statistic.step(sides * i + 1, -z));
        peak[i] = ratio;
        if (ratio < CALM) {
          correlation[i] = correlation[i]! + (raw * before[i]! - correlation[i]!) / LEARN_SCANS;
          power[i] = power[i]! + (raw * raw - power[i]!) / LEARN_SCANS;
          // The balance learns its own mean only while nobody suspects a leak.
          if (balance) balance.mayLearn[i] = 1;
        } else if (balance) balance.mayLearn[i] = 0;
        before[i] = raw;
        if (ratio > score.value) {
          score.value = ratio;
          worst = i;
        }
      }
      score.able = able / n;
      if (worst < 0 || score.value < 1) return;
      const name = balance ? balance.line.sections[worst]!.id : context.layout.tags[deviation!.tags[worst]!]!.id;
      score.because = `${name}: ${spec.method} at ${(score.value * statistic.limit).toFixed(2)} against a limit of ${statistic.limit.toFixed(2)}`;
      if (balance) {
        score.because += `, imbalance ${((100 * balance.recent_m3_s[worst]!) / balance.line.designFlow_m3_s).toFixed(2)} % over the last minute`;
        const rate = Math.max(0, balance.recent_m3_s[worst]!) * balance.line.density_kg_m3;
        score.rate = { massRate_kg_s: rate, sigma_kg_s: balance.sigma_m3_s[worst]! * balance.line.density_kg_m3 };
      }
    },
  };
}

function statisticOf(spec: Spec, n: number, arl0: number, unit: number, context: Context): Statistic {
  const { arena, scan_s } = context;
  switch (spec.method) {
    case 'glr':
      return createGlr(n, spec.window / scan_s, arl0, arena);
    case 'mixture':
      return createMixture(n, sizes(spec.from * unit, spec.to * unit), arl0, arena);
    case 'sprt':
      return createSprtBank(n, sizes(spec.from * unit, spec.to * unit), arl0, spec.miss, arena);
    case 'page-hinkley':
      return createPageHinkley(n, (spec.detects * unit) / 2, arl0, arena);
  }
}

function sizes(from: number, to: number): number[] {
  return Array.from({ length: SIZES }, (_, j) => from * (to / from) ** (j / (SIZES - 1)));
}

/** What two meters' noise alone makes of an imbalance [m³/s], the quietest section. */
function meterNoise(context: Context, balance: Balance): number {
  const of = (tag: number) => context.layout.tags[tag]!.noise * context.clean.scale[tag]!;
  const noise = Math.min(...balance.line.sections.map((s) => Math.hypot(of(s.inFlow), of(s.outFlow))));
  return Math.max(noise, 1e-6 * balance.line.designFlow_m3_s);
}

/**
 * Charts without memory, and with a fading one.
 *
 *   threshold (Shewhart 1931):  |z| ≥ L
 *   ewma (Roberts 1959):        y ← (1 − λ) y + λ z,  |y| ≥ L √(λ/(2 − λ))
 *
 * On the balance z is the residual over its own learned noise, one-sided (a leak is a loss); on tags it is two-sided.
 */
import type { Balance, Deviation } from '../features/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';

export function createShewhart(spec: MethodOf<'threshold'> | MethodOf<'ewma'>, context: Context): Running {
  const weight = spec.method === 'ewma' ? spec.weight : 1;
  const limit = spec.sigma * Math.sqrt(weight / (2 - weight));
  const balance: Balance | undefined = spec.on === 'balance' ? context.balance(300) : undefined;
  const deviation: Deviation | undefined = spec.on === 'tags' ? context.deviation(spec.tags) : undefined;
  const n = balance ? balance.line.sections.length : deviation!.tags.length;
  const smoothed = context.arena.f64(n);
  return {
    reset() {},
    step(_frame, score) {
      let worst = -1;
      let able = 0;
      for (let i = 0; i < n; i += 1) {
        const ready = balance ? balance.ready[i]! : deviation!.ready[i]!;
        if (ready !== 1) {
          smoothed[i] = 0;
          continue;
        }
        able += 1;
        const z = balance ? balance.residual_m3_s[i]! / balance.sigma_m3_s[i]! : deviation!.z[i]!;
        const y = smoothed[i]! + weight * (z - smoothed[i]!);
        smoothed[i] = y;
        const ratio = (balance ? y : Math.abs(y)) / limit;
        if (ratio > score.value) {
          score.value = ratio;
          worst = i;
        }
      }
      score.able = able / n;
      if (worst < 0 || score.value < 1) return;
      const name = balance ? balance.line.sections[worst]!.id : context.layout.tags[deviation!.tags[worst]!]!.id;
      score.because = `${name}: ${(score.value * limit).toFixed(2)} sigma against a limit of ${limit.toFixed(2)}`;
      if (balance) {
        const rate = Math.max(0, balance.residual_m3_s[worst]!) * balance.line.density_kg_m3;
        score.rate = { massRate_kg_s: rate, sigma_kg_s: balance.sigma_m3_s[worst]! * balance.line.density_kg_m3 };
      }
    },
  };
}

/**
 * A release somewhere on the site, by all gas instruments and the wind together: alarm where ln B reaches the logarithm of the
 * evidence asked for, and, where a place is asked for, where the posterior is sure enough of it.
 */
import type { Frame, Score } from '../../models/contract/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';
import { createSuspicion } from './suspicion.ts';

export function createGasSource(spec: MethodOf<'gas-source'>, context: Context): Running {
  const evidence = context.sourceEvidence({
    background: spec.background,
    average_s: spec.average,
    forget_s: spec.forget,
    correlation_s: spec.correlation,
    least_kg_s: spec['least-rate'],
    most_kg_s: spec['most-rate'],
    ...(spec['learn-weather'] === undefined ? {} : { learnWeather_s: spec['learn-weather'] }),
  });
  const { blocks } = evidence.background;
  const { named, gas } = blocks.site;
  const needed = Math.log(spec.evidence);
  const held = context.arena.f64(1); // score since the last block
  const suspicion = createSuspicion(evidence, spec['place-by']);
  function explain(score: Score): void {
    const e = evidence.estimate();
    const suspect = suspicion.of(e);
    score.where = suspect.where;
    score.rate = {
      massRate_kg_s: e.rate_kg_s,
      sigma_kg_s: e.sigma_kg_s,
      low_kg_s: e.low_kg_s,
      high_kg_s: e.high_kg_s,
    };
    const since = evidence.sinceUs[0]!;
    if (Number.isFinite(since)) score.onsetUs = since;
    score.because = `${gas}: evidence e^${evidence.logBayes[0]!.toFixed(1)} against e^${needed.toFixed(1)} asked for; ${suspect.because}`;
  }

  /** Share of the instruments that may be used; none without the wind. */
  function able(): number {
    const { usable } = context.clean;
    const { sensors, speed, direction } = blocks.site;
    if (usable[speed] !== 1 || usable[direction] !== 1) return 0;
    let sum = 0;
    for (let s = 0; s < sensors.length; s += 1) sum += usable[sensors[s]!.tag]!;
    return sum / sensors.length;
  }

  return {
    reset() {},
    step(_frame: Frame, score: Score) {
      if (blocks.ended[0] === 1) {
        const ratio = evidence.logBayes[0]! / needed;
        held[0] = ratio >= 1 && !sure() ? Math.min(ratio, 0.99) : ratio;
      }
      score.value = Math.max(0, held[0]!);
      score.able = able();
      // Nobody asks for the reasons between blocks, unless an alarm waits for its delay.
      if (score.value >= 1 && (blocks.ended[0] === 1 || spec['on-delay'] > 0)) explain(score);
    },
  };

  function sure(): boolean {
    if (spec.certainty === 0) return true;
    const e = evidence.estimate();
    return named ? e.probability >= spec.certainty : e.sigma_m <= (1 - spec.certainty) * suspicion.ground_m;
  }
}

/**
 * What no skill looks like: a detector that never speaks, and one that speaks at random moments.
 */
import { hashText, seeded } from '../../models/kernel/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';

export function createNull(): Running {
  return { reset() {}, step() {} };
}

/** Raises in each scan with the chance that makes the stated rate; lasts one scan. */
export function createRandom(spec: MethodOf<'random'>, context: Context): Running {
  const stream = seeded(spec.seed).stream(`random/${hashText(context.layout.digest, 0)}`);
  const chance = spec.rate * context.scan_s;
  return {
    reset() {},
    step(frame, score) {
      if (stream.uniform(frame.seq) < chance) {
        score.value = 1;
        score.because = 'by chance';
      }
    },
  };
}

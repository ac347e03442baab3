/**
 * From a method's score to a condition that holds or not: deadband, on-delay and off-delay on frame time. It holds at
 * score ≥ 1 and is gone below 1 − deadband; in between it stays as it was. Where the inputs are lost nothing is known: the
 * condition stays as it was, and delays begin anew when the inputs are back.
 */
import type { Arena } from '../../models/kernel/index.ts';

export interface Delays {
  readonly onDelay_us: number;
  readonly offDelay_us: number;
  readonly deadband: number;
}

export interface Condition {
  /** 1: the condition is there, 0: it is gone, as soon as it has lasted; undefined where neither is known yet. */
  step(timeUs: number, score: number, usable: boolean): 0 | 1 | undefined;
}

export function createCondition(delays: Delays, arena: Arena): Condition {
  const holding = arena.u8(1); // 1: the condition holds
  const lost = arena.u8(1); // 1: the inputs were lost at the last scan
  const sinceUs = arena.f64(1); // since when it has been so [µs]
  return {
    step(timeUs, score, usable) {
      if (!usable) {
        lost[0] = 1;
        return undefined;
      }
      const holds = score >= 1 || (holding[0] === 1 && score > 1 - delays.deadband);
      if (holds !== (holding[0] === 1) || lost[0] === 1) {
        holding[0] = holds ? 1 : 0;
        lost[0] = 0;
        sinceUs[0] = timeUs;
      }
      const lasted = timeUs - sinceUs[0]!;
      if (holds) return lasted >= delays.onDelay_us ? 1 : undefined;
      return lasted >= delays.offDelay_us ? 0 : undefined;
    },
  };
}

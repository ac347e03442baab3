/**
 * Alarm floods (ISA-18.2-2016, 16.5; EEMUA 191): one begins when more than so many alarms were annunciated within the window,
 * and ends when fewer than the other number were.
 */
import type { Arena } from '../../models/kernel/index.ts';

export interface FloodSettings {
  readonly beginsAbove: number;
  readonly endsBelow: number;
  readonly window_us: number;
}

export interface Flood {
  readonly on: boolean;
  /** An alarm was annunciated. */
  count(timeUs: number): void;
  /** Looks at the window; true where the flood has just begun or ended. */
  step(timeUs: number): boolean;
  reset(): void;
}

export function createFlood(settings: FloodSettings, arena: Arena): Flood {
  const kept = settings.beginsAbove + 1;
  const times = arena.f64(kept); // of the last annunciations, a ring [µs]
  const counted = arena.f64(1);
  const on = arena.u8(1);
  return {
    get on() {
      return on[0] === 1;
    },
    count(timeUs) {
      times[counted[0]! % kept] = timeUs;
      counted[0] = counted[0]! + 1;
    },
    step(timeUs) {
      let within = 0;
      for (let i = 0; i < kept; i += 1) if (timeUs - times[i]! < settings.window_us) within += 1;
      const now = on[0] === 1 ? within >= settings.endsBelow : within > settings.beginsAbove;
      if (now === (on[0] === 1)) return false;
      on[0] = now ? 1 : 0;
      return true;
    },
    reset() {
      times.fill(Number.NEGATIVE_INFINITY);
    },
  };
}

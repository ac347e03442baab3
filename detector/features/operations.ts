/**
 * When did the control room last move something? Read from what the plant itself reports: pump speeds, running states and
 * valve positions that changed within a minute, speeds by more than ten times their
 * noise, valves by more than a percent (a control valve answers a leak too, but by less).
 */
import type { Frame, FrameLayout } from '../../models/contract/index.ts';
import { type Arena, UNITS } from '../../models/kernel/index.ts';
import type { Cleaner } from '../preprocess/index.ts';

const VALVE_CHANGE = 0.01;
const SPEED_CHANGE = 0.001;
const WINDOW_SCANS = 60;

export interface Operations {
  /** Plant time of the last operation seen [µs], −Infinity before any (1). */
  readonly lastUs: Float64Array;
  reset(): void;
  step(frame: Frame, clean: Cleaner): void;
}

export function createOperations(layout: FrameLayout, arena: Arena): Operations {
  const tags = layout.tags
    .map((_, i) => i)
    .filter((i) => ['speed', 'opening', 'running'].includes(layout.tags[i]!.quantity));
  const limit = tags.map((i) => {
    const tag = layout.tags[i]!;
    const noise = tag.unit === '' ? tag.noise : tag.noise * UNITS[tag.unit]!.factor;
    return tag.quantity === 'opening' ? VALVE_CHANGE : Math.max(SPEED_CHANGE, 10 * noise);
  });
  const lastUs = arena.f64(1);
  const before = arena.f64(tags.length * WINDOW_SCANS);
  const seen = arena.f64(1);
  return {
    lastUs,
    reset() {
      lastUs[0] = Number.NEGATIVE_INFINITY;
    },
    step(frame, clean) {
      const n = seen[0]!;
      for (let i = 0; i < tags.length; i += 1) {
        const t = tags[i]!;
        const at = i * WINDOW_SCANS + (n % WINDOW_SCANS);
        const now = clean.value[t]!;
        if (n >= WINDOW_SCANS && clean.usable[t] === 1 && Math.abs(now - before[at]!) > limit[i]!)
          lastUs[0] = frame.timeUs;
        before[at] = now;
      }
      seen[0] = n + 1;
    },
  };
}

/** Small logs for the judge's tests. */
import type { AlarmEvent, TruthEvent } from '../../../models/contract/index.ts';

export const us = (seconds: number): number => Math.round(seconds * 1e6);

export function raise(alarm: string, at_s: number, more: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    alarm,
    timeUs: us(at_s),
    frameSeq: Math.max(0, Math.floor(at_s)),
    from: 'normal',
    to: 'unacknowledged',
    priority: 2,
    score: 1.1,
    by: 'test',
    because: 'A test raised it.',
    ...more,
  };
}

export function opened(
  ref: string,
  at_s: number,
  more: { unit?: string; position_m?: number; growth_s?: number } = {},
): TruthEvent {
  return {
    kind: 'leak.opened',
    timeUs: us(at_s),
    ref,
    unit: 'line',
    position_m: 1000,
    area_m2: 1e-5,
    growth_s: 0,
    ...more,
  };
}

export function closed(ref: string, at_s: number, volume_m3 = 1): TruthEvent {
  return { kind: 'leak.closed', timeUs: us(at_s), ref, volume_m3 };
}

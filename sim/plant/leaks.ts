/**
 * What every kind of plant does alike when a leak is opened or closed: find it, refuse what cannot be, tell the truth.
 */
import type { Command, TruthEvent } from '../../models/contract/index.ts';
import type { LeakModel } from './model.ts';

type OpenCommand = Extract<Command, { kind: 'leak.open' }>;

/** Index of a leak that may be opened, or the sentence that says why not. `leakOpenUs` is −1 where closed (leaks). */
export function closedLeak(leaks: readonly LeakModel[], leakOpenUs: Float64Array, id: string): number | string {
  const l = leaks.findIndex((x) => x.id === id);
  if (l < 0) return `there is no place "${id}" to leak; known: ${leaks.map((x) => x.id).join(', ') || 'none'}`;
  return leakOpenUs[l]! >= 0 ? `leak "${id}" is open already` : l;
}

/** Index of a leak that may be closed, or the sentence that says why not. */
export function openLeak(leaks: readonly LeakModel[], leakOpenUs: Float64Array, id: string): number | string {
  const l = leaks.findIndex((x) => x.id === id);
  if (l < 0) return `there is no leak "${id}"`;
  return leakOpenUs[l]! < 0 ? `leak "${id}" is not open` : l;
}

/** The truth of an opening. */
export function leakOpened(leak: LeakModel, command: OpenCommand, timeUs: number): TruthEvent {
  return {
    kind: 'leak.opened',
    timeUs,
    ref: leak.id,
    unit: leak.on,
    position_m: leak.position_m,
    area_m2: command.area_m2,
    growth_s: command.growth_s,
  };
}

/**
 * What every kind of plant does alike with its leaks: open and close them, refuse what cannot be, let them grow, tell the truth.
 *
 *   A(t) = A_end · min(1, (t − t_open) / growth) · g(t)      the hole grows evenly; growth 0: at once
 *   g(t) = 1 where (t − t_open) mod period < open, else 0    of a leak that pulses; else 1
 */
import type { Command, TruthEvent } from '../../models/contract/index.ts';
import type { LeakModel } from './model.ts';

type OpenCommand = Extract<Command, { kind: 'leak.open' }>;

/** What a plant keeps of its leaks. */
export interface LeakState {
  readonly leakOpenUs: Float64Array; // when it opened [µs], −1: closed (nLeak)
  readonly leakArea_m2: Float64Array; // final area (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly leakPulseUs: Float64Array; // period and open time of each, 0: it does not pulse (2 nLeak)
}

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

/** Why a hole of this area cannot be in a pipe of this bore, if so; equal areas may differ by rounding. */
export function widerThanBore(leak: LeakModel, area_m2: number, bore_m2: number): string | undefined {
  if (area_m2 <= bore_m2 * (1 + 1e-9)) return undefined;
  return `leak "${leak.id}": ${Number(area_m2.toPrecision(6))} m2 is more than the bore of ${leak.on}, ${Number(bore_m2.toPrecision(6))} m2`;
}

/**
 * Opens a leak and tells it. Undefined, or the sentence that says why not: what `refuses` says of the leak, or that it is
 * open already. `lost` is what it has let out since it opened; it starts anew (nLeak).
 */
export function openALeak<L extends LeakModel>(
  leaks: readonly L[],
  state: LeakState,
  lost: Float64Array,
  command: OpenCommand,
  timeUs: number,
  truth: TruthEvent[],
  refuses: (leak: L, index: number) => string | undefined,
): string | undefined {
  const l = closedLeak(leaks, state.leakOpenUs, command.leak);
  if (typeof l === 'string') return l;
  const why = refuses(leaks[l]!, l);
  if (why !== undefined) return why;
  setLeak(state, l, command, timeUs);
  lost[l] = 0;
  truth.push(leakOpened(leaks[l]!, command, timeUs));
  return undefined;
}

/** Writes an opening into the state. */
export function setLeak(state: LeakState, l: number, command: OpenCommand, timeUs: number): void {
  state.leakOpenUs[l] = timeUs;
  state.leakArea_m2[l] = command.area_m2;
  state.leakGrowthUs[l] = Math.round(command.growth_s * 1e6);
  state.leakPulseUs[2 * l] = Math.round((command.pulse?.period_s ?? 0) * 1e6);
  state.leakPulseUs[2 * l + 1] = Math.round((command.pulse?.open_s ?? 0) * 1e6);
}

/** Closes a leak and tells what it has let out. Undefined, or the sentence that says why not. */
export function closeALeak(
  leaks: readonly LeakModel[],
  state: Pick<LeakState, 'leakOpenUs'>,
  lostVolume_m3: (leak: number) => number,
  id: string,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  const l = openLeak(leaks, state.leakOpenUs, id);
  if (typeof l === 'string') return l;
  state.leakOpenUs[l] = -1;
  truth.push({ kind: 'leak.closed', timeUs, ref: id, volume_m3: lostVolume_m3(l) });
  return undefined;
}

/** Area that leak `l` has grown to at a time, 0 while it is closed [m²]. */
export function grownArea_m2(state: LeakState, l: number, timeUs: number): number {
  const opened = state.leakOpenUs[l]!;
  if (opened < 0) return 0;
  const period = state.leakPulseUs[2 * l]!;
  if (period > 0 && (timeUs - opened) % period >= state.leakPulseUs[2 * l + 1]!) return 0;
  const growth = state.leakGrowthUs[l]!;
  // Kinds that ask for the middle of a step may ask for a time before the opening.
  return state.leakArea_m2[l]! * (growth > 0 ? Math.min(1, Math.max(0, (timeUs - opened) / growth)) : 1);
}

/** One `leak.rate` per open leak, once a scan. */
export function reportLeaks(
  leaks: readonly LeakModel[],
  leakOpenUs: Float64Array,
  massRate_kg_s: (leak: number) => number,
  lostVolume_m3: (leak: number) => number,
  timeUs: number,
  truth: TruthEvent[],
): void {
  for (let l = 0; l < leaks.length; l += 1) {
    if (leakOpenUs[l]! < 0) continue;
    const ref = leaks[l]!.id;
    truth.push({ kind: 'leak.rate', timeUs, ref, massRate_kg_s: massRate_kg_s(l), volume_m3: lostVolume_m3(l) });
  }
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

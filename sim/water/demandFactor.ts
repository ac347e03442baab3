/** How much more or less than usual customers draw: from one factor to another, evenly over a time. */
import type { TruthEvent } from '../../models/contract/index.ts';
import type { DemandCommand } from '../plant/index.ts';

/** Rows of `demandFactor`. */
const FROM = 0;
const TO = 1;
const BEGAN_US = 2;
const LASTS_US = 3;
/** The factor in the demands that were drawn last, where they stand between two draws. */
export const IN_FORCE = 4;
export const DEMAND_FACTOR = 5;

export function usualDemand(factor: Float64Array): void {
  factor[FROM] = 1;
  factor[TO] = 1;
  factor[IN_FORCE] = 1;
}

/** The factor at a plant time. */
export function demandFactorAt(factor: Float64Array, timeUs: number): number {
  const since = timeUs - factor[BEGAN_US]!;
  const lasts = factor[LASTS_US]!;
  if (since >= lasts) return factor[TO]!;
  return factor[FROM]! + (factor[TO]! - factor[FROM]!) * Math.max(0, since / lasts);
}

export function applyDemand(factor: Float64Array, command: DemandCommand, timeUs: number, truth: TruthEvent[]): void {
  factor[FROM] = demandFactorAt(factor, timeUs);
  factor[TO] = command.factor;
  factor[BEGAN_US] = timeUs;
  factor[LASTS_US] = Math.round(command.over_s * 1e6);
  const over = command.over_s > 0 ? ` over ${Number(command.over_s.toPrecision(6))} s` : '';
  truth.push({
    kind: 'disturbance',
    timeUs,
    ref: 'demand',
    what: `demand ${Number((command.factor * 100).toPrecision(4))} %${over}`,
  });
}

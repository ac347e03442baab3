/** What the judge knows of instruments and frames do not tell: lags, polling, deadbands, and how far a leak's wave must go. */
import type { AsBuilt } from '../../models/contract/index.ts';
import { compileModel, type PlantSpec } from '../../sim/index.ts';
import type { ResolvedScenario } from '../engine/index.ts';
import type { InstrumentTiming } from '../score/index.ts';

/** By tag of the layout, for a leak at a distance along the line (NaN where it has none). */
export function instrumentTiming(resolved: ResolvedScenario, plant: PlantSpec, position_m: number): InstrumentTiming[] {
  const model = compileModel(plant, {
    seed: resolved.seed,
    leaks: resolved.leaks,
    ...(resolved.tick_s === undefined ? {} : { tick_s: resolved.tick_s }),
    exact: true,
  });
  return model.layout.tags.map((tag, i) => {
    const travel_s = travelTime_s(model.asBuilt, position_m, tag.position_m);
    return {
      lagUs: model.tagLag_us[i]!,
      latencyUs: model.stationLatencyUs[model.tagStation[i]!]!,
      ...(model.tagDeadband[i]! >= 0 ? { deadband: model.tagDeadband[i]!, silenceUs: model.tagSilence_us[i]! } : {}),
      ...(travel_s === undefined ? {} : { travelUs: travel_s * 1e6 }),
    };
  });
}

/** ∫ dx/c between two places of a line [s]; undefined where a stretch has no wave speed or the places are not on it. */
export function travelTime_s(asBuilt: AsBuilt, from_m: number, to_m: number | undefined): number | undefined {
  if (to_m === undefined || !Number.isFinite(from_m)) return undefined;
  const low = Math.min(from_m, to_m);
  const high = Math.max(from_m, to_m);
  let time_s = 0;
  let covered_m = 0;
  for (const { start_m, length_m, waveSpeed_m_s } of asBuilt.pipes) {
    if (start_m === undefined) continue;
    const part_m = Math.min(high, start_m + length_m) - Math.max(low, start_m);
    if (part_m <= 0) continue;
    if (waveSpeed_m_s === undefined) return undefined;
    time_s += part_m / waveSpeed_m_s;
    covered_m += part_m;
  }
  return Math.abs(covered_m - (high - low)) < 1e-6 * Math.max(1, high) ? time_s : undefined;
}

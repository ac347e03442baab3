/** What the judge knows of instruments and frames do not tell: lags, polling, deadbands, and how far a leak's wave must go. */
import type { AsBuilt } from '../../models/contract/index.ts';
import { darcyFactor, reynolds } from '../../models/physics/index.ts';
import { compileModel, type PlantSpec } from '../../sim/index.ts';
import type { ResolvedScenario } from '../engine/index.ts';
import type { InstrumentTiming, WaveKnowledge, WaveReceiver } from '../score/index.ts';

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

/**
 * Pressures along a line that may hear the front of a leak there, and what is known of its wave beforehand; undefined where the
 * plant is no line with wave speeds.
 */
export function waveReceivers(
  resolved: ResolvedScenario,
  plant: PlantSpec,
  position_m: number,
  { exact, growth_s }: { readonly exact?: boolean; readonly growth_s: number },
): { readonly receivers: WaveReceiver[]; readonly known: WaveKnowledge } | undefined {
  const options = {
    seed: resolved.seed,
    leaks: resolved.leaks,
    ...(resolved.tick_s === undefined ? {} : { tick_s: resolved.tick_s }),
  };
  const { layout, asBuilt, stationLatencyUs, tagStation } = compileModel(plant, { ...options, exact: true });
  const pipe = asBuilt.pipes.find(
    (p) => p.start_m !== undefined && position_m >= p.start_m && position_m <= p.start_m + p.length_m,
  );
  const { fluid, designFlow_m3_s } = asBuilt;
  if (!pipe?.waveSpeed_m_s || !fluid || designFlow_m3_s === undefined) return undefined;
  const diameter_m = pipe.insideDiameter_m;
  const velocity_m_s = designFlow_m3_s / ((Math.PI / 4) * diameter_m ** 2);
  const factor = darcyFactor(
    reynolds(velocity_m_s, diameter_m, fluid.kinematicViscosity_m2_s),
    (pipe.roughness_m ?? 0) / diameter_m,
  );
  const attenuation_1_m = (factor * velocity_m_s) / (2 * diameter_m * pipe.waveSpeed_m_s);
  const receivers = layout.tags.flatMap((tag, i): WaveReceiver[] => {
    if (tag.quantity !== 'pressure' || tag.position_m === undefined) return [];
    const travel_s = travelTime_s(asBuilt, position_m, tag.position_m);
    if (travel_s === undefined) return [];
    const latencyUs = stationLatencyUs[tagStation[i]!]!;
    return [{ tag: i, distance_m: tag.position_m - position_m, travel_s, latencyUs, attenuation_1_m }];
  });
  const { uncertainty } = compileModel(plant, { ...options, exact: exact ?? false }).asBuilt;
  const clock_s = layout.stations.map((s) => s.clockAccuracy_s);
  return { receivers, known: { waveSpeed: uncertainty.waveSpeed, clock_s, growth_s } };
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

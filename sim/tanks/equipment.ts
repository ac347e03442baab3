/**
 * What moves pumps and drain valves between two steps of the tanks, and what a sump shows.
 *
 *   pump    d speed/dt = ± 1/start time towards its set point; at rest at once when tripped; rate = rated · speed · (1 + σ w(t))
 *   drain   d opening/dt = ± 1/stroke time towards its set point
 *   sump    h = V/a below its depth d, then d + (V − a d)/F         V liquid in the bund less what the floor keeps back
 *
 * w runs as a straight line between independent normals ten seconds apart. The floor F falls to
 * the sump a: what lies in a bund
 * is taken to have gathered there, while the pool that evaporates and runs over is that of the physics, flat on the floor.
 */
import type { TanksModel } from './model.ts';
import type { TanksState } from './state.ts';

const WANDER_US = 10_000_000;

export function moveEquipment(model: TanksModel, state: TanksState, timeUs: number): void {
  const { farm } = state;
  const dt_s = model.tickUs * 1e-6;
  for (let p = 0; p < model.transferRate_m3_s.length; p += 1) {
    const to = model.farm.lineTo[p]!;
    const from = model.farm.lineFrom[p]!;
    if (state.speedSet[p]! > 0) {
      if (to >= 0 && farm.tankLevel_m[to]! > model.transferTripAbove_m[p]!) state.tripped[p] = 1;
      if (from >= 0 && farm.tankLevel_m[from]! < model.transferTripBelow_m[p]!) state.tripped[p] = 1;
    }
    let speed =
      state.tripped[p] === 1 ? 0 : towards(state.speed[p]!, state.speedSet[p]!, dt_s / model.transferStart_s[p]!);
    state.speed[p] = speed;
    const sigma = model.transferWander[p]!;
    if (speed > 0 && sigma > 0) {
      const knot = Math.floor(timeUs / WANDER_US);
      const share = timeUs / WANDER_US - knot;
      const stream = model.transferStream[p]!;
      speed *= 1 + sigma * (stream.normal(knot) * (1 - share) + stream.normal(knot + 1) * share);
    }
    farm.lineRate_m3_s[p] = model.transferRate_m3_s[p]! * speed;
  }
  for (let b = 0; b < model.drainStroke_s.length; b += 1)
    farm.drainOpening[b] = towards(farm.drainOpening[b]!, state.openingSet[b]!, dt_s / model.drainStroke_s[b]!);
}

function towards(now: number, wanted: number, most: number): number {
  return now + Math.min(most, Math.max(-most, wanted - now));
}

/** Level over the bottom of a bund's sump [m]. */
export function sumpLevel_m(model: TanksModel, state: TanksState, bund: number): number {
  const lies_m3 = state.farm.poolArea_m2[bund]! * state.farm.poolDepth_m[bund]!;
  const volume_m3 = Math.max(0, lies_m3 - model.heldBack_m3[bund]!);
  const area_m2 = model.sumpArea_m2[bund]!;
  const depth_m = model.sumpDepth_m[bund]!;
  const over_m3 = volume_m3 - area_m2 * depth_m;
  return over_m3 <= 0 ? volume_m3 / area_m2 : depth_m + over_m3 / model.farm.poolFloor_m2[bund]!;
}

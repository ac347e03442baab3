/**
 * One scan of all stations as a frame: blocks out of the rings, report by exception, clocks of the RTUs, qualities.
 * A station that cannot be reached leaves its last values and its last time standing.
 *
 *   time of a station = plant time − latency + offset + drift · plant time   [µs, to the nearest]
 */
import { type Frame, Quality } from '../../models/contract/index.ts';
import type { PlantModel, PlantState } from '../plant/index.ts';
import { DROP_OUT } from './sample.ts';

export function publishFrame(model: PlantModel, state: PlantState, timeUs: number, seq: number, frame: Frame): void {
  frame.seq = seq;
  frame.timeUs = timeUs;
  for (let s = 0; s < state.stationLost.length; s += 1) {
    if (state.stationLost[s] === 0) {
      state.stationTimeUs[s] = Math.round(
        timeUs - model.stationLatencyUs[s]! + model.stationOffsetUs[s]! + model.stationDrift[s]! * timeUs,
      );
    }
  }
  frame.stationTimeUs.set(state.stationTimeUs);
  const { column } = model.layout;
  for (let i = 0; i < model.tagWidth.length; i += 1) {
    const width = model.tagWidth[i]!;
    const slots = 2 * width;
    const base = model.tagRing[i]!;
    const at = column[i]!;
    let quality: number = state.faultForm[i] === DROP_OUT || state.declared[i] !== 0 ? Quality.failed : Quality.good;
    if (state.stationLost[model.tagStation[i]!] !== 0) quality |= Quality.lost;
    else {
      const first = (seq - 1) * width;
      const deadband = model.tagDeadband[i]!;
      const newest = state.ring[base + ((first + width - 1) % slots)]!;
      const report =
        deadband < 0 ||
        seq === 1 ||
        Math.abs(newest - state.published[at + width - 1]!) > deadband ||
        timeUs - state.reportedUs[i]! >= model.tagSilence_us[i]!;
      if (report) {
        for (let k = 0; k < width; k += 1) state.published[at + k] = state.ring[base + ((first + k) % slots)]!;
        state.reportedUs[i] = timeUs;
        if (state.clipped[i] !== 0) quality |= Quality.clipped;
        state.clipped[i] = 0;
      } else quality |= Quality.held;
    }
    frame.quality[i] = quality;
  }
  frame.value.set(state.published);
}

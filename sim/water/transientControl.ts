/** The file's simple controls while waves run: by a tank's level, at a time, at a time of day. A pump in manual is left alone. */
import type { TransientModel, TransientState } from './transientModel.ts';

const DAY_S = 86_400;

/** Acts on what holds at the end of the step that ends at `time_s` of the run; times within the step act once. */
export function followControls(model: TransientModel, state: TransientState, time_s: number): void {
  const net = state.network;
  const now = model.start_s + time_s;
  for (const c of model.controls) {
    let acts = false;
    if (c.kind === 'level') {
      const level_m = net.tankLevel_m[c.tank]!;
      acts = c.above ? level_m >= c.at : level_m <= c.at;
    } else if (c.kind === 'time') acts = passed(now - c.at, model.tick_s);
    else acts = passed((((now + model.startClock_s - c.at) % DAY_S) + DAY_S) % DAY_S, model.tick_s);
    if (!acts) continue;
    if (c.pump < 0) net.valveOpeningSet[c.link] = c.setting;
    else if (state.pumpManual[c.pump] === 0 || c.setting === 0) {
      // A word opens at the speed that the pump is to have, a number sets that speed.
      if (c.setting !== 0 && c.setting !== 1) state.pumpWanted[c.pump] = c.setting;
      if (net.pumpTripped[c.link] === 0) net.pumpSpeedSet[c.link] = c.setting === 0 ? 0 : state.pumpWanted[c.pump]!;
    }
  }
}

/** Whether an instant that lies `since` seconds back lies within the step that just ended. */
function passed(since: number, tick_s: number): boolean {
  return since >= 0 && since < tick_s * (1 - 1e-9);
}

/**
 * What customers draw.
 *
 *   wanted = ρn · flow · share(hour of the day) · (1 + σ w(t)) · opening of the customer's valve
 *
 * share: linear between the points of the day, round the clock. w: linear between independent normals `wander-every`
 * apart, so its variance is between 1/2 and 1 of σ². Both are functions of time alone: nothing is remembered but the
 * opening, which moves towards its set value no faster than 1/ramp-time.
 */
import type { Stream } from '../../models/kernel/index.ts';
import type { GasPlantModel } from './model.ts';
import type { GasPlantState } from './state.ts';

const DAY_S = 86_400;

/** Share of the flow at a time of the day [s]; 1 where no day is given. */
export function demandShare(
  day: readonly { readonly at: number; readonly share: number }[],
  timeOfDay_s: number,
): number {
  const n = day.length;
  if (n === 0) return 1;
  const t = timeOfDay_s % DAY_S;
  let i = n - 1;
  for (let k = 0; k < n; k += 1) if (day[k]!.at <= t) i = k;
  if (t < day[0]!.at) i = n - 1;
  const a = day[i]!;
  const b = day[(i + 1) % n]!;
  const from = a.at > t ? a.at - DAY_S : a.at;
  const to = b.at <= from ? b.at + DAY_S : b.at;
  return to > from ? a.share + ((b.share - a.share) * (t - from)) / (to - from) : a.share;
}

/** w at a time. */
export function wanderAt(stream: Stream, every_s: number, time_s: number): number {
  const index = Math.floor(time_s / every_s);
  const share = time_s / every_s - index;
  return stream.normal(index) * (1 - share) + stream.normal(index + 1) * share;
}

/** Sets the withdrawals for the step that ends at `timeUs`. */
export function drawDemand(model: GasPlantModel, state: GasPlantState, timeUs: number): void {
  const time_s = timeUs * 1e-6;
  for (let w = 0; w < model.drawNode.length; w += 1) {
    const by = state.drawSet[w]! - state.draw[w]!;
    const most = model.tickUs * 1e-6 * model.drawRate_per_s[w]!;
    state.draw[w] = Math.abs(by) <= most ? state.drawSet[w]! : state.draw[w]! + Math.sign(by) * most;
    let wanted = model.drawFlow_kg_s[w]! * state.draw[w]! * demandShare(model.drawDay[w]!, model.startsAt_s + time_s);
    const sigma = model.drawWander[w]!;
    if (sigma > 0) wanted *= Math.max(0, 1 + sigma * wanderAt(model.drawStream[w]!, model.drawEvery_s[w]!, time_s));
    state.network.withdrawal_kg_s[model.drawNode[w]!] = wanted;
  }
}

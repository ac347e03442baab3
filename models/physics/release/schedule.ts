/**
 * When a release flows: growing and intermittent openings, as exact means over a step, so that no pulse is missed.
 *
 *   share(t) = clamp((t − start)/growth, 0, 1) while on, 0 from the end on;  on = the first `open` of every `period`
 *   mean over [t, t + dt] = (I(t + dt) − I(t))/dt,  I = ∫ share, growth and pulses multiplied in closed form
 */
export interface ReleaseSchedule {
  readonly start_s: number;
  /** Default endless. */
  readonly end_s?: number;
  /** From nothing to the full area, linearly [s], default 0. */
  readonly growth_s?: number;
  /** Default always open. */
  readonly pulse?: { readonly period_s: number; readonly open_s: number };
}

/** Mean share of the full opening over [t, t + dt], 0 … 1. */
export function meanOpening(schedule: ReleaseSchedule, t_s: number, dt_s: number): number {
  const from = Math.max(t_s, schedule.start_s);
  const to = Math.min(t_s + dt_s, schedule.end_s ?? Number.POSITIVE_INFINITY);
  if (!(to > from)) return 0;
  const { start_s, pulse } = schedule;
  if (pulse === undefined) return (grown(schedule, to) - grown(schedule, from)) / dt_s;
  let sum = 0;
  const last = Math.floor((to - start_s) / pulse.period_s);
  for (let k = Math.floor((from - start_s) / pulse.period_s); k <= last; k++) {
    const opens = start_s + k * pulse.period_s;
    const a = Math.max(from, opens);
    const b = Math.min(to, opens + Math.min(pulse.open_s, pulse.period_s));
    if (b > a) sum += grown(schedule, b) - grown(schedule, a);
  }
  return sum / dt_s;
}

/** ∫ of the growth ramp from the start [s]. */
function grown(schedule: ReleaseSchedule, t_s: number): number {
  const t = t_s - schedule.start_s;
  const ramp = schedule.growth_s ?? 0;
  return t >= ramp ? t - ramp / 2 : (t * t) / (2 * ramp);
}

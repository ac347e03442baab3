/**
 * The PID algorithm, position form with back-calculation (Åström, Hägglund: PID Controllers, 2nd ed., ISA 1995, sections
 * 3.3 to 3.6: derivative on the measurement with a filter, backward differences, tracking time Tt).
 *
 *   e = s (r − y)                                    error
 *   P = K e
 *   D ← Td/(Td + N h) D − K Td N/(Td + N h) s (y − y₋)
 *   v = P + I + D                                     wanted
 *   u = v within limits, rate, selector, override     applied
 *   I ← I + K h/Ti e + h/Tt (u − v)                   Tt = Ti, or √(Ti Td) with derivative; h/Tt at most 1
 *
 * y measurement, r set point [of the instrument's span]; u, v, I, D output [of the output's span]; K gain [-]; s = 1 reverse,
 * −1 direct; h scan [s]; Ti, Td integral and derivative time [s]; N filter [-]. Without Ti the integral is a fixed bias.
 * The second term of I is anti-windup and tracking in one: whatever keeps u from v pulls I to where v would meet u.
 */

export interface PidSettings {
  readonly sense: 1 | -1;
  readonly gain: number;
  /** 0: none. */
  readonly integral_s: number;
  readonly derivative_s: number;
  readonly filter: number;
}

/** Arrays of one number per loop. */
export interface PidState {
  readonly integral: Float64Array;
  readonly derivative: Float64Array;
  readonly before: Float64Array;
  readonly wanted: Float64Array;
}

/** Takes a measurement; returns what the loop wants, before all limits. */
export function wantPid(
  l: PidSettings,
  s: PidState,
  i: number,
  measured: number,
  setPoint: number,
  h_s: number,
): number {
  if (l.derivative_s > 0) {
    const lag = l.derivative_s + l.filter * h_s;
    s.derivative[i] =
      (l.derivative_s / lag) * s.derivative[i]! -
      ((l.gain * l.derivative_s * l.filter) / lag) * l.sense * (measured - s.before[i]!);
  }
  s.before[i] = measured;
  const wanted = l.gain * l.sense * (setPoint - measured) + s.integral[i]! + s.derivative[i]!;
  s.wanted[i] = wanted;
  return wanted;
}

/** Integrates, and tracks what was applied instead of what was wanted. */
export function settlePid(
  l: PidSettings,
  s: PidState,
  i: number,
  setPoint: number,
  applied: number,
  h_s: number,
): void {
  if (l.integral_s <= 0) return;
  const track_s = l.derivative_s > 0 ? Math.sqrt(l.integral_s * l.derivative_s) : l.integral_s;
  const error = l.sense * (setPoint - s.before[i]!);
  s.integral[i] =
    s.integral[i]! + ((l.gain * h_s) / l.integral_s) * error + Math.min(1, h_s / track_s) * (applied - s.wanted[i]!);
}

/** Sets the integral so that the loop wants `output` with this measurement: the bumpless way into automatic. */
export function takeOverPid(
  l: PidSettings,
  s: PidState,
  i: number,
  measured: number,
  setPoint: number,
  output: number,
): void {
  s.derivative[i] = 0;
  s.before[i] = measured;
  s.integral[i] = output - l.gain * l.sense * (setPoint - measured);
  s.wanted[i] = output;
}

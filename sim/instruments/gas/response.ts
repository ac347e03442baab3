/**
 * How a sensor follows: two equal first-order stages in series, the filter before it and the element itself.
 *
 *   y1 ← y1 + (1 − e^(−Δt/τ)) (x − y1),  y2 ← y2 + (1 − e^(−Δt/τ)) (y1 − y2)
 *   step response 1 − (1 + t/τ) e^(−t/τ): T90 = 3.8897 τ, T50 = 1.6783 τ
 */
const T90_STAGES = 3.889720169867429;

/** Memory: two numbers from `at`. */
export function follow(x: number, t90_s: number, dt_s: number, memory: Float64Array, at: number): number {
  const gain = 1 - Math.exp((-dt_s * T90_STAGES) / t90_s);
  const first = memory[at]! + gain * (x - memory[at]!);
  memory[at] = first;
  memory[at + 1] = memory[at + 1]! + gain * (first - memory[at + 1]!);
  return memory[at + 1]!;
}

/** A single stage of time constant `tau_s`; memory: one number. */
export function lag(x: number, tau_s: number, dt_s: number, memory: Float64Array, at: number): number {
  memory[at] = memory[at]! + (1 - Math.exp(-dt_s / tau_s)) * (x - memory[at]!);
  return memory[at]!;
}

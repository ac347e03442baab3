/**
 * A stationary Gaussian-like series as a sum of waves: a function of the time, so that a seek or a resume changes nothing.
 *
 *   w(t) = Σ √(2 S(f_i) Δf_i) cos(2π f_i t + φ_i),   Σ S Δf = 1
 *
 * The bands are equal in ln f; each wave lies at a drawn place inside its band, so that the sum has no period, with a drawn
 * phase. Mean 0, variance 1 over long times. Source: M. Shinozuka, G. Deodatis, Appl. Mech. Rev. 44 (1991) 191.
 */
import type { Stream } from '../../../models/kernel/index.ts';

export interface Harmonics {
  readonly omega_rad_s: Float64Array; // (n)
  readonly amplitude: Float64Array; // (n)
  readonly phase_rad: Float64Array; // (n)
}

/** Two-sided shapes are not wanted: S(f) for f > 0, up to a factor, which the sum takes away. */
export function compileHarmonics(
  stream: Stream,
  spectrum: (f_Hz: number) => number,
  low_Hz: number,
  high_Hz: number,
  n: number,
): Harmonics {
  const omega_rad_s = new Float64Array(n);
  const amplitude = new Float64Array(n);
  const phase_rad = new Float64Array(n);
  const ratio = Math.log(high_Hz / low_Hz) / n;
  let power = 0;
  for (let i = 0; i < n; i += 1) {
    const from = low_Hz * Math.exp(ratio * i);
    const to = low_Hz * Math.exp(ratio * (i + 1));
    const middle = Math.sqrt(from * to);
    const share = spectrum(middle) * (to - from);
    power += share;
    omega_rad_s[i] = 2 * Math.PI * from * Math.exp(ratio * stream.uniform(2 * i));
    amplitude[i] = Math.sqrt(2 * share);
    phase_rad[i] = 2 * Math.PI * stream.uniform(2 * i + 1);
  }
  for (let i = 0; i < n; i += 1) amplitude[i] = amplitude[i]! / Math.sqrt(power);
  return { omega_rad_s, amplitude, phase_rad };
}

export function harmonicsAt({ omega_rad_s, amplitude, phase_rad }: Harmonics, time_s: number): number {
  let sum = 0;
  for (let i = 0; i < omega_rad_s.length; i += 1)
    sum += amplitude[i]! * Math.cos(omega_rad_s[i]! * time_s + phase_rad[i]!);
  return sum;
}

/** Spectrum of a process whose memory fades as e^(−t/T): S ∝ 1/(1 + (2π f T)²). T is its integral time. */
export function fadingSpectrum(integralTime_s: number): (f_Hz: number) => number {
  return (f) => 1 / (1 + (2 * Math.PI * f * integralTime_s) ** 2);
}

/** Kaimal's spectrum along the wind, S ∝ 1/(1 + 6 f T)^(5/3) (IEC 61400-1 ed. 3, eq. B.14); T is its integral time. */
export function kaimalSpectrum(integralTime_s: number): (f_Hz: number) => number {
  return (f) => (1 + 6 * f * integralTime_s) ** (-5 / 3);
}

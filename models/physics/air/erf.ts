/**
 * The error function, twice: to the last digits for formulas, and to 1.5·10⁻⁷ (Abramowitz & Stegun 1964, 7.1.26) where it is
 * called a million times a second.
 */
import { gammaP } from '../../kernel/index.ts';

/** erf(x) to about 14 digits, as the incomplete gamma function P(½, x²). */
export function erf(x: number): number {
  return x < 0 ? -gammaP(0.5, x * x) : gammaP(0.5, x * x);
}

/** erf(x) with an absolute error below 1.5·10⁻⁷. */
export function fastErf(x: number): number {
  const a = Math.abs(x);
  if (a > 5.5) return x < 0 ? -1 : 1;
  const t = 1 / (1 + 0.3275911 * a);
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const value = 1 - polynomial * Math.exp(-a * a);
  return x < 0 ? -value : value;
}

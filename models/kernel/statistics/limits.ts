/**
 * Limits of charts for a change of unknown size in white noise, from a demanded mean time between false alarms ARL₀ in samples.
 *
 *   window-limited GLR   max over k ≤ M of (S_t − S_{t−k})/√k ≥ b, one-sided:
 *                        ARL₀ ≈ 2√(2π) e^{b²/2} / (b ∫ x ν²(x) dx), x from b/√M to b          Siegmund & Venkatraman 1995, for windows
 *                        ν(x) ≈ (2/x)(Φ(x/2) − ½) / ((x/2) Φ(x/2) + φ(x/2))                   Siegmund & Yakir 2007
 *   mixture              Σ w_j R_j ≥ ARL₀ after Shiryaev and Roberts: never less than ARL₀, since Σ w_j R_j − t is a martingale          Pollak 1987
 *   repeated SPRT        ARL₀ ≈ E₀N/α with Wald's E₀N = (α A + (1 − α) B)/(−δ²/2), A = ln((1 − β)/α), B = ln(β/(1 − α))              Wald 1947
 */
import { normalCdf } from './normal.ts';

const PANELS = 400;

/** ν of the overshoot of a boundary by a random walk with drift x. */
function overshoot(x: number): number {
  if (x < 1e-6) return 1;
  const phi = Math.exp(-(x * x) / 8) / Math.sqrt(2 * Math.PI);
  const cdf = normalCdf(x / 2);
  return ((2 / x) * (cdf - 0.5)) / ((x / 2) * cdf + phi);
}

/** ln ARL₀ of a one-sided GLR with limit b over windows of 1 to `window` samples. */
function logRunLength(b: number, window: number): number {
  const low = b / Math.sqrt(window);
  const step = (b - low) / PANELS;
  let sum = 0;
  for (let i = 0; i <= PANELS; i += 1) {
    const x = low + i * step;
    sum += (i === 0 || i === PANELS ? 0.5 : 1) * x * overshoot(x) ** 2;
  }
  return Math.log(2 * Math.sqrt(2 * Math.PI)) + (b * b) / 2 - Math.log(b * sum * step);
}

/** Limit b of a one-sided window-limited GLR chart in standard deviations; ARL₀ ≥ 10, window ≥ 2 samples. */
export function glrLimit(arl0: number, window: number): number {
  let low = 1;
  let high = 12;
  for (let i = 0; i < 60; i += 1) {
    const b = (low + high) / 2;
    if (logRunLength(b, window) < Math.log(arl0)) low = b;
    else high = b;
  }
  return (low + high) / 2;
}

/** Wald's limits of a test for a shift of δ that begins anew whenever it decides for no change; β is the chance to decide so wrongly. */
export function sprtLimits(
  delta: number,
  arl0: number,
  beta: number,
): { readonly upper: number; readonly lower: number } {
  let low = -40;
  let high = Math.log(0.49);
  for (let i = 0; i < 80; i += 1) {
    const alpha = Math.exp((low + high) / 2);
    const upper = Math.log((1 - beta) / alpha);
    const lower = Math.log(beta / (1 - alpha));
    const samples = (alpha * upper + (1 - alpha) * lower) / (-(delta * delta) / 2);
    if (samples / alpha > arl0) low = Math.log(alpha);
    else high = Math.log(alpha);
  }
  const alpha = Math.exp(high);
  return { upper: Math.log((1 - beta) / alpha), lower: Math.log(beta / (1 - alpha)) };
}

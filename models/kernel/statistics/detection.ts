/**
 * How fast a change can be found at all. One sample per scan, drift δ (in standard deviations of the whitened noise), mean
 * time between false alarms ARL₀ in scans; information per scan I = δ²/2.
 *
 *   worst case     ARL₀ = (2/δ²)(e^ν − ν − 1),  D = (2/δ²)(e^−ν + ν − 1)              attained by CUSUM with k = δ/2
 *   stationary     D = (2/δ²) B(x),  x = ARL₀ δ²/2,  b = 1/x,  B = e^b E₁(b) − 1 + b ∫₀^∞ e^(−bu) ln(1+u)/u du   attained by Shiryaev–Roberts
 *                  → (2/δ²)(ln x − 1 − γ) for large x, γ Euler's constant; → ARL₀/2 for small x
 *   growing        the first scan at which Σ ½ δ_i² reaches δ²/2 · D of the mean δ² so far
 *   CUSUM limit    h ≈ ln(2k² ARL₀ + 1)/(2k) − 1.166                                   Siegmund's correction
 *
 * Both optima are of Brownian motion; a detector that sees samples is a little slower (2 to 8 % at δ = 2 … 3), never faster.
 * Source: Lorden (1971); Moustakides (1986); Shiryaev (1963); Pollak & Siegmund (1985), Biometrika 72, 267;
 * Siegmund, Sequential Analysis (1985), §10.2; Feinberg & Shiryaev (2006) for the stationary problem.
 */

/** Mean scans to detection in the worst case at best (Lorden's criterion). δ > 0, ARL₀ ≥ 1. */
export function worstCaseDelay(delta: number, arl0: number): number {
  return (2 / (delta * delta)) * worstCaseInformation((arl0 * delta * delta) / 2);
}

/** Mean scans to detection at best by a detector that has been running for long when the change comes. */
export function stationaryDelay(delta: number, arl0: number): number {
  const x = (arl0 * delta * delta) / 2;
  return (2 / (delta * delta)) * stationaryInformation(x);
}

/**
 * Scans to detection at best for a signal that is not a step: `information` (n) holds ½ δᵀΣ⁻¹δ of each scan from the
 * opening on. Infinity where the signal ends before enough has come. For a step it equals the two above, up to the fraction of a scan.
 */
export function growingDelay(information: ArrayLike<number>, arl0: number, kind: 'worst-case' | 'stationary'): number {
  let sum = 0;
  for (let i = 0; i < information.length; i += 1) {
    const gain = information[i]!;
    const before = sum;
    sum += gain;
    if (sum <= 0) continue;
    const x = arl0 * (sum / (i + 1));
    const needed = kind === 'worst-case' ? worstCaseInformation(x) : stationaryInformation(x);
    if (sum < needed) continue;
    // One scan that tells all by itself is heard at its end and not before; where many add up, the mean lies between two.
    return gain >= needed ? i + 1 : i + Math.max(0, (needed - before) / gain);
  }
  return Number.POSITIVE_INFINITY;
}

/** Decision limit of a one-sided CUSUM S ← max(0, S + x − k) with unit noise for a mean time between false alarms ARL₀. */
export function cusumLimit(k: number, arl0: number): number {
  return Math.log(2 * k * k * arl0 + 1) / (2 * k) - 1.166;
}

/** ν > 0 of e^ν − ν − 1 = x, by Newton from above; small x: ν ≈ √(2x). */
function threshold(x: number): number {
  let nu = x < 1 ? Math.sqrt(2 * x) : Math.log(x + 1) + 1;
  for (let i = 0; i < 100; i += 1) {
    const step = (Math.expm1(nu) - nu - x) / Math.expm1(nu);
    nu -= step;
    if (Math.abs(step) < 1e-14 * nu) break;
  }
  return nu;
}

function worstCaseInformation(x: number): number {
  const nu = threshold(x);
  return Math.expm1(-nu) + nu;
}

const PANELS = 600;

/** B(x): information that the stationary optimum gathers on average. */
function stationaryInformation(x: number): number {
  const b = 1 / x;
  // u = e^s − 1 makes the integrand smooth over all its decades; e^(−bu) ends it.
  const end = Math.log1p(40 / b);
  const step = end / PANELS;
  const at = (s: number) => (s === 0 ? 1 : (Math.exp(-b * Math.expm1(s)) * s) / -Math.expm1(-s));
  let sum = at(0) + at(end);
  for (let i = 1; i < PANELS; i += 1) sum += at(i * step) * (i % 2 === 1 ? 4 : 2);
  return scaledE1(b) - 1 + (b * sum * step) / 3;
}

const EULER = 0.5772156649015329;

/** e^b E₁(b): series below 1, Lentz's continued fraction above (Abramowitz & Stegun 5.1.11 and 5.1.22). */
function scaledE1(b: number): number {
  if (b < 1) {
    let sum = -EULER - Math.log(b);
    let term = 1;
    for (let n = 1; n < 60; n += 1) {
      term *= -b / n;
      sum -= term / n;
    }
    return Math.exp(b) * sum;
  }
  let c = 1e300;
  let d = 1 / (b + 1);
  let h = d;
  for (let i = 1; i < 500; i += 1) {
    const a = -i * i;
    const t = b + 2 * i + 1;
    d = 1 / (t + a * d);
    c = t + a / c;
    h *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return h;
}

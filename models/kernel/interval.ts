/**
 * Exact confidence intervals for counts. Poisson rate: Garwood (1936), lower = chi2(alpha/2; 2n)/2T, upper =
 * chi2(1-alpha/2; 2n+2)/2T; for n = 0 the upper end is one-sided (3/T at 95 %, the "rule of three" is -ln(alpha)/T).
 * Proportion: Clopper and Pearson (1934), by the beta distribution. Quantiles are found by bisection on the regularised
 * incomplete gamma and beta functions (series and continued fractions: Numerical Recipes 6.2 and 6.4).
 */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** ln Gamma(x), x > 0 (Lanczos, g = 7, n = 9; relative error about 1e-15). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const y = x - 1;
  let a = 0.99999999999980993;
  LANCZOS.forEach((c, i) => {
    a += c / (y + i + 1);
  });
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(a);
}

/** Regularised lower incomplete gamma P(a, x). */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return sum * scale;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i += 1) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b || 1e-300);
    c = b + an / c || 1e-300;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return 1 - scale * h;
}

/** Regularised incomplete beta I_x(a, b). */
export function betaI(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(a, b, x)) / a : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || 1e-300);
  let h = d;
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || 1e-300);
    c = 1 + even / c || 1e-300;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || 1e-300);
    c = 1 + odd / c || 1e-300;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

function solve(f: (x: number) => number, target: number, low: number, high: number): number {
  let a = low;
  let b = high;
  for (let i = 0; i < 200 && b - a > 1e-15 * Math.max(1, Math.abs(b)); i += 1) {
    const m = (a + b) / 2;
    if (f(m) < target) a = m;
    else b = m;
  }
  return (a + b) / 2;
}

/** Exact interval of a Poisson rate: `count` events in `exposure` (any unit); the result is per that unit. */
export function poissonInterval(count: number, exposure: number, level = 0.95): Interval {
  const alpha = 1 - level;
  const tail = count === 0 ? alpha : alpha / 2;
  const bound = count + 20 + 20 * Math.sqrt(count + 1) - 2 * Math.log(alpha);
  const low = count === 0 ? 0 : solve((x) => gammaP(count, x), alpha / 2, 0, bound);
  const high = solve((x) => gammaP(count + 1, x), 1 - tail, 0, bound);
  return { low: low / exposure, high: high / exposure, level };
}

/** Exact interval of a proportion; for all or none of n the far side is one-sided (20 of 20 shows P >= 0.861). */
export function proportionInterval(successes: number, trials: number, level = 0.95): Interval {
  const alpha = 1 - level;
  if (trials === 0) return { low: 0, high: 1, level };
  const tail = successes === 0 || successes === trials ? alpha : alpha / 2;
  const low = successes === 0 ? 0 : solve((x) => betaI(successes, trials - successes + 1, x), tail, 0, 1);
  const high = successes === trials ? 1 : solve((x) => betaI(successes + 1, trials - successes, x), 1 - tail, 0, 1);
  return { low, high, level };
}

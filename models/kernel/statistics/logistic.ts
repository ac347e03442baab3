/**
 * Probability of detection against size.
 *
 *   logit P = b₀ + b₁ ln x,   Firth's penalised likelihood:  U*_j = Σ (y_i − π_i + h_i (½ − π_i)) x_ij = 0
 *
 * The penalty keeps the fit finite where all small leaks were missed and all large ones found, which is the usual case.
 * Source: Firth, Biometrika 80 (1993) 27; Heinze & Schemper, Stat. Med. 21 (2002) 2409.
 */
export interface Trial {
  /** Size of the leak, > 0, any unit. */
  readonly size: number;
  readonly found: boolean;
}

export interface LogisticFit {
  readonly intercept: number;
  /** Per e-fold of size. */
  readonly slope: number;
  readonly converged: boolean;
  probability(size: number): number;
  /** Size that is found with probability p; NaN where the chance does not rise with size. */
  sizeAt(p: number): number;
}

/** Fits P(found) to ln size by Newton on the penalised score. Throws on fewer than two sizes. */
export function fitLogistic(trials: readonly Trial[]): LogisticFit {
  if (new Set(trials.map((t) => t.size)).size < 2) throw new RangeError('two different sizes at least are needed');
  const x = trials.map((t) => Math.log(t.size));
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  const spread = Math.sqrt(x.reduce((s, v) => s + (v - mean) ** 2, 0) / x.length);
  const z = x.map((v) => (v - mean) / spread);
  let a = 0;
  let b = 0;
  let converged = false;
  for (let round = 0; round < 200 && !converged; round += 1) {
    let i00 = 0;
    let i01 = 0;
    let i11 = 0;
    const pi = z.map((v) => 1 / (1 + Math.exp(-(a + b * v))));
    z.forEach((v, i) => {
      const w = pi[i]! * (1 - pi[i]!);
      i00 += w;
      i01 += w * v;
      i11 += w * v * v;
    });
    const det = i00 * i11 - i01 * i01;
    if (!(det > 0)) break;
    let u0 = 0;
    let u1 = 0;
    trials.forEach((t, i) => {
      const v = z[i]!;
      const p = pi[i]!;
      const h = (p * (1 - p) * (i11 - 2 * i01 * v + i00 * v * v)) / det;
      const r = Number(t.found) - p + h * (0.5 - p);
      u0 += r;
      u1 += r * v;
    });
    let da = (i11 * u0 - i01 * u1) / det;
    let db = (i00 * u1 - i01 * u0) / det;
    // A full step may overshoot where the sizes separate found from missed.
    const long = Math.hypot(da, db);
    if (long > 2) {
      da *= 2 / long;
      db *= 2 / long;
    }
    a += da;
    b += db;
    converged = long < 1e-10;
  }
  const slope = b / spread;
  const intercept = a - slope * mean;
  return {
    intercept,
    slope,
    converged,
    probability: (size) => 1 / (1 + Math.exp(-(intercept + slope * Math.log(size)))),
    sizeAt: (p) => (slope > 0 ? Math.exp((Math.log(p / (1 - p)) - intercept) / slope) : Number.NaN),
  };
}

/**
 * How well predictions agree with observations, as dispersion models are judged (Chang & Hanna 2004, Meteorol. Atmos. Phys.
 * 87:167-196). Pairs are positive; o observed, p predicted, ¯ the mean:
 *   FB = 2 (ō − p̄)/(ō + p̄)      NMSE = mean (o − p)²/(ō p̄)
 *   MG = exp mean ln(o/p)        VG = exp mean ln²(o/p)        FAC2: share with ½ ≤ p/o ≤ 2
 * FB > 0 and MG > 1 are under-prediction. VG is about 1, not about the mean.
 */
export interface Agreement {
  /** Pairs counted. */
  readonly pairs: number;
  readonly fb: number;
  readonly nmse: number;
  readonly mg: number;
  readonly vg: number;
  readonly fac2: number;
}

/**
 * The five figures over pairs (n) and (n). Pairs where the observation is not a positive number are left out; a prediction
 * below `least` (default 10⁻⁶ of the smallest observation) counts as that in the logarithms. All NaN without a pair.
 */
export function agreement(observed: ArrayLike<number>, predicted: ArrayLike<number>, least?: number): Agreement {
  let pairs = 0;
  let sumO = 0;
  let sumP = 0;
  let square = 0;
  let smallest = Number.POSITIVE_INFINITY;
  let within = 0;
  for (let i = 0; i < observed.length; i += 1) {
    const o = observed[i];
    const p = predicted[i];
    if (!(o > 0) || !Number.isFinite(p)) continue;
    pairs += 1;
    sumO += o;
    sumP += p;
    square += (o - p) ** 2;
    if (o < smallest) smallest = o;
    if (p >= o / 2 && p <= 2 * o) within += 1;
  }
  const floor = least ?? 1e-6 * smallest;
  let log = 0;
  let logSquare = 0;
  for (let i = 0; i < observed.length; i += 1) {
    const o = observed[i];
    if (!(o > 0) || !Number.isFinite(predicted[i])) continue;
    const ratio = Math.log(o / Math.max(predicted[i], floor));
    log += ratio;
    logSquare += ratio * ratio;
  }
  return {
    pairs,
    fb: (2 * (sumO - sumP)) / (sumO + sumP),
    nmse: (square * pairs) / (sumO * sumP),
    mg: Math.exp(log / pairs),
    vg: Math.exp(logSquare / pairs),
    fac2: within / pairs,
  };
}

/**
 * Standard normals out of hashed bits without logarithm or cosine: 12 bits choose one of 4096 equally likely strata of the
 * distribution, further bits a place between the stratum's ends. The ends are quantiles of the normal distribution (Acklam's
 * rational approximation, relative error 1.2e-9); the two outermost are set so that the tails' mean is kept, and all are
 * scaled to variance one. |z| < 4.3. Skew is 0 and kurtosis 2.99: a Langevin step needs mean and variance exactly, and the
 * rest only in the sum of many.
 */
const STRATA = 4096;

function quantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  if (p > 0.5) return -quantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((c[0]! * q + c[1]!) * q + c[2]!) * q + c[3]!) * q + c[4]!) * q + c[5]!) /
      ((((d[0]! * q + d[1]!) * q + d[2]!) * q + d[3]!) * q + 1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((a[0]! * r + a[1]!) * r + a[2]!) * r + a[3]!) * r + a[4]!) * r + a[5]!) * q) /
    (((((b[0]! * r + b[1]!) * r + b[2]!) * r + b[3]!) * r + b[4]!) * r + 1)
  );
}

function makeEnds(): Float64Array {
  const ends = new Float64Array(STRATA + 1);
  for (let k = 1; k < STRATA; k += 1) ends[k] = quantile(k / STRATA);
  // The mean of a tail beyond x is density(x)/p; a stratum's mean is half the sum of its ends.
  const x = ends[STRATA - 1]!;
  const tail = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * STRATA;
  ends[STRATA] = 2 * tail - x;
  ends[0] = -ends[STRATA]!;
  let variance = 0;
  for (let k = 0; k < STRATA; k += 1) {
    const [lo, hi] = [ends[k]!, ends[k + 1]!];
    variance += (lo * lo + lo * hi + hi * hi) / 3 / STRATA;
  }
  const scale = 1 / Math.sqrt(variance);
  for (let k = 0; k <= STRATA; k += 1) ends[k] = ends[k]! * scale;
  return ends;
}

const ENDS = makeEnds();

/** A normal of all 32 bits. */
export function normalOf(bits: number): number {
  const k = bits >>> 20;
  const lo = ENDS[k]!;
  return lo + (ENDS[k + 1]! - lo) * (((bits & 0xfffff) + 0.5) / 0x100000);
}

/** A normal of the lower 16 bits; with `bits >>> 16` a second one of the same hash. */
export function normalOf16(bits: number): number {
  const k = (bits >>> 4) & 0xfff;
  const lo = ENDS[k]!;
  return lo + (ENDS[k + 1]! - lo) * (((bits & 0xf) + 0.5) / 16);
}

/**
 * The Cramér–Rao bound: no unbiased estimator of parameters θ of a known signal s(θ) in white Gaussian noise scatters less.
 *
 *   J = Σ_k (∂s_k/∂θ)(∂s_k/∂θ)ᵀ/σ_k² + P,   cov θ̂ ≥ J⁻¹        P: what is known of θ beforehand (van Trees' inequality)
 *
 * Source: Kay, Fundamentals of Statistical Signal Processing I (1993), eq. 3.31; van Trees, Detection, Estimation, and
 * Modulation Theory I (1968), §2.4.2.
 */
import { cholesky, solveColumns } from './cholesky.ts';

/** Adds one sample's g gᵀ/σ² to J (n × n), `gradient` (n) in units of the signal per unit of each parameter. */
export function addInformation(information: Float64Array, gradient: ArrayLike<number>, sigma: number): void {
  const n = gradient.length;
  const w = 1 / (sigma * sigma);
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < n; j += 1) information[i * n + j]! += w * gradient[i]! * gradient[j]!;
}

/** J⁻¹ (n × n), the least covariance; undefined where the data cannot tell the parameters apart. */
export function leastCovariance(information: Float64Array): Float64Array | undefined {
  const n = Math.round(Math.sqrt(information.length));
  // Parameters in units of their own curvature: metres beside shares would lose the small ones.
  const scale = Float64Array.from({ length: n }, (_, i) => Math.sqrt(information[i * n + i]!));
  if (scale.some((s) => !(s > 0))) return undefined;
  const a = information.map((v, k) => v / (scale[Math.floor(k / n)]! * scale[k % n]!));
  try {
    cholesky(a, n);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  for (let i = 0; i < n; i += 1) if (a[i * n + i]! < SINGULAR) return undefined;
  const unit = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
  return solveColumns(a, n, unit, n).map((v, k) => v / (scale[Math.floor(k / n)]! * scale[k % n]!));
}

/** Pivot below which two parameters are one to the precision of a float. */
const SINGULAR = 1e-7;

/** Symmetric positive definite matrices, row by row. */

/** A = L Lᵀ in place, lower half (n × n). Throws where A is not positive definite. */
export function cholesky(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j += 1) {
    for (let i = j; i < n; i += 1) {
      let s = a[i * n + j]!;
      for (let k = 0; k < j; k += 1) s -= a[i * n + k]! * a[j * n + k]!;
      if (i === j) {
        if (!(s > 0)) throw new RangeError(`a covariance is not positive at column ${j}`);
        a[i * n + i] = Math.sqrt(s);
      } else a[i * n + j] = s / a[j * n + j]!;
    }
  }
}

/** X of L Lᵀ X = B for all m columns of B (n × m); L is what `cholesky` left. */
export function solveColumns(l: Float64Array, n: number, b: Float64Array, m: number): Float64Array {
  const x = b.slice();
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) {
      const f = l[i * n + k]!;
      if (f !== 0) for (let c = 0; c < m; c += 1) x[i * m + c]! -= f * x[k * m + c]!;
    }
    for (let c = 0; c < m; c += 1) x[i * m + c]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) {
      const f = l[k * n + i]!;
      if (f !== 0) for (let c = 0; c < m; c += 1) x[i * m + c]! -= f * x[k * m + c]!;
    }
    for (let c = 0; c < m; c += 1) x[i * m + c]! /= l[i * n + i]!;
  }
  return x;
}

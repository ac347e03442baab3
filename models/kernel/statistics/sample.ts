/** Plain figures of a sample. */

/** The p-quantile of sorted values, linear between ranks (Hyndman & Fan 1996, type 7); NaN of nothing. */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const at = (n - 1) * p;
  const low = Math.floor(at);
  const a = sorted[low]!;
  const share = at - low;
  return share === 0 ? a : a + share * (sorted[low + 1]! - a);
}

/** Mean and unbiased standard deviation; the latter is NaN of fewer than two values. */
export function meanAndDeviation(values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i += 1) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1)) };
}

/**
 * LDLᵀ of a symmetric positive definite matrix in envelope (skyline) form, ordered by reverse Cuthill–McKee so that the
 * envelope is thin. Good for pipe networks of a few thousand nodes.
 * Sources: Cuthill & McKee 1969; George & Liu, Computer Solution of Large Sparse Positive Definite Systems (1981), ch. 4.
 */

export interface Envelope {
  readonly size: number;
  readonly place: Int32Array; // row of an unknown (size)
  readonly start: Int32Array; // where row r's entries begin, its diagonal last (size + 1)
  readonly first: Int32Array; // first column of row r (size)
  readonly value: Float64Array;
}

/** Orders `size` unknowns with the given couplings and makes room for their matrix. */
export function makeEnvelope(size: number, couplings: readonly (readonly [number, number])[]): Envelope {
  const place = order(size, couplings);
  const first = Int32Array.from({ length: size }, (_, r) => r);
  for (const [a, b] of couplings) {
    const row = Math.max(place[a], place[b]);
    first[row] = Math.min(first[row], place[a], place[b]);
  }
  const start = new Int32Array(size + 1);
  for (let r = 0; r < size; r++) start[r + 1] = start[r] + (r - first[r] + 1);
  return { size, place, start, first, value: new Float64Array(start[size]) };
}

/** Position in `value` of the entry (a, b) of the lower triangle. */
export function entry(e: Envelope, a: number, b: number): number {
  const i = Math.max(e.place[a], e.place[b]);
  const j = Math.min(e.place[a], e.place[b]);
  return e.start[i] + j - e.first[i];
}

/** Factorises in place and solves; `b` (by unknown) becomes the solution. */
export function solveEnvelope(e: Envelope, b: Float64Array): void {
  const { size, start, first, value } = e;
  const x = new Float64Array(size);
  for (let u = 0; u < size; u++) x[e.place[u]] = b[u];
  for (let i = 0; i < size; i++) {
    const row = start[i] - first[i];
    for (let j = first[i]; j < i; j++) {
      const other = start[j] - first[j];
      let s = value[row + j];
      for (let k = Math.max(first[i], first[j]); k < j; k++) s -= value[row + k] * value[other + k];
      value[row + j] = s;
    }
    let d = value[row + i];
    for (let j = first[i]; j < i; j++) {
      const g = value[row + j];
      const l = g / value[start[j + 1] - 1];
      d -= g * l;
      value[row + j] = l;
      x[i] -= l * x[j];
    }
    value[row + i] = d;
  }
  for (let i = 0; i < size; i++) x[i] /= value[start[i + 1] - 1];
  for (let i = size - 1; i >= 0; i--) {
    const row = start[i] - first[i];
    for (let j = first[i]; j < i; j++) x[j] -= value[row + j] * x[i];
  }
  for (let u = 0; u < size; u++) b[u] = x[e.place[u]];
}

function order(size: number, couplings: readonly (readonly [number, number])[]): Int32Array {
  const near: number[][] = Array.from({ length: size }, () => []);
  for (const [a, b] of couplings) {
    near[a].push(b);
    near[b].push(a);
  }
  const byDegree = (a: number, b: number) => near[a].length - near[b].length || a - b;
  const seen = new Uint8Array(size);
  const sequence: number[] = [];
  for (const root of Array.from({ length: size }, (_, i) => i).sort(byDegree)) {
    if (seen[root]) continue;
    seen[root] = 1;
    sequence.push(root);
    for (let head = sequence.length - 1; head < sequence.length; head++) {
      for (const next of near[sequence[head]].slice().sort(byDegree)) {
        if (seen[next]) continue;
        seen[next] = 1;
        sequence.push(next);
      }
    }
  }
  const place = new Int32Array(size);
  for (let r = 0; r < size; r++) place[sequence[r]] = size - 1 - r;
  return place;
}

/**
 * Gaussian elimination of a sparse matrix with symmetric pattern, ordered by least degree. Meant for matrices whose columns are
 * dominated by their diagonal (mass balances of a network), which need no pivoting. A chain of cells costs one division each.
 * Source: George & Liu, Computer Solution of Large Sparse Positive Definite Systems (1981), ch. 5.
 */

export interface Elimination {
  readonly size: number;
  readonly order: Int32Array; // unknown eliminated at each step
  readonly start: Int32Array; // slots of step k: start[k] … start[k + 1] − 1
  readonly column: Int32Array; // the later unknown of a slot
  readonly pairStart: Int32Array; // targets of step k
  readonly pair: Int32Array; // slot that (row x, column y) of a step's later unknowns updates; ~slot: its lower half
  readonly diagonal: Float64Array; // (size)
  readonly upper: Float64Array; // entry (earlier, later) by slot
  readonly lower: Float64Array; // entry (later, earlier) by slot
  readonly slotOf: (a: number, b: number) => number; // slot of a pair; ~slot when a is the later one
}

/** Orders `size` unknowns with the given couplings and makes room for their matrix. */
export function makeElimination(size: number, couplings: readonly (readonly [number, number])[]): Elimination {
  const near = Array.from({ length: size }, () => new Set<number>());
  for (const [a, b] of couplings) {
    if (a === b) continue;
    near[a].add(b);
    near[b].add(a);
  }
  const order = new Int32Array(size);
  const place = new Int32Array(size).fill(-1);
  const lists: number[][] = [];
  const byDegree: number[][] = [];
  const queue = (n: number) => {
    const degree = near[n].size;
    while (byDegree.length <= degree) byDegree.push([]);
    byDegree[degree].push(n);
  };
  for (let n = size - 1; n >= 0; n--) queue(n);
  for (let k = 0; k < size; k++) {
    let pivot = -1;
    for (let degree = 0; pivot < 0; degree++) {
      const waiting = byDegree[degree];
      while (waiting.length > 0 && pivot < 0) {
        const n = waiting.pop() as number;
        if (place[n] < 0 && near[n].size === degree) pivot = n;
      }
    }
    order[k] = pivot;
    place[pivot] = k;
    const later = [...near[pivot]];
    lists.push(later);
    for (const a of later) {
      near[a].delete(pivot);
      for (const b of later) if (a !== b) near[a].add(b);
    }
    for (const a of later) queue(a);
  }
  const start = new Int32Array(size + 1);
  const pairStart = new Int32Array(size + 1);
  lists.forEach((list, k) => {
    start[k + 1] = start[k] + list.length;
    pairStart[k + 1] = pairStart[k] + list.length * list.length;
  });
  const slots = lists.map((list, k) => new Map(list.map((n, i) => [n, start[k] + i])));
  const slotOf = (a: number, b: number) => {
    const slot = place[a] < place[b] ? slots[place[a]].get(b) : slots[place[b]].get(a);
    if (slot === undefined) throw new Error(`elimination: unknowns ${a} and ${b} are not coupled`);
    return place[a] < place[b] ? slot : ~slot;
  };
  const pair = new Int32Array(pairStart[size]);
  lists.forEach((list, k) => {
    list.forEach((a, x) => {
      list.forEach((b, y) => {
        if (a !== b) pair[pairStart[k] + x * list.length + y] = slotOf(a, b);
      });
    });
  });
  const f64 = (n: number) => new Float64Array(n);
  return {
    size,
    order,
    start,
    column: Int32Array.from(lists.flat()),
    pairStart,
    pair,
    diagonal: f64(size),
    upper: f64(start[size]),
    lower: f64(start[size]),
    slotOf,
  };
}

/** Empties the matrix. */
export function clearElimination(e: Elimination): void {
  e.diagonal.fill(0);
  e.upper.fill(0);
  e.lower.fill(0);
}

/** Adds to the entry of a slot as `slotOf` gives it. */
export function addAt(e: Elimination, slot: number, value: number): void {
  if (slot >= 0) e.upper[slot] += value;
  else e.lower[~slot] += value;
}

/** Eliminates in place and solves; `b` (by unknown) becomes the solution. */
export function solveElimination(e: Elimination, b: Float64Array): void {
  const { order, start, column, pairStart, pair, diagonal, upper, lower } = e;
  for (let k = 0; k < e.size; k++) {
    const pivot = order[k];
    const first = start[k];
    const count = start[k + 1] - first;
    for (let x = 0; x < count; x++) {
      const row = column[first + x];
      const g = lower[first + x] / diagonal[pivot];
      if (g === 0) continue;
      b[row] -= g * b[pivot];
      diagonal[row] -= g * upper[first + x];
      for (let y = 0; y < count; y++) {
        if (y === x) continue;
        const slot = pair[pairStart[k] + x * count + y];
        if (slot >= 0) upper[slot] -= g * upper[first + y];
        else lower[~slot] -= g * upper[first + y];
      }
    }
  }
  for (let k = e.size - 1; k >= 0; k--) {
    const pivot = order[k];
    let x = b[pivot];
    for (let s = start[k]; s < start[k + 1]; s++) x -= upper[s] * b[column[s]];
    b[pivot] = x / diagonal[pivot];
  }
}

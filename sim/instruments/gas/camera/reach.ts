/**
 * How far a pool has to have spread before a place on the ground is wet: from its source over the flat ground around whatever
 * stands in the way, so that it fills a bund and flows around the tanks in it. Squares of ground by Dijkstra (1959); a square
 * is wet once the pool is as large as all squares that are nearer.
 */
import type { Solids } from '../../../../models/physics/air/particles/index.ts';

const CELLS = 121;
/** Over the ground: liquid passes below racks. */
const SKIN_m = 0.05;

/** Area at which the ground at (x, y) becomes wet [m²]; Infinity where it never does. */
export type Reach = (x_m: number, y_m: number) => number;

export function compileReach(solids: Solids | undefined, x_m: number, y_m: number, cell_m = 2): Reach {
  const n = CELLS * CELLS;
  const middle = (CELLS - 1) / 2;
  const distance = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const wet_m2 = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const xOf = (k: number) => x_m + ((k % CELLS) - middle) * cell_m;
  const yOf = (k: number) => y_m + (Math.floor(k / CELLS) - middle) * cell_m;
  const free = (from: number, to: number) =>
    !solids ||
    (!solids.inside(xOf(to), yOf(to), SKIN_m) &&
      solids.cast(xOf(from), yOf(from), SKIN_m, xOf(to), yOf(to), SKIN_m) > 1);
  const start = middle * CELLS + middle;
  distance[start] = 0;
  // Distances grow by one cell at most, so a ring of lists by half cells is a queue.
  const rings: number[][] = [[start]];
  const order: number[] = [];
  for (let ring = 0; ring < rings.length; ring += 1)
    for (const k of rings[ring] ?? []) {
      if (wet_m2[k] !== Number.POSITIVE_INFINITY) continue;
      wet_m2[k] = 0;
      order.push(k);
      const [i, j] = [k % CELLS, Math.floor(k / CELLS)];
      for (let dj = -1; dj <= 1; dj += 1)
        for (let di = -1; di <= 1; di += 1) {
          if ((di === 0 && dj === 0) || i + di < 0 || i + di >= CELLS || j + dj < 0 || j + dj >= CELLS) continue;
          const to = k + dj * CELLS + di;
          const far = distance[k]! + Math.hypot(di, dj);
          if (far >= distance[to]! || !free(k, to)) continue;
          distance[to] = far;
          const at = Math.floor(2 * far);
          rings[at] ??= [];
          rings[at]!.push(to);
        }
    }
  order.sort((a, b) => distance[a]! - distance[b]! || a - b);
  order.forEach((k, rank) => {
    wet_m2[k] = rank * cell_m * cell_m;
  });
  return (x, y) => {
    const i = Math.round((x - x_m) / cell_m + middle);
    const j = Math.round((y - y_m) / cell_m + middle);
    return i < 0 || i >= CELLS || j < 0 || j >= CELLS ? Number.POSITIVE_INFINITY : wet_m2[j * CELLS + i]!;
  };
}

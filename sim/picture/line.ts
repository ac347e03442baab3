/**
 * A line, straightened: distance to the right, elevation up. What stands at one distance (a pump station) is drawn side by
 * side in the order in which the liquid passes it, parallel machines beside each other, because on paper they would lie on
 * one point.
 */
import type { AsBuilt, ScenePoint } from '../../models/contract/index.ts';
import { type Draft, emptyPlace } from './place.ts';

/** A step between neighbours of one station, and between parallel machines, as shares of the line's length. */
const STEP = 0.012;
const ASIDE = 0.008;

interface Spot {
  readonly position_m: number;
  readonly elevation_m: number;
}

interface Profiled {
  readonly profile?: readonly { readonly kp: number; readonly elevation: number }[] | undefined;
}

/** Undefined where the nodes have no distances. */
export function linePlace(asBuilt: AsBuilt, spec: Profiled | undefined): Draft | undefined {
  const spots = new Map<string, Spot>();
  for (const { id, position_m, elevation_m } of asBuilt.nodes)
    if (position_m !== undefined) spots.set(id, { position_m, elevation_m });
  const placed = asBuilt.pipes.filter((p) => spots.has(p.from) && spots.has(p.to));
  if (placed.length === 0) return undefined;
  const all = [...spots.values()].map((s) => s.position_m);
  const length_m = Math.max(...all) - Math.min(...all);
  const links = asBuilt.links.filter((l) => spots.has(l.from) && spots.has(l.to));
  const depth = depths(links, spots);
  const places = new Map<string, ScenePoint>();
  for (const [id, s] of spots) places.set(id, [s.position_m + depth(id) * STEP * length_m, 0, s.elevation_m]);
  const place = emptyPlace('line');
  place.nodes = [...spots].map(([id, s]) => ({ id, place_m: places.get(id)!, position_m: s.position_m }));
  const points = (spec?.profile ?? []).map((p) => [p.kp, p.elevation] as const);
  place.pipes = placed.map((p) => {
    const from = spots.get(p.from)!;
    const to = spots.get(p.to)!;
    const [low, high] = [from.position_m, to.position_m].sort((a, b) => a - b) as [number, number];
    const between = points
      .filter(([kp]) => kp > low && kp < high)
      .map(([kp, elevation]): ScenePoint => [kp, 0, elevation]);
    if (to.position_m < from.position_m) between.reverse();
    return {
      id: p.id,
      from: p.from,
      to: p.to,
      path_m: [places.get(p.from)!, ...between, places.get(p.to)!],
      insideDiameter_m: p.insideDiameter_m,
      length_m: p.length_m,
      ...(p.start_m === undefined ? {} : { start_m: p.start_m }),
    };
  });
  const beside = new Map<string, number>();
  place.machines = links.map((l) => {
    const a = places.get(l.from)!;
    const b = places.get(l.to)!;
    const key = `${l.from}>${l.to}`;
    const n = beside.get(key) ?? 0;
    beside.set(key, n + 1);
    const aside = n === 0 ? 0 : (n % 2 === 1 ? 1 : -1) * Math.ceil(n / 2) * ASIDE * length_m;
    return {
      id: l.id,
      kind: l.kind,
      place_m: [(a[0] + b[0]) / 2, aside, (a[2] + b[2]) / 2] satisfies ScenePoint,
      heading_rad: 0,
      from: l.from,
      to: l.to,
    };
  });
  return place;
}

/** How many links a node is past the first of its station, counted from the station's middle. */
function depths(
  links: readonly { readonly from: string; readonly to: string }[],
  spots: ReadonlyMap<string, Spot>,
): (id: string) => number {
  const at = (id: string) => spots.get(id)!.position_m;
  const inStation = links.filter((l) => at(l.from) === at(l.to));
  const depth = new Map<string, number>();
  // Stations are short chains: as many rounds as links are enough.
  for (let round = 0; round <= inStation.length; round += 1)
    for (const l of inStation) {
      const d = (depth.get(l.from) ?? 0) + 1;
      if (d > (depth.get(l.to) ?? 0) && d <= inStation.length) depth.set(l.to, d);
    }
  const deepest = new Map<number, number>();
  for (const id of spots.keys()) deepest.set(at(id), Math.max(deepest.get(at(id)) ?? 0, depth.get(id) ?? 0));
  return (id) => (depth.get(id) ?? 0) - deepest.get(at(id))! / 2;
}

/**
 * A network in plan, by the coordinates of its EPANET file. A file without coordinates is laid out by its own shape: every
 * node in rings around the first by the number of pipes between, which is honest about what joins what and nothing else.
 */
import type { AsBuilt, ScenePoint } from '../../models/contract/index.ts';
import { readInp } from '../../models/physics/index.ts';
import { type Draft, emptyPlace } from './place.ts';

export function networkPlace(asBuilt: AsBuilt, inp: string | undefined): Draft | undefined {
  const read = inp === undefined ? undefined : readInp(inp);
  const file = read?.ok ? read.value : undefined;
  const joins = [...asBuilt.pipes, ...asBuilt.links];
  if (joins.length === 0) return undefined;
  const elevation = new Map(asBuilt.nodes.map((n) => [n.id, n.elevation_m]));
  const ids = new Set([...asBuilt.nodes.map((n) => n.id), ...joins.flatMap((j) => [j.from, j.to])]);
  const known = file !== undefined && [...ids].every((id) => file.coordinates.has(id));
  const flat = known ? file.coordinates : rings(ids, joins);
  const at = (id: string): ScenePoint => [...flat.get(id)!, elevation.get(id) ?? 0];
  const place = emptyPlace('network');
  place.nodes = [...ids].map((id) => ({ id, place_m: at(id) }));
  place.pipes = asBuilt.pipes.map((p) => ({
    id: p.id,
    from: p.from,
    to: p.to,
    path_m: [at(p.from), at(p.to)],
    insideDiameter_m: p.insideDiameter_m,
    length_m: p.length_m,
    ...(known ? {} : { schematic: true }),
  }));
  const beside = new Map<string, number>();
  place.machines = asBuilt.links.map((l) => {
    const a = at(l.from);
    const b = at(l.to);
    const heading_rad = Math.atan2(b[1] - a[1], b[0] - a[0]);
    const key = `${l.from}>${l.to}`;
    const n = beside.get(key) ?? 0;
    beside.set(key, n + 1);
    const aside = n * 0.25 * Math.max(40, Math.hypot(b[0] - a[0], b[1] - a[1]));
    const middle: ScenePoint = [
      (a[0] + b[0]) / 2 - aside * Math.sin(heading_rad),
      (a[1] + b[1]) / 2 + aside * Math.cos(heading_rad),
      (a[2] + b[2]) / 2,
    ];
    return { id: l.id, kind: l.kind, place_m: middle, heading_rad, from: l.from, to: l.to };
  });
  place.tanks = (file?.tanks ?? []).map((t) => ({
    id: t.id,
    place_m: at(t.id),
    diameter_m: 2 * Math.sqrt(t.area_m2 / Math.PI),
    height_m: Math.max(t.maxLevel_m, 1),
  }));
  return place;
}

function rings(
  ids: ReadonlySet<string>,
  joins: readonly { readonly from: string; readonly to: string }[],
): ReadonlyMap<string, readonly [number, number]> {
  const next = new Map<string, string[]>();
  for (const { from, to } of joins) {
    next.set(from, [...(next.get(from) ?? []), to]);
    next.set(to, [...(next.get(to) ?? []), from]);
  }
  const places = new Map<string, readonly [number, number]>();
  const left = new Set(ids);
  let east_m = 0;
  while (left.size > 0) {
    let ring = [left.values().next().value!];
    left.delete(ring[0]!);
    for (let r = 0; ring.length > 0; r += 1) {
      ring.forEach((id, i) => {
        const angle = (2 * Math.PI * i) / ring.length;
        places.set(id, [east_m + 100 * r * Math.cos(angle), 100 * r * Math.sin(angle)]);
      });
      const outer = ring.flatMap((id) => next.get(id) ?? []).filter((id) => left.delete(id));
      ring = outer;
      if (outer.length === 0) east_m += 200 * (r + 1);
    }
  }
  return places;
}

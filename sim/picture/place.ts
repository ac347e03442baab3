/** What the places of a scene are gathered in, and how large they come out. */
import type { ScenePlace, ScenePoint } from '../../models/contract/index.ts';

export type Draft = { -readonly [K in keyof Omit<ScenePlace, 'bounds_m'>]: ScenePlace[K] };

export function emptyPlace(id: ScenePlace['id']): Draft {
  return { id, nodes: [], pipes: [], machines: [], tanks: [], solids: [], instruments: [], cameras: [] };
}

/** The place with the box around all that stands in it. */
export function bounded(draft: Draft): ScenePlace {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const add = (p: ScenePoint, r = 0) => {
    for (let k = 0; k < 3; k += 1) {
      const reach = k < 2 ? r : 0;
      low[k] = Math.min(low[k]!, p[k]! - reach);
      high[k] = Math.max(high[k]!, p[k]! + reach);
    }
  };
  for (const n of draft.nodes) add(n.place_m);
  for (const p of draft.pipes) for (const c of p.path_m) add(c);
  for (const m of draft.machines) add(m.place_m);
  for (const t of draft.tanks) {
    add(t.place_m, t.diameter_m / 2);
    add([t.place_m[0], t.place_m[1], t.place_m[2] + t.height_m]);
  }
  for (const s of draft.solids) {
    // A road leads out of the picture.
    if (s.kind === 'road') continue;
    for (const [x, y] of s.corners_m) {
      add([x, y, s.bottom_m], s.radius_m ?? 0);
      add([x, y, s.top_m]);
    }
  }
  for (const i of draft.instruments) {
    add(i.place_m);
    if (i.to_m) add(i.to_m);
  }
  for (const c of draft.cameras) add(c.place_m);
  const box = Number.isFinite(low[0]) ? ([...low, ...high] as const) : ([0, 0, 0, 1, 1, 1] as const);
  return { ...draft, bounds_m: [...box] as ScenePlace['bounds_m'] };
}

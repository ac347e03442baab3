/**
 * A site in three dimensions: what stands on it as it is drawn, instruments and equipment where the owner's drawing has them.
 */
import type { AsBuilt, FrameLayout, SceneMachine, ScenePoint, SceneSolid } from '../../models/contract/index.ts';
import type { InAir } from '../dispersion/index.ts';
import { type Draft, emptyPlace } from './place.ts';

type Corner = readonly [number, number];

/** Undefined where the plant stands nowhere in particular. */
export function sitePlace(
  asBuilt: AsBuilt,
  layout: FrameLayout,
  spec: InAir | undefined,
  floors: ReadonlyMap<string, number>,
): Draft | undefined {
  const { air } = asBuilt;
  if (!air && !spec?.site) return undefined;
  const place = emptyPlace('site');
  place.solids = spec?.site ? solidsOf(spec.site) : outlinesOf(air);
  const dimensions = new Map((asBuilt.tanks ?? []).map((t) => [t.id, t]));
  // A tank that the plant knows by its level is drawn with it.
  place.tanks = place.solids.flatMap((s) => {
    const known = dimensions.get(s.id);
    if (s.kind !== 'tank' || !known || s.corners_m.length !== 1) return [];
    const [x, y] = s.corners_m[0]!;
    return [
      {
        id: s.id,
        place_m: [x, y, s.bottom_m] satisfies ScenePoint,
        diameter_m: 2 * (s.radius_m ?? known.diameter_m / 2),
        height_m: s.top_m - s.bottom_m,
      },
    ];
  });
  const drawn = new Set(place.tanks.map((t) => t.id));
  place.solids = place.solids.filter((s) => !drawn.has(s.id));
  const where = new Map<string, ScenePoint>();
  for (const e of air?.equipment ?? []) where.set(e.id, e.place_m);
  for (const t of place.tanks) where.set(t.id, t.place_m);
  const { pipes, machines } = linksOf(asBuilt, spec, where);
  place.pipes = pipes;
  place.machines = machines;
  for (const m of machines) where.set(m.id, m.place_m);
  for (const id of where.keys()) {
    const held = drawn.has(id) || pipes.some((p) => p.id === id) || machines.some((m) => m.id === id);
    const [x, y, z] = where.get(id)!;
    const standing = place.solids.some((s) => s.id === id);
    if (!held && !standing)
      place.solids = [
        ...place.solids,
        { id, kind: 'equipment', corners_m: [[x, y]], radius_m: 0.4, bottom_m: 0, top_m: Math.max(z, 0.4) },
      ];
  }
  const sensors = new Map((air?.sensors ?? []).map((s) => [s.tag, s]));
  const own = new Map((spec?.air?.instruments ?? []).map((i) => [i.tag, i]));
  const hung = new Map<string, number>();
  place.instruments = layout.tags.flatMap((tag) => {
    const sensor = sensors.get(tag.id);
    if (sensor) return [{ tag: tag.id, place_m: sensor.place_m, ...(sensor.to_m ? { to_m: sensor.to_m } : {}) }];
    const spot = own.get(tag.id)?.place;
    // The vane and the microphone are no secret, and no drawing has them displaced.
    if (spot && own.get(tag.id)!.patrol === undefined && own.get(tag.id)!.vault === undefined)
      return [{ tag: tag.id, place_m: [spot.x, spot.y, spot.z] satisfies ScenePoint }];
    const at = where.get(elementOf(tag.element)) ?? where.get(`${elementOf(tag.element)}`);
    if (!at) return [];
    // Several on one element hang beside each other.
    const n = hung.get(tag.element) ?? 0;
    hung.set(tag.element, n + 1);
    const reach = (floors.get(tag.element) ?? 1) / 2 + 0.6;
    return [{ tag: tag.id, place_m: [at[0] + reach, at[1] + 1.2 * n, at[2] + 1.2] satisfies ScenePoint }];
  });
  place.cameras = (spec?.air?.cameras ?? []).map((c) => ({
    tag: c.tag,
    place_m: [c.place.x, c.place.y, c.place.z] satisfies ScenePoint,
    lookAt_m: [c['look-at'].x, c['look-at'].y, c['look-at'].z] satisfies ScenePoint,
    fieldOfView_rad: c['field-of-view'],
  }));
  const bare =
    place.solids.length + place.tanks.length + place.instruments.length + place.machines.length + place.pipes.length;
  return bare === 0 ? undefined : place;
}

/** `P-1/end` sits on P-1. */
export function elementOf(at: string): string {
  return at.split('/')[0]!;
}

function solidsOf(site: NonNullable<InAir['site']>): SceneSolid[] {
  const solids: SceneSolid[] = [];
  const add = (id: string, kind: SceneSolid['kind'], corners: readonly Corner[], bottom_m: number, top_m: number) =>
    solids.push({ id, kind, corners_m: corners.map(([x, y]) => [x, y]), bottom_m, top_m });
  for (const b of site.buildings) add(b.id, 'building', rectangle(b), 0, b.height);
  for (const t of site.tanks)
    solids.push({
      id: t.id,
      kind: 'tank',
      corners_m: [[t.x, t.y]],
      radius_m: t.diameter / 2,
      bottom_m: t.base,
      top_m: t.base + t.height,
    });
  for (const r of site.racks) add(r.id, 'rack', strip(r.from, r.to, r.width), r.bottom, r.top);
  for (const b of site.bunds) add(b.id, 'bund', rectangle(b), 0, b.height);
  for (const f of site.fences) add(f.id, 'fence', strip(f.from, f.to, f.thickness), 0, f.height);
  for (const r of site.roads) add(r.id, 'road', strip(r.from, r.to, r.width), 0, 0.05);
  return solids;
}

/** What a recording knows: outlines without heights. */
function outlinesOf(air: AsBuilt['air']): SceneSolid[] {
  return (air?.outlines ?? []).map((o) => ({
    id: o.id,
    kind: o.kind,
    corners_m: [...o.corners_m],
    ...(o.radius_m === undefined ? {} : { radius_m: o.radius_m }),
    bottom_m: 0,
    top_m: o.kind === 'road' ? 0.05 : 3,
  }));
}

function rectangle(b: { x: number; y: number; length: number; width: number; 'heading-deg': number }): Corner[] {
  const heading = ((90 - b['heading-deg']) * Math.PI) / 180;
  const c = Math.cos(heading);
  const s = Math.sin(heading);
  return (
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const
  ).map(([i, j]) => {
    const dx = (i * b.length) / 2;
    const dy = (j * b.width) / 2;
    return [b.x + dx * c - dy * s, b.y + dx * s + dy * c];
  });
}

function strip(from: { x: number; y: number }, to: { x: number; y: number }, width: number): Corner[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const nx = (-(to.y - from.y) / length) * (width / 2);
  const ny = ((to.x - from.x) / length) * (width / 2);
  return [
    [from.x + nx, from.y + ny],
    [to.x + nx, to.y + ny],
    [to.x - nx, to.y - ny],
    [from.x - nx, from.y - ny],
  ];
}

/** Pipes and machines whose ends are known on this site; a transfer from outside comes from the edge of the picture. */
function linksOf(asBuilt: AsBuilt, spec: InAir | undefined, where: Map<string, ScenePoint>) {
  const pipes: Draft['pipes'][number][] = [];
  const machines: SceneMachine[] = [];
  const places = spec?.air?.places ?? {};
  for (const p of asBuilt.pipes) {
    const drawn = places[p.id];
    const start = where.get(p.id) ?? where.get(p.from);
    if (!start || !drawn?.to) continue;
    pipes.push({
      id: p.id,
      from: p.from,
      to: p.to,
      path_m: [start, [drawn.to.x, drawn.to.y, drawn.to.z]],
      insideDiameter_m: p.insideDiameter_m,
      length_m: p.length_m,
    });
  }
  const transfers = asBuilt.transfers ?? [];
  const ends = [...where.values()];
  if (ends.length > 0) {
    const south = Math.min(...ends.map((e) => e[1])) - 25;
    transfers.forEach((t, i) => {
      const from = t.from === undefined ? undefined : where.get(t.from);
      const to = t.to === undefined ? undefined : where.get(t.to);
      const known = from ?? to;
      if (!known) return;
      const gate: ScenePoint = [known[0] + 4 * ((i % 5) - 2), south - 15, 0.4];
      const a = from ?? gate;
      const b = to ?? gate;
      // Along the pump row, south of the tanks.
      const row = south - 2 - 1.5 * (i % 4);
      const x = (a[0] + b[0]) / 2;
      const path: ScenePoint[] = [
        [a[0], a[1], 0.4],
        [a[0], row, 0.4],
        [b[0], row, 0.4],
        [b[0], b[1], 0.4],
      ];
      const id = `${t.id}/line`;
      pipes.push({
        id,
        from: t.from ?? 'outside',
        to: t.to ?? 'outside',
        path_m: path,
        insideDiameter_m: 0.3,
        length_m: Math.abs(a[1] - row) + Math.abs(b[0] - a[0]) + Math.abs(b[1] - row) || 1,
        schematic: true,
      });
      machines.push({ id: t.id, kind: 'pump', place_m: [x, row, 0.4], heading_rad: b[0] >= a[0] ? 0 : Math.PI });
    });
  }
  for (const l of asBuilt.links) {
    const at = where.get(l.id);
    if (at) machines.push({ id: l.id, kind: l.kind, place_m: at, heading_rad: 0, from: l.from, to: l.to });
  }
  return { pipes, machines };
}

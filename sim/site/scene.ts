/**
 * The scene as solids: every part of a site that stops gas, light or a vehicle, as boxes and upright cylinders, with the name
 * of what it belongs to. The flat arrays of models/physics/air/particles answer the parcels; Rapier (colliders.ts) holds the
 * same bodies as reference.
 */
import {
  compileWindField,
  createSolids,
  type Solid,
  type Solids,
  type Walls,
  type WindField,
} from '../../models/physics/air/particles/index.ts';
import type { SiteSpec } from './spec.ts';

export interface Scene extends Walls {
  /** What stops gas and light. */
  readonly solids: Solids;
  /** Name of each solid, by its index. */
  readonly names: readonly string[];
  /** What stops a vehicle: the solids and see-through fences. */
  readonly obstacles: Solids;
  readonly obstacleNames: readonly string[];
  /** The name of what holds a point, if anything does. */
  holder(x_m: number, y_m: number, z_m: number): string | undefined;
  /** The name of the first thing on a straight line, if any; both ends count as on it. */
  blocked(x0: number, y0: number, z0: number, x1: number, y1: number, z1: number): string | undefined;
}

/** Counter-clockwise from east of a compass bearing [rad]. */
const headingOf = (bearing_deg: number) => ((90 - bearing_deg) * Math.PI) / 180;

interface Corner {
  readonly x: number;
  readonly y: number;
}

function between(from: Corner, to: Corner, width_m: number, z0_m: number, z1_m: number): Solid {
  return {
    kind: 'box',
    x_m: (from.x + to.x) / 2,
    y_m: (from.y + to.y) / 2,
    z0_m,
    z1_m,
    length_m: Math.hypot(to.x - from.x, to.y - from.y),
    width_m,
    heading_rad: Math.atan2(to.y - from.y, to.x - from.x),
  };
}

export function compileScene(spec: SiteSpec): Scene {
  const parts: { name: string; solid: Solid; clear: boolean }[] = [];
  const add = (name: string, solid: Solid, clear = false) => parts.push({ name, solid, clear });
  for (const b of spec.buildings)
    add(b.id, {
      kind: 'box',
      x_m: b.x,
      y_m: b.y,
      z0_m: 0,
      z1_m: b.height,
      length_m: b.length,
      width_m: b.width,
      heading_rad: headingOf(b['heading-deg']),
    });
  for (const t of spec.tanks)
    add(t.id, {
      kind: 'cylinder',
      x_m: t.x,
      y_m: t.y,
      z0_m: t.base,
      z1_m: t.base + t.height,
      radius_m: t.diameter / 2,
    });
  for (const r of spec.racks) add(r.id, between(r.from, r.to, r.width, r.bottom, r.top));
  for (const b of spec.bunds) {
    const heading = headingOf(b['heading-deg']);
    const c = Math.cos(heading);
    const n = Math.sin(heading);
    for (const side of [-1, 1]) {
      const l = (side * (b.length - b.thickness)) / 2;
      const w = (side * (b.width - b.thickness)) / 2;
      const wall = (dx: number, dy: number, length_m: number, width_m: number): Solid => ({
        kind: 'box',
        x_m: b.x + dx * c - dy * n,
        y_m: b.y + dx * n + dy * c,
        z0_m: 0,
        z1_m: b.height,
        length_m,
        width_m,
        heading_rad: heading,
      });
      add(b.id, wall(0, w, b.length, b.thickness));
      add(b.id, wall(l, 0, b.thickness, b.width));
    }
  }
  for (const f of spec.fences) add(f.id, between(f.from, f.to, f.thickness, 0, f.height), f.kind === 'chain-link');
  const walls = parts.filter((p) => !p.clear);
  const solids = createSolids(walls.map((p) => p.solid));
  const names = walls.map((p) => p.name);
  return {
    solids,
    names,
    obstacles: createSolids(parts.map((p) => p.solid)),
    obstacleNames: parts.map((p) => p.name),
    normal: solids.normal,
    cast: solids.cast,
    inside: solids.inside,
    holder: (x, y, z) => names[solids.solidAt(x, y, z)],
    blocked(x0, y0, z0, x1, y1, z1) {
      const at = Math.max(solids.solidAt(x0, y0, z0), solids.solidAt(x1, y1, z1));
      if (at >= 0) return names[at];
      return solids.cast(x0, y0, z0, x1, y1, z1) <= 1 ? names[solids.hit[0]!] : undefined;
    },
  };
}

/** The wind around the scene for all directions; undefined where nothing stands. Takes seconds: once, at compile time. */
export function sceneWind(scene: Scene, roughness_m: number, cell_m?: number): WindField | undefined {
  return compileWindField({
    solids: scene.solids.list,
    roughness_m,
    ...(cell_m === undefined ? {} : { cell_m }),
  });
}

/**
 * The scene in Rapier (its deterministic build): the reference for the flat arrays, and the place for shapes that they do
 * not have. Rapier's y is up, so (x, y, z) of the site is (x, z, −y) there.
 */
import RAPIER from '@dimforge/rapier3d-deterministic-compat';
import type { Solids } from '../../models/physics/air/particles/index.ts';

export interface Colliders {
  /** Fraction of a segment at which it first meets a body, or Infinity. */
  cast(x0: number, y0: number, z0: number, x1: number, y1: number, z1: number): number;
  /** Outward normal of the last hit. */
  readonly normal: Float64Array;
  inside(x: number, y: number, z: number): boolean;
  /** Gives its memory back; the rest must not be called after it. */
  free(): void;
}

/** Loads Rapier at the first call. */
export async function createColliders(solids: Solids): Promise<Colliders> {
  await RAPIER.init();
  const world = new RAPIER.World({ x: 0, y: 0, z: 0 });
  for (const s of solids.list) {
    const half = (s.z1_m - s.z0_m) / 2;
    const shape =
      s.kind === 'box'
        ? RAPIER.ColliderDesc.cuboid(s.length_m / 2, half, s.width_m / 2).setRotation({
            x: 0,
            y: Math.sin(s.heading_rad / 2),
            z: 0,
            w: Math.cos(s.heading_rad / 2),
          })
        : RAPIER.ColliderDesc.cylinder(half, s.radius_m);
    world.createCollider(shape.setTranslation(s.x_m, s.z0_m + half, -s.y_m));
  }
  // Casts find nothing before the first step has built the tree.
  world.step();
  const normal = new Float64Array(3);
  const ray = new RAPIER.Ray({ x: 0, y: 0, z: 0 }, { x: 0, y: 0, z: 0 });
  return {
    normal,
    cast(x0, y0, z0, x1, y1, z1) {
      ray.origin.x = x0;
      ray.origin.y = z0;
      ray.origin.z = -y0;
      ray.dir.x = x1 - x0;
      ray.dir.y = z1 - z0;
      ray.dir.z = y0 - y1;
      const hit = world.castRayAndGetNormal(ray, 1, true);
      if (hit === null) return Number.POSITIVE_INFINITY;
      normal[0] = hit.normal.x;
      normal[1] = -hit.normal.z;
      normal[2] = hit.normal.y;
      return hit.timeOfImpact;
    },
    inside(x, y, z) {
      let found = false;
      world.intersectionsWithPoint({ x, y: z, z: -y }, () => {
        found = true;
        return false;
      });
      return found;
    },
    free: () => world.free(),
  };
}

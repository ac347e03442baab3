/** A robot or vehicle on its round: where its sniffer is at a time. A closed round, straight from stop to stop, a pause at each. */
import type { Scene } from './scene.ts';
import type { SiteSpec } from './spec.ts';

export interface Patrol {
  readonly id: string;
  /** One round [s]. */
  readonly period_s: number;
  /** Writes east, north and up of the inlet [m] at a time since the start [s]. */
  position(time_s: number, out: Float64Array): void;
}

type PatrolSpec = SiteSpec['patrols'][number];

export function compilePatrol(spec: PatrolSpec): Patrol {
  const stops = spec.route;
  const n = stops.length;
  const leaves = new Float64Array(n);
  const arrives = new Float64Array(n);
  let time = 0;
  for (let i = 0; i < n; i += 1) {
    const a = stops[i]!;
    const b = stops[(i + 1) % n]!;
    leaves[i] = time + spec.pause;
    arrives[i] = leaves[i]! + Math.hypot(b.x - a.x, b.y - a.y) / spec.speed;
    time = arrives[i]!;
  }
  const period_s = Math.max(time, 1e-9);
  return {
    id: spec.id,
    period_s,
    position(time_s, out) {
      const t = ((time_s % period_s) + period_s) % period_s;
      let i = 0;
      while (i < n - 1 && t >= arrives[i]!) i += 1;
      const a = stops[i]!;
      const b = stops[(i + 1) % n]!;
      const span = arrives[i]! - leaves[i]!;
      const f = span > 0 ? Math.min(1, Math.max(0, (t - leaves[i]!) / span)) : 0;
      out[0] = a.x + f * (b.x - a.x);
      out[1] = a.y + f * (b.y - a.y);
      out[2] = spec.inlet;
    },
  };
}

/** What stands in the way of a leg of the round, if anything: the vehicle's both sides and its middle are cast. */
export function legBlocked(spec: PatrolSpec, leg: number, scene: Scene): string | undefined {
  const a = spec.route[leg]!;
  const b = spec.route[(leg + 1) % spec.route.length]!;
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const [ux, uy] = length > 0 ? [(b.x - a.x) / length, (b.y - a.y) / length] : [1, 0];
  for (const side of [0, -1, 1])
    for (const z of [0.1, spec.inlet]) {
      const [ox, oy] = [-uy * side * spec.radius, ux * side * spec.radius];
      const [x0, y0, x1, y1] = [a.x + ox, a.y + oy, b.x + ox + ux * spec.radius, b.y + oy + uy * spec.radius];
      const at = Math.max(scene.obstacles.solidAt(x0, y0, z), scene.obstacles.solidAt(x1, y1, z));
      if (at >= 0) return scene.obstacleNames[at];
      if (scene.obstacles.cast(x0, y0, z, x1, y1, z) <= 1) return scene.obstacleNames[scene.obstacles.hit[0]!];
    }
  return undefined;
}

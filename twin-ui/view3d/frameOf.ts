/**
 * From a place's metres to the picture's units, in which every place is about a hundred across: a site as it is, a network in
 * plan with its heights doubled, a line with its relief raised until it can be seen. Three.js has y up and z to the south.
 */
import { Vector3 } from 'three';
import type { ScenePlace, ScenePoint } from '../../models/contract/index.ts';

export const ACROSS = 100;
/** Relief of a line, of its length in the picture. */
const RELIEF = 9;

export interface FrameOf {
  to(p: ScenePoint, into?: Vector3): Vector3;
  /** Units per metre, in plan and upwards. */
  readonly plan: number;
  readonly up: number;
  /** Size of a symbol. */
  readonly symbol: number;
  readonly middle: ScenePoint;
  /** Back to metres, at a height of 0. */
  from(v: Vector3): readonly [number, number];
}

export function frameOf(place: ScenePlace): FrameOf {
  const [west, south, low, east, north, high] = place.bounds_m;
  const extent = Math.max(east - west, north - south, 1);
  const plan = ACROSS / extent;
  const up =
    place.id === 'line'
      ? Math.min(plan * 2000, RELIEF / Math.max(1, high - low))
      : place.id === 'network'
        ? 2 * plan
        : plan;
  const middle: ScenePoint = [(west + east) / 2, (south + north) / 2, place.id === 'site' ? 0 : low];
  return {
    plan,
    up,
    symbol: place.id === 'line' ? 1.25 : place.id === 'network' ? 1 : Math.min(1.2, Math.max(0.5, 1.1 * plan)),
    middle,
    to: ([x, y, z], into = new Vector3()) =>
      into.set((x - middle[0]) * plan, (z - middle[2]) * up, -(y - middle[1]) * plan),
    from: (v) => [v.x / plan + middle[0], -v.z / plan + middle[1]],
  };
}

/**
 * What a fixed camera looks at: one straight ray through each pixel's middle, and where it ends. Computed once, since neither
 * camera nor solids move.
 *
 *   direction = f + u r + v t,  u = (2 (i + ½)/w − 1) tan(φ/2),  v = (1 − 2 (j + ½)/h) tan(φ/2) h/w       pinhole, square pixels
 *
 * f towards what it looks at, r to its right, t upwards in the picture, φ the horizontal field of view; rows from the top.
 */
import type { Solids } from '../../../../models/physics/air/particles/index.ts';

export type Point3 = readonly [x_m: number, y_m: number, z_m: number];

export interface CameraPlace {
  readonly place_m: Point3;
  readonly lookAt_m: Point3;
  /** Horizontal. */
  readonly fieldOfView_rad: number;
  readonly width: number;
  readonly height: number;
  /** Beyond it there is only sky, and gas is not looked for. */
  readonly range_m: number;
}

export const SEEN = { sky: 0, ground: 1, solid: 2 } as const;

/** Arrays by pixel, row by row from the top left. */
export interface CameraView extends CameraPlace {
  readonly direction: Float64Array; // unit vectors (3 n)
  readonly end_m: Float64Array; // along the ray (n)
  readonly kind: Uint8Array; // SEEN (n)
  readonly normal: Float64Array; // of what is seen, towards the outside; zeros of the sky (3 n)
}

export function compileView(camera: CameraPlace, solids: Solids | undefined): CameraView {
  const { place_m, lookAt_m, width, height, range_m } = camera;
  const [x, y, z] = place_m;
  const forward = unit(lookAt_m[0] - x, lookAt_m[1] - y, lookAt_m[2] - z);
  // Straight up or down, north is up in the picture.
  const level = Math.hypot(forward[0], forward[1]);
  const right: Point3 = level > 1e-9 ? [forward[1] / level, -forward[0] / level, 0] : [1, 0, 0];
  const top: Point3 = [
    right[1] * forward[2] - right[2] * forward[1],
    right[2] * forward[0] - right[0] * forward[2],
    right[0] * forward[1] - right[1] * forward[0],
  ];
  const n = width * height;
  const direction = new Float64Array(3 * n);
  const end_m = new Float64Array(n).fill(range_m);
  const kind = new Uint8Array(n);
  const normal = new Float64Array(3 * n);
  const half = Math.tan(camera.fieldOfView_rad / 2);
  for (let j = 0; j < height; j += 1)
    for (let i = 0; i < width; i += 1) {
      const p = j * width + i;
      const u = ((2 * (i + 0.5)) / width - 1) * half;
      const v = (1 - (2 * (j + 0.5)) / height) * half * (height / width);
      const d = unit(
        forward[0] + u * right[0] + v * top[0],
        forward[1] + u * right[1] + v * top[1],
        forward[2] + u * right[2] + v * top[2],
      );
      direction.set(d, 3 * p);
      const ground_m = d[2] < 0 ? z / -d[2] : Number.POSITIVE_INFINITY;
      const far_m = Math.min(range_m, ground_m);
      const hit = solids?.cast(x, y, z, x + d[0] * far_m, y + d[1] * far_m, z + d[2] * far_m) ?? 2;
      if (hit <= 1) {
        kind[p] = SEEN.solid;
        end_m[p] = hit * far_m;
        normal.set(solids!.normal, 3 * p);
      } else if (ground_m <= range_m) {
        kind[p] = SEEN.ground;
        end_m[p] = ground_m;
        normal[3 * p + 2] = 1;
      }
    }
  return { ...camera, direction, end_m, kind, normal };
}

function unit(x: number, y: number, z: number): [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

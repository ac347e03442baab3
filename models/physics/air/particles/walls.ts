/**
 * What keeps gas out: the scene asks nothing of the particles, the particles ask two things of the scene. A site hands in
 * its own; `createSolids` beside is one for boxes and upright cylinders.
 */
export interface Walls {
  /**
   * The first wall that a segment from free air meets: its fraction of the segment in [0, 1], or Infinity. Leaves the
   * outward unit normal of the wall in `normal`.
   */
  cast(x0_m: number, y0_m: number, z0_m: number, x1_m: number, y1_m: number, z1_m: number): number;
  readonly normal: Float64Array;
  inside(x_m: number, y_m: number, z_m: number): boolean;
}

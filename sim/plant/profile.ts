/**
 * Elevation along a line, for every kind of plant that has distances: given where it is written, else by the profile.
 */

interface Profiled {
  readonly profile?: readonly { readonly kp: number; readonly elevation: number }[] | undefined;
}

/** Elevation at a distance by the profile [m], linear between its points and flat beyond its ends. */
export function profileAt(spec: Profiled, kp: number): number {
  const points = spec.profile ?? [];
  let before = points[0];
  for (const p of points) {
    if (p.kp >= kp)
      return !before || p.kp === before.kp
        ? p.elevation
        : before.elevation + ((kp - before.kp) / (p.kp - before.kp)) * (p.elevation - before.elevation);
    before = p;
  }
  return before?.elevation ?? 0;
}

/** A node's own elevation, else the profile's at its distance [m]. */
export function elevationOf(
  spec: Profiled,
  n: { readonly elevation?: number | undefined; readonly kp?: number | undefined },
): number {
  return n.elevation ?? profileAt(spec, n.kp ?? 0);
}

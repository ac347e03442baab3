/**
 * Volumes of cylindrical tanks with flat, conical, ellipsoidal or spherical (dished) ends, in closed form, h above the bottom.
 *
 *   vertical, end of depth a: cone V = π R² h³/(3 a²);  half ellipsoid V = π R² h² (3a − h)/(3 a²);
 *     spherical cap V = π h² (3ρ − h)/3, ρ = (R² + a²)/(2a); straight part π R² h; a top end is the bottom mirrored
 *   horizontal cylinder: V = L [R² acos((R − h)/R) − (R − h) √(2Rh − h²)]
 *     two half ellipsoids: V = π a h² (3R − h)/(3R)
 *     one spherical cap, y height above the axis, d = ρ − a:
 *       slice(y) = s² acos(d/s) − d √(R² − y²), s² = ρ² − y²
 *       ∫ slice dy by parts, with v = ρ² y − y³/3: see `capIntegral`
 *
 * R radius, L straight length [m], a depth of an end [m], ρ radius of the sphere [m].
 * Source: plane and solid geometry; partial volumes of horizontal heads as in D. Jones, Chemical Processing (2004),
 * re-derived here by parts and held against quadrature in the tests.
 */
import type { EndSpec, ShapeSpec } from './spec.ts';

/** A shape as functions of level: volume [m³] and free surface dV/dh [m²]. */
export interface TankShape {
  readonly height_m: number;
  volume_m3(level_m: number): number;
  area_m2(level_m: number): number;
}

/** The closed forms of a generated shape. `table` shapes have none: see `strapping.ts`. */
export function shapeOf(spec: Exclude<ShapeSpec, { kind: 'table' }>): TankShape {
  return spec.kind === 'vertical-cylinder' ? vertical(spec) : horizontal(spec);
}

function depthOf(end: EndSpec | undefined): number {
  return end === undefined || end.kind === 'flat' ? 0 : end.depth_m;
}

function vertical(spec: Extract<ShapeSpec, { kind: 'vertical-cylinder' }>): TankShape {
  const R = spec.diameter_m / 2;
  const low = depthOf(spec.bottom);
  const high = depthOf(spec.top);
  const height = low + spec.height_m + high;
  const bottom = endVolume(spec.bottom, R, low);
  const top = endVolume(spec.top, R, high);
  const section = Math.PI * R * R;
  return {
    height_m: height,
    volume_m3: (level) => {
      const h = clamp(level, 0, height);
      if (h <= low) return endVolume(spec.bottom, R, h);
      if (h <= low + spec.height_m) return bottom + section * (h - low);
      return bottom + section * spec.height_m + top - endVolume(spec.top, R, height - h);
    },
    area_m2: (level) => {
      const h = clamp(level, 0, height);
      if (h < low) return endArea(spec.bottom, R, h);
      if (h <= low + spec.height_m) return section;
      return endArea(spec.top, R, height - h);
    },
  };
}

/** Volume of an end filled to h above its tip [m³]. */
function endVolume(end: EndSpec | undefined, R: number, h: number): number {
  if (end === undefined || end.kind === 'flat' || h <= 0) return 0;
  const a = end.depth_m;
  if (end.kind === 'cone') return (Math.PI * R * R * h * h * h) / (3 * a * a);
  if (end.kind === 'ellipsoidal') return (Math.PI * R * R * h * h * (3 * a - h)) / (3 * a * a);
  return (Math.PI * h * h * (3 * sphere(R, a) - h)) / 3;
}

function endArea(end: EndSpec | undefined, R: number, h: number): number {
  if (end === undefined || end.kind === 'flat' || h <= 0) return 0;
  const a = end.depth_m;
  if (end.kind === 'cone') return (Math.PI * R * R * h * h) / (a * a);
  if (end.kind === 'ellipsoidal') return (Math.PI * R * R * h * (2 * a - h)) / (a * a);
  return Math.PI * h * (2 * sphere(R, a) - h);
}

/** Radius of the sphere whose cap of depth a has rim radius R [m]. */
function sphere(R: number, a: number): number {
  return (R * R + a * a) / (2 * a);
}

function horizontal(spec: Extract<ShapeSpec, { kind: 'horizontal-cylinder' }>): TankShape {
  const R = spec.diameter_m / 2;
  const a = depthOf(spec.ends);
  // A full hemisphere is both an ellipsoid and a cap; the ellipsoid has no 0/0 there.
  const round = spec.ends?.kind === 'spherical' && a < R * (1 - 1e-9);
  const rho = round ? sphere(R, a) : R;
  const d = rho - a;
  return {
    height_m: 2 * R,
    volume_m3: (level) => {
      const h = clamp(level, 0, 2 * R);
      const straight = spec.length_m * segment(R, h);
      if (a === 0) return straight;
      if (!round) return straight + (Math.PI * a * h * h * (3 * R - h)) / (3 * R);
      return straight + 2 * (capIntegral(rho, d, R, h - R) - capIntegral(rho, d, R, -R));
    },
    area_m2: (level) => {
      const h = clamp(level, 0, 2 * R);
      const chord = 2 * Math.sqrt(Math.max(0, h * (2 * R - h)));
      const straight = spec.length_m * chord;
      if (a === 0) return straight;
      if (!round) return straight + (Math.PI * a * h * (2 * R - h)) / R;
      const s2 = rho * rho - (h - R) * (h - R);
      return straight + 2 * (s2 * Math.acos(Math.min(1, d / Math.sqrt(s2))) - (d * chord) / 2);
    },
  };
}

/** Area of a circle's segment of height h [m²]. */
function segment(R: number, h: number): number {
  // Near the bottom the difference of two like terms loses digits: the series there is exact to 1e-16.
  const x = h / R;
  if (x < 1e-4) return (4 / 3) * R * R * Math.sqrt(2 * x) * x * (1 - 0.15 * x);
  return R * R * Math.acos(1 - x) - (R - h) * Math.sqrt(Math.max(0, 2 * R * h - h * h));
}

/** Antiderivative over y of the slice of one spherical cap, by parts: v = ρ² y − y³/3. */
function capIntegral(rho: number, d: number, R: number, y: number): number {
  const root = Math.sqrt(Math.max(0, R * R - y * y));
  const v = rho * rho * y - (y * y * y) / 3;
  const angle = Math.acos(Math.min(1, d / Math.sqrt(rho * rho - y * y)));
  const asin = Math.asin(clamp(y / R, -1, 1));
  const byParts =
    d *
    ((R * R * asin - y * root) / 6 -
      (2 / 3) * rho * rho * asin +
      ((2 * rho * rho * rho) / (3 * d)) * Math.atan2(y * d, rho * root));
  return v * angle + byParts - (d / 2) * (y * root + R * R * asin);
}

function clamp(x: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, x));
}

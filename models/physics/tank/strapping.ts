/**
 * Strapping tables: level to volume and back. Between points a cubic Hermite runs that is monotone (slopes limited as by
 * Fritsch and Carlson), so the free surface dV/dh is continuous and never negative, and each volume has one level.
 *
 *   V(s) = V0 (2s³ − 3s² + 1) + V1 (3s² − 2s³) + Δ [m0 (s³ − 2s² + s) + m1 (s³ − s²)],  s = (h − h0)/Δ
 *
 * Generated shapes give exact slopes and points that crowd towards both ends, where a round tank's surface goes as √h.
 * Source: F. N. Fritsch, R. E. Carlson, SIAM J. Numer. Anal. 17 (1980) 238; F. N. Fritsch, J. Butland (1984) for inner slopes.
 */
import { shapeOf } from './shapes.ts';
import type { ShapeSpec } from './spec.ts';

/** Points of one table: rising levels [m] and volumes [m³], slopes dV/dh [m²]. */
export interface StrappingTable {
  readonly level_m: Float64Array;
  readonly volume_m3: Float64Array;
  readonly area_m2: Float64Array;
}

/** Intervals of a generated table. */
const INTERVALS = 200;

/** The table of a shape: a measured one with limited slopes, a generated one from its closed form. */
export function strappingTable(spec: ShapeSpec): StrappingTable {
  if (spec.kind === 'table') {
    const level_m = Float64Array.from(spec.points, (p) => p.level_m);
    const volume_m3 = Float64Array.from(spec.points, (p) => p.volume_m3);
    return { level_m, volume_m3, area_m2: innerSlopes(level_m, volume_m3) };
  }
  const shape = shapeOf(spec);
  const level_m = breakpoints(spec, shape.height_m);
  const volume_m3 = level_m.map((h) => shape.volume_m3(h));
  const area_m2 = level_m.map((h) => shape.area_m2(h));
  limit(level_m, volume_m3, area_m2);
  return { level_m, volume_m3, area_m2 };
}

/** Levels of a generated table: joints of straight part and ends are points; each piece is spaced by cosines. */
function breakpoints(spec: Exclude<ShapeSpec, { kind: 'table' }>, height_m: number): Float64Array {
  const joints = [0];
  if (spec.kind === 'vertical-cylinder') {
    const low = spec.bottom === undefined || spec.bottom.kind === 'flat' ? 0 : spec.bottom.depth_m;
    if (low > 0) joints.push(low);
    if (low + spec.height_m < height_m) joints.push(low + spec.height_m);
  }
  joints.push(height_m);
  const levels = [0];
  for (let j = 1; j < joints.length; j++) {
    const straight = spec.kind === 'vertical-cylinder' && joints[j] - joints[j - 1] === spec.height_m;
    const n = straight ? 1 : INTERVALS;
    for (let i = 1; i < n; i++)
      levels.push(joints[j - 1] + ((joints[j] - joints[j - 1]) * (1 - Math.cos((Math.PI * i) / n))) / 2);
    levels.push(joints[j]);
  }
  return Float64Array.from(levels);
}

/** Slopes at the points of a measured table: weighted harmonic means inside, one-sided at the ends. */
function innerSlopes(x: Float64Array, y: Float64Array): Float64Array {
  const n = x.length;
  const m = new Float64Array(n);
  const secant = (i: number) => (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  if (n === 2) return m.fill(secant(0));
  for (let i = 1; i < n - 1; i++) {
    const h0 = x[i] - x[i - 1];
    const h1 = x[i + 1] - x[i];
    const w0 = 2 * h1 + h0;
    const w1 = h1 + 2 * h0;
    m[i] = (w0 + w1) / (w0 / secant(i - 1) + w1 / secant(i));
  }
  m[0] = Math.max(0, 1.5 * secant(0) - 0.5 * m[1]);
  m[n - 1] = Math.max(0, 1.5 * secant(n - 2) - 0.5 * m[n - 2]);
  limit(x, y, m);
  return m;
}

/** Limits slopes to the circle of radius 3 secants, in which the cubic is monotone. */
function limit(x: Float64Array, y: Float64Array, m: Float64Array): void {
  for (let i = 0; i + 1 < x.length; i++) {
    const secant = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
    const reach = Math.hypot(m[i], m[i + 1]) / (3 * secant);
    if (reach > 1) {
      m[i] /= reach;
      m[i + 1] /= reach;
    }
  }
}

/** Volume [m³] at a level of the table in points [start, end); levels outside are taken at its ends. */
export function tableVolume(
  level: Float64Array,
  volume: Float64Array,
  area: Float64Array,
  start: number,
  end: number,
  level_m: number,
): number {
  if (!(level_m > level[start])) return volume[start];
  if (level_m >= level[end - 1]) return volume[end - 1];
  const i = interval(level, start, end, level_m);
  const width = level[i + 1] - level[i];
  return hermite(volume[i], volume[i + 1], width * area[i], width * area[i + 1], (level_m - level[i]) / width);
}

/** Free surface dV/dh [m²] at a level. */
export function tableArea(
  level: Float64Array,
  volume: Float64Array,
  area: Float64Array,
  start: number,
  end: number,
  level_m: number,
): number {
  if (!(level_m > level[start])) return area[start];
  if (level_m >= level[end - 1]) return area[end - 1];
  const i = interval(level, start, end, level_m);
  const width = level[i + 1] - level[i];
  const s = (level_m - level[i]) / width;
  return slope(volume[i], volume[i + 1], width * area[i], width * area[i + 1], s) / width;
}

/** Level [m] of a volume: the inverse of `tableVolume`, to the last digits. */
export function tableLevel(
  level: Float64Array,
  volume: Float64Array,
  area: Float64Array,
  start: number,
  end: number,
  volume_m3: number,
): number {
  if (!(volume_m3 > volume[start])) return level[start];
  if (volume_m3 >= volume[end - 1]) return level[end - 1];
  const i = interval(volume, start, end, volume_m3);
  const width = level[i + 1] - level[i];
  const m0 = width * area[i];
  const m1 = width * area[i + 1];
  let low = 0;
  let high = 1;
  let s = (volume_m3 - volume[i]) / (volume[i + 1] - volume[i]);
  // Newton inside a shrinking bracket; the cubic rises, so the root is the only one.
  for (let k = 0; k < 60; k++) {
    const over = hermite(volume[i], volume[i + 1], m0, m1, s) - volume_m3;
    if (over > 0) high = s;
    else low = s;
    let next = s - over / slope(volume[i], volume[i + 1], m0, m1, s);
    if (!(next > low && next < high)) next = (low + high) / 2;
    const step = Math.abs(next - s);
    s = next;
    if (step <= 1e-15) break;
  }
  return level[i] + s * width;
}

/** The i with x[i] ≤ value < x[i + 1]. */
function interval(x: Float64Array, start: number, end: number, value: number): number {
  let low = start;
  let high = end - 1;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (x[mid] <= value) low = mid;
    else high = mid;
  }
  return low;
}

function hermite(y0: number, y1: number, m0: number, m1: number, s: number): number {
  const r = 1 - s;
  // Written from the nearer end, so that small volumes keep their digits.
  return s < 0.5
    ? y0 + s * (m0 * r * r + s * ((y1 - y0) * (3 - 2 * s) - m1 * r))
    : y1 - r * (m1 * s * s + r * ((y1 - y0) * (3 - 2 * r) - m0 * s));
}

function slope(y0: number, y1: number, m0: number, m1: number, s: number): number {
  return 6 * s * (1 - s) * (y1 - y0) + m0 * (1 - s) * (1 - 3 * s) + m1 * s * (3 * s - 2);
}

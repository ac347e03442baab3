/**
 * Solid bodies as flat arrays: boxes turned about the vertical and upright cylinders, and the first wall that a segment
 * meets among them. Boxes by slabs, cylinders by a quadratic and two discs; a grid of squares on the ground lists what
 * stands in each, so that a short move asks a few bodies only.
 */
import type { Walls } from './walls.ts';

export interface BoxSolid {
  readonly kind: 'box';
  /** Centre [m]. */
  readonly x_m: number;
  readonly y_m: number;
  /** Underside and upper side [m]. */
  readonly z0_m: number;
  readonly z1_m: number;
  /** Along its own axes [m]. */
  readonly length_m: number;
  readonly width_m: number;
  /** Of the length's axis, counter-clockwise from east [rad]. */
  readonly heading_rad: number;
}

export interface CylinderSolid {
  readonly kind: 'cylinder';
  readonly x_m: number;
  readonly y_m: number;
  readonly z0_m: number;
  readonly z1_m: number;
  readonly radius_m: number;
}

export type Solid = BoxSolid | CylinderSolid;

export interface Solids extends Walls {
  readonly count: number;
  readonly list: readonly Solid[];
  /** Which solid the last hit was of. */
  readonly hit: Int32Array;
  /** The solid that holds a point, or −1. */
  solidAt(x_m: number, y_m: number, z_m: number): number;
}

/** Half the extent of a solid along a horizontal direction [m]. */
export function halfExtent_m(s: Solid, dirX: number, dirY: number): number {
  if (s.kind === 'cylinder') return s.radius_m;
  const c = Math.cos(s.heading_rad);
  const n = Math.sin(s.heading_rad);
  return 0.5 * (s.length_m * Math.abs(dirX * c + dirY * n) + s.width_m * Math.abs(dirY * c - dirX * n));
}

const COLUMNS = 9;

export function createSolids(list: readonly Solid[], square_m = 10): Solids {
  const count = list.length;
  // kind, x, y, z0, z1, half length or radius, half width, cos, sin
  const s = new Float64Array(count * COLUMNS);
  let [x0, y0, x1, y1, top] = [0, 0, 0, 0, 0];
  list.forEach((b, i) => {
    const box = b.kind === 'box';
    s.set(
      [
        box ? 0 : 1,
        b.x_m,
        b.y_m,
        b.z0_m,
        b.z1_m,
        box ? b.length_m / 2 : b.radius_m,
        box ? b.width_m / 2 : b.radius_m,
        box ? Math.cos(b.heading_rad) : 1,
        box ? Math.sin(b.heading_rad) : 0,
      ],
      i * COLUMNS,
    );
    const ex = halfExtent_m(b, 1, 0);
    const ey = halfExtent_m(b, 0, 1);
    x0 = i === 0 ? b.x_m - ex : Math.min(x0, b.x_m - ex);
    x1 = i === 0 ? b.x_m + ex : Math.max(x1, b.x_m + ex);
    y0 = i === 0 ? b.y_m - ey : Math.min(y0, b.y_m - ey);
    y1 = i === 0 ? b.y_m + ey : Math.max(y1, b.y_m + ey);
    top = Math.max(top, b.z1_m);
  });
  const side = Math.max(square_m, (x1 - x0) / 256, (y1 - y0) / 256);
  const nx = Math.max(1, Math.ceil((x1 - x0) / side + 1e-9));
  const ny = Math.max(1, Math.ceil((y1 - y0) / side + 1e-9));
  const lists: number[][] = Array.from({ length: nx * ny }, () => []);
  const column = (x: number) => Math.min(nx - 1, Math.max(0, Math.floor((x - x0) / side)));
  const row = (y: number) => Math.min(ny - 1, Math.max(0, Math.floor((y - y0) / side)));
  list.forEach((b, i) => {
    const ex = halfExtent_m(b, 1, 0);
    const ey = halfExtent_m(b, 0, 1);
    for (let r = row(b.y_m - ey); r <= row(b.y_m + ey); r += 1)
      for (let c = column(b.x_m - ex); c <= column(b.x_m + ex); c += 1) lists[r * nx + c]!.push(i);
  });
  const first = new Int32Array(nx * ny + 1);
  lists.forEach((l, k) => {
    first[k + 1] = first[k]! + l.length;
  });
  const members = Int32Array.from(lists.flat());
  // Asked already for this segment: the number of the last question.
  const asked = new Float64Array(count);
  let question = 0;
  const normal = new Float64Array(3);
  const hit = new Int32Array(1);

  /** Fraction at which a segment enters body i from outside, better than `best`; sets the normal. */
  const enter = (i: number, ax: number, ay: number, az: number, bx: number, by: number, bz: number, best: number) => {
    const o = i * COLUMNS;
    const c = s[o + 7]!;
    const n = s[o + 8]!;
    const px = (ax - s[o + 1]!) * c + (ay - s[o + 2]!) * n;
    const py = (ay - s[o + 2]!) * c - (ax - s[o + 1]!) * n;
    const dx = (bx - ax) * c + (by - ay) * n;
    const dy = (by - ay) * c - (bx - ax) * n;
    const dz = bz - az;
    let t0 = -1;
    let t1 = 2;
    let nX = 0;
    let nY = 0;
    let nZ = 0;
    // Upper and lower side.
    const lo = s[o + 3]!;
    const hi = s[o + 4]!;
    if (dz === 0) {
      if (az <= lo || az >= hi) return best;
    } else {
      const ta = ((dz > 0 ? lo : hi) - az) / dz;
      const tb = ((dz > 0 ? hi : lo) - az) / dz;
      if (ta > t0) {
        t0 = ta;
        nZ = dz > 0 ? -1 : 1;
      }
      if (tb < t1) t1 = tb;
    }
    if (t0 >= t1 || t1 <= 0 || t0 > 1) return best;
    if (s[o] === 1) {
      const r = s[o + 5]!;
      const qa = dx * dx + dy * dy;
      const qb = px * dx + py * dy;
      const qc = px * px + py * py - r * r;
      if (qa === 0) {
        if (qc >= 0) return best;
      } else {
        const d = qb * qb - qa * qc;
        if (d <= 0) return best;
        const root = Math.sqrt(d);
        const ta = (-qb - root) / qa;
        const tb = (-qb + root) / qa;
        if (ta > t0) {
          t0 = ta;
          nX = (px + ta * dx) / r;
          nY = (py + ta * dy) / r;
          nZ = 0;
        }
        if (tb < t1) t1 = tb;
      }
    } else {
      const hx = s[o + 5]!;
      const hy = s[o + 6]!;
      if (dx === 0) {
        if (px <= -hx || px >= hx) return best;
      } else {
        const ta = ((dx > 0 ? -hx : hx) - px) / dx;
        const tb = ((dx > 0 ? hx : -hx) - px) / dx;
        if (ta > t0) {
          t0 = ta;
          nX = dx > 0 ? -1 : 1;
          nY = 0;
          nZ = 0;
        }
        if (tb < t1) t1 = tb;
      }
      if (dy === 0) {
        if (py <= -hy || py >= hy) return best;
      } else {
        const ta = ((dy > 0 ? -hy : hy) - py) / dy;
        const tb = ((dy > 0 ? hy : -hy) - py) / dy;
        if (ta > t0) {
          t0 = ta;
          nX = 0;
          nY = dy > 0 ? -1 : 1;
          nZ = 0;
        }
        if (tb < t1) t1 = tb;
      }
    }
    // t0 < 0: it began behind that face, thus inside or past the body.
    if (t0 >= t1 || t0 < 0 || t0 > 1 || t0 >= best) return best;
    normal[0] = nX * c - nY * n;
    normal[1] = nX * n + nY * c;
    normal[2] = nZ;
    hit[0] = i;
    return t0;
  };

  const holds = (i: number, x: number, y: number, z: number): boolean => {
    const o = i * COLUMNS;
    if (z <= s[o + 3]! || z >= s[o + 4]!) return false;
    const dx = x - s[o + 1]!;
    const dy = y - s[o + 2]!;
    if (s[o] === 1) return dx * dx + dy * dy < s[o + 5]! * s[o + 5]!;
    const px = dx * s[o + 7]! + dy * s[o + 8]!;
    const py = dy * s[o + 7]! - dx * s[o + 8]!;
    return px > -s[o + 5]! && px < s[o + 5]! && py > -s[o + 6]! && py < s[o + 6]!;
  };

  const solidAt = (x: number, y: number, z: number): number => {
    if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1 && z <= top)) return -1;
    const k = row(y) * nx + column(x);
    for (let m = first[k]!; m < first[k + 1]!; m += 1) if (holds(members[m]!, x, y, z)) return members[m]!;
    return -1;
  };

  return {
    count,
    list,
    normal,
    hit,
    solidAt,
    inside: (x, y, z) => solidAt(x, y, z) >= 0,
    cast(ax, ay, az, bx, by, bz) {
      let best = Number.POSITIVE_INFINITY;
      if (count === 0 || (az >= top && bz >= top)) return best;
      const loX = Math.min(ax, bx);
      const hiX = Math.max(ax, bx);
      const loY = Math.min(ay, by);
      const hiY = Math.max(ay, by);
      if (hiX < x0 || loX > x1 || hiY < y0 || loY > y1) return best;
      question += 1;
      const c0 = column(loX);
      const c1 = column(hiX);
      const r0 = row(loY);
      const r1 = row(hiY);
      for (let r = r0; r <= r1; r += 1) {
        let from = c0;
        let to = c1;
        if (r1 - r0 > 1 && c1 - c0 > 1) {
          // A long segment: only the squares that it crosses in this row.
          const ya = y0 + r * side;
          const slope = (bx - ax) / (by - ay);
          const xa = ax + (ya - ay) * slope;
          const xb = ax + (ya + side - ay) * slope;
          from = Math.max(c0, column(Math.min(xa, xb) - 1e-9));
          to = Math.min(c1, column(Math.max(xa, xb) + 1e-9));
          // The outermost rows hold what lies beyond the squares too.
          if (r === 0 || r === ny - 1) {
            from = c0;
            to = c1;
          }
        }
        for (let c = from; c <= to; c += 1) {
          const k = r * nx + c;
          for (let m = first[k]!; m < first[k + 1]!; m += 1) {
            const i = members[m]!;
            if (asked[i] === question) continue;
            asked[i] = question;
            best = enter(i, ax, ay, az, bx, by, bz, best);
          }
        }
      }
      return best;
    },
  };
}

/**
 * The first guess of the wind around obstacles: zones after Röckle (1990) as Kaplan & Dinar (1996) and the QUIC-URB papers
 * (Pardyjak & Brown 2001) give them. For a body of height H, and length L and width W along and across the wind (of a turned
 * body those of its outline seen along the wind), d behind its lee wall, y across from its axis:
 *
 *   displacement   0 inside the ellipsoid of length Lf = H·2(W/H)/(1 + 0.8 W/H) before the front, up to 0.6 H
 *   cavity         −U(H)(1 − d/dN)² for d < dN = Lr √((1 − (z/H)²)(1 − (2y/W)²)),
 *                  Lr = H·1.8(W/H)/((L/H)^0.3 (1 + 0.24 W/H))                                           (Fackrell 1984)
 *   wake           U(z)(1 − (dN/d)^1.5) for dN < d < 3 dN
 *   street canyon  between two bodies S apart, S < S* = H(1.25 + 0.15 W/H), at most 1.55 H, below the lower of both:
 *                  u = −U(H) (d/½S)((S − d)/½S),   w = −½ U(H) |1 − d/½S| (1 − (S − d)/½S): up the lee wall, down the other
 *   rooftop        R = min(H, W)^(2/3) max(H, W)^(1/3): reversed below 0.22 R over 0.9 R of the roof's front, if the roof is
 *                  longer than that (Wilson 1979)
 *
 * L/H is held in [0.3, 3], where Fackrell's formula was measured. Where zones of several bodies overlap, a canyon goes
 * before a cavity before a displacement zone before wakes, of which the deepest counts. Undercut bodies (racks, elevated
 * vessels) make no zones, they only block.
 *
 * Turbulence: Prandtl's mixing length on the flow that results (as Williams et al. 2004 in QUIC-PLUME): u*' = κ l |S|, S the
 * largest shear of the wind's components, l the distance to the nearest wall or the ground, at most half of H; counted only
 * in and 1 cell around zones of a body, since elsewhere the open ground's turbulence holds it already.
 */
import { halfExtent_m, type Solid } from './solids.ts';

export interface RockleBody {
  readonly solid: Solid;
  readonly height_m: number;
  readonly length_m: number;
  readonly width_m: number;
  readonly front_m: number;
  readonly cavity_m: number;
  readonly canyon_m: number;
  readonly roof_m: number;
  /** Direction of the wind. */
  readonly dirX: number;
  readonly dirY: number;
}

/** Reattachment length behind a body [m] (Fackrell 1984). */
export function cavityLength_m(height_m: number, width_m: number, length_m: number): number {
  const slenderness = Math.min(3, Math.max(0.3, length_m / height_m));
  return (1.8 * width_m) / (slenderness ** 0.3 * (1 + (0.24 * width_m) / height_m));
}

/** Length of the stagnant zone before a body [m]. */
export function frontLength_m(height_m: number, width_m: number): number {
  return (2 * width_m) / (1 + (0.8 * width_m) / height_m);
}

export function rockleBody(solid: Solid, dirX: number, dirY: number): RockleBody {
  const height_m = solid.z1_m;
  const length_m = 2 * halfExtent_m(solid, dirX, dirY);
  const width_m = 2 * halfExtent_m(solid, -dirY, dirX);
  const scale = Math.min(height_m, width_m) ** (2 / 3) * Math.max(height_m, width_m) ** (1 / 3);
  return {
    solid,
    height_m,
    length_m,
    width_m,
    front_m: frontLength_m(height_m, width_m),
    cavity_m: cavityLength_m(height_m, width_m, length_m),
    canyon_m: height_m * Math.min(1.55, 1.25 + (0.15 * width_m) / height_m),
    roof_m: length_m > 0.9 * scale ? scale : 0,
    dirX,
    dirY,
  };
}

/** Where a line along the wind through (x, y) enters and leaves a body's outline, as distances from the point: [in, out], or none. */
export function chord(b: RockleBody, x_m: number, y_m: number): readonly [number, number] | undefined {
  const s = b.solid;
  const dx = x_m - s.x_m;
  const dy = y_m - s.y_m;
  if (s.kind === 'cylinder') {
    const along = dx * b.dirX + dy * b.dirY;
    const across = dy * b.dirX - dx * b.dirY;
    const q = s.radius_m * s.radius_m - across * across;
    if (q <= 0) return undefined;
    const half = Math.sqrt(q);
    return [-along - half, -along + half];
  }
  const c = Math.cos(s.heading_rad);
  const n = Math.sin(s.heading_rad);
  let lo = Number.NEGATIVE_INFINITY;
  let hi = Number.POSITIVE_INFINITY;
  const slab = (p: number, d: number, half: number) => {
    if (Math.abs(d) < 1e-9) {
      if (Math.abs(p) >= half) hi = Number.NEGATIVE_INFINITY;
      return;
    }
    const [a, z] = [(-half - p) / d, (half - p) / d];
    lo = Math.max(lo, Math.min(a, z));
    hi = Math.min(hi, Math.max(a, z));
  };
  slab(dx * c + dy * n, b.dirX * c + b.dirY * n, s.length_m / 2);
  slab(dy * c - dx * n, b.dirY * c - b.dirX * n, s.width_m / 2);
  return lo < hi ? [lo, hi] : undefined;
}

/** What the zones say about a place. */
export interface Guess {
  /** Along the wind and up [m/s]. */
  along_m_s: number;
  up_m_s: number;
  /** The tallest body whose zone it lies in [m]; 0 outside of all. */
  zone_m: number;
}

const CANYON = 4;
const CAVITY = 3;
const FRONT = 2;
const WAKE = 1;

/** A body as the vertical line over a place meets its zones. */
export interface Over {
  readonly body: RockleBody;
  /** Distances along the wind to where the body's outline begins and ends. */
  readonly enters_m: number;
  readonly leaves_m: number;
  /** √(1 − (2y/W)²). */
  readonly round: number;
  /** The street canyon that the place lies in, if any. */
  readonly gap: { readonly width_m: number; readonly height_m: number } | undefined;
  /** Undisturbed wind at the body's height [m/s]. */
  readonly windTop_m_s: number;
}

/** The bodies whose zones a vertical line may cut. */
export function bodiesOver(bodies: readonly RockleBody[], x: number, y: number, wind: (z_m: number) => number): Over[] {
  const over: Over[] = [];
  for (const body of bodies) {
    const dx = x - body.solid.x_m;
    const dy = y - body.solid.y_m;
    const across = (2 * (dy * body.dirX - dx * body.dirY)) / body.width_m;
    if (Math.abs(across) >= 1) continue;
    const behind = dx * body.dirX + dy * body.dirY;
    const half = 0.5 * body.length_m;
    if (behind > half + 3 * body.cavity_m + half || behind < -half - body.front_m - half) continue;
    const line = chord(body, x, y);
    if (line === undefined) continue;
    const d = -line[1];
    const near = d >= 0 && d < body.cavity_m;
    over.push({
      body,
      enters_m: line[0],
      leaves_m: line[1],
      round: Math.sqrt(1 - across * across),
      gap: near ? gapBehind(bodies, body, x, y, d) : undefined,
      windTop_m_s: wind(body.height_m),
    });
  }
  return over;
}

/** The first guess at a height over a place in the open, where the undisturbed wind is `wind_m_s`. */
export function guessAt(over: readonly Over[], z: number, wind_m_s: number, out: Guess): void {
  let rank = 0;
  let along = wind_m_s;
  let up = 0;
  let wake = 1;
  let zone = 0;
  for (const { body, enters_m, leaves_m, round, gap, windTop_m_s: top } of over) {
    const H = body.height_m;
    if (leaves_m <= 0 && z < H) {
      const d = -leaves_m;
      const reach = body.cavity_m * Math.sqrt(1 - (z / H) ** 2) * round;
      if (d < reach) {
        zone = Math.max(zone, H);
        if (gap !== undefined && z < gap.height_m) {
          const half = gap.width_m / 2;
          const u = -top * (d / half) * ((gap.width_m - d) / half);
          if (rank < CANYON || u < along) {
            along = u;
            up = -0.5 * top * Math.abs(1 - d / half) * (1 - (gap.width_m - d) / half);
            rank = CANYON;
          }
        } else if (rank <= CAVITY) {
          const u = -top * (1 - d / reach) ** 2;
          if (rank < CAVITY || u < along) along = u;
          up = 0;
          rank = CAVITY;
        }
      } else if (d < 3 * reach) {
        zone = Math.max(zone, H);
        wake = Math.min(wake, 1 - (reach / d) ** 1.5);
        rank = Math.max(rank, WAKE);
      }
    } else if (enters_m >= 0 && z < 0.6 * H && rank <= FRONT) {
      if (enters_m < body.front_m * Math.sqrt(1 - (z / (0.6 * H)) ** 2) * round) {
        zone = Math.max(zone, H);
        along = 0;
        up = 0;
        rank = FRONT;
      }
    } else if (enters_m < 0 && leaves_m > 0 && z >= H && body.roof_m > 0 && rank < FRONT) {
      const depth = 0.22 * body.roof_m;
      if (-enters_m < 0.9 * body.roof_m && z - H < depth) {
        zone = Math.max(zone, H);
        along = -top * (1 - (z - H) / depth);
        rank = FRONT;
      }
    }
  }
  out.along_m_s = rank === WAKE ? along * wake : along;
  out.up_m_s = up;
  out.zone_m = zone;
}

/** The street behind a body along the line of the wind, if it is narrow enough to be a canyon. */
function gapBehind(bodies: readonly RockleBody[], b: RockleBody, x: number, y: number, d: number) {
  let nearest = Number.POSITIVE_INFINITY;
  let height = 0;
  for (const o of bodies) {
    if (o === b) continue;
    const line = chord(o, x, y);
    if (line === undefined || line[0] < 0 || line[0] >= nearest) continue;
    nearest = line[0];
    height = o.height_m;
  }
  const width_m = d + nearest;
  return width_m < b.canyon_m ? { width_m, height_m: Math.min(height, b.height_m) } : undefined;
}

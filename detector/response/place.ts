/**
 * Where a leak is, for maps and pipes: along a line by its stationing, on a site by metres from its origin. Degrees by a
 * plane that touches the earth at the place (WGS 84 radii of curvature; 10 km away it is off by less than 10 m).
 */
import type { AsBuilt, Incident } from '../../models/contract/index.ts';
import type { ResponseSpec } from './document.ts';

export type LonLat = [longitude: number, latitude: number];

export interface LeakPlace {
  /** Pipe and share of its length; absent where the leak is on a site. */
  readonly on?: { readonly pipe: string; readonly fraction: number };
  /** The pipe or equipment by its as-built name. */
  readonly element?: string;
  readonly at?: LonLat;
}

const DEGREE = Math.PI / 180;
const EQUATOR_m = 6_378_137;
const ECCENTRICITY_2 = 6.69437999014e-3;

/** Metres per degree of longitude and of latitude at a latitude. */
function metresPerDegree(latitude: number): [east: number, north: number] {
  const s = 1 - ECCENTRICITY_2 * Math.sin(latitude * DEGREE) ** 2;
  const prime = EQUATOR_m / Math.sqrt(s);
  const meridian = (EQUATOR_m * (1 - ECCENTRICITY_2)) / s ** 1.5;
  return [prime * Math.cos(latitude * DEGREE) * DEGREE, meridian * DEGREE];
}

/** A place so many metres east and north of another. */
export function offset(from: LonLat, east_m: number, north_m: number): LonLat {
  const [e, n] = metresPerDegree(from[1]);
  return [from[0] + east_m / e, from[1] + north_m / n];
}

/** Metres east and north from one place to another. */
export function metresTo(from: LonLat, to: LonLat): [east_m: number, north_m: number] {
  const [e, n] = metresPerDegree(from[1]);
  return [(to[0] - from[0]) * e, (to[1] - from[1]) * n];
}

export function placeOf(incident: Pick<Incident, 'where'>, asBuilt: AsBuilt, spec: ResponseSpec): LeakPlace {
  const { where } = incident;
  if (!where) return {};
  const { position_m, place_m, source } = where;
  if (position_m !== undefined) {
    const pipe = pipeAt(asBuilt, position_m);
    const at = routeAt(spec, position_m);
    return {
      ...(pipe ? { on: pipe, element: pipe.pipe } : {}),
      ...(at ? { at } : {}),
    };
  }
  const origin = spec.map?.origin;
  return {
    ...(source === undefined ? {} : { element: source }),
    ...(origin && place_m ? { at: offset([origin[1], origin[0]], place_m[0], place_m[1]) } : {}),
  };
}

/** The pipe of a line in which a place lies; a place beyond an end is at that end. */
function pipeAt(asBuilt: AsBuilt, position_m: number): { pipe: string; fraction: number } | undefined {
  let best: { pipe: string; fraction: number } | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const p of asBuilt.pipes) {
    if (p.start_m === undefined) continue;
    const gap = Math.max(p.start_m - position_m, 0, position_m - p.start_m - p.length_m);
    if (gap >= nearest) continue;
    nearest = gap;
    best = { pipe: p.id, fraction: Math.min(1, Math.max(0, (position_m - p.start_m) / p.length_m)) };
  }
  return best;
}

function routeAt(spec: ResponseSpec, position_m: number): LonLat | undefined {
  const route = spec.map?.route;
  if (!route) return undefined;
  const x = Math.min(route.at(-1)!.kp, Math.max(route[0]!.kp, position_m));
  const i = Math.max(
    1,
    route.findIndex((p) => p.kp >= x),
  );
  const a = route[i - 1]!;
  const b = route[i]!;
  const s = (x - a.kp) / (b.kp - a.kp);
  return [a.at[1] + s * (b.at[1] - a.at[1]), a.at[0] + s * (b.at[0] - a.at[0])];
}

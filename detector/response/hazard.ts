/**
 * Where the air is dangerous: the outlines at which a steady plume from the ground falls below a level, with the wind.
 *
 *   c(x, 0) = Q/(π u σy σz)                         at the ground, from the ground
 *   y(x)    = σy √(2 ln(c(x, 0)/c*))                half the width of the level c*
 *
 * σ by Briggs for open country, 10 min means. A liquid gives what its pool evaporates: k A M p/(R T) · Stefan's factor with k of
 * Mackay and Matsugu; the pool is as wide as the volume at its least depth. Below 0.5 m/s a plume has no direction: the
 * zone is then a disc of the plume's reach at 0.5 m/s. Gas that is denser than air reaches farther than this says when it
 * is cold or much.
 * Source: models/physics/air (Briggs 1973), models/physics/tank/vapour.ts (Mackay & Matsugu 1973; CPR 14E eq. 3.24).
 */
import type { HazardZone } from '../../models/contract/index.ts';
import { PLUME_SIGMAS, plumeConcentration_kg_m3 } from '../../models/physics/air/index.ts';
import { GAS_CONSTANT, mackayMatsugu_m_s } from '../../models/physics/tank/index.ts';
import type { ResponseSpec } from './document.ts';
import { type LonLat, metresTo, offset } from './place.ts';

type Hazard = NonNullable<ResponseSpec['hazard']>;

export interface WindNow {
  readonly wind_m_s: number;
  /** Where it comes from, clockwise from north. */
  readonly from_rad: number;
  readonly stability: 'A' | 'B' | 'C' | 'D' | 'E' | 'F';
}

const PRESSURE_Pa = 101_325;
const CALM_m_s = 0.5;
const FARTHEST_m = 20_000;
const NEAREST_m = 1;
const STEPS = 120;
const SCHMIDT = 1.5; // of hydrocarbon vapours in air, ν/D with D ≈ 1e-5 m²/s

/** What goes into the air [kg/s], of a leak of this mass rate and a pool of this volume. */
export function vapourSource_kg_s(hazard: Hazard, massRate_kg_s: number, pool_m3: number, wind_m_s: number): number {
  if (hazard.release === 'gas') return massRate_kg_s;
  const area_m2 = pool_m3 / hazard['pool-depth'];
  if (area_m2 <= 0) return 0;
  const share = Math.min(0.99, hazard['vapour-pressure']! / PRESSURE_Pa);
  const k = mackayMatsugu_m_s(Math.max(CALM_m_s, wind_m_s), Math.sqrt((4 * area_m2) / Math.PI), SCHMIDT);
  const vapour_kg_m3 = ((hazard['molar-mass'] / 1000) * share * PRESSURE_Pa) / (GAS_CONSTANT * hazard.temperature);
  // No more can evaporate than runs in.
  return Math.min(massRate_kg_s, k * area_m2 * vapour_kg_m3 * (-Math.log(1 - share) / share));
}

/** A zone for every level, the widest last; none where a level is not reached a metre away. */
export function hazardZones(
  hazard: Hazard,
  source_kg_s: number,
  wind: WindNow,
  at: LonLat | undefined,
  places: ResponseSpec['roster']['places'],
): HazardZone[] {
  const air_mol_m3 = PRESSURE_Pa / (GAS_CONSTANT * hazard.temperature);
  const levels = [...hazard.levels].sort((a, b) => b.at - a.at);
  return levels.flatMap((level): HazardZone[] => {
    const limit_kg_m3 = level.at * air_mol_m3 * (hazard['molar-mass'] / 1000);
    const outline_m = outline(source_kg_s, wind, limit_kg_m3);
    if (!outline_m) return [];
    const inside = at ? places.filter((p) => contains(outline_m, metresTo(at, [p.at[1], p.at[0]]))) : [];
    return [
      {
        level: level.name,
        concentration: level.at,
        reach_m: outline_m.reduce((r, [x, y]) => Math.max(r, Math.hypot(x, y)), 0),
        area_m2: area(outline_m),
        outline_m,
        ...(at ? { outline: outline_m.map(([x, y]) => offset(at, x, y)) } : {}),
        people: inside.reduce((n, p) => n + p.people, 0),
        inside: inside.map((p) => p.id),
      },
    ];
  });
}

/** Closed ring, east and north of the release, anticlockwise as GeoJSON wants outer rings. */
function outline(source_kg_s: number, wind: WindNow, limit_kg_m3: number): [number, number][] | undefined {
  const speed_m_s = Math.max(CALM_m_s, wind.wind_m_s);
  const sigmas = PLUME_SIGMAS['briggs-rural'];
  const right: [number, number][] = [];
  let reach = 0;
  const ratio = (FARTHEST_m / NEAREST_m) ** (1 / STEPS);
  for (let i = 0, x = NEAREST_m; i <= STEPS; i += 1, x *= ratio) {
    const sigmaY_m = sigmas.y(wind.stability, x);
    const sigmaZ_m = sigmas.z(wind.stability, x);
    const axis = plumeConcentration_kg_m3({ rate_kg_s: source_kg_s, speed_m_s, height_m: 0, sigmaY_m, sigmaZ_m }, 0, 0);
    if (axis <= limit_kg_m3) break;
    reach = x;
    right.push([x, sigmaY_m * Math.sqrt(2 * Math.log(axis / limit_kg_m3))]);
  }
  if (reach === 0) return undefined;
  if (wind.wind_m_s < CALM_m_s) return disc(reach);
  const ring: [number, number][] = [[0, 0], ...right.map(([x, y]): [number, number] => [x, -y])];
  ring.push([reach * ratio, 0]);
  for (const p of right.reverse()) ring.push(p);
  ring.push([0, 0]);
  // Downwind is where the wind does not come from.
  const angle = 1.5 * Math.PI - wind.from_rad;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return ring.map(([x, y]) => [x * c - y * s, x * s + y * c]);
}

function disc(radius_m: number): [number, number][] {
  return Array.from({ length: 49 }, (_, i) => {
    const a = ((i % 48) * 2 * Math.PI) / 48;
    return [radius_m * Math.cos(a), radius_m * Math.sin(a)];
  });
}

function area(ring: readonly (readonly [number, number])[]): number {
  let twice = 0;
  for (let i = 1; i < ring.length; i += 1) twice += ring[i - 1]![0] * ring[i]![1] - ring[i]![0] * ring[i - 1]![1];
  return Math.abs(twice) / 2;
}

/** Even-odd rule: crossings of a ray towards the east. */
export function contains(ring: readonly (readonly [number, number])[], [x, y]: readonly [number, number]): boolean {
  let inside = false;
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay] = ring[i - 1]!;
    const [bx, by] = ring[i]!;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

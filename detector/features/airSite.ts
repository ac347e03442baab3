/**
 * A site's air as a control room knows it: gas instruments with their places, one wind, and what may leak. All readings
 * become the gas's share by volume: shares of the explosive limit by its as-built value, columns by the length of their beam.
 */
import type { AirAsBuilt, AsBuilt, FrameLayout } from '../../models/contract/index.ts';
import { UNITS } from '../../models/kernel/index.ts';

/** Points by which a beam's mean is taken. */
const BEAM_POINTS = 12;
/** A grid of unnamed places has so many cells along its longer side. */
const GRID_CELLS = 40;
const GRID_HEIGHT_M = 1;
const DEFAULT_RADIUS_M = 5;
const MARGIN = 0.2;
/** At 15 °C and 101,325 Pa [m³/mol]. */
const MOLAR_VOLUME_M3 = 0.023645;

export interface GasSensor {
  /** Index in the layout. */
  readonly tag: number;
  readonly id: string;
  /** Its point, or points along its beam: x, y, z one after another. */
  readonly points_m: Float64Array;
  /** Share by volume of one SI unit of the tag. */
  readonly share: number;
  /** Data-sheet noise and accuracy, one standard deviation, as shares by volume. */
  readonly noise: number;
  readonly accuracy: number;
  /** Instruments of one unit can be compared with one another. */
  readonly kind: string;
}

export interface Candidate {
  /** Empty for a cell of the grid. */
  readonly id: string;
  readonly x_m: number;
  readonly y_m: number;
  readonly z_m: number;
  readonly radius_m: number;
}

export interface AirSite {
  readonly sensors: readonly GasSensor[];
  readonly candidates: readonly Candidate[];
  /** Candidates are equipment with names. */
  readonly named: boolean;
  readonly speed: number;
  readonly direction: number;
  /** Angle of motion, anticlockwise from east = sign · reading + offset [rad]. */
  readonly directionSign: number;
  readonly directionOffset: number;
  /** Layout indices of temperature, humidity and pressure; those that there are. */
  readonly weather: readonly number[];
  /** Share by volume of one kg/m³ of the gas. */
  readonly share_m3_kg: number;
  readonly gas: string;
}

/** Undefined where the plant has no gas instruments with places, no wind or no gas. */
export function readAir(layout: FrameLayout, asBuilt: AsBuilt | undefined): AirSite | undefined {
  const air = asBuilt?.air;
  const wind = air?.wind;
  if (!air || !wind) return undefined;
  const find = (id: string | undefined) => layout.tags.findIndex((t) => t.id === id);
  const speed = find(wind.speed);
  const direction = find(wind.direction);
  const sensors = air.sensors.flatMap((s): GasSensor[] => {
    const tag = find(s.tag);
    if (tag < 0) return [];
    const t = layout.tags[tag]!;
    const length_m = s.to_m ? Math.hypot(...s.place_m.map((v, k) => s.to_m![k]! - v)) : 0;
    const share = shareOf(t.unit, air.gas.lowerLimit, length_m);
    if (share === undefined) return [];
    const scale = (UNITS[t.unit]?.factor ?? 1) * share;
    return [
      {
        tag,
        id: t.id,
        points_m: pointsOf(s),
        share,
        noise: t.noise * scale,
        accuracy: t.accuracy * scale,
        kind: `${t.quantity}/${t.unit}`,
      },
    ];
  });
  if (speed < 0 || direction < 0 || sensors.length === 0) return undefined;
  const named = air.equipment.length > 0;
  const from = wind.reads === 'from-clockwise-of-north';
  const { temperature, humidity, pressure } = air.weather ?? {};
  return {
    sensors,
    candidates: named
      ? air.equipment.map((e) => ({
          id: e.id,
          x_m: e.place_m[0],
          y_m: e.place_m[1],
          z_m: Math.max(0, e.place_m[2]),
          radius_m: e.radius_m ?? DEFAULT_RADIUS_M,
        }))
      : gridOf(air.bounds_m ?? boundsOf(sensors)),
    named,
    speed,
    direction,
    // From direction θ clockwise of north it goes to θ + π, which is 3π/2 − θ anticlockwise of east.
    directionSign: from ? -1 : 1,
    directionOffset: from ? 1.5 * Math.PI : 0,
    weather: [temperature, humidity, pressure].map(find).filter((i) => i >= 0),
    share_m3_kg: MOLAR_VOLUME_M3 / air.gas.molarMass_kg_mol,
    gas: air.gas.id,
  };
}

/** Share by volume of one SI unit of a gas tag; undefined where it cannot be told. */
export function shareOf(unit: string, lowerLimit: number | undefined, length_m: number): number | undefined {
  switch (UNITS[unit]?.dimension) {
    case 'fraction':
      return 1;
    case 'explosive-share':
      return lowerLimit;
    case 'gas-column':
      return length_m > 0 ? 1 / length_m : undefined;
    case 'explosive-column':
      return lowerLimit !== undefined && length_m > 0 ? lowerLimit / length_m : undefined;
    default:
      return undefined;
  }
}

function pointsOf({ place_m, to_m }: AirAsBuilt['sensors'][number]): Float64Array {
  if (!to_m) return Float64Array.from(place_m);
  const points = new Float64Array(3 * BEAM_POINTS);
  for (let i = 0; i < BEAM_POINTS; i += 1)
    for (let k = 0; k < 3; k += 1)
      points[3 * i + k] = place_m[k]! + ((i + 0.5) / BEAM_POINTS) * (to_m[k]! - place_m[k]!);
  return points;
}

function boundsOf(sensors: readonly GasSensor[]): [number, number, number, number] {
  const along = (k: number) => sensors.flatMap((s) => [...s.points_m].filter((_, i) => i % 3 === k));
  const [x, y] = [along(0), along(1)];
  const margin = Math.max(10, MARGIN * Math.max(Math.max(...x) - Math.min(...x), Math.max(...y) - Math.min(...y)));
  return [Math.min(...x) - margin, Math.min(...y) - margin, Math.max(...x) + margin, Math.max(...y) + margin];
}

function gridOf([west, south, east, north]: readonly [number, number, number, number]): Candidate[] {
  const cell_m = Math.max(east - west, north - south, 1) / GRID_CELLS;
  const columns = Math.max(1, Math.round((east - west) / cell_m));
  const rows = Math.max(1, Math.round((north - south) / cell_m));
  return Array.from({ length: columns * rows }, (_, i) => ({
    id: '',
    x_m: west + ((i % columns) + 0.5) * cell_m,
    y_m: south + (Math.floor(i / columns) + 0.5) * cell_m,
    z_m: GRID_HEIGHT_M,
    radius_m: cell_m / 2,
  }));
}

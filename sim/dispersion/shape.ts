/**
 * How a release stands in the air when puffs or particles take it over: where, and how wide.
 *
 *   jet      expanded to ambient with its momentum kept (Birch 1987), to where its axis has slowed to the wind: a distance on its
 *            axis, and the width that it has there                                   models/physics/release/jet.ts
 *   patch    σ_h = r/2, the standard deviation of a disc; σ_z a skin of 0.1 m
 *   light    lifted by Briggs' final rise Δh; σ² grows by (Δh/3.5)²                  plumeRise.ts; Pasquill 1976, as EPA ISC3 has it
 *
 * A jet blows with the wind unless its place says where. What stands in its way ends it.
 */
import { type AirWeather, classOf, windRatio } from '../../models/physics/air/index.ts';
import { gasRelease } from '../../models/physics/gas/index.ts';
import {
  airDensity_kg_m3,
  expandedJet,
  jetEnd,
  jetReach_m,
  type PseudoSource,
  plumeRise_m,
  releaseDensity_kg_m3,
  VAPOURS,
  type Vapour,
} from '../../models/physics/release/index.ts';
import type { EmissionRates } from '../plant/index.ts';

const SKIN_m = 0.1;
const LEAST_SIGMA_m = 0.05;
const LEAST_WIND_m_s = 0.5;
/** Farther than this no hole's jet is followed. */
const FARTHEST_m = 100;
const RISE_PER_SIGMA = 3.5;
/** Lapse of the potential temperature in classes E and F [K/m] (EPA ISC3). */
const LAPSE_K_m: Readonly<Record<string, number>> = { E: 0.02, F: 0.035 };
/** Relative: what is nearer to the air's density neither rises nor slumps. */
const SAME = 0.02;

const NAMES: Readonly<Record<string, keyof typeof VAPOURS>> = { 'hydrogen-sulphide': 'hydrogenSulfide' };

/** What is known of a released substance; undefined: it is carried as if it weighed what air weighs. */
export function vapourOf(species: string): Vapour | undefined {
  const id = NAMES[species] ?? species;
  return id in VAPOURS ? VAPOURS[id as keyof typeof VAPOURS] : undefined;
}

/** Where a jet points; undefined: with the wind. */
export interface Pointing {
  readonly east: number;
  readonly north: number;
  readonly up: number;
}

/** Where something lies in a jet's way: a fraction of the segment, or Infinity. */
export type Cast = (x0: number, y0: number, z0: number, x1: number, y1: number, z1: number) => number;

/** A release as it is handed over; written by `shapeRelease`. */
export interface Shape {
  x_m: number;
  y_m: number;
  z_m: number;
  sigmaHorizontal_m: number;
  sigmaVertical_m: number;
  /** Of what leaves, before any air [kg/m³]; NaN where the substance is unknown. */
  density_kg_m3: number;
  airDensity_kg_m3: number;
  /** At 10 m, at least half a metre a second. */
  wind10_m_s: number;
  /** The jet before that: from, direction, length, and the distance at which its axis would be pure gas; length 0: none. */
  readonly jet: Float64Array;
}

/** Of `Shape.jet`. */
export const JET_SIZE = 8;
/** Half-value radius of the concentration in a round jet, per distance (Chen & Rodi 1980). */
const JET_WIDTH = 0.11;

/** Mole fraction inside a jet at a place; 0 beside and beyond it. `at` is where its numbers begin. */
export function jetFraction(jet: Float64Array, at: number, x_m: number, y_m: number, z_m: number): number {
  const length = jet[at + 6]!;
  if (!(length > 0)) return 0;
  const [dx, dy, dz] = [x_m - jet[at]!, y_m - jet[at + 1]!, z_m - jet[at + 2]!];
  const s = dx * jet[at + 3]! + dy * jet[at + 4]! + dz * jet[at + 5]!;
  if (s <= 0 || s > length) return 0;
  const beside2 = Math.max(0, dx * dx + dy * dy + dz * dz - s * s);
  return Math.min(1, jet[at + 7]! / s) * Math.exp((-Math.LN2 * beside2) / (JET_WIDTH * s) ** 2);
}

export function emptyShape(): Shape {
  return {
    x_m: 0,
    y_m: 0,
    z_m: 0,
    sigmaHorizontal_m: 0,
    sigmaVertical_m: 0,
    density_kg_m3: Number.NaN,
    airDensity_kg_m3: 1.2,
    wind10_m_s: LEAST_WIND_m_s,
    jet: new Float64Array(JET_SIZE),
  };
}

/** Source `i` of `rates`, from (x, y, z), giving `rate` [kg/s]. */
export function shapeRelease(
  out: Shape,
  rates: EmissionRates,
  i: number,
  rate_kg_s: number,
  x_m: number,
  y_m: number,
  z_m: number,
  vapour: Vapour | undefined,
  air: AirWeather,
  pointing: Pointing | undefined,
  cast: Cast | undefined,
): void {
  const radius = rates.radius_m[i]!;
  const speed = rates.exitSpeed_m_s[i]!;
  const sigma = Math.max(LEAST_SIGMA_m, radius / 2);
  out.x_m = x_m;
  out.y_m = y_m;
  out.z_m = z_m;
  out.sigmaHorizontal_m = sigma;
  out.sigmaVertical_m = speed > 0 ? sigma : SKIN_m;
  const wind = Math.hypot(air.windU_m_s, air.windV_m_s);
  out.wind10_m_s = Math.max(
    LEAST_WIND_m_s,
    wind * windRatio(10, air.windHeight_m, air.roughness_m, air.inverseObukhov_1_m),
  );
  out.airDensity_kg_m3 = airDensity_kg_m3(air.temperature_K, air.pressure_Pa);
  out.density_kg_m3 = Number.NaN;
  out.jet.fill(0);
  if (!vapour || !(rates.temperature_K[i]! > 0)) return;
  out.density_kg_m3 = releaseDensity_kg_m3({
    vapour,
    releaseTemperature_K: rates.temperature_K[i]!,
    liquidFraction: rates.liquidFraction[i]!,
    airTemperature_K: air.temperature_K,
    pressure_Pa: air.pressure_Pa,
  });
  if (speed > 0 && radius > 0)
    blow(out, pseudoSource(rates, i, rate_kg_s, vapour, air, out.density_kg_m3), air, pointing, cast);
  if (out.density_kg_m3 < out.airDensity_kg_m3 * (1 - SAME)) lift(out, rate_kg_s / out.density_kg_m3, air);
}

/** What the kind of plant gives is the hole; a choked one is expanded. Spray has been expanded by whoever made it. */
function pseudoSource(
  rates: EmissionRates,
  i: number,
  rate_kg_s: number,
  vapour: Vapour,
  air: AirWeather,
  density_kg_m3: number,
): PseudoSource {
  const diameter_m = 2 * rates.radius_m[i]!;
  const temperature_K = rates.temperature_K[i]!;
  const pressure = rates.pressure_Pa[i]!;
  if (rates.liquidFraction[i]! > 0 || pressure <= air.pressure_Pa)
    return { diameter_m, velocity_m_s: rates.exitSpeed_m_s[i]!, density_kg_m3, temperature_K };
  const { heatCapacityRatio, molarMass_kg_mol } = vapour;
  const hole = {
    pressure_Pa: pressure,
    // As of an ideal gas at the pressure before the hole.
    density_kg_m3: (density_kg_m3 * pressure) / air.pressure_Pa,
    temperature_K,
    heatCapacityRatio,
    area_m2: (Math.PI / 4) * diameter_m ** 2,
    dischargeCoefficient: 1,
    backPressure_Pa: air.pressure_Pa,
  };
  const full = gasRelease(hole).massFlow_kg_s;
  const throat = gasRelease({ ...hole, dischargeCoefficient: Math.min(1, Math.max(1e-6, rate_kg_s / full)) });
  return expandedJet({
    diameter_m,
    temperature_K,
    heatCapacityRatio,
    molarMass_kg_mol,
    ambientPressure_Pa: air.pressure_Pa,
    throat,
  });
}

function blow(
  out: Shape,
  source: PseudoSource,
  air: AirWeather,
  pointing: Pointing | undefined,
  cast: Cast | undefined,
): void {
  const wind = Math.hypot(air.windU_m_s, air.windV_m_s);
  const end = jetEnd(source, out.airDensity_kg_m3, wind);
  let distance = Math.min(FARTHEST_m, end.distance_m);
  const full = end.distance_m;
  // In a calm without a direction it goes nowhere in particular: about the hole, as wide as it reaches.
  const still = pointing === undefined && wind < 0.1;
  const east = pointing?.east ?? (still ? 0 : air.windU_m_s / wind);
  const north = pointing?.north ?? (still ? 0 : air.windV_m_s / wind);
  const up = pointing?.up ?? 0;
  const before = cast?.(
    out.x_m,
    out.y_m,
    Math.max(0.05, out.z_m),
    out.x_m + east * distance,
    out.y_m + north * distance,
    Math.max(0.05, out.z_m + up * distance),
  );
  if (before !== undefined && before <= 1) distance *= 0.95 * before;
  // In moles: what is jetReach_m for a fraction of 1.
  const pure_m = jetReach_m(source, out.airDensity_kg_m3, 1);
  if (!still) out.jet.set([out.x_m, out.y_m, out.z_m, east, north, up, distance, pure_m]);
  const sigma = Math.max(out.sigmaHorizontal_m, (end.sigma_m * distance) / full);
  out.x_m += east * distance;
  out.y_m += north * distance;
  out.z_m = Math.max(0, out.z_m + up * distance);
  out.sigmaHorizontal_m = still ? Math.max(sigma, distance / 2) : sigma;
  out.sigmaVertical_m = sigma;
}

function lift(out: Shape, volumeRate_m3_s: number, air: AirWeather): void {
  const rise = Math.min(
    0.5 * Math.max(20, air.mixingHeight_m),
    plumeRise_m({
      volumeRate_m3_s,
      density_kg_m3: out.density_kg_m3,
      // Its momentum has gone into the jet already.
      diameter_m: 1e6,
      airDensity_kg_m3: out.airDensity_kg_m3,
      airTemperature_K: air.temperature_K,
      wind_m_s: out.wind10_m_s,
      potentialGradient_K_m: LAPSE_K_m[classOf(air.inverseObukhov_1_m, air.roughness_m)] ?? 0,
    }),
  );
  out.z_m += rise;
  const more = (rise / RISE_PER_SIGMA) ** 2;
  out.sigmaHorizontal_m = Math.sqrt(out.sigmaHorizontal_m ** 2 + more);
  out.sigmaVertical_m = Math.sqrt(out.sigmaVertical_m ** 2 + more);
}

/** Whether a release slumps (R. E. Britter, J. McQuaid 1988: (g' q/(U³ D))^⅓ above 0.15). */
export function isDense(shape: Shape, rate_kg_s: number): boolean {
  const excess = shape.density_kg_m3 / shape.airDensity_kg_m3 - 1;
  if (!(excess > SAME)) return false;
  const q = rate_kg_s / shape.density_kg_m3;
  const u = shape.wind10_m_s;
  const width = Math.max(Math.sqrt(q / u), 4 * shape.sigmaHorizontal_m);
  return Math.cbrt((9.80665 * excess * q) / (u ** 3 * width)) > 0.15;
}

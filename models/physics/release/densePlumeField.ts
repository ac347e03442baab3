/**
 * Reading a dense plume: concentration at a place, where it becomes the puffs' business, and its flammable envelope.
 *
 *   c(x, y, z) as at the head of densePlume.ts, station values linear in x between stations
 *   hand-over at the first station with Ri* ≤ 1: σ_h² the variance of a flat top with Gaussian edges,
 *   σ_z² = ∫ z² e^… dz/∫ e^… dz = S_z² Γ(3/n)/Γ(1/n), n = 1 + α
 *   flammable mass = ∫ dx ∫∫ c [LEL ≤ y ≤ UEL] dy dz
 *
 * σ_z is that of a plume on the ground: a Gaussian reflected at z = 0 has the same second moment.
 */
import { logGamma } from '../../kernel/index.ts';
import type { AirModel } from '../air/air.ts';
import type { DensePlume } from './densePlume.ts';

/** A plume at one distance. */
export interface PlumeStation {
  flat_m: number;
  edge_m: number;
  depth_m: number;
  concentration_kg_m3: number;
  moleFraction: number;
}

/** Values at a distance [m] into `out`; false outside the plume. */
export function plumeAt(plume: DensePlume, x_m: number, out: PlumeStation): boolean {
  const { n, x_m: xs } = plume;
  if (n < 2 || x_m < xs[0] || x_m > xs[n - 1]) return false;
  let low = 0;
  let high = n - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x_m) low = middle;
    else high = middle;
  }
  const share = (x_m - xs[low]) / (xs[high] - xs[low]);
  const between = (a: Float64Array) => a[low] + share * (a[high] - a[low]);
  out.flat_m = between(plume.flat_m);
  out.edge_m = between(plume.edge_m);
  out.depth_m = between(plume.depth_m);
  out.concentration_kg_m3 = between(plume.concentration_kg_m3);
  out.moleFraction = between(plume.moleFraction);
  return true;
}

/** Share of the axis' ground concentration at (y, z) [m]. */
function profile(plume: DensePlume, at: PlumeStation, y_m: number, z_m: number): number {
  const over = Math.max(0, Math.abs(y_m) - at.flat_m) / at.edge_m;
  return Math.exp(-(over * over) - (z_m / at.depth_m) ** (1 + plume.exponent));
}

/** Concentration [kg/m³] at x downwind of the source's middle, y across, z up; 0 outside. */
export function denseConcentration_kg_m3(plume: DensePlume, x_m: number, y_m: number, z_m: number): number {
  const at = station();
  return plumeAt(plume, x_m, at) ? at.concentration_kg_m3 * profile(plume, at, y_m, z_m) : 0;
}

/** Mole fraction at a place: that of the axis at the ground, thinned as the concentration is. */
export function denseMoleFraction(plume: DensePlume, x_m: number, y_m: number, z_m: number): number {
  const at = station();
  return plumeAt(plume, x_m, at) ? at.moleFraction * profile(plume, at, y_m, z_m) : 0;
}

/** What goes on as puffs: a source that emits for as long as the release lasts, `delay_s` after it. */
export interface PassiveSource {
  /** Downwind of the source's middle [m]; on the ground. */
  readonly x_m: number;
  readonly delay_s: number;
  readonly massRate_kg_s: number;
  readonly sigmaHorizontal_m: number;
  readonly sigmaVertical_m: number;
}

/** Where a plume is passive (Ri* ≤ 1), and how wide; undefined where it stays dense to the end of its reach. */
export function handOver(plume: DensePlume): PassiveSource | undefined {
  const i = plume.passiveAt;
  if (i < 0) return undefined;
  const n = 1 + plume.exponent;
  return {
    x_m: plume.x_m[i],
    delay_s: plume.time_s[i],
    massRate_kg_s: plume.spec.massRate_kg_s,
    sigmaHorizontal_m: Math.sqrt(lateralVariance_m2(plume.flat_m[i], plume.edge_m[i])),
    sigmaVertical_m: plume.depth_m[i] * Math.exp((logGamma(3 / n) - logGamma(1 / n)) / 2),
  };
}

/** Gives a mass [kg] of a plume to the air where it is passive; (x, y) of its source, wind as a unit vector (east, north). */
export function emitPassive(
  air: AirModel,
  species: number,
  source: PassiveSource,
  x_m: number,
  y_m: number,
  east: number,
  north: number,
  mass_kg: number,
): void {
  const [x, y] = [x_m + east * source.x_m, y_m + north * source.x_m];
  air.emit(species, x, y, 0, mass_kg, source.sigmaHorizontal_m, source.sigmaVertical_m);
}

/** ∫ y² f dy/∫ f dy of f = 1 to b and exp(−((y − b)/S)²) beyond. */
export function lateralVariance_m2(flat_m: number, edge_m: number): number {
  const root = Math.sqrt(Math.PI) / 2;
  const mass = flat_m + root * edge_m;
  const second = flat_m ** 3 / 3 + flat_m ** 2 * edge_m * root + flat_m * edge_m ** 2 + (root / 2) * edge_m ** 3;
  return second / mass;
}

/** The flammable part of a plume. */
export interface FlammableEnvelope {
  /** Farthest x at which the axis holds the lower limit [m]; NaN where the plume never does, the reach where it does all along. */
  readonly lowerLimit_m: number;
  readonly upperLimit_m: number;
  readonly greatestHalfWidth_m: number;
  /** Between the limits [kg]; of substance. */
  readonly mass_kg: number;
}

const COLUMNS = 48;

/** Distance to a mole fraction along the axis [m]; NaN where it is never reached. */
export function distanceTo_m(plume: DensePlume, fraction: number): number {
  let far = Number.NaN;
  for (let i = 0; i < plume.n; i++) {
    if (plume.moleFraction[i] < fraction) continue;
    if (i + 1 === plume.n) return plume.x_m[i];
    const [a, b] = [plume.moleFraction[i], plume.moleFraction[i + 1]];
    far = b < fraction ? plume.x_m[i] + ((a - fraction) / (a - b)) * (plume.x_m[i + 1] - plume.x_m[i]) : plume.x_m[i];
  }
  return far;
}

/** Flammable envelope between two mole fractions, by the plume's steady state. */
export function flammableEnvelope(plume: DensePlume, lower: number, upper: number): FlammableEnvelope {
  const n = 1 + plume.exponent;
  let mass = 0;
  let width = 0;
  for (let i = 0; i + 1 < plume.n; i++) {
    const peak = plume.moleFraction[i];
    const slice = plume.x_m[i + 1] - plume.x_m[i];
    if (peak <= lower) continue;
    // The cross-section in columns of y; in each, z between the limits in closed form.
    const edge = plume.flat_m[i] + plume.edge_m[i] * Math.sqrt(Math.log(peak / lower));
    width = Math.max(width, edge);
    for (let k = 0; k < COLUMNS; k++) {
      const over = Math.max(0, ((k + 0.5) / COLUMNS) * edge - plume.flat_m[i]) / plume.edge_m[i];
      const ground = Math.exp(-over * over);
      const column = plume.concentration_kg_m3[i] * ground * plume.depth_m[i];
      mass += (2 * edge * slice * column * (below(peak * ground, lower, n) - below(peak * ground, upper, n))) / COLUMNS;
    }
  }
  return {
    lowerLimit_m: distanceTo_m(plume, lower),
    upperLimit_m: distanceTo_m(plume, upper),
    greatestHalfWidth_m: width,
    mass_kg: mass,
  };
}

/** ∫ exp(−sⁿ) ds up to where ground × exp(−sⁿ) = limit, midpoint rule in s. */
function below(ground: number, limit: number, n: number): number {
  if (ground <= limit) return 0;
  const top = Math.log(ground / limit) ** (1 / n);
  let sum = 0;
  for (let k = 0; k < COLUMNS; k++) sum += Math.exp(-((((k + 0.5) / COLUMNS) * top) ** n));
  return (sum * top) / COLUMNS;
}

function station(): PlumeStation {
  return { flat_m: 0, edge_m: 1, depth_m: 1, concentration_kg_m3: 0, moleFraction: 0 };
}

/**
 * Screening of dense clouds on level ground by the curves of Britter and McQuaid.
 *
 *   plume   α = ⅕ log10(g_0'² q/u⁵),  x' = x/√(q/u)      puff   α = ½ log10(g_0' V^⅓/u²),  x' = x_f/V^⅓
 *   β_c(α) = log10 x' where the volume fraction has fallen to c/c_0: straight pieces, linear in c between the curves
 *   near    plume c = 306/(306 + x'²) to x' = 30, puff c = max(0.1, 3.24/(3.24 + x'²));  far  c ∝ x'^−2
 *   warm-up c' = c/(c + (1 − c) T_0/T_a)
 *   plume   half-width L_h = √(q/u) + 8 ℓ + 2.5 (ℓ x²)^⅓, upwind ½ √(q/u) + 2 ℓ, ℓ = g_0' q/u³
 *   puff    front x_f = 0.4 u t + R,  R² = R_0² + 1.2 √(g_0' V) t,  R_0 = (3 V/4π)^⅓
 *
 * g_0' = g (ρ_0 − ρ_a)/ρ_a, q volume rate and V volume of the gas at the source, u wind at 10 m, T_0 its temperature.
 * The puff's concentration is that of its leading edge's distance and holds over the whole cloud.
 * Source: R. E. Britter, J. McQuaid, Workbook on the Dispersion of Dense Gases, HSE Contract Research Report 17/1988; curves
 * as the straight pieces of CCPS, Guidelines for Consequence Analysis of Chemical Releases (1999), taken as GasDispersion.jl (MIT)
 * gives them. That the puff's distance is its leading edge's was inferred from the worked example, which it meets.
 * Beyond α = 1 (very dense or very calm) the last piece is prolonged; gas no denser than air is given the passive end.
 */
const GRAVITY = 9.80616; // at 45° latitude: the workbook's digits depend on it

/** A curve of one c/c_0: from the last start at or below α, β = at + slope α. */
interface Curve {
  readonly fraction: number;
  readonly pieces: readonly (readonly [upTo: number, at: number, slope: number])[];
}
const END = Number.POSITIVE_INFINITY;

const PLUME: readonly Curve[] = [
  {
    fraction: 0.1,
    pieces: [
      [-0.55, 1.75, 0],
      [-0.14, 1.88, 0.24],
      [END, 1.78, -0.5],
    ],
  },
  {
    fraction: 0.05,
    pieces: [
      [-0.68, 1.92, 0],
      [-0.29, 2.16, 0.36],
      [-0.18, 2.06, 0],
      [END, 1.96, -0.56],
    ],
  },
  {
    fraction: 0.02,
    pieces: [
      [-0.69, 2.08, 0],
      [-0.31, 2.39, 0.45],
      [-0.16, 2.25, 0],
      [END, 2.16, -0.54],
    ],
  },
  {
    fraction: 0.01,
    pieces: [
      [-0.7, 2.25, 0],
      [-0.29, 2.59, 0.49],
      [-0.2, 2.45, 0],
      [END, 2.35, -0.52],
    ],
  },
  {
    fraction: 0.005,
    pieces: [
      [-0.67, 2.4, 0],
      [-0.28, 2.8, 0.59],
      [-0.15, 2.63, 0],
      [END, 2.56, -0.48],
    ],
  },
  {
    fraction: 0.002,
    pieces: [
      [-0.69, 2.6, 0],
      [-0.25, 2.87, 0.39],
      [-0.13, 2.77, 0],
      [END, 2.71, -0.5],
    ],
  },
];
const PUFF: readonly Curve[] = [
  {
    fraction: 0.1,
    pieces: [
      [-0.44, 0.7, 0],
      [0.43, 0.81, 0.26],
      [END, 0.93, 0],
    ],
  },
  {
    fraction: 0.05,
    pieces: [
      [-0.56, 0.85, 0],
      [0.31, 1, 0.26],
      [END, 1.12, -0.12],
    ],
  },
  {
    fraction: 0.02,
    pieces: [
      [-0.66, 0.95, 0],
      [0.32, 1.19, 0.36],
      [END, 1.38, -0.26],
    ],
  },
  {
    fraction: 0.01,
    pieces: [
      [-0.71, 1.15, 0],
      [0.37, 1.39, 0.34],
      [END, 1.66, -0.38],
    ],
  },
  {
    fraction: 0.005,
    pieces: [
      [-0.52, 1.48, 0],
      [0.24, 1.62, 0.26],
      [END, 1.75, -0.3],
    ],
  },
  {
    fraction: 0.002,
    pieces: [
      [0.27, 1.83, 0],
      [END, 1.92, -0.32],
    ],
  },
  {
    fraction: 0.001,
    pieces: [
      [-0.1, 2.075, 0],
      [END, 2.05, -0.27],
    ],
  },
];

/** A point of a curve at one α. */
interface Point {
  readonly beta: number;
  readonly fraction: number;
}

function pointsAt(curves: readonly Curve[], alpha: number): Point[] {
  return curves.map(({ fraction, pieces }) => {
    const [, at, slope] = pieces.find(([upTo]) => alpha <= upTo)!;
    return { beta: at + slope * alpha, fraction };
  });
}

/** Linear in the fraction over β; beyond the last point as x'^−2. */
function along(points: readonly Point[], x: number): number {
  const last = points[points.length - 1];
  const beta = Math.log10(x);
  if (beta >= last.beta) return last.fraction * (10 ** last.beta / x) ** 2;
  const i = points.findIndex((p) => p.beta > beta);
  if (i <= 0) return points[0].fraction;
  const [a, b] = [points[i - 1], points[i]];
  return a.fraction + ((beta - a.beta) / (b.beta - a.beta)) * (b.fraction - a.fraction);
}

/** What a cloud weighs against the air: g (ρ_0 − ρ_a)/ρ_a [m/s²], 0 for light gas. */
export function reducedGravity_m_s2(density_kg_m3: number, airDensity_kg_m3: number): number {
  return Math.max(0, (GRAVITY * (density_kg_m3 - airDensity_kg_m3)) / airDensity_kg_m3);
}

export interface ScreenedGas {
  /** Of the gas as it leaves the source. */
  readonly density_kg_m3: number;
  readonly temperature_K: number;
  readonly airDensity_kg_m3: number;
  readonly airTemperature_K: number;
  readonly wind10_m_s: number;
  /** Volume fraction at the source, default 1. */
  readonly sourceFraction?: number;
}

export interface ScreenedPlume extends ScreenedGas {
  /** Gas at the source's temperature [m³/s]. */
  readonly volumeRate_m3_s: number;
}

export interface ScreenedPuff extends ScreenedGas {
  /** Gas (and what air is in it already) at the source's temperature [m³]. */
  readonly volume_m3: number;
}

/** Greatest volume fraction of a steady plume at a distance downwind [m]. */
export function screenedPlume(plume: ScreenedPlume, x_m: number): number {
  const u = plume.wind10_m_s;
  const q = plume.volumeRate_m3_s;
  const g = reducedGravity_m_s2(plume.density_kg_m3, plume.airDensity_kg_m3);
  const points = pointsAt(PLUME, 0.2 * Math.log10((g * g * q) / u ** 5)).sort((a, b) => a.beta - b.beta);
  const x = x_m / Math.sqrt(q / u);
  // Above α ≈ 0.6 the curve of 0.1 begins before x' = 30, and the near law ends there.
  const near = Math.min(30, 10 ** points[0].beta);
  if (near === 30) points.unshift({ beta: Math.log10(30), fraction: 306 / 1206 });
  const fraction = x <= 0 ? 1 : x <= near ? 306 / (306 + x * x) : along(points, x);
  return warmed(plume, fraction);
}

/** Half-width of a plume [m] at a distance downwind (0 at the source's middle) and how far it reaches upwind. */
export function screenedPlumeExtent(plume: ScreenedPlume, x_m: number): { halfWidth_m: number; upwind_m: number } {
  const u = plume.wind10_m_s;
  const d = Math.sqrt(plume.volumeRate_m3_s / u);
  const l = (reducedGravity_m_s2(plume.density_kg_m3, plume.airDensity_kg_m3) * plume.volumeRate_m3_s) / u ** 3;
  return { halfWidth_m: d + 8 * l + 2.5 * Math.cbrt(l * Math.max(0, x_m) ** 2), upwind_m: d / 2 + 2 * l };
}

/** Centre and radius of a puff [m] at a time after its release [s]. */
export function screenedPuffExtent(puff: ScreenedPuff, t_s: number): { centre_m: number; radius_m: number } {
  const g = reducedGravity_m_s2(puff.density_kg_m3, puff.airDensity_kg_m3);
  const start = Math.cbrt((3 * puff.volume_m3) / (4 * Math.PI));
  return {
    centre_m: 0.4 * puff.wind10_m_s * t_s,
    radius_m: Math.sqrt(start * start + 1.2 * Math.sqrt(g * puff.volume_m3) * t_s),
  };
}

/** Volume fraction of an instantaneous cloud at a place on its way [m] and a time [s]; 0 outside it. */
export function screenedPuff(puff: ScreenedPuff, x_m: number, t_s: number): number {
  const { centre_m, radius_m } = screenedPuffExtent(puff, t_s);
  if (Math.abs(x_m - centre_m) > radius_m) return 0;
  const side = Math.cbrt(puff.volume_m3);
  const g = reducedGravity_m_s2(puff.density_kg_m3, puff.airDensity_kg_m3);
  const points = pointsAt(PUFF, 0.5 * Math.log10((g * side) / puff.wind10_m_s ** 2)).sort((a, b) => a.beta - b.beta);
  const x = (centre_m + radius_m) / side;
  const near = Math.log10(x) <= points[0].beta;
  return warmed(puff, near ? Math.max(0.1, 3.24 / (3.24 + x * x)) : along(points, x));
}

function warmed(gas: ScreenedGas, c: number): number {
  return ((gas.sourceFraction ?? 1) * c) / (c + (1 - c) * (gas.temperature_K / gas.airTemperature_K));
}

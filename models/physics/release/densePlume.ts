/**
 * A steady plume of dense gas on level ground, from an area source to where it is passive.
 *
 *   c(x, y, z) = c_A exp(−((|y| − b)/S_y)²) exp(−(z/S_z)^(1+α)),  |y| > b (1 inside b)
 *   q = u_r z_r^−α S_z^(1+α)/(1+α)                                     ∫ u e^… dz: depth × effective speed u_e
 *   E = 2 B q c_A,  B = b + (√π/2) S_y                                 substance
 *   d(2 B q ρ)/dx = ρ_a w_e 2 B + dE/dx                                 mixture; w_e, q_ground in denseAir.ts, ρ in mixture.ts
 *   d(heat)/dx = q_ground 2 B
 *   dB/dx = 1.15 √(g (ρ/ρ_a − 1) H)/u_e,  H = q/u_e = Γ(1/(1+α)) S_z/(1+α)     gravity; no slower than the passive growth
 *   S_y dS_y/dx = 2 σ_y dσ_y/dx at σ_y = B √(2/π)                      edges soften until b = 0
 *   blanket: where B of the source would spread upwind, Britter's L_u = 2 ℓ_b, ℓ_b = g_0' V/u_10³ lengthens the source
 *   a release of duration t:  c_A erf(u_e t/(2 √2 σ_x))               σ_x of Beals (1971); long releases 1
 *
 * E substance [kg/s]. Air enters at the top alone; the plume moves with the wind averaged over its own depth.
 * Source: G. W. Colenbrander (1980) and DEGADIS (Spicer and Havens, EPA-450/4-89-019, 1989; R. E. Britter, J. McQuaid, HSE
 * 17/1988 for the upwind extent). Passive where Ri* = g (ρ/ρ_a − 1) H/u*² ≤ 1: there `handOver` gives the source for puffs.
 */
import { logGamma } from '../../kernel/index.ts';
import { erf } from '../air/erf.ts';
import { type DenseAir, entrainment_m_s, GRAVITY, groundHeat_W_m2, lateralSpread } from './denseAir.ts';
import { airDensity_kg_m3, type Mixture, type MixtureSpec, mix, releaseDensity_kg_m3 } from './mixture.ts';
import type { Vapour } from './substances.ts';

/** Constant of the front, C_E (Havens and Spicer 1985). */
export const FRONT = 1.15;
/** Ri* below which a cloud no longer slumps by itself. */
export const PASSIVE_RICHARDSON = 1;

export interface DensePlumeSpec {
  readonly vapour: Vapour;
  readonly massRate_kg_s: number;
  /** Of the source [m²], e.g. the pool; a jet's cross-section where it lands. */
  readonly area_m2: number;
  readonly releaseTemperature_K: number;
  readonly liquidFraction?: number;
  readonly air: DenseAir;
  /** Of the reading [s], default 10. */
  readonly averaging_s?: number;
  /** Of the release [s], default endless. */
  readonly duration_s?: number;
  /** How far to go [m], default 10 km. */
  readonly reach_m?: number;
}

/** The plume at stations downwind of the source's middle; arrays (n). */
export interface DensePlume {
  readonly n: number;
  readonly exponent: number;
  readonly x_m: Float64Array;
  /** When what leaves the source at 0 arrives [s]. */
  readonly time_s: Float64Array;
  readonly flat_m: Float64Array; // b
  readonly edge_m: Float64Array; // S_y
  readonly depth_m: Float64Array; // S_z
  readonly speed_m_s: Float64Array; // u_e
  readonly concentration_kg_m3: Float64Array; // c_A, on the axis at the ground, end effects of a short release in it
  readonly mixtureDensity_kg_m3: Float64Array;
  readonly temperature_K: Float64Array;
  readonly moleFraction: Float64Array; // on the axis at the ground, end effects in it
  readonly richardson: Float64Array; // Ri*
  /** Where Ri* first falls to 1 [index], −1 where it never does. */
  readonly passiveAt: number;
  readonly spec: DensePlumeSpec;
}

/** The ground under a longer release is held to have cooled for half of this [s]. */
const LONG_S = 600;
const SOURCE_STEPS = 60;
const GROWTH = 1.03;
const ROOT_PI_2 = Math.sqrt(Math.PI) / 2;

/** State while marching: air entrained [kg/s], heat taken up [W], B [m], S_y [m]. */
interface March {
  air: number;
  heat: number;
  width: number;
  edge: number;
}

/** Marches a plume. Throws nothing; a rate or an area of 0 gives an empty plume. */
export function densePlume(spec: DensePlumeSpec): DensePlume {
  const { air } = spec;
  const reach = spec.reach_m ?? 10_000;
  const mixing: MixtureSpec = {
    vapour: spec.vapour,
    releaseTemperature_K: spec.releaseTemperature_K,
    liquidFraction: spec.liquidFraction,
    airTemperature_K: air.temperature_K,
    pressure_Pa: air.pressure_Pa,
    relativeHumidity: air.relativeHumidity,
  };
  const half = Math.sqrt(spec.area_m2) / 2;
  const upwind = half + upwindReach_m(spec, mixing);
  const xs = stations(upwind, half, reach);
  const n = spec.massRate_kg_s > 0 && spec.area_m2 > 0 && air.wind_m_s > 0 ? xs.length : 0;
  const column = () => new Float64Array(n);
  const plume = {
    n,
    exponent: air.exponent,
    x_m: column(),
    time_s: column(),
    flat_m: column(),
    edge_m: column(),
    depth_m: column(),
    speed_m_s: column(),
    concentration_kg_m3: column(),
    mixtureDensity_kg_m3: column(),
    temperature_K: column(),
    moleFraction: column(),
    richardson: column(),
    passiveAt: -1,
    spec,
  };
  const local = new Local(spec, mixing);
  const s: March = { air: 1e-9, heat: 0, width: half, edge: 1e-3 };
  let time = 0;
  for (let i = 0; i < n; i++) {
    const x = xs[i];
    const rate = spec.massRate_kg_s * Math.min(1, Math.max(1e-6, (x + upwind) / (half + upwind)));
    local.at(s, rate);
    if (i > 0 && x > 0) time += (x - Math.max(0, xs[i - 1])) / local.speed;
    record(plume, i, x, time, s, local, rate);
    if (i + 1 < n) advance(s, local, rate, spec, upwind, half, x, xs[i + 1]);
  }
  return plume;
}

/** Where the plume stands at a state: depth, speed, density, growth. */
class Local {
  speed = 0;
  depth = 0; // H
  scale = 0; // S_z
  flow = 0; // q, m²/s
  excess = 0;
  growthAir = 0; // kg/(s m)
  growthHeat = 0; // W/m
  growthWidth = 0;
  growthEdge2 = 0; // of S_y², m
  readonly mixture: Mixture = { temperature_K: 0, density_kg_m3: 0, moleFraction: 0, liquidFraction: 0 };
  readonly airDensity: number;
  private readonly spec: DensePlumeSpec;
  private readonly mixing: MixtureSpec;
  private readonly delta: number;
  private readonly shape: number;
  private readonly cooled: number;

  constructor(spec: DensePlumeSpec, mixing: MixtureSpec) {
    this.spec = spec;
    this.mixing = mixing;
    const air = { temperature_K: 0, density_kg_m3: 0, moleFraction: 0, liquidFraction: 0 };
    mix(mixing, 0, 1, 0, air);
    this.airDensity = air.density_kg_m3;
    this.delta = lateralSpread(spec.air.inverseObukhov_1_m, spec.averaging_s ?? 10);
    this.cooled = Math.min(spec.duration_s ?? LONG_S, LONG_S) / 2;
    const a = 1 + spec.air.exponent;
    this.shape = Math.exp(logGamma(1 / a)) / a;
  }

  at(s: March, rate: number): void {
    const { air } = this.spec;
    mix(this.mixing, rate, s.air, s.heat, this.mixture);
    const { density_kg_m3: density, temperature_K: T } = this.mixture;
    const a = 1 + air.exponent;
    this.flow = (rate + s.air) / density / (2 * s.width);
    this.scale = ((this.flow * a * air.windHeight_m ** air.exponent) / air.wind_m_s) ** (1 / a);
    this.depth = this.shape * this.scale;
    this.speed = this.flow / this.depth;
    this.excess = density / this.airDensity - 1;
    const share = rate / (rate + s.air);
    const capacity = density * (share * this.spec.vapour.gasHeatCapacity_J_kgK + (1 - share) * 1006);
    const heat = groundHeat_W_m2(air, T, capacity, this.speed, this.cooled);
    const entrained = entrainment_m_s(air, this.excess, this.depth, heat, capacity, T);
    this.growthAir = this.airDensity * entrained * 2 * s.width;
    this.growthHeat = heat * 2 * s.width;
    const sigma = s.width * Math.SQRT2 * Math.sqrt(1 / Math.PI);
    const passive = (0.9 * sigma) / (sigma / this.delta) ** (1 / 0.9);
    this.growthWidth = this.excess > 0 ? (FRONT * Math.sqrt(GRAVITY * this.excess * this.depth)) / this.speed : 0;
    this.growthEdge2 = 4 * sigma * passive;
  }
}

/** One midpoint step. */
function advance(
  s: March,
  local: Local,
  rate: number,
  spec: DensePlumeSpec,
  upwind: number,
  half: number,
  x: number,
  next: number,
): void {
  const dx = next - x;
  const middle: March = { ...s };
  grow(middle, s, local, dx / 2);
  const share = Math.min(1, Math.max(1e-6, ((x + next) / 2 + upwind) / (half + upwind)));
  local.at(middle, rate === 0 ? 0 : spec.massRate_kg_s * share);
  grow(s, s, local, dx);
}

function grow(to: March, from: March, local: Local, dx: number): void {
  to.air = from.air + local.growthAir * dx;
  to.heat = from.heat + local.growthHeat * dx;
  to.edge = Math.sqrt(from.edge ** 2 + local.growthEdge2 * dx);
  // Once the edges meet (b = 0) they carry the width with them.
  to.width = Math.max(from.width + local.growthWidth * dx, ROOT_PI_2 * to.edge);
}

type Growing = { -readonly [K in keyof DensePlume]: DensePlume[K] };

function record(p: Growing, i: number, x: number, time: number, s: March, local: Local, rate: number): void {
  const { spec } = p;
  const end = shortRelease(spec, x, local.speed);
  p.x_m[i] = x;
  p.time_s[i] = time;
  p.flat_m[i] = Math.max(0, s.width - ROOT_PI_2 * s.edge);
  p.edge_m[i] = s.edge;
  p.depth_m[i] = local.scale;
  p.speed_m_s[i] = local.speed;
  p.concentration_kg_m3[i] = (end * rate) / (2 * s.width * local.flow);
  p.mixtureDensity_kg_m3[i] = local.mixture.density_kg_m3;
  p.temperature_K[i] = local.mixture.temperature_K;
  p.moleFraction[i] = end * local.mixture.moleFraction;
  p.richardson[i] = (GRAVITY * local.excess * local.depth) / spec.air.frictionVelocity_m_s ** 2;
  if (p.passiveAt < 0 && x >= Math.sqrt(spec.area_m2) / 2 && p.richardson[i] <= PASSIVE_RICHARDSON) p.passiveAt = i;
}

/** How much a release of limited duration has thinned along the wind by x: erf(u t/(2 √2 σ_x)). */
function shortRelease(spec: DensePlumeSpec, x: number, speed: number): number {
  const duration = spec.duration_s ?? Number.POSITIVE_INFINITY;
  if (!Number.isFinite(duration) || x <= 0) return 1;
  const l = spec.air.inverseObukhov_1_m;
  const sigma = l < -0.0235 ? 0.02 * x ** 1.22 : l > 0.0235 ? 0.17 * x ** 0.97 : 0.04 * x ** 1.14;
  return erf((speed * duration) / (2 * Math.SQRT2 * sigma));
}

function upwindReach_m(spec: DensePlumeSpec, mixing: MixtureSpec): number {
  const density = releaseDensity_kg_m3(mixing);
  const excess = density / airDensity_kg_m3(spec.air.temperature_K, spec.air.pressure_Pa) - 1;
  if (!(excess > 0)) return 0;
  const u10 = spec.air.wind_m_s * (10 / spec.air.windHeight_m) ** spec.air.exponent;
  return (2 * GRAVITY * excess * spec.massRate_kg_s) / density / u10 ** 3;
}

function stations(upwind: number, half: number, reach: number): number[] {
  const xs: number[] = [];
  for (let k = 1; k <= SOURCE_STEPS; k++) xs.push(-upwind + ((upwind + half) * k) / SOURCE_STEPS);
  let dx = (upwind + half) / SOURCE_STEPS;
  let x = half;
  while (x < reach) {
    x += dx;
    xs.push(x);
    dx = Math.min(dx * GROWTH, Math.max(dx, 0.02 * x));
  }
  return xs;
}

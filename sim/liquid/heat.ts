/**
 * Heat of a liquid plant: from its spec to the solver's terms, and what changes it from outside while the plant runs.
 *
 *   T_in(t) = T0 + A sin(2π t/24 h) + σ w(t)      w linear between independent normals, 0 at the start
 *   cooling time τ = L_c A/q_design, or ρ cp D/(4 U)
 *
 * Tanks stand at the inlet temperature, and give the product last chosen; a change of product fades in over half a minute, as
 * the valves of a manifold turn.
 */
import type { Stream } from '../../models/kernel/index.ts';
import {
  alpha15_per_K,
  compileProduct,
  compressibilityAt_per_Pa,
  densityAt_kg_m3,
  fastestWave_m_s,
  type HeatSpec,
  type NetworkSpec,
  type Product,
  type ProductSpec,
  restraintFactor,
  type WaveSpeedInput,
} from '../../models/physics/index.ts';
import type { LiquidModel } from './model.ts';
import type { LiquidSpec } from './spec.ts';
import type { LiquidState } from './state.ts';

const DAY_US = 86_400e6;
const YEAR_US = 31_557_600e6;
const SECOND_US = 1e6;
const MANIFOLD_S = 30;
/** Beyond what inlet and ground may reach, for the fastest wave [K]. */
const MARGIN_K = 3;

type Expansion = NonNullable<LiquidSpec['fluid']['heat']>['expansion'];

function alphaOf(expansion: Expansion, density_kg_m3: number): number {
  return typeof expansion === 'string' ? alpha15_per_K(expansion, density_kg_m3) : expansion['per-K'];
}

/** The plant's liquids, that of the line first; empty without heat. */
export function productsOf(spec: LiquidSpec): ProductSpec[] {
  const { fluid } = spec;
  const { heat } = fluid;
  if (!heat) return [];
  const points = (list: readonly (readonly [number, number])[]) =>
    list.map(([temperature_K, kinematic_m2_s]) => ({ temperature_K, kinematic_m2_s }));
  return [
    {
      id: fluid.product,
      density15_kg_m3: fluid.density,
      expansion15_per_K: alphaOf(heat.expansion, fluid.density),
      bulkModulus15_Pa: fluid['bulk-modulus'],
      viscosity: points(heat.viscosities ?? [[288.15, fluid.viscosity]]),
    },
    ...fluid.products.map((p) => ({
      id: p.id,
      density15_kg_m3: p.density,
      expansion15_per_K: alphaOf(p.expansion, p.density),
      bulkModulus15_Pa: p['bulk-modulus'],
      viscosity: points(p.viscosities),
    })),
  ];
}

/** Highest vapour pressure of all that may flow, absolute [Pa]. */
export function vapourPressure_Pa(spec: LiquidSpec): number {
  return Math.max(spec.fluid['vapour-pressure'], ...spec.fluid.products.map((p) => p['vapour-pressure'] ?? 0));
}

/** Density of a tank's liquid over that of the line's at 15 °C; 1 without heat. */
export function tankDensity(spec: LiquidSpec, product: string | undefined): number {
  const products = productsOf(spec);
  if (products.length === 0) return 1;
  const own = products.find((p) => p.id === product) ?? products[0]!;
  return densityAt_kg_m3(compileProduct(own), spec.fluid['inlet-temperature']) / spec.fluid.density;
}

/** Time in which a pipe's liquid loses all but 1/e of its excess over the ground [s]. */
export function coolingTime_s(spec: LiquidSpec, diameter_m: number): number {
  const { fluid } = spec;
  const U = fluid.heat?.['heat-transfer'];
  if (U !== undefined) return (fluid.density * fluid.heat!['heat-capacity'] * diameter_m) / (4 * U);
  return (fluid['cooling-length'] * (Math.PI / 4) * diameter_m ** 2) / spec['design-flow'];
}

function groundAt(spec: LiquidSpec, kp_m: number): number {
  const points = spec.fluid.heat?.ground;
  if (!points) return spec.fluid['ground-temperature'];
  let before = points[0]!;
  for (const p of points) {
    if (p.kp >= kp_m)
      return p.kp === before.kp
        ? p.temperature
        : before.temperature + ((kp_m - before.kp) / (p.kp - before.kp)) * (p.temperature - before.temperature);
    before = p;
  }
  return before.temperature;
}

/** Wave speed of the plant's liquid in a wall of given compliance [m/s]. */
function localWave_m_s(product: Product, T: number, wall_per_Pa: number): number {
  return 1 / Math.sqrt(densityAt_kg_m3(product, T) * (compressibilityAt_per_Pa(product, T) + wall_per_Pa));
}

/**
 * A pipe's heat, its fastest wave and the speed that its waves usually have, at the temperature of its middle under design
 * flow. `given` is a speed that the plant file states, taken as that at 15 °C.
 */
export function pipeHeat(
  spec: LiquidSpec,
  wall: WaveSpeedInput,
  given: number | undefined,
  start_m: number,
  length_m: number,
) {
  const products = productsOf(spec).map(compileProduct);
  const base = products[0]!;
  const { fluid } = spec;
  const wall_per_Pa =
    given === undefined
      ? (wall.diameter_m * restraintFactor(wall)) / (wall.youngsModulus_Pa * wall.wallThickness_m)
      : 1 / (fluid.density * given * given) - 1 / base.bulkModulus15_Pa;
  const middle_m = start_m + 0.5 * length_m;
  const ground_K = groundAt(spec, middle_m);
  const cooling_s = coolingTime_s(spec, wall.diameter_m);
  const speed_m_s = spec['design-flow'] / ((Math.PI / 4) * wall.diameter_m ** 2);
  const inlet_K = fluid['inlet-temperature'];
  const usual_K = ground_K + (inlet_K - ground_K) * Math.exp(-middle_m / (speed_m_s * cooling_s));
  const swing = fluid.heat!['inlet-swing'];
  const low_K = Math.min(inlet_K - swing.daily - 4 * swing.noise, ground_K - fluid.heat!['ground-swing']) - MARGIN_K;
  const high_K = Math.max(inlet_K + swing.daily + 4 * swing.noise, ground_K + fluid.heat!['ground-swing']) + MARGIN_K;
  return {
    heat: { coolingTime_s: cooling_s, ground_K, wall_per_Pa },
    fastest_m_s: Math.max(...products.map((p) => fastestWave_m_s(p, low_K, high_K, wall_per_Pa))),
    usual_m_s: localWave_m_s(base, usual_K, wall_per_Pa),
  };
}

export function networkHeat(spec: LiquidSpec): Pick<NetworkSpec, 'heat'> {
  const { heat } = spec.fluid;
  if (!heat) return {};
  const own: HeatSpec = {
    products: productsOf(spec),
    inlet_K: spec.fluid['inlet-temperature'],
    sources: spec.tanks.map((t) => ({ node: t.id, product: t.product ?? spec.fluid.product })),
    refresh_s: heat.refresh,
  };
  return { heat: own };
}

/** What changes heat from outside (model part). */
export interface HeatOutside {
  readonly products: readonly string[];
  readonly inlet_K: number;
  readonly daily_K: number;
  readonly noise_K: number;
  readonly over_us: number;
  readonly ground_K: number;
  readonly stream: Stream;
}

export function heatOutside(spec: LiquidSpec, stream: Stream): HeatOutside | undefined {
  const { heat } = spec.fluid;
  if (!heat) return undefined;
  const swing = heat['inlet-swing'];
  return {
    products: productsOf(spec).map((p) => p.id),
    inlet_K: spec.fluid['inlet-temperature'],
    daily_K: swing.daily,
    noise_K: swing.noise,
    over_us: swing.over * 1e6,
    ground_K: heat['ground-swing'],
    stream,
  };
}

/** Temperature of what enters at a plant time [K]. */
export function inletTemperature_K(outside: HeatOutside, timeUs: number): number {
  let T = outside.inlet_K;
  if (outside.daily_K > 0) T += outside.daily_K * Math.sin((2 * Math.PI * timeUs) / DAY_US);
  if (outside.noise_K > 0) {
    const k = Math.floor(timeUs / outside.over_us);
    const share = timeUs / outside.over_us - k;
    const knot = (i: number) => (i <= 0 ? 0 : outside.stream.normal(i));
    T += outside.noise_K * ((1 - share) * knot(k) + share * knot(k + 1));
  }
  return T;
}

/** Inlet, ground and products once a second, before the step that ends at `timeUs`. */
export function moveHeat(model: LiquidModel, state: LiquidState, timeUs: number): void {
  const { outside } = model;
  if (!outside) return;
  if (Math.floor(timeUs / SECOND_US) === Math.floor((timeUs - model.tickUs) / SECOND_US)) return;
  const s = state.network.heat;
  const T = inletTemperature_K(outside, timeUs);
  for (let n = 0; n < s.sourceTemperature_K.length; n += 1) s.sourceTemperature_K[n] = T;
  s.groundOffset_K[0] = outside.ground_K * Math.sin((2 * Math.PI * timeUs) / YEAR_US);
  const nProduct = outside.products.length;
  if (nProduct < 2) return;
  const share = Math.max(1, model.tickUs / SECOND_US) / MANIFOLD_S;
  for (let t = 0; t < model.tankNode.length; t += 1) {
    const first = model.tankNode[t]! * nProduct;
    const wanted = state.tankProduct[t]!;
    // linear: what is wanted grows, all else gives way in proportion
    const now = s.sourceFraction[first + wanted]!;
    if (now >= 1) continue;
    const next = Math.min(1, now + share);
    for (let k = 0; k < nProduct; k += 1)
      s.sourceFraction[first + k] = k === wanted ? next : (s.sourceFraction[first + k]! * (1 - next)) / (1 - now);
  }
}

/** The product that prevails at a node, by its index; 0 where there is one. */
export function productAt(model: LiquidModel, state: LiquidState, node: number): number {
  const nProduct = model.outside?.products.length ?? 1;
  let best = 0;
  if (nProduct < 2) return best;
  const f = state.network.heat.nodeFraction;
  for (let k = 1; k < nProduct; k += 1) if (f[node * nProduct + k]! > f[node * nProduct + best]!) best = k;
  return best;
}

/** CTL · CPL of a product at a temperature and gauge pressure: actual to standard volume. */
function correction(product: Product, temperature_K: number, pressure_Pa: number): number {
  const thermal = densityAt_kg_m3(product, temperature_K) / product.density15_kg_m3;
  return thermal * (1 + pressure_Pa * compressibilityAt_per_Pa(product, temperature_K));
}

/**
 * What a meter in standard volume shows over what truly flows past a node: its correction by measured temperature and
 * pressure over that by the true ones. It believes in the product that prevails there, as its density meter says.
 */
export function standardRatio(
  model: LiquidModel,
  state: LiquidState,
  node: number,
  temperature_K: number,
  pressure_Pa: number | undefined,
): number {
  const net = model.network;
  const products = net.heat?.products;
  if (!products) return 1;
  const product = products[productAt(model, state, node)]!;
  const s = state.network;
  const trueP = net.density_kg_m3 * net.gravity_m_s2 * (s.nodeHead_m[node]! - net.nodeElevation_m[node]!);
  return (
    correction(product, temperature_K, pressure_Pa ?? 0) / correction(product, s.heat.nodeTemperature_K[node]!, trueP)
  );
}

/** Standard volume [m³/s] of a flow in the solver's reference volume past a node: that of its own products. */
export function standardFlow_m3_s(model: LiquidModel, state: LiquidState, node: number, flow_m3_s: number): number {
  const net = model.network;
  const products = net.heat?.products;
  if (!products || products.length < 2) return flow_m3_s;
  const f = state.network.heat.nodeFraction;
  let density = 0;
  for (let k = 0; k < products.length; k += 1) density += f[node * products.length + k]! * products[k]!.density15_kg_m3;
  return (flow_m3_s * net.density_kg_m3) / density;
}

/** Compiles a network's heat, and makes its state. */
import type { Arena } from '../../kernel/index.ts';
import type { NetworkModel, NetworkState } from '../model.ts';
import type { NetworkSpec, PipeSpec } from '../spec.ts';
import type { HeatModel, HeatSpec, HeatState } from './model.ts';
import { compileProduct } from './products.ts';

const REFRESH_S = 5;
/** Cells beyond one per reach: partly filled ones at both ends and room for rounding. */
const SPARE_CELLS = 6;

/** What is wrong with a network's heat, in sentences. */
export function checkHeat(spec: NetworkSpec): string[] {
  const { heat } = spec;
  if (!heat) return [];
  const problems: string[] = [];
  const ids = new Set(heat.products.map((p) => p.id));
  if (heat.products.length === 0) problems.push('Heat needs at least one product.');
  if (!(heat.inlet_K > 0)) problems.push(`Heat: inlet_K is ${heat.inlet_K}; expected a positive number.`);
  for (const p of heat.products) {
    const values = [p.density15_kg_m3, p.bulkModulus15_Pa, ...p.viscosity.flatMap((v) => Object.values(v))];
    if (!values.every((v) => v > 0 && Number.isFinite(v)) || p.viscosity.length === 0)
      problems.push(`Product "${p.id}": density, bulk modulus and viscosities must be positive.`);
    if (!Number.isFinite(p.expansion15_per_K)) problems.push(`Product "${p.id}": its expansion is no number.`);
  }
  for (const s of heat.sources ?? [])
    if (!ids.has(s.product)) problems.push(`Node "${s.node}" gives "${s.product}", which is no product.`);
  for (const p of spec.pipes) {
    if (!p.heat) problems.push(`Pipe "${p.id}" has no heat of its own, but the network has.`);
    else if (!(p.heat.coolingTime_s > 0 && p.heat.ground_K > 0 && Number.isFinite(p.heat.wall_per_Pa)))
      problems.push(`Pipe "${p.id}": cooling time and ground temperature must be positive, wall compliance a number.`);
  }
  return problems;
}

/** Reaches of a pipe with heat: at least two, and no grid speed below the fastest wave. */
export function heatReaches(pipe: PipeSpec, timeStep_s: number): number {
  return pipe.reaches ?? Math.max(2, Math.floor(pipe.length_m / (pipe.waveSpeed_m_s * timeStep_s) + 1e-9));
}

export function compileHeat(
  spec: NetworkSpec,
  heat: HeatSpec,
  model: Pick<NetworkModel, 'timeStep_s' | 'frictionRefreshSteps' | 'pipeReaches' | 'pipeArea_m2' | 'nLink'>,
): HeatModel {
  const index = new Map(heat.products.map((p, k) => [p.id, k]));
  const source = new Map((heat.sources ?? []).map((s) => [s.node, index.get(s.product) as number]));
  const every = model.frictionRefreshSteps;
  const wanted = (heat.refresh_s ?? REFRESH_S) / model.timeStep_s;
  const cellStart = new Int32Array(spec.pipes.length + 1);
  for (let p = 0; p < spec.pipes.length; p++) cellStart[p + 1] = cellStart[p] + model.pipeReaches[p] + SPARE_CELLS;
  return {
    products: heat.products.map(compileProduct),
    refreshSteps: every * Math.max(1, Math.round(wanted / every)),
    inlet_K: heat.inlet_K,
    nodeProduct: Int32Array.from(spec.nodes, (n) => source.get(n.id) ?? 0),
    pipeCoolingTime_s: Float64Array.from(spec.pipes, (p) => p.heat?.coolingTime_s ?? Number.POSITIVE_INFINITY),
    pipeGround_K: Float64Array.from(spec.pipes, (p) => p.heat?.ground_K ?? heat.inlet_K),
    pipeWall_per_Pa: Float64Array.from(spec.pipes, (p) => p.heat?.wall_per_Pa ?? 0),
    pipeVolume_m3: Float64Array.from(spec.pipes, (p, i) => p.length_m * model.pipeArea_m2[i]),
    cellStart,
    passes: model.nLink + 2,
  };
}

/** Asks the arena for the arrays of heat; empty where the network has none. */
export function heatArrays(model: NetworkModel, a: Arena): HeatState {
  const { heat } = model;
  const on = heat ? 1 : 0;
  const nNode = on * model.nNode;
  const nPipe = on * model.nPipe;
  const nSection = on * model.nSection;
  const nProduct = heat && heat.products.length > 1 ? heat.products.length : 0;
  const nCell = heat ? heat.cellStart[model.nPipe] : 0;
  const longest = on * (1 + model.pipeReaches.reduce((m, n) => Math.max(m, n), 0));
  return {
    sourceTemperature_K: a.f64(nNode),
    sourceFraction: a.f64(nNode * nProduct),
    groundOffset_K: a.f64(on),
    nodeTemperature_K: a.f64(nNode),
    nodeFraction: a.f64(nNode * nProduct),
    nodeDensity: a.f64(nNode),
    linkDensity: a.f64(on * model.nLink),
    inflow_m3: a.f64(nNode),
    inflowHeat: a.f64(nNode),
    inflowFraction: a.f64(nNode * nProduct),
    popped: a.f64(on * (1 + nProduct)),
    mixed: a.f64(nProduct),
    nextConductance: a.f64(longest),
    nextPack_m3: a.f64(longest),
    pipeMoved_m3: a.f64(nPipe),
    pipeOffset_K: a.f64(nPipe),
    cellFirst: a.i32(nPipe),
    cellCount: a.i32(nPipe),
    cellVolume_m3: a.f64(nCell),
    cellExcess_K: a.f64(nCell),
    cellLog: a.f64(nCell),
    cellFraction: a.f64(nCell * nProduct),
    reachTemperature_K: a.f64(nSection),
    reachFraction: a.f64(nSection * nProduct),
    reachDensity: a.f64(nSection),
    reachPack_m3: a.f64(nSection),
    reachViscosity_m2_s: a.f64(nSection),
    reachSoftness_per_Pa: a.f64(nSection),
    reachJudged_K: a.f64(nSection),
    reachRise_m: a.f64(nSection),
    reachWeight: a.f64(nSection),
    reachResistance_s2_m5: a.f64(nSection),
    pipeViscosity_m2_s: a.f64(nPipe),
    pipeSpecificVolume: a.f64(nPipe),
    pipeWeight: a.f64(nPipe),
    pipeJudged_m3_s: a.f64(nPipe),
    pipeRise_m: a.f64(nPipe),
    sectionFlowOut_m3_s: a.f64(nSection),
    stubConductance: a.f64(nSection),
    stubInverse: a.f64(nSection),
    stubMemory_m: a.f64(nSection),
    source_m3_s: a.f64(nSection),
    ledger_m3: a.f64(2 * on),
  };
}

/** What enters, as the spec says, before anything has flowed. */
export function initHeat(model: NetworkModel, state: NetworkState): void {
  const { heat } = model;
  if (!heat) return;
  const s = state.heat;
  s.sourceTemperature_K.fill(heat.inlet_K);
  const nProduct = heat.products.length;
  if (nProduct > 1) for (let n = 0; n < model.nNode; n++) s.sourceFraction[n * nProduct + heat.nodeProduct[n]] = 1;
  s.nodeDensity.fill(1);
  s.linkDensity.fill(1);
  s.reachDensity.fill(1);
}

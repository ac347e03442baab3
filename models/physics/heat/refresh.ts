/**
 * From temperatures and products to what the step needs: densities, resistances, stubs, sources. Once per refresh the plugs
 * move, nodes mix what flowed in, and each section's source becomes
 *
 *   τ = −[ΔV + Δκ (H − z)]/t,   V = A Δx ρ(T)/ρ0                    t time to the next refresh
 *
 * so that over that time exactly the change of the field is brought into the network: what a section holds at constant
 * pressure changes by heat alone, and the ledger shows no difference. The field thus leads the hydraulics by one refresh.
 * Wall, pressure's effect on K, viscous heating and axial conduction are left out (decision 007).
 */
import { factorOf } from '../friction.ts';
import { type NetworkModel, type NetworkState, NODE } from '../model.ts';
import { pipeFactor } from '../resistance.ts';
import type { HeatModel, HeatState } from './model.ts';
import { coolCells, popCells, pushCells, spreadOverReaches } from './plug.ts';
import { compressibilityAt_per_Pa, densityAt_kg_m3, viscosityAt_m2_s } from './products.ts';

const heatOf = (model: NetworkModel): HeatModel => model.heat as HeatModel;

/** Moves the field by the time since the last refresh and hands the step its new properties. Allocates nothing. */
export function refreshHeat(model: NetworkModel, state: NetworkState): void {
  const heat = heatOf(model);
  const s = state.heat;
  const t = heat.refreshSteps * model.timeStep_s;
  s.inflow_m3.fill(0);
  s.inflowHeat.fill(0);
  s.inflowFraction.fill(0);
  for (let p = 0; p < model.nPipe; p++) takeOut(model, state, p, t);
  mixNodes(model, state, t);
  for (let p = 0; p < model.nPipe; p++) {
    putIn(model, state, p, t);
    spreadOverReaches(model, state, p);
  }
  takeProperties(model, state, t);
}

function takeOut(model: NetworkModel, state: NetworkState, p: number, t: number): void {
  const heat = heatOf(model);
  const s = state.heat;
  const moved = s.pipeMoved_m3[p];
  const cooling = t / heat.pipeCoolingTime_s[p];
  s.pipeOffset_K[p] += (1 - Math.exp(-cooling)) * (s.groundOffset_K[0] - s.pipeOffset_K[p]);
  if (moved !== 0) {
    const atTo = moved > 0;
    const volume = Math.abs(moved) * s.pipeSpecificVolume[p];
    popCells(model, s, p, atTo, volume, cooling, s.popped);
    const n = atTo ? model.pipeTo[p] : model.pipeFrom[p];
    const nProduct = heat.products.length;
    const weight = Math.abs(moved);
    s.inflow_m3[n] += weight;
    s.inflowHeat[n] += weight * (heat.pipeGround_K[p] + s.pipeOffset_K[p] + s.popped[0]);
    if (nProduct > 1) for (let k = 0; k < nProduct; k++) s.inflowFraction[n * nProduct + k] += weight * s.popped[1 + k];
  }
  coolCells(model, s, p, cooling);
}

function putIn(model: NetworkModel, state: NetworkState, p: number, t: number): void {
  const heat = heatOf(model);
  const s = state.heat;
  const moved = s.pipeMoved_m3[p];
  s.pipeMoved_m3[p] = 0;
  if (moved === 0) return;
  const n = moved > 0 ? model.pipeFrom[p] : model.pipeTo[p];
  const excess = s.nodeTemperature_K[n] - heat.pipeGround_K[p] - s.pipeOffset_K[p];
  const volume = Math.abs(moved) * s.pipeSpecificVolume[p];
  const cooling = t / heat.pipeCoolingTime_s[p];
  pushCells(model, s, p, moved < 0, volume, cooling, excess, s.nodeFraction, n * heat.products.length);
}

/**
 * Nodes take the mean of what flows in, from pipes (put aside in `inflow…`), links and outside; without inflow they keep
 * theirs, and a tank that gives gives its own. `t` turns flows into volumes.
 */
export function mixNodes(model: NetworkModel, state: NetworkState, t: number): void {
  const { passes } = heatOf(model);
  for (let pass = 0; pass < passes; pass++) {
    let moved = false;
    for (let n = 0; n < model.nNode; n++) if (mixNode(model, state, n, t)) moved = true;
    if (!moved) return;
  }
}

/** True if the node changed. */
function mixNode(model: NetworkModel, state: NetworkState, n: number, t: number): boolean {
  const heat = heatOf(model);
  const s = state.heat;
  const many = heat.products.length > 1;
  const nProduct = heat.products.length;
  const stores = model.nodeKind[n] !== NODE.junction;
  if (stores && state.nodeStorageFlow_m3_s[n] < 0) {
    if (many) for (let k = 0; k < nProduct; k++) s.mixed[k] = s.sourceFraction[n * nProduct + k];
    return takeMixture(heat, s, n, s.sourceTemperature_K[n], 1);
  }
  let volume = s.inflow_m3[n];
  let sum = s.inflowHeat[n];
  if (many) for (let k = 0; k < nProduct; k++) s.mixed[k] = s.inflowFraction[n * nProduct + k];
  if (!stores && state.boundaryFlow_m3_s[n] < 0) {
    const v = -state.boundaryFlow_m3_s[n] * t;
    volume += v;
    sum += v * s.sourceTemperature_K[n];
    if (many) for (let k = 0; k < nProduct; k++) s.mixed[k] += v * s.sourceFraction[n * nProduct + k];
  }
  if (model.nodeSlot[n] >= 0)
    for (let l = 0; l < model.nLink; l++) {
      const flow = state.linkFlow_m3_s[l];
      const from = flow >= 0 ? model.linkFrom[l] : model.linkTo[l];
      const to = flow >= 0 ? model.linkTo[l] : model.linkFrom[l];
      if (to !== n || Math.abs(flow) < LEAST_FLOW) continue;
      const v = Math.abs(flow) * t;
      volume += v;
      sum += v * s.nodeTemperature_K[from];
      if (many) for (let k = 0; k < nProduct; k++) s.mixed[k] += v * s.nodeFraction[from * nProduct + k];
    }
  return volume > 0 && takeMixture(heat, s, n, sum / volume, volume);
}

/** Gives a node its temperature and the fractions `mixed`/volume; true if that is new. */
function takeMixture(heat: HeatModel, s: HeatState, n: number, T: number, volume: number): boolean {
  const nProduct = heat.products.length;
  let moved = T !== s.nodeTemperature_K[n];
  s.nodeTemperature_K[n] = T;
  if (nProduct > 1)
    for (let k = 0; k < nProduct; k++) {
      const f = s.mixed[k] / volume;
      if (f !== s.nodeFraction[n * nProduct + k]) moved = true;
      s.nodeFraction[n * nProduct + k] = f;
    }
  return moved;
}

/** Flow through a link [m³/s] below which it is shut. */
const LEAST_FLOW = 1e-8;

/** Density ratio ρ(T)/ρ0 of a mixture whose fractions stand at `at`; without pressure. */
function ratioOf(heat: HeatModel, rho0: number, T: number, fraction: Float64Array, at: number): number {
  const products = heat.products;
  if (products.length === 1) return densityAt_kg_m3(products[0], T) / rho0;
  let ratio = 0;
  for (let k = 0; k < products.length; k++) {
    const f = fraction[at + k];
    if (f > 0) ratio += (f * densityAt_kg_m3(products[k], T)) / rho0;
  }
  return ratio;
}

function softnessOf(heat: HeatModel, T: number, fraction: Float64Array, at: number): number {
  const products = heat.products;
  if (products.length === 1) return compressibilityAt_per_Pa(products[0], T);
  let softness = 0;
  for (let k = 0; k < products.length; k++) {
    const f = fraction[at + k];
    if (f > 0) softness += f * compressibilityAt_per_Pa(products[k], T);
  }
  return softness;
}

function viscosityOf(heat: HeatModel, T: number, fraction: Float64Array, at: number): number {
  const products = heat.products;
  if (products.length === 1) return viscosityAt_m2_s(products[0], T);
  let log = 0;
  for (let k = 0; k < products.length; k++) {
    const f = fraction[at + k];
    if (f > 0) log += f * Math.log(viscosityAt_m2_s(products[k], T));
  }
  return Math.exp(log);
}

/**
 * Properties of reaches, nodes and links from their temperatures and heads, stubs and sources. `t` > 0: the change of pack is
 * brought in over that time; 0: it has been there for long (steady state), no sources. Returns the largest relative change
 * of a density or weight.
 */
export function takeProperties(model: NetworkModel, state: NetworkState, t: number): number {
  const heat = heatOf(model);
  const s = state.heat;
  const nProduct = heat.products.length;
  const rho0 = model.density_kg_m3;
  const weight0 = rho0 * model.gravity_m_s2;
  const H = state.sectionHead_m;
  const many = nProduct > 1;
  let change = 0;
  let total = 0;
  let base = 0;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const reaches = model.pipeReaches[p];
    const last = first + reaches;
    const reachVolume = heat.pipeVolume_m3[p] / reaches;
    const slope = model.pipeSlope_m[p];
    const z0 = model.nodeElevation_m[model.pipeFrom[p]];
    const wall = heat.pipeWall_per_Pa[p];
    const B = model.pipeImpedance_s_m2[p];
    const own = model.timeStep_s * model.pipeConductance_m2_s[p]; // g A Δx/a0² of a reach [m²]
    const toConductance = 1 / model.timeStep_s; // of half a reach's κ: 2 · ½ κ/Δt
    let specific = 0;
    let riseSum = 0;
    // new conductances and sources gather here before they replace the old ones
    const G = s.nextConductance;
    const packs = s.nextPack_m3;
    G.fill(0, 0, reaches + 1);
    packs.fill(0, 0, reaches + 1);
    for (let j = 0; j < reaches; j++) {
      const r = first + j;
      const T = s.reachTemperature_K[r];
      const at = r * nProduct;
      const thermal = ratioOf(heat, rho0, T, s.reachFraction, at);
      let judged = T;
      if (many) for (let k = 1; k < nProduct; k++) judged += JUDGED_MIX_K * k * s.reachFraction[at + k];
      if (Math.abs(judged - s.reachJudged_K[r]) > JUDGED_K || t === 0) {
        s.reachSoftness_per_Pa[r] = softnessOf(heat, T, s.reachFraction, at);
        s.reachViscosity_m2_s[r] = viscosityOf(heat, T, s.reachFraction, at);
        s.reachJudged_K[r] = judged;
        if (t > 0) s.reachWeight[r] = 0;
      }
      const softness = s.reachSoftness_per_Pa[r];
      const pressure = weight0 * (0.5 * (H[r] + H[r + 1]) - z0 - (j + 0.5) * slope);
      const density = thermal * (1 + pressure * softness);
      change = Math.max(change, Math.abs(density - s.reachDensity[r]));
      s.reachDensity[r] = density;
      s.reachRise_m[r] = (density - 1) * slope;
      riseSum += s.reachRise_m[r];
      specific += 1 / density;
      const kappa = Math.max(0, weight0 * thermal * (softness + wall) * reachVolume - own);
      const pack = reachVolume * thermal;
      const moved = pack - s.reachPack_m3[r];
      s.reachPack_m3[r] = pack;
      base += pack;
      const left = j === 0 ? 1 : j;
      const right = j === reaches - 1 ? reaches - 1 : j + 1;
      G[left] += kappa * toConductance;
      G[right] += kappa * toConductance;
      packs[left] += 0.5 * moved;
      packs[right] += 0.5 * moved;
    }
    s.pipeSpecificVolume[p] = specific / reaches;
    s.pipeRise_m[p] = riseSum;
    for (let i = first + 1; i < last; i++) {
      const k = i - first;
      const before = s.stubConductance[i];
      const deeper = 0.5 * model.timeStep_s * (G[k] - before) * (H[i] - z0 - k * slope); // Δκ (H − z)
      const source = t > 0 ? -(packs[k] + deeper) / t : 0;
      // F keeps the flow into the stub; both halves of the next trapezoid take the new source
      const into = s.stubMemory_m[i] / B - before * H[i] - 2 * s.source_m3_s[i];
      s.stubMemory_m[i] = B * (G[k] * H[i] + into + 2 * source);
      s.stubConductance[i] = G[k];
      s.stubInverse[i] = 1 / (2 + B * G[k]);
      s.source_m3_s[i] = source;
      total += source;
    }
    change = Math.max(change, weighReaches(model, state, p, t === 0));
  }
  // what the field holds, less what its sources have still to bring
  s.ledger_m3[0] = base + t * total;
  s.ledger_m3[1] = total;
  nodesAndLinks(model, state, weight0);
  return change;
}

/** Change of temperature [K] and of flow (relative) that a reach's viscosity, softness and weight sleep through: 1e-4 of its loss. */
const JUDGED_K = 0.01;
/** What a whole change of product counts as, in K. */
const JUDGED_MIX_K = 1000;
const JUDGED_FLOW = 0.01;

/** Resistance of each reach over the pipe's: by its own viscosity and density. Those marked by 0 have changed. */
function weighReaches(model: NetworkModel, state: NetworkState, p: number, anew: boolean): number {
  const s = state.heat;
  const first = model.sectionStart[p];
  const reaches = model.pipeReaches[p];
  const flow = Math.abs(state.sectionFlow_m3_s[first + (reaches >> 1)]);
  const all = anew || Math.abs(flow - s.pipeJudged_m3_s[p]) > JUDGED_FLOW * flow;
  if (all) s.pipeJudged_m3_s[p] = flow;
  const v = s.pipeJudged_m3_s[p] / model.pipeArea_m2[p];
  const kind = model.frictionKind[p];
  const parameter = model.frictionParameter[p];
  const D = model.pipeDiameter_m[p];
  const g = model.gravity_m_s2;
  // weights are against the factor at the pipe's viscosity when they were taken; its own refresh uses that too
  if (all) s.pipeViscosity_m2_s[p] = meanViscosity(s, first, reaches);
  const mean = factorOf(kind, parameter, v, D, s.pipeViscosity_m2_s[p], g);
  let sum = 0;
  let change = 0;
  for (let r = first; r < first + reaches; r++) {
    if (all || s.reachWeight[r] === 0) {
      const f = factorOf(kind, parameter, v, D, s.reachViscosity_m2_s[r], g);
      const weight = (mean > 0 ? f / mean : 1) / s.reachDensity[r];
      change = Math.max(change, Math.abs(weight - s.reachWeight[r]));
      s.reachWeight[r] = weight;
    }
    sum += s.reachWeight[r];
  }
  change = Math.max(change, Math.abs(sum / reaches - s.pipeWeight[p]));
  s.pipeWeight[p] = sum / reaches;
  return change;
}

function meanViscosity(s: HeatState, first: number, reaches: number): number {
  let sum = 0;
  for (let r = first; r < first + reaches; r++) sum += s.reachViscosity_m2_s[r];
  return sum / reaches;
}

function nodesAndLinks(model: NetworkModel, state: NetworkState, weight0: number): void {
  const heat = heatOf(model);
  const s = state.heat;
  const nProduct = heat.products.length;
  for (let n = 0; n < model.nNode; n++) {
    const T = s.nodeTemperature_K[n];
    const pressure = weight0 * (state.nodeHead_m[n] - model.nodeElevation_m[n]);
    s.nodeDensity[n] =
      ratioOf(heat, model.density_kg_m3, T, s.nodeFraction, n * nProduct) *
      (1 + pressure * softnessOf(heat, T, s.nodeFraction, n * nProduct));
  }
  for (let l = 0; l < model.nLink; l++)
    s.linkDensity[l] = s.nodeDensity[state.linkFlow_m3_s[l] >= 0 ? model.linkFrom[l] : model.linkTo[l]];
}

/** Resistances of reaches from the pipe's mean one, or each from its own flow; with the refresh of friction factors. */
export function refreshHeatFriction(model: NetworkModel, state: NetworkState): void {
  const s = state.heat;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const end = first + model.pipeReaches[p];
    if (model.friction === 'per-cell') {
      const Q = state.sectionFlow_m3_s;
      const scale = state.pipeResistance_s2_m5[p] / state.pipeFriction[p];
      for (let r = first; r < end; r++) {
        const flow = 0.5 * (s.sectionFlowOut_m3_s[r] + Q[r + 1]);
        const f = pipeFactor(model, p, flow, s.reachViscosity_m2_s[r]);
        s.reachResistance_s2_m5[r] = (scale * f) / s.reachDensity[r];
      }
    } else {
      const R = state.pipeResistance_s2_m5[p];
      for (let r = first; r < end; r++) s.reachResistance_s2_m5[r] = R * s.reachWeight[r];
    }
  }
}

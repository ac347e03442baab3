/**
 * The temperature field of a steady network: T − T_ground falls by exp(−V/(q τ)) along each pipe, nodes mix. Together with
 * the hydraulics it is iterated until neither moves; the step then finds nothing to do.
 */
import type { NetworkModel, NetworkState } from '../model.ts';
import type { HeatModel } from './model.ts';
import { fillSteady, spreadOverReaches } from './plug.ts';
import { mixNodes, refreshHeatFriction, takeProperties } from './refresh.ts';

/** Everything at what enters, before the first flows are known. */
export function startHeatField(model: NetworkModel, state: NetworkState): void {
  const heat = model.heat as HeatModel;
  const s = state.heat;
  const nProduct = heat.products.length;
  s.nodeTemperature_K.set(s.sourceTemperature_K);
  s.nodeFraction.set(s.sourceFraction);
  s.pipeMoved_m3.fill(0);
  s.pipeOffset_K.fill(s.groundOffset_K[0]);
  s.source_m3_s.fill(0);
  s.stubConductance.fill(0);
  s.stubMemory_m.fill(0);
  for (let p = 0; p < model.nPipe; p++) {
    const from = model.pipeFrom[p];
    fillSteady(model, s, p, 1e6 * heat.pipeVolume_m3[p], 0, s.sourceFraction, from * nProduct);
    spreadOverReaches(model, state, p);
  }
  takeProperties(model, state, 0);
}

/** The field of the flows in the state; returns the largest relative change of a density or resistance. */
export function steadyHeatField(model: NetworkModel, state: NetworkState): number {
  const heat = model.heat as HeatModel;
  const s = state.heat;
  const nProduct = heat.products.length;
  const many = nProduct > 1;
  const passes = model.nPipe + model.nLink + 2;
  for (let pass = 0; pass < passes; pass++) {
    s.inflow_m3.fill(0);
    s.inflowHeat.fill(0);
    s.inflowFraction.fill(0);
    let moved = 0;
    for (let p = 0; p < model.nPipe; p++) {
      const Q = state.sectionFlow_m3_s[model.sectionStart[p]];
      if (Q === 0) continue;
      const up = Q > 0 ? model.pipeFrom[p] : model.pipeTo[p];
      const down = Q > 0 ? model.pipeTo[p] : model.pipeFrom[p];
      const ground = heat.pipeGround_K[p] + s.pipeOffset_K[p];
      const age = heat.pipeVolume_m3[p] / (Math.abs(Q) * s.pipeSpecificVolume[p]);
      const T = ground + (s.nodeTemperature_K[up] - ground) * Math.exp(-age / heat.pipeCoolingTime_s[p]);
      s.inflow_m3[down] += Math.abs(Q);
      s.inflowHeat[down] += Math.abs(Q) * T;
      if (many)
        for (let k = 0; k < nProduct; k++)
          s.inflowFraction[down * nProduct + k] += Math.abs(Q) * s.nodeFraction[up * nProduct + k];
    }
    for (let n = 0; n < model.nNode; n++) moved -= s.nodeTemperature_K[n];
    mixNodes(model, state, 1);
    for (let n = 0; n < model.nNode; n++) moved += s.nodeTemperature_K[n];
    if (pass > model.nPipe && moved === 0) break;
  }
  for (let p = 0; p < model.nPipe; p++) {
    const Q = state.sectionFlow_m3_s[model.sectionStart[p]];
    const up = Q >= 0 ? model.pipeFrom[p] : model.pipeTo[p];
    const excess = s.nodeTemperature_K[up] - heat.pipeGround_K[p] - s.pipeOffset_K[p];
    fillSteady(model, s, p, Q * s.pipeSpecificVolume[p], excess, s.nodeFraction, up * nProduct);
    spreadOverReaches(model, state, p);
  }
  return takeProperties(model, state, 0);
}

/** Stubs at rest with the heads in the state, and resistances with its flows. */
export function startHeat(model: NetworkModel, state: NetworkState): void {
  if (!model.heat) return;
  const s = state.heat;
  s.sectionFlowOut_m3_s.set(state.sectionFlow_m3_s);
  s.pipeMoved_m3.fill(0);
  s.source_m3_s.fill(0);
  s.ledger_m3[1] = 0;
  for (let p = 0; p < model.nPipe; p++)
    for (let i = model.sectionStart[p]; i < model.sectionStart[p + 1]; i++)
      s.stubMemory_m[i] = model.pipeImpedance_s_m2[p] * s.stubConductance[i] * state.sectionHead_m[i];
  refreshHeatFriction(model, state);
}

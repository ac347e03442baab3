/** What a network with heat holds beside the grid's own lines. */
import type { NetworkModel, NetworkState } from '../model.ts';

/**
 * Standard volume [m³] of all pipes at no gauge pressure as the sources have brought it so far, and of the stubs:
 * Σ A Δx ρ(T)/ρ0 + Σ κ (H − z). Takes the place of Σ A L in a line pack without heat.
 */
export function heatVolume_m3(model: NetworkModel, state: NetworkState): number {
  const s = state.heat;
  let volume = s.ledger_m3[0];
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const z = model.nodeElevation_m[model.pipeFrom[p]];
    const slope = model.pipeSlope_m[p];
    let sum = 0;
    for (let k = 1; k < model.pipeReaches[p]; k++)
      sum += s.stubConductance[first + k] * (state.sectionHead_m[first + k] - z - k * slope);
    volume += 0.5 * model.timeStep_s * sum;
  }
  return volume;
}

/**
 * What moves compressors, regulators and withdrawals between two steps of the network.
 *
 *   set points follow what is wanted at a bounded rate; a compressor's load goes to what is allowed while it is wanted
 *   and not tripped, else to nothing (its own ramp and trip times bound that, in models/physics/gas)
 */
import { drawDemand } from './demand.ts';
import type { GasPlantModel } from './model.ts';
import type { GasPlantState } from './state.ts';

export function moveEquipment(model: GasPlantModel, state: GasPlantState, timeUs: number): void {
  const net = state.network;
  const dt_s = model.tickUs * 1e-6;
  for (let i = 0; i < model.settingLink.length; i += 1) {
    const link = model.settingLink[i]!;
    const by = state.settingWanted_Pa[i]! - net.setting[link]!;
    const most = model.settingRate_Pa_s[i]! * dt_s;
    net.setting[link] = Math.abs(by) <= most ? state.settingWanted_Pa[i]! : net.setting[link]! + Math.sign(by) * most;
  }
  for (let c = 0; c < model.compressorLink.length; c += 1) {
    const runs = state.compressorOn[c] === 1 && state.compressorTripped[c] === 0;
    net.positionSet[model.compressorLink[c]!] = runs ? state.compressorLoad[c]! : 0;
  }
  drawDemand(model, state, timeUs);
}

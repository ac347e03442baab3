/**
 * All that changes in a gas plant beside its network's own state. Groups stand under the function that writes them.
 */
import { bindArena } from '../../models/kernel/index.ts';
import { createGasState, type GasState } from '../../models/physics/gas/index.ts';
import type { GasPlantModel } from './model.ts';

export interface GasPlantState {
  readonly network: GasState;
  readonly buffer: ArrayBuffer;

  // applyGas
  readonly compressorOn: Uint8Array; // 1: wanted to run (nCompressor)
  readonly compressorTripped: Uint8Array; // 1 until it is started again (nCompressor)
  readonly compressorLoad: Float64Array; // share of its lift that it may give 0…1 (nCompressor)
  readonly settingWanted_Pa: Float64Array; // absolute (nSetting)
  readonly drawSet: Float64Array; // 0…1 (nDraw)
  readonly leakOpenUs: Float64Array; // when it opened [µs], −1: closed (nLeak)
  readonly leakArea_m2: Float64Array; // final area (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly leakPulseUs: Float64Array; // period and open time, 0: none (2 nLeak)
  readonly leakedBefore_kg: Float64Array; // lost before it opened this time (nLeak)

  // drawDemand
  readonly draw: Float64Array; // opening now 0…1 (nDraw)
}

export function createGasPlantState(model: GasPlantModel): GasPlantState {
  const network = createGasState(model.network);
  const nCompressor = model.compressorLink.length;
  const { buffer, views } = bindArena((a) => ({
    compressorOn: a.u8(nCompressor),
    compressorTripped: a.u8(nCompressor),
    compressorLoad: a.f64(nCompressor),
    settingWanted_Pa: a.f64(model.settingLink.length),
    drawSet: a.f64(model.drawNode.length),
    leakOpenUs: a.f64(model.leaks.length),
    leakArea_m2: a.f64(model.leaks.length),
    leakGrowthUs: a.f64(model.leaks.length),
    leakPulseUs: a.f64(2 * model.leaks.length),
    leakedBefore_kg: a.f64(model.leaks.length),
    draw: a.f64(model.drawNode.length),
  }));
  const state: GasPlantState = { network, buffer, ...views };
  state.compressorOn.set(model.compressorOn0);
  state.compressorLoad.fill(1);
  model.settingLink.forEach((link, i) => {
    state.settingWanted_Pa[i] = network.setting[link]!;
  });
  state.drawSet.set(model.drawOpening0);
  state.draw.set(model.drawOpening0);
  state.leakOpenUs.fill(-1);
  return state;
}

/**
 * How a command changes a water network. Each returns undefined, or the sentence that says why it cannot be done; nothing
 * is half done.
 *
 * A pump that is stopped or trips is off its level control until somebody starts it; started, it runs until that control
 * stops it. A throttle valve at opening s has the loss coefficient K/s², K that of the file.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import type { EpanetNetwork } from '../../models/physics/epanet/index.ts';
import { closedLeak, leakOpened, openLeak, type PhysicsCommand } from '../plant/index.ts';
import type { WaterModel } from './model.ts';
import type { WaterState } from './state.ts';

/** Below this a throttle valve counts as shut. */
const SHUT = 1e-3;

export function applyWater(
  model: WaterModel,
  state: WaterState,
  network: EpanetNetwork,
  command: PhysicsCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  switch (command.kind) {
    case 'leak.open': {
      const l = closedLeak(model.leaks, state.leakOpenUs, command.leak);
      if (typeof l === 'string') return l;
      const leak = model.leaks[l]!;
      if (leak.backHead_m > 0)
        return `leak "${command.leak}": the ground around a water pipe has no back-pressure here`;
      const bore_m2 = model.epanet.leakPipeArea_m2[l]!;
      if (command.area_m2 > bore_m2)
        return `leak "${command.leak}": ${round(command.area_m2)} m2 is more than the bore of ${leak.on}, ${round(bore_m2)} m2`;
      state.leakOpenUs[l] = timeUs;
      state.leakArea_m2[l] = command.area_m2;
      state.leakGrowthUs[l] = Math.round(command.growth_s * 1e6);
      state.leakVolume_m3[l] = 0;
      truth.push(leakOpened(leak, command, timeUs));
      return undefined;
    }
    case 'leak.close': {
      const l = openLeak(model.leaks, state.leakOpenUs, command.leak);
      if (typeof l === 'string') return l;
      state.leakOpenUs[l] = -1;
      truth.push({ kind: 'leak.closed', timeUs, ref: command.leak, volume_m3: state.leakVolume_m3[l]! });
      return undefined;
    }
    case 'set': {
      const why = set(model, state, network, command);
      if (why === undefined)
        truth.push({
          kind: 'disturbance',
          timeUs,
          ref: command.element,
          what: `set ${command.property} to ${round(command.value)}`,
        });
      return why;
    }
    case 'pump': {
      const p = model.pumpId.indexOf(command.element);
      if (p < 0) return `there is no pump "${command.element}"`;
      const starts = command.action === 'start';
      state.pumpTripped[p] = command.action === 'trip' ? 1 : starts ? 0 : state.pumpTripped[p]!;
      network.setControlsActive(model.pumpLink[p]!, starts);
      network.setLinkOpen(model.pumpLink[p]!, starts);
      truth.push({ kind: 'disturbance', timeUs, ref: command.element, what: `pump ${command.action}` });
      return undefined;
    }
  }
}

function set(
  model: WaterModel,
  state: WaterState,
  network: EpanetNetwork,
  { element, property, value }: Extract<PhysicsCommand, { kind: 'set' }>,
): string | undefined {
  if (!Number.isFinite(value)) return `${property} of ${element}: ${value} is not a number`;
  switch (property) {
    case 'speed': {
      const p = model.pumpId.indexOf(element);
      if (p < 0) return `there is no pump "${element}"`;
      if (!(value > 0 && value <= 1.3)) return `speed of ${element}: ${value} is not above 0 and at most 1.3 of rated`;
      network.setPumpSpeed(model.pumpLink[p]!, value);
      return undefined;
    }
    case 'opening': {
      const v = model.throttleId.indexOf(element);
      if (v < 0) return `there is no throttle valve "${element}"`;
      if (value < 0 || value > 1) return `opening of ${element}: ${value} is not between 0 and 1`;
      state.throttleOpening[v] = value;
      const link = model.throttleLink[v]!;
      if (value < SHUT) network.setLinkOpen(link, false);
      else network.setLinkSetting(link, model.throttleLoss[v]! / (value * value));
      return undefined;
    }
    default: {
      const link = model.regulator.get(element);
      if (link === undefined) return `there is no pressure valve "${element}"`;
      if (!(value >= 0)) return `set point of ${element}: ${value} Pa is negative`;
      network.setLinkSetting(link, value / (model.density_kg_m3 * 9.80665));
      return undefined;
    }
  }
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

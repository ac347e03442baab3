/**
 * How a command changes a water network. Each returns undefined, or the sentence that says why it cannot be done; nothing
 * is half done.
 *
 * A pump that is stopped or trips is off its level control until somebody starts it; started, it runs until that control
 * stops it. A throttle valve at opening s has the loss coefficient K/s², K that of the file.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import type { EpanetNetwork } from '../../models/physics/epanet/index.ts';
import { closeALeak, openALeak, type PhysicsCommand, toldSet } from '../plant/index.ts';
import { waterRefusal } from './leaks.ts';
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
    case 'leak.open':
      return openALeak(model.leaks, state, state.leakVolume_m3, command, timeUs, truth, (leak, l) =>
        waterRefusal(leak, command.area_m2, model.epanet.leakPipeArea_m2[l]!),
      );
    case 'leak.close':
      return closeALeak(model.leaks, state, (l) => state.leakVolume_m3[l]!, command.leak, timeUs, truth);
    case 'set':
      return toldSet(command, set(model, state, network, command), timeUs, truth);
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

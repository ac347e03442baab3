/**
 * How a command changes a water network in its waves; the same commands with the same meaning as in extended-period hydraulics
 * (`command.ts`), but nothing happens at once: pumps run up and down, valves stroke.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import { closeALeak, openALeak, type PhysicsCommand, toldSet } from '../plant/index.ts';
import { waterRefusal } from './leaks.ts';
import type { TransientModel, TransientState } from './transientModel.ts';

/** Below this a throttle valve counts as shut. */
const SHUT = 1e-3;

export function applyTransient(
  model: TransientModel,
  state: TransientState,
  command: PhysicsCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  const net = state.network;
  switch (command.kind) {
    case 'leak.open':
      return openALeak(model.leaks, state, state.leakVolume_m3, command, timeUs, truth, (leak) =>
        waterRefusal(leak, command.area_m2, leak.bore_m2),
      );
    case 'leak.close':
      return closeALeak(model.leaks, state, (l) => state.leakVolume_m3[l]!, command.leak, timeUs, truth);
    case 'pump': {
      const p = model.pumpId.indexOf(command.element);
      if (p < 0) return `there is no pump "${command.element}"`;
      const link = model.pumpLink[p]!;
      const starts = command.action === 'start';
      state.pumpManual[p] = starts ? 0 : 1;
      if (starts) net.pumpTripped[link] = 0;
      else if (command.action === 'trip') net.pumpTripped[link] = 1;
      net.pumpSpeedSet[link] = starts ? state.pumpWanted[p]! : 0;
      truth.push({ kind: 'disturbance', timeUs, ref: command.element, what: `pump ${command.action}` });
      return undefined;
    }
    case 'set':
      return toldSet(command, set(model, state, command), timeUs, truth);
  }
}

function set(
  model: TransientModel,
  state: TransientState,
  { element, property, value }: Extract<PhysicsCommand, { kind: 'set' }>,
): string | undefined {
  const net = state.network;
  if (!Number.isFinite(value)) return `${property} of ${element}: ${value} is not a number`;
  switch (property) {
    case 'speed': {
      const p = model.pumpId.indexOf(element);
      if (p < 0) return `there is no pump "${element}"`;
      if (!(value > 0 && value <= 1.3)) return `speed of ${element}: ${value} is not above 0 and at most 1.3 of rated`;
      state.pumpWanted[p] = value;
      if (net.pumpSpeedSet[model.pumpLink[p]!]! > 0) net.pumpSpeedSet[model.pumpLink[p]!] = value;
      return undefined;
    }
    case 'opening': {
      const v = model.throttleId.indexOf(element);
      if (v < 0) return `there is no throttle valve "${element}"`;
      if (value < 0 || value > 1) return `opening of ${element}: ${value} is not between 0 and 1`;
      net.valveOpeningSet[model.throttleLink[v]!] = value < SHUT ? 0 : value;
      return undefined;
    }
    default: {
      const valve = model.regulator.get(element);
      if (!valve) return `there is no pressure valve "${element}"`;
      if (!(value >= 0)) return `set point of ${element}: ${value} Pa is negative`;
      net.regulatorSetting[valve.link] = valve.base_m + value / (model.density_kg_m3 * 9.80665);
      return undefined;
    }
  }
}

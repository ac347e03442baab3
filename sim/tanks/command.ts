/**
 * How a command changes a tank farm. Each returns undefined, or the sentence that says why it cannot be done; nothing is
 * half done.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import { closeALeak, openALeak, type PhysicsCommand, toldSet } from '../plant/index.ts';
import type { TanksModel } from './model.ts';
import type { TanksState } from './state.ts';

export function applyTanks(
  model: TanksModel,
  state: TanksState,
  command: PhysicsCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  switch (command.kind) {
    case 'leak.open':
      return openALeak(model.leaks, state, state.leakVolume_m3, command, timeUs, truth, (leak) =>
        refusal(leak, command.area_m2),
      );
    case 'leak.close':
      return closeALeak(model.leaks, state, (l) => state.leakVolume_m3[l]!, command.leak, timeUs, truth);
    case 'set':
      return toldSet(command, set(model, state, command), timeUs, truth);
    case 'pump': {
      const p = model.transferId.indexOf(command.element);
      if (p < 0) return `there is no transfer "${command.element}"`;
      if (command.action === 'start') {
        state.tripped[p] = 0;
        state.speedSet[p] = state.speedWanted[p]! > 0 ? state.speedWanted[p]! : 1;
      } else {
        if (command.action === 'trip') state.tripped[p] = 1;
        state.speedSet[p] = 0;
      }
      truth.push({ kind: 'disturbance', timeUs, ref: command.element, what: `pump ${command.action}` });
      return undefined;
    }
  }
}

function refusal(leak: TanksModel['leaks'][number], area_m2: number): string | undefined {
  if (leak.backHead_m > 0) return `leak "${leak.id}": a tank leaks into the air or its bund, without a back-pressure`;
  return area_m2 > leak.largest_m2
    ? `leak "${leak.id}": ${Number(area_m2.toPrecision(6))} m2 is more than a tenth of the bottom of ${leak.on}`
    : undefined;
}

function set(
  model: TanksModel,
  state: TanksState,
  { element, property, value }: Extract<PhysicsCommand, { kind: 'set' }>,
): string | undefined {
  if (!Number.isFinite(value)) return `${property} of ${element}: ${value} is not a number`;
  switch (property) {
    case 'speed': {
      const p = model.transferId.indexOf(element);
      if (p < 0) return `there is no transfer "${element}"`;
      if (value < 0 || value > 1.3) return `speed of ${element}: ${value} is not between 0 and 1.3 of rated`;
      state.speedWanted[p] = value;
      if (state.speedSet[p]! > 0) state.speedSet[p] = value;
      return undefined;
    }
    case 'opening': {
      const b = model.drainId.indexOf(element);
      if (b < 0) return `there is no drain valve "${element}"`;
      if (value < 0 || value > 1) return `opening of ${element}: ${value} is not between 0 and 1`;
      state.openingSet[b] = value;
      return undefined;
    }
    default:
      return `a tank farm has no ${property} to set`;
  }
}

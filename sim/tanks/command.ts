/**
 * How a command changes a tank farm. Each returns undefined, or the sentence that says why it cannot be done; nothing is
 * half done.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import { closedLeak, leakOpened, openLeak, type PhysicsCommand } from '../plant/index.ts';
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
    case 'leak.open': {
      const l = closedLeak(model.leaks, state.leakOpenUs, command.leak);
      if (typeof l === 'string') return l;
      const leak = model.leaks[l]!;
      if (leak.backHead_m > 0)
        return `leak "${command.leak}": a tank leaks into the air or its bund, without a back-pressure`;
      if (command.area_m2 > leak.largest_m2)
        return `leak "${command.leak}": ${round(command.area_m2)} m2 is more than a tenth of the bottom of ${leak.on}`;
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
      const why = set(model, state, command);
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

function round(value: number): number {
  return Number(value.toPrecision(6));
}

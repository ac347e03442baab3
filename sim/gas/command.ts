/**
 * How a command changes a gas plant. Each returns undefined, or the sentence that says why it cannot be done; nothing is
 * half done. `opening` moves valves and what a customer draws, `setPoint` (gauge) what a compressor or a regulator holds,
 * `speed` the share of its lift that a compressor may give; `pump` starts, stops and trips compressors.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import { closeALeak, closedLeak, leakOpened, type PhysicsCommand, setLeak, toldSet } from '../plant/index.ts';
import { lostVolume_m3 } from './leaks.ts';
import type { GasPlantModel } from './model.ts';
import { ATMOSPHERE_Pa } from './network.ts';
import type { GasPlantState } from './state.ts';

const HIGHEST_Pa = 2e7;

export function applyGas(
  model: GasPlantModel,
  state: GasPlantState,
  command: PhysicsCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  const net = state.network;
  switch (command.kind) {
    case 'leak.open': {
      const l = closedLeak(model.leaks, state.leakOpenUs, command.leak);
      if (typeof l === 'string') return l;
      const leak = model.leaks[l]!;
      const limit = model.network.leakAreaLimit_m2[l]!;
      if (command.area_m2 > limit)
        return `leak "${command.leak}": a hole of ${command.area_m2.toPrecision(3)} m2 is more than its pipe's ${limit.toPrecision(3)} m2`;
      setLeak(state, l, command, timeUs);
      state.leakedBefore_kg[l] = net.leaked_kg[l]!;
      net.leakAreaSet_m2[l] = command.area_m2;
      net.leakGrowth_m2_s[l] = command.growth_s > 0 ? command.area_m2 / command.growth_s : Number.POSITIVE_INFINITY;
      truth.push(leakOpened(leak, command, timeUs));
      return undefined;
    }
    case 'leak.close': {
      const lost_m3 = (l: number) => lostVolume_m3(model, state, l);
      const why = closeALeak(model.leaks, state, lost_m3, command.leak, timeUs, truth);
      if (why !== undefined) return why;
      const l = model.leaks.findIndex((leak) => leak.id === command.leak);
      net.leakAreaSet_m2[l] = 0;
      net.leakGrowth_m2_s[l] = Number.POSITIVE_INFINITY;
      return undefined;
    }
    case 'set':
      return toldSet(command, set(model, state, command), timeUs, truth);
    case 'pump': {
      const c = model.compressorId.indexOf(command.element);
      if (c < 0) return `there is no compressor "${command.element}"; known: ${list(model.compressorId)}`;
      state.compressorOn[c] = command.action === 'start' ? 1 : 0;
      if (command.action === 'start') state.compressorTripped[c] = 0;
      if (command.action === 'trip') state.compressorTripped[c] = 1;
      truth.push({ kind: 'disturbance', timeUs, ref: command.element, what: `compressor ${command.action}` });
      return undefined;
    }
  }
}

function set(
  model: GasPlantModel,
  state: GasPlantState,
  { element, property, value }: Extract<PhysicsCommand, { kind: 'set' }>,
): string | undefined {
  if (!Number.isFinite(value)) return `${property} of ${element}: ${value} is not a number`;
  if (property === 'setPoint') {
    const i = model.settingId.indexOf(element);
    if (i < 0) return `there is no set point of "${element}"; known: ${list(model.settingId)}`;
    if (!(value > 0 && value <= HIGHEST_Pa))
      return `set point of ${element}: ${value / 1e5} bar is not between 0 and ${HIGHEST_Pa / 1e5} bar`;
    state.settingWanted_Pa[i] = value + ATMOSPHERE_Pa;
    return undefined;
  }
  if (value < 0 || value > 1) return `${property} of ${element}: ${value} is not between 0 and 1`;
  if (property === 'speed') {
    const c = model.compressorId.indexOf(element);
    if (c < 0) return `there is no compressor "${element}"; known: ${list(model.compressorId)}`;
    state.compressorLoad[c] = value;
    return undefined;
  }
  const draw = model.drawId.indexOf(element);
  if (draw >= 0) {
    state.drawSet[draw] = value;
    return undefined;
  }
  const link = model.network.linkIndex.get(element);
  if (link === undefined || !model.valveLink.includes(link)) return `there is no valve "${element}"`;
  state.network.positionSet[link] = value;
  return undefined;
}

function list(ids: readonly string[]): string {
  return ids.join(', ') || 'none';
}

/**
 * How a command changes a liquid plant. Each returns undefined, or the sentence that says why it cannot be done; nothing is
 * half done.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import { closeALeak, openALeak, type PhysicsCommand, toldSet, widerThanBore } from '../plant/index.ts';
import type { LiquidModel } from './model.ts';
import type { LiquidState } from './state.ts';

export function applyLiquid(
  model: LiquidModel,
  state: LiquidState,
  command: PhysicsCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  switch (command.kind) {
    case 'leak.open':
      return openALeak(model.leaks, state, state.leakVolume_m3, command, timeUs, truth, (leak) =>
        widerThanBore(leak, command.area_m2, leak.bore_m2),
      );
    case 'leak.close':
      return closeALeak(model.leaks, state, (l) => state.leakVolume_m3[l]!, command.leak, timeUs, truth);
    case 'set':
      return toldSet(command, set(model, state, command), timeUs, truth);
    case 'pump': {
      const p = pumpOf(model, command.element);
      if (p < 0) return `there is no pump "${command.element}"`;
      const link = model.pumpLink[p]!;
      if (command.action === 'start') {
        state.network.pumpTripped[link] = 0;
        state.pumpSet[p] = state.pumpWanted[p]! > 0 ? state.pumpWanted[p]! : 1;
      } else {
        if (command.action === 'trip') state.network.pumpTripped[link] = 1;
        state.pumpSet[p] = 0;
      }
      truth.push({ kind: 'disturbance', timeUs, ref: command.element, what: `pump ${command.action}` });
      return undefined;
    }
  }
}

/** Index of a tank by its name, −1 where there is none. */
export function tankIndex(model: LiquidModel, element: string): number {
  const node = model.network.nodeIndex.get(element);
  return node === undefined ? -1 : model.tankNode.indexOf(node);
}

function setProduct(model: LiquidModel, state: LiquidState, element: string, value: number): string | undefined {
  const products = model.outside?.products ?? [];
  const t = tankIndex(model, element);
  if (t < 0) return `there is no tank "${element}"`;
  if (!Number.isInteger(value) || value < 0 || value >= products.length)
    return `product of ${element}: ${value} is none of 0 to ${products.length - 1} (${products.join(', ') || 'none'})`;
  state.tankProduct[t] = value;
  return undefined;
}

function pumpOf(model: LiquidModel, element: string): number {
  const link = model.network.linkIndex.get(element);
  return link === undefined ? -1 : model.pumpLink.indexOf(link);
}

function set(
  model: LiquidModel,
  state: LiquidState,
  { element, property, value }: Extract<PhysicsCommand, { kind: 'set' }>,
): string | undefined {
  if (!Number.isFinite(value)) return `${property} of ${element}: ${value} is not a number`;
  if (property === 'product') return setProduct(model, state, element, value);
  if (property === 'setPoint') {
    const c = model.controllerId.indexOf(element);
    if (c < 0) return `there is no controller "${element}"; known: ${model.controllerId.join(', ') || 'none'}`;
    if (state.controllerAuto[c] === 0) {
      // Bumpless: the integral takes the valve where it stands.
      state.controllerIntegral[c] = state.network.valveOpening[model.controllerLink[c]!]!;
      state.controllerAuto[c] = 1;
    }
    state.controllerSet_Pa[c] = value;
    return undefined;
  }
  const link = model.network.linkIndex.get(element);
  if (property === 'speed') {
    const p = pumpOf(model, element);
    if (p < 0) return `there is no pump "${element}"`;
    if (value < 0 || value > 1.3) return `speed of ${element}: ${value} is not between 0 and 1.3 of rated`;
    state.pumpWanted[p] = value;
    if (state.pumpSet[p]! > 0) state.pumpSet[p] = value;
    return undefined;
  }
  if (link === undefined || !model.valveLink.includes(link)) return `there is no valve "${element}"`;
  if (value < 0 || value > 1) return `opening of ${element}: ${value} is not between 0 and 1`;
  const c = model.controllerLink.indexOf(link);
  if (c >= 0) state.controllerAuto[c] = 0;
  state.network.valveOpeningSet[link] = value;
  return undefined;
}

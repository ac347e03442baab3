/** Faults of gas detectors that lie in what they look with, or through: poison, a blocked beam, fog. */
import type { FaultForm } from '../../models/contract/index.ts';
import type { AirPlant, AirState } from './model.ts';

/** Undefined, or the sentence that says why it cannot strike. */
export function strikeDetector(
  plant: AirPlant,
  state: AirState,
  i: number,
  fault: FaultForm,
  size: number,
): string | undefined {
  const { tag } = plant.spec.instruments[i]!;
  const { form, faults = [] } = plant.forms[i]!;
  if (!faults.includes(fault))
    return `${tag} is of the form ${form}, which ${fault} does not strike${faults.length > 0 ? `, but ${faults.join(', ')}` : ''}`;
  if (fault === 'fog') {
    if (!(size > 0)) return `${tag}: fog has a visibility above zero, not ${size} m`;
    state.visibility_m[i] = size;
    return undefined;
  }
  if (!(size > 0 && size <= 1)) return `${tag}: ${fault} is a share between 0 and 1, not ${size}`;
  if (fault === 'poisoned') state.poisoned[i] = size;
  else state.blocked[i] = size;
  return undefined;
}

export function clearDetector(state: AirState, i: number): void {
  state.poisoned[i] = 0;
  state.blocked[i] = 0;
  state.visibility_m[i] = Number.POSITIVE_INFINITY;
}

/**
 * Faults of instruments and of communication, as commands. Each returns undefined, or the sentence that says why it cannot
 * be done; nothing is half done.
 */
import { type Command, FAULT_FORMS, type TruthEvent } from '../../models/contract/index.ts';
import type { Physics, PlantModel, PlantState } from '../plant/index.ts';

export type FaultCommand = Extract<Command, { kind: 'fault' | 'fault.clear' }>;

/** Faults of what an instrument looks at, or looks with: its own physics answers for them. */
const OUTSIDE: ReadonlySet<string> = new Set(['poisoned', 'beam-block', 'fog']);

export function applyFault(
  model: PlantModel,
  physics: Physics,
  state: PlantState,
  command: FaultCommand,
  truth: TruthEvent[],
): string | undefined {
  const timeUs = state.clock[0]!;
  switch (command.kind) {
    case 'fault': {
      if (command.form === 'communication-loss') {
        const s = model.stationIndex.get(command.target);
        if (s === undefined) return `there is no station "${command.target}"; communication is lost by station`;
        state.stationLost[s] = 1;
      } else {
        const i = model.tagIndex.get(command.target);
        if (i === undefined) return `there is no tag "${command.target}"`;
        if (OUTSIDE.has(command.form)) {
          if (!physics.fault) return `${command.target} is no gas detector: ${command.form} does not strike it`;
          const why = physics.fault(i, command.form, command.size ?? 1);
          if (why !== undefined) return why;
          truth.push({ kind: 'fault.began', timeUs, ref: command.fault, target: command.target, form: command.form });
          return undefined;
        }
        state.faultForm[i] = 1 + FAULT_FORMS.indexOf(command.form);
        state.faultSinceUs[i] = timeUs;
        state.faultSize[i] = command.size ?? 0;
        state.faultEvery_s[i] = command.every_s ?? 60;
        state.holding[i] = 0;
      }
      truth.push({ kind: 'fault.began', timeUs, ref: command.fault, target: command.target, form: command.form });
      return undefined;
    }
    case 'fault.clear': {
      const s = model.stationIndex.get(command.target);
      const i = model.tagIndex.get(command.target);
      if (s === undefined && i === undefined) return `there is no tag or station "${command.target}"`;
      if (s !== undefined) state.stationLost[s] = 0;
      if (i !== undefined) {
        state.faultForm[i] = 0;
        state.holding[i] = 0;
        physics.clearFault?.(i);
      }
      truth.push({ kind: 'fault.cleared', timeUs, ref: command.fault });
      return undefined;
    }
  }
}

/**
 * The control of a plant, whatever its kind: it sees what the instruments published in the last scan, true or not, and acts
 * by the commands that an operator has. Loops and causes are reckoned once per scan, at the first tick after it (the values
 * change no oftener); effects with a delay come at the tick in which they are due.
 */
import { type Control as Commandable, type Frame, type TruthEvent, UNUSABLE } from '../../models/contract/index.ts';
import type { CommonSpec, Physics, PlantModel } from '../plant/index.ts';
import { bindControl } from './bind.ts';
import { applyControl, type PlantCommand } from './command.ts';
import { moveLoops, outputShare, outputValue } from './loops.ts';
import { type ControlModel, READS } from './model.ts';
import { si } from './read.ts';
import { type ControlState, createControlState } from './state.ts';
import { isBypassed, isTripped, runEffects, watchCauses } from './trips.ts';

/** A control as it is asked for. */
type Asked = Pick<Commandable, 'element' | 'property'>;

export interface Control {
  readonly model: ControlModel;
  readonly state: ControlState;
  /** Takes the plant as it stands at the start, without a bump. */
  prime(): void;
  /** Takes the scan that was just published. */
  see(frame: Frame): void;
  /** Acts on the last scan, before the tick that begins at `timeUs`. */
  step(timeUs: number, truth: TruthEvent[]): void;
  /** A command from outside, to control or through it to the plant. */
  apply(command: PlantCommand, timeUs: number, truth: TruthEvent[]): string | undefined;
  /** Present value of a control, SI; of coils 0 or 1. */
  controlValue(control: Asked): number;
  /** True value behind a tag, the plant's or control's own. */
  trueValue(tag: number): number;
  /** Does the instrument itself say that it has failed? Control's own never do. */
  failed(tag: number): boolean;
  /** What a meter of standard volume makes of an actual one: the plant's own. */
  standardRatio: NonNullable<Physics['standardRatio']>;
  /** Why this run cannot be trusted. */
  violations(): string[];
}

/** The control model of a spec that has been checked; throws on what the check should have refused. */
export function compileControl(spec: CommonSpec, controls: readonly Commandable[]): ControlModel {
  return bindControl(spec, controls, (path, found, expected) => {
    throw new Error(`${path.join('.')}: found ${found}, expected ${expected}`);
  });
}

export function createControl(control: ControlModel, plant: PlantModel, physics: Physics): Control {
  const m = control;
  const s = createControlState(m);
  const published = (tag: number) => physics.trueValue(tag) * plant.tagScale[tag]! + plant.tagOffset[tag]!;

  function own(c: Asked): number | undefined {
    const i = m.loops.findIndex((l) => l.id === c.element);
    if (i >= 0) {
      const l = m.loops[i]!;
      if (c.property === 'mode') return s.mode[i]!;
      return c.property === 'output' ? outputValue(l, s.output[i]!) : si(s.setPointWanted[i]!, l.unit);
    }
    const g = m.groups.findIndex((x) => x.id === c.element);
    if (g < 0) return undefined;
    if (c.property === 'bypass') return isBypassed(s, g) ? 1 : 0;
    return c.property === 'push' ? s.pressed[g]! : isTripped(m, s, g) ? 1 : 0;
  }

  return {
    model: m,
    state: s,
    prime() {
      s.sinceUs.fill(-1);
      s.demandedUs.fill(-1);
      s.bypassUntilUs.fill(-1);
      s.chosen.fill(-1);
      s.usable.fill(1);
      s.takeOver.fill(1);
      m.sources.forEach((source, k) => {
        s.image[k] = published(source.tag);
      });
      m.targets.forEach((t, k) => {
        s.applied[k] = physics.controlValue(t);
      });
      m.selects.forEach((x, k) => {
        s.hand[k] = s.applied[x.target]!;
      });
      m.loops.forEach((l, i) => {
        s.mode[i] = l.mode0;
        s.setPoint[i] = Number.isNaN(l.setPoint0) ? s.image[l.source]! : l.setPoint0;
        s.setPointWanted[i] = s.setPoint[i]!;
        s.before[i] = (s.image[l.source]! - l.low) / l.span;
      });
      m.loops.forEach((l, i) => {
        const target = l.select >= 0 ? m.selects[l.select]!.target : l.target;
        const value = target >= 0 ? s.applied[target]! : si(s.setPoint[l.secondary]!, l.outputUnit);
        s.output[i] = outputShare(l, value);
        s.wanted[i] = s.output[i]!;
      });
    },
    see(frame) {
      for (let k = 0; k < m.sources.length; k += 1) {
        const { tag, column } = m.sources[k]!;
        const usable = (frame.quality[tag]! & UNUSABLE) === 0;
        s.usable[k] = usable ? 1 : 0;
        if (usable) s.image[k] = frame.value[column]!;
      }
      s.fresh[0] = 1;
    },
    step(timeUs, truth) {
      const fresh = s.fresh[0] === 1;
      if (fresh) watchCauses(m, s, timeUs, truth);
      runEffects(m, s, physics, timeUs, truth);
      if (fresh) moveLoops(m, s, physics, timeUs, truth);
      s.fresh[0] = 0;
    },
    apply: (command, timeUs, truth) => applyControl(m, s, physics, command, timeUs, truth),
    controlValue: (c) => own(c) ?? physics.controlValue(c),
    failed: (tag) => physics.failed?.(tag) ?? false,
    standardRatio: (tag, temperature_K, pressure_Pa) => physics.standardRatio?.(tag, temperature_K, pressure_Pa) ?? 1,
    trueValue(tag) {
      const i = m.tagIndex[tag]!;
      switch (m.tagReads[tag]) {
        case READS.plant:
          return physics.trueValue(tag);
        case READS.mode:
          return s.mode[i]!;
        case READS.output:
          return outputValue(m.loops[i]!, s.output[i]!);
        case READS.setPoint:
          return si(s.setPoint[i]!, m.loops[i]!.unit);
        case READS.group:
          return isTripped(m, s, i) ? 1 : 0;
        case READS.cause:
          return s.active[i]!;
        case READS.bypassed:
          return isBypassed(s, i) ? 1 : 0;
        default:
          return s.preAlarm[m.groups[i]!.causes[0]!]!;
      }
    },
    violations() {
      const n = s.refused[0]!;
      return n > 0 ? [`the plant refused ${n} outputs of loops or effects of interlocks`] : [];
    },
  };
}

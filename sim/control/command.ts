/**
 * What a command means to control: its own set points, modes, bypasses, resets and push-buttons; and what it has to say to
 * commands for the plant. An actuator that a loop moves goes to manual when people move it; one that an interlock or a
 * shutdown holds is theirs until the reset; a start waits for its permissives. Each returns undefined, or the sentence that
 * says why it cannot be done; nothing is half done.
 */
import type { Command, TruthEvent } from '../../models/contract/index.ts';
import type { Physics, PhysicsCommand } from '../plant/index.ts';
import { applyTarget, choose, outputShare, outputValue } from './loops.ts';
import { type ControlModel, type LoopModel, MODE } from './model.ts';
import { inUnit, shown } from './read.ts';
import type { ControlState } from './state.ts';
import { isBypassed, isTripped, releaseEffects, trip } from './trips.ts';

export type PlantCommand = Exclude<
  Command,
  { kind: 'fault' | 'fault.clear' | 'weather' | 'demand' | 'emission' | 'patrol' }
>;
type SetCommand = Extract<Command, { kind: 'set' }>;
const OF_PLANT: readonly string[] = ['speed', 'opening', 'setPoint', 'product'];
const HIGHEST_SPEED = 1.3;

export function applyControl(
  m: ControlModel,
  s: ControlState,
  physics: Physics,
  command: PlantCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  if (command.kind === 'pump') {
    const why = command.action === 'trip' ? undefined : mayNot(m, s, command.element, command.action === 'start');
    return why ?? physics.apply(command, timeUs, truth);
  }
  if (command.kind !== 'set') return physics.apply(command, timeUs, truth);
  if (!Number.isFinite(command.value))
    return `${command.property} of ${command.element}: ${command.value} is not a number`;
  const loop = m.loops.findIndex((l) => l.id === command.element);
  const group = m.groups.findIndex((g) => g.id === command.element);
  const holder = holding(m, s, command.element, command.property, command.value);
  if (holder !== undefined) return `${command.property} of ${command.element} is held by ${holder}`;
  if (loop >= 0) return told(setLoop(m, s, loop, command), command, timeUs, truth);
  if (group >= 0) return setGroup(m, s, group, command, timeUs, truth);
  if (!OF_PLANT.includes(command.property)) return `${command.element} has no ${command.property} to set`;
  return move(
    m,
    s,
    physics,
    command as SetCommand & { property: 'speed' | 'opening' | 'setPoint' | 'product' },
    timeUs,
    truth,
  );
}

/** Writes the truth of a command that was done. */
function told(why: string | undefined, c: SetCommand, timeUs: number, truth: TruthEvent[]): string | undefined {
  if (why === undefined)
    truth.push({
      kind: 'disturbance',
      timeUs,
      ref: c.element,
      what: `set ${c.property} to ${Number(c.value.toPrecision(6))}`,
    });
  return why;
}

/** Why an element may not be started, or stopped. */
function mayNot(m: ControlModel, s: ControlState, element: string, start: boolean): string | undefined {
  const wanted = start ? 1 : 0;
  for (let e = 0; e < m.effects.length; e += 1) {
    const { element: of, property, value, group } = m.effects[e]!;
    if (of !== element || s.demandedUs[e]! < 0) continue;
    const against = property === 'run' ? value !== wanted : property === 'trip' && start;
    if (against) return `${element} is held by ${m.groups[group]!.id}`;
  }
  if (!start) return undefined;
  for (let g = 0; g < m.groups.length; g += 1) {
    const { id, permissive, causes } = m.groups[g]!;
    if (!permissive.includes(element) || isBypassed(s, g)) continue;
    if (causes.some((c) => s.standing[c] === 1 || s.active[c] === 1)) return `${element} may not start: ${id} stands`;
  }
  return undefined;
}

/** The interlock or system that holds a property at another value. */
function holding(
  m: ControlModel,
  s: ControlState,
  element: string,
  property: string,
  value: number,
): string | undefined {
  for (let e = 0; e < m.effects.length; e += 1) {
    const effect = m.effects[e]!;
    if (effect.element !== element || effect.property !== property) continue;
    if (s.demandedUs[e]! >= 0 && effect.value !== value) return m.groups[effect.group]!.id;
  }
  return undefined;
}

function setLoop(m: ControlModel, s: ControlState, i: number, c: SetCommand): string | undefined {
  const l = m.loops[i]!;
  switch (c.property) {
    case 'setPoint': {
      const value = inUnit(c.value, l.unit);
      if (s.mode[i] === MODE.cascade) return `${l.id} is in cascade: its set point is that of its primary`;
      if (value < l.low || value > l.low + l.span)
        return `set point of ${l.id}: ${shown(value, l.unit)} is not between ${shown(l.low, l.unit)} and ${shown(l.low + l.span, l.unit)}`;
      s.setPointWanted[i] = value;
      return undefined;
    }
    case 'output': {
      const share = outputShare(l, c.value);
      if (s.mode[i] !== MODE.manual) return `${l.id} is in automatic: its output is its own`;
      // Modbus has 24 bits: a limit that was written there may lie beside itself.
      if (!(share > -1e-6 && share < 1 + 1e-6)) return `output of ${l.id}: ${outOf(l, c.value)}`;
      s.output[i] = Math.min(1, Math.max(0, share));
      return undefined;
    }
    case 'mode': {
      if (c.value !== 0 && c.value !== 1 && c.value !== 2)
        return `mode of ${l.id}: ${c.value} is not 0 manual, 1 auto or 2 cascade`;
      if (c.value === MODE.cascade && l.primary < 0) return `${l.id} has no primary loop to follow`;
      if (s.mode[i] === c.value) return undefined;
      if (s.mode[i] === MODE.manual) s.takeOver[i] = 1;
      if (s.mode[i] === MODE.cascade) s.setPointWanted[i] = s.setPoint[i]!;
      s.mode[i] = c.value;
      return undefined;
    }
    default:
      return `${l.id} has no ${c.property} to set`;
  }
}

function outOf(l: LoopModel, value: number): string {
  const ends = [value, outputValue(l, 0), outputValue(l, 1)].map((v) => shown(inUnit(v, l.outputUnit), l.outputUnit));
  return `${ends[0]} is not between ${ends[1]} and ${ends[2]}`;
}

function setGroup(
  m: ControlModel,
  s: ControlState,
  g: number,
  c: SetCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  const { id, kind, causes, bypassUs } = m.groups[g]!;
  const on = c.value !== 0;
  const tell = (what: string) => truth.push({ kind: 'disturbance', timeUs, ref: id, what });
  if (c.property === 'reset') {
    if (!on || !isTripped(m, s, g)) return undefined;
    const standing = causes.find(
      (k) =>
        s.active[k] === 1 &&
        !isBypassed(s, g) &&
        (m.causes[k]!.sources.length === 0 ? s.pressed[g] === 1 : s.standing[k] === 1),
    );
    if (standing !== undefined) return `${id} cannot be reset: ${m.causes[standing]!.id} still stands`;
    for (const k of causes) s.active[k] = 0;
    releaseEffects(m, s, g);
    tell('reset');
    return undefined;
  }
  if (c.property === 'bypass' && kind === 'interlock') {
    if (on && bypassUs === 0) return `${id} may not be bypassed`;
    if (on === isBypassed(s, g)) return undefined;
    s.bypassUntilUs[g] = on ? timeUs + bypassUs : -1;
    tell(on ? 'bypassed' : 'bypass removed');
    return undefined;
  }
  if (c.property === 'push' && kind === 'shutdown') {
    if (on === (s.pressed[g] === 1)) return undefined;
    s.pressed[g] = on ? 1 : 0;
    tell(on ? 'push-button pressed' : 'push-button pulled out');
    if (on) trip(m, s, causes[causes.length - 1]!, timeUs, truth);
    return undefined;
  }
  return `${id} has no ${c.property} to set`;
}

/** A set point or an opening of the plant itself, perhaps one that a loop or a selector moves. */
function move(
  m: ControlModel,
  s: ControlState,
  physics: Physics,
  command: Extract<PhysicsCommand, { kind: 'set' }>,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  const t = m.targets.findIndex((x) => x.element === command.element && x.property === command.property);
  if (t < 0) return physics.apply(command, timeUs, truth);
  const { loop, select, property } = m.targets[t]!;
  const { value } = command;
  const k = select;
  const strange = property !== 'setPoint' && (value < 0 || value > (property === 'speed' ? HIGHEST_SPEED : 1));
  if (k >= 0 && m.selects[k]!.hand && !strange) {
    const before = s.hand[k]!;
    s.hand[k] = value;
    const taken = choose(m, s, k);
    if (taken === s.applied[t]) return told(undefined, command, timeUs, truth);
    const why = applyTarget(m, s, physics, t, taken, timeUs, truth);
    if (why !== undefined) s.hand[k] = before;
    return why;
  }
  const why = physics.apply(command, timeUs, truth);
  if (why !== undefined) return why;
  s.applied[t] = value;
  for (const i of loop >= 0 ? [loop] : m.selects[k]!.loops) {
    s.mode[i] = MODE.manual;
    s.output[i] = outputShare(m.loops[i]!, value);
    s.wanted[i] = s.output[i]!;
  }
  return undefined;
}

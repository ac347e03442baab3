/**
 * Loops and selectors of one scan: set points on their ramps, the PID algorithm (pid.ts), limits, selection, and the command
 * that an actuator gets where its output has changed.
 *
 * A loop tracks what it does not command: in manual, behind an active interlock, not selected, or with a secondary that does
 * not listen. Its integral then stands so that it takes over without a bump (external reset, Åström & Hägglund 3.5).
 * A primary whose secondary is at a limit tracks the secondary's measurement, so that it does not wind up.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import type { Physics, PhysicsCommand } from '../plant/index.ts';
import { type ControlModel, type LoopModel, MODE } from './model.ts';
import { settlePid, takeOverPid, wantPid } from './pid.ts';
import { inUnit, si } from './read.ts';
import type { ControlState } from './state.ts';

type SetCommand = Extract<PhysicsCommand, { kind: 'set' }>;
/** Filled anew for every output: a scan makes no commands. */
const moving: { -readonly [K in keyof SetCommand]: SetCommand[K] } = {
  kind: 'set',
  element: '',
  property: 'opening',
  value: 0,
};
/** What a loop does every scan is no disturbance that a judge should know. */
const untold: TruthEvent[] = [];

/** SI of an output. */
export function outputValue(l: LoopModel, share: number): number {
  return l.outputLow + share * l.outputSpan;
}

export function outputShare(l: LoopModel, value: number): number {
  return (value - l.outputLow) / l.outputSpan;
}

/** The measurement of a loop, of its instrument's span. */
function measured(l: LoopModel, s: ControlState): number {
  return (s.image[l.source]! - l.low) / l.span;
}

/** Is an effect of an interlock or a shutdown on what this target moves? */
export function isHeld(m: ControlModel, s: ControlState, target: number): boolean {
  for (const e of m.targets[target]!.heldBy) if (s.done[e] === 1) return true;
  return false;
}

export function moveLoops(
  m: ControlModel,
  s: ControlState,
  physics: Physics,
  timeUs: number,
  truth: TruthEvent[],
): void {
  for (let k = 0; k < m.order.length; k += 1) moveLoop(m, s, physics, m.order[k]!, timeUs, truth);
  for (let k = 0; k < m.selects.length; k += 1) select(m, s, physics, k, timeUs, truth);
}

function moveLoop(
  m: ControlModel,
  s: ControlState,
  physics: Physics,
  i: number,
  timeUs: number,
  truth: TruthEvent[],
): void {
  const l = m.loops[i]!;
  const y = measured(l, s);
  if (s.mode[i] === MODE.manual) {
    if (heldBack(m, s, i)) follow(m, s, physics, i);
    else give(m, s, physics, i, s.output[i]!, timeUs);
    s.wanted[i] = s.output[i]!;
    s.limited[i] = 1;
    rampSetPoint(m, s, i);
    return;
  }
  if (s.usable[l.source] === 0) {
    s.takeOver[i] = 1;
    s.limited[i] = 1;
    if (l.onBad === 'manual') {
      s.mode[i] = MODE.manual;
      truth.push({ kind: 'disturbance', timeUs, ref: l.id, what: 'bad measurement: manual' });
    }
    if (l.onBad === 'safe' && !heldBack(m, s, i)) give(m, s, physics, i, slower(m, l, s.output[i]!, l.safe), timeUs);
    s.wanted[i] = s.output[i]!;
    return;
  }
  rampSetPoint(m, s, i);
  const r = (s.setPoint[i]! - l.low) / l.span;
  if (heldBack(m, s, i)) {
    follow(m, s, physics, i);
    s.takeOver[i] = 1;
    s.limited[i] = 1;
    s.wanted[i] = s.output[i]!;
    s.before[i] = y;
    return;
  }
  if (s.takeOver[i] === 1) {
    s.takeOver[i] = 0;
    takeOver(m, s, i, y, r);
  } else wantPid(l, s, i, y, r, m.scan_s);
  if (l.select >= 0) return;
  const wanted = s.wanted[i]!;
  const output = slower(m, l, s.output[i]!, Math.min(1, Math.max(0, wanted)));
  s.limited[i] = output === wanted ? 0 : 1;
  give(m, s, physics, i, output, timeUs);
  // A secondary at its limit does what it can: more of its set point would only wind the primary up.
  const blocked = l.secondary >= 0 && s.limited[l.secondary] === 1;
  const reached = blocked ? outputShare(l, si(s.image[m.loops[l.secondary]!.source]!, l.outputUnit)) : output;
  settlePid(l, s, i, r, reached, m.scan_s);
}

/** In a limit or beside a selection the integral starts from the output itself, so that noise does not let go of it. */
function takeOver(m: ControlModel, s: ControlState, i: number, y: number, r: number): void {
  const l = m.loops[i]!;
  const output = s.output[i]!;
  const push = l.gain * l.sense * (r - y);
  takeOverPid(l, s, i, y, r, output);
  const side = l.select >= 0 ? -m.selects[l.select]!.sense : output >= 1 ? 1 : output <= 0 ? -1 : 0;
  if (push * side <= 0) return;
  s.integral[i] = output;
  s.wanted[i] = output + push;
}

function rampSetPoint(m: ControlModel, s: ControlState, i: number): void {
  const step = m.loops[i]!.ramp_per_s * m.scan_s;
  const to = s.setPointWanted[i]!;
  const from = s.setPoint[i]!;
  s.setPoint[i] = to > from ? Math.min(to, from + step) : Math.max(to, from - step);
}

function slower(m: ControlModel, l: LoopModel, from: number, to: number): number {
  const step = l.rate_per_s * m.scan_s;
  return Math.min(from + step, Math.max(from - step, to));
}

/** Its actuator is another's now. */
function heldBack(m: ControlModel, s: ControlState, i: number): boolean {
  const l = m.loops[i]!;
  if (l.secondary >= 0) return s.mode[l.secondary] !== MODE.cascade;
  const target = l.select >= 0 ? m.selects[l.select]!.target : l.target;
  return target >= 0 && isHeld(m, s, target);
}

/** The output of a loop that is held back is what stands in its stead. */
function follow(m: ControlModel, s: ControlState, physics: Physics, i: number): void {
  const l = m.loops[i]!;
  if (l.secondary >= 0) {
    s.output[i] = outputShare(l, si(s.setPointWanted[l.secondary]!, l.outputUnit));
    return;
  }
  const target = l.select >= 0 ? m.selects[l.select]!.target : l.target;
  s.applied[target] = physics.controlValue(m.targets[target]!);
  s.output[i] = outputShare(l, s.applied[target]!);
}

/** Sets an output: a secondary's set point, or an actuator where it changed. */
function give(m: ControlModel, s: ControlState, physics: Physics, i: number, share: number, timeUs: number): void {
  const l = m.loops[i]!;
  s.output[i] = share;
  if (l.secondary >= 0) s.setPointWanted[l.secondary] = inUnit(outputValue(l, share), l.outputUnit);
  // Compared as a share: there and back a value may lose its last bit, and that is no move.
  else if (l.target >= 0 && share !== outputShare(l, s.applied[l.target]!))
    applyTarget(m, s, physics, l.target, outputValue(l, share), timeUs, untold);
}

/** Commands an actuator where it is to change; returns what the plant says against it. */
export function applyTarget(
  m: ControlModel,
  s: ControlState,
  physics: Physics,
  target: number,
  value: number,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  if (value === s.applied[target]) return undefined;
  const { element, property } = m.targets[target]!;
  moving.element = element;
  moving.property = property;
  moving.value = value;
  const why = physics.apply(moving, timeUs, truth);
  untold.length = 0;
  if (why === undefined) s.applied[target] = value;
  else s.refused[0]! += 1;
  return why;
}

/** SI of what a selector takes; `chosen` becomes the loop, or −1 for the hand. Loops that do not run do not take part. */
export function choose(m: ControlModel, s: ControlState, k: number): number {
  const { sense, hand, loops, target } = m.selects[k]!;
  let best = hand ? s.hand[k]! : Number.NaN;
  let by = -1;
  for (let n = 0; n < loops.length; n += 1) {
    const i = loops[n]!;
    const l = m.loops[i]!;
    // A loop in manual takes part with what people gave it; one that cannot see does not.
    if (s.mode[i] !== MODE.manual && s.usable[l.source] === 0 && l.onBad !== 'safe') continue;
    const blind = s.mode[i] !== MODE.manual && s.usable[l.source] === 0;
    const share = blind ? l.safe : Math.min(1, Math.max(0, s.wanted[i]!));
    const value = outputValue(l, share);
    if (Number.isNaN(best) || (value - best) * sense > 0) {
      best = value;
      by = i;
    }
  }
  s.chosen[k] = by;
  return Number.isNaN(best) ? s.applied[target]! : best;
}

function select(
  m: ControlModel,
  s: ControlState,
  physics: Physics,
  k: number,
  timeUs: number,
  truth: TruthEvent[],
): void {
  const { id, target, loops, hand } = m.selects[k]!;
  if (target < 0 || isHeld(m, s, target)) return;
  const before = s.chosen[k]!;
  let value = choose(m, s, k);
  const by = s.chosen[k]!;
  if (by !== before && hand) {
    const what = by < 0 ? 'back to what is set' : `${m.loops[by]!.id} takes over`;
    truth.push({ kind: 'disturbance', timeUs, ref: id, what });
  }
  if (by >= 0) {
    const l = m.loops[by]!;
    value = outputValue(l, slower(m, l, outputShare(l, s.applied[target]!), outputShare(l, value)));
  }
  applyTarget(m, s, physics, target, value, timeUs, untold);
  for (let n = 0; n < loops.length; n += 1) {
    const i = loops[n]!;
    const l = m.loops[i]!;
    if (s.mode[i] === MODE.manual || s.usable[l.source] === 0) continue;
    const applied = outputShare(l, value);
    s.limited[i] = i === by && Math.abs(applied - s.wanted[i]!) < 1e-12 ? 0 : 1;
    s.output[i] = applied;
    settlePid(l, s, i, (s.setPoint[i]! - l.low) / l.span, applied, m.scan_s);
  }
}

/**
 * Interlocks and shutdown: causes once a scan, effects at the tick in which they are due.
 *
 * A channel counts as beyond its limit until it is back at `clears`; a cause stands when m of its n channels do, for at least
 * `for`. A cause that stands and is not bypassed becomes active; latched, it stays so until it is reset, which is possible
 * only when it no longer stands. An effect is demanded while any of its causes is active, done `after` the demand, and
 * holds its actuator as long as the demand lasts. Times are integer microseconds of the scan that showed them.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import type { Physics, PhysicsCommand } from '../plant/index.ts';
import { outputShare } from './loops.ts';
import { type CauseModel, type ControlModel, MODE } from './model.ts';
import { inUnit } from './read.ts';
import type { ControlState } from './state.ts';

export function isBypassed(s: ControlState, group: number): boolean {
  return s.bypassUntilUs[group]! >= 0;
}

export function isTripped(m: ControlModel, s: ControlState, group: number): boolean {
  for (const c of m.groups[group]!.causes) if (s.active[c] === 1) return true;
  return false;
}

/** Looks at the scan that was published at `timeUs`. */
export function watchCauses(m: ControlModel, s: ControlState, timeUs: number, truth: TruthEvent[]): void {
  for (let g = 0; g < m.groups.length; g += 1) {
    if (!isBypassed(s, g) || timeUs < s.bypassUntilUs[g]!) continue;
    s.bypassUntilUs[g] = -1;
    truth.push({ kind: 'disturbance', timeUs, ref: m.groups[g]!.id, what: 'bypass has run out' });
  }
  for (let c = 0; c < m.causes.length; c += 1) {
    const cause = m.causes[c]!;
    const reached = cause.sources.length === 0 ? s.pressed[cause.group] === 1 : vote(cause, s, c);
    if (!reached) s.sinceUs[c] = -1;
    else if (s.sinceUs[c]! < 0) s.sinceUs[c] = timeUs;
    s.standing[c] = reached && timeUs - s.sinceUs[c]! >= cause.forUs ? 1 : 0;
    if (s.standing[c] === 1 && !isBypassed(s, cause.group)) trip(m, s, c, timeUs, truth);
    else if (s.active[c] === 1 && !cause.latched) {
      s.active[c] = 0;
      tell(m, c, 'over', timeUs, truth);
    }
  }
}

/** Makes a cause active. */
export function trip(m: ControlModel, s: ControlState, c: number, timeUs: number, truth: TruthEvent[]): void {
  if (s.active[c] === 1) return;
  s.active[c] = 1;
  tell(m, c, 'trip', timeUs, truth);
}

/** The truth of a cause; of one that does nothing to the plant there is none. */
function tell(m: ControlModel, c: number, what: 'trip' | 'over', timeUs: number, truth: TruthEvent[]): void {
  const { id, group } = m.causes[c]!;
  const { id: ref, kind, effects } = m.groups[group]!;
  if (effects.length > 0)
    truth.push({ kind: 'disturbance', timeUs, ref, what: kind === 'interlock' ? what : `${what}: ${id}` });
}

function vote(cause: CauseModel, s: ControlState, c: number): boolean {
  let votes = 0;
  let warned = 0;
  for (let k = 0; k < cause.sources.length; k += 1) {
    const slot = cause.sources[k]!;
    const at = cause.firstChannel + k;
    const value = s.image[slot]!;
    if ((value - cause.limit) * cause.sense > 0) s.channel[at] = 1;
    else if ((value - cause.clears) * cause.sense <= 0) s.channel[at] = 0;
    if ((value - cause.preAlarm) * cause.sense > 0) warned = 1;
    const bad = s.usable[slot] === 0;
    if (bad && cause.onBad === 'trip') votes += 1;
    else if (!(bad && cause.onBad === 'ignore')) votes += s.channel[at]!;
  }
  s.preAlarm[c] = warned;
  return votes >= cause.votes;
}

/** What a reset lets go of, at once: a start may follow in the same breath. */
export function releaseEffects(m: ControlModel, s: ControlState, group: number): void {
  for (const e of m.groups[group]!.effects) {
    if (m.effects[e]!.causes.some((c) => s.active[c] === 1)) continue;
    s.demandedUs[e] = -1;
    s.done[e] = 0;
  }
}

/** Does what is due in the tick that begins at `timeUs`. */
export function runEffects(
  m: ControlModel,
  s: ControlState,
  physics: Physics,
  timeUs: number,
  truth: TruthEvent[],
): void {
  for (let e = 0; e < m.effects.length; e += 1) {
    const effect = m.effects[e]!;
    let demanded = false;
    for (let k = 0; k < effect.causes.length; k += 1) if (s.active[effect.causes[k]!] === 1) demanded = true;
    if (!demanded) {
      s.demandedUs[e] = -1;
      s.done[e] = 0;
      continue;
    }
    if (s.demandedUs[e]! < 0) s.demandedUs[e] = timeUs;
    if (s.done[e] === 1 || timeUs - s.demandedUs[e]! < effect.afterUs) continue;
    s.done[e] = 1;
    const i = effect.loop;
    if (i < 0) {
      if (physics.apply(effect.command as PhysicsCommand, timeUs, truth) !== undefined) s.refused[0]! += 1;
      continue;
    }
    const l = m.loops[i]!;
    if (effect.property === 'setPoint') s.setPointWanted[i] = inUnit(effect.value, l.unit);
    else {
      s.mode[i] = effect.property === 'mode' ? effect.value : MODE.manual;
      s.takeOver[i] = 1;
      if (effect.property === 'output') s.output[i] = outputShare(l, effect.value);
    }
    truth.push({
      kind: 'disturbance',
      timeUs,
      ref: l.id,
      what: `${m.groups[effect.group]!.id} sets ${effect.property}`,
    });
  }
}

/** All that changes in control. Groups stand under the function that writes them. Shapes as in model.ts. */
import { bindArena } from '../../models/kernel/index.ts';
import type { ControlModel } from './model.ts';

export interface ControlState {
  readonly buffer: ArrayBuffer;

  // seeFrame: what was published
  readonly fresh: Uint8Array; // 1: a scan that has not been reckoned with (1)
  readonly image: Float64Array; // last usable value, in the tag's unit (nSource)
  readonly usable: Uint8Array; // (nSource)

  // moveLoops
  readonly mode: Uint8Array; // (nLoop)
  readonly setPoint: Float64Array; // behind its ramp, in the tag's unit (nLoop)
  readonly setPointWanted: Float64Array; // (nLoop)
  readonly integral: Float64Array; // of the output's span (nLoop)
  readonly derivative: Float64Array; // (nLoop)
  readonly before: Float64Array; // measurement of the last scan, of span (nLoop)
  readonly wanted: Float64Array; // before limits (nLoop)
  readonly output: Float64Array; // of its span, as it was last applied (nLoop)
  readonly limited: Uint8Array; // 1: at a limit, held or not selected (nLoop)
  readonly takeOver: Uint8Array; // 1: the next output is to be the present one (nLoop)
  readonly chosen: Float64Array; // loop whose output a selector takes, −1: the hand's (nSelect)
  readonly hand: Float64Array; // what people set, SI (nSelect)
  readonly applied: Float64Array; // SI (nTarget)

  // watchCauses, runEffects
  readonly channel: Uint8Array; // 1: beyond the limit (nChannel)
  readonly sinceUs: Float64Array; // when the vote was reached, −1: it is not (nCause)
  readonly standing: Uint8Array; // 1: long enough (nCause)
  readonly active: Uint8Array; // 1: tripped (nCause)
  readonly preAlarm: Uint8Array; // (nCause)
  readonly demandedUs: Float64Array; // −1: not (nEffect)
  readonly done: Uint8Array; // (nEffect)
  readonly refused: Float64Array; // outputs and effects that the plant would not do (1)

  // commandControl
  readonly bypassUntilUs: Float64Array; // −1: not bypassed (nGroup)
  readonly pressed: Uint8Array; // (nGroup)
}

export function createControlState(m: ControlModel): ControlState {
  const nLoop = m.loops.length;
  const nSelect = m.selects.length;
  const nCause = m.causes.length;
  const { buffer, views } = bindArena((a) => ({
    fresh: a.u8(1),
    image: a.f64(m.sources.length),
    usable: a.u8(m.sources.length),
    mode: a.u8(nLoop),
    setPoint: a.f64(nLoop),
    setPointWanted: a.f64(nLoop),
    integral: a.f64(nLoop),
    derivative: a.f64(nLoop),
    before: a.f64(nLoop),
    wanted: a.f64(nLoop),
    output: a.f64(nLoop),
    limited: a.u8(nLoop),
    takeOver: a.u8(nLoop),
    chosen: a.f64(nSelect),
    hand: a.f64(nSelect),
    applied: a.f64(m.targets.length),
    channel: a.u8(m.channels),
    sinceUs: a.f64(nCause),
    standing: a.u8(nCause),
    active: a.u8(nCause),
    preAlarm: a.u8(nCause),
    demandedUs: a.f64(m.effects.length),
    done: a.u8(m.effects.length),
    refused: a.f64(1),
    bypassUntilUs: a.f64(m.groups.length),
    pressed: a.u8(m.groups.length),
  }));
  return { buffer, ...views };
}

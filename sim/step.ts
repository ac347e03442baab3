/**
 * The order of a tick, on one screen. Steps 2 to 7 are the physics' own; a kind of plant leaves out what it has not.
 *
 *   1. due commands               (Sim.apply, between ticks)
 *   2. weather
 *   3. loops, interlocks, shutdown Control.step: on what the last scan showed; then the equipment
 *   4. tanks from outside
 *   5. liquid and gas networks, their tanks included
 *   6. leaks give kg/s; once a scan the truth is written
 *   7. air
 *   8. instruments                sampleInstruments
 *   9. frame out, whole           publishFrame, once a scan; Control.see takes it for the next tick
 */
import type { Frame, TruthEvent } from '../models/contract/index.ts';
import type { Control } from './control/index.ts';
import { publishFrame, sampleInstruments } from './instruments/index.ts';
import type { Physics, PlantModel, PlantState } from './plant/index.ts';

/** Moves the plant by one tick; returns true where `frame` now holds a new scan. */
export function stepPlant(
  model: PlantModel,
  physics: Physics,
  control: Control | undefined,
  state: PlantState,
  frame: Frame,
  truth: TruthEvent[],
): boolean {
  const timeUs = state.clock[0]! + model.tickUs;
  const ticks = state.clock[2]! + 1;
  control?.step(state.clock[0]!, truth);
  physics.step(timeUs);
  sampleInstruments(model, control ?? physics, state, timeUs);
  state.clock[0] = timeUs;
  state.clock[2] = ticks;
  if (ticks % model.scanTicks !== 0) return false;
  const seq = state.clock[1]! + 1;
  state.clock[1] = seq;
  physics.report(timeUs, truth);
  publishFrame(model, state, timeUs, seq, frame);
  control?.see(frame);
  return true;
}

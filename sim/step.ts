/**
 * The order of a tick, on one screen:
 *
 *   1. due commands               (Sim.apply, between ticks)
 *   2. weather                    (none in a liquid plant)
 *   3. controls and equipment     moveEquipment, growLeaks
 *   4. tanks from outside         holdTankLevels
 *   5. liquid and gas networks    stepCharacteristics, its tanks included
 *   6. leaks give kg/s            drainLeaks; once a scan reportLeaks writes the truth
 *   7. air                        (none in a liquid plant)
 *   8. instruments                sampleInstruments
 *   9. frame out, whole           publishFrame, once a scan
 */
import type { Frame, TruthEvent } from '../models/contract/index.ts';
import { stepCharacteristics } from '../models/physics/index.ts';
import { publishFrame, sampleInstruments } from './instruments/index.ts';
import { drainLeaks, growLeaks, holdTankLevels, moveEquipment, reportLeaks } from './liquid/index.ts';
import type { PlantModel, PlantState } from './plant/index.ts';

/** Moves the plant by one tick; returns true where `frame` now holds a new scan. */
export function stepPlant(model: PlantModel, state: PlantState, frame: Frame, truth: TruthEvent[]): boolean {
  const timeUs = state.clock[0]! + model.tickUs;
  const ticks = state.clock[2]! + 1;
  moveEquipment(model, state, timeUs);
  growLeaks(model, state, timeUs);
  holdTankLevels(model, state);
  stepCharacteristics(model.network, state.network);
  drainLeaks(model, state);
  sampleInstruments(model, state, timeUs);
  state.clock[0] = timeUs;
  state.clock[2] = ticks;
  if (ticks % model.scanTicks !== 0) return false;
  const seq = state.clock[1]! + 1;
  state.clock[1] = seq;
  reportLeaks(model, state, timeUs, truth);
  publishFrame(model, state, timeUs, seq, frame);
  return true;
}

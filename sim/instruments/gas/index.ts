/** The door of the instruments in the air: every form by its name. */
import { ANEMOMETER, VANE } from './anemometer.ts';
import { CATALYTIC } from './catalytic.ts';
import { ELECTROCHEMICAL } from './electrochemical.ts';
import type { GasForm } from './form.ts';
import { INFRARED } from './infrared.ts';
import { METAL_OXIDE } from './metalOxide.ts';
import { OPEN_PATH } from './openPath.ts';
import { PHOTOIONISATION } from './photoionisation.ts';
import { EAST, NORTH } from './position.ts';
import { BAROMETER, HYGROMETER, THERMOMETER } from './screen.ts';
import { ULTRASONIC } from './ultrasonic.ts';

export type { GasForm, Instrument, Setting, Surroundings } from './form.ts';
export { GASES, type Gas } from './gases.ts';

export const FORMS: readonly GasForm[] = [
  CATALYTIC,
  INFRARED,
  ELECTROCHEMICAL,
  METAL_OXIDE,
  PHOTOIONISATION,
  OPEN_PATH,
  ULTRASONIC,
  ANEMOMETER,
  VANE,
  THERMOMETER,
  HYGROMETER,
  BAROMETER,
  EAST,
  NORTH,
];

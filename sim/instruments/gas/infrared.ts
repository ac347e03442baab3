/**
 * Infrared absorption at a point (NDIR, 3.4 µm): hydrocarbons, whatever they are, by their C–H bonds.
 *
 *   signal = Σ X_s b_s/(b_cal LEL_cal) · p/p0 + 0.01 (RH − 0.5)          absorbers per volume; temperature is compensated
 *
 * T90 at most 25 s for methane and 28 s for propane (Sewerin EX-TEC PM manual; other makers 22 s). Blind to hydrogen, hydrogen
 * sulphide and chlorine, needs no oxygen and cannot be poisoned. What humidity adds is of the order that makers allow (a few
 * percent of range from dry to damp).
 */
import type { GasForm, Surroundings } from './form.ts';
import { follow } from './response.ts';

const T90_S = 22;
const PRESSURE_Pa = 101_325;
const HUMIDITY_LEL = 0.01;

export const INFRARED: GasForm = {
  form: 'infrared',
  summary: 'infrared absorption at a point: hydrocarbons, in shares of the explosive limit or by volume',
  measures: 'concentration',
  dimensions: ['explosive-share', 'fraction'],
  accepts: (gas) => (gas.bonds === 0 ? `${gas.id} absorbs nothing at 3.4 µm` : undefined),
  create({ gas, species, t90_s, ofLimit }) {
    const limit = gas!.lowerLimit ?? 1;
    const per = gas!.bonds * (ofLimit ? limit : 1);
    const weights = species.map((s) => s.bonds / per);
    const damp = HUMIDITY_LEL * (ofLimit ? 1 : limit);
    const signal = ({ fraction, air }: Surroundings) => {
      let absorbs = 0;
      for (let s = 0; s < weights.length; s += 1) absorbs += weights[s]! * fraction[s]!;
      return (absorbs * air.pressure_Pa) / PRESSURE_Pa + damp * (air.relativeHumidity - 0.5);
    };
    return {
      size: 2,
      start: (around, memory, at) => void memory.fill(signal(around), at, at + 2),
      step: (around, dt_s, memory, at) => follow(signal(around), t90_s ?? T90_S, dt_s, memory, at),
    };
  },
};

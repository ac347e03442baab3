/**
 * Photo-ionisation (10.6 eV lamp): everything that the lamp ionises, shown as if it were the gas of its calibration.
 *
 *   signal = Σ X_s r_s/r_cal · (1 − 0.3 RH x_w) ,  x_w = saturation pressure/2339 Pa: water vapour takes up light
 *
 * r: response per that to isobutylene (gases.ts). Blind to methane, ethane and propane, whose ionisation energies (12.6, 11.5,
 * 10.95 eV) lie above the lamp's. T90 3 s. The loss by water vapour, some 30 % at 20 °C and saturation, is of the order that makers give.
 */
import type { GasForm, Surroundings } from './form.ts';
import { follow } from './response.ts';

const T90_S = 3;
const QUENCH = 0.3;

export const PHOTOIONISATION: GasForm = {
  form: 'photoionisation',
  summary: 'photo-ionisation, 10.6 eV: vapours of oil and solvents by volume, blind to methane and propane',
  measures: 'concentration',
  dimensions: ['fraction'],
  accepts: (gas) => (gas.photo === 0 ? `a 10.6 eV lamp does not ionise ${gas.id}` : undefined),
  faults: ['poisoned'],
  create({ gas, species, t90_s }) {
    const weights = species.map((s) => s.photo / gas!.photo);
    const signal = ({ fraction, air, poisoned }: Surroundings) => {
      let x = 0;
      for (let s = 0; s < weights.length; s += 1) x += weights[s]! * fraction[s]!;
      // Clausius and Clapeyron about 20 °C is near enough for a quench.
      const water = air.relativeHumidity * Math.exp(0.0622 * (air.temperature_K - 293.15));
      return x * (1 - poisoned) * Math.max(0.2, 1 - QUENCH * water);
    };
    return {
      size: 2,
      start: (around, memory, at) => void memory.fill(signal(around), at, at + 2),
      step: (around, dt_s, memory, at) => follow(signal(around), t90_s ?? T90_S, dt_s, memory, at),
    };
  },
};

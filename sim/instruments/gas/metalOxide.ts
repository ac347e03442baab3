/**
 * Metal oxide semiconductor: its resistance falls with a power of the gas, and with humidity.
 *
 *   R/R0 = (1 + X/X0)^(−β) · e^(−a (RH − 0.5))
 *   shown: X = X0 ((R/R0)^(−1/β) − 1), as if the air were half saturated
 *
 * β 0.5, X0 2 ppm: of the order of TGS 2611 (Furuta et al. 2024, AMT 17, 2103: 0.6 ppm error at 2–10 ppm once corrected). Every gas
 * that burns counts alike. Its response changes within months (Shah et al. 2025: significantly in 137 days): say so by `drift`. T90 16 s (Sewerin Variotec, 15–18 s).
 */
import type { GasForm, Surroundings } from './form.ts';
import { follow } from './response.ts';

const T90_S = 16;
const BETA = 0.5;
const X0 = 2e-6;
const HUMIDITY = 0.1;

export const METAL_OXIDE: GasForm = {
  form: 'metal-oxide',
  summary: 'metal oxide semiconductor: traces of anything that burns, by volume; humidity moves it',
  measures: 'concentration',
  dimensions: ['fraction'],
  accepts: (gas) => (gas.lowerLimit === undefined ? `${gas.id} does not burn` : undefined),
  faults: ['poisoned'],
  create({ species, t90_s }) {
    const counts = species.map((s) => (s.lowerLimit === undefined ? 0 : 1));
    const signal = ({ fraction, air, poisoned }: Surroundings) => {
      let x = 0;
      for (let s = 0; s < counts.length; s += 1) x += counts[s]! * fraction[s]!;
      const logRatio =
        -BETA * Math.log1p((Math.max(0, x) * (1 - poisoned)) / X0) - HUMIDITY * (air.relativeHumidity - 0.5);
      return X0 * Math.expm1(-logRatio / BETA);
    };
    return {
      size: 2,
      start: (around, memory, at) => void memory.fill(signal(around), at, at + 2),
      step: (around, dt_s, memory, at) => follow(signal(around), t90_s ?? T90_S, dt_s, memory, at),
    };
  },
};

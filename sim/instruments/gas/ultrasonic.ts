/**
 * Ultrasonic leak detector: the sound of jets between 25 and 70 kHz over the noise of the place, in dB of 20 µPa.
 *
 *   signal = 10 log10(10^(B/10) + p²/p0²)                     B background, p² the jets' mean square pressure (../../dispersion)
 *
 * It hears gas that leaves under pressure at once, wherever the wind blows it, and no pool. First order, 1 s.
 */
import type { GasForm, Surroundings } from './form.ts';
import { lag } from './response.ts';

const TAU_S = 1;
const REFERENCE_Pa2 = 20e-6 ** 2;

export const ULTRASONIC: GasForm = {
  form: 'ultrasonic',
  summary: 'ultrasonic leak detector: hears jets of gas, in dB',
  measures: 'sound',
  dimensions: ['sound-level'],
  create({ background_dB, t90_s }) {
    const background = 10 ** (background_dB / 10);
    const tau_s = t90_s === undefined ? TAU_S : t90_s / Math.LN10;
    const signal = ({ sound_Pa2 }: Surroundings) => 10 * Math.log10(background + sound_Pa2 / REFERENCE_Pa2);
    return {
      size: 1,
      start(around, memory, at) {
        memory[at] = signal(around);
      },
      step: (around, dt_s, memory, at) => lag(signal(around), tau_s, dt_s, memory, at),
    };
  },
};

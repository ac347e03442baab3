/**
 * Open-path laser or infrared beam: all gas between two ends, in ppm·m or in explosive limits times metres.
 *
 *   signal = Σ X̄_s L b_s/b_cal [/LEL_cal] + σ n √(1/I² − 1),   I = (1 − blocked) e^(−3.912 L/V)
 *
 * X̄ the mean over the beam, L its length, V the visibility of fog in it (Koschmieder 1924: contrast 2 %), I what is left of the light.
 * Below 5 % of it the instrument says that its beam is blocked (IR5500: a state of its own beside the reading) and holds what it
 * showed. σ 10 ppm·m, the half-hour precision of GasFinder3 (2.1–10.6 ppm·m, Häni et al. 2021, AMT 14, 1733), grows as the light goes.
 * Ranges: 5000 ppm·m and 5 LEL·m for methane, 2000 ppm·m and 1 LEL·m for propane (IR5500). T90 3 s.
 */
import type { GasForm, Surroundings } from './form.ts';
import { follow } from './response.ts';

const T90_S = 3;
const KOSCHMIEDER = 3.912;
const LEAST_LIGHT = 0.05;
const PRECISION_M = 10e-6;

function light({ blocked, visibility_m, path_m }: Surroundings): number {
  return (1 - blocked) * Math.exp((-KOSCHMIEDER * path_m) / visibility_m);
}

export const OPEN_PATH: GasForm = {
  form: 'open-path',
  summary: 'open-path beam: hydrocarbons between two ends, in ppm·m or LEL·m',
  measures: 'column',
  dimensions: ['gas-column', 'explosive-column'],
  beam: true,
  accepts: (gas) => (gas.bonds === 0 ? `${gas.id} absorbs nothing at 3.4 µm` : undefined),
  faults: ['beam-block', 'fog'],
  create({ gas, species, t90_s, ofLimit, chance }) {
    const per = gas!.bonds * (ofLimit ? (gas!.lowerLimit ?? 1) : 1);
    const weights = species.map((s) => s.bonds / per);
    const sigma = PRECISION_M / (ofLimit ? (gas!.lowerLimit ?? 1) : 1);
    const stream = chance.stream('light');
    const column = ({ fraction, path_m }: Surroundings) => {
      let x = 0;
      for (let s = 0; s < weights.length; s += 1) x += weights[s]! * fraction[s]!;
      return x * path_m;
    };
    return {
      // two stages, steps taken, blocked, reading
      size: 5,
      start(around, memory, at) {
        const x = column(around);
        memory[at] = x;
        memory[at + 1] = x;
        memory[at + 2] = 0;
        memory[at + 3] = 0;
        memory[at + 4] = x;
      },
      step(around, dt_s, memory, at) {
        const n = memory[at + 2]!;
        memory[at + 2] = n + 1;
        const left = light(around);
        memory[at + 3] = left < LEAST_LIGHT ? 1 : 0;
        if (left < LEAST_LIGHT) return memory[at + 4]!;
        const noise = left < 1 ? sigma * stream.normal(n) * Math.sqrt(1 / (left * left) - 1) : 0;
        memory[at + 4] = follow(column(around), t90_s ?? T90_S, dt_s, memory, at) + noise;
        return memory[at + 4]!;
      },
      failed: (memory, at) => memory[at + 3] === 1,
    };
  },
};

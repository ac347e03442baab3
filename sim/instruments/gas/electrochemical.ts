/**
 * Electrochemical cell: a current in proportion to the gas that diffuses in, by volume.
 *
 *   signal = Σ X_s c_s (1 + 0.005 (T − 20 °C)) + z (T − 20 °C)
 *
 * c: 1 for its own gas, cross-sensitivity for others. T90 30 s. The temperature coefficient of half a percent per kelvin, the zero's
 * shift and the cross-sensitivities are of the order that makers' data sheets give for amperometric cells; no single source.
 */
import type { GasForm, Surroundings } from './form.ts';
import { follow } from './response.ts';

const T90_S = 30;
const SPAN_PER_K = 0.005;
const ZERO_PER_K = 2e-9;
const REFERENCE_K = 293.15;
/** Of a cell for the first gas to the second. Chlorine cells are driven backwards by hydrogen sulphide. */
const CROSS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'hydrogen-sulphide': {
    chlorine: -0.2,
    hydrogen: 0.0005,
    ethanol: 0.002,
    'carbon-monoxide': 0.01,
    'nitrogen-dioxide': -0.2,
  },
  chlorine: { 'hydrogen-sulphide': -0.3, 'nitrogen-dioxide': 1 },
  hydrogen: { 'hydrogen-sulphide': 0.2 },
  ammonia: { 'hydrogen-sulphide': 1.3, chlorine: -0.5 },
};

export const ELECTROCHEMICAL: GasForm = {
  form: 'electrochemical',
  summary: 'electrochemical cell: hydrogen sulphide, chlorine, ammonia or hydrogen by volume',
  measures: 'concentration',
  dimensions: ['fraction'],
  accepts: (gas) =>
    gas.id in CROSS ? undefined : `no cell is made for ${gas.id}: ${Object.keys(CROSS).join(', ')} are`,
  faults: ['poisoned'],
  create({ gas, species, t90_s }) {
    const weights = species.map((s) => (s.id === gas!.id ? 1 : (CROSS[gas!.id]?.[s.id] ?? 0)));
    const signal = ({ fraction, air, poisoned }: Surroundings) => {
      let x = 0;
      for (let s = 0; s < weights.length; s += 1) x += weights[s]! * fraction[s]!;
      const warm_K = air.temperature_K - REFERENCE_K;
      return x * (1 - poisoned) * (1 + SPAN_PER_K * warm_K) + ZERO_PER_K * warm_K;
    };
    return {
      size: 2,
      start: (around, memory, at) => void memory.fill(signal(around), at, at + 2),
      step: (around, dt_s, memory, at) => follow(signal(around), t90_s ?? T90_S, dt_s, memory, at),
    };
  },
};

/**
 * Thermometer and hygrometer in a screen, and the barometer.
 *
 *   thermometer: T + 0.6 K (G/800 W/m²)/(1 + U/1 m/s), τ 30 s     sun on a screen that the wind airs (WMO-No. 8, I.2)
 *   hygrometer:  RH, τ 15 s          barometer: p, τ 1 s
 */
import type { GasForm, Surroundings } from './form.ts';
import { lag } from './response.ts';

const SUN_K = 0.6;
const SUN_W_m2 = 800;

function simple(
  form: string,
  summary: string,
  measures: GasForm['measures'],
  dimension: GasForm['dimensions'][number],
  tau_s: number,
  signal: (around: Surroundings) => number,
): GasForm {
  return {
    form,
    summary,
    measures,
    dimensions: [dimension],
    create: ({ t90_s }) => ({
      size: 1,
      start(around, memory, at) {
        memory[at] = signal(around);
      },
      step: (around, dt_s, memory, at) =>
        lag(signal(around), t90_s === undefined ? tau_s : t90_s / Math.LN10, dt_s, memory, at),
    }),
  };
}

export const THERMOMETER = simple(
  'thermometer',
  'thermometer in a screen: the temperature of the air',
  'temperature',
  'temperature',
  30,
  ({ air, windU_m_s, windV_m_s }) =>
    air.temperature_K + (SUN_K * (air.solar_W_m2 / SUN_W_m2)) / (1 + Math.hypot(windU_m_s, windV_m_s)),
);

export const HYGROMETER = simple(
  'hygrometer',
  'hygrometer: relative humidity of the air',
  'humidity',
  'humidity',
  15,
  ({ air }) => air.relativeHumidity,
);

export const BAROMETER = simple(
  'barometer',
  'barometer: pressure of the air',
  'air-pressure',
  'pressure',
  1,
  ({ air }) => air.pressure_Pa,
);

/**
 * Cup anemometer and vane. A cup follows over a distance of air, not a time, and stands still in the least wind; a vane keeps
 * where it points when nothing turns it.
 *
 *   ds/dt = (U/d) (U − s), U ≥ start, else the cups run down with d/start;   d 3 m, start 0.3 m/s
 *   vane: the wind's vector smoothed over 1.5 m of air, 0.4 m/s to turn it; shown 0 ≤ φ < 2π, where it comes from
 *
 * Distance constants and thresholds as the WMO's Guide to Instruments (WMO-No. 8, I.5) asks of operational instruments.
 */
import type { GasForm, Surroundings } from './form.ts';

const CUP_M = 3;
const CUP_START_M_S = 0.3;
const VANE_M = 1.5;
const VANE_START_M_S = 0.4;

const speedOf = ({ windU_m_s, windV_m_s }: Surroundings) => Math.hypot(windU_m_s, windV_m_s);

export const ANEMOMETER: GasForm = {
  form: 'anemometer',
  summary: 'cup anemometer: the speed of the wind at its height',
  measures: 'wind-speed',
  dimensions: ['speed'],
  create: () => ({
    size: 1,
    start(around, memory, at) {
      const speed = speedOf(around);
      memory[at] = speed < CUP_START_M_S ? 0 : speed;
    },
    step(around, dt_s, memory, at) {
      const speed = speedOf(around);
      const turns = speed >= CUP_START_M_S;
      const gain = 1 - Math.exp((-dt_s * Math.max(speed, CUP_START_M_S)) / CUP_M);
      memory[at] = memory[at]! + gain * ((turns ? speed : 0) - memory[at]!);
      return memory[at]!;
    },
  }),
};

export const VANE: GasForm = {
  form: 'vane',
  summary: 'wind vane: where the wind comes from, clockwise from north',
  measures: 'wind-direction',
  dimensions: ['angle'],
  create: ({ misalignment_rad = 0 }) => ({
    size: 2,
    start({ windU_m_s, windV_m_s }, memory, at) {
      memory[at] = windU_m_s;
      memory[at + 1] = windV_m_s;
    },
    step(around, dt_s, memory, at) {
      const speed = speedOf(around);
      if (speed >= VANE_START_M_S) {
        const gain = 1 - Math.exp((-dt_s * speed) / VANE_M);
        memory[at] = memory[at]! + gain * (around.windU_m_s - memory[at]!);
        memory[at + 1] = memory[at + 1]! + gain * (around.windV_m_s - memory[at + 1]!);
      }
      const from = Math.atan2(-memory[at]!, -memory[at + 1]!) + misalignment_rad;
      return from - 2 * Math.PI * Math.floor(from / (2 * Math.PI));
    },
  }),
};

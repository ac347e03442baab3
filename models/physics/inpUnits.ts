/**
 * Units of EPANET files. The flow unit decides all others: US customary (ft, in, psi, hp, millifeet) or metric (m, mm, m, kW,
 * mm). Source: EPANET 2.2 User Manual (2020), appendix A; 0.4333 psi per foot of water as EPANET has it.
 */

export const flowUnits = ['CFS', 'GPM', 'MGD', 'IMGD', 'AFD', 'LPS', 'LPM', 'MLD', 'CMH', 'CMD', 'CMS'] as const;
export type FlowUnit = (typeof flowUnits)[number];

const FOOT = 0.3048;
const GALLON = 231 * 0.0254 ** 3;
const IMPERIAL_GALLON = 4.54609e-3;
const DAY = 86400;

const FLOW: Record<FlowUnit, number> = {
  CFS: FOOT ** 3,
  GPM: GALLON / 60,
  MGD: (1e6 * GALLON) / DAY,
  IMGD: (1e6 * IMPERIAL_GALLON) / DAY,
  AFD: (43560 * FOOT ** 3) / DAY,
  LPS: 1e-3,
  LPM: 1e-3 / 60,
  MLD: 1e3 / DAY,
  CMH: 1 / 3600,
  CMD: 1 / DAY,
  CMS: 1,
};

/** One of each of the file's units in SI; `pressure_per_m` is the file's pressure unit per metre of head. */
export function inpUnits(unit: FlowUnit, specificGravity: number) {
  const us = unit === 'CFS' || unit === 'GPM' || unit === 'MGD' || unit === 'IMGD' || unit === 'AFD';
  return {
    flow_m3_s: FLOW[unit],
    length_m: us ? FOOT : 1,
    diameter_m: us ? 0.0254 : 1e-3,
    roughness_m: us ? FOOT * 1e-3 : 1e-3,
    power_W: us ? 745.699872 : 1000,
    pressure_per_m: us ? (0.4333 * specificGravity) / FOOT : specificGravity,
  };
}

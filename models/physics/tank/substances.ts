/**
 * A few liquids whose figures are public, ready for a spec. Antoine: NIST Chemistry WebBook (range in K beside each;
 * extrapolated below it). Density, heat capacity, latent heat, viscosity and diffusivity in air: handbook values near 20 °C
 * (CRC Handbook; Yaws), good to a few percent, which the evaporation correlations are not. Gasoline and crude have no single
 * Antoine equation: theirs stand for a fresh product of about 60 kPa and 40 kPa true vapour pressure at 38 °C.
 */
import type { SubstanceSpec } from './spec.ts';

/** Ready substances by id. */
export const SUBSTANCES = {
  water: {
    id: 'water',
    density15_kg_m3: 999.1,
    expansion: { kind: 'water' },
    heatCapacity_J_kgK: 4186,
    molarMass_kg_mol: 0.018015,
    kinematicViscosity_m2_s: 1.004e-6,
    antoine: { A: 4.6543, B: 1435.264, C: -64.848 }, // 255.9–373 (Stull)
    latentHeat_J_kg: 2.45e6,
    diffusivity_m2_s: 2.5e-5,
  },
  benzene: {
    id: 'benzene',
    density15_kg_m3: 884,
    expansion: { kind: 'constant', coefficient_per_K: 1.2e-3 },
    heatCapacity_J_kgK: 1730,
    molarMass_kg_mol: 0.07811,
    kinematicViscosity_m2_s: 7.4e-7,
    antoine: { A: 4.01814, B: 1203.835, C: -53.226 }, // 287.7–354.1 (Williamham)
    latentHeat_J_kg: 4.33e5,
    diffusivity_m2_s: 0.93e-5,
  },
  toluene: {
    id: 'toluene',
    density15_kg_m3: 871.5,
    expansion: { kind: 'constant', coefficient_per_K: 1.08e-3 },
    heatCapacity_J_kgK: 1700,
    molarMass_kg_mol: 0.09214,
    kinematicViscosity_m2_s: 6.8e-7,
    antoine: { A: 4.07827, B: 1343.943, C: -53.773 }, // 308.5–384.7 (Williamham)
    latentHeat_J_kg: 4.12e5,
    diffusivity_m2_s: 0.85e-5,
  },
  hexane: {
    id: 'hexane',
    density15_kg_m3: 664,
    expansion: { kind: 'constant', coefficient_per_K: 1.36e-3 },
    heatCapacity_J_kgK: 2250,
    molarMass_kg_mol: 0.08618,
    kinematicViscosity_m2_s: 4.7e-7,
    antoine: { A: 4.00266, B: 1171.53, C: -48.784 }, // 286.2–342.7 (Williamham)
    latentHeat_J_kg: 3.66e5,
    diffusivity_m2_s: 0.75e-5,
  },
  ethanol: {
    id: 'ethanol',
    density15_kg_m3: 793.6,
    expansion: { kind: 'constant', coefficient_per_K: 1.08e-3 },
    heatCapacity_J_kgK: 2440,
    molarMass_kg_mol: 0.04607,
    kinematicViscosity_m2_s: 1.52e-6,
    antoine: { A: 5.24677, B: 1598.673, C: -46.424 }, // 292.8–366.6 (Ambrose and Sprake)
    latentHeat_J_kg: 9.2e5,
    diffusivity_m2_s: 1.18e-5,
  },
  gasoline: {
    id: 'gasoline',
    density15_kg_m3: 745,
    expansion: { kind: 'api-54', group: 'product' },
    heatCapacity_J_kgK: 2100,
    molarMass_kg_mol: 0.066,
    kinematicViscosity_m2_s: 6e-7,
    antoine: { A: 3.745, B: 1070, C: -40.5 },
    latentHeat_J_kg: 3.5e5,
    diffusivity_m2_s: 0.85e-5,
  },
  diesel: {
    id: 'diesel',
    density15_kg_m3: 835,
    expansion: { kind: 'api-54', group: 'product' },
    heatCapacity_J_kgK: 2000,
    molarMass_kg_mol: 0.19,
    kinematicViscosity_m2_s: 4e-6,
    latentHeat_J_kg: 2.7e5,
  },
  crude: {
    id: 'crude',
    density15_kg_m3: 860,
    expansion: { kind: 'api-54', group: 'crude' },
    heatCapacity_J_kgK: 1950,
    molarMass_kg_mol: 0.05,
    kinematicViscosity_m2_s: 1e-5,
    antoine: { A: 3.569, B: 1070, C: -40.5 },
    latentHeat_J_kg: 3.5e5,
    diffusivity_m2_s: 0.9e-5,
  },
} as const satisfies Record<string, SubstanceSpec>;

/**
 * What a released substance is once it is in the air: gas, boiling liquid, flammable, toxic. Liquids that stand in tanks too
 * take their figures from models/physics/tank/substances.ts, so that each number is written once.
 *
 * Sources: molar mass, boiling point, Antoine log10(p/bar) = A − B/(T + C): NIST Chemistry WebBook (range in K beside each).
 * Latent heat and liquid density at the normal boiling point, heat capacities (gas near 25 °C, saturated liquid), surface
 * tension: Perry's Chemical Engineers' Handbook, 8th ed., good to a few percent. LEL and UEL in air: IEC
 * 60079-20-1 and NFPA 325 (chlorine does not burn in the usual sense). Toxic load Cⁿ t and probit Pr = a + b ln(Cⁿ t), C in
 * ppm, t in minutes: CCPS, Guidelines for Chemical Process Quantitative Risk Analysis, 2nd ed. (2000), for deaths.
 */
import { SUBSTANCES } from '../tank/index.ts';

/** Probit of deaths: Pr = a + b ln(Cⁿ t), C [ppm], t [min]; n is the exponent of the toxic load. */
export interface ToxicLoad {
  readonly exponent: number;
  readonly probitA: number;
  readonly probitB: number;
}

/** A substance as it is released. */
export interface Vapour {
  readonly id: string;
  readonly molarMass_kg_mol: number;
  /** At 101325 Pa. */
  readonly boilingPoint_K: number;
  /** At the boiling point. */
  readonly latentHeat_J_kg: number;
  readonly gasHeatCapacity_J_kgK: number;
  /** cp/cv of the gas near 25 °C. */
  readonly heatCapacityRatio: number;
  /** Saturated, near the boiling point (or 15 °C where it is stored as a plain liquid). */
  readonly liquidHeatCapacity_J_kgK: number;
  readonly liquidDensity_kg_m3: number;
  /** Of the liquid [N/m]. */
  readonly surfaceTension_N_m: number;
  /** log10(p/bar) = A − B/(T/K + C). */
  readonly antoine: { readonly A: number; readonly B: number; readonly C: number };
  /** Mole fractions in air; absent: does not burn. */
  readonly lowerExplosiveLimit?: number;
  readonly upperExplosiveLimit?: number;
  readonly toxic?: ToxicLoad;
}

/** What only the gas side knows of a liquid of the tank table. */
type GasSide = Pick<
  Vapour,
  | 'boilingPoint_K'
  | 'gasHeatCapacity_J_kgK'
  | 'heatCapacityRatio'
  | 'surfaceTension_N_m'
  | 'lowerExplosiveLimit'
  | 'upperExplosiveLimit'
>;

type Volatile = Exclude<keyof typeof SUBSTANCES, 'diesel' | 'water'>;

function stored(id: Volatile, gas: GasSide): Vapour {
  const liquid = SUBSTANCES[id];
  return {
    id,
    molarMass_kg_mol: liquid.molarMass_kg_mol,
    latentHeat_J_kg: liquid.latentHeat_J_kg,
    liquidHeatCapacity_J_kgK: liquid.heatCapacity_J_kgK,
    liquidDensity_kg_m3: liquid.density15_kg_m3,
    antoine: liquid.antoine,
    ...gas,
  };
}

/** Boiling point at 1 atm [K] that an Antoine equation gives. */
function boiling(antoine: Vapour['antoine']): number {
  return antoine.B / (antoine.A - Math.log10(1.01325)) - antoine.C;
}

const METHANE = {
  boilingPoint_K: 111.66,
  latentHeat_J_kg: 5.11e5,
  gasHeatCapacity_J_kgK: 2220,
  heatCapacityRatio: 1.306,
  liquidHeatCapacity_J_kgK: 3480,
  liquidDensity_kg_m3: 422.4,
  surfaceTension_N_m: 0.0133,
  antoine: { A: 3.9895, B: 443.028, C: -0.49 }, // 90.99–189.99 (Prydz and Goodwin)
} as const;

/** Released substances by id. */
export const VAPOURS = {
  methane: {
    id: 'methane',
    molarMass_kg_mol: 0.016043,
    ...METHANE,
    lowerExplosiveLimit: 0.044,
    upperExplosiveLimit: 0.17,
  },
  /** Pipeline quality: 94 % methane; gravity 0.6. As a liquid it is held to be methane. */
  naturalGas: {
    id: 'naturalGas',
    ...METHANE,
    molarMass_kg_mol: 0.01738,
    gasHeatCapacity_J_kgK: 2110,
    heatCapacityRatio: 1.29,
    lowerExplosiveLimit: 0.044,
    upperExplosiveLimit: 0.17,
  },
  propane: {
    id: 'propane',
    molarMass_kg_mol: 0.044096,
    boilingPoint_K: 231.05,
    latentHeat_J_kg: 4.26e5,
    gasHeatCapacity_J_kgK: 1670,
    heatCapacityRatio: 1.13,
    liquidHeatCapacity_J_kgK: 2240,
    liquidDensity_kg_m3: 581,
    surfaceTension_N_m: 0.0155,
    antoine: { A: 3.98292, B: 819.296, C: -24.417 }, // 230.6–320.7 (Helgeson and Sage)
    lowerExplosiveLimit: 0.017,
    upperExplosiveLimit: 0.109,
  },
  butane: {
    id: 'butane',
    molarMass_kg_mol: 0.058122,
    boilingPoint_K: 272.65,
    latentHeat_J_kg: 3.86e5,
    gasHeatCapacity_J_kgK: 1700,
    heatCapacityRatio: 1.09,
    liquidHeatCapacity_J_kgK: 2300,
    liquidDensity_kg_m3: 601,
    surfaceTension_N_m: 0.0149,
    antoine: { A: 4.35576, B: 1175.581, C: -2.071 }, // 272.7–425 (Das et al.)
    lowerExplosiveLimit: 0.014,
    upperExplosiveLimit: 0.093,
  },
  hydrogen: {
    id: 'hydrogen',
    molarMass_kg_mol: 0.002016,
    boilingPoint_K: 20.37,
    latentHeat_J_kg: 4.46e5,
    gasHeatCapacity_J_kgK: 14300,
    heatCapacityRatio: 1.405,
    liquidHeatCapacity_J_kgK: 9700,
    liquidDensity_kg_m3: 70.8,
    surfaceTension_N_m: 0.0019,
    antoine: { A: 3.54314, B: 99.395, C: 7.726 }, // 21.0–32.3 (van Itterbeek et al.)
    lowerExplosiveLimit: 0.04,
    upperExplosiveLimit: 0.77,
  },
  chlorine: {
    id: 'chlorine',
    molarMass_kg_mol: 0.070906,
    boilingPoint_K: 239.11,
    latentHeat_J_kg: 2.878e5,
    gasHeatCapacity_J_kgK: 479,
    heatCapacityRatio: 1.325,
    liquidHeatCapacity_J_kgK: 940,
    liquidDensity_kg_m3: 1562,
    surfaceTension_N_m: 0.0262,
    antoine: { A: 4.28814, B: 969.992, C: -12.791 }, // 155–239.4 (Stull)
    toxic: { exponent: 2, probitA: -8.29, probitB: 0.92 },
  },
  ammonia: {
    id: 'ammonia',
    molarMass_kg_mol: 0.017031,
    boilingPoint_K: 239.82,
    latentHeat_J_kg: 1.37e6,
    gasHeatCapacity_J_kgK: 2090,
    heatCapacityRatio: 1.31,
    liquidHeatCapacity_J_kgK: 4450,
    liquidDensity_kg_m3: 682,
    surfaceTension_N_m: 0.034,
    antoine: { A: 4.86886, B: 1113.928, C: -10.409 }, // 239.6–371.5 (Stull)
    lowerExplosiveLimit: 0.15,
    upperExplosiveLimit: 0.28,
    toxic: { exponent: 2, probitA: -35.9, probitB: 1.85 },
  },
  hydrogenSulfide: {
    id: 'hydrogenSulfide',
    molarMass_kg_mol: 0.034081,
    boilingPoint_K: 212.85,
    latentHeat_J_kg: 5.48e5,
    gasHeatCapacity_J_kgK: 1005,
    heatCapacityRatio: 1.32,
    liquidHeatCapacity_J_kgK: 2010,
    liquidDensity_kg_m3: 949,
    surfaceTension_N_m: 0.029,
    antoine: { A: 4.52887, B: 958.587, C: -0.539 }, // 212.8–349.5 (Stull)
    lowerExplosiveLimit: 0.04,
    upperExplosiveLimit: 0.455,
    toxic: { exponent: 1.43, probitA: -31.42, probitB: 3.008 },
  },
  benzene: stored('benzene', {
    boilingPoint_K: 353.24,
    gasHeatCapacity_J_kgK: 1055,
    heatCapacityRatio: 1.11,
    surfaceTension_N_m: 0.0289,
    lowerExplosiveLimit: 0.012,
    upperExplosiveLimit: 0.086,
  }),
  toluene: stored('toluene', {
    boilingPoint_K: 383.78,
    gasHeatCapacity_J_kgK: 1125,
    heatCapacityRatio: 1.09,
    surfaceTension_N_m: 0.0285,
    lowerExplosiveLimit: 0.01,
    upperExplosiveLimit: 0.078,
  }),
  hexane: stored('hexane', {
    boilingPoint_K: 341.88,
    gasHeatCapacity_J_kgK: 1660,
    heatCapacityRatio: 1.06,
    surfaceTension_N_m: 0.0184,
    lowerExplosiveLimit: 0.01,
    upperExplosiveLimit: 0.089,
  }),
  ethanol: stored('ethanol', {
    boilingPoint_K: 351.44,
    gasHeatCapacity_J_kgK: 1425,
    heatCapacityRatio: 1.13,
    surfaceTension_N_m: 0.0223,
    lowerExplosiveLimit: 0.031,
    upperExplosiveLimit: 0.19,
  }),
  gasoline: stored('gasoline', {
    boilingPoint_K: boiling(SUBSTANCES.gasoline.antoine),
    gasHeatCapacity_J_kgK: 1670,
    heatCapacityRatio: 1.07,
    surfaceTension_N_m: 0.021,
    lowerExplosiveLimit: 0.014,
    upperExplosiveLimit: 0.076,
  }),
  crude: stored('crude', {
    boilingPoint_K: boiling(SUBSTANCES.crude.antoine),
    gasHeatCapacity_J_kgK: 1700,
    heatCapacityRatio: 1.09,
    surfaceTension_N_m: 0.026,
    lowerExplosiveLimit: 0.013,
    upperExplosiveLimit: 0.09,
  }),
} as const satisfies Record<string, Vapour>;
export type VapourId = keyof typeof VAPOURS;

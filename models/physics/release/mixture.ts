/**
 * A released substance mixed with moist air: temperature, density and mole fraction, in homogeneous equilibrium.
 *
 *   E [c_g (T − T_0) − L (l(T) − l_0)] + A c_a (T − T_a) − A λ (s − s_v(T)) = Q         enthalpy, T_0 of the release
 *   vapour of either condensable is at most p_sat(T)/P of all vapour; what is over it is mist (l, s − s_v)
 *   ρ = (E + A)/(Σ n R T/P + mist volume),  y = n_g/Σ n
 *
 * E, A masses (or mass flows) of substance and air, Q heat from outside, l share of the substance that is liquid, l_0 at the
 * release, L its latent heat, s water in the air (per mass of it), λ latent heat of water. The condensed water's own volume
 * and heat capacity are neglected.
 * Source: TNO Yellow Book CPR 14E (2005), chapter 4; homogeneous equilibrium as in HEGADAS (Witlox 1994).
 */
import { GAS_CONSTANT, SUBSTANCES, vapourPressure_Pa } from '../tank/index.ts';
import type { Vapour } from './substances.ts';

/** Of dry air [kg/mol]. */
export const AIR_MOLAR_MASS = 0.02896;
const AIR_HEAT_CAPACITY = 1006;
const WATER = SUBSTANCES.water;
const WATER_LATENT_J_KG = 2.6e6;

/** What the two streams are before they mix. */
export interface MixtureSpec {
  readonly vapour: Vapour;
  readonly releaseTemperature_K: number;
  /** Share of the released mass that is liquid (mist), default 0. */
  readonly liquidFraction?: number;
  readonly airTemperature_K: number;
  readonly pressure_Pa: number;
  /** 0 … 1, default 0. */
  readonly relativeHumidity?: number;
}

/** A mixture; written by `mix`. */
export interface Mixture {
  temperature_K: number;
  density_kg_m3: number;
  /** Of the substance, its mist counted as if it were vapour. */
  moleFraction: number;
  /** Share of the substance that is mist. */
  liquidFraction: number;
}

/** Density of dry air [kg/m³]. */
export function airDensity_kg_m3(temperature_K: number, pressure_Pa: number): number {
  return (pressure_Pa * AIR_MOLAR_MASS) / (GAS_CONSTANT * temperature_K);
}

/** Water per mass of dry air [kg/kg] at a relative humidity. */
export function humidityRatio(relativeHumidity: number, temperature_K: number, pressure_Pa: number): number {
  const p = relativeHumidity * vapourPressure_Pa(WATER.antoine.A, WATER.antoine.B, WATER.antoine.C, temperature_K);
  return ((WATER.molarMass_kg_mol / AIR_MOLAR_MASS) * p) / Math.max(1, pressure_Pa - p);
}

/** Density of the released substance before any air [kg/m³]: its vapour, with its mist. */
export function releaseDensity_kg_m3(spec: MixtureSpec): number {
  const l = spec.liquidFraction ?? 0;
  const vapour = (spec.pressure_Pa * spec.vapour.molarMass_kg_mol) / (GAS_CONSTANT * spec.releaseTemperature_K);
  return 1 / ((1 - l) / vapour + l / spec.vapour.liquidDensity_kg_m3);
}

/**
 * Mixes `substance` [kg or kg/s] with `air` [same], adding `heat` [J or W], into `out`. Bisection on temperature, 48 halvings of
 * 400 K: exact to rounding. Nothing is allocated.
 */
export function mix(spec: MixtureSpec, substance: number, air: number, heat: number, out: Mixture): void {
  const v = spec.vapour;
  const gasMoles = substance / v.molarMass_kg_mol;
  const airMoles = air / AIR_MOLAR_MASS;
  const water = air * humidityRatio(spec.relativeHumidity ?? 0, spec.airTemperature_K, spec.pressure_Pa);
  const waterMoles = water / WATER.molarMass_kg_mol;
  const released = spec.liquidFraction ?? 0;
  let low = Math.min(spec.releaseTemperature_K, spec.airTemperature_K) - 120;
  let high = Math.max(spec.releaseTemperature_K, spec.airTemperature_K) + 280;
  low = Math.max(5, low);
  let T = low;
  let liquid = 0;
  let wet = 0;
  for (let k = 0; k < 48; k++) {
    T = (low + high) / 2;
    wet = condensed(WATER.antoine, waterMoles, gasMoles + airMoles, T, spec.pressure_Pa);
    liquid =
      T > v.boilingPoint_K + 60
        ? 0
        : condensed(v.antoine, gasMoles, airMoles + (1 - wet) * waterMoles, T, spec.pressure_Pa);
    const balance =
      substance *
        (v.gasHeatCapacity_J_kgK * (T - spec.releaseTemperature_K) - v.latentHeat_J_kg * (liquid - released)) +
      (air + water) * AIR_HEAT_CAPACITY * (T - spec.airTemperature_K) -
      water * WATER_LATENT_J_KG * wet -
      heat;
    if (balance > 0) high = T;
    else low = T;
  }
  const moles = (1 - liquid) * gasMoles + airMoles + (1 - wet) * waterMoles;
  const volume = (moles * GAS_CONSTANT * T) / spec.pressure_Pa + (liquid * substance) / v.liquidDensity_kg_m3;
  out.temperature_K = T;
  out.density_kg_m3 = (substance + air + water) / volume;
  out.moleFraction = gasMoles / (gasMoles + airMoles + waterMoles);
  out.liquidFraction = liquid;
}

/** Share of n moles that is liquid beside `others` moles of gas. */
function condensed(antoine: Vapour['antoine'], n: number, others: number, T: number, pressure_Pa: number): number {
  if (n <= 0) return 0;
  const share = vapourPressure_Pa(antoine.A, antoine.B, antoine.C, T) / pressure_Pa;
  if (share >= 1) return 0;
  const vapour = (share / (1 - share)) * others;
  return vapour >= n ? 0 : 1 - vapour / n;
}

/**
 * What leaves a hole of a vessel of saturated liquid, and how.
 *
 *   below the level   Fauske's equilibrium-rate model for a hole in the wall, Leung's omega method at the end of a line
 *   above it          choked gas                                                      models/physics/release, models/physics/gas
 *   flash x at the boiling point, rain-out 1 − x (1 + k) by Kletz; what stays airborne is x of vapour and k x of mist
 *   jet after flashing, with its momentum kept: u = G/ρ_t + (p_t − p_a)/G, ρ of the airborne mixture, r = √(ṁ/(π ρ u))
 */
import { gasRelease } from '../../models/physics/gas/index.ts';
import {
  type FlashingInlet,
  fauskeFlux,
  flashFraction,
  leungFlux,
  rainOut,
  type Vapour,
} from '../../models/physics/release/index.ts';

const GAS_CONSTANT = 8.314462618;
const ATMOSPHERE_Pa = 101_325;

/** Written by `flowOut`; in SI. */
export interface Outflow {
  rate_kg_s: number;
  airborne_kg_s: number;
  /** Share of what is airborne. */
  mist: number;
  exitSpeed_m_s: number;
  exitRadius_m: number;
  exitTemperature_K: number;
  /** Before the hole where the air's jet must still expand, else the air's own. */
  exitPressure_Pa: number;
}

export function saturation_Pa(v: Vapour, T: number): number {
  return 1e5 * 10 ** (v.antoine.A - v.antoine.B / (T + v.antoine.C));
}

export function vapourDensity_kg_m3(v: Vapour, p: number, T: number): number {
  return (p * v.molarMass_kg_mol) / (GAS_CONSTANT * T);
}

export function flowOut(
  out: Outflow,
  v: Vapour,
  liquidDensity_kg_m3: number,
  pressure_Pa: number,
  temperature_K: number,
  liquid: boolean,
  /** Static head of liquid over the hole [m]. */
  head_m: number,
  longPassage: boolean,
  area_m2: number,
  dischargeCoefficient: number,
  mistPerFlash: number,
): void {
  out.rate_kg_s = 0;
  out.airborne_kg_s = 0;
  out.mist = 0;
  out.exitSpeed_m_s = 0;
  out.exitRadius_m = Math.sqrt(area_m2 / Math.PI);
  out.exitTemperature_K = temperature_K;
  out.exitPressure_Pa = ATMOSPHERE_Pa;
  if (!(area_m2 > 0)) return;
  if (!liquid) {
    const density_kg_m3 = vapourDensity_kg_m3(v, pressure_Pa, temperature_K);
    const r = gasRelease({
      pressure_Pa,
      density_kg_m3,
      temperature_K,
      heatCapacityRatio: v.heatCapacityRatio,
      area_m2,
      dischargeCoefficient,
    });
    out.rate_kg_s = r.massFlow_kg_s;
    out.airborne_kg_s = r.massFlow_kg_s;
    out.exitSpeed_m_s = r.massFlow_kg_s > 0 ? r.exitVelocity_m_s : 0;
    out.exitPressure_Pa = pressure_Pa;
    return;
  }
  const head_Pa = liquidDensity_kg_m3 * 9.80665 * Math.max(0, head_m);
  const inlet: FlashingInlet = {
    pressure_Pa: pressure_Pa + head_Pa,
    saturationPressure_Pa: pressure_Pa,
    temperature_K,
    liquidDensity_kg_m3,
    vapourDensity_kg_m3: vapourDensity_kg_m3(v, pressure_Pa, temperature_K),
    latentHeat_J_kg: v.latentHeat_J_kg,
    liquidHeatCapacity_J_kgK: v.liquidHeatCapacity_J_kgK,
  };
  const flux = longPassage ? leungFlux(inlet, ATMOSPHERE_Pa).flux_kg_m2s : fauskeFlux(inlet, ATMOSPHERE_Pa, 0);
  if (!(flux > 0)) return;
  out.rate_kg_s = dischargeCoefficient * area_m2 * flux;
  const x = flashFraction(temperature_K, v.boilingPoint_K, v.liquidHeatCapacity_J_kgK, v.latentHeat_J_kg);
  const airborne = 1 - rainOut(x, mistPerFlash);
  out.airborne_kg_s = out.rate_kg_s * airborne;
  out.mist = airborne > 0 ? Math.max(0, 1 - x / airborne) : 0;
  const cold = Math.min(temperature_K, v.boilingPoint_K);
  out.exitTemperature_K = cold;
  const throat_Pa = longPassage ? leungFlux(inlet, ATMOSPHERE_Pa).throatPressure_Pa : ATMOSPHERE_Pa;
  const speed = flux / liquidDensity_kg_m3 + Math.max(0, throat_Pa - ATMOSPHERE_Pa) / flux;
  const density = 1 / ((1 - out.mist) / vapourDensity_kg_m3(v, ATMOSPHERE_Pa, cold) + out.mist / liquidDensity_kg_m3);
  out.exitSpeed_m_s = speed;
  out.exitRadius_m = Math.sqrt(out.airborne_kg_s / (Math.PI * density * speed));
}

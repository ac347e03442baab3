/**
 * What a gas plant gives to the air: the jet of every hole. Natural gas counts as methane.
 *
 *   speed at the hole: of sound, c = √(γ p/ρ) √(2/(γ + 1)), where the flow is choked; else ṁ/(ρ A), at most that
 *
 * A pressure ratio above ((γ + 1)/2)^(γ/(γ − 1)) chokes it. The gas leaves as cold as the line: it warms as it mixes.
 */
import type { EmissionRates, EmissionSource } from '../plant/index.ts';
import type { GasPlantModel } from './model.ts';
import type { GasPlantState } from './state.ts';

export interface GasEmissions {
  readonly sources: readonly EmissionSource[];
  fill(out: EmissionRates): void;
}

export function gasEmissions({ leaks, network }: GasPlantModel, { network: net }: GasPlantState): GasEmissions {
  return {
    sources: leaks.map((l) => ({ id: l.id, element: l.on, species: 'methane', height_m: 0 })),
    fill(out) {
      const gamma = network.gas.heatCapacityRatio;
      for (let l = 0; l < leaks.length; l += 1) {
        const point = network.leakPoint[l]!;
        const rate = net.leakFlow_kg_s[l]!;
        const area_m2 = net.leakArea_m2[l]!;
        const pressure_Pa = net.pointPressure_Pa[point]!;
        const density_kg_m3 = net.pointDensity_kg_m3[point]!;
        const sonic = Math.sqrt(((gamma * pressure_Pa) / density_kg_m3) * (2 / (gamma + 1)));
        out.massRate_kg_s[l] = Math.max(0, rate);
        out.temperature_K[l] = net.pointTemperature_K[point]!;
        out.exitSpeed_m_s[l] = rate > 0 ? Math.min(sonic, rate / (density_kg_m3 * Math.max(area_m2, 1e-12))) : 0;
        out.radius_m[l] = Math.sqrt(area_m2 / Math.PI);
        out.pressure_Pa[l] = pressure_Pa;
      }
    },
  };
}

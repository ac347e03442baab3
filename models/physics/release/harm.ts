/**
 * What a dose does.
 *
 *   TL = Σ Cⁿ dt  [ppmⁿ min],  Pr = a + b ln TL,  share of deaths P = ½ (1 + erf((Pr − 5)/√2))
 *   ppm = 10⁶ (c/M) R T/p
 *
 * Source: D. J. Finney, Probit Analysis (1971); constants with their source in substances.ts.
 */
import { erf } from '../air/erf.ts';
import { GAS_CONSTANT } from '../tank/index.ts';
import type { ToxicLoad } from './substances.ts';

/** Parts per million by volume of a mass concentration. */
export function partsPerMillion(
  concentration_kg_m3: number,
  molarMass_kg_mol: number,
  temperature_K: number,
  pressure_Pa: number,
): number {
  return (1e6 * concentration_kg_m3 * GAS_CONSTANT * temperature_K) / (molarMass_kg_mol * pressure_Pa);
}

/** What dt [s] at a concentration [ppm] adds to the toxic load [ppmⁿ min]. */
export function toxicLoad(toxic: ToxicLoad, concentration_ppm: number, dt_s: number): number {
  return (Math.max(0, concentration_ppm) ** toxic.exponent * dt_s) / 60;
}

/** Share of people who would die of a toxic load [ppmⁿ min]. */
export function fatality(toxic: ToxicLoad, load: number): number {
  if (!(load > 0)) return 0;
  return 0.5 * (1 + erf((toxic.probitA + toxic.probitB * Math.log(load) - 5) / Math.SQRT2));
}

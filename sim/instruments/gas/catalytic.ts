/**
 * Catalytic bead: burns the gas on a hot wire and shows its heat as a share of the explosive limit.
 *
 *   signal = Σ X_s/LEL_s √(M_cal/M_s) · (1 − poisoned) · h(RH) · o(O2) + z (RH − 0.5)
 *
 * Heat per limit is nearly the same for all gases (Burgess & Wheeler 1911), what reaches the bead goes with diffusion, hence
 * the root (Firth, Jones & Jones 1973). h: the response falls by 8 % from 5 to 95 % RH, and a bead zeroed dry shows some 3 %LEL
 * at 50 % RH (RAE Systems TN-156). o: full from 12 % oxygen on (Dräger Review 89), nothing below 5 %: gas beyond the upper limit
 * hides itself. T90 at most 30 s with methane (common purchase specification), up to twice that for heavy vapours. Nothing
 * tells electrically that a bead is poisoned (Dräger Review 89): the tag stays good.
 */
import type { GasForm, Surroundings } from './form.ts';
import { follow } from './response.ts';

const T90_S = 20;
const METHANE_KG_MOL = 0.016043;
const OXYGEN_IN_AIR = 0.2095;
const OXYGEN_FULL = 0.12;
const OXYGEN_NONE = 0.05;
const HUMIDITY_SLOPE = 0.08 / 0.9;
const ZERO_LEL_PER_RH = 0.03 / 0.5;
/** It was zeroed and spanned in ordinary air. */
const CALIBRATION_RH = 0.5;

export const CATALYTIC: GasForm = {
  form: 'catalytic',
  summary: 'catalytic bead: any gas that burns, as a share of the explosive limit',
  measures: 'concentration',
  dimensions: ['explosive-share'],
  accepts: (gas) => (gas.lowerLimit === undefined ? `${gas.id} does not burn` : undefined),
  faults: ['poisoned'],
  create({ gas, species, t90_s }) {
    const weights = species.map((s) =>
      s.lowerLimit === undefined ? 0 : Math.sqrt(gas!.molarMass_kg_mol / s.molarMass_kg_mol) / s.lowerLimit,
    );
    const slower = Math.min(2, Math.sqrt(gas!.molarMass_kg_mol / METHANE_KG_MOL));
    const t90 = t90_s ?? T90_S * slower;
    const signal = (around: Surroundings) => {
      let burns = 0;
      let displaced = 0;
      for (let s = 0; s < weights.length; s += 1) {
        burns += weights[s]! * around.fraction[s]!;
        displaced += around.fraction[s]!;
      }
      const oxygen = OXYGEN_IN_AIR * Math.max(0, 1 - displaced);
      const air = Math.min(1, Math.max(0, (oxygen - OXYGEN_NONE) / (OXYGEN_FULL - OXYGEN_NONE)));
      const damp = around.air.relativeHumidity - CALIBRATION_RH;
      return burns * (1 - around.poisoned) * (1 - HUMIDITY_SLOPE * damp) * air + ZERO_LEL_PER_RH * damp;
    };
    return {
      size: 2,
      start: (around, memory, at) => void memory.fill(signal(around), at, at + 2),
      step: (around, dt_s, memory, at) => follow(signal(around), t90, dt_s, memory, at),
    };
  },
};

/**
 * The wind's profile as a table over ln z, for loops that ask for it thousands of times a step: the wind at a height over
 * the wind at its reference height, and how steeply it grows. Rebuilt only when roughness, stability or reference height
 * change; a function of these three alone, so that a restored run has the same bits.
 */
import { profileFactor } from './surfaceLayer.ts';

const LOWEST_LOG2 = -5;
const PER_OCTAVE = 8;
const OCTAVES = 17;
const ENTRIES = PER_OCTAVE * OCTAVES;

export interface WindTable {
  /** Makes the table hold for a surface layer. */
  set(windHeight_m: number, roughness_m: number, inverseObukhov_1_m: number): void;
  /** Looks up a height, as log2 of metres; read `ratio` and `slope` afterwards. Exact for neutral air, within 10⁻³ else. */
  look(log2Height: number): void;
  /** U(z)/U(reference). */
  ratio: number;
  /** d ln U/d ln z. */
  slope: number;
}

export function createWindTable(): WindTable {
  const factor = new Float64Array(ENTRIES + 2);
  let height = Number.NaN;
  let roughness = Number.NaN;
  let inverse = Number.NaN;
  return {
    ratio: 1,
    slope: 0,
    set(windHeight_m, roughness_m, inverseObukhov_1_m) {
      if (windHeight_m === height && roughness_m === roughness && inverseObukhov_1_m === inverse) return;
      height = windHeight_m;
      roughness = roughness_m;
      inverse = inverseObukhov_1_m;
      const reference = profileFactor(windHeight_m, roughness_m, inverseObukhov_1_m);
      for (let i = 0; i < factor.length; i += 1)
        factor[i] = profileFactor(2 ** (LOWEST_LOG2 + i / PER_OCTAVE), roughness_m, inverseObukhov_1_m) / reference;
    },
    look(log2Height) {
      const at = (log2Height - LOWEST_LOG2) * PER_OCTAVE;
      const clipped = Math.max(Math.min(at, ENTRIES), 0);
      const i = Math.floor(clipped);
      const step = factor[i + 1] - factor[i];
      this.ratio = factor[i] + (clipped - i) * step;
      this.slope = (step * PER_OCTAVE) / (Math.LN2 * this.ratio);
    },
  };
}

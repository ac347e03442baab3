/**
 * The wind's profile as a table over log2 z, for loops that ask for it thousands of times a step: the wind at a height over
 * the wind at its reference height, and how fast it grows. Rebuilt only when roughness, stability or reference height
 * change; a function of these three alone, so that a restored run has the same bits.
 *
 * Between nodes (eight to an octave) Bessel's quadratic f + t Δ + ¼ t(t − 1)(δ² + δ²'): exact for neutral air, within 10⁻⁵ else; but
 * 1.5·10⁻³ within a quarter octave of ζ = 1 and of 3 z0, where φ and the profile have corners
 * (test/models/physics/air/elementary.test.ts).
 */
import { profileFactor } from './surfaceLayer.ts';

const LOWEST_LOG2 = -5;
const PER_OCTAVE = 8;
const OCTAVES = 17;
const ENTRIES = PER_OCTAVE * OCTAVES;
/** Columns of a row: value at its node, first difference, a quarter of the second differences at both of its ends. */
const COLUMNS = 3;
const PER_LN = PER_OCTAVE / Math.LN2;

export interface WindTable {
  /** Makes the table hold for a surface layer. */
  set(windHeight_m: number, roughness_m: number, inverseObukhov_1_m: number): void;
  /** ENTRIES + 1 rows. */
  readonly rows: Float64Array;
}

/** Where a height lies in the table, from log2 of its metres; clipped to 3 cm … 4 km. */
export function rowOf(log2Height: number): number {
  const at = (log2Height - LOWEST_LOG2) * PER_OCTAVE;
  return Math.max(Math.min(at, ENTRIES), 0);
}

/** U(z)/U(reference) at a row. */
export function ratioAt(rows: Float64Array, row: number): number {
  const i = row | 0;
  const t = row - i;
  const at = COLUMNS * i;
  return rows[at] + t * (rows[at + 1] + (t - 1) * rows[at + 2]);
}

/** d(U(z)/U(reference))/d ln z at a row. */
export function climbAt(rows: Float64Array, row: number): number {
  const i = row | 0;
  const at = COLUMNS * i;
  return PER_LN * (rows[at + 1] + (2 * (row - i) - 1) * rows[at + 2]);
}

export function createWindTable(): WindTable {
  const rows = new Float64Array(COLUMNS * (ENTRIES + 1));
  const value = new Float64Array(ENTRIES + 4);
  let height = Number.NaN;
  let roughness = Number.NaN;
  let inverse = Number.NaN;
  return {
    rows,
    set(windHeight_m, roughness_m, inverseObukhov_1_m) {
      if (windHeight_m === height && roughness_m === roughness && inverseObukhov_1_m === inverse) return;
      height = windHeight_m;
      roughness = roughness_m;
      inverse = inverseObukhov_1_m;
      const reference = profileFactor(windHeight_m, roughness_m, inverseObukhov_1_m);
      // One node beyond each end, and one more for the last row's far end.
      for (let k = 0; k < value.length; k += 1) {
        const z = 2 ** (LOWEST_LOG2 + (k - 1) / PER_OCTAVE);
        value[k] = profileFactor(z, roughness_m, inverseObukhov_1_m) / reference;
      }
      for (let i = 0; i <= ENTRIES; i += 1) {
        const here = value[i + 1];
        const next = value[i + 2];
        rows[COLUMNS * i] = here;
        rows[COLUMNS * i + 1] = next - here;
        rows[COLUMNS * i + 2] = 0.25 * (value[i] - here - next + value[i + 3]);
      }
    },
  };
}

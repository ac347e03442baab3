/**
 * Sulphide that waste water builds up on its way through a rising main: the source term of hydrogen sulphide at an outfall.
 *
 *   d[S]/dt = M [EBOD] (4/d + 1.57),   [EBOD] = [BOD5] 1.07^(T − 20)
 *
 * [S] total sulphide as S, mg/L; [BOD5] mg/L; M 1e-3 m/h, flux of sulphide per effective BOD; d diameter, m; T in °C. 4/d is
 * wall per volume of a full pipe, where slime reduces sulphate; 1.57 per metre stands for the water itself. Sulphate is taken as
 * plentiful and oxygen as spent. Source: Pomeroy (1959), Pomeroy & Parkhurst (1977, Prog. Wat. Tech. 9), for filled pipes as in
 * US EPA 625/1-85/018 (Odor and Corrosion Control). Rates of one main scatter by a factor of two about it: M is to be fitted.
 *
 *   share of H2S in dissolved sulphide = 1/(1 + 10^(pH − pK)),  pK = 7.05 (25 °C, taken as constant)
 *   H2S per S by mass = 34.08/32.06
 *
 * Here in SI: kg/m³, m/s, K, s.
 */

/** M of Pomeroy and Parkhurst [m/s]. */
export const SULPHIDE_FLUX_M_S = 1e-3 / 3600;
const BULK_PER_M = 1.57;
const PER_KELVIN = 1.07;
const REFERENCE_K = 293.15;
const FIRST_DISSOCIATION_PK = 7.05;
const H2S_PER_SULPHUR = 34.08 / 32.06;

export interface RisingMain {
  readonly diameter_m: number;
  readonly temperature_K: number;
  /** Five-day biochemical oxygen demand [kg/m³]; 300 mg/L is 0.3. */
  readonly bod5_kg_m3: number;
  /** Default `SULPHIDE_FLUX_M_S`. */
  readonly flux_m_s?: number;
}

/** Growth of total sulphide [kg/(m³ s)], as sulphur, in a full pipe (Pomeroy & Parkhurst 1977). */
export function sulphideRate_kg_m3_s(main: RisingMain): number {
  const effectiveBod_kg_m3 = main.bod5_kg_m3 * PER_KELVIN ** (main.temperature_K - REFERENCE_K);
  return (main.flux_m_s ?? SULPHIDE_FLUX_M_S) * effectiveBod_kg_m3 * (4 / main.diameter_m + BULK_PER_M);
}

/** Total sulphide [kg/m³] of water that entered with `initial_kg_m3` and has been under way for `age_s`. */
export function sulphideAt_kg_m3(main: RisingMain, age_s: number, initial_kg_m3 = 0): number {
  return initial_kg_m3 + sulphideRate_kg_m3_s(main) * age_s;
}

/** Share of dissolved sulphide that is H2S, the only part that can leave for the air. */
export function hydrogenSulphideShare(pH: number): number {
  return 1 / (1 + 10 ** (pH - FIRST_DISSOCIATION_PK));
}

/**
 * H2S that an outfall brings into the open [kg/s]: the most that could strip out, were all of it to escape.
 * `flow_m3_s` with `sulphide_kg_m3` as S, all of it dissolved.
 */
export function hydrogenSulphide_kg_s(flow_m3_s: number, sulphide_kg_m3: number, pH: number): number {
  return Math.max(0, flow_m3_s) * sulphide_kg_m3 * H2S_PER_SULPHUR * hydrogenSulphideShare(pH);
}
